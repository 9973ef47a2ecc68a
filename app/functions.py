"""The functions of forms: XPath 1.0's and those of the ODK XForms specification that work on plain values.

One table, `FUNCTIONS`: its names are what a form may use, and docs/forms.md ticks them. What needs to see other
answers (indexed-repeat, position, instance, once and the like) is in app/logic.py.
"""

import base64
import binascii
import hashlib
import math
import random
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from app import geo
from app.patterns import matches
from app.values import Clock, Value, boolean, moment, number, string

Function = Callable[..., Value]

_MONTHS: Final = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
}
_DAYS: Final = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "es": ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
}
_DIGESTS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


# --- yes and no -----------------------------------------------------------------------------------------------------


def equal(scope: Clock, a: Value, b: Value) -> bool:
    """XPath's `=`."""
    if isinstance(a, bool) or isinstance(b, bool):
        return boolean(a) == boolean(b)
    if isinstance(a, float) or isinstance(b, float):
        return number(a, scope) == number(b, scope)
    return a == b


def _compare(holds: Callable[[float, float], bool]) -> Function:
    return lambda scope, a, b: holds(number(a, scope), number(b, scope))


def _checklist(scope: Clock, least: Value, most: Value, *answers: Value) -> bool:
    return _weighed(scope, least, most, *(part for answer in answers for part in (answer, 1.0)))


def _weighed(scope: Clock, least: Value, most: Value, *pairs: Value) -> bool:
    """Whether the weights of those that are true add up to something between least and most (-1: no limit)."""
    low, high = number(least, scope), number(most, scope)
    total = 0.0
    for answer, weight in zip(pairs[::2], pairs[1::2], strict=False):
        true = answer if isinstance(answer, bool) else number(answer, scope) > 0 or answer == "true"
        total += number(weight, scope) if true else 0
    return (low == -1 or total >= low) and (high == -1 or total <= high)


# --- numbers --------------------------------------------------------------------------------------------------------


def _divide(scope: Clock, a: Value, b: Value) -> float:
    top, bottom = number(a, scope), number(b, scope)
    if bottom:
        return top / bottom
    if not top or math.isnan(top):
        return math.nan
    return math.copysign(math.inf, top) * math.copysign(1, bottom)


def _modulo(scope: Clock, a: Value, b: Value) -> float:
    top, bottom = number(a, scope), number(b, scope)
    return math.fmod(top, bottom) if bottom and math.isfinite(top) else math.nan


def _reckoned(how: Callable[..., float], beyond: float = math.nan) -> Function:
    """A function of Python's math module; `beyond` is its value where it has none (as in XPath, never an error)."""

    def apply(scope: Clock, *values: Value) -> Value:
        try:
            return float(how(*(number(value, scope) for value in values)))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError, TypeError):  # TypeError: a power that is a complex number
            return beyond

    return apply


def _logarithm(how: Callable[[float], float]) -> Function:
    def apply(scope: Clock, value: Value) -> float:
        given = number(value, scope)
        if given <= 0:
            return -math.inf if given == 0 else math.nan
        return how(given)

    return apply


def _power(scope: Clock, a: Value, b: Value) -> float:
    try:
        result = number(a, scope) ** number(b, scope)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else math.nan


def _round(scope: Clock, a: Value, digits: Value = 0.0) -> float:
    value, places = number(a, scope), number(digits, scope)
    if not math.isfinite(value) or not math.isfinite(places) or abs(places) > 15:
        return value
    scale = 10.0 ** int(places)
    shifted = value * scale + 0.5
    return math.floor(shifted) / scale if math.isfinite(shifted) else value


def _whole(how: Callable[[float], int]) -> Function:
    def apply(scope: Clock, a: Value) -> Value:
        value = number(a, scope)
        return float(how(value)) if math.isfinite(value) else value

    return apply


