"""What an officer answered last time, form by form, for "same as last time" and for questions that ask to remember.

Kept is what was chosen in a form whose author allows it (the setting `same_as_last_time`), and what questions with
the appearance `remember` hold: never a name or a story that nobody asked to see again, and nothing of a form in which
last time's answers would be said of somebody else. It is sealed with the notebook.
"""

from collections.abc import Iterator
from typing import Final

from app.answers import empty
from app.facts import Facts
from app.form_json import CHOOSING, REMEMBER, TYPED, Field
from app.forms import Form
from app.revisions import Answers

_FACT: Final = "last:"


class Remembered:
    """The last answers of each form, as one fact each."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def keep(self, form: Form, answers: Answers) -> None:
        """Remembers what was chosen in a record that is being saved."""
        self._facts.set(_FACT + form.id, {f.name: answers[f.name] for f in _kept(form) if f.name in answers})

    def of(self, form: str) -> Answers:
        """What was answered last time; empty before the first."""
        found = self._facts.get(_FACT + form)
        return dict(found) if isinstance(found, dict) else {}


def again(form: Form, last: Answers, answers: Answers, *, marked: bool = False) -> Answers:
    """The answers of last time that fit now: to questions that are asked, and still open or as the form began them.

    With `marked`, only to those that ask to be remembered.
    """
    found: Answers = {}
    live = form.live(answers)
    for field in _kept(form):
        value = last.get(field.name)
        if empty(value) or (marked and REMEMBER not in field.appearances) or value == live.value(field.name):
            continue
        asked = live.seen((field.name, ())) and open_still(field, live.value(field.name))
        if asked and live.fits(field, value, ()) is None:
            live.set(field.name, value)
            found[field.name] = value
    return found


def open_still(field: Field, value: object) -> bool:
    """Whether nobody has answered this yet."""
    return empty(value) or value == field.default


def _kept(form: Form) -> Iterator[Field]:
    """The questions whose answers are remembered, in the order of the form; none in repeats, none worked out."""
    for field in form.flat():
        marked = field.type in (*CHOOSING, *TYPED) and REMEMBER in field.appearances
        chosen = marked or (form.as_last_time and field.type in CHOOSING)
        if chosen and not form.plan.repeats[field.name] and field.calculation is None:
            yield field
