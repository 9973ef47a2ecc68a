"""Works out the expressions of a form: when a question is asked, whether an answer holds, what it starts with.

An expression arrives as a small tree (server/publish/expressions.py made it from what the form's author wrote): a
literal, or a list whose first part is the operator, `["ref", "name"]` for another answer and `["self"]` for the
answer in hand. What each operator means is XPath 1.0 with the ODK XForms functions; docs/forms.md lists them.

A form comes from elsewhere, so nothing here trusts it: `verify` refuses what this module could not work out, and
`Scope.steps` ends what would take too long.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from app.patterns import matches, slow_pattern

Expression = Any  # JSON: str, int, float, bool or a list [operator, argument, ...]
Value = str | float | bool

STEPS: Final = 20_000  # for one expression
ALL_STEPS: Final = 500_000  # for all expressions that are worked out in one go
DEPTH: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\s*(-?(\d+(\.\d*)?|\.\d+))\s*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.{0,22})?", re.ASCII)


class LogicError(ValueError):
    """An expression that cannot be worked out; the message says why, in words for the form's author."""


class TooLong(LogicError):
    """Working the expression out took more steps than a form may take."""


def _no_label(_field: str, choice: str) -> str:
    return choice


@dataclass(slots=True)
class Scope:
    """What an expression can see: other answers by name, the answer in hand, the time, and the labels of choices."""

    value: Callable[[str], Value]
    now: datetime
    this: Value = ""
    label: Callable[[str, str], str] = _no_label
    steps: int = field(default=STEPS)
    left: int = field(default=ALL_STEPS)

    def spend(self, steps: int = 1) -> None:
        """Counts work done. Raises TooLong when the budget is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise TooLong("this takes too long to work out")

    def renew(self) -> None:
        """A new budget for the next expression, as far as there is one left for all."""
        self.left -= STEPS - self.steps
        self.steps = min(STEPS, self.left)


def evaluate(tree: Expression, scope: Scope) -> Value:
    """The value of a verified expression. Raises TooLong, and nothing else."""
    scope.spend()
    if isinstance(tree, bool):
        return tree
    if isinstance(tree, int | float):
        return float(tree)
    if isinstance(tree, str):
        return tree
    name, *arguments = tree
    if name in _LAZY:
        return _LAZY[name](arguments, scope)
    result = _EAGER[name](scope, *[evaluate(argument, scope) for argument in arguments])
    if isinstance(result, str):
        scope.spend(len(result) // 64)
    return result


def truth(tree: Expression, scope: Scope) -> bool:
    """The expression's value as yes or no."""
    return boolean(evaluate(tree, scope))


def verify(tree: Expression, names: frozenset[str] | set[str], depth: int = DEPTH) -> None:
    """Raises LogicError for a tree that `evaluate` could not work out, or that names an answer not among `names`."""
    if depth < 0:
        raise LogicError("the expression is nested too deeply")
    if isinstance(tree, bool | str):
        return
    if isinstance(tree, int | float):
        if abs(tree) >= 1 << 53 or not math.isfinite(tree):
            raise LogicError("a number is too large")
        return
    if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
        raise LogicError("this is no expression")
    name, *arguments = tree
    if name not in ARITY:
        raise LogicError(f"{name}() is not a function that Beatbook knows")
    least, most = ARITY[name]
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise LogicError(f"{name}() has {len(arguments)} arguments and needs {_range(least, most)}")
    if name in ("ref", "choice-name") and not (isinstance(arguments[-1], str) and arguments[-1] in names):
        raise LogicError(f"there is no question named {arguments[-1]}")
    if name == "regex":
        reason = slow_pattern(arguments[1]) if isinstance(arguments[1], str) else "a pattern must be a plain text"
        if reason:
            raise LogicError(reason)
    for argument in arguments:
        verify(argument, names, depth - 1)


def references(tree: Expression) -> Iterator[str]:
    """The names of the answers that a verified expression looks at."""
    if isinstance(tree, list):
        if tree[0] == "ref":
            yield tree[1]
        else:
            for argument in tree[1:]:
                yield from references(argument)


def string(value: Value) -> str:
    """XPath's string(): whole numbers without a point, never an exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def number(value: Value, scope: Scope) -> float:
    """XPath's number(), and ODK's for dates: days since 1970, as the clock on the wall shows them."""
    if not isinstance(value, str):
        return float(value)
    match = _NUMBER.fullmatch(value) if len(value) < 400 else None
    if match:
        return float(match[1])
    return _days(value, scope) if _DAY.fullmatch(value) else math.nan


def boolean(value: Value) -> bool:
    """XPath's boolean(): an empty text, zero and NaN are false."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"


