"""What the district knows already about a batch of revisions, read in a few statements, and what it keeps of it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CompoundSelect, Row, Select, and_, bindparam, cast, insert, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.followups import FOLLOWS
from app.records import Folded
from app.revisions import DISTRICTS_ACTS, Revision
from app.tags import tidy
from server import log
from server.clocks import JUMP, jumped
from server.district import the_district
from server.evidence import Scales
from server.log import Head
from server.photos import Photo, count_missing
from server.scope import CONTESTED, note_open
from server.tables import Device, Place, Posting, Record, RecordPhoto, StoredRevision, Tag, UtcTime
from sync.merge import fold

UNKNOWN_DEVICE: Final = "device_unknown"  # the flag
FORK: Final = "chain_fork"
GAP: Final = "chain_gap"
ORPHAN: Final = "parent_missing"
OF_OTHERS: Final = {FORK, GAP, ORPHAN, JUMP}  # what depends on which other revisions are here
# Made once, because making a statement takes longer than SQLite takes to answer it.
_OFFICERS: Final = union_all(  # the schools of an officer, ever, and the phones, which have a time
    select(Posting.school, cast(null(), UtcTime)).where(Posting.officer == bindparam("officer")),
    select(Device.id, Device.created_at).where(Device.officer == bindparam("officer")),
)
_NEW_RECORDS: Final = insert(Record)
_STANDINGS: Final = select(Record.id, Record.standing).where(Record.id.in_(bindparam("records", expanding=True)))
_ENTRIES: Final = select(
    StoredRevision.hash,
    StoredRevision.record,
    StoredRevision.seq,
    StoredRevision.received_at,
    StoredRevision.device,
    StoredRevision.device_seq,
    StoredRevision.prev,
    StoredRevision.flags,
    StoredRevision.body,
).where(
    or_(
        StoredRevision.hash.in_(bindparam("names", expanding=True)),
        and_(
            StoredRevision.device.in_(bindparam("devices", expanding=True)),
            StoredRevision.device_seq.in_(bindparam("numbers", expanding=True)),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision that the district has or is about to have."""

    revision: Revision
    captured_at: datetime
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a record's form makes of it: the line that tells it from others, what it promises (app/owed.py), and whether
    it is a check with a grade (app/grade.py)."""

    title: str
    promises: dict[str, Any]
    graded: bool = False


class Batch:
    """The facts that judging a batch needs, and the changes that it makes."""

    def __init__(self, session: Session, officer: str, revisions: Iterable[Revision]) -> None:
        self._session = session
        self._connection = session.connection()
        revisions = list(revisions)
        known: list[tuple[str, datetime | None]] = [(one, at) for one, at in self._ask(_OFFICERS, officer=officer)]
        self.schools = {one for one, at in known if at is None}
        self.devices = {one: at for one, at in known if at is not None}
        self.end: Head | None = None  # of the log, with what this batch brought
        self.others = self._find_others(officer, {r.device for r in revisions} - self.devices.keys())
        self.receipts: dict[str, tuple[int, datetime]] = {}
        self._links: dict[str, tuple[str, int]] = {}
        self._linked: dict[tuple[str, int], set[str]] = {}
        self._written: dict[str, Revision] = {}  # of the devices' chains, what later ones are held against
        self._records: dict[str, str] = {}  # whose revisions are here, by hash
        self._gaps: dict[str, str] = {}  # what is missing, and what noted that, by their hashes
        self._find_entries(revisions)
        self._standings: dict[str, str] = dict(self._ask(_STANDINGS, records=list({r.record for r in revisions})))
        self.histories = histories(session, self._standings) if self._standings else {}
        self._tags = self._find_tags({tidy(r.tag) for r in revisions if r.tag})
        hung = {tag.place for tag in self._tags.values()}
        self._places = self._find_places({r.place for r in revisions if r.place} | hung)
        self._new: dict[str, Kept] = {}
        self._photos: dict[tuple[str, str], tuple[str, Photo]] = {}

    def add(self, kept: Kept, photos: Iterable[Photo]) -> None:
        """Takes a good revision into the batch; later ones of the batch see it."""
        revision = kept.revision
        self._new[revision.hash] = kept
        self._link(revision.hash, revision.device, revision.seq)
        self._written[revision.hash] = revision
        self._records[revision.hash] = revision.record
        if self.is_expunged(revision.record):
            return  # of what comes late only the proof is kept
        self.histories.setdefault(revision.record, {})[revision.hash] = kept
        for photo in photos:
            self._photos[revision.record, photo.sha256] = (revision.school, photo)

    def is_new(self, name: str) -> bool:
        """Whether this batch brought the revision."""
        return name in self._new

    def is_expunged(self, record: str) -> bool:
        """Whether the record was expunged before this batch came."""
        return self._standings.get(record) == "expunged"

    def flags(self, revision: Revision) -> tuple[str, ...]:
        """The doubts that were noted about a revision that is here."""
        kept = self.history(revision.record).get(revision.hash)
        return kept.flags if kept else ()

    def history(self, record: str) -> dict[str, Kept]:
        """The revisions of a record that are here, by hash."""
        return self.histories.get(record, {})

    def is_of_another(self, revision: Revision) -> bool:
        """Whether a revision builds on what belongs to another record, as far as that is here."""
        return any(self._records.get(parent, revision.record) != revision.record for parent in revision.parents)

    def doubts(self, revision: Revision) -> list[str]:
        """What is odd about a revision's device, tag and place without being a reason to refuse it."""
        found = [] if revision.device in self.devices else [UNKNOWN_DEVICE]
        if self.is_expunged(revision.record):
            return found
        place = self._places.get(revision.place or "")
        if revision.place and (place is None or place.school != revision.school):
            found.append("place_unknown")
        if revision.tag:
            tag = self._tags.get(tidy(revision.tag))
            if tag is None:
                found.append("tag_unknown")
            elif tag.place != revision.place and self._places[tag.place].active:
                found.append("tag_elsewhere")
            elif tag.place != revision.place or tag.state != "active":
                # As its check is graded: the tag of a place that is not in use is an old one, wherever it was read.
                found.append("tag_retired")
        return found

    def _doubts_of_others(self, revision: Revision) -> list[str]:
        """What is odd about a revision beside the others that are here: those of its device, and of its record."""
        if revision.act in DISTRICTS_ACTS:
            return []
        found = [FORK] if self._linked.get((revision.device, revision.seq), set()) - {revision.hash} else []
        before = self._links.get(revision.prev) if revision.prev else None
        if (revision.seq, revision.prev) != (1, None) and before != (revision.device, revision.seq - 1):
            found.append(GAP)
        elif revision.prev in self._written and jumped(self._written[revision.prev], revision):
            found.append(JUMP)
        there = self.history(revision.record)
        if not self.is_expunged(revision.record) and any(parent not in there for parent in revision.parents):
            found.append(ORPHAN)
        return found

    def keep(self, received: datetime, see: Callable[[Folded], Seen]) -> None:
        """Stores the new revisions, folds their records again and finds the receipts; `see` asks a record's form."""
        if not self._new:
            return
        for kept in list(self._new.values()):  # only now: one may have come before the one that it follows
            self._new[kept.revision.hash] = self._note(kept)
        self._note_late()
        rows = [_row(kept, erased=self.is_expunged(kept.revision.record)) for kept in self._new.values()]
        receipts, self.end = log.append(self._session, rows, received)
        self.receipts |= receipts
        touched = {record for kept in self._new.values() if not self.is_expunged(record := kept.revision.record)}
        self._keep_records(touched, received, see)
        self._keep_photos()

    def _note(self, kept: Kept) -> Kept:
        """The same with what is odd about it beside the others that are here by now."""
        flags = (*(flag for flag in kept.flags if flag not in OF_OTHERS), *self._doubts_of_others(kept.revision))
        if flags == kept.flags:
            return kept
        noted = replace(kept, flags=flags)
        if kept.revision.hash in self.history(kept.revision.record):
            self.histories[kept.revision.record][kept.revision.hash] = noted
        return noted

    def _note_late(self) -> None:
        """Looks again at what had come before something that this batch brings: it was missed, and is not any more."""
        late = {self._gaps[name] for name in self._new.keys() & self._gaps.keys()}
        parents = {parent for history in self.histories.values() for parent in history if parent in self._new}
        for history in self.histories.values():
            late |= {name for name, kept in history.items() if parents.intersection(kept.revision.parents)}
        late -= self._new.keys()
        if not late:
            return
        there = StoredRevision.hash.in_(late), StoredRevision.body != ""
        stored = {row.hash: row for row in self._session.scalars(select(StoredRevision).where(*there))}
        others = {row.record for row in stored.values()} - self.histories.keys()
        self._standings |= dict(self._ask(_STANDINGS, records=list(others)))
        self.histories |= histories(self._session, others)
        for name, row in stored.items():
            row.flags = list(self._note(self.histories[row.record][name]).flags)
        for record in self._rows({other for other in others if not self.is_expunged(other)}).values():
            flags = {flag for kept in self.histories[record.id].values() for flag in kept.flags}
            record.flags = sorted(flags | {CONTESTED}.intersection(record.flags))

    def _keep_records(self, touched: set[str], received: datetime, see: Callable[[Folded], Seen]) -> None:
        there = self._rows(touched & self._standings.keys())
        followed = {row.follows for row in there.values() if row.follows}
        quiet = []  # new, and nothing is open about them: as almost all are
        scales = Scales(self._session, self._tags.get, self._written)
        came = {one: [self.receipts[name][0] for name in self.histories[one] if name in self._new] for one in touched}
        for record_id, new in sorted(came.items(), key=lambda item: min(item[1])):
            history = self.histories[record_id]
            folded = fold(kept.revision for kept in history.values())
            form_sees = see(folded)  # before there is a row: it may ask the database, which would write a row half made
            columns = _columns(history, folded, form_sees) | {"updated_seq": max(new), "updated_at": received}
            first = history[folded.first.hash]
            if form_sees.graded and folded.first.hash in self._new:
                columns["evidence"] = scales.weigh(first.revision, first.captured_at, first.flags)
            row = there.get(record_id)
            if row is None:
                columns |= {"id": record_id, "first_seq": min(new), "evidence": columns.get("evidence")}
                if not (form_sees.promises or folded.conflicts or folded.contested):
                    quiet.append({**columns, "open": False})
                    continue
                row = there[record_id] = Record()
                self._session.add(row)
            for name, value in columns.items():
                setattr(row, name, value)
        note_open(self._session, there.values(), followed)
        if quiet:
            self._connection.execute(_NEW_RECORDS, quiet)

    def _rows(self, records: set[str]) -> dict[str, Record]:
        if not records:
            return {}
        return {row.id: row for row in self._session.scalars(select(Record).where(Record.id.in_(records)))}

    def _keep_photos(self) -> None:
        if not self._photos:
            return
        records = {record for record, _ in self._photos}
        query = select(RecordPhoto.record, RecordPhoto.sha256).where(RecordPhoto.record.in_(records))
        there = {(record, sha256) for record, sha256 in self._session.execute(query)}
        for (record, sha256), (school, photo) in self._photos.items():
            if (record, sha256) not in there:
                self._session.add(
                    RecordPhoto(record=record, sha256=sha256, school=school, mime=photo.mime, bytes=photo.bytes)
                )
        count_missing(self._session, records)

    def _find_entries(self, revisions: list[Revision]) -> None:
        """The receipts of those that are here, and the places in their devices' chains of all that these follow."""
        hashes = {r.hash for r in revisions}
        before = {r.prev for r in revisions if r.prev} - hashes
        found = self._ask(
            _ENTRIES,
            names=list(hashes | before | {parent for r in revisions for parent in r.parents}),
            devices=list({r.device for r in revisions}),
            numbers=list({number for r in revisions for number in (r.seq, r.seq + 1)}),
        )
        for name, record, seq, at, device, number, prev, flags, body in found:
            self._records[name] = record
            self._link(name, device, number)
            if GAP in flags:
                self._gaps[prev] = name
            if name in before and body:
                self._written[name] = Revision.known(name, json.loads(body))
            if name in hashes:
                self.receipts[name] = (seq, at)

    def _ask(
        self, query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], **values: Any
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(query, values).all()

    def _link(self, name: str, device: str, number: int) -> None:
        self._links[name] = (device, number)
        self._linked.setdefault((device, number), set()).add(name)

    def _find_others(self, officer: str, devices: set[str]) -> set[str]:
        """Those of these devices that are somebody else's, or the district itself."""
        if not devices:
            return set()
        phones = select(Device.id).where(Device.id.in_(devices))
        written = select(StoredRevision.device).where(
            StoredRevision.device.in_(devices), StoredRevision.author != officer
        )
        found = self._session.scalars(phones.union(written))
        return {*found, *(devices & {the_district(self._session).id})}

    def _find_tags(self, codes: set[str]) -> dict[str, Tag]:
        if not codes:
            return {}
        found = self._session.scalars(select(Tag).where(Tag.code.in_(codes) | Tag.short.in_(codes)))
        return {code: tag for tag in found for code in (tag.code, tag.short)}

    def _find_places(self, ids: set[str]) -> dict[str, Place]:
        if not ids:
            return {}
        return {place.id: place for place in self._session.scalars(select(Place).where(Place.id.in_(ids)))}


