"""A form: which questions it asks, which of them now, and whether the answers hold.

Pure data and logic, the same on the phone, on the public pages and at the district's door. server/publish/forms.py
makes the JSON that `Form.parse` reads; docs/forms.md is the manual. The answers come from elsewhere and may be
anything at all: `check` then gives problems and never raises. A draft that is being answered is a `Live` (app/live.py);
what is asked here of whole sets of answers is worked out by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Self

from app import form_check, form_json
from app.answers import empty, fits
from app.form_check import SILENT, Code, Problem
from app.form_json import Choice, Field, FormError
from app.form_plan import Plan
from app.form_words import sentence
from app.live import Live
from app.logic import Expression, string
from app.revisions import Answers

__all__ = ["SILENT", "Answers", "Attachment", "Choice", "Code", "Field", "Form", "FormError", "Live", "Problem"]

TITLE_LENGTH: Final = 140
PAGES: Final = "pages"  # the style of a form that is asked page by page
ATTACHED: Final = ("image", "audio", "file")


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
    fields: tuple[Field, ...] = field(repr=False)
    lists: MappingProxyType[str, tuple[Choice, ...]] = field(repr=False)
    pictures: MappingProxyType[str, bytes] = field(repr=False)
    instance_name: Expression | None = field(repr=False)
    json: dict[str, Any] = field(repr=False)
    _rows: dict[tuple[str, str], list[Mapping[str, str]]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def parse(cls, json: Any) -> Self:
        """Reads a published form. Raises FormError, in words, for JSON that is no form Beatbook can show and check."""
        form = cls(**form_json.read(json), json=json)
        assert form.plan is not None  # raises FormError for questions that depend on themselves
        return form

    def title(self, language: str) -> str:
        """The form's name."""
        return form_json.said(self.titles, language)

    @property
    def as_last_time(self) -> bool:
        """Whether one tap may answer it as last time: never where that would say something about somebody else."""
        return self.json.get("last_time") is True

    @property
    def paged(self) -> bool:
        """Whether it is asked page by page, and not all below each other."""
        return self.json.get("style") == PAGES

    def flat(self) -> Iterator[Field]:
        """Every field, groups and repeats included, in the order in which they are asked."""
        yield from self.plan.fields.values()

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return self.plan.fields.get(name)

    @cached_property
    def plan(self) -> Plan:
        """What depends on what. Raises FormError for a question that depends on itself."""
        return Plan(self.fields)

    def live(
        self, answers: Mapping[str, Any], now: datetime | None = None, language: str = "en", *, frozen: bool = False
    ) -> Live:
        """These answers kept worked out, while they are given or shown; `frozen` ones are not calculated again."""
        return Live(self, answers, now, language=language, frozen=frozen)

    def start(
        self, prefill: Answers | None = None, now: datetime | None = None, about: Mapping[str, str] | None = None
    ) -> Answers:
        """The answers a new draft begins with: defaults, and over them what is known already.

        `about` says who fills it in on what: the texts of questions of the types `username` and `deviceid`.
        """
        given = {name: value for name, value in (prefill or {}).items() if not empty(value)}
        outside = [one for one in self.flat() if not self.plan.repeats[one.name]]
        answers: Answers = {}
        for one in outside:
            value = given.get(one.name, one.default)
            if one.type in ("username", "deviceid") and value is None:
                value = (about or {}).get(one.type)
            if value is not None:
                answers[one.name] = value
        live = Live(self, answers, now)
        for one in outside:
            if one.type == "start" and one.name not in answers:
                live.set(one.name, live.moment())
            elif one.type == "today" and one.name not in answers:
                live.set(one.name, live.moment()[:10])
            elif one.name not in given:
                live.default(one)
        return live.draft()

    def shown(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions and groups that are asked, given these answers (addresses, inside of repeats).

        An answer to a question that is not asked counts as empty for the others, as in every XForms engine.
        """
        return Live(self, answers, now).shown

    def required(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions that are asked and must be answered."""
        return Live(self, answers, now).required

    def readonly(self, answers: Answers, now: datetime | None = None) -> set[str]:
        """The names of the questions that are shown but not to be changed by hand."""
        return Live(self, answers, now).readonly

    def check(
        self, answers: Any, language: str = "en", now: datetime | None = None, strict: bool = False
    ) -> dict[str, Problem]:
        """What is wrong with the answers, by field, in the order of the form; empty when they can be saved.

        `now` is the time that today() and now() mean: for a record that was made earlier, the time it was made.
        A draft may keep answers to questions that are no longer asked; `strict` makes each of them a problem, for
        the district's door, where only what `relevant_answers` gave should arrive. There, what was worked out on the
        phone is taken as it is.
        """
        if not isinstance(answers, dict):
            return {"": Problem("", "type", sentence("type", language))}
        return form_check.problems(Live(self, answers, now, language=language, frozen=strict), language, strict)

    def relevant_answers(self, answers: Answers, now: datetime | None = None) -> Answers:
        """What is saved: answers to questions that are asked, in the order of the form, with nothing empty."""
        return form_check.kept(Live(self, answers, now))

    def summary(self, answers: Answers, language: str, now: datetime | None = None) -> str:
        """One line that tells this record from others, from its answers; the form's title where they say nothing.

        Parts between " · " that turn out empty fall away.
        """
        if self.instance_name is None:
            return self.title(language)
        live = Live(self, answers, now, language=language, frozen=True)
        parts = string(live.worked_out(self.instance_name)).split("·")
        line = " · ".join(" ".join(part.split()) for part in parts if part.strip())
        if len(line) > TITLE_LENGTH:
            line = line[: TITLE_LENGTH - 1].rstrip() + "…"
        return line or self.title(language)

    def attachments(self, answers: Answers) -> list[Attachment]:
        """The file behind every answer that is one, in repeats as well."""
        return list(_attached(self.fields, answers))

    def picture(self, field: Field, language: str) -> bytes | None:
        """The picture of a question's label; None where it has none."""
        return self.pictures.get(form_json.said(field.pictures, language))

    def rows(self, name: str, language: str) -> list[Mapping[str, str]]:
        """A list as expressions see it."""
        key = (name, language)
        if key not in self._rows:
            self._rows[key] = [choice.row(language) for choice in self.lists.get(name, ())]
        return self._rows[key]


def _attached(fields: tuple[Field, ...], answers: Any) -> Iterator[Attachment]:
    if not isinstance(answers, dict):
        return
    for one in fields:
        value = answers.get(one.name)
        if one.type == "group":
            yield from _attached(one.fields, answers)
        elif one.type == "repeat" and isinstance(value, list):
            for row in value:
                yield from _attached(one.fields, row)
        elif one.type in ATTACHED and value is not None and fits(one.type, value):
            yield Attachment(value["sha256"], value["mime"], value["bytes"], one.name)
