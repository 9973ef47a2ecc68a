"""Expressions as an author might write them, more or less, and texts with a few pieces taken out, doubled or put in."""

import random

from app.logic import ARITY
from server.publish import expressions

_QUESTIONS = ("t", "n", "d", "g", "many", "house", "who", "age", "pets", "pet")
_ATOMS = (
    *(f"${{{name}}}" for name in _QUESTIONS),
    *[
        "1",
        "0",
        "-1",
        "007",
        "1.5",
        ".5",
        "''",
        "'a'",
        '"b"',
        "'2026-11-23'",
        "'99-99-99'",
        "'🚨'",
        ".",
        "..",
        "true()",
        "last()",
        "position()",
    ],
    *[
        "today()",
        "now()",
        "random()",
        "uuid()",
        "pi()",
        "position(..)",
        "current()/.",
        "/data/house/age",
        "instance('l')/root/item",
    ],
    *("instance('l')/root/item[name = .]/label", "indexed-repeat(${age}, ${house}, 2)"),
    *("${house}[age > 1]/age", "${house}[position() = 2]/who"),
)
_WRONG = (
    "${nobody}",
    "${last-saved#t}",
    "${ t }",
    "1e9",
    "9" * 30,
    "9" * 400,
    "../t",
    "/data",
    "name",
    "jr:x",
    "//a",
    "*",
)
_OPERATORS = (
    " + ",
    " - ",
    " * ",
    " div ",
    " mod ",
    " = ",
    " != ",
    " < ",
    " >= ",
    " and ",
    " or ",
    "=",
    "|",
    "//",
    ", ",
    "",
)
_FUNCTIONS = (*sorted(expressions.FUNCTIONS), *sorted(expressions.ABSENT), "jr:choice-name", "system", "")
_PATTERNS = (
    "'a+b*'",
    "'(a|b)*c'",
    "'(x+)+y'",
    "'[0-9]{3,}'",
    "'^.*$'",
    "'(a?){30}a{30}'",
    "'\\\\d+'",
    "'('",
    "'(?=a)'",
)
_SCRAPS = (
    "'",
    '"',
    "(",
    ")",
    "[",
    "]",
    "${",
    "}",
    "/",
    "::",
    "@",
    "\x00",
    "\ud800",
    "\u202e",
    "$",
    "\\",
    "\n",
    " ",
    "#",
    ",",
)


def written(chance: random.Random, depth: int) -> str:
    """An expression as an author might write it, more or less."""
    kind = chance.randrange(10)
    if depth <= 0 or kind < 3:
        return chance.choice(_ATOMS if chance.random() < 0.97 else _WRONG)
    if kind < 6:
        return f"{written(chance, depth - 1)}{chance.choice(_OPERATORS)}{written(chance, depth - 1)}"
    if kind == 6:
        return f"({written(chance, depth - 1)})"
    if kind == 7:
        return f"regex({written(chance, depth - 1)}, {chance.choice(_PATTERNS)})"
    name = chance.choice(_FUNCTIONS)
    least, most = ARITY.get(name, (0, 3))
    count = chance.randrange(6) if chance.random() < 0.1 else chance.randint(least, least + 3 if most is None else most)
    return f"{name}({', '.join(written(chance, depth - 1) for _ in range(count))})"


def scribbled(chance: random.Random, text: str, most: int = 2) -> str:
    """The text with a few pieces taken out, doubled, or put in."""
    for _ in range(chance.randrange(most + 1)):
        at, size = chance.randrange(len(text) + 1), chance.randrange(1, 8)
        how = chance.randrange(4)
        if how == 0:
            text = text[:at] + text[at + size :]
        elif how == 1:
            text = text[:at] + text[at : at + size] * chance.choice((2, 3, 40)) + text[at:]
        elif how == 2:
            text = text[:at] + chance.choice(_SCRAPS) + text[at:]
        else:
            text = text[:at] + chr(chance.choice((chance.randrange(32, 127), chance.randrange(0x10FFFF)))) + text[at:]
    return text
