"""Reads the JSON of a published form into fields, and refuses what is none, saying where and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from app.answers import fits
from app.logic import Expression, LogicError, verify
from app.revisions import RECORD_CLASSES

TYPES: Final = (
    *("text", "integer", "decimal", "date", "time", "dateTime", "select_one", "select_multiple"),
    *("image", "barcode", "geopoint", "note", "acknowledge", "group"),
)
ROLES: Final = ("teaching", "counselling", "law_enforcement", "community")
GOALS: Final = ("safe_environment", "collaboration", "perceptions")
MOST_FIELDS: Final = 2_000
MOST_CHOICES: Final = 2_000
DEEPEST_GROUP: Final = 10
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")

_FIELD_KEYS: Final = frozenset(
    (
        *("type", "name", "label", "hint", "required", "required_message", "relevant", "constraint"),
        *("constraint_message", "default", "readonly", "appearance", "choices", "fields"),
    )
)


class FormError(ValueError):
    """JSON that is no form; the message says which part and why."""


def said(texts: Mapping[str, str], language: str) -> str:
    """The text in the language, or in the form's first language where it has none; empty without any."""
    return texts.get(language) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers of a select question."""

    name: str
    labels: MappingProxyType[str, str]

    def label(self, language: str) -> str:
        """What the officer reads."""
        return said(self.labels, language)


@dataclass(frozen=True)
class Field:
    """A question, a note or a group of them."""

    type: str
    name: str
    labels: MappingProxyType[str, str]
    hints: MappingProxyType[str, str]
    required: Expression | None
    required_messages: MappingProxyType[str, str]
    relevant: Expression | None
    constraint: Expression | None
    constraint_messages: MappingProxyType[str, str]
    default: Any
    default_expression: Expression | None
    readonly: Expression | None
    appearance: str
    choices: tuple[Choice, ...]
    fields: tuple["Field", ...]

    def label(self, language: str) -> str:
        """What the officer reads; empty for a group without a heading."""
        return said(self.labels, language)

    def hint(self, language: str) -> str:
        """The small print under the label; often empty."""
        return said(self.hints, language)

    @cached_property
    def appearances(self) -> frozenset[str]:
        """The words of the appearance, one by one."""
        return frozenset(self.appearance.split())

    @cached_property
    def choice_names(self) -> frozenset[str]:
        """The values that may be chosen."""
        return frozenset(choice.name for choice in self.choices)


def read(json: Any) -> dict[str, Any]:
    """The parts of a Form, ready for its constructor. Raises FormError."""
    _need(isinstance(json, dict), "a form", "is not a JSON object")
    for key in ("id", "version", "class", "role", "goal", "icon"):
        _need(isinstance(json.get(key), str) and 0 < len(json[key]) <= 80, "the form", f"has no {key}")
    where = f"form {json['id']}"
    _need(NAME.fullmatch(json["id"]) is not None, where, "has an id that is no name")
    for key, known in (("class", RECORD_CLASSES), ("role", ROLES), ("goal", GOALS)):
        _need(json[key] in known, where, f"has an unknown {key}: {json[key]}")
    languages = json.get("languages")
    _need(isinstance(languages, list) and bool(languages) and all(map(_word, languages)), where, "has no languages")
    _need(isinstance(json.get("fields"), list) and json["fields"], where, "has no questions")
    names: set[str] = set()
    _collect(json["fields"], names, DEEPEST_GROUP)
    instance_name = json.get("instance_name")
    if instance_name is not None:
        _expression(instance_name, where, "instance_name", names)
    return {
        "id": json["id"],
        "version": json["version"],
        "record_class": json["class"],
        "role": json["role"],
        "goal": json["goal"],
        "icon": json["icon"],
        "languages": tuple(languages),
        "titles": _texts(json, "title", where, languages),
        "fields": tuple(_field(field, names, languages) for field in json["fields"]),
        "instance_name": instance_name,
    }


def _collect(fields: Any, names: set[str], depth: int) -> None:
    """Gathers the names of all fields, because an expression may name one that comes later."""
    _need(isinstance(fields, list), "a group", "has no list of questions")
    _need(depth > 0, "the form", "has groups nested too deeply")
    for field in fields:
        _need(isinstance(field, dict), "a question", "is not a JSON object")
        name = field.get("name")
        _need(isinstance(name, str) and NAME.fullmatch(name) is not None, "a question", "has no name")
        _need(name not in names, f"question {name}", "is there twice")
        names.add(name)
        _need(len(names) <= MOST_FIELDS, "the form", f"has more than {MOST_FIELDS} questions")
        if field.get("type") == "group":
            _collect(field.get("fields"), names, depth - 1)


def _field(json: dict[str, Any], names: set[str], languages: list[str]) -> Field:
    where, kind = f"question {json['name']}", json.get("type")
    _need(isinstance(kind, str) and kind in TYPES, where, f"has an unknown type: {kind}")
    strange = sorted(set(json) - _FIELD_KEYS)
    _need(not strange, where, f"has parts that are not known: {', '.join(map(str, strange))}")
    select = kind in ("select_one", "select_multiple")
    choices = _choices(json.get("choices"), where, languages) if select else ()
    default = json.get("default")
    expression = default.get("expr") if isinstance(default, dict) else None
    if expression is not None:
        _expression(expression, where, "default", names)
        default = None
    _need(default is None or fits(str(kind), default), where, "has a default of another type")
    appearance = json.get("appearance", "")
    _need(isinstance(appearance, str), where, "has an appearance that is no text")
    logic = {key: _logic(json, key, where, names) for key in ("required", "relevant", "constraint", "readonly")}
    return Field(
        type=str(kind),
        name=json["name"],
        labels=_texts(json, "label", where, languages if kind != "group" else []),
        hints=_texts(json, "hint", where, []),
        required_messages=_texts(json, "required_message", where, []),
        constraint_messages=_texts(json, "constraint_message", where, []),
        default=default,
        default_expression=expression,
        appearance=appearance,
        choices=choices,
        fields=tuple(_field(field, names, languages) for field in json["fields"]) if kind == "group" else (),
        **logic,
    )


def _choices(json: Any, where: str, languages: list[str]) -> tuple[Choice, ...]:
    _need(isinstance(json, list) and 0 < len(json) <= MOST_CHOICES, where, "has no choices")
    choices: dict[str, Choice] = {}
    for one in json:
        _need(isinstance(one, dict) and isinstance(one.get("name"), str), where, "has a choice without a name")
        name = one["name"]
        _need(name != "" and not set(name) & set(" \t\n") and fits("text", name), where, "has a bad choice name")
        _need(name not in choices, where, f"has the choice {name} twice")
        choices[name] = Choice(name, _texts(one, "label", f"choice {name} of {where}", languages))
    return tuple(choices.values())


def _logic(json: dict[str, Any], key: str, where: str, names: set[str]) -> Expression | None:
    expression = json.get(key)
    if expression is not None:
        _expression(expression, where, key, names)
    return expression


def _expression(expression: Expression, where: str, key: str, names: set[str]) -> None:
    try:
        verify(expression, names)
    except LogicError as error:
        raise FormError(f"{where}: {key}: {error}") from None


def _texts(json: dict[str, Any], key: str, where: str, needed: list[str]) -> MappingProxyType[str, str]:
    texts = json.get(key, {})
    good = isinstance(texts, dict) and all(map(_word, texts)) and all(isinstance(text, str) for text in texts.values())
    _need(good, where, f"has a {key} that is no text by language")
    for language in needed:
        _need(bool(texts.get(language)), where, f"has no {key} in {language}")
    return MappingProxyType(dict(texts))


def _word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 20


def _need(good: bool, where: str, reason: str) -> None:
    if not good:
        raise FormError(f"{where} {reason}")
