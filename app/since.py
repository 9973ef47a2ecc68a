"""What has changed at a school since the last visit: what was put right, what is new, what still stands; the scores.

Two records of one form are compared by the names of its questions (docs/forms.md): what has a severity beside it
(`GR2` and `GR2_severity`), and whole numbers ending in `_score`. A visit may leave parts of a school out or not see
them, so each question is compared with the last visit before that said of it whether it was in order (`yes`) or not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.forms import Form
from app.revisions import Answers

if TYPE_CHECKING:
    from app.reading import Reading
    from app.rows import RecordDetail, RecordRow

LOOKED_AT: Final = 12  # visits before, at most
_SEVERITY: Final = "_severity"
_SCORE: Final = "_score"
_GOOD: Final = "yes"


@dataclass(frozen=True, slots=True)
class Since:
    """Names of questions, in the order of the form; of each score what it was and what it is."""

    last: str  # when the last visit was
    fixed: tuple[str, ...]
    new: tuple[str, ...]
    standing: tuple[str, ...]
    scores: tuple[tuple[str, int, int], ...]


def since(notebook: "Reading", detail: "RecordDetail") -> Since | None:
    """What changed; None where the form asks no such thing, or nothing of it was answered on a visit before."""
    form, now = detail.form, detail.answers
    items = _items(form) if form else []
    if form is None or not items:
        return None
    before, last = _before(notebook, detail, items, _scores(form))
    if not last:
        return None
    both = [name for name in items if name in before and _tells(now, name)]
    was = {name for name in both if f"{name}{_SEVERITY}" in before}
    is_now = {name for name in items if f"{name}{_SEVERITY}" in now}
    scores = [(name, before.get(name), now.get(name)) for name in _scores(form)]
    return Since(
        last,
        tuple(name for name in both if name in was - is_now),
        tuple(name for name in both if name in is_now - was),
        tuple(name for name in both if name in is_now & was),
        tuple((name, old, new) for name, old, new in scores if isinstance(old, int) and isinstance(new, int)),
    )


def _before(notebook: "Reading", detail: "RecordDetail", items: list[str], scores: list[str]) -> tuple[Answers, str]:
    """Every answer of the last visit that gave it, and when the last visit was."""
    rows = notebook.records(form=detail.row.form, school=detail.row.school)
    earlier = sorted((row for row in rows if _at(row) < _at(detail.row)), key=_at)
    found: Answers = {}
    last = ""
    for row in earlier[: -LOOKED_AT - 1 : -1]:
        visit = notebook.record(row.id)
        answers = visit.answers if visit else {}
        for name in items:
            if name not in found and _tells(answers, name):
                found |= {key: answers[key] for key in (name, f"{name}{_SEVERITY}") if key in answers}
                last = last or row.at
        found |= {name: answers[name] for name in scores if name in answers and name not in found}
    return found, last


def _at(row: "RecordRow") -> datetime:
    return datetime.fromisoformat(row.at)


def _tells(answers: Answers, name: str) -> bool:
    """Whether this says that it is in order or that it is not; what nobody could see says neither."""
    return answers.get(name) == _GOOD or f"{name}{_SEVERITY}" in answers


def _items(form: Form) -> list[str]:
    names = {field.name for field in form.flat() if not form.plan.repeats[field.name]}
    return [field.name for field in form.flat() if f"{field.name}{_SEVERITY}" in names]


def _scores(form: Form) -> list[str]:
    return [field.name for field in form.flat() if field.type == "integer" and field.name.endswith(_SCORE)]
