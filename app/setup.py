"""What the district tells a phone: its officer, the schools, places, tags and people, and the rules."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self, TypeVar

from app.grade import Where

_LONGEST: Final = 36_500  # days; with more there is no such date
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAY: Final = 1440  # minutes
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class SetupError(ValueError):
    """The district's setup cannot be read; the one before it stays in use."""


@dataclass(frozen=True)
class District:
    """The district, as officers and parents reach it."""

    id: str
    name: str
    base_url: str
    demo: bool = False
    phone: str = ""
    non_emergency: str | None = None
    tip_line: str | None = None


@dataclass(frozen=True)
class Officer:
    """The officer this phone belongs to."""

    id: str
    name: str
    badge: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    schools: tuple[str, ...] = ()


@dataclass(frozen=True)
class School:
    """A school of the district."""

    id: str
    name: str
    address: str = ""
    phone: str = ""
    reunification: str = ""  # where families and children meet again after an evacuation


@dataclass(frozen=True)
class Place:
    """A place that is looked after: a door, a gate, an AED, a car park."""

    id: str
    school: str
    name: str
    building: str = ""
    floor: str = ""
    kind: str = ""
    instructions: str = ""
    lat: float | None = None
    lon: float | None = None
    fence_m: int = 50
    question_set: str = ""  # which questions a check asks here; without one, those of its kind
    spot_question: str = ""
    spot_words: dict[str, str] = field(default_factory=dict, hash=False)  # the question in other languages
    spot_answer: str = ""  # salted and hashed (app/spot.py): a lost phone gives no answer away
    photo: str = ""  # the SHA-256 of what it looks like

    def __post_init__(self) -> None:
        if self.photo and not _HASH.fullmatch(self.photo):
            raise SetupError("place: photo is no SHA-256")

    def asks(self, language: str) -> str:
        """The spot question in this language, or as the district wrote it; empty where there is none."""
        return self.spot_words.get(language) or self.spot_question

    @property
    def where(self) -> Where | None:
        """Where it is, as far as the district has noted it."""
        if self.lat is None or self.lon is None:
            return None
        return Where(self.school, self.lat, self.lon, self.fence_m)


@dataclass(frozen=True)
class RetiredPlace:
    """A place that is not in use any more: its tag may still hang there, and is called by its name."""

    id: str
    name: str


@dataclass(frozen=True)
class Tag:
    """A tag on a place's wall. `code` and `short` are hashes: a lost phone gives no codes away."""

    place: str
    code: str
    short: str = ""
    version: int = 1
    state: str = "active"


@dataclass(frozen=True)
class Point:
    """A place of a tour."""

    place: str
    required: bool = True


@dataclass(frozen=True)
class Tour:
    """Places that are gone through on some days, between two times of the clock ("HH:MM"): see app/tours.py."""

    id: str
    school: str
    name: str
    begins: str
    ends: str
    order: str = "any"  # any, fixed or shuffle; what this version does not know counts as any
    days: tuple[str, ...] = ()  # mon to sun, those on which it begins
    grace_min: int = 0
    points: tuple[Point, ...] = ()
    since: str = "1970-01-01T00:00:00+00:00"  # when it was planned as it is: nobody missed it before

    def __post_init__(self) -> None:
        if not _is_moment(self.since):
            raise SetupError(f"tour: since {self.since!r} is not a time with an offset")
        for at in (self.begins, self.ends):
            if not _CLOCK.fullmatch(at):
                raise SetupError(f"tour: {at!r} is not a time of the clock")
        if not 0 <= self.grace_min <= _DAY:
            raise SetupError(f"tour: grace_min must be from 0 to {_DAY}")

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Reads what the district or `to_json` wrote. Raises SetupError."""
        return _one(cls, body)

    def to_json(self) -> dict[str, Any]:
        """The tour as the district tells it."""
        points = [dataclasses.asdict(point) for point in self.points]
        return {**dataclasses.asdict(self), "days": list(self.days), "points": points}


@dataclass(frozen=True)
class Person:
    """Somebody whose records may come to this phone."""

    id: str
    name: str


@dataclass(frozen=True)
class Card:
    """The officer's own contact card."""

    url: str
    vcard: str = ""


