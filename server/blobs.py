"""Photos and other files: a folder of files named by their SHA-256, each checked to be what its name says. Where a URL
names an object store, they are there instead (server/bucket.py).

What is handed in as a picture must be one that can be drawn; anything else is told by its first bytes, kept as it is
and only ever handed on.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from fastapi.responses import FileResponse
from PIL import Image

from app.attachments import ENDINGS, IMAGES, mime_of
from server import pieces
from server.settings import Settings
from sync.protocol import MAX_BLOB_BYTES, Code

MIMES: Final = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_HEAD: Final = 65_536  # bytes that tell what a file is
# Phones send JPEG of 1,600 px at most; this leaves room for another client and none for a pixel bomb. A baseline JPEG
# is looked through at an eighth of its size; all others are unpacked as a whole (`make faults PART=bombs` weighs it).
MAX_PIXELS: Final = {"image/jpeg": 25_000_000, "image/png": 5_000_000, "image/webp": 2_000_000}
MAX_PROGRESSIVE_PIXELS: Final = 5_000_000
# Seconds without a byte after which a photo that was coming in is taken for given up; in pieces it may take days.
GIVEN_UP: Final = 3600.0
GIVEN_UP_PIECES: Final = 14 * 86_400.0
_PART: Final = "part-"


class BlobError(ValueError):
    """Bytes that are not kept; `code` is what the sender is told."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Damaged(OSError):
    """A kept photo that is not what its name says any more."""


def open_blobs(settings: Settings) -> "Blobs":
    """The district's photos, where its settings say. Raises SettingError."""
    if not settings.blobs_url.startswith("s3:"):
        return Blobs(settings.blobs_path)
    # The client of object stores: only districts that have one need it.
    from server.bucket import Bucket

    return Bucket(settings.blob_copies_path, settings.blobs_url)


