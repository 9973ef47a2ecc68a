"""The photos on the phone: sealed files named by their SHA-256 beside the journal, and how each stands with the
district.

A photo's state: "kept" (taken, its record still a draft), "waiting" to be sent, "sent", "refused" with a reason, or
"cached" (another officer's, fetched for looking at).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from app import sealed_files
from app.cipher import Cipher, Tampered
from app.files import Folder
from app.forms import Attachment
from app.ids import sha256
from app.ledger import Refusal
from app.photos import MIME, Area, NotAPhoto, Scaler
from app.sealed_files import Remains
from app.setup import Policy
from app.store import Document, Key, Store, where

INDEXES: Final = {"photos": (Key("sha"), "state")}
# Whether a record shows a photo.
Shown = Callable[[str, str], bool]
_PREFIX: Final = "photo-"
_SMALLEST: Final = 0.4  # the lowest quality tried when a picture is too big


class Album:
    """The photos in the folder, with a row for each in the store."""

    def __init__(self, store: Store, folder: Folder, cipher: Cipher, scaler: Scaler) -> None:
        self._cipher = cipher
        self._table = store.table("photos")
        self._folder = folder
        self._scaler = scaler
        self._new: set[str] = set()  # since the app was opened: their drafts may not name them yet

    async def fit(self, data: bytes, policy: Policy) -> bytes:
        """Makes a picture fit to be kept, and keeps nothing of it yet. Raises NotAPhoto."""
        return await _squeezed(lambda quality: self._scaler.scale(data, policy.photo_max_px, quality), policy)

    async def add(self, picture: bytes, policy: Policy, blurred: Sequence[Area] = ()) -> dict[str, Any]:
        """Keeps a picture that `fit` gave, with these areas blurred: durable when this returns. Gives its answer.

        What was under a blurred area is never written anywhere. Raises NotAPhoto, NoRoom.
        """
        if blurred:
            whole = picture
            picture = await _squeezed(lambda quality: self._scaler.blur(whole, blurred, quality), policy)
        return await self.add_file(picture, MIME)

    async def add_file(self, data: bytes, mime: str) -> dict[str, Any]:
        """Keeps a file as it is, as photos are kept: durable when this returns. Gives its answer. Raises NoRoom."""
        sha = sha256(data)
        self._new.add(sha)
        if self._row(sha) is None or await self.read(sha) is None:
            await self._write(sha, data)
        if self._row(sha) is None:
            self._table.insert({"sha": sha, "bytes": len(data), "state": "kept", "records": []})
        return {"sha256": sha, "mime": mime, "bytes": len(data)}

    async def read(self, sha: str) -> bytes | None:
        """The photo, or None when it is not on this phone or no longer what its name says."""
        data = (await self._folder.read(_PREFIX + sha)) or b""
        if sha256(data) == sha:
            return data  # an earlier version kept it, as it was
        with suppress(Tampered):
            data = await sealed_files.open_sealed(self._cipher, _PREFIX + sha, data)
        return data if sha256(data) == sha else None

    async def remains(self, sha: str) -> Remains | None:
        """What can be read of a photo that is damaged, however little; None when it is whole or not on this phone."""
        data = await self._folder.read(_PREFIX + sha)
        if data is None:
            return None
        try:
            remains = await sealed_files.open_remains(self._cipher, _PREFIX + sha, data)
        except Tampered:
            return Remains(b"", (0,))
        return remains if remains.lost else None

    async def keep(self, sha: str, data: bytes, at: str) -> None:
        """Keeps a photo fetched from the district at that time. Raises ValueError when it is not what its hash says."""
        if sha256(data) != sha:
            raise ValueError("the photo is not what its hash says")
        self._new.add(sha)
        if await self.read(sha) is None:
            await self._write(sha, data)
        if self._row(sha) is None:
            self._table.insert({"sha": sha, "bytes": len(data), "state": "cached", "records": [], "at": at})

    def attach(self, attachments: Iterable[Attachment], record: str) -> None:
        """The photos belong to a saved record now and are to be sent with it.

        Those of colleagues are at the district already, on this phone or not; should it say that it lacks one, `miss`.
        """
        for photo in attachments:
            row = self._row(photo.sha256)
            fields = {"sha": photo.sha256, "mime": photo.mime, "bytes": photo.bytes, "field": photo.field}
            if row is None:
                continue
            records = sorted({*row["records"], record})
            # What the district has or refused stays so; what was fetched from it, it has.
            state = {"kept": "waiting", "cached": "sent"}.get(row["state"], row["state"])
            self._table.update({**fields, "state": state, "records": records}, doc_ids=[row.doc_id])

    def miss(self, photo: Attachment, record: str) -> None:
        """The district lacks a photo that this phone should have: it waits, and whether it is here shows in sending."""
        if self._row(photo.sha256) is None:
            fields = {"sha": photo.sha256, "mime": photo.mime, "bytes": photo.bytes, "field": photo.field}
            self._table.insert({**fields, "state": "waiting", "records": [record]})

    def waiting(self) -> list[tuple[Attachment, list[str]]]:
        """The photos to be sent, each with the records that it belongs to."""
        return [
            (Attachment(row["sha"], row["mime"], row["bytes"], row["field"]), row["records"])
            for row in self._table.search(where("state") == "waiting")
        ]

    def mark(self, sha: str, state: str, refusal: Refusal | None = None) -> list[str]:
        """How a photo stands with the district. Gives the records that it belongs to."""
        row = self._row(sha)
        if row is None or row["state"] in ("kept", "cached"):
            return []
        problem = None if refusal is None else {"code": refusal.code, "message": refusal.message}
        self._table.update({"state": state, "problem": problem}, doc_ids=[row.doc_id])
        return list(row["records"])

    def state(self, sha: str) -> tuple[str, Refusal | None]:
        """How a photo stands: its state ("absent" when the phone knows nothing of it) and why it was refused."""
        row = self._row(sha)
        if row is None:
            return "absent", None
        problem = row.get("problem")
        return row["state"], Refusal(problem["code"], problem["message"]) if problem else None

    def let_go(self, photos: Iterable[str], record: str) -> None:
        """A record was erased: what only it showed is sent no more and removed at the next sweep."""
        for sha in photos:
            self._new.discard(sha)
            row = self._row(sha)
            if row is not None:
                others = [other for other in row["records"] if other != record]
                state = row["state"] if others or row["state"] != "waiting" else "kept"
                self._table.update({"records": others, "state": state}, doc_ids=[row.doc_id])

    async def shas(self) -> set[str]:
        """The photos that there are files of."""
        return {name.removeprefix(_PREFIX) for name in await self._names()}

    async def carry_over(self) -> None:
        """Seals the photos that an earlier version kept as they were."""
        for name in await self._names():
            data = await self._folder.read(name)
            if data is not None and sha256(data) == name.removeprefix(_PREFIX):
                await sealed_files.write(self._folder, self._cipher, name, data)

    async def sweep(self, drafted: set[str], shown: Shown, cached_since: str) -> None:
        """Removes the photos that neither a draft nor their record shows any more, and files that are no whole photo.

        What still waits stays whatever happens; what was fetched for looking at, if that was after `cached_since`.
        """
        for row in self._table.search(where("state").one_of(["kept", "sent", "refused", "cached"])):
            sha, fresh = row["sha"], row["state"] == "cached" and row.get("at", "") >= cached_since
            if not (sha in drafted | self._new or fresh or any(shown(record, sha) for record in row["records"])):
                self._table.remove(doc_ids=[row.doc_id])
            await asyncio.sleep(0)
        for sha in await self.shas():
            if sha not in self._new and self._row(sha) is None:
                await self._folder.remove(_PREFIX + sha)

    async def _write(self, sha: str, data: bytes) -> None:
        await sealed_files.write(self._folder, self._cipher, _PREFIX + sha, data)

    async def _names(self) -> list[str]:
        return [name for name in await self._folder.names() if name.startswith(_PREFIX)]

    def _row(self, sha: str) -> Document | None:
        return self._table.one("sha", sha)


async def _squeezed(make: Callable[[float], Awaitable[bytes]], policy: Policy) -> bytes:
    """A picture made with the district's quality, or with less where it is too large. Raises NotAPhoto."""
    quality = policy.photo_quality
    picture = await make(quality)
    while len(picture) > policy.photo_max_bytes and quality > _SMALLEST:
        quality = max(_SMALLEST, quality - 0.2)
        picture = await make(quality)
    if len(picture) > policy.photo_max_bytes:
        raise NotAPhoto("This picture is too large.")
    return picture
