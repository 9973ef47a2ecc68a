"""A record's answers as people read them: in the form's order, under its labels, with every value that is alive."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.answers import fits
from app.form_json import Field
from app.forms import Form
from server.words import Words


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its text, the hash of a photo, or text and hash of another file; `by` says whose it is of several."""

    text: str = ""
    photo: str = ""
    file: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer, or its answers where two officers did not see each other.

    `depth` is above 0 for what belongs to the question before it, such as the finding of a walkthrough's "no".
    """

    label: str
    values: tuple[Shown, ...]
    depth: int = 0

    @property
    def conflict(self) -> bool:
        """Whether somebody has to choose."""
        return len(self.values) > 1


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the form with its heading (empty for questions outside of any group)."""

    heading: str
    rows: tuple[Row, ...]


def sections(
    form: Form | None,
    answers: Mapping[str, Any],
    conflicts: Mapping[str, list[dict[str, Any]]],
    whose: Callable[[str], str],
    words: Words,
) -> list[Section]:
    """Everything a record says. Answers that the form does not know (or no form knows) come last, by their names.

    `whose` names the writer of a revision by its hash.
    """
    left = {name for name in {*answers, *conflicts} if is_told(form, name)}
    live = form.live(answers, None, words.language, frozen=True) if form else None

    def row(name: str, field: Field | None, depth: int = 0) -> Row:
        left.discard(name)
        label = live.text(name, field.labels, words.language) if live and field else ""
        if name in conflicts:
            values = [shown(field, live["value"], words, whose(live["by"])) for live in conflicts[name]]
        else:
            values = [shown(field, answers[name], words)]
        return Row(label or name, tuple(values), depth)

    found: list[Section] = []
    for heading, fields in _groups(form.fields if form else (), words.language):
        rows = tuple(row(field.name, field, depth) for field, depth in fields if field.name in left)
        if rows:
            found.append(Section(heading, rows))
    if left:
        rest = tuple(row(name, None) for name in sorted(left))
        found.append(Section(words("record.other_answers") if found else "", rest))
    return found


def is_told(form: Form | None, name: str) -> bool:
    """Whether an answer is for reading: what a form keeps hidden, without a label, is for programs."""
    field = form.field(name) if form else None
    return field is None or field.type != "hidden" or bool(field.labels)


def label_of(form: Form | None, name: str, language: str) -> str:
    """What a field is called on the form; its name where the form does not know it."""
    field = form.field(name) if form else None
    return (field.label(language) if field else "") or name


def shown(field: Field | None, value: Any, words: Words, by: str = "") -> Shown:
    """A value in the reader's words; never raises, whatever the value is."""
    if value is None or value == "" or value == []:
        return Shown(words("record.no_answer"), by=by)
    if fits("image", value):
        return Shown(photo=value["sha256"], by=by)
    if fits("file", value):
        size = f"{max(1, round(value['bytes'] / 1000))} kB"
        return Shown(" · ".join((value.get("name") or value["mime"], size)), file=value["sha256"], by=by)
    if field is not None and field.type == "repeat" and isinstance(value, list):
        return Shown("; ".join(f"{at}: {_line(field, row, words)}" for at, row in enumerate(value, 1)), by=by)
    if field is None or not fits(field.type, value):
        return Shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), by=by)
    return Shown(_said(field, value, words), by=by)


def _line(repeat: Field, row: Any, words: Words) -> str:
    """One repetition in one line."""
    if not isinstance(row, dict):
        return json.dumps(row, ensure_ascii=False)
    parts: list[str] = []
    for field, _ in _inner(repeat, 0):
        if field.name in row:
            value = shown(field, row[field.name], words)
            parts.append(f"{field.label(words.language) or field.name}: {value.text or value.photo[:8]}")
    return ", ".join(parts)


def _said(field: Field, value: Any, words: Words) -> str:
    if field.type in ("select_one", "select_multiple", "rank"):
        labels = {choice.name: choice.label(words.language) for choice in field.choices}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(name), str(name)) for name in chosen)
    if field.type == "dateTime":
        try:
            return words.moment(datetime.fromisoformat(value))
        except (OverflowError, OSError, ValueError):  # the first and last days of the calendar have no other zone
            return str(value)
    if field.type == "date":
        return words.day(date.fromisoformat(value))
    if field.type == "geopoint":
        accuracy = f" (± {value['acc']:.0f} m)" if "acc" in value else ""
        return f"{value['lat']:.5f}, {value['lon']:.5f}{accuracy}"
    if field.type in ("geotrace", "geoshape"):
        return "; ".join(f"{point['lat']:.5f}, {point['lon']:.5f}" for point in value)
    if field.type == "audit":
        return "; ".join(_logged(row, words) for row in value)
    return words("record.read") if field.type == "acknowledge" else str(value)


def _logged(row: Mapping[str, str], words: Words) -> str:
    """One row of a form's log: when, what happened, to which question, and what it was and became."""
    try:
        when = words.moment(datetime.fromtimestamp(int(row["start"]) / 1000, UTC))
    except (OverflowError, OSError, ValueError):  # phones write milliseconds; anybody may write anything
        when = row["start"]
    node = row.get("node", "").removeprefix("/data/")
    change = f"{row['old-value']} -> {row['new-value']}" if {"old-value", "new-value"} <= row.keys() else ""
    return " ".join(part for part in (when, node or row["event"], change) if part)


def _groups(fields: tuple[Field, ...], language: str) -> Iterator[tuple[str, list[tuple[Field, int]]]]:
    """The questions by group, each with how deep it lies in it; those outside of any group have no heading."""
    loose: list[tuple[Field, int]] = []
    for field in fields:
        if field.type != "group":
            loose.append((field, 0))
            continue
        if loose:
            yield "", loose
            loose = []
        yield field.label(language), list(_inner(field, 0))
    if loose:
        yield "", loose


def _inner(group: Field, depth: int) -> Iterator[tuple[Field, int]]:
    for field in group.fields:
        if field.type == "group":
            yield from _inner(field, depth + 1)
        else:
            yield field, depth
