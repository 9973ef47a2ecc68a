"""Looking for words in records: what a record can be found by, and whether it is.

Letters are compared without case and accents, so that "maria" finds "María"; a telephone number is found however its
digits are grouped. What a record is found by is kept with its row (app/register.py), sealed like everything else.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.form_json import CHOOSING
from app.forms import Field, Form
from app.revisions import Answers

_READ: Final = ("text", "barcode", "integer", "decimal", "range", "calculate")  # shown as they were given
_LONGEST: Final = 6_000  # letters of one record; what is further back is not found
_WORD: Final = re.compile(r"\S+")
_NUMBER: Final = re.compile(r"\+?\d[\d().\- /]{4,}\d")
_GROUPING: Final = re.compile(r"[^\d]")
_EDGES: Final = ".,;:!?\"'()[]\u00bf\u00a1\u201c\u201d\u00b7"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to show: records with all these words, of a form, a school, a state, changed on these days."""

    words: str = ""
    form: str | None = None
    school: str | None = None
    state: str | None = None
    since: str | None = None  # the first day, ISO 8601
    until: str | None = None  # the last day


def plain(text: str) -> str:
    """A text as it is compared: without case, accents and the like."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def terms(words: str) -> list[str]:
    """The words that must all be found; a telephone number counts as one."""
    words = plain(words)
    numbers = [_GROUPING.sub("", number) for number in _NUMBER.findall(words)]
    rest = _NUMBER.sub(" ", words)
    return [term for term in (*numbers, *(word.strip(_EDGES) for word in _WORD.findall(rest))) if term]


def searchable(form: Form | None, answers: Iterable[Answers]) -> str:
    """What a record with these answers (several, where officers disagree) can be found by, as `plain` has it."""
    texts = dict.fromkeys(text for one in answers for text in (_texts(form.fields, one) if form else _bare(one)))
    folded = plain("\n".join(texts))  # no number goes over the end of a line
    words = dict.fromkeys(_GROUPING.sub("", number) for number in _NUMBER.findall(folded))
    words.update(dict.fromkeys(word.strip(_EDGES) for word in _WORD.findall(folded)))
    words.pop("", None)
    return " ".join(words)[:_LONGEST]


def _texts(fields: tuple[Field, ...], answers: Any) -> Iterator[str]:
    """Every answer that has words, in all the languages of the form."""
    if not isinstance(answers, dict):
        return
    for field in fields:
        value = answers.get(field.name)
        if field.type == "group":
            yield from _texts(field.fields, answers)
        elif field.type == "repeat":
            for row in value if isinstance(value, list) else ():
                yield from _texts(field.fields, row)
        elif field.type in CHOOSING:
            chosen = value if isinstance(value, list) else [value]
            for name in filter(None, chosen):
                labels = [text for choice in field.choices if choice.name == name for text in choice.labels.values()]
                yield from labels or [str(name)]
        elif field.type in _READ and value is not None:
            yield str(value)


def _bare(answers: Answers) -> Iterator[str]:
    """The texts among answers to a form that this phone does not have."""
    return (value for value in answers.values() if isinstance(value, str))
