"""The whole log in one file, and checking such a file again without the server (docs/custody.md).

The file is a ZIP: `manifest.json` (the district, and the signed end of its log), `log.ndjson` (every entry, in
order) and, on request, `photos/` (each under its SHA-256).
"""

import hashlib
import json
import lzma
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import canonical, sha256
from app.outline import shas
from app.parcel import DAMAGE
from app.revisions import Revision
from server import district
from server.blobs import Blobs
from server.clocks import jumped
from server.log import BEGINNING, head, link
from server.stamp import Stamp, Stamper, fingerprint, holds, is_key
from server.tables import Blob, StoredRevision, now
from server.times import iso

Owed = dict[str, tuple[int, str]]  # by the hashes of revisions: the numbers and times of their receipts
FORMAT: Final = 1
_AT_ONCE: Final = 500
_MOST_NAMED: Final = 20  # problems of one kind that are told one by one
# What a changed byte may raise (a member may say that it is packed otherwise), and a manifest that says something else.
_DAMAGE: Final = (*DAMAGE, lzma.LZMAError, AttributeError, TypeError)


def write(session: Session, stamper: Stamper, path: Path, blobs: Blobs | None = None) -> int:
    """Writes the log, with the photos where `blobs` are given; returns how many entries there are."""
    home, end = district.the_district(session), head(session)
    manifest = {
        "format": FORMAT,
        "district": {"id": home.id, "name": home.name},
        "made_at": iso(now()),
        "key": stamper.public,
        "stamp": str(stamper.stamp(home.id, end)),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", json.dumps(manifest, indent=2))
        with file.open("log.ndjson", "w", force_zip64=True) as log:
            for line in _lines(session, end.seq):
                log.write(line)
        for name in session.scalars(select(Blob.sha256).order_by(Blob.sha256)) if blobs else ():
            assert blobs is not None
            if blobs.has(name):
                file.write(blobs.path(name), f"photos/{name}", zipfile.ZIP_STORED)
    return end.seq


def _lines(session: Session, end: int) -> Iterator[bytes]:
    query = select(StoredRevision).where(StoredRevision.seq <= end).order_by(StoredRevision.seq)
    for kept in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        entry = {"at": iso(kept.received_at), "hash": kept.hash, "link": kept.link, "seq": kept.seq}
        body = json.loads(kept.body) if kept.body else None
        yield canonical({**entry, "record": kept.record, "revision": body}) + b"\n"
        session.expunge(kept)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the log; `revision` is None where its content was erased."""

    seq: int
    at: str
    hash: str
    link: str
    record: str
    revision: dict[str, Any] | None

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Raises TypeError or ValueError for a line that is none."""
        fields = json.loads(line)
        entry = cls(**fields)
        texts = entry.at, entry.hash, entry.link, entry.record
        if type(entry.seq) is not int or not all(isinstance(text, str) for text in texts):
            raise ValueError("this is no entry")
        if canonical(fields) + b"\n" != line:  # a name twice, of which only one is read, or what was put in between
            raise ValueError("this is not how entries are written")
        return entry


@dataclass
class Report:
    """What checking a file came to: `problems` are reasons not to trust it, `notes` are worth knowing."""

    district: str = ""
    key: str = ""
    entries: int = 0
    photos: int = 0
    erased: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class NotAnExport(Exception):
    """The file is none of `beatbook custody`."""


def verify(path: Path, *, key: str | None = None, receipts: Path | None = None) -> Report:
    """Checks a file again, entry by entry, without any server.

    `key` is the public key to expect (Base64), from somewhere else than the file; `receipts` a phone's file
    of receipts. Raises NotAnExport for a file that is none, and for a key or receipts that are none.
    """
    if key is not None and not is_key(key):
        raise NotAnExport("This is no public key of a district; `beatbook custody` without a file shows it.")
    owed, stamps = _receipts(receipts) if receipts else ({}, [])
    try:
        with zipfile.ZipFile(path) as file:
            manifest = json.loads(file.read("manifest.json"))
            if manifest["format"] != FORMAT:
                raise NotAnExport(f"{path} has format {manifest['format']}; this version knows {FORMAT}.")
            checked = _Checked(manifest["district"]["id"], owed, stamps)
            report = Report(manifest["district"]["name"], manifest["key"])
            with file.open("log.ndjson") as log:
                checked.read(log)
            checked.end(Stamp.read(manifest["stamp"]), manifest["key"], key)
            report.photos = _photos(file, checked)
    except _DAMAGE as error:
        raise NotAnExport(f"{path} is no export of beatbook custody, or it is damaged: {error}") from None
    report.entries, report.erased = checked.seq, len(checked.erased)
    report.problems, report.notes = checked.problems, checked.notes
    return report


class _Checked:
    """Goes through the entries, keeping what later ones are held against."""

    def __init__(self, district: str, owed: Owed, stamps: Iterable[Stamp]) -> None:
        self._district = district
        self._owed = dict(owed)
        self._given = tuple(stamps)
        self._stamps = {stamp.seq: stamp for stamp in self._given}
        self._ends: dict[str, Revision] = {}  # of each device's chain
        self._expunged: set[str] = set()
        self.seq, self.link = 0, BEGINNING
        self.erased: dict[str, int] = {}  # records without content, and the entry that first said so
        self._unread: set[str] = set()  # the hashes of their revisions
        self.named: set[str] = set()
        self.problems: list[str] = []
        self.notes: list[str] = []

    def read(self, log: IO[bytes]) -> None:
        for line in log:
            if not line.endswith(b"\n"):
                self.problems.append(f"The log is cut off after entry {self.seq}.")
                return
            try:
                entry = _Entry.read(line)
            except (TypeError, ValueError):
                self.problems.append(f"A line after entry {self.seq} cannot be read: it was changed.")
            else:
                self._entry(entry)

    def _entry(self, entry: _Entry) -> None:
        seq, name = entry.seq, entry.hash
        if seq != self.seq + 1:
            self.problems.append(f"Entry {self.seq + 1} is missing: entry {seq} comes after {self.seq}.")
        self.link = link(self.link, seq, entry.at, name)
        if self.link != entry.link:
            self.problems.append(f"Entry {seq} was changed, or something before it was: its link does not hold.")
            self.link = entry.link
        self.seq = seq
        self._hold_receipts(seq, entry.at, name)
        if entry.revision is None:
            self.erased.setdefault(entry.record, seq)
            self._unread.add(name)
            return
        if sha256(canonical(entry.revision)) != name:
            self.problems.append(f"Entry {seq} is not what its hash says: its content was changed.")
            return
        revision = Revision.from_json(entry.revision)
        if revision.record != entry.record:
            self.problems.append(f"Entry {seq} stands under another record than its content says.")
        self._revision(seq, revision)

    def _hold_receipts(self, seq: int, at: str, name: str) -> None:
        owed = self._owed.pop(name, None)
        if owed not in (None, (seq, at)):
            self.problems.append(f"Entry {seq} has another number or time than the receipt that was given for it.")
        stamp = self._stamps.pop(seq, None)
        if stamp is not None and stamp.link != self.link:
            self.problems.append(f"The log is not the one that was signed when it ended with entry {seq}.")

    def _revision(self, seq: int, revision: Revision) -> None:
        if revision.act == "expunge":
            self._expunged.add(revision.record)
        self.named |= shas(revision.set.values())
        before = self._ends.get(revision.device)
        number, name = (before.seq, before.hash) if before else (0, None)
        gap = revision.seq > number + 1 or (revision.seq == number + 1 and revision.prev != name)
        if gap and revision.prev not in self._unread:
            self.notes.append(f"Entry {seq}: its device's chain has a gap before number {revision.seq}.")
        elif revision.seq <= number:
            self.notes.append(f"Entry {seq}: number {revision.seq} of its device came late or twice.")
        elif before and jumped(before, revision):
            self.notes.append(f"Entry {seq}: its device's clock was set back before it.")
        if revision.seq > number:
            self._ends[revision.device] = revision

    def end(self, stamp: Stamp, key: str, expected: str | None) -> None:
        """Holds the whole against the district's signature."""
        if expected is not None and expected != key:
            self.problems.append(f"It was signed with the key {fingerprint(key)}, not with {fingerprint(expected)}.")
        if not holds(stamp, self._district, key):
            self.problems.append("The signature is not this district's.")
        if (stamp.seq, stamp.link) != (self.seq, self.link):
            self.problems.append(f"The log ends with entry {self.seq}; the district signed its end at {stamp.seq}.")
        self.problems += [
            f"Entry {seq} has no content, and no order in the log expunged its record {record}."
            for record, seq in self.erased.items()
            if record not in self._expunged
        ]
        self.problems += [f"A receipt was given for a revision that is not here: {name}." for name in self._owed]
        self.problems += [
            "A signature among the receipts is not this district's."
            for one in self._given
            if not holds(one, self._district, expected or key)
        ]
        self.problems += [f"The log ends before entry {seq}, which the district signed." for seq in self._stamps if seq]


def _photos(file: zipfile.ZipFile, checked: _Checked) -> int:
    """Checks the photos that came along, piece by piece; returns how many there are."""
    there = [name for name in file.namelist() if name.startswith("photos/")]
    for name in there:
        found = hashlib.sha256()
        with file.open(name) as photo:
            while piece := photo.read(1 << 20):
                found.update(piece)
        if found.hexdigest() != name.removeprefix("photos/"):
            checked.problems.append(f"The photo {name.removeprefix('photos/')} was changed.")
    missing = checked.named - {name.removeprefix("photos/") for name in there}
    if missing and not there:
        checked.notes.append(f"No photo came along; the entries name {len(missing)}.")
    elif missing:
        told = ", ".join(sorted(missing)[:_MOST_NAMED])
        checked.notes.append(f"Photos that are named and not here ({len(missing)}): {told}")
    return len(there)


def _receipts(path: Path) -> tuple[Owed, list[Stamp]]:
    try:
        body = json.loads(path.read_text("utf-8"))
        owed = {one["hash"]: (one["seq"], one["at"]) for one in body.get("receipts", ())}
        return owed, [Stamp.read(stamp) for stamp in body.get("stamps", ())]
    except (OSError, AttributeError, KeyError, TypeError, ValueError):
        raise NotAnExport(f"{path} is no file of receipts as a phone saves it, or it is damaged.") from None
