"""What an answer may be, for each type of question; and what logic sees of it. See docs/forms.md for the table."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

from app.attachments import FILES, IMAGES, SOUNDS
from app.values import Value, string

TEXT_LENGTH: Final = 10_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Hour 24 is left out: newer Pythons read it as the next day, and the two ends need not have the same one.
_TIME = re.compile(r"([01]\d|2[0-3]):\d\d", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
# What a district's database or a canonical JSON cannot hold: control characters and halves of surrogate pairs.
_UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
AUDIT_ROWS: Final = 1_000
_AUDIT_COLUMNS: Final = frozenset(("event", "node", "start", "end", "old-value", "new-value"))


def empty(value: Any) -> bool:
    """Whether this is no answer at all. What is empty is never kept."""
    return value is None or value == "" or value == []


def fits(kind: str, value: Any) -> bool:
    """Whether the value is one that a question of this type can have. Never raises, whatever the value."""
    check = _CHECKS.get(kind)
    return check is not None and check(value)


def plain(value: Any) -> Value:
    """The answer as expressions see it (`fits` has said yes): a text or a number, as in an ODK XForm."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return ";".join(map(_place, value)) if "lat" in value[0] else ""
        return " ".join(value)
    if isinstance(value, dict):
        return str(value["sha256"]) if "sha256" in value else _place(value)
    return value if isinstance(value, str) else float(value)


def cast(kind: str, value: Value) -> Any:
    """An expression's value as an answer of this type; the caller asks `fits` whether it became one."""
    if kind in ("integer", "decimal", "range"):
        try:
            value = float(value)
        except ValueError:
            return None
        return int(value) if math.isfinite(value) and value == int(value) else value
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    text = string(value)
    if kind in ("date", "today"):
        return text[:10]
    if kind == "time":
        return text[11:16] if "T" in text else text[:5]
    return text.split() if kind in ("select_multiple", "rank") else text


def _place(value: dict[str, Any]) -> str:
    return f"{value['lat']} {value['lon']} 0 {value.get('acc', 0)}"


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_LENGTH and not _UNKEPT.search(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53


def _number(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))


def _shaped(shape: re.Pattern[str], read: Callable[[str], object]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        if not isinstance(value, str) or not shape.fullmatch(value):
            return False
        try:
            read(value)
        except (ValueError, OverflowError):
            return False
        return True

    return check


def _chosen(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 1000 and all(map(_text, value))


def _attached(*mimes: str, named: bool = False) -> Callable[[Any], bool]:
    known = ("name",) if named else ()

    def check(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and {"sha256", "mime", "bytes"} <= set(value) <= {"sha256", "mime", "bytes", *known}
            and _text(value.get("name", ""))
            and len(value.get("name", "")) <= 200
            and isinstance(value["sha256"], str)
            and _SHA256.fullmatch(value["sha256"]) is not None
            and value["mime"] in mimes
            and _whole(value["bytes"])
            and value["bytes"] > 0
        )

    return check


def _line(least: int) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, list) and least <= len(value) <= 1000 and all(map(_point, value))

    return check


def _point(value: Any) -> bool:
    if not isinstance(value, dict) or not {"lat", "lon"} <= set(value) <= {"lat", "lon", "acc"}:
        return False
    if not all(map(_number, value.values())):
        return False
    return bool(abs(value["lat"]) <= 90 and abs(value["lon"]) <= 180 and value.get("acc", 0) >= 0)


def _audit(value: Any) -> bool:
    """A log of what was changed when, in the columns of the ODK XForms specification."""
    return (
        isinstance(value, list)
        and len(value) <= AUDIT_ROWS
        and all(
            isinstance(row, dict)
            and {"event", "start"} <= set(row) <= _AUDIT_COLUMNS
            and all(_text(part) for part in row.values())
            for row in value
        )
    )


_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "text": _text,
    "barcode": _text,
    "integer": _whole,
    "decimal": _number,
    "date": _shaped(_DATE, date.fromisoformat),
    "time": _shaped(_TIME, time.fromisoformat),
    "dateTime": _shaped(_DATE_TIME, datetime.fromisoformat),
    "select_one": _text,
    "select_multiple": _chosen,
    "range": _number,
    "rank": _chosen,
    "image": _attached(*IMAGES),
    "audio": _attached(*SOUNDS, named=True),
    "file": _attached(*FILES, named=True),
    "geopoint": _point,
    "geotrace": _line(2),
    "geoshape": _line(3),
    "acknowledge": lambda value: value in ("OK",),
    "calculate": _text,
    "hidden": _text,
    "deviceid": _text,
    "username": _text,
    "start": _shaped(_DATE_TIME, datetime.fromisoformat),
    "end": _shaped(_DATE_TIME, datetime.fromisoformat),
    "today": _shaped(_DATE, date.fromisoformat),
    "audit": _audit,
}
