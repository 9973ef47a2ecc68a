"""Photos in an S3-compatible object store, each an object named by its SHA-256.

The store is asked whether it has one; what it gave is kept as a copy for a while, so that one photo in a list that is
looked at ten times travels once.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from server.blobs import Blobs, Damaged
from server.settings import SettingError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_PATIENCE: Final = timedelta(seconds=20)
_TRIES: Final = 3
_COPIES: Final = 1000  # copies that are made before the old ones are looked for


class Bucket(Blobs):
    """The photos of a district in a bucket; `folder` is for what comes in and for copies."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self._url = url
        self._store = _open(url)
        self._copied = 0

    def path(self, sha256: str) -> Path:
        """A copy of the photo, which need not be here if the store has none. Raises Damaged, or OSError."""
        copy = self._place(sha256)
        if copy.is_file():
            os.utime(copy)  # still asked for
            return copy
        with self._in_words():
            try:
                data = bytes(obstore.get(self._store, _key(sha256)).bytes())
            except FileNotFoundError:
                return copy
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(0, "a photo in the store is damaged", sha256)
        self._copied += 1
        if self._copied % _COPIES == 0:
            self.sweep()
        handle, name = tempfile.mkstemp(dir=self._incoming)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        super()._keep(Path(name), sha256)
        return copy

    def has(self, sha256: str) -> bool:
        """Whether the store has the photo; a copy alone does not count."""
        with self._in_words():
            try:
                obstore.head(self._store, _key(sha256))
            except FileNotFoundError:
                self._place(sha256).unlink(missing_ok=True)
                return False
        return True

    def remove(self, sha256: str) -> None:
        """Removes a photo for good; other servers forget their copies when they are next asked for it."""
        with self._in_words(), suppress(FileNotFoundError):
            obstore.delete(self._store, _key(sha256))
        self._place(sha256).unlink(missing_ok=True)
        self._forget_pieces(sha256)

    def sweep(self) -> None:
        """Forgets what came in only half, and copies that nobody asked for in a while."""
        super().sweep()
        for copy in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            self._forget_old(copy)

    def _keep(self, file: Path, sha256: str) -> None:
        with self._in_words():
            obstore.put(self._store, _key(sha256), file.read_bytes())

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What goes wrong at the store as an OSError without its long words, which may quote what was sent."""
        try:
            yield
        except (BaseError, OSError) as error:
            raise OSError(0, f"the store of photos has trouble ({type(error).__name__})", self._url) from None


def _open(url: str) -> S3Store:
    """The store of s3://bucket/folder?endpoint=https://…&region=…; what proves who we are is in the environment.

    Raises SettingError.
    """
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    if unknown := said.keys() - {"endpoint", "region"}:
        raise SettingError(f"BEATBOOK_BLOBS_URL knows endpoint and region, not {', '.join(sorted(unknown))}.")
    config: S3Config = {"region": said.get("region", "us-east-1")}
    options: ClientConfig = {"timeout": _PATIENCE}
    if endpoint := said.get("endpoint"):
        config["endpoint"] = endpoint
        options["allow_http"] = endpoint.startswith("http://")
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options=options,
        retry_config={"max_retries": _TRIES, "retry_timeout": _PATIENCE},
    )


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
