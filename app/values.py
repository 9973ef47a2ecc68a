"""What the values of expressions are (texts, numbers, yes and no) and how one becomes another, as XPath 1.0 has it."""

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

Value = str | float | bool

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\s*(-?(\d+(\.\d*)?|\.\d+))\s*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.{0,22})?", re.ASCII)


class Clock(Protocol):
    """Where the time comes from: dates without an offset are meant in the zone of `now`."""

    @property
    def now(self) -> datetime:
        """The time that an expression means by now(), with its zone."""


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


def number(value: Value, clock: Clock) -> float:
    """XPath's number(), and ODK's for dates: days since 1970, as the clock on the wall shows them."""
    if not isinstance(value, str):
        return float(value)
    match = _NUMBER.fullmatch(value) if len(value) < 400 else None
    if match:
        return float(match[1])
    return _days(value, clock) if _DAY.fullmatch(value) else math.nan


def boolean(value: Value) -> bool:
    """XPath's boolean(): an empty text, zero and NaN are false."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def moment(value: Value, clock: Clock) -> datetime | None:
    """The date or date and time that a text or a number of days means; None where it means none."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _read(value, clock)
    days = number(value, clock)
    if not math.isfinite(days) or abs(days) > 1_000_000:
        return None
    try:
        return (_EPOCH + timedelta(days=days)).replace(tzinfo=clock.now.tzinfo)
    except OverflowError:
        return None


def _read(text: str, clock: Clock) -> datetime | None:
    """The date or date and time in a text; without an offset it is meant in the zone of the clock."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return found.replace(tzinfo=clock.now.tzinfo)
        return found.astimezone(clock.now.tzinfo)
    except (ValueError, OverflowError):
        return None


def _days(text: str, clock: Clock) -> float:
    found = _read(text, clock)
    return math.nan if found is None else (found.replace(tzinfo=UTC) - _EPOCH) / timedelta(days=1)