@dataclass(frozen=True)
class Policy:
    """The district's rules for phones."""

    photo_max_px: int = 1600
    photo_quality: float = 0.8
    photo_max_bytes: int = 5_000_000
    keep_days: int = 60  # how long a record stays on the phone after the district has it and nobody changed it
    lock_days: int = 30  # without a word from the district, before the notebook opens only with one; 0: it always opens
    escrow_key: str | None = None  # the district's public key (Base64), where it has switched the escrow on

    def __post_init__(self) -> None:
        if not 1 <= self.keep_days <= _LONGEST:
            raise SetupError(f"policy: keep_days must be from 1 to {_LONGEST}")


@dataclass(frozen=True)
class Setup:
    """Everything but the forms, which the notebook keeps in every version that a record may need."""

    district: District
    officer: Officer
    schools: tuple[School, ...] = ()
    places: tuple[Place, ...] = ()
    tags: tuple[Tag, ...] = ()
    people: tuple[Person, ...] = ()
    card: Card | None = None
    policy: Policy = field(default_factory=Policy)
    tours: tuple[Tour, ...] = ()
    retired_places: tuple[RetiredPlace, ...] = ()

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Reads the district's JSON; parts that this version does not know are left alone. Raises SetupError."""
        if not isinstance(body, dict):
            raise SetupError("the setup is not a JSON object")
        return cls(
            _one(District, body.get("district")),
            _one(Officer, body.get("officer")),
            _many(School, body.get("schools")),
            _many(Place, body.get("places")),
            _many(Tag, body.get("tags")),
            _many(Person, body.get("people")),
            _one(Card, body["card"]) if body.get("card") else None,
            _one(Policy, body.get("policy") or {}),
            _many(Tour, body.get("tours")),
            _many(RetiredPlace, body.get("retired_places")),
        )

    @cached_property
    def school_by_id(self) -> Mapping[str, School]:
        """The schools by their id."""
        return {school.id: school for school in self.schools}

    @cached_property
    def place_by_id(self) -> Mapping[str, Place]:
        """The places by their id."""
        return {place.id: place for place in self.places}

    @cached_property
    def retired_place_by_id(self) -> Mapping[str, RetiredPlace]:
        """The places that are not in use any more by their id."""
        return {place.id: place for place in self.retired_places}

    @cached_property
    def tour_by_id(self) -> Mapping[str, Tour]:
        """The tours by their id."""
        return {tour.id: tour for tour in self.tours}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of the officer, of the people whose records come here, and of the district, by id."""
        others = {person.id: person.name for person in self.people}
        return {self.district.id: self.district.name} | others | {self.officer.id: self.officer.name}

    @cached_property
    def tag_by_hash(self) -> Mapping[str, Tag]:
        """The tags by the hash of their code and of their short code; an active one wins over a retired one."""
        ordered = sorted(self.tags, key=lambda tag: tag.state == "active")
        return {key: tag for tag in ordered for key in (tag.code, tag.short) if key}


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


T = TypeVar("T")


def _one(kind: type[T], body: Any) -> T:
    name = kind.__name__.lower()
    if not isinstance(body, dict):
        raise SetupError(f"{name}: is not a JSON object")
    values = {}
    for part in dataclasses.fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        value = body.get(part.name)
        if value is None:
            if part.default is part.default_factory is dataclasses.MISSING:
                raise SetupError(f"{name}: {part.name} is missing")
            continue
        if part.type == tuple[Point, ...]:
            values[part.name] = _many(Point, value)
            continue
        if not _fits(value, part.type):
            raise SetupError(f"{name}: {part.name} has a wrong value")
        values[part.name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def _many(kind: type[T], bodies: Any) -> tuple[T, ...]:
    if bodies is not None and not isinstance(bodies, list):
        raise SetupError(f"{kind.__name__.lower()}: is not a list")
    return tuple(_one(kind, body) for body in bodies or [])


def _fits(value: Any, kind: Any) -> bool:
    if kind == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == dict[str, str]:
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if kind in (float, float | None):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, bool if kind is bool else str)
