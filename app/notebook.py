"""The officer's notebook: every verb of the app that changes or shows what the phone keeps. No screen, no network.

A verb that returns has done its work durably. A record is a draft, then waiting, sending, at the district, or in need
of attention; The modules beside this one each keep one part of that.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Self

from app import album, drafts, ledger, register, shelf
from app.afterwards import Afterwards, NotEnrolled, NotReady
from app.album import Album
from app.attaching import Attaching
from app.binding import AnotherOwner, Binder, Binding
from app.cipher import Cipher
from app.clock import Clock, PhoneClock
from app.drafts import Draft, Drafts, NoSuchDraft
from app.exchange import Exchange
from app.facts import Facts
from app.files import Folder, NoRoom
from app.forms import Form
from app.grade import Clocks, Evidence, is_graded
from app.housekeeping import Housekeeping
from app.ledger import Ledger
from app.orders import Orders
from app.owner import Owner
from app.photos import Scaler
from app.presence import Presence
from app.reading import Reading
from app.records import Fold
from app.register import NoSuchRecord, Register
from app.remembered import Remembered, again
from app.revisions import Answers, Revision
from app.rows import Counts, RecordDetail, RecordRow, TagFound
from app.shelf import Shelf
from app.store import Key, Report, Store
from app.tags import hash_code, read_scan
from app.touring import Touring

__all__ = [
    "AnotherOwner",
    "Binding",
    "Counts",
    "Draft",
    "NoSuchDraft",
    "NoSuchRecord",
    "NotEnrolled",
    "NotReady",
    "Notebook",
    "RecordDetail",
    "RecordRow",
    "TagFound",
]

log = logging.getLogger(__name__)

_INDEXES: Final = {
    "facts": (Key("name"),),
    **drafts.INDEXES,
    **ledger.INDEXES,
    **album.INDEXES,
    **register.INDEXES,
    **shelf.INDEXES,
}


class Notebook(Owner, Reading, Afterwards, Touring, Exchange, Housekeeping, Attaching):
    """One phone's notebook. Open it with `Notebook.open`, close it when the app goes."""

    def __init__(self, store: Store, folder: Folder, cipher: Cipher, photos: Scaler, fold: Fold, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._facts = Facts(store)
        self._binder = Binder(self._facts)
        self._shelf = Shelf(store, self._facts)
        self._drafts = Drafts(store)
        self._remembered = Remembered(self._facts)
        self._presence = Presence(self._facts)
        self._ledger = Ledger(store, self._facts)
        self._album = Album(store, folder, cipher, photos)
        self._register = Register(store, self._ledger, self._album, self._shelf, self._drafts, fold)
        self._orders = Orders(self._facts)
        self._subscribers: list[Callable[[], None]] = []
        self._depth = 0

    @classmethod
    async def open(
        cls,
        folder: Folder,
        cipher: Cipher,
        photos: Scaler,
        fold: Fold,
        clock: Clock | None = None,
        *,
        sweep: bool = True,
    ) -> Self:
        """Opens the notebook of a folder; with `sweep`, drafts that were thrown away or never answered are gone now.

        Raises Locked while another tab or process has it open, WrongKey when it was sealed with another key,
        NewerFormat when a later version wrote it.
        """
        store = await Store.open(folder, cipher, _INDEXES)
        notebook = cls(store, folder, cipher, photos, fold, clock or PhoneClock())
        try:
            with suppress(NoRoom), store.batch():  # a full phone may be read all the same
                if sweep:
                    notebook._drafts.sweep()
        except BaseException:
            store.close()
            raise
        return notebook

    @property
    def report(self) -> Report:
        """What opening found: a torn save that was cut, damage that was set aside."""
        return self._store.report

    def close(self) -> None:
        """Closes the store; the next tab or process may have it."""
        self._store.close()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back after every change; gives the function that ends it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one, or taken back as one; subscribers are called once."""
        self._depth += 1
        try:
            with self._store.batch():
                yield
        finally:
            self._depth -= 1
        self._changed()

    def start(
        self,
        form: str,
        prefill: Answers | None = None,
        place: str | None = None,
        tag: str | None = None,
        school: str | None = None,
    ) -> Draft:
        """Begins a record. Raises NotEnrolled when the phone has no such form or no school to write for."""
        found, school = self.form(form), school or self._school_of(place)
        if found is None or school is None:
            raise NotEnrolled
        now = self._clock.now()
        answers = found.start(prefill or {}, now, self._about())
        if last := self._remembered.of(form):
            answers |= again(found, {n: v for n, v in last.items() if n not in (prefill or {})}, answers, marked=True)
        with self.batch():
            return self._drafts.start(form, found.version, school, self._now(), answers, place=place, tag=tag)

    def drafts(self) -> list[Draft]:
        """The drafts with something in them, the one written last first."""
        return self._drafts.shown()

    def draft(self, draft: str) -> Draft | None:
        """One draft, or None when it was saved or discarded."""
        return self._drafts.get(draft)

    def draft_form(self, draft: Draft) -> Form:
        """The form of a draft, in the version it was begun with. Raises NotEnrolled."""
        form = self.form(draft.form, draft.form_version)
        if form is None:
            raise NotEnrolled
        return form

    def answer(self, draft: str, name: str, value: Any) -> None:
        """Keeps one answer, or takes it away with None; durable when it returns. Raises NoSuchDraft."""
        with self.batch():
            self._drafts.answer(draft, name, value, self._now())

    def set_place(self, draft: str, place: str | None, tag: str | None = None) -> None:
        """Sets the place (and the tag that named it) that a draft is about; its school follows. Raises NoSuchDraft."""
        fields: dict[str, Any] = {"place": place, "tag": tag}
        if place is not None and (school := self._school_of(place)):
            fields["school"] = school
        with self.batch():
            self._drafts.change(draft, self._now(), **fields)

    def set_draft_school(self, draft: str, school: str) -> None:
        """Sets the school that a draft is for. Raises NoSuchDraft."""
        with self.batch():
            self._drafts.change(draft, self._now(), school=school)

    def set_reason(self, draft: str, reason: str | None) -> None:
        """Says why a record is changed. Raises NoSuchDraft."""
        with self.batch():
            self._drafts.change(draft, self._now(), reason=reason or None)

    def last_time(self, form: str) -> Answers:
        """What the officer chose when they last saved a record of this form; empty before the first."""
        return self._remembered.of(form)

    def discard(self, draft: str) -> None:
        """Throws a draft away; `undo_discard` brings it back until the app is next opened."""
        with self.batch():
            self._drafts.discard(draft)

    def undo_discard(self, draft: str) -> None:
        """Brings a discarded draft back. Raises NoSuchDraft when it is gone for good."""
        with self.batch():
            self._drafts.undo_discard(draft)

    def save(self, draft: str) -> RecordRow:
        """Saves a draft as a revision that waits for the district: durable when this returns, in one frame.

        Raises NotReady with the problems, NotEnrolled, NoSuchDraft, NoRoom; the draft is as it was then.
        """
        found = self._drafts.need(draft)
        binding, form = self.binding, self.draft_form(found)
        if binding is None:
            raise NotEnrolled
        problems = form.check(found.answers, self.language, self._clock.now())
        if problems:
            raise NotReady(problems)
        answers = form.relevant_answers(found.answers, self._clock.now())
        evidence = None if found.correction or not is_graded(form) else self._weigh(found, answers, binding)
        if evidence:
            answers |= evidence.answers(form)
        answers = self._presence.sealed(form, answers, None if found.correction else self._shelf.place(found.place))
        revision = self._revision(found, form, answers, binding)
        with self.batch():
            self._drafts.remove(draft)
            if evidence and revision:
                self._presence.keep(evidence, answers, found.place, _clocks(revision))
            if not found.correction:
                self._remembered.keep(form, answers)
            if revision is not None:
                self._ledger.settle(found.record, "replaced")
                self._ledger.add(revision)
                self._album.attach(form.attachments(answers), found.record)
                self._register.refold(found.record)
                if not found.correction:
                    self.close_fixed(found.record, answers)
        return self._shown().row(found.record)

    def send_again(self, record: str) -> None:
        """Sends what the district refused once more as it is: the reason may be gone (a form, a clock, a school)."""
        with self.batch():
            self._ledger.settle(record, "waiting")
            for sha in self._register.need(record)["photos"]:
                if self._album.state(sha)[0] == "refused":
                    self._album.mark(sha, "waiting")
            self._register.refold(record)

    def find_tag(self, text: str) -> TagFound:
        """What a scanned or typed text stands for, without asking anybody."""
        setup = self.setup
        scan = read_scan(text, setup.district.base_url if setup else "")
        if setup is None or scan.kind not in ("tag", "short"):
            return TagFound(scan.kind, scan.code, message_code=f"scan_{scan.kind}")
        tag = setup.tag_by_hash.get(hash_code(scan.code))
        place = self._shelf.place(tag.place) if tag else None
        if tag and place is None and (gone := setup.retired_place_by_id.get(tag.place)):
            return TagFound(scan.kind, scan.code, None, "retired", "place_retired", gone.name)
        if tag is None or place is None:
            return TagFound(scan.kind, scan.code, state="unknown", message_code="tag_unknown")
        if tag.state != "active":
            return TagFound(scan.kind, scan.code, place, "retired", "tag_retired")
        return TagFound(scan.kind, scan.code, place, "typed" if scan.kind == "short" else "good")

    def _changed(self) -> None:
        if self._depth:
            return  # the end of the batch says it for all of it
        for callback in list(self._subscribers):
            try:
                callback()
            except Exception as error:
                # A screen that stumbles must not make a save look failed. Its type only: messages may be personal.
                log.error("a subscriber failed: %s", type(error).__name__)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")

    def _about(self) -> dict[str, str]:
        """What questions of the types `username` and `deviceid` are answered with."""
        binding, setup = self.binding, self.setup
        about = {"username": setup.officer.name} if setup else {}
        return about | ({"deviceid": binding.device} if binding else {})

    def _school_of(self, place: str | None) -> str | None:
        found = self._shelf.place(place)
        school = self.current_school
        return found.school if found else school.id if school else None

    def _shown(self) -> Register:
        """The register, told whose eyes it is read with."""
        self._register.language = self.language
        self._register.officer = self.binding.officer if self.binding else ""
        return self._register

    def _weigh(self, draft: Draft, answers: Answers, binding: Binding) -> Evidence:
        """What speaks for a check that is being saved."""
        setup, before, contact = self.setup, self._ledger.last(binding.device), self._facts.get("contact")
        now = Clocks(self._now(), self._clock.mono(), contact["offset"] if contact else None)
        places = setup.place_by_id if setup else {}
        return self._presence.weigh(answers, draft.place, places, now, _clocks(before) if before else None)

    def _revision(self, draft: Draft, form: Form, answers: Answers, binding: Binding) -> Revision | None:
        """What saving a draft writes: all of a new record, the difference for a correction, None for no difference."""
        entries = [entry for entry in self._ledger.of(draft.record) if entry.revision.hash in draft.seen]
        # What the district refused it does not have: a correction must not build on it.
        base = [entry for entry in entries if entry.state in ("waiting", "district")]
        folded = self._register.fold(base) if base else None
        before = folded.answers if folded else {}
        torn = set(folded.conflicts) & draft.touched if folded else set()
        changed = {name: value for name, value in answers.items() if before.get(name) != value or name in torn}
        gone = tuple(sorted(name for name in {*before, *torn} if name not in answers and form.field(name)))
        moved = folded is None or (folded.last.place, folded.last.school) != (draft.place, draft.school)
        told = {*changed, *gone} - {field.name for field in form.flat() if field.type == "audit"}
        if not told and not moved:
            return None  # that somebody looked and left is no change
        return self._next(
            binding,
            record=draft.record,
            form=form.id,
            form_version=form.version,
            record_class=form.record_class,
            school=draft.school,
            place=draft.place,
            tag=draft.tag,
            parents=folded.heads if folded else (),
            set=changed,
            unset=gone,
            reason=draft.reason,
        )

    def _next(self, binding: Binding, **about: Any) -> Revision:
        """The next revision of this phone: chained to the one before, with what the clocks say."""
        seq, prev = self._ledger.end(binding.device)
        contact = self._facts.get("contact")
        return Revision(
            **about,
            author=binding.officer,
            device=binding.device,
            seq=seq + 1,
            prev=prev,
            at=self._now(),
            mono=self._clock.mono(),
            offset=contact["offset"] if contact else None,
        )


def _clocks(revision: Revision) -> Clocks:
    return Clocks(revision.at, revision.mono, revision.offset)
