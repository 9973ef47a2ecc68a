"""What is still owed on a record: its findings, what a family asked, what was promised, less what was done since.

The phone keeps what is owed for as long as it is (app/register.py), and the district sends it to a phone however old it
is (server/pull.py): both work it out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from app.findings import Finding, closes, due_names, due_of, findings
from app.followups import FOLLOWS
from app.form_plan import Plan
from app.forms import Form
from app.records import Folded
from app.requests import NEW, STATUS, is_open, is_request
from app.revisions import Answers

_DUE: Final[WeakKeyDictionary[Plan, tuple[str, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Owed:
    """Whether a finding or a request is `open`, and the first day on which something is `due`."""

    open: bool
    due: str | None

    def __bool__(self) -> bool:
        return self.open or self.due is not None


def promises(form: Form | None, folded: Folded) -> dict[str, Any]:
    """What a record adds to what is owed, on itself and on the one that it follows: JSON, empty for most."""
    kept: dict[str, Any] = _follows(folded.answers)
    if wrong := findings(form, folded.answers, folded.first.at):
        kept["findings"] = [one.to_json() for one in wrong]
    if form is not None and is_request(form) and is_open(folded.answers):
        kept["asked"] = folded.answers.get(STATUS, NEW)
    if due := _promised(form, folded.answers):
        kept["promised"] = due
    return kept


def owed(kept: Mapping[str, Any], after: Sequence[Mapping[str, Any]]) -> Owed:
    """What is owed on a record, of its own promises and those of the records that followed it, the oldest first."""
    standing = [due_of(Finding(**one), after) for one in kept.get("findings", ())]
    days = [due for still, due in standing if still and due]
    if "promised" in kept and all("item" in one for one in after):
        days.append(kept["promised"])
    return Owed("asked" in kept or any(still for still, _ in standing), min(days, default=None))


def _promised(form: Form | None, answers: Answers) -> str | None:
    """The first day on which something was promised: of the dates in questions called `due`, or something ending so.

    The dates of findings are theirs, and what is done about one has the next date of that.
    """
    dates = [answers.get(name) for name in _due_questions(form)] if form else ()
    return min((date for date in dates if isinstance(date, str)), default=None)


def _due_questions(form: Form) -> tuple[str, ...]:
    """A form stays as it is, so they are looked for once."""
    if form.plan not in _DUE:
        others = due_names(form)
        names = [one.name for one in form.flat() if one.type == "date" and one.name not in others]
        due = (name for name in names if name == "due" or name.endswith("_due"))
        _DUE[form.plan] = () if closes(form) else tuple(due)
    return _DUE[form.plan]


def _follows(answers: Answers) -> dict[str, Any]:
    """What a record says of the one before it, and of its finding."""
    names = {FOLLOWS: FOLLOWS}
    if FOLLOWS in answers and "item" in answers:
        names |= {"item": "item", "result": "result", "due": "next_due"}
    return {kept: answers[name] for name, kept in names.items() if isinstance(answers.get(name), str)}
