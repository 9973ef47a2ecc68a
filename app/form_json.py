"""Reads the JSON of a published form into fields, and refuses what is none, saying where and why."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from app.answers import fits
from app.attachments import IMAGES, mime_of
from app.logic import Expression, LogicError, verify
from app.revisions import MOST_ANSWERS, RECORD_CLASSES

# What is worked out or filled in by itself, and never drawn.
UNSEEN: Final = ("calculate", "hidden", "start", "end", "today", "deviceid", "username", "audit")
CHOOSING: Final = ("select_one", "select_multiple", "rank")
SECTIONS: Final = ("group", "repeat")
TYPED: Final = ("text", "integer", "decimal", "range", "date", "time")
REMEMBER: Final = "remember"  # the appearance of a question that begins with its last answer
TYPES: Final = (
    *("text", "integer", "decimal", "range", "date", "time", "dateTime", *CHOOSING, "acknowledge", "note"),
    *("image", "audio", "file", "barcode", "geopoint", "geotrace", "geoshape", *UNSEEN, *SECTIONS),
)
ROLES: Final = ("teaching", "counselling", "law_enforcement", "community")
GOALS: Final = ("safe_environment", "collaboration", "perceptions")
MOST_FIELDS: Final = MOST_ANSWERS
MOST_CHOICES: Final = 5_000
MOST_PICTURE_BYTES: Final = 200_000  # of one picture in a label
MOST_PICTURES_BYTES: Final = 1_000_000  # of all pictures of a form
DEEPEST_GROUP: Final = 10
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
QUOTED: Final = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")  # another answer in a label, hint or message

_FIELD_KEYS: Final = frozenset(
    (
        *("type", "name", "label", "hint", "required", "required_message", "relevant", "constraint"),
        *("constraint_message", "default", "readonly", "appearance", "choices", "fields", "list", "guidance"),
        *("calculation", "trigger", "choice_filter", "count", "parameters", "picture"),
    )
)


class FormError(ValueError):
    """JSON that is no form; the message says which part and why."""


def _nothing() -> MappingProxyType[str, Any]:
    return MappingProxyType({})


def said(texts: Mapping[str, str], language: str) -> str:
    """The text in the language, or in the form's first language where it has none; empty without any."""
    return texts.get(language) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers of a select question."""

    name: str
    labels: MappingProxyType[str, str]
    more: MappingProxyType[str, str] = field(default_factory=_nothing)  # the list's other columns

    def label(self, language: str) -> str:
        """What the officer reads."""
        return said(self.labels, language)

    def row(self, language: str) -> dict[str, str]:
        """The choice as expressions see it: its columns."""
        return {**self.more, "name": self.name, "label": self.label(language)}


@dataclass(frozen=True)
class Field:
    """A question, a note, or a group or repeat of them."""

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
    guidances: MappingProxyType[str, str] = field(default_factory=_nothing)
    calculation: Expression | None = None
    trigger: tuple[str, ...] = ()  # the questions whose answer sets off the calculation, and nothing else does
    choice_filter: Expression | None = None
    count: Expression | None = None  # how many repetitions there are, where the form decides
    parameters: MappingProxyType[str, Any] = field(default_factory=_nothing)
    pictures: MappingProxyType[str, str] = field(default_factory=_nothing)  # of the label, by language

    def label(self, language: str) -> str:
        """What the officer reads, with … for the answers that it quotes; empty for a group without a heading."""
        return QUOTED.sub("…", said(self.labels, language))

    def hint(self, language: str) -> str:
        """The small print under the label; often empty."""
        return said(self.hints, language)

    def guidance(self, language: str) -> str:
        """What the author adds for those who want to read more; often empty."""
        return said(self.guidances, language)

    @cached_property
    def keeps(self) -> bool:
        """Whether the value cannot be worked out again, but must be kept with the draft."""
        return self.calculation is None or bool(self.trigger) or _remembers(self.calculation)

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
    lists = _lists(json.get("lists", {}), where)
    pictures = _pictures(json.get("pictures", {}), where)
    read = _Reading(frozenset(names), tuple(languages), lists, frozenset(pictures))
    instance_name = json.get("instance_name")
    if instance_name is not None:
        read.expression(instance_name, where, "instance_name")
    return {
        "id": json["id"],
        "version": json["version"],
        "record_class": json["class"],
        "role": json["role"],
        "goal": json["goal"],
        "icon": json["icon"],
        "languages": read.languages,
        "titles": _texts(json, "title", where, read.languages),
        "fields": tuple(map(read.field, json["fields"])),
        "lists": MappingProxyType(lists),
        "pictures": MappingProxyType(pictures),
        "instance_name": instance_name,
    }


def _collect(fields: Any, names: set[str], depth: int, where: str = "the form") -> None:
    """Gathers the names of all fields, because an expression may name one that comes later."""
    _need(isinstance(fields, list), "a group", "has no list of questions")
    _need(depth > 0, where, f"is a group nested too deeply; at most {DEEPEST_GROUP} stand in each other")
    for one in fields:
        _need(isinstance(one, dict), "a question", "is not a JSON object")
        name = one.get("name")
        _need(isinstance(name, str) and NAME.fullmatch(name) is not None, "a question", "has no name")
        _need(name not in names, f"question {name}", "is there twice")
        names.add(name)
        _need(len(names) <= MOST_FIELDS, "the form", f"has more than {MOST_FIELDS} questions")
        if one.get("type") in SECTIONS:
            _collect(one.get("fields"), names, depth - 1, f"question {name}")


def _lists(json: Any, where: str) -> dict[str, tuple[Choice, ...]]:
    """The lists by name. A row without a name and a label is for looking things up, and no choice."""
    _need(
        isinstance(json, dict) and all(isinstance(rows, list) for rows in json.values()),
        where,
        "has lists that are none",
    )
    lists: dict[str, tuple[Choice, ...]] = {}
    for name, rows in json.items():
        of = f"list {name}"
        _need(len(rows) <= MOST_CHOICES, of, f"has more than {MOST_CHOICES} rows")
        _need(all(isinstance(row, dict) and set(row) <= {"name", "label", "more"} for row in rows), of, "has a bad row")
        for row in rows:
            more = row.get("more", {})
            good = isinstance(more, dict) and all(isinstance(part, str) for pair in more.items() for part in pair)
            _need(good and isinstance(row.get("name", ""), str), of, "has a column that is no text")
        lists[name] = tuple(
            Choice(row.get("name", ""), _texts(row, "label", of, ()), MappingProxyType(dict(row.get("more", {}))))
            for row in rows
        )
    return lists


def _pictures(json: Any, where: str) -> dict[str, bytes]:
    """The pictures of labels by name: small ones, and nothing but pictures."""
    _need(isinstance(json, dict) and all(isinstance(one, str) for one in json.values()), where, "has bad pictures")
    _need(sum(map(len, json.values())) <= 2 * MOST_PICTURES_BYTES, where, "has pictures that are too large")
    pictures: dict[str, bytes] = {}
    for name, text in json.items():
        try:
            pictures[name] = base64.b64decode(text, validate=True)
        except ValueError:
            raise FormError(f"{where} has a picture that cannot be read: {name}") from None
        _need(mime_of(pictures[name]) in IMAGES, where, f"has a picture that is none: {name}")
    return pictures


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the fields of one form."""

    names: frozenset[str]
    languages: tuple[str, ...]
    lists: dict[str, tuple[Choice, ...]]
    pictures: frozenset[str]

    def field(self, json: dict[str, Any]) -> Field:
        where, kind = f"question {json['name']}", json.get("type")
        _need(isinstance(kind, str) and kind in TYPES, where, f"has an unknown type: {kind}")
        strange = sorted(set(json) - _FIELD_KEYS)
        _need(not strange, where, f"has parts that are not known: {', '.join(map(str, strange))}")
        default = json.get("default")
        expression = default.get("expr") if isinstance(default, dict) else None
        if expression is not None:
            self.expression(expression, where, "default")
            default = None
        _need(default is None or fits(str(kind), default), where, "has a default of another type")
        appearance = json.get("appearance", "")
        _need(isinstance(appearance, str), where, "has an appearance that is no text")
        trigger, parameters = json.get("trigger", []), json.get("parameters", {})
        _need(isinstance(trigger, list) and self.names.issuperset(trigger), where, "has a trigger that is no question")
        _need(_parameters(parameters), where, "has parameters that are none")
        shown = _texts(json, "picture", where, ())
        _need(self.pictures.issuperset(shown.values()), where, "has a picture that is not in the form")
        logic = ("required", "relevant", "constraint", "readonly", "calculation", "choice_filter", "count")
        labelled = kind not in (*SECTIONS, *UNSEEN)
        return Field(
            type=str(kind),
            name=json["name"],
            labels=_texts(json, "label", where, self.languages if labelled else ()),
            hints=_texts(json, "hint", where, ()),
            guidances=_texts(json, "guidance", where, ()),
            required_messages=_texts(json, "required_message", where, ()),
            constraint_messages=_texts(json, "constraint_message", where, ()),
            default=default,
            default_expression=expression,
            appearance=appearance,
            choices=self.choices(json, where) if kind in CHOOSING else (),
            fields=tuple(map(self.field, json["fields"])) if kind in SECTIONS else (),
            trigger=tuple(trigger),
            parameters=MappingProxyType(dict(parameters)),
            pictures=shown,
            **{key: self.logic(json, key, where) for key in logic},
        )

    def choices(self, json: dict[str, Any], where: str) -> tuple[Choice, ...]:
        """The choices of a question: its own, or (since forms have lists) those of a list."""
        name = json.get("list")
        if name is None:
            _need(isinstance(json.get("choices"), list), where, "has no choices")
            found = _lists({"of the question": json["choices"]}, where)["of the question"]
        else:
            _need(isinstance(name, str) and name in self.lists, where, f"has a list that is not there: {name}")
            found = self.lists[name]
        _need(len(found) > 0, where, "has no choices")
        names: set[str] = set()
        for one in found:
            _need(one.name != "", where, "has a choice without a name")
            spaced = json["type"] != "select_one" and bool(
                set(one.name) & set(" \t\n")
            )  # several are told apart by spaces
            _need(not spaced and fits("text", one.name), where, "has a bad choice name")
            # With a filter a name may come twice: King County is in Texas and in Washington.
            _need(one.name not in names or "choice_filter" in json, where, f"has the choice {one.name} twice")
            names.add(one.name)
            for language in self.languages:
                _need(bool(one.labels.get(language)), f"choice {one.name} of {where}", f"has no label in {language}")
        return found

    def logic(self, json: dict[str, Any], key: str, where: str) -> Expression | None:
        expression = json.get(key)
        if expression is not None:
            self.expression(expression, where, key)
        return expression

    def expression(self, expression: Expression, where: str, key: str) -> None:
        try:
            verify(expression, self.names, lists=frozenset(self.lists))
        except LogicError as error:
            raise FormError(f"{where}: {key}: {error}") from None


def _parameters(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(key, str) and isinstance(one, str | int | float) for key, one in value.items()
    )


def _remembers(tree: Expression) -> bool:
    return isinstance(tree, list) and (tree[0] == "once" or any(map(_remembers, tree[1:])))


def _texts(json: dict[str, Any], key: str, where: str, needed: Iterable[str]) -> MappingProxyType[str, str]:
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
