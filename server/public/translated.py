"""What the family's form says, in a language that the form itself lacks: by the words of that language's file.

A form's own text comes first; what neither has is said as the form's first language says it. The keys, which no file
needs to have: `question.<name>`, `question.<name>.hint`, `question.<name>.<choice>`, what is wrong with one answer as
`question.<name>.mistake.<code>`, and with any as `mistake.<code>`.
"""

from collections.abc import Mapping
from typing import Final

from app.forms import Choice, Field, Problem
from server.words import Words

OPTIONAL: Final = ("question.", "mistake.")  # how keys begin that a language may have and another not
_OWN: Final = ("en", "es")  # the languages in which a form finds sentences about mistakes by itself


def label(words: Words, field: Field) -> str:
    """The question."""
    return _said(words, field.labels, f"question.{field.name}") or field.label(words.language)


def hint(words: Words, field: Field) -> str:
    """The small print under a question; often empty."""
    return _said(words, field.hints, f"question.{field.name}.hint") or field.hint(words.language)


def choice(words: Words, field: Field, one: Choice) -> str:
    """One of the answers that are offered."""
    return _said(words, one.labels, f"question.{field.name}.{one.name}") or one.label(words.language)


def mistake(words: Words, field: Field | None, problem: Problem) -> str:
    """What is wrong with an answer. A sentence for any answer, in the reader's language, is better than English."""
    code = "text" if problem.code == "type" else problem.code
    own: Mapping[str, str] = {}
    if field:
        own = {"required": field.required_messages, "constraint": field.constraint_messages}.get(code, own)
    if words.language in (own or _OWN):
        return problem.message
    keys = (f"question.{problem.field}.mistake.{code}", f"mistake.{code}")
    return next((words(key) for key in keys if key in words), problem.message)


def _said(words: Words, own: Mapping[str, str], key: str) -> str:
    """The translation, where the form says this in other languages and not in this one; else nothing."""
    return words(key) if own and not own.get(words.language) and key in words else ""
