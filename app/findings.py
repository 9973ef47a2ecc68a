"""Findings: what a walkthrough or a check found wrong, as items of their own with severity and due date.

A form makes findings by the names of its questions (docs/forms.md): an answered question `severity`, or one ending in
`_severity`, is a finding, and what shares its beginning (`GR2`, `GR2_due`, `GR2_photo`) belongs to it. What is done
about one is a record of its own, made with a form that asks `follows`, `item` and `result`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from app.forms import Field, Form
from app.revisions import Answers

FIXED: Final = "fixed"
_SEVERITY: Final = "severity"
# Days until it must be fixed, by severity: today, a week, a month; the lowest waits for the next cycle.
DAYS: Final = {4: 0, 3: 7, 2: 30}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `item` tells it from the record's others: the beginning of its questions' names."""

    item: str
    severity: int  # 1 (next cycle) to 4 (today)
    due: str | None
    titles: Mapping[str, str]  # by language; empty where the record's own title says it

    def to_json(self) -> dict[str, Any]:
        """As it is kept with its record's row."""
        return {"item": self.item, "severity": self.severity, "due": self.due, "titles": dict(self.titles)}

    @property
    def key(self) -> str:
        """The item as a part of an address."""
        return key_of(self.item)


def key_of(item: str) -> str:
    """An item as a part of an address; `item_of` reads it."""
    return item.replace("/", "~") or "-"


def item_of(key: str) -> str:
    """The item that `key_of` made this of."""
    return "" if key == "-" else key.replace("~", "/")


def findings(form: Form | None, answers: Answers, day: str) -> list[Finding]:
    """What these answers, given on that day, say is wrong."""
    return list(_inside(form.fields, answers, "", form, date.fromisoformat(day[:10]))) if form else []


def due_of(finding: Finding, followed: Iterable[Mapping[str, Any]]) -> tuple[bool, str | None]:
    """Whether a finding is still open, and its due date, after what was done about it (rows, the oldest first)."""
    still, due = True, finding.due
    for row in followed:
        if row.get("item") == finding.key:
            still = row.get("result") != FIXED
            due = row.get("next_due") or due
    return still, due


def closes(form: Form) -> bool:
    """Whether this form says what was done about a finding: it is begun from one, not from Home."""
    return all(form.field(name) for name in ("follows", "item", "result"))


def parts(form: Form, finding: str) -> list[Field]:
    """The questions that belong to a finding, in the order of the form; the one it is about first."""
    name, _, _ = finding.partition("/")
    if "/" in finding:
        repeat = form.field(name)
        return list(repeat.fields) if repeat else []
    if not finding:
        around = form.field(form.plan.parents.get(_SEVERITY, ""))
        return list(around.fields) if around else []
    return [one for one in form.flat() if one.name == name or one.name.startswith(f"{name}_")]


def _inside(fields: Iterable[Field], row: Any, within: str, form: Form, day: date) -> Iterator[Finding]:
    if not isinstance(row, dict):
        return
    for field in fields:
        if field.type == "group":
            yield from _inside(field.fields, row, within, form, day)
        elif field.type == "repeat":
            rows = row.get(field.name)
            for at, one in enumerate(rows if isinstance(rows, list) else (), 1):
                yield from _inside(field.fields, one, f"{field.name}/{at}", form, day)
        elif field.name == _SEVERITY or field.name.endswith(f"_{_SEVERITY}"):
            severity = row.get(field.name)
            if severity in ("1", "2", "3", "4"):
                yield _finding(field, row, int(severity), within, form, day)


def _finding(field: Field, row: Answers, severity: int, within: str, form: Form, day: date) -> Finding:
    name = field.name.removesuffix(_SEVERITY).rstrip("_")
    due = row.get(f"{name}_due" if name else "due")
    if not isinstance(due, str):
        days = DAYS.get(severity)
        due = None if days is None else (day + timedelta(days)).isoformat()
    asked = form.field(name) if name else None
    titles = dict(asked.labels) if asked else {}
    if within and not titles:
        said = next((value for key, value in row.items() if isinstance(value, str) and key != field.name), "")
        titles = dict.fromkeys(form.languages, said) if said else {}
    return Finding(within or name, severity, due, titles)