# --- what each operator means ---------------------------------------------------------------------------------------


def _and(arguments: list[Expression], scope: Scope) -> Value:
    return all(truth(argument, scope) for argument in arguments)


def _or(arguments: list[Expression], scope: Scope) -> Value:
    return any(truth(argument, scope) for argument in arguments)


def _if(arguments: list[Expression], scope: Scope) -> Value:
    condition, then, otherwise = arguments
    return evaluate(then if truth(condition, scope) else otherwise, scope)


def _coalesce(arguments: list[Expression], scope: Scope) -> Value:
    values = (evaluate(argument, scope) for argument in arguments)
    return next((value for value in values if value != ""), "")


def _choice_name(arguments: list[Expression], scope: Scope) -> Value:
    chosen = string(evaluate(arguments[0], scope)).split()
    return ", ".join(scope.label(arguments[1], choice) for choice in chosen)


def _equal(scope: Scope, a: Value, b: Value) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return boolean(a) == boolean(b)
    if isinstance(a, float) or isinstance(b, float):
        return number(a, scope) == number(b, scope)
    return a == b


def _divide(scope: Scope, a: Value, b: Value) -> float:
    top, bottom = number(a, scope), number(b, scope)
    if bottom:
        return top / bottom
    if not top or math.isnan(top):
        return math.nan
    return math.copysign(math.inf, top) * math.copysign(1, bottom)


def _modulo(scope: Scope, a: Value, b: Value) -> float:
    top, bottom = number(a, scope), number(b, scope)
    return math.fmod(top, bottom) if bottom and math.isfinite(top) else math.nan


def _power(scope: Scope, a: Value, b: Value) -> float:
    try:
        result = number(a, scope) ** number(b, scope)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else math.nan


def _round(scope: Scope, a: Value, digits: Value = 0.0) -> float:
    value, places = number(a, scope), number(digits, scope)
    if not math.isfinite(value) or not math.isfinite(places) or abs(places) > 15:
        return value
    scale = 10.0 ** int(places)
    shifted = value * scale + 0.5
    return math.floor(shifted) / scale if math.isfinite(shifted) else value


def _whole(how: Callable[[float], int]) -> Callable[..., Value]:
    def apply(scope: Scope, a: Value) -> Value:
        value = number(a, scope)
        return float(how(value)) if math.isfinite(value) else value

    return apply


def _substring(scope: Scope, text: Value, start: Value, length: Value = math.inf) -> str:
    """XPath counts from one and rounds both ends, so NaN gives nothing."""
    first = _round(scope, start)
    last = first + _round(scope, length)
    return "".join(character for at, character in enumerate(string(text), 1) if first <= at < last)


def _before(_scope: Scope, text: Value, mark: Value) -> str:
    return string(text)[: max(string(text).find(string(mark)), 0)]


def _translate(_scope: Scope, text: Value, old: Value, new: Value) -> str:
    table: dict[int, str | None] = {}
    for at, character in enumerate(string(old)):
        table.setdefault(ord(character), string(new)[at : at + 1] or None)
    return string(text).translate(table)


def _selected_at(scope: Scope, text: Value, at: Value) -> str:
    chosen, index = string(text).split(), number(at, scope)
    return chosen[int(index)] if 0 <= index < len(chosen) else ""


