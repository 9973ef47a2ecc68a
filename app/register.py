"""The records as lists show them: one row each, made anew from the record's revisions whenever one of them moves."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from app.album import Album
from app.changes import versions
from app.drafts import Draft, Drafts
from app.duplicates import LINK
from app.facts import Facts
from app.followups import FOLLOWS
from app.ledger import Entry, Ledger, Refusal
from app.outline import outline, shas
from app.owed import owed
from app.recheck import CHECK
from app.records import ORDERED_AWAY, Fold, Folded
from app.revisions import Revision
from app.rows import Counts, PhotoState, RecordDetail, RecordRow
from app.search import Wanted, searchable
from app.shelf import Shelf
from app.store import Document, Key, Order, Store, where

INDEXES: Final = {
    "records": (
        *(Key("id"), "state", "day", "form", "form_version", "school", Order("updated_at"), Order("due")),
        *(Key(FOLLOWS), "code", "open"),
    )
}
ERASED: Final = "erased"  # the fact that something was, since the journal was last written anew
MAKE: Final = 4  # of the rows; a notebook with older ones has them made anew beside other work


class NoSuchRecord(KeyError):
    """The phone has no such record."""


class Register:
    """The rows of the records, and what lists and screens are given of them."""

    def __init__(self, store: Store, ledger: Ledger, album: Album, shelf: Shelf, drafts: Drafts, fold: Fold) -> None:
        self._store = store
        self._facts = Facts(store)
        self._table = store.table("records")
        self._ledger = ledger
        self._album = album
        self._shelf = shelf
        self._drafts = drafts
        self._fold = fold
        self.under_way: frozenset[str] = frozenset()  # records being sent now; in memory only
        self.language = "en"
        self.officer = ""

    def refold(self, record: str, entries: list[Entry] | None = None) -> None:
        """Makes a record's row anew from its revisions and photos; `entries` are the ledger's, where they are at hand.

        Of what the district sealed or expunged, everything that it has already is erased here.
        """
        entries = [entry for entry in entries or self._ledger.of(record) if entry.live]
        folded = self._fold(entry.revision for entry in entries)
        if folded.order is not None and self._erase(record, folded.order):
            entries = [entry for entry in self._ledger.of(record) if entry.live]
            folded = self._fold(entry.revision for entry in entries)
        form = self._shelf.form(folded.last.form, folded.last.form_version)
        both = [value.value for values in folded.conflicts.values() for value in values]
        photos = sorted(shas([*folded.answers.values(), *both]))
        state, problem = self._state(entries, photos)
        if state == "district" and folded.standing != "live":
            state = folded.standing
        elif state == "district" and (folded.conflicts or folded.contested):
            state = "conflict"  # until somebody chooses
        row: dict[str, Any] = {
            "id": record,
            "state": state,
            "form": folded.last.form,
            "form_version": folded.last.form_version,
            "school": folded.last.school,
            "place": folded.last.place,
            "tag": folded.last.tag,
            "at": folded.first.at,
            "updated_at": folded.last.at,
            "day": folded.last.at[:10],
            "author": folded.first.author,
            "own": entries[0].own,
            "titles": {language: form.summary(folded.answers, language) for language in form.languages} if form else {},
            "photos": photos,
            "conflicts": len(folded.conflicts),
            "problem": problem,
            "text": "",
        }
        if folded.standing != "live":
            row["gone"] = folded.standing
        else:
            row |= outline(form, folded, row["titles"])
            self._stand(row)
        before = self._table.one("id", record)
        self._keep(row, before)
        followed = row.get(FOLLOWS) or (before[FOLLOWS] if before and FOLLOWS in before else None)
        if followed and (kept := self._table.one("id", followed)):
            # What was done about a record changes what is still owed on it.
            earlier = dict(kept)
            self._stand(earlier)
            if earlier != kept:
                self._keep(earlier, kept)

    def _erase(self, record: str, order: Revision) -> bool:
        """Erases what the district has of a record, and what was begun about it; says whether there was anything.

        The acts on it stay, and what still waits; of a sealed record its photos too, and what was refused: nobody else
        has that, and it may be sent again or kept in a file.
        """
        if draft := self._drafts.of(record):
            self._drafts.remove(draft.id)
        sealed = order.act != "expunge"
        spared = ("waiting", "refused") if sealed else ("waiting",)
        entries = self._ledger.of(record)
        if sealed and any(self._album.state(sha)[0] == "waiting" for sha in _photos(entries, ("waiting", "district"))):
            return False
        if not self._ledger.erase(record, spared):
            return False
        kept = _photos(entries, spared) if sealed else set()
        self._album.let_go(_photos(entries) - kept, record)
        self._facts.set(ERASED, True)  # what was there lies in the journal until it is written anew
        self._store.disturb()
        return True

    def _keep(self, row: dict[str, Any], before: Document | None) -> None:
        def anew(kept: Any) -> None:
            # As a whole: TinyDB's upsert would leave what only the old row had.
            kept.clear()
            kept.update(row)

        if before is None:
            self._table.insert(row)
        else:
            self._table.update(anew, doc_ids=[before.doc_id])

    def _stand(self, row: dict[str, Any]) -> None:
        """Whether anything is still owed on a record, and on which day first, after what followed it."""
        stands = owed(row, self.after(row["id"]))
        for name, value in (("due", stands.due), ("open", "yes" if stands.open else None)):
            row.pop(name, None)
            if value:
                row[name] = value

    def after(self, record: str) -> list[Document]:
        """The rows of the records that follow up this one, the oldest first."""
        return sorted(self._table.named(FOLLOWS, record), key=lambda row: (row["at"], row["id"]))

    def fold(self, entries: Iterable[Entry]) -> Folded:
        """What these revisions make of their record."""
        return self._fold(entry.revision for entry in entries)

    def today(self, day: str) -> list[RecordRow]:
        """Drafts, what needs attention, the records of a day and what is due on it, the newest first."""
        rows = {
            row["id"]: row for state in ("attention", "conflict") for row in self._table.search(where("state") == state)
        }
        rows |= {row["id"]: row for row in self._table.search(where("day") == day) if "gone" not in row}
        rows |= {row["id"]: row for row in self._table.search((where("due") >= day) & (where("due") <= day))}
        newest = sorted(rows.values(), key=lambda row: (row["updated_at"], row["id"]), reverse=True)
        return [self.draft_row(draft) for draft in self._drafts.shown()] + [self._row(row) for row in newest]

    def page(self, form: str | None, school: str | None, state: str | None, offset: int, limit: int) -> list[RecordRow]:
        """One page of the records, or of the drafts, the newest first."""
        if state == "draft":
            return self.drafts(Wanted(form=form, school=school))[offset : offset + limit]
        query = self._query(Wanted(form=form, school=school, state=state))
        return [self._row(row) for row in self._table.page(query, "updated_at", offset, limit)]

    def drafts(self, wanted: Wanted) -> list[RecordRow]:
        """The drafts of a form and a school, the one written last first."""
        return [
            self.draft_row(draft)
            for draft in self._drafts.shown()
            if wanted.form in (None, draft.form) and wanted.school in (None, draft.school)
        ]

    def newest(self, wanted: Wanted) -> Iterator[tuple[int, int, list[Document]]]:
        """What is wanted, the words aside, the newest first and in handfuls; see JournalTable.newest_first."""
        return self._table.newest_first(self._query(wanted), "updated_at")

    def line(self, row: Document) -> RecordRow:
        """A row as a line of a list."""
        return self._row(row)

    def rows(self, query: Any) -> Iterator[tuple[Document, RecordRow]]:
        """What a query finds: as it is kept, and as a line of a list."""
        return ((row, self._row(row)) for row in self._table.search(query))

    def kept(self, query: Any) -> list[Document]:
        """What a query finds, as it is kept."""
        return self._table.search(query)

    def text(self, record: str) -> str:
        """What a record is found by, worked out from its revisions."""
        folded = self.fold(entry for entry in self._ledger.of(record) if entry.live)
        return searchable(self._shelf.form(folded.last.form, folded.last.form_version), [folded.answers])

    def ids(self) -> list[str]:
        """Every record's id, whatever its row looks like."""
        return [row["id"] for row in self._table]

    def _query(self, wanted: Wanted) -> Any:
        state = wanted.state
        asked = {"form": wanted.form, "school": wanted.school, "state": "waiting" if state == "sending" else state}
        queries = [where(name) == value for name, value in asked.items() if value is not None]
        if state is None:
            queries.append(~where("gone").exists())
        if state in ("sending", "waiting"):
            queries.append(where("id").test(lambda record: (str(record) in self.under_way) == (state == "sending")))
        if wanted.since:
            queries.append(where("updated_at") >= wanted.since)
        if wanted.until:
            queries.append(where("updated_at") <= f"{wanted.until}~")  # every time of that day comes before it
        query = None
        for part in queries:
            query = part if query is None else query & part
        return query

    def row(self, record: str) -> RecordRow:
        """A record's line in a list. Raises NoSuchRecord."""
        return self._row(self.need(record))

    def detail(self, record: str) -> RecordDetail | None:
        """Everything about one record, or None when the phone does not have it."""
        row = self._table.one("id", record)
        if row is None:
            return None
        entries = self._ledger.of(record)
        live = [entry for entry in entries if entry.live]
        if not live:  # damaged, and not mended yet
            return None
        folded = self.fold(live)
        draft = self._drafts.of(record)
        return RecordDetail(
            row=self._row(row),
            form=self._shelf.form(row["form"], row["form_version"]),
            answers=folded.answers,
            conflicts=folded.conflicts,
            deletions=folded.deletions,
            contested=folded.contested,
            order=folded.order,
            history=tuple(entries),
            photos=tuple(PhotoState(sha, *self._album.state(sha)) for sha in row["photos"]),
            place=self._shelf.place(row["place"]),
            tag=row["tag"],
            draft=draft.id if draft else None,
            versions={one.revision.hash: one for one in versions((e.revision for e in entries), self._fold)},
            follows=self._line_of(row.get(FOLLOWS)),
            same_as=self._line_of(folded.answers.get(LINK)),
            check=self._line_of(folded.answers.get(CHECK)),
            after=tuple(self._row(one) for one in self.after(record)),
        )

    def _line_of(self, record: Any) -> RecordRow | None:
        row = self._table.one("id", record) if isinstance(record, str) else None
        return self._row(row) if row else None

    def counts(self) -> Counts:
        """How many drafts and records there are of each state."""
        states = (
            self._table.count(where("state") == state) for state in ("waiting", "attention", "district", "conflict")
        )
        return Counts(self._drafts.count(), *states)

    def need(self, record: str) -> Document:
        """A record's row as it is kept. Raises NoSuchRecord."""
        row = self._table.one("id", record)
        if row is None:
            raise NoSuchRecord(record)
        return row

    def shows(self, record: str, sha: str) -> bool:
        """Whether a record shows a photo."""
        row = self._table.one("id", record)
        return row is not None and sha in row["photos"]

    def written_in(self, form: str, version: str) -> bool:
        """Whether a record was written in that version of a form."""
        return self._table.count((where("form") == form) & (where("form_version") == version)) > 0

    def old(self, before: str) -> list[str]:
        """Records that the district has, that nobody has changed since then and on which nothing is owed any more."""
        rows = self._table.search((where("updated_at") < before) & (where("state") == "district"))
        return [row["id"] for row in rows if not self._is_needed(row)]

    def _is_needed(self, row: Document) -> bool:
        """Whether something is owed on a record, or on the one whose owing it changes."""
        followed = self._table.one("id", row[FOLLOWS]) if FOLLOWS in row else None
        return any("open" in one or "due" in one for one in (row, followed) if one)

    def taken_away(self) -> set[str]:
        """The records that the district took away by its order."""
        states = (*ORDERED_AWAY, "waiting", "attention")  # of some there is still something to be sent
        rows = (row for state in states for row in self._table.search(where("state") == state))
        return {row["id"] for row in rows if row.get("gone") in ORDERED_AWAY}

    def listed(self) -> set[str]:
        """Every record that is on the lists."""
        return {row["id"] for row in self._table}

    def of_others(self, schools: set[str]) -> list[str]:
        """The records of other schools than these."""
        return [row["id"] for row in self._table.search(~where("school").one_of(list(schools)))]

    def leave(self, record: str) -> bool:
        """Lets go of a record that the district has as a whole; it may come again. Says no to any other."""
        photos = {sha for entry in self._ledger.of(record) for sha in shas(entry.revision.set.values())}
        if any(self._album.state(sha)[0] == "waiting" for sha in photos) or not self._ledger.leave(record):
            return False
        self._album.let_go(photos, record)
        self._table.remove(where("id") == record)
        self._facts.set(ERASED, True)
        return True

    def forget(self, record: str) -> None:
        """Takes a record off the lists."""
        self._table.remove(where("id") == record)

    def draft_row(self, draft: Draft) -> RecordRow:
        """A draft's line in a list."""
        form = self._shelf.form(draft.form, draft.form_version)
        return self._line(
            id=draft.id,
            state="draft",
            form=draft.form,
            version=draft.form_version,
            title=form.summary(draft.answers, self.language) if form else "",
            at=draft.started_at,
            updated_at=draft.updated_at,
            author=self.officer,
            own=True,
            school=draft.school,
            place=draft.place,
        )

    def _row(self, row: dict[str, Any]) -> RecordRow:
        titles = row["titles"]
        return self._line(
            id=row["id"],
            state="sending" if row["state"] == "waiting" and row["id"] in self.under_way else row["state"],
            form=row["form"],
            version=row["form_version"],
            title=titles.get(self.language) or next(iter(titles.values()), ""),
            at=row["at"],
            updated_at=row["updated_at"],
            author=row["author"],
            own=row["own"],
            school=row["school"],
            place=row["place"],
            problem=Refusal(**row["problem"]) if row["problem"] else None,
            conflicts=row["conflicts"],
            gone=row.get("gone"),
            due=row.get("due"),
        )

    def _line(
        self, *, form: str, version: str, title: str, author: str, school: str, place: str | None, **rest: Any
    ) -> RecordRow:
        definition, setup, found = self._shelf.form(form, version), self._shelf.setup, self._shelf.place(place)
        form_title = definition.title(self.language) if definition else form
        known = setup.school_by_id.get(school) if setup else None
        return RecordRow(
            form=form,
            form_title=form_title,
            icon=definition.icon if definition else "",
            title=title or form_title,
            author=author,
            author_name=setup.names.get(author, "") if setup else "",
            school=school,
            school_name=known.name if known else "",
            place_name=found.name if found else None,
            **rest,
        )

    def _state(self, entries: list[Entry], photos: Iterable[str]) -> tuple[str, dict[str, Any] | None]:
        """Where a record stands: the worst of its revisions and of the photos it shows."""
        refused = next((entry.refusal for entry in entries if entry.refusal), None)
        standing = [self._album.state(sha) for sha in photos]
        refused = refused or next((problem for _, problem in standing if problem), None)
        if refused:
            return "attention", {"code": refused.code, "message": refused.message, "field": refused.field}
        unsent = any(entry.state == "waiting" for entry in entries) or any(state == "waiting" for state, _ in standing)
        return "waiting" if unsent else "district", None


def _photos(entries: Iterable[Entry], states: Collection[str] | None = None) -> set[str]:
    """The photos that these revisions name, or those of them that are in one of these states."""
    return {sha for one in entries if states is None or one.state in states for sha in shas(one.revision.set.values())}
