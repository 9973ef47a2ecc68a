"""What is done about a record that is there: correcting it, following it up, dealing with what it found."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from app.binding import Binder, Binding
from app.drafts import Draft, Drafts
from app.duplicates import LINK
from app.findings import FIXED, closes
from app.followups import FOLLOWS, carried
from app.forms import TITLE_LENGTH, Form, Problem
from app.ledger import Ledger
from app.recheck import CHECK, fixed
from app.register import NoSuchRecord, Register
from app.requests import taken_over
from app.revisions import Answers, Revision
from app.rows import FindingRow, RecordDetail, RecordRow


class NotEnrolled(Exception):
    """The phone belongs to nobody yet, or has not had the district's setup."""


class NotReady(Exception):
    """A draft that cannot be saved yet; `problems` says why, field by field, in the order of the form."""

    def __init__(self, problems: dict[str, Problem]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Afterwards:
    """The part of the notebook that goes on from a record."""

    _binder: Binder
    _drafts: Drafts
    _ledger: Ledger
    _register: Register

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one."""
        raise NotImplementedError
        yield

    def form(self, form: str, version: str | None = None) -> Form | None:
        raise NotImplementedError

    def kinds(self) -> list[Form]:
        raise NotImplementedError

    def start(
        self,
        form: str,
        prefill: Answers | None = None,
        place: str | None = None,
        tag: str | None = None,
        school: str | None = None,
    ) -> Draft:
        raise NotImplementedError

    def answer(self, draft: str, name: str, value: Any) -> None:
        raise NotImplementedError

    def save(self, draft: str) -> RecordRow:
        raise NotImplementedError

    def record(self, record: str) -> RecordDetail | None:
        raise NotImplementedError

    def findings_of(self, record: str) -> list[FindingRow]:
        raise NotImplementedError

    def _now(self) -> str:
        raise NotImplementedError

    def _next(self, binding: Binding, **about: Any) -> Revision:
        raise NotImplementedError

    def correct(self, record: str, reason: str | None = None) -> Draft:
        """A draft that changes a record, filled with what it says now; the one already begun, if there is one.

        `reason` is kept with the change. Raises NoSuchRecord, NotEnrolled when the phone does not have its form.
        """
        begun = self._drafts.of(record)
        if begun is not None:
            return begun
        entries = [entry for entry in self._ledger.of(record) if entry.live]
        if not entries:
            raise NoSuchRecord(record)
        folded = self._register.fold(entries)
        form = self.form(folded.last.form, folded.last.form_version)
        if form is None:
            raise NotEnrolled
        with self.batch():
            return self._drafts.start(
                form.id,
                form.version,
                folded.last.school,
                self._now(),
                {name: value for name, value in folded.answers.items() if form.field(name)},
                place=folded.last.place,
                tag=folded.last.tag,
                record=record,
                reason=reason,
                seen=[entry.revision.hash for entry in entries],
            )

    def follow_up(self, record: str) -> Draft:
        """Begins a record about the same people and matter as this one, or goes on with the one that was begun.

        Raises NoSuchRecord, NotEnrolled.
        """
        detail = self._need(record)
        if begun := self._begun(record, None):
            return begun
        prefill = carried(detail.form, detail.answers, record) if detail.form else {}
        place = detail.place.id if detail.place else None
        return self.start(detail.row.form, prefill, place, detail.tag, detail.row.school)

    def answer_request(self, record: str, form: str) -> Draft:
        """Begins the record of this form that a family's request becomes, or goes on with it.

        Raises NoSuchRecord, NotEnrolled where that form is not in use.
        """
        detail = self._need(record)
        if begun := next((one for one in self._drafts.shown() if one.answers.get(FOLLOWS) == record), None):
            return begun
        used = self.form(form)
        if used is None:
            raise NotEnrolled
        place = detail.place.id if detail.place else None
        return self.start(form, taken_over(used, detail.answers, record), place, detail.tag, detail.row.school)

    def change(self, record: str, answers: Answers, reason: str) -> Draft:
        """A correction that has these answers already; it is saved like any. Raises NoSuchRecord, NotEnrolled."""
        with self.batch():
            draft = self.correct(record, reason)
            for name, value in answers.items():
                self.answer(draft.id, name, value)
        return draft

    def deal_with(self, record: str, key: str, title: str) -> Draft:
        """Begins the record of what is done about a finding (`Finding.key`), or goes on with it.

        Raises NoSuchRecord, NotEnrolled where no form here asks what was done about one.
        """
        detail = self._need(record)
        form = next((form for form in self.kinds() if closes(form)), None)
        if form is None:
            raise NotEnrolled
        if begun := self._begun(record, key):
            return begun
        answers = {FOLLOWS: record, "item": key, "finding": title[:TITLE_LENGTH]}
        place = detail.place.id if detail.place else None
        return self.start(form.id, answers, place, school=detail.row.school)

    def close_fixed(self, check: str, answers: Answers) -> None:
        """Writes what was done about every finding that a check says is fixed, each with a record of its own.

        Where the district's form of that asks for more, what was begun of it stays as a draft for the officer.
        """
        for record, key in fixed(answers):
            open_ones = [one for one in self.findings_of(record) if one.finding.key == key and one.open]
            for one in open_ones[:1]:
                with suppress(NotEnrolled, NotReady):  # no form for it here; or it asks more than is known
                    draft = self.deal_with(record, key, one.title)
                    form = self.form(draft.form, draft.form_version)
                    for name, value in (("result", FIXED), (CHECK, check)):
                        if form and form.field(name):
                            self.answer(draft.id, name, value)
                    self.save(draft.id)

    def same_as(self, record: str, other: str, reason: str) -> RecordRow:
        """Says that a complaint is the same as another one: a correction that waits like any.

        Raises NoSuchRecord, NotEnrolled, NotReady where the record needs other corrections first.
        """
        with self.batch():
            return self.save(self.change(record, {LINK: other}, reason).id)

    def choose(self, record: str, name: str, by: str, reason: str) -> RecordRow:
        """Settles a conflict: the question gets the answer that revision `by` gave, as a correction that waits.

        Raises NoSuchRecord (also where there is no such answer to choose), NotEnrolled, NotReady where the record
        needs other corrections first: the choice then stands in the correction that was begun.
        """
        detail = self._need(record)
        chosen = next((value for value in detail.conflicts.get(name, ()) if value.by == by), None)
        if chosen is None:
            raise NoSuchRecord(record)
        return self.save(self.change(record, {name: chosen.value}, reason).id)

    def delete(self, record: str, reason: str) -> RecordRow:
        """Takes a record off the lists, here and at the district; it can be brought back. Raises NoSuchRecord."""
        return self._act(record, "delete", reason)

    def restore(self, record: str, reason: str) -> RecordRow:
        """Brings a deleted record back, with all its answers. Raises NoSuchRecord."""
        return self._act(record, "restore", reason)

    def _act(self, record: str, act: str, reason: str) -> RecordRow:
        binding = self._binder.binding
        # What the district refused it does not have: an act must not build on it.
        entries = [entry for entry in self._ledger.of(record) if entry.state in ("waiting", "district")]
        if binding is None or not entries:
            raise NoSuchRecord(record)
        folded = self._register.fold(entries)
        about = ("record", "form", "form_version", "record_class", "school", "place")
        same = {name: getattr(folded.last, name) for name in about}
        with self.batch():
            revision = self._next(binding, **same, parents=folded.heads, set={}, reason=reason, act=act)
            self._ledger.add(revision)
            self._register.refold(record)
        return self._register.row(record)

    def _begun(self, record: str, key: str | None) -> Draft | None:
        """What was begun about a record, or about a finding of it, and not saved yet."""
        named = (draft for draft in self._drafts.shown() if draft.answers.get(FOLLOWS) == record)
        return next((draft for draft in named if draft.answers.get("item") == key), None)

    def _need(self, record: str) -> RecordDetail:
        detail = self.record(record)
        if detail is None:
            raise NoSuchRecord(record)
        return detail
