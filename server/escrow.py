"""Opens what a wiped phone handed in: what the officer had not sent is taken in as if the phone had sent it.

The private key opens the notebook's key, that opens the journal, and what the district does not have goes through the
ordinary intake and to the ordinary photos. Drafts, and what the intake refuses, go into a report for the officer.
Opening twice changes nothing; whatever breaks it off, the next time goes on.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from app.cipher import Cipher, Tampered, make_cipher
from app.escrow import open_for_district, public_of
from app.frames import NewerFormat, WrongKey
from app.ids import sha256
from app.revisions import Revision, RevisionError
from app.sealed_files import open_sealed
from app.vault_file import VaultFile, data
from app.vault_trouble import DamagedVault, NewerVault
from server import district
from server.blobs import BlobError, Blobs
from server.database import Database
from server.district import DistrictError, audit
from server.escrow_key import fingerprint
from server.intake import Intake, Sender
from server.leftovers import VAULT, Leftovers
from server.photos import PhotoError, keep_photo, photos_in
from server.recovered import Recovered
from server.sealed_notebook import Row, SealedNotebook, read_notebook
from server.tables import Blob, HandIn, RecordPhoto, StoredRevision, now
from sync.protocol import MAX_BATCH_LINES, Verdict, push_lines

_NEWER: Final = "It was written by a newer version of Beatbook. Update the district first."


@dataclass
class Opened:
    """What came of a hand-in: revisions, photos and drafts. `lost` counts what could not be read, by its table."""

    taken: int = 0
    known: int = 0
    refused: int = 0
    photos: int = 0
    drafts: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    report: Path | None = None
    kept: bool = False  # the sealed files: not all of them have come, or a photo was refused


class Escrow:
    """Opens hand-ins with the private key (PEM)."""

    def __init__(
        self, database: Database, intake: Intake, blobs: Blobs, leftovers: Leftovers, recovered: Path, private: bytes
    ) -> None:
        self._database = database
        self._intake = intake
        self._blobs = blobs
        self._leftovers = leftovers
        self._recovered = recovered
        self._private = private

    def open(self, hand_in: HandIn) -> Opened:
        """Takes in what is new in a hand-in, and removes its sealed files once all of it came and was dealt with.

        Raises DistrictError with what is the matter; nothing has been removed then.
        """
        files = self._leftovers.files(hand_in)
        cipher = self._cipher(hand_in, files)
        try:
            notebook = read_notebook({n: path for n, path in files.items() if n.startswith("journal-")}, cipher)
        except NewerFormat:
            raise DistrictError(_NEWER) from None
        except WrongKey:
            raise DistrictError("Its journal was sealed with another key than the one in its vault.") from None
        self._check_owner(hand_in, notebook)
        album = _Album(cipher, {n.removeprefix("photo-"): path for n, path in files.items() if n.startswith("photo-")})
        opened = Opened(lost=notebook.lost, kept=hand_in.complete_at is None)
        refused = self._take(hand_in, notebook, opened)
        self._take_photos(notebook, album, opened)
        self._report(hand_in, notebook, refused, album, opened)
        self._close(hand_in, opened)
        return opened

    def _cipher(self, hand_in: HandIn, files: dict[str, Path]) -> Cipher:
        if VAULT not in files:
            raise DistrictError("Its vault has not come yet; without it nothing can be read.")
        try:
            vault = VaultFile.read(files[VAULT].read_bytes())
        except DamagedVault:
            raise DistrictError("Its vault is garbled; without it nothing can be read.") from None
        except NewerVault:
            raise DistrictError(_NEWER) from None
        if vault.id.hex() != hand_in.vault:
            raise DistrictError("Its vault is another one than was announced.")
        if vault.escrow is None:
            raise DistrictError("Its key was never sealed to a district, so nobody can open it.")
        with suppress(Tampered, ValueError):  # ValueError: what was sealed is no key
            return make_cipher(open_for_district(self._private, data(vault.escrow, "sealed"), vault.id))
        own, sealed_to = public_of(self._private), data(vault.escrow, "public")
        if own == sealed_to:
            raise DistrictError("What was sealed for the district is garbled; nothing can be read.")
        raise DistrictError(
            f"It was sealed to the key {fingerprint(sealed_to)}, and this is {fingerprint(own)}: it is an earlier key "
            "of yours, or another district's. Name the right file with BEATBOOK_ESCROW_KEY."
        )

    def _check_owner(self, hand_in: HandIn, notebook: SealedNotebook) -> None:
        """The code says who handed in, the notebook whose it is: nobody hands in records in another's name."""
        owner = notebook.facts.get("owner")
        if not isinstance(owner, list) or len(owner) != 2:
            return  # never bound, or not readable: the intake looks at each record's author
        with self._database.reading() as session:
            if owner[0] != district.the_district(session).id:
                raise DistrictError("It is a notebook of another district.")
            if owner[1] != hand_in.officer:
                other = district.officer(session, str(owner[1]))
                whose = f"{other.name}'s ({other.badge})" if other else "somebody else's"
                raise DistrictError(
                    f"It is {whose} notebook, handed in with another officer's code. If the code was mixed up: "
                    f"beatbook escrow move {hand_in.vault} {other.badge if other else 'OFFICER'}"
                )

    def _take(self, hand_in: HandIn, notebook: SealedNotebook, opened: Opened) -> list[tuple[Revision, Verdict]]:
        """Hands what was not sent to the intake, as the officer's phone would; gives what it refused."""
        revisions = list(_unsent(notebook))
        refused = []
        for at in range(0, len(revisions), MAX_BATCH_LINES):
            batch = revisions[at : at + MAX_BATCH_LINES]
            sender = Sender(batch[0].device, hand_in.officer, _language(notebook))
            known = self._known(batch)
            for revision, verdict in zip(batch, self._intake.take(sender, push_lines(batch)).verdicts, strict=True):
                opened.taken += verdict.safe and revision.hash not in known
                opened.known += verdict.safe and revision.hash in known
                opened.refused += not verdict.safe
                if not verdict.safe:
                    refused.append((revision, verdict))
        return refused

    def _known(self, revisions: list[Revision]) -> set[str]:
        """Those of the revisions that the district has already, by hash."""
        names = [revision.hash for revision in revisions]
        with self._database.reading() as session:
            return set(session.scalars(select(StoredRevision.hash).where(StoredRevision.hash.in_(names))))

    def _take_photos(self, notebook: SealedNotebook, album: "_Album", opened: Opened) -> None:
        """Keeps the photos that records name and the district misses, whether the records came now or long ago."""
        with self._database.reading() as session:
            named = album.sealed.keys() & set(session.scalars(select(RecordPhoto.sha256)))
            here = {name for name in session.scalars(select(Blob.sha256)) if self._blobs.has(name)}
        device = notebook.fact("chain", "device")
        for name in sorted(named - here):
            if (picture := album.open(name)) is None:
                continue
            try:
                keep_photo(self._database, self._blobs, name, picture, str(device or ""))
            except BlobError:
                opened.kept = True
                continue
            opened.photos += 1

    def _report(
        self,
        hand_in: HandIn,
        notebook: SealedNotebook,
        refused: list[tuple[Revision, Verdict]],
        album: "_Album",
        opened: Opened,
    ) -> None:
        drafts = list(_drafts(notebook))
        opened.drafts = len(drafts)
        report = Recovered(self._recovered, hand_in, _language(notebook))
        loose = _photos([*(revision.set for revision, _ in refused), *(draft["answers"] for draft in drafts)])
        for name in sorted(loose & album.sealed.keys()):
            if (picture := album.open(name)) is not None:
                report.add_photo(name, picture)
        opened.lost["photos"] += len(album.unreadable)
        with self._database.reading() as session:
            opened.report = report.write(session, refused, drafts, +opened.lost)

    def _close(self, hand_in: HandIn, opened: Opened) -> None:
        counts = f"{opened.taken} taken, {opened.known} known, {opened.refused} refused, {opened.photos} photos"
        with self._database.writing() as session:
            audit(
                session, "cli", "escrow-opened", f"{hand_in.vault} {hand_in.officer} {counts}, {opened.drafts} drafts"
            )
            if not opened.kept:
                kept = session.get_one(HandIn, (hand_in.vault, hand_in.officer))
                kept.opened_at, kept.files = now(), {}
        if not opened.kept:
            self._leftovers.remove(hand_in)


