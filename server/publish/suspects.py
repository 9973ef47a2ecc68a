"""What can be seen to be wrong with an expression before any answer is there: a text where a number or a date is meant.

XPath works everything out somehow (a text that is no number is NaN, and NaN is never less or more than anything), so a
rule with such a mistake would never hold, and nobody would be told.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from app.logic import Expression, Scope
from app.values import moment, number

# Which arguments of what are meant as numbers (counted from 1; none: all of them), and which as dates.
_NUMBERS: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "neg", "pow", "atan2", "round"), ()),
    **dict.fromkeys(
        ("int", "floor", "ceiling", "abs", "sqrt", "exp", "exp10", "log", "log10", "sin", "cos", "tan"), ()
    ),
    **{"substring": (2, 3), "substr": (2, 3), "selected-at": (2,), "checklist": (1, 2), "weighted-checklist": (1, 2)},
}
_DATES: Final = ("date", "date-time", "decimal-date-time", "format-date", "format-date-time")
_CLOCK: Final = Scope(lambda _name: "", datetime(2026, 1, 1, tzinfo=UTC))


def suspects(tree: Expression) -> Iterator[str]:
    """Why parts of a verified expression can never work, in words for its author."""
    if not isinstance(tree, list):
        return
    name, *arguments = tree
    if name == "some":  # a comparison with a set of nodes
        name, arguments = arguments[0], arguments[1:]
    which = _NUMBERS.get(name)
    for at, argument in enumerate(arguments, 1):
        if not isinstance(argument, str):
            yield from suspects(argument)
        elif name in _DATES and at == 1 and argument and moment(argument, _CLOCK) is None:
            yield f"'{argument}' is no date"
        elif which is not None and (not which or at in which) and argument and math.isnan(number(argument, _CLOCK)):
            yield f"'{argument}' is no number"