def _columns(history: dict[str, Kept], folded: Folded, seen: Seen) -> dict[str, Any]:
    """What a record's row says."""
    first, last = history[folded.first.hash], history[folded.last.hash]
    return {
        "form": last.revision.form,
        "form_version": last.revision.form_version,
        "record_class": first.revision.record_class,
        "school": first.revision.school,
        "author": first.revision.author,
        "occurred_at": first.captured_at,
        "place": last.revision.place,
        "title": seen.title,
        "promises": seen.promises,
        "follows": seen.promises.get(FOLLOWS),
        "standing": folded.standing,
        "revisions": len(history),
        "heads": list(folded.heads),
        "answers": folded.answers,
        "conflicts": {
            name: [{"value": value.value, "by": value.by} for value in values]
            for name, values in folded.conflicts.items()
        },
        "flags": sorted(
            {flag for kept in history.values() for flag in kept.flags} | ({CONTESTED} if folded.contested else set())
        ),
    }


def _row(kept: Kept, *, erased: bool) -> dict[str, object]:
    revision = kept.revision
    return {
        "hash": revision.hash,
        "record": revision.record,
        "form": revision.form,
        "form_version": revision.form_version,
        "record_class": revision.record_class,
        "school": revision.school,
        "author": revision.author,
        "device": revision.device,
        "device_seq": revision.seq,
        "prev": revision.prev,
        "at": revision.at,
        "captured_at": kept.captured_at,
        "body": "" if erased else revision.canonical.decode(),
        "flags": list(kept.flags),
        "act": revision.act,
    }


def histories(session: Session, records: Iterable[str]) -> dict[str, dict[str, Kept]]:
    """The revisions of these records by hash, in the log's order; of an expunged one only the acts."""
    columns = (StoredRevision.body, StoredRevision.captured_at, StoredRevision.flags)
    query = select(*columns).where(StoredRevision.record.in_(list(records)), StoredRevision.body != "")
    found: dict[str, dict[str, Kept]] = {}
    for body, captured_at, flags in session.execute(query.order_by(StoredRevision.seq)):
        revision = Revision.from_json(json.loads(body))
        found.setdefault(revision.record, {})[revision.hash] = Kept(revision, captured_at, tuple(flags))
    return found