class _Album:
    """The sealed photos of a hand-in, by hash; `unreadable` are those that could not be opened."""

    def __init__(self, cipher: Cipher, sealed: dict[str, Path]) -> None:
        self.sealed = sealed
        self.unreadable: set[str] = set()
        self._cipher = cipher

    def open(self, name: str) -> bytes | None:
        """A photo; None when it is not what was sealed, or not what its name says."""
        written = self.sealed[name].read_bytes()
        picture = None
        with suppress(Tampered):
            # What an earlier version kept was not sealed.
            whole = sha256(written) == name
            picture = written if whole else asyncio.run(open_sealed(self._cipher, f"photo-{name}", written))
        if picture is not None and sha256(picture) == name:
            return picture
        self.unreadable.add(name)
        return None


def _unsent(notebook: SealedNotebook) -> Iterator[Revision]:
    """The officer's own revisions without a receipt, in the order they were written; what is none is lost.

    What the district refused is tried again: the reason may be gone. What a correction replaced is not.
    """
    found = []
    for row in notebook.revisions.values():
        if not row.get("own") or row.get("state") in ("district", "replaced"):
            continue
        try:
            found.append(Revision.from_json(row.get("body")))
        except RevisionError:
            notebook.lost["revisions"] += 1
    yield from sorted(found, key=lambda revision: (revision.device, revision.seq))


def _drafts(notebook: SealedNotebook) -> Iterator[Row]:
    """The drafts with something in them, each with its answers; not those that became a record all the same."""
    saved = {row.get("record") for row in notebook.revisions.values()}
    for row in notebook.drafts:
        if row.get("shown") != "yes" or (not row.get("seen") and row.get("record") in saved):
            continue
        answers = {
            str(answer.get("name")): answer["value"]
            for answer in notebook.answers
            if answer.get("draft") == row.get("id") and answer.get("value") is not None
        }
        yield {**row, "answers": answers}


def _photos(answers: Iterable[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for some in answers:
        with suppress(PhotoError):
            found.update(photos_in(some))
    return found


def _language(notebook: SealedNotebook) -> str:
    return "es" if notebook.facts.get("language") == "es" else "en"
