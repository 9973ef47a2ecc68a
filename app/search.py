"""Looking for words in records: what a record can be found by, and whether it is.

Letters are compared without case and accents, so that "maria" finds "María"; a telephone number is found however its
digits are grouped. What a record is found by is kept with its row (app/register.py), sealed like everything else.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.forms import Form
from app.revisions import Answers

_READ: Final = ("text", "barcode", "integer", "decimal", "range", "calculate")  # shown as they were given
_LONGEST: Final = 6_000  # letters of one record; what is further back is not found
_DIGITS: Final = re.compile(r"\d[\d().\- /]{4,}\d")
_NUMBER: Final = re.compile(rf"\+?{_DIGITS.pattern}")
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
    return [term for term in (*numbers, *(word.strip(_EDGES) for word in rest.split())) if term]


def searchable(form: Form | None, answers: Iterable[Answers]) -> str:
    """What a record with these answers (several, where officers disagree) can be found by, as `plain` has it."""
    texts = dict.fromkeys(text for one in answers for text in (_texts(form, "", one) if form else _bare(one)))
    folded = plain("\n".join(texts))  # no number goes over the end of a line
    words = dict.fromkeys(_GROUPING.sub("", number) for number in _DIGITS.findall(folded))
    words.update(dict.fromkeys(word.strip(_EDGES) for word in dict.fromkeys(folded.split())))
    words.pop("", None)
    return " ".join(words)[:_LONGEST]


def _texts(form: Form, repeat: str, answers: Any) -> Iterator[str]:
    """Every answer that has words, in all the languages of the form: of one repetition, or outside of them."""
    if not isinstance(answers, dict):
        return
    labels = form.plan.labels
    for name, field in form.plan.beside[repeat].items():
        value = answers.get(name)
        if value is None:
            continue
        if name in labels:
            for chosen in filter(None, value if isinstance(value, list) else (value,)):
                yield from labels[name].get(str(chosen)) or (str(chosen),)
        elif field.type in _READ:
            yield str(value)
        elif field.type == "repeat":
            for row in value if isinstance(value, list) else ():
                yield from _texts(form, name, row)


def _bare(answers: Answers) -> Iterator[str]:
    """The texts among answers to a form that this phone does not have."""
    return (value for value in answers.values() if isinstance(value, str))