def _least(pick: Callable[[list[float]], float]) -> Callable[..., float]:
    def apply(scope: Scope, *values: Value) -> float:
        numbers = [number(value, scope) for value in values if value != ""]
        return pick(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan

    return apply


def _moment(text: str, scope: Scope) -> datetime | None:
    """The date or date and time in a text; without an offset it is meant in the zone of the scope's clock."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=scope.now.tzinfo)
        return moment.astimezone(scope.now.tzinfo)
    except (ValueError, OverflowError):
        return None


def _days(text: str, scope: Scope) -> float:
    moment = _moment(text, scope)
    return math.nan if moment is None else (moment.replace(tzinfo=UTC) - _EPOCH) / timedelta(days=1)


def _from_days(value: Value, scope: Scope) -> datetime | None:
    if isinstance(value, str):
        return _moment(value, scope) if _DAY.fullmatch(value) else None
    days = number(value, scope)
    if not math.isfinite(days) or abs(days) > 1_000_000:
        return None
    try:
        return (_EPOCH + timedelta(days=days)).replace(tzinfo=scope.now.tzinfo)
    except OverflowError:
        return None


def _date(scope: Scope, value: Value) -> str:
    moment = _from_days(value, scope)
    return moment.date().isoformat() if moment else ""


def _date_time(scope: Scope, value: Value) -> str:
    moment = _from_days(value, scope)
    return moment.isoformat(timespec="seconds") if moment else ""


def _compare(holds: Callable[[float, float], bool]) -> Callable[..., bool]:
    return lambda scope, a, b: holds(number(a, scope), number(b, scope))


_LAZY: Final[dict[str, Callable[[list[Expression], Scope], Value]]] = {
    "ref": lambda arguments, scope: scope.value(arguments[0]),
    "self": lambda _arguments, scope: scope.this,
    "and": _and,
    "or": _or,
    "if": _if,
    "coalesce": _coalesce,
    "choice-name": _choice_name,
}

_EAGER: Final[dict[str, Callable[..., Value]]] = {
    "=": _equal,
    "!=": lambda scope, a, b: not _equal(scope, a, b),
    "<": _compare(lambda a, b: a < b),
    "<=": _compare(lambda a, b: a <= b),
    ">": _compare(lambda a, b: a > b),
    ">=": _compare(lambda a, b: a >= b),
    "+": lambda scope, a, b: number(a, scope) + number(b, scope),
    "-": lambda scope, a, b: number(a, scope) - number(b, scope),
    "*": lambda scope, a, b: number(a, scope) * number(b, scope),
    "div": _divide,
    "mod": _modulo,
    "neg": lambda scope, a: -number(a, scope),
    "not": lambda _scope, a: not boolean(a),
    "true": lambda _scope: True,
    "false": lambda _scope: False,
    "boolean": lambda _scope, a: boolean(a),
    "boolean-from-string": lambda _scope, a: string(a) in ("1", "true"),
    "number": lambda scope, a: number(a, scope),
    "int": _whole(math.trunc),
    "floor": _whole(math.floor),
    "ceiling": _whole(math.ceil),
    "round": _round,
    "abs": lambda scope, a: abs(number(a, scope)),
    "pow": _power,
    "min": _least(min),
    "max": _least(max),
    "string": lambda _scope, a: string(a),
    "string-length": lambda _scope, a: float(len(string(a))),
    "concat": lambda _scope, *parts: "".join(map(string, parts)),
    "join": lambda _scope, by, *parts: string(by).join(map(string, parts)),
    "contains": lambda _scope, a, b: string(b) in string(a),
    "starts-with": lambda _scope, a, b: string(a).startswith(string(b)),
    "ends-with": lambda _scope, a, b: string(a).endswith(string(b)),
    "substring": _substring,
    "substring-before": _before,
    "substring-after": lambda _scope, a, b: string(a).partition(string(b))[2] if string(b) else string(a),
    "normalize-space": lambda _scope, a: " ".join(string(a).split()),
    "translate": _translate,
    "regex": lambda _scope, a, pattern: matches(string(pattern), string(a)),
    "selected": lambda _scope, a, b: string(b).strip() in string(a).split(),
    "selected-at": _selected_at,
    "count-selected": lambda _scope, a: float(len(string(a).split())),
    "today": lambda scope: scope.now.date().isoformat(),
    "now": lambda scope: scope.now.isoformat(timespec="seconds"),
    "date": _date,
    "date-time": _date_time,
    "decimal-date-time": lambda scope, a: number(a, scope),
}

# How many arguments each operator takes, at least and at most (None: any number). What is not here is not known.
ARITY: Final[dict[str, tuple[int, int | None]]] = {
    **dict.fromkeys(("self", "true", "false", "today", "now"), (0, 0)),
    **dict.fromkeys(("ref", "neg", "not", "boolean", "boolean-from-string", "number", "int", "floor"), (1, 1)),
    **dict.fromkeys(("ceiling", "abs", "string", "string-length", "normalize-space", "count-selected"), (1, 1)),
    **dict.fromkeys(("date", "date-time", "decimal-date-time"), (1, 1)),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "pow"), (2, 2)),
    **dict.fromkeys(("contains", "starts-with", "ends-with", "substring-before", "substring-after"), (2, 2)),
    **dict.fromkeys(("regex", "selected", "selected-at", "choice-name"), (2, 2)),
    **dict.fromkeys(("and", "or", "join"), (2, None)),
    **dict.fromkeys(("concat", "min", "max", "coalesce"), (1, None)),
    "if": (3, 3),
    "round": (1, 2),
    "substring": (2, 3),
    "translate": (3, 3),
}
