"""What lists and searches need of a record's answers, worked out once and kept with its row (app/register.py)."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.duplicates import about
from app.findings import closes, due_names, findings
from app.followups import FOLLOWS
from app.forms import Form
from app.records import Folded
from app.revisions import Answers
from app.search import plain, searchable


def outline(form: Form | None, folded: Folded, titles: dict[str, str]) -> dict[str, Any]:
    """What lists and searches need of a record that is there to be read."""
    row: dict[str, Any] = {**_follows(folded.answers), **_compared(form, folded)}
    if wrong := findings(form, folded.answers, folded.first.at):
        row["findings"] = [one.to_json() for one in wrong]
    if due := _due(form, folded.answers):
        row["promised"] = due
    text = searchable(form, [folded.answers, *_sides(folded)])
    said = " ".join(map(plain, titles.values()))
    return {**row, "text": f"{text} {said}" if said else text}


def _due(form: Form | None, answers: Answers) -> str | None:
    """The first day on which something was promised: of the dates in questions called `due`, or something ending so.

    The dates of findings are theirs, and what is done about one has the next date of that.
    """
    if form is None or closes(form):
        return None
    others = due_names(form)
    names = [one.name for one in form.flat() if one.type == "date" and one.name not in others]
    dates = [answers.get(name) for name in names if name == "due" or name.endswith("_due")]
    return min((date for date in dates if isinstance(date, str)), default=None)


def _follows(answers: Answers) -> dict[str, Any]:
    """What a record says of the one before it, and of its finding."""
    names = {FOLLOWS: FOLLOWS}
    if FOLLOWS in answers and "item" in answers:
        names |= {"item": "item", "result": "result", "due": "next_due"}
    return {kept: answers[name] for name, kept in names.items() if isinstance(answers.get(name), str)}


def _compared(form: Form | None, folded: Folded) -> dict[str, Any]:
    found = about(form, folded.answers, folded.first.at)
    return {"about": found.to_json(), "code": found.code} if found else {}


def _sides(folded: Folded) -> list[Answers]:
    """The answers that officers disagree on, each side by itself."""
    most = max((len(values) for values in folded.conflicts.values()), default=0)
    return [
        {name: values[at].value for name, values in folded.conflicts.items() if at < len(values)} for at in range(most)
    ]


def shas(values: Iterable[Any]) -> set[str]:
    """The photos among answers, those in repeats too."""
    return {answer["sha256"] for answer in files(values)}


def files(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The answers that name a file, those in repeats too."""
    for value in values:
        if isinstance(value, dict) and "sha256" in value:
            yield value
        elif isinstance(value, dict | list):
            yield from files(value.values() if isinstance(value, dict) else value)