class Blobs:
    """The photos of a district in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Forgets what came in only half, to a server that was killed. What another server is getting now stays."""
        for rest in self._incoming.iterdir():
            self._forget_old(rest)

    def path(self, sha256: str) -> Path:
        """Where the photo is, if it is here."""
        return self._place(sha256)

    def has(self, sha256: str) -> bool:
        """Whether the photo is here."""
        return self.path(sha256).is_file()

    def read(self, sha256: str) -> bytes:
        """The photo. Raises FileNotFoundError where it is not here, Damaged."""
        data = self.path(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(0, "a photo is damaged", sha256)
        return data

    def remove(self, sha256: str) -> None:
        """Removes a photo for good, what came in of it too; that it is not here is no error."""
        self.path(sha256).unlink(missing_ok=True)
        self._forget_pieces(sha256)

    @contextmanager
    def receive(self) -> Iterator["Incoming"]:
        """A photo that is coming in; what is not kept by the end of the block is forgotten."""
        handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                yield Incoming(self, file, Path(name))
        finally:
            Path(name).unlink(missing_ok=True)

    def here(self, sha256: str, device: str) -> int:
        """How many bytes of a photo that this phone sends in pieces are here."""
        return pieces.here(self._part(sha256, device))

    def add(self, sha256: str, device: str, at: int, piece: bytes, size: int) -> int:
        """Adds a piece, durably; gives how much is here now. Once that is all of it, `complete` it."""
        return pieces.add(self._part(sha256, device), at, piece, size)

    def complete(self, sha256: str, device: str, sent_as: str) -> tuple[str, int]:
        """Keeps what came in pieces, and gives its MIME type and bytes. Raises BlobError, and forgets it then.

        Where another request has just kept it, that is what it gives.
        """
        part = self._part(sha256, device)
        try:
            with pieces.locked(part) as file:
                try:
                    incoming = Incoming(self, file, part)
                    while piece := file.read(1 << 20):
                        incoming.count(piece)
                    return incoming.keep(sha256, sent_as), incoming.bytes
                finally:
                    part.unlink(missing_ok=True)
        except FileNotFoundError:
            return self._kept(sha256)

    def _kept(self, sha256: str) -> tuple[str, int]:
        if not self.has(sha256):
            raise BlobError(Code.BAD_REQUEST, "The photo is not here as a whole. Please send it again.")
        data = self.read(sha256)
        return mime_of(data[:_HEAD]), len(data)

    def _part(self, sha256: str, device: str) -> Path:
        # Of each phone its own: nobody can spoil what another is sending.
        return self._incoming / f"{_PART}{device}-{sha256}"

    def _forget_pieces(self, sha256: str) -> None:
        for part in self._incoming.glob(f"{_PART}*-{sha256}"):
            part.unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _keep(self, file: Path, sha256: str) -> None:
        """Keeps a whole, flushed file under its name, durably."""
        target = self._place(sha256)
        target.parent.mkdir(exist_ok=True)
        file.replace(target)
        flush_folder(target.parent)

    def _forget_old(self, file: Path) -> None:
        with suppress(FileNotFoundError):  # another server may keep it, or forget it, at this moment
            patience = GIVEN_UP_PIECES if file.name.startswith(_PART) else GIVEN_UP
            if time.time() - file.stat().st_mtime > patience:
                file.unlink()


class Incoming:
    """Takes the pieces of one photo, counting and hashing them."""

    def __init__(self, blobs: Blobs, file: BinaryIO, path: Path) -> None:
        self._blobs = blobs
        self._file = file
        self._path = path
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, piece: bytes) -> None:
        """Adds a piece. Raises BlobError when it is getting too big."""
        self.count(piece)
        self._file.write(piece)

    def count(self, piece: bytes) -> None:
        """Takes a piece into account that is in the file already. Raises BlobError when it is getting too big."""
        self.bytes += len(piece)
        if self.bytes > MAX_BLOB_BYTES:
            raise BlobError(Code.TOO_BIG, f"A photo may have {MAX_BLOB_BYTES // 1_000_000} MB at most.")
        self._hash.update(piece)

    def keep(self, sha256: str, sent_as: str = "image/jpeg") -> str:
        """Keeps the file durably and returns its MIME type, which its bytes decide.

        Raises BlobError when it is not this one, or when it was sent as a picture and is none.
        """
        self._check(sha256)
        with self._path.open("rb") as file:
            mime = mime_of(file.read(_HEAD))
        if mime in IMAGES or sent_as.startswith("image/"):
            mime = picture_mime(self._path)
        self.put_back(sha256)
        return mime

    def put_back(self, sha256: str) -> None:
        """Keeps a file that was kept before, durably and whatever it is. Raises BlobError when it is not this one."""
        self._check(sha256)
        os.fsync(self._file.fileno())
        self._blobs._keep(self._path, sha256)

    def _check(self, sha256: str) -> None:
        if self._hash.hexdigest() != sha256:
            raise BlobError(Code.BLOB_HASH_MISMATCH, "The photo is not what its name says: it was changed on the way.")
        self._file.flush()


def handed_on(path: Path, mime: str, headers: dict[str, str]) -> FileResponse:
    """A kept file as an answer: a picture to be looked at, anything else to be saved and never opened in the page."""
    if mime in IMAGES:
        return FileResponse(path, media_type=mime, headers=headers)
    return FileResponse(path, media_type=mime, headers=headers, filename=f"{path.name[:12]}{ENDINGS.get(mime, '')}")


def picture_mime(path: Path) -> str:
    """The MIME type of a JPEG, PNG or WebP picture. Raises BlobError when it is none, damaged or far too large."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
            mime = MIMES[picture.format or ""]
            most = MAX_PROGRESSIVE_PIXELS if picture.info.get("progressive") else MAX_PIXELS[mime]
            if picture.width * picture.height > most:
                text = f"The picture has too many pixels; {most // 1_000_000} megapixels are the most for this kind."
                raise BlobError(Code.NOT_AN_IMAGE, text)
            if picture.format != "MPO" and getattr(picture, "is_animated", False):
                raise BlobError(Code.NOT_AN_IMAGE, "The picture moves; only still pictures are kept.")
            picture.draft("L", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except BlobError:
        raise
    except Exception:  # Pillow's decoders raise many kinds of errors on bytes that somebody made up
        raise BlobError(Code.NOT_AN_IMAGE, "That is no JPEG, PNG or WebP picture, or it is damaged.") from None
    return mime


def flush_folder(folder: Path) -> None:
    """Makes new and changed names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