def _least(pick: Callable[[list[float]], float]) -> Function:
    def apply(scope: Clock, *values: Value) -> float:
        numbers = [number(value, scope) for value in values if value != ""]
        return pick(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan

    return apply


# --- texts ----------------------------------------------------------------------------------------------------------


def _substring(scope: Clock, text: Value, start: Value, length: Value = math.inf) -> str:
    """XPath counts from one and rounds both ends, so NaN gives nothing."""
    first = _round(scope, start)
    last = first + _round(scope, length)
    return "".join(character for at, character in enumerate(string(text), 1) if first <= at < last)


def _substr(scope: Clock, text: Value, start: Value, end: Value = math.inf) -> str:
    """Counts from zero, and from the end where a number is negative."""
    whole = string(text)

    def place(value: Value) -> int:
        at = number(value, scope)
        if math.isnan(at):
            return 0
        return int(min(max(at if at >= 0 else at + len(whole), 0), len(whole)))

    return whole[place(start) : place(end)]


def _before(_scope: Clock, text: Value, mark: Value) -> str:
    return string(text)[: max(string(text).find(string(mark)), 0)]


def _translate(_scope: Clock, text: Value, old: Value, new: Value) -> str:
    table: dict[int, str | None] = {}
    for at, character in enumerate(string(old)):
        table.setdefault(ord(character), string(new)[at : at + 1] or None)
    return string(text).translate(table)


def _selected_at(scope: Clock, text: Value, at: Value) -> str:
    chosen, index = string(text).split(), number(at, scope)
    return chosen[int(index)] if 0 <= index < len(chosen) else ""


def _uuid(scope: Clock, length: Value = "") -> str:
    characters = number(length, scope)
    if math.isnan(characters):
        return str(uuid.uuid4())
    return "".join(uuid.uuid4().hex for _ in range(4))[: int(min(max(characters, 0), 128))]


def _digest(_scope: Clock, text: Value, algorithm: Value, encoding: Value = "base64") -> str:
    name = _DIGESTS.get(string(algorithm))
    if name is None:
        return ""
    made = hashlib.new(name, string(text).encode(errors="replace"), usedforsecurity=False)
    return made.hexdigest() if string(encoding) == "hex" else base64.b64encode(made.digest()).decode()


def _from_base64(_scope: Clock, text: Value) -> str:
    try:
        return base64.b64decode(string(text), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


# --- time -----------------------------------------------------------------------------------------------------------


def _date(scope: Clock, value: Value) -> str:
    found = moment(value, scope)
    return found.date().isoformat() if found else ""


def _date_time(scope: Clock, value: Value) -> str:
    found = moment(value, scope)
    return found.isoformat(timespec="seconds") if found else ""


def _decimal_time(scope: Clock, value: Value) -> float:
    """The part of the day that has gone by at this time."""
    text = string(value)
    found = moment(text if "T" in text else f"2000-01-01T{text}", scope)
    return ((found.hour * 60 + found.minute) * 60 + found.second) / 86_400 if found else math.nan


def _format_date(scope: Clock, value: Value, pattern: Value) -> str:
    found = moment(value, scope)
    if found is None:
        return ""
    language = getattr(scope, "language", "en")
    parts = string(pattern).split("%%")
    return "%".join(_written(part, found, language if language in _MONTHS else "en") for part in parts)


def _written(pattern: str, at: datetime, language: str) -> str:
    """The signs of the specification, and no others: what is not a sign stays as it is."""
    signs = {
        **{"%Y": f"{at.year:04}", "%y": f"{at.year % 100:02}", "%m": f"{at.month:02}", "%n": str(at.month)},
        **{"%b": _MONTHS[language][at.month - 1], "%a": _DAYS[language][at.weekday()]},
        **{"%d": f"{at.day:02}", "%e": str(at.day), "%H": f"{at.hour:02}", "%h": str(at.hour)},
        **{"%M": f"{at.minute:02}", "%S": f"{at.second:02}", "%3": f"{at.microsecond // 1000:03}"},
    }
    for sign, text in signs.items():
        pattern = pattern.replace(sign, text)
    return pattern


# --- places ---------------------------------------------------------------------------------------------------------


def _measured(measure: Callable[[list[geo.Point]], float]) -> Function:
    def apply(_scope: Clock, *values: Value) -> float:
        points = list(geo.points(map(string, values)))
        return math.nan if None in points else measure([point for point in points if point])

    return apply


def _geofence(_scope: Clock, point: Value, fence: Value) -> bool:
    inner, corners = list(geo.points([string(point)])), list(geo.points([string(fence)]))
    if len(inner) != 1 or inner[0] is None:
        return False
    return geo.within(inner[0], [corner for corner in corners if corner])


_ANY: Final = None  # as many arguments as one likes

# What a form may call: at least and at most so many arguments, and what it does with their values.
FUNCTIONS: Final[dict[str, tuple[int, int | None, Function]]] = {
    # decisions
    "not": (1, 1, lambda _scope, a: not boolean(a)),
    "true": (0, 0, lambda _scope: True),
    "false": (0, 0, lambda _scope: False),
    "boolean": (1, 1, lambda _scope, a: boolean(a)),
    "boolean-from-string": (1, 1, lambda _scope, a: string(a) in ("1", "true")),
    "checklist": (2, _ANY, _checklist),
    "weighted-checklist": (2, _ANY, _weighed),
    # numbers
    "number": (1, 1, lambda scope, a: number(a, scope)),
    "int": (1, 1, _whole(math.trunc)),
    "floor": (1, 1, _whole(math.floor)),
    "ceiling": (1, 1, _whole(math.ceil)),
    "round": (1, 2, _round),
    "abs": (1, 1, lambda scope, a: abs(number(a, scope))),
    "pow": (2, 2, _power),
    "sqrt": (1, 1, _reckoned(math.sqrt)),
    "exp": (1, 1, _reckoned(math.exp)),
    "exp10": (1, 1, lambda scope, a: _power(scope, 10.0, a)),
    "log": (1, 1, _logarithm(math.log)),
    "log10": (1, 1, _logarithm(math.log10)),
    "sin": (1, 1, _reckoned(math.sin)),
    "cos": (1, 1, _reckoned(math.cos)),
    "tan": (1, 1, _reckoned(math.tan)),
    "asin": (1, 1, _reckoned(math.asin)),
    "acos": (1, 1, _reckoned(math.acos)),
    "atan": (1, 1, _reckoned(math.atan)),
    "atan2": (2, 2, _reckoned(math.atan2)),
    "pi": (0, 0, lambda _scope: math.pi),
    "random": (0, 0, lambda _scope: random.random()),  # noqa: S311 - a form's dice, no secret
    "min": (1, _ANY, _least(min)),
    "max": (1, _ANY, _least(max)),
    "sum": (1, _ANY, lambda scope, *values: float(sum(number(value, scope) for value in values))),
    "count": (1, _ANY, lambda _scope, *values: float(len(values))),
    "count-non-empty": (1, _ANY, lambda _scope, *values: float(sum(value != "" for value in values))),
    # texts
    "string": (1, 1, lambda _scope, a: string(a)),
    "string-length": (1, 1, lambda _scope, a: float(len(string(a)))),
    "concat": (1, _ANY, lambda _scope, *parts: "".join(map(string, parts))),
    "join": (2, _ANY, lambda _scope, by, *parts: string(by).join(map(string, parts))),
    "contains": (2, 2, lambda _scope, a, b: string(b) in string(a)),
    "starts-with": (2, 2, lambda _scope, a, b: string(a).startswith(string(b))),
    "ends-with": (2, 2, lambda _scope, a, b: string(a).endswith(string(b))),
    "substring": (2, 3, _substring),
    "substr": (2, 3, _substr),
    "substring-before": (2, 2, _before),
    "substring-after": (2, 2, lambda _scope, a, b: string(a).partition(string(b))[2] if string(b) else string(a)),
    "normalize-space": (1, 1, lambda _scope, a: " ".join(string(a).split())),
    "translate": (3, 3, _translate),
    "regex": (2, 2, lambda _scope, a, pattern: matches(string(pattern), string(a))),
    "uuid": (0, 1, _uuid),
    "digest": (2, 3, _digest),
    "base64-decode": (1, 1, _from_base64),
    # choices
    "selected": (2, 2, lambda _scope, a, b: string(b).strip() in (string(a).split() or [""])),
    "selected-at": (2, 2, _selected_at),
    "count-selected": (1, 1, lambda _scope, a: float(len(string(a).split()))),
    # time
    "today": (0, 0, lambda scope: scope.now.date().isoformat()),
    "now": (0, 0, lambda scope: scope.now.isoformat(timespec="seconds")),
    "date": (1, 1, _date),
    "date-time": (1, 1, _date_time),
    "decimal-date-time": (1, 1, lambda scope, a: number(a, scope)),
    "decimal-time": (1, 1, _decimal_time),
    "format-date": (2, 2, _format_date),
    "format-date-time": (2, 2, _format_date),
    # places
    "distance": (1, _ANY, _measured(geo.distance)),
    "area": (1, _ANY, _measured(geo.area)),
    "enclosed-area": (1, _ANY, _measured(geo.area)),
    "geofence": (2, 2, _geofence),
}

# Of these, an argument that is a set of nodes (the answers of a repeat) counts as so many arguments; from which on.
SPREAD: Final = {
    **dict.fromkeys(
        ("concat", "min", "max", "sum", "count", "count-non-empty", "distance", "area", "enclosed-area"), 0
    ),
    **{"join": 1, "checklist": 2, "weighted-checklist": 2},
}

OPERATORS: Final[dict[str, Function]] = {
    "=": equal,
    "!=": lambda scope, a, b: not equal(scope, a, b),
    "<": _compare(lambda a, b: a < b),
    "<=": _compare(lambda a, b: a <= b),
    ">": _compare(lambda a, b: a > b),
    ">=": _compare(lambda a, b: a >= b),
    "+": lambda scope, a, b: number(a, scope) + number(b, scope),
    "-": lambda scope, a, b: number(a, scope) - number(b, scope),
    "*": lambda scope, a, b: number(a, scope) * number(b, scope),
    "div": _divide,
    "mod": _modulo,
}
