"""What the notebook shows: lists, search, findings, complaints alike, one record. Nothing here changes anything."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from app.duplicates import DAYS, About, about, near
from app.findings import Finding, due_of
from app.forms import Form
from app.register import Register
from app.requests import ANSWERED, NEW
from app.revisions import Answers
from app.rows import Alike, Counts, FindingRow, Found, RecordDetail, RecordRow, RequestRow
from app.search import Wanted, plain, terms
from app.store import Document, where

_MOST: Final = 5  # complaints alike that are told of
_FAR: Final = "9999"  # the due date of what has none: after all others


class Reading:
    """The part of the notebook that is read."""

    def _shown(self) -> Register:
        raise NotImplementedError

    def _now(self) -> str:
        raise NotImplementedError

    def today(self) -> list[RecordRow]:
        """The list of home: drafts, what needs attention, and the records of today, the newest first."""
        return self._shown().today(self._now()[:10])

    def records(
        self,
        form: str | None = None,
        school: str | None = None,
        state: str | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> list[RecordRow]:
        """One page of the records (or of the drafts, by that state), the newest first."""
        return self._shown().page(form, school, state, offset, limit)

    def record(self, record: str) -> RecordDetail | None:
        """Everything about one record, or None when the phone does not have it."""
        return self._shown().detail(record)

    def counts(self) -> Counts:
        """How many drafts and records there are of each state."""
        return self._shown().counts()

    def search(self, wanted: Wanted) -> Iterator[Found]:
        """What is wanted, the newest first, a few at a time. Let others run between two of them."""
        register, words = self._shown(), terms(wanted.words)
        if wanted.state == "draft":
            yield self._drafts_found(register, wanted, words)
            return
        beside = _Beside(register)
        for looked, total, rows in register.newest(wanted):
            hits = [row for row in rows if _says(_text(register, row), words, beside, row)]
            yield Found([register.line(row) for row in hits], looked, total)

    def findings(self, school: str | None = None, fixed: bool = False) -> list[FindingRow]:
        """The open findings (or those that were fixed), what is due first on top."""
        register = self._shown()
        query = where("findings").exists() if fixed else where("open") == "yes"
        found = [one for row, line in register.rows(query) for one in _findings(register, row, line)]
        wanted = [one for one in found if one.open != fixed and school in (None, one.record.school)]
        return sorted(wanted, key=_urgency)

    def findings_of(self, record: str) -> list[FindingRow]:
        """What one record found wrong, open or fixed, in its own order."""
        register = self._shown()
        return [one for row, line in register.rows(where("id") == record) for one in _findings(register, row, line)]

    def findings_at(self, place: str) -> list[FindingRow]:
        """What is open at a place, what is due first on top."""
        register = self._shown()
        rows = register.rows(where("open") == "yes")
        found = [one for row, line in rows if row["place"] == place for one in _findings(register, row, line)]
        return sorted((one for one in found if one.open), key=_urgency)

    def requests(self) -> list[RequestRow]:
        """What families ask and nobody closed: the new ones first, of these the urgent, of these the newest.

        A record that follows one answers it.
        """
        register = self._shown()
        found = []
        for row, line in register.rows(where("open") == "yes"):
            if "asked" in row:
                status = row["asked"]
                status = ANSWERED if status == NEW and register.after(row["id"]) else status
                found.append(RequestRow(line, status, "urgent" in row))
        found.sort(key=lambda one: one.record.at, reverse=True)
        return sorted(found, key=lambda one: (one.status != NEW, not one.urgent))

    def alike(self, record: str) -> list[Alike]:
        """Other complaints that may be the same as this one, the nearest first."""
        register = self._shown()
        row = next((row for row, _ in register.rows(where("id") == record)), None)
        mine = About.of_row(row) if row else None
        return _alike(register, mine, record) if mine else []

    def compared(self, form: Form, answers: Answers) -> About | None:
        """What a complaint that is being written is compared by; None until it says what and where."""
        return about(form, answers, self._now())

    def alike_to(self, mine: About, record: str) -> list[Alike]:
        """The same for a complaint that is being written; `record` is the id that it will have."""
        return _alike(self._shown(), mine, record)

    def _drafts_found(self, register: Register, wanted: Wanted, words: list[str]) -> Found:
        drafts = register.drafts(wanted)
        hits = [line for line in drafts if all(word in plain(f"{line.title} {line.form_title}") for word in words)]
        return Found(hits, len(drafts), len(drafts))


class _Beside:
    """What a list says of records beside their answers: form, school, place, author; worked out once for each."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._known: dict[tuple[Any, ...], str] = {}

    def __getitem__(self, row: Document) -> str:
        key = (row["form"], row["school"], row["place"], row["author"])
        if key not in self._known:
            line = self._register.line(row)
            names = (line.form_title, line.school_name, line.place_name or "", line.author_name)
            self._known[key] = plain(" ".join(names))
        return self._known[key]


def _text(register: Register, row: Document) -> str:
    """What a record is found by; of a row of an older make it is worked out here."""
    return row["text"] if "text" in row else register.text(row["id"])


def _says(text: str, words: list[str], beside: _Beside, row: Document) -> bool:
    left = [word for word in words if word not in text]
    return not left or all(word in beside[row] for word in left)


def _findings(register: Register, row: Document, line: RecordRow) -> Iterator[FindingRow]:
    after = register.after(row["id"])
    for kept in row.get("findings", ()):
        finding = Finding(**kept)
        still, due = due_of(finding, after)
        title = finding.titles.get(register.language) or next(iter(finding.titles.values()), line.title)
        done = tuple(register.row(one["id"]) for one in after if one.get("item") == finding.key)
        yield FindingRow(line, finding, title, due, still, done)


def _urgency(one: FindingRow) -> tuple[str, int, str]:
    return one.due or _FAR, -one.finding.severity, one.record.at


def _alike(register: Register, mine: About, record: str) -> list[Alike]:
    # A day more, because these times are compared as texts whatever their offset.
    first = (datetime.fromisoformat(mine.when) - timedelta(days=DAYS + 1)).isoformat()
    found = []
    for row, line in register.rows((where("code") == mine.code) & (where("updated_at") >= first)):
        other = About.of_row(row)
        apart = near(mine, other) if other and row["id"] != record else None
        if apart:
            found.append(Alike(line, apart))
    return sorted(found, key=lambda one: (one.near.metres or 0, one.near.days))[:_MOST]
