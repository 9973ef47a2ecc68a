"""What lists and searches need of a record's answers, worked out once and kept with its row (app/register.py)."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from app.duplicates import about
from app.forms import Form
from app.owed import promises
from app.records import Folded
from app.requests import is_urgent
from app.revisions import Answers
from app.search import plain, searchable
from app.tours import is_run, run_key

_NESTED: Final = (dict, list)  # put together once: this is asked of every answer


def outline(form: Form | None, folded: Folded, titles: dict[str, str]) -> dict[str, Any]:
    """What lists and searches need of a record that is there to be read."""
    row = promises(form, folded) | _compared(form, folded) | _toured(form, folded.answers)
    if "asked" in row and is_urgent(folded.answers):
        row["urgent"] = "yes"
    text = searchable(form, [folded.answers, *_sides(folded)])
    said = " ".join(map(plain, titles.values()))
    return {**row, "text": f"{text} {said}" if said else text}


def _compared(form: Form | None, folded: Folded) -> dict[str, Any]:
    found = about(form, folded.answers, folded.first.at)
    return {"about": found.to_json(), "code": found.code} if found else {}


def _toured(form: Form | None, answers: Answers) -> dict[str, Any]:
    if form is None or not is_run(form):
        return {}
    run = run_key(str(answers.get("tour")), str(answers.get("tour_day")))
    return {"run": run, "started": answers.get("started")}


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
        elif isinstance(value, _NESTED):
            yield from files(value.values() if isinstance(value, dict) else value)
