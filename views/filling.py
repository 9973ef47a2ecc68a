"""One draft while it is being filled in: the answers as typed, what the form asks now, and when they are kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.answers import empty
from app.forms import SILENT, Field, Form
from app.notebook import NotReady
from views.services import Changes

if TYPE_CHECKING:
    from app.notebook import Notebook, RecordRow

log = logging.getLogger("beatbook")

# Typed text is kept this many seconds after its first unkept letter: a write for every letter would wear the phone.
PAUSE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks, given the answers so far: names of fields and groups."""

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
        self.answers: dict[str, Any] = dict(answers)
        self.fields: dict[str, Field] = {field.name: field for field in form.flat()}
        self.problems: dict[str, str] = {}
        self.trouble: Exception | None = None
        self.jumps = 0  # how often the screen was asked to go to the first mistake
        self.focus: dict[str, Callable[[], Awaitable[None]]] = {}  # how to put the cursor into a text field
        self.layout = Changes()
        self.progress = Changes()
        self.asked = self._asked()
        self.over = False
        self.touched = False
        self._versions: dict[str, int] = {}
        self._unkept: dict[str, Any] = {}
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

    def fill(self, answers: Mapping[str, Any], by: str = "") -> None:
        """Puts answers into fields (a tag names its place); all are drawn anew but the one it is `by`."""
        for name, value in answers.items():
            self._take(name, value)
            if name != by:
                self._versions[name] = self.version(name) + 1
        self.flush()
        self.layout.changed()

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
        try:
            for name in list(self._unkept):
                self.notebook.answer(self.draft_id, name, self._unkept[name])
                del self._unkept[name]
            trouble = None
        except Exception as error:  # whatever the store's reason, the letters stay here and the officer is told
            log.error("%s while keeping an answer", type(error).__name__)
            trouble = error
        self._look(trouble)

    def end(self) -> None:
        """The draft is saved or discarded: nothing is kept for it any more."""
        self.flush()
        self.over = True

    def _take(self, name: str, value: Any) -> None:
        self.touched = True
        value = None if empty(value) else value
        if value is None:
            self.answers.pop(name, None)
        else:
            self.answers[name] = value
        self._unkept[name] = value

    # -- what the form says to it ----------------------------------------------------------------------------------

    def save(self) -> "RecordRow":
        """Makes the draft a record; durable when it returns.

        Raises NotReady after putting every mistake in `problems`, and whatever else the notebook raises when it
        cannot keep the record; the draft stays in both cases.
        """
        self.flush()
        if self.trouble is not None:
            raise self.trouble
        try:
            record = self.notebook.save(self.draft_id)
        except NotReady:
            problems = self.form.check(self.answers, self.language)
            self.problems = {name: problem.message for name, problem in problems.items() if name in self.fields}
            self.jumps += 1
            self.layout.changed()
            raise
        self.over = True
        return record

    def progressed(self) -> tuple[int, int]:
        """How many of the questions shown now are answered, and how many there are."""
        asked = [field.name for field in self.form.flat() if self._is_question(field)]
        return sum(name in self.answers for name in asked), len(asked)

    def first_problem(self) -> str | None:
        """The first field, in the order of the form, that has a mistake."""
        return next((name for name in self.fields if name in self.problems), None)

    def _is_question(self, field: Field) -> bool:
        return field.type not in SILENT and field.name in self.asked.shown and field.name not in self.asked.readonly

    def _look(self, trouble: Exception | None) -> None:
        """Works out again what the form asks, and which of the mistakes shown are mended."""
        before = (self.asked, self.problems, self.trouble)
        self.asked = self._asked()
        self.trouble = trouble
        if self.problems:
            still = self.form.check(self.answers, self.language)
            self.problems = {name: still[name].message for name in self.problems if name in still}
        if before != (self.asked, self.problems, self.trouble):
            self.layout.changed()
        self.progress.changed()

    def _asked(self) -> Asked:
        form, answers = self.form, self.answers
        return Asked(
            frozenset(form.shown(answers)), frozenset(form.required(answers)), frozenset(form.readonly(answers))
        )
