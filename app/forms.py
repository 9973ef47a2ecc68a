"""A form: which questions it asks, which of them now, and whether the answers hold.

Pure data and logic, the same on the phone, on the public pages and at the district's door. server/publish/forms.py
makes the JSON that `Form.parse` reads; docs/forms.md is the manual. The answers come from elsewhere and may be
anything at all: `check` then gives problems and never raises.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, Final, Literal, Self

from app import form_json
from app.answers import cast, empty, fits, plain
from app.form_json import Choice, Field, FormError
from app.form_words import sentence
from app.logic import Expression, LogicError, Scope, Value, evaluate, references, string, truth
from app.revisions import Answers

__all__ = ["Answers", "Attachment", "Choice", "Field", "Form", "FormError", "Problem"]

SILENT: Final = ("group", "note")  # what takes no answer
TITLE_LENGTH: Final = 140
Code = Literal["required", "constraint", "type", "choice", "unknown", "hidden"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer will not do: a stable code, and a sentence in the language asked for."""

    field: str
    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an answer."""

    sha256: str
    mime: str
    bytes: int
    field: str


@dataclass(frozen=True)
class Form:
    """One form in one version. Made by `parse`; the JSON it was made from is `json`."""

    id: str
    version: str
    record_class: str
    role: str
    goal: str
    icon: str
    languages: tuple[str, ...]
    titles: MappingProxyType[str, str]
    fields: tuple[Field, ...]
    instance_name: Expression | None
    json: dict[str, Any]

    @classmethod
    def parse(cls, json: Any) -> Self:
        """Reads a published form. Raises FormError, in words, for JSON that is no form Beatbook can show and check."""
        form = cls(**form_json.read(json), json=json)
        assert form._order is not None  # raises FormError for questions whose relevance depends on itself
        return form

    def title(self, language: str) -> str:
        """The form's name."""
        return form_json.said(self.titles, language)

    def flat(self) -> Iterator[Field]:
        """Every field, groups included, in the order in which they are asked."""
        yield from self._named.values()

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return self._named.get(name)

    def start(self, prefill: Answers | None = None, now: datetime | None = None) -> Answers:
        """The answers a new draft begins with: defaults, and over them what is known already."""
        given = {name: value for name, value in (prefill or {}).items() if name in self._named and not empty(value)}
        answers: Answers = {}
        for field in self.flat():
            if field.name in given:
                answers[field.name] = given[field.name]
            elif field.default is not None:
                answers[field.name] = field.default
            elif field.default_expression is not None:
                scope = self._scope(answers, self._named, now)
                value = cast(field.type, _worked_out(field.default_expression, scope))
                if not empty(value) and self._fits(field, value) is None:
                    answers[field.name] = value
        return answers

    def shown(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions and groups that are asked, given these answers.

        An answer to a question that is not asked counts as empty for the others, as in every XForms engine.
        """
        seen: set[str] = set()
        scope = self._scope(answers, seen, now)
        for field in self._order:
            parent = self._parents.get(field.name)
            if (parent is None or parent in seen) and (field.relevant is None or _holds(field.relevant, scope)):
                seen.add(field.name)
        return seen

    def required(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions that are asked and must be answered."""
        return self._marked(lambda field: field.required, answers, self.shown(answers, now), now)

    def readonly(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions that are shown but not to be changed by hand."""
        return self._marked(lambda field: field.readonly, answers, self.shown(answers, now), now)

    def check(
        self, answers: Any, language: str = "en", now: datetime | None = None, strict: bool = False
    ) -> dict[str, Problem]:
        """What is wrong with the answers, by field, in the order of the form; empty when they can be saved.

        `now` is the time that today() and now() mean: for a record that was made earlier, the time it was made.
        A draft may keep answers to questions that are no longer asked; `strict` makes each of them a problem, for
        the district's door, where only what `relevant_answers` gave should arrive.
        """
        if not isinstance(answers, dict):
            return {"": Problem("", "type", sentence("type", language))}
        shown = self.shown(answers, now)
        required = self._marked(lambda field: field.required, answers, shown, now)
        scope = self._scope(answers, shown, now)
        problems: dict[str, Problem] = {}
        for field in self.flat():
            value = answers.get(field.name)
            if field.type in SILENT:
                code: Code | None = "unknown" if field.name in answers else None
            elif field.name not in shown:
                code = "hidden" if strict and field.name in answers else None
            elif empty(value):
                code = "required" if field.name in required else None
            else:
                code = self._fits(field, value)
                if code is None and field.constraint is not None:
                    scope.this = plain(value)
                    code = None if _holds(field.constraint, scope) else "constraint"
            if code:
                problems[field.name] = Problem(field.name, code, self._sentence(field, code, language))
        for name in answers:
            if name not in self._named:
                problems[str(name)] = Problem(str(name), "unknown", sentence("unknown", language))
        return problems

    def relevant_answers(self, answers: Answers, now: datetime | None = None) -> Answers:
        """What is saved: answers to questions that are asked, in the order of the form, with nothing empty."""
        shown = self.shown(answers, now)
        saved: Answers = {}
        for field in self.flat():
            value = answers.get(field.name)
            if field.type in SILENT or field.name not in shown or empty(value):
                continue
            if field.type == "select_multiple" and self._fits(field, value) is None:
                chosen = set(value or ())
                value = [choice.name for choice in field.choices if choice.name in chosen]
            saved[field.name] = value
        return saved

    def summary(self, answers: Answers, language: str, now: datetime | None = None) -> str:
        """One line that tells this record from others, from its answers; the form's title where they say nothing.

        Parts between " · " that turn out empty fall away.
        """
        if self.instance_name is None:
            return self.title(language)
        scope = self._scope(answers, self.shown(answers, now), now)
        scope.label = lambda name, choice: self._choice_label(name, choice, language)
        parts = string(_worked_out(self.instance_name, scope)).split("·")
        line = " · ".join(" ".join(part.split()) for part in parts if part.strip())
        if len(line) > TITLE_LENGTH:
            line = line[: TITLE_LENGTH - 1].rstrip() + "…"
        return line or self.title(language)

    def attachments(self, answers: Answers) -> list[Attachment]:
        """The file behind every photo answer."""
        images = (field.name for field in self.flat() if field.type == "image")
        return [
            Attachment(value["sha256"], value["mime"], value["bytes"], name)
            for name in images
            if (value := answers.get(name)) is not None and fits("image", value)
        ]

    # --- inside -----------------------------------------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[str, Field]:
        return {field.name: field for field in _walk(self.fields)}

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {child.name: field.name for field in self.flat() for child in field.fields}

    @cached_property
    def _order(self) -> tuple[Field, ...]:
        """The fields in an order in which everything that decides on a field comes before it.

        Raises FormError when there is none.
        """
        needs = TopologicalSorter[str]()
        for field in self.flat():
            needs.add(field.name, *references(field.relevant), *filter(None, [self._parents.get(field.name)]))
        try:
            return tuple(self._named[name] for name in needs.static_order())
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            raise FormError(f"question {error.args[1][0]} decides itself whether it is asked: {circle}") from None

    def _scope(self, answers: Answers, asked: Container[str], now: datetime | None) -> Scope:
        """What an expression sees: the answers to the questions that are asked."""

        def value(name: str) -> Value:
            return self._plain(name, answers) if name in asked else ""

        return Scope(value, now if now and now.tzinfo else (now or datetime.now()).astimezone())

    def _plain(self, name: str, answers: Answers) -> Value:
        field, value = self._named[name], answers.get(name)
        return "" if empty(value) or not fits(field.type, value) else plain(value)

    def _fits(self, field: Field, value: Any) -> Code | None:
        if not fits(field.type, value):
            return "type"
        if field.type == "select_one" and value not in field.choice_names:
            return "choice"
        if field.type == "select_multiple" and not (
            field.choice_names.issuperset(value) and len(set(value)) == len(value)
        ):
            return "choice"
        return None

    def _marked(
        self, mark: Callable[[Field], Expression | None], answers: Answers, shown: set[str], now: datetime | None
    ) -> set[str]:
        scope = self._scope(answers, shown, now)
        marked: set[str] = set()
        for field in self.flat():
            expression = mark(field)
            if field.name in shown and expression is not None and _holds(expression, scope):
                marked.add(field.name)
        return marked

    def _choice_label(self, name: str, choice: str, language: str) -> str:
        for one in self._named[name].choices:
            if one.name == choice:
                return one.label(language)
        return choice

    def _sentence(self, field: Field, code: Code, language: str) -> str:
        own = {"required": field.required_messages, "constraint": field.constraint_messages}.get(code)
        if own:
            return form_json.said(own, language)
        if code == "type":
            kind = {"barcode": "text", "select_one": "choice", "select_multiple": "choice"}.get(field.type, field.type)
            return sentence(kind, language)
        return sentence(code, language)


def _walk(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _walk(field.fields)


def _worked_out(expression: Expression, scope: Scope) -> Value:
    """The expression's value, empty when it takes more work than a form may ask for."""
    try:
        return evaluate(expression, scope)
    except LogicError:
        return ""


def _holds(expression: Expression, scope: Scope) -> bool:
    """Whether it holds; what takes too long does not, so that a question stays hidden and a constraint unmet."""
    if isinstance(expression, bool):
        return expression
    try:
        scope.renew()
        return truth(expression, scope)
    except LogicError:
        return False
