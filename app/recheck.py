"""Whether what an earlier check of a place found is put right: the next check there asks, and says it with its record.

A form that has both hidden questions is asked so: each holds the findings that it was said of, as `record:item`. Saving
the check writes what was done about each that is fixed, as a record of its own that names both checks, in `follows` and
`check`; what is still open stays open.
"""

from typing import Final

from app.forms import Form
from app.revisions import Answers

FIXED_NOW: Final = "fixed_now"
STILL_OPEN: Final = "still_open"
CHECK: Final = "check"  # in the record of what was done: the check that saw it


def asks(form: Form) -> bool:
    """Whether checks of this form ask what became of what was found before."""
    return form.field(FIXED_NOW) is not None and form.field(STILL_OPEN) is not None


def said(answers: Answers, record: str, key: str) -> bool | None:
    """What was said of a finding: that it is fixed, that it is not, or nothing."""
    name = f"{record}:{key}"
    return True if name in _names(answers, FIXED_NOW) else False if name in _names(answers, STILL_OPEN) else None


def saying(answers: Answers, record: str, key: str, fixed: bool | None) -> dict[str, str | None]:
    """The two answers once this is said of a finding; None takes it back."""
    name = f"{record}:{key}"
    wanted = {FIXED_NOW: fixed is True, STILL_OPEN: fixed is False}
    kept = {one: [other for other in _names(answers, one) if other != name] for one in wanted}
    return {one: " ".join([*kept[one], *([name] if wanted[one] else [])]) or None for one in wanted}


def fixed(answers: Answers) -> list[tuple[str, str]]:
    """The findings that a check says are fixed: record and key of each."""
    pairs = (name.partition(":") for name in _names(answers, FIXED_NOW))
    return [(record, key) for record, _, key in pairs if key]


def _names(answers: Answers, question: str) -> list[str]:
    value = answers.get(question)
    return value.split() if isinstance(value, str) else []
