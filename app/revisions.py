"""The only thing that is ever written: an immutable revision of a record, named by the hash of its content."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

from app.ids import canonical, sha256

Answers = dict[str, Any]
MOST_ANSWERS: Final = 2_000  # as many as a form may ask, outside of its repeats
# What a revision does to its record as a whole: officers may delete and bring back, the rest is the district's.
OFFICERS_ACTS: Final = ("delete", "restore")
DISTRICTS_ACTS: Final = ("seal", "unseal", "expunge")
RECORD_CLASSES: Final = ("police_unit", "education", "public", "administrative")

_HASH = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RevisionError(ValueError):
    """A revision that is not one; `field` names the part that is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Revision:
    """One change of one record by one officer on one device, or by the district.

    `parents` are the hashes of the revisions its writer had seen of this record (none for the first);
    `seq` and `prev` chain all revisions of a device, so that a removed or back-dated one shows;
    `at` is wall-clock time with offset (ISO 8601), `mono` the device's monotonic clock in milliseconds and
    `offset` the last known difference "district minus phone" in milliseconds;
    `act` is what is done to the record as a whole (`delete`, `restore`, `seal`, `unseal`, `expunge`), with the reason
    and without answers; a change of answers has none.
    """

    record: str
    form: str
    form_version: str
    record_class: str
    school: str
    author: str
    device: str
    seq: int
    at: str
    mono: int
    set: Answers
    parents: tuple[str, ...] = ()
    prev: str | None = None
    offset: int | None = None
    place: str | None = None
    tag: str | None = None
    unset: tuple[str, ...] = ()
    reason: str | None = None
    v: int = 1
    act: str | None = None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: the revision's name everywhere."""
        return sha256(self.canonical)

    @cached_property
    def canonical(self) -> bytes:
        """The canonical JSON."""
        return canonical(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The wire form; `from_json` gives an equal revision back."""
        body = {name: getattr(self, name) for name in _FIELDS}
        body["parents"] = list(self.parents)
        body["unset"] = list(self.unset)
        if self.act is None:
            del body["act"]  # not there before there were acts: the hashes of older revisions hold
        return body

    @classmethod
    def from_json(cls, body: Any) -> Self:
        """Reads the wire form. Raises RevisionError naming the part that is missing, unknown or of a wrong kind."""
        if not isinstance(body, dict):
            raise RevisionError("revision", "is not a JSON object")
        if body.get("v") != 1:
            raise RevisionError("v", f"format {body.get('v')!r} is not known, only 1")
        for name in sorted((body.keys() ^ _NEEDED) - {"act"}):
            raise RevisionError(str(name), "is missing" if name in _FIELDS else "is not a part of a revision")
        for name, good in _CHECKS.items():
            if name in body and not good(body[name]):
                raise RevisionError(name, "has a wrong value")
        if "act" in body and (body["set"] or body["unset"] or not body["reason"]):
            raise RevisionError("act", "comes with a reason and without answers")
        revision = cls._of(body)
        try:
            # Written once, for everybody who needs it.
            revision.__dict__["canonical"] = written = canonical(body)
            revision.__dict__["hash"] = sha256(written)
        except ValueError:
            raise RevisionError(*_unwritable(body)) from None
        return revision

    @classmethod
    def known(cls, name: str, body: dict[str, Any]) -> Self:
        """What `from_json` gave once and was kept since, by its hash: it is not looked at again."""
        revision = cls._of(body)
        revision.__dict__["hash"] = name
        return revision

    @classmethod
    def _of(cls, body: dict[str, Any]) -> Self:
        # All parts are there. A frozen dataclass's own way, one after another, would take as long as to check them.
        revision = object.__new__(cls)
        parts = {"parents": tuple(body["parents"]), "unset": tuple(body["unset"]), "act": body.get("act")}
        revision.__dict__.update(body, **parts)
        return revision


def _unwritable(body: dict[str, Any]) -> tuple[str, str]:
    """The part that JSON cannot hold, and why."""
    for name, part in body.items():
        try:
            canonical(part)
        except ValueError:  # whose text quotes what was written
            return name, "has a number or a character that JSON cannot hold"
    return "revision", "cannot be written as JSON"


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53


def _uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _time(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 40:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_ANSWERS and all(map(_text, value))


_FIELDS: Final = tuple(f.name for f in dataclasses.fields(Revision))
_NEEDED: Final = frozenset(_FIELDS) - {"act"}
_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "record": _uuid,
    "form": _text,
    "form_version": _text,
    "record_class": lambda value: value in RECORD_CLASSES,
    "school": _uuid,
    "author": _uuid,
    "device": _uuid,
    "seq": lambda value: _number(value) and value > 0,
    "at": _time,
    "mono": lambda value: _number(value) and value >= 0,
    "set": lambda value: isinstance(value, dict) and len(value) <= MOST_ANSWERS,
    "parents": lambda value: isinstance(value, list) and len(value) <= 100 and all(map(_hash, value)),
    "prev": lambda value: value is None or _hash(value),
    "offset": lambda value: value is None or _number(value),
    "place": lambda value: value is None or _uuid(value),
    "tag": lambda value: value is None or _text(value),
    "unset": _names,
    "act": lambda value: value in (*OFFICERS_ACTS, *DISTRICTS_ACTS),
    "reason": lambda value: value is None or (isinstance(value, str) and len(value) <= 2000),
}
