"""Findings: what a walkthrough or a check found wrong, as items of their own with severity and due date.

A form makes findings by the names of its questions (docs/forms.md): an answered question `severity`, or one ending in
`_severity`, is a finding, and what shares its beginning (`GR2`, `GR2_due`, `GR2_photo`) belongs to it. What is done
about one is a record of its own, made with a form that asks `follows`, `item` and `result`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from app.form_plan import Plan
from app.forms import Field, Form
from app.revisions import Answers

FIXED: Final = "fixed"
_SEVERITY: Final = "severity"
_SEVERITIES: Final[WeakKeyDictionary[Plan, tuple[Field, ...]]] = WeakKeyDictionary()
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
    if form is None or not _severities(form):
        return []
    return list(_inside(form.fields, answers, "", form, date.fromisoformat(day[:10])))


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


def parts(form: Form, item: str) -> list[Field]:
    """The questions that belong to a finding, in the order of the form, without the one that it is about."""
    name, within, _ = item.partition("/")
    if within:
        repeat = form.field(name)
        return list(repeat.fields) if repeat else []
    if not item:
        around = form.field(form.plan.parents.get(_SEVERITY, ""))
        return list(around.fields) if around else []
    found = [one for one in form.flat() if one.name.startswith(f"{name}_")]
    names = {one.name for one in found}
    return [one for one in found if form.plan.parents[one.name] not in names]


def due_names(form: Form) -> set[str]:
    """The dates that are findings': what is done about a finding moves its date."""
    return {
        name
        for field in _severities(form)
        for name in (_due_name(field, form), *(f"{repeat}_due" for repeat in form.plan.repeats[field.name]))
    }


def _severities(form: Form) -> tuple[Field, ...]:
    """The questions that say how bad something is. A form stays as it is, so they are looked for once."""
    if form.plan not in _SEVERITIES:
        _SEVERITIES[form.plan] = tuple(filter(_severe, form.flat()))
    return _SEVERITIES[form.plan]


def _severe(field: Field) -> bool:
    return field.name == _SEVERITY or field.name.endswith(f"_{_SEVERITY}")


def _due_name(field: Field, form: Form) -> str:
    """The date beside a severity: `GR2_due` for `GR2_severity`; for a lone one, that of its group."""
    name = field.name.removesuffix(_SEVERITY)
    if name:
        return f"{name}due"
    around = form.field(form.plan.parents[field.name])
    beside = around.fields if around else form.fields
    ends = ("due", "_due")
    return next((one.name for one in beside if one.type == "date" and one.name.endswith(ends)), "due")


def _inside(
    fields: Iterable[Field], row: Any, within: str, form: Form, day: date, later: Any = None
) -> Iterator[Finding]:
    if not isinstance(row, dict):
        return
    for field in fields:
        if field.type == "group":
            yield from _inside(field.fields, row, within, form, day, later)
        elif field.type == "repeat":
            rows = row.get(field.name)
            for at, one in enumerate(rows if isinstance(rows, list) else (), 1):
                due = row.get(f"{field.name}_due")
                yield from _inside(field.fields, one, f"{field.name}/{at}", form, day, due)
        elif _severe(field):
            severity = row.get(field.name)
            if severity in ("1", "2", "3", "4"):
                due = row.get(_due_name(field, form)) or later
                titles = _titles(field, row, within, form)
                item = within or field.name.removesuffix(_SEVERITY).rstrip("_")
                yield Finding(item, int(severity), due if isinstance(due, str) else _usual(int(severity), day), titles)


def _usual(severity: int, day: date) -> str | None:
    days = DAYS.get(severity)
    return None if days is None else (day + timedelta(days)).isoformat()


def _titles(field: Field, row: Answers, within: str, form: Form) -> dict[str, str]:
    """What a finding is called: the question that was answered so, or in a repeat the first thing said in it."""
    asked = form.field(field.name.removesuffix(_SEVERITY).rstrip("_"))
    if not within:
        return {language: asked.label(language) for language in asked.labels} if asked else {}
    names = [asked.name] if asked else list(row)
    for one in filter(None, map(form.field, names)):
        value = row.get(one.name)
        chosen = next((choice for choice in one.choices if choice.name == value), None)
        if chosen and not _severe(one):
            return dict(chosen.labels)
        if one.type == "text" and isinstance(value, str):
            return dict.fromkeys(form.languages, value)
    return {}
