"""What is wrong with the answers of a record, and what of them is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.answers import empty
from app.form_json import UNSEEN, Field, said
from app.form_sight import range_of
from app.form_words import sentence
from app.live import MOST_ROWS, Live, Path

SILENT: Final = ("group", "note")  # what takes no answer
Code = Literal["required", "constraint", "type", "choice", "range", "unknown", "hidden"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer will not do: its address, a stable code, and a sentence in the language asked for."""

    field: str
    code: Code
    message: str


def problems(live: Live, language: str, strict: bool = False) -> dict[str, Problem]:
    """What is wrong, by address, in the order of the form; empty when the record can be saved."""
    live.refresh()
    found: dict[str, Problem] = {}
    for address, field, code, path in _wrong(live, "", "", (), live.answers, strict):
        found[address] = Problem(address, code, _sentence(live, field, code, path, language))
    return found


def kept(live: Live) -> dict[str, Any]:
    """What is saved: answers to questions that are asked, in the order of the form, with nothing empty."""
    return _kept(live, "", (), live.answers)


Wrong = tuple[str, Field | None, Code, Path]


def _wrong(live: Live, repeat: str, within: str, path: Path, row: dict[str, Any], strict: bool) -> Iterator[Wrong]:
    """The mistakes in one repetition (or in the form outside of repeats), and its unknown answers last."""
    fields, chosen = live.plan.beside[repeat], live.plan.chosen
    for name, field in fields.items():
        value = row.get(name)
        if isinstance(value, str) and value in chosen.get(name, ()):
            continue  # as most answers are
        if field.type == "repeat":
            yield from _repeat(live, field, within, path, value, strict)
        elif (code := _code(live, field, path, value, name in row, strict)) is not None:
            yield f"{within}{name}", field, code, path
    for name in row:
        if name not in fields:
            yield f"{within}{name}", None, "unknown", path


def _repeat(live: Live, field: Field, within: str, path: Path, value: Any, strict: bool) -> Iterator[Wrong]:
    key, address = (field.name, path), f"{within}{field.name}"
    if not live.seen(key):
        if strict and value is not None:
            yield address, field, "hidden", path
        return
    rows = value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else []
    if not empty(value) and (not rows or len(rows) > MOST_ROWS):
        yield address, field, "type", path
        return
    count = live.count(key)
    for at in range(count):
        yield from _wrong(live, field.name, f"{address}/{at + 1}/", (*path, at), rows[at], strict)
    if strict and len(rows) > count:
        yield address, field, "hidden", path


def _code(live: Live, field: Field, path: Path, value: Any, given: bool, strict: bool) -> Code | None:
    key = (field.name, path)
    if field.type in SILENT:
        return "unknown" if given else None
    if not live.seen(key):
        return "hidden" if strict and given else None
    if empty(value):
        return "required" if live.must(key) and field.type not in UNSEEN else None
    code: Code | None = live.fits(field, value, path)
    if code is None and field.constraint is not None and not live.holds(field.constraint, *key, live.plain(key)):
        return "constraint"
    return code


def _kept(live: Live, repeat: str, path: Path, row: dict[str, Any]) -> dict[str, Any]:
    saved: dict[str, Any] = {}
    for field in live.plan.beside[repeat].values():
        key = (field.name, path)
        value: Any = row.get(field.name)
        if field.type in SILENT or not live.seen(key):
            continue
        if field.type == "end" and not live.frozen:
            value = live.moment()
        if field.type == "repeat":
            value = [_kept(live, field.name, (*path, at), value[at]) for at in range(live.count(key))]
        elif field.type == "select_multiple" and not empty(value) and live.fits(field, value, path) is None:
            chosen = set(value)
            value = [choice.name for choice in field.choices if choice.name in chosen]
        if not empty(value):
            saved[field.name] = value
    return saved


def _sentence(live: Live, field: Field | None, code: Code, path: Path, language: str) -> str:
    if field is None:
        return sentence(code, language)
    if code == "constraint" and live.slow((field.name, path)):
        return sentence("slow", language)
    own = {"required": field.required_messages, "constraint": field.constraint_messages}.get(code)
    if own:
        return live.quoted(said(own, language), (field.name, path))
    if field.type == "range" and code in ("range", "type"):
        low, high, _ = range_of(field.parameters)
        return sentence("range", language).format(low=f"{low:g}", high=f"{high:g}")
    if code == "choice" and field.type == "rank":
        return sentence("rank", language)
    if code == "type":
        kind = {"barcode": "text", "select_one": "choice", "select_multiple": "choice"}.get(field.type, field.type)
        return sentence(kind, language)
    return sentence(code, language)
