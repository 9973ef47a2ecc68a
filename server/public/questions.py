"""The short form that a family fills in: the questions of the request's own form, without a script.

The page asks everything that may be asked for this kind of request; what the answers make superfluous (a name where
somebody stays unnamed) is left out of what is kept, as on the phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.form_json import said
from app.forms import Choice, Field, Form, Problem
from app.revisions import Answers
from server.formbook import FormBook
from server.public import translated, typed
from server.words import Words

FORM: Final = "family_request"
CONSENT: Final = "consent"
PHOTO: Final = "photo"
PHONE: Final = "phone"
_PARTS: Final = ("asked", "person")  # the groups that a family fills in; the rest is the officer's
_LONGEST: Final = 5_000  # characters that are looked at and shown again; the form allows fewer
Kind = Literal["call_back", "problem"]


@dataclass(slots=True)
class Sheet:
    """A form as somebody sees it: its questions, what they wrote so far, and what is wrong with that."""

    form: Form
    kind: Kind
    words: Words
    questions: list[Field]
    needed: set[str]
    given: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # by the question's name; the photo's and the school's too

    def label(self, field: Field) -> str:
        """The question, in the reader's language."""
        return translated.label(self.words, field)

    def hint(self, field: Field) -> str:
        """The small print under a question; often empty."""
        return translated.hint(self.words, field)

    def choice(self, field: Field, one: Choice) -> str:
        """One of the answers that are offered."""
        return translated.choice(self.words, field, one)


def asks(session: Session, forms: FormBook) -> bool:
    """Whether this district takes requests: its form is in use."""
    return forms.in_use(session, FORM) is not None


def sheet(form: Form, kind: Kind, words: Words) -> Sheet:
    """The empty form for this kind of request, in the language of these words."""
    known = {"kind": kind}
    shown = form.shown(known)
    questions = [
        one
        for one in form.flat()
        if form.plan.parents[one.name] in _PARTS
        and one.name in shown
        and one.readonly is None
        and one.type in ("text", "select_one", "select_multiple", "image")
    ]
    # What must be answered whatever else is: a telephone number need not be where there is an e-mail address.
    full = known | {one.name: "x" for one in questions if one.type == "text"}
    return Sheet(form, kind, words, questions, form.required(full) & {one.name for one in questions})


def read(sheet: Sheet, posted: FormData) -> None:
    """Takes over what was sent: texts without their edges, choices by their names."""
    for one in sheet.questions:
        if one.type == "select_multiple":
            value: Any = [item for item in posted.getlist(one.name) if isinstance(item, str)]
        elif one.type == "image":
            continue
        else:
            value = _text(posted, one.name)
            value = typed.number(value) if one.name == PHONE else value
        if value:
            sheet.given[one.name] = value


def text(posted: FormData, name: str) -> str:
    """What was sent under this name, without its edges; empty for nothing and for a file."""
    return _text(posted, name)


def words(sheet: Sheet) -> list[str]:
    """What somebody wrote in words: without the telephone number, of which 911 or 988 may be a part."""
    return [value for name, value in sheet.given.items() if isinstance(value, str) and name != PHONE]


def upload(posted: FormData) -> UploadFile | None:
    """The photo that was sent, if any: browsers send an empty one where nobody chose one."""
    sent = posted.get(PHOTO)
    return sent if isinstance(sent, UploadFile) and sent.filename else None


def check(sheet: Sheet, more: Mapping[str, Any], now: datetime) -> Answers:
    """What is kept, with `more` that the district knows itself; what is wrong is in `sheet.problems` afterwards."""
    answers: Answers = {"kind": sheet.kind, **sheet.given, **more}
    wrong = sheet.form.check(answers, sheet.words.language, now)
    if answers.get(CONSENT) != "yes":
        consent = sheet.form.field(CONSENT)
        assert consent
        wrong[CONSENT] = Problem(CONSENT, "required", said(consent.required_messages, sheet.words.language))
    for name, problem in wrong.items():
        sheet.problems.setdefault(name, translated.mistake(sheet.words, sheet.form.field(name), problem))
    return sheet.form.relevant_answers(answers, now) if not sheet.problems else {}


def _text(posted: FormData, name: str) -> str:
    value = posted.get(name)
    return value.replace("\r\n", "\n").strip()[:_LONGEST] if isinstance(value, str) else ""
