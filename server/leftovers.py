"""What wiped phones hand in: sealed files, kept as they come until `beatbook escrow open` reads them.

A hand-in is one vault of one officer. The phone announces its files, is told what is missing of them, and sends that in
pieces that are added to what is here; every step may be repeated. Nothing here can be read without the escrow's key.
"""

import hashlib
import hmac
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import sha256
from server import pieces
from server.blobs import Blobs, flush_folder
from server.district import DistrictError, audit
from server.enrolment import holder
from server.errors import Refused
from server.tables import Blob, HandIn, now
from sync.protocol import LEFT, MAX_BLOB_BYTES, MAX_LEFT_BYTES, Code, Left, Wanted

VAULT: Final = "vault.json"
_MAX_VAULT_BYTES: Final = 100_000
_PIECE: Final = 1 << 20


class Leftovers:
    """The folder of hand-ins."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self._folder = folder
        self._blobs = blobs
        self._one = threading.Lock()

    def announce(self, session: Session, code: str, vault: str, token: str, files: Iterable[Left]) -> Wanted:
        """Begins a hand-in or goes on with it, under a token of the phone's making; gives what is missing.

        Raises Refused: the code (which stays good), too much, names that no phone has.
        """
        announced = {file.name: {"bytes": file.bytes, "sha256": file.sha256} for file in files}
        officer = holder(session, code)
        hand_in = session.get(HandIn, (vault, officer.id))
        if hand_in is None or (hand_in.opened_at is None and hand_in.files != announced):
            self._check(session, announced)
        if hand_in is None:
            hand_in = HandIn(vault=vault, officer=officer.id, files={})
            session.add(hand_in)
        hand_in.token_hash = sha256(token.encode())
        if hand_in.opened_at is None and hand_in.files != announced:
            for name in hand_in.files:
                if announced.get(name) != hand_in.files[name]:
                    self._forget(hand_in, name)
            hand_in.files, hand_in.complete_at = announced, None
        missing = self.missing(session, hand_in)
        if not missing:
            self._complete(session, hand_in)
        return Wanted(officer.name, missing)

    def find(self, session: Session, vault: str, token: str) -> HandIn:
        """The hand-in that this token goes on with. Raises Refused."""
        asked = sha256(token.encode())
        for found in session.scalars(select(HandIn).where(HandIn.vault == vault)):
            if hmac.compare_digest(found.token_hash, asked):
                return found
        raise Refused(Code.LEFTOVERS_UNKNOWN, "The district does not know this hand-in. Type the code again.")

    def add(self, hand_in: HandIn, name: str, at: int, piece: bytes) -> int:
        """Adds a piece that begins at that place of a file, unless it is here; gives how much of it is here now.

        Durable when it returns. Raises Refused for a file that was not announced, or is not what was announced.
        """
        if name not in hand_in.files or hand_in.opened_at is not None:
            raise Refused(Code.NOT_FOUND, "This file was not announced.")
        expected = hand_in.files[name]
        with self._one:
            whole, part = self.path(hand_in, name), self._part(hand_in, name)
            if whole.exists():
                return whole.stat().st_size
            here = pieces.add(part, at, piece, expected["bytes"])
            if here == expected["bytes"]:
                if _hash(part) != expected["sha256"]:
                    part.unlink()
                    raise Refused(
                        Code.LEFTOVERS_CHANGED, "A file is not what was announced: it was changed on the way."
                    )
                part.replace(whole)
                flush_folder(whole.parent)
            return here

    def missing(self, session: Session, hand_in: HandIn) -> dict[str, int]:
        """The files that are not here as a whole, and how much of each is. A photo among the records counts as here."""
        if hand_in.opened_at is not None:
            return {}
        wanted = [name for name in hand_in.files if not self.path(hand_in, name).exists()]
        known = self._known(session, wanted)
        return {name: pieces.here(self._part(hand_in, name)) for name in wanted if name not in known}

    def files(self, hand_in: HandIn) -> dict[str, Path]:
        """The files that are here, by name; of one that did not come to its end, what there is."""
        found = {}
        for name in hand_in.files:
            for path in (self.path(hand_in, name), self._part(hand_in, name)):
                if path.exists():
                    found[name] = path
                    break
        return found

    def move(self, session: Session, hand_in: HandIn, officer: str) -> None:
        """Gives a hand-in to another officer. Raises DistrictError when that one handed the same vault in."""
        if session.get(HandIn, (hand_in.vault, officer)) is not None:
            raise DistrictError("This officer has a hand-in of the same vault already.")
        parts = {name: getattr(hand_in, name) for name in ("vault", "token_hash", "files", "begun_at", "complete_at")}
        session.add(HandIn(officer=officer, **parts))
        session.delete(hand_in)
        session.flush()
        before = self._home(hand_in.vault, hand_in.officer)
        if before.exists():
            before.replace(self._home(hand_in.vault, officer))
            flush_folder(self._folder)

    def remove(self, hand_in: HandIn) -> None:
        """Removes the files of a hand-in; that there are none is no error."""
        if (home := self._home(hand_in.vault, hand_in.officer)).exists():
            shutil.rmtree(home)

    def path(self, hand_in: HandIn, name: str) -> Path:
        """Where a file of a hand-in is once all of it is here."""
        return self._home(hand_in.vault, hand_in.officer) / name

    def _part(self, hand_in: HandIn, name: str) -> Path:
        return self._home(hand_in.vault, hand_in.officer) / f"{name}.part"

    def _home(self, vault: str, officer: str) -> Path:
        return self._folder / f"{vault}-{officer}"

    def _forget(self, hand_in: HandIn, name: str) -> None:
        with self._one:
            self.path(hand_in, name).unlink(missing_ok=True)
            self._part(hand_in, name).unlink(missing_ok=True)

    def _check(self, session: Session, announced: dict[str, dict[str, Any]]) -> None:
        if VAULT not in announced or not all(LEFT.fullmatch(name) for name in announced):
            raise Refused(Code.BAD_REQUEST, "A hand-in has a vault, journals and photos, and nothing else.")
        known = self._known(session, announced)
        sizes = {name: file["bytes"] for name, file in announced.items() if name not in known}
        photo = MAX_BLOB_BYTES + _PIECE  # sealing adds 28 bytes to each 64 kB
        if (
            announced[VAULT]["bytes"] > _MAX_VAULT_BYTES
            or any(size > photo for name, size in sizes.items() if name.startswith("photo-"))
            or sum(sizes.values()) > MAX_LEFT_BYTES
        ):
            raise Refused(Code.TOO_BIG, f"A hand-in may have {MAX_LEFT_BYTES // 1_000_000} MB at most.")

    def _known(self, session: Session, names: Iterable[str]) -> set[str]:
        """The sealed photos that the district has in the clear already: their names say which they are."""
        hashes = {name.removeprefix("photo-"): name for name in names if name.startswith("photo-")}
        found: set[str] = set()
        for some in _steps(sorted(hashes), 500):
            found.update(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(some))))
        return {hashes[one] for one in found if self._blobs.has(one)}

    def _complete(self, session: Session, hand_in: HandIn) -> None:
        if hand_in.complete_at is None:
            hand_in.complete_at = now()
            audit(session, "phone", "leftovers-handed-in", f"{hand_in.vault} {hand_in.officer}")


def waiting(session: Session, officer: str | None = None) -> list[HandIn]:
    """The hand-ins that nobody has opened, the oldest first: all, or those of one officer."""
    query = select(HandIn).where(HandIn.opened_at.is_(None)).order_by(HandIn.begun_at, HandIn.vault)
    return list(session.scalars(query if officer is None else query.where(HandIn.officer == officer)))


def _steps(names: list[str], size: int) -> Iterator[list[str]]:
    return (names[at : at + size] for at in range(0, len(names), size))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
