"""After a wipe: hands what is left of the notebook, still sealed, to the district, and only then removes it here.

The officer's new enrolment code lets it in and stays good. Whatever breaks it off, the same code begins again, and
what the district has by then is not sent twice.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.files import File, FileTrouble, Folder
from app.vault import Vault
from sync.engine import Connect, connect
from sync.errors import DistrictTrouble, Refused
from sync.protocol import LEFT, MAX_PIECE_BYTES, Code, Left

if TYPE_CHECKING:
    from sync.client import District

_ROUNDS: Final = 3  # a file that was changed on the way is sent again; a line that changes each is no line


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a hand-in has come, in bytes; `officer` is the one whose code it is."""

    officer: str = ""
    done: int = 0
    total: int = 0


Tell = Callable[[Progress], None]


def _nothing(_: Progress) -> None:
    pass


async def hand_in(
    vault: Vault, folder: Folder, code: str, base_url: str, *, tell: Tell = _nothing, connect: Connect = connect
) -> None:
    """Hands in what a wiped vault left, and discards it; after that the phone is as new. For `vault.state` "wiped".

    Raises RoadError (Refused has code enrol_code_wrong, enrol_code_used or enrol_code_expired), Locked while another
    tab has a file, FileTrouble. What is left is still here then, and doing it again goes on where it was.
    """
    if vault.state != "wiped" or vault.id is None:
        raise FileTrouble("Nothing here waits for the district.")
    name, token = vault.id.hex(), secrets.token_urlsafe(32)
    files = [await _look(folder, one) for one in await folder.names() if LEFT.fullmatch(one)]
    sizes = {file.name: file.bytes for file in files}
    async with connect(base_url, "", "") as district:
        for _ in range(_ROUNDS):
            wanted = await district.announce_leftovers(code, name, token, files)
            if not wanted.missing.keys() <= sizes.keys():
                raise DistrictTrouble("the district asks for a file that this phone did not name")
            if not wanted.missing:
                await vault.discard()
                return
            total = sum(sizes[one] for one in wanted.missing)
            sending = _Sending(district, folder, name, token, wanted.officer, total, tell)
            for one, at in sorted(wanted.missing.items(), key=_small_first):
                await sending.send(one, at, sizes[one])
    raise DistrictTrouble("the district does not get what this phone sends")


@dataclass
class _Sending:
    """One pass over what is missing."""

    district: "District"
    folder: Folder
    vault: str
    token: str
    officer: str
    total: int
    tell: Tell
    done: int = 0

    async def send(self, name: str, at: int, size: int) -> None:
        """Sends the rest of a file. A file that arrived changed is left for the next pass."""
        before = self.done
        async with _opened(self.folder, name) as file:
            while True:
                self.done = before + at
                self.tell(Progress(self.officer, self.done, self.total))
                piece = file.read(at, MAX_PIECE_BYTES)
                try:
                    here = await self.district.put_leftover(self.vault, self.token, name, at, piece)
                except Refused as error:
                    if error.code != Code.LEFTOVERS_CHANGED:
                        raise
                    return
                if here == size:
                    break
                if not at < here < size:
                    raise DistrictTrouble("the district does not get on with a file")
                at = here
        self.done = before + size
        self.tell(Progress(self.officer, self.done, self.total))


def _small_first(missing: tuple[str, int]) -> tuple[int, str]:
    """Vault and journals before photos: with them alone the district has every record already."""
    return missing[0].startswith("photo-"), missing[0]


async def _look(folder: Folder, name: str) -> Left:
    digest, at = hashlib.sha256(), 0
    async with _opened(folder, name) as file:
        while piece := file.read(at, MAX_PIECE_BYTES):
            digest.update(piece)
            at += len(piece)
            await asyncio.sleep(0)  # one thread for everything: the screen gets its turn
    return Left(name, at, digest.hexdigest())


@asynccontextmanager
async def _opened(folder: Folder, name: str) -> AsyncIterator[File]:
    file = await folder.open(name)
    try:
        yield file
    finally:
        file.close()
