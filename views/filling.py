"""One draft while it is being filled in: the answers as typed, what the form asks now, and when they are kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.clock import PhoneClock
from app.form_check import problems
from app.form_json import UNSEEN
from app.forms import SILENT, Field, Form
from app.notebook import NotReady
from app.remembered import again, open_still
from app.trail import Trail
from views.paging import on_page, page_with, pages_of
from views.services import Changes

if TYPE_CHECKING:
    from app.notebook import Notebook, RecordRow

log = logging.getLogger("beatbook")

# Typed text is kept this many seconds after its first unkept letter: a write for every letter would wear the phone.
PAUSE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks, given the answers so far: addresses of fields and groups."""

    shown: frozenset[str]
    required: frozenset[str]
    readonly: frozenset[str]


class Filling:
    """A draft under the officer's fingers.

    Fields read their answer here and put the new one back; `layout` changes when other fields than the one just
    answered must be drawn again, `progress` with every answer. Nothing of it is drawn by listening to the notebook:
    a text field that is drawn again by a sync round loses letters.
    """

    def __init__(self, notebook: "Notebook", draft_id: str, form: Form, answers: Mapping[str, Any], language: str):
        self.notebook = notebook
        self.draft_id = draft_id
        self.form = form
        self.language = language
        self.live = form.live(answers, None, language)
        self.fields: dict[str, Field] = form.plan.fields
        self.problems: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.page = ""  # the name of the page that is open, of a form that is asked page by page
        self.jumps = 0  # how often the screen was asked to go to the first mistake
        self.focus: dict[str, Callable[[], Awaitable[None]]] = {}  # how to put the cursor into a text field
        self.layout = Changes()
        self.progress = Changes()
        self.asked = self._asked()
        self.trail, self._trail_name = self._log()
        draft = notebook.draft(draft_id)
        self.correction = draft is not None and draft.correction
        # Whether what the phone finds by itself is of now: the form was just begun, or a tag just read into it.
        self.fresh = draft is not None and not draft.correction and not draft.touched
        self.over = False
        self.touched = False
        self._versions: dict[str, int] = {}
        self._unkept: set[str] = set()
        self._found: set[str] = set()  # what the phone found by itself: kept as soon as the officer answers anything
        self._others = False  # whether anything changed beside what was just answered
        self._timer: asyncio.TimerHandle | None = None

    # -- answers ---------------------------------------------------------------------------------------------------

    def answer(self, name: str, value: Any) -> None:
        """Takes an answer that was chosen and keeps it at once; an empty one takes the answer back."""
        self._take(name, value)
        self.flush()

    def typing(self, name: str, value: Any) -> None:
        """Takes what a text field holds now; it is kept within PAUSE, or with the next `flush`."""
        self._take(name, value)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE, self.flush)

    def found(self, name: str, value: Any) -> None:
        """Takes what the phone found out by itself, unless it came too late or the officer was faster.

        It makes no draft of what was only looked at: it is kept with the next answer, or with the record.
        """
        if self.over or self.value(name) is not None:
            return
        self._keep(self.live.set(name, value) - {name})
        self._found.add(name)
        self.progress.changed()

    def fill(self, answers: Mapping[str, Any], by: str = "") -> None:
        """Puts answers into fields (a tag names its place); all are drawn anew but the one it is `by`."""
        for name, value in answers.items():
            self._take(name, value)
            if name != by:
                self._anew(name)
        self.flush()
        self.layout.changed()

    @property
    def repeatable(self) -> bool:
        """Whether "same as last time" would answer anything."""
        last = self.notebook.last_time(self.form.id)
        fields = self.fields
        return not self.correction and any(
            name in fields and value != self.value(name) and open_still(fields[name], self.value(name))
            for name, value in last.items()
        )

    def as_last_time(self) -> dict[str, Any]:
        """Answers what is still open as last time; gives what stood there before, for `fill`."""
        found = again(self.form, self.notebook.last_time(self.form.id), self.live.answers)
        before = {name: self.value(name) for name in found}
        self.fill(found)
        return before

    def value(self, address: str) -> Any:
        """The answer as it stands, or None."""
        return self.live.value(address)

    @property
    def answers(self) -> dict[str, Any]:
        """All answers as they stand."""
        return self.live.answers

    def add_row(self, address: str, row: dict[str, Any] | None = None) -> None:
        """One more repetition of a repeat; with `row`, one that was removed goes back to its place."""
        if self.trail is not None:
            self.trail.repeated(address, "new repeat")
        self._rows_changed(address, self.live.add(address) if row is None else self.live.put(address, row))

    def remove_row(self, address: str) -> dict[str, Any]:
        """Takes a repetition out and gives it back."""
        row, changed = self.live.remove(address)
        if self.trail is not None:
            self.trail.repeated(address, "delete repeat")
        self._rows_changed(address, changed)
        return row

    def _log(self) -> tuple[Trail | None, str]:
        """The log of changes, where the form asks for one, and the question it is the answer of."""
        field = next((one for one in self.fields.values() if one.type == "audit"), None)
        if field is None:
            return None, ""
        trail = Trail(self.live.value(field.name), PhoneClock(), values="track-changes" in field.parameters)
        trail.opened()
        return trail, field.name

    def _rows_changed(self, address: str, changed: frozenset[str]) -> None:
        self.touched = True
        for one in {*changed, *(f"{part}" for part in self._rows_of(address))}:
            self._anew(one)
        self.problems = {}  # their addresses may mean other repetitions now
        self._keep(changed)
        self._unkept.add(address.partition("/")[0])
        self.flush()
        self.layout.changed()

    def _rows_of(self, address: str) -> list[str]:
        parts = address.split("/")
        repeat = "/".join(parts if len(parts) % 2 else parts[:-1])
        return [f"{repeat}/{at}" for at in range(1, self.live.rows(repeat) + 1)]

    def _anew(self, address: str) -> None:
        self._versions[address] = self.version(address) + 1

    def version(self, name: str) -> int:
        """Counts how often a field was filled from outside: part of its key, as a drawn text field keeps its text."""
        return self._versions.get(name, 0)

    def flush(self) -> None:
        """Keeps everything typed so far. A phone that cannot keep it says so in `trouble` and tries again later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.over:
            return
        if self._unkept:
            self._unkept |= self._found
            self._found.clear()
        if self.trail is not None and self._unkept:
            self.live.set(self._trail_name, [*self.trail.rows])
            self._unkept.add(self._trail_name)
        try:
            for name in sorted(self._unkept):
                self.notebook.answer(self.draft_id, name, self.live.answers.get(name))
                self._unkept.discard(name)
            trouble = None
        except Exception as error:  # whatever the store's reason, the letters stay here and the officer is told
            log.error("%s while keeping an answer", type(error).__name__)
            trouble = error
        self._look(trouble)

    @property
    def unkept(self) -> dict[str, Any]:
        """What the phone could not keep; None stands for an answer that was taken back."""
        return {name: self.live.answers.get(name) for name in self._unkept}

    def keep(self, names: Iterable[str]) -> None:
        """Keeps these answers, which are in it already, with the draft."""
        self._unkept.update(names)
        self.flush()

    def end(self) -> None:
        """The draft is saved or discarded: nothing is kept for it any more."""
        self.flush()
        self.over = True

    def _take(self, address: str, value: Any) -> None:
        self.touched = True
        before = self.live.value(address)
        changed = self.live.set(address, value)
        if self.trail is not None:
            kind = self.fields[address.rpartition("/")[2]].type
            self.trail.changed(address, kind, before, self.live.value(address))
        self._unkept.add(address.partition("/")[0])
        self._others = self._others or changed != {address}
        self._keep(changed - {address})

    def _keep(self, changed: frozenset[str]) -> None:
        """Draws calculated answers anew, and keeps those with the draft that cannot be calculated again."""
        for address in changed:
            field = self.fields.get(address.rpartition("/")[2])
            if field is not None and field.calculation is not None:
                self._anew(address)
                if field.keeps:
                    self._unkept.add(address.partition("/")[0])

    # -- what the form says to it ----------------------------------------------------------------------------------

    def save(self) -> "RecordRow":
        """Makes the draft a record; durable when it returns.

        Raises NotReady after putting every mistake in `problems`, and whatever else the notebook raises when it
        cannot keep the record; the draft stays in both cases.
        """
        if self.trail is not None:
            self.trail.saved()
            self._unkept.add(self._trail_name)
        self._unkept |= self._found
        self.flush()
        if self.trouble is not None:
            raise self.trouble
        try:
            record = self.notebook.save(self.draft_id)
        except NotReady:
            found = problems(self.live, self.language).items()
            self._jump({address: problem.message for address, problem in found if problem.code != "unknown"})
            raise
        self.over = True
        return record

    def turn(self, by: int) -> None:
        """Opens another page. To a later one only where this one has no mistake; else it is shown."""
        self.flush()
        pages = pages_of(self)
        if pages is None or pages.open is None:
            return
        if by > 0:
            found = problems(self.live, self.language).items()
            here = {one: problem.message for one, problem in found if on_page(self, pages.open, one)}
            if here:
                self._jump(here)
                return
        self.page = pages.beside(by)
        self.problems = {}
        self.layout.changed()

    def _jump(self, mistakes: dict[str, str]) -> None:
        """Shows these mistakes, and the page with the first of them."""
        self.problems = mistakes
        first = self.first_problem()
        if self.form.paged and first is not None:
            self.page = page_with(self, first)
        self.jumps += 1
        self.layout.changed()

    def progressed(self) -> tuple[int, int]:
        """How many of the questions shown now are answered, and how many there are."""
        live = self.live
        asked = [
            address
            for address, field in live.everything()
            if field.type not in (*SILENT, *UNSEEN, "repeat")
            and address in self.asked.shown
            and address not in self.asked.readonly
        ]
        return sum(live.value(address) is not None for address in asked), len(asked)

    def first_problem(self) -> str | None:
        """The first field, in the order of the form, that has a mistake."""
        return next(iter(self.problems), None)

    def _look(self, trouble: Exception | None) -> None:
        """Works out again what the form asks, and which of the mistakes shown are mended."""
        before = (self.asked, self.problems, self.trouble)
        self.asked = self._asked()
        self.trouble = trouble
        if self.problems:
            still = problems(self.live, self.language)
            self.problems = {address: still[address].message for address in self.problems if address in still}
        if self._others or before != (self.asked, self.problems, self.trouble):
            self._others = False
            self.layout.changed()
        self.progress.changed()

    def _asked(self) -> Asked:
        live = self.live
        return Asked(frozenset(live.shown), frozenset(live.required), frozenset(live.readonly))
