"""How well a check of a place is proved: a grade from A to D, and every reason for it, to be said in words.

Worked out by the phone when a check is saved, and again by the district when it comes in (server/evidence.py). What it
looks at is what was there then; later corrections change nothing about it. No grade rules out a photo of the tag.
docs/checks.md says what a grade means and what it does not.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal, Self

from app.answers import fits
from app.forms import Form
from app.geo import distance
from app.revisions import Answers
from app.spot import is_right, proves

Grade = Literal["A", "B", "C", "D"]
Pace = Literal["", "unmeasured", "impossible"]

# The names by which a form asks for it: a form with the first is opened by a tag, one with the second is graded.
TAG_FIELD: Final = "tag_code"
GRADE_FIELD: Final = "grade"
# The answer to a place's spot question, and what a record keeps of it where its form asks for that.
SPOT_FIELD: Final = "spot_answer"
PROOF_FIELD: Final = "spot_proof"
# Nobody runs faster: the fastest twenty metres ever timed took 1.61 s, 12.42 m/s (U. Bolt from 60 to 80 m, Berlin 2009;
# IAAF biomechanics project of the 12th World Championships).
ON_FOOT: Final = 12.5  # metres a second, between two places of one school
# No road in the United States allows more than 85 mph, 38 m/s (Texas Transportation Code, section 545.353).
BY_CAR: Final = 38.0  # between two schools
# A phone sets its clock by the network to within a second. Two minutes are what a slow round may be wrong by, twice.
STEADY_MS: Final = 120_000
OFF_MS: Final = 600_000  # so far off, the time of a record is not what a watch said: server.clocks says so of any


@dataclass(frozen=True, slots=True)
class Where:
    """Where a place is: a phone within `fence_m` metres of it is there."""

    school: str
    lat: float
    lon: float
    fence_m: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A tag that was read at a place, `at` milliseconds of the district's time since 1970."""

    at: int
    where: Where


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a phone's clocks said when a revision was written (app.revisions.Revision has the same names)."""

    at: str
    mono: int
    offset: int | None

    @property
    def wall(self) -> float:
        """The wall clock in milliseconds since 1970."""
        return datetime.fromisoformat(self.at).timestamp() * 1000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a check, each part as one of a few words.

    `tag`: good, typed (by hand), retired (or its place is), unknown, elsewhere (it hangs at another place), none.
    `fence`: in, out, coarse (the position is too coarse to tell), none (no position), unplaced (the place has none).
    `spot`: right, wrong, or empty where nothing was asked or answered.
    `clock`: steady, off, moved (since the record before), doubted (by the district).
    `pace`: impossible, unmeasured (the check before was at a place that nobody has measured), or empty.
    """

    tag: str = "none"
    fence: str = "none"
    distance_m: int | None = None
    spot: str = ""
    clock: str = "steady"
    pace: str = ""

    @property
    def grade(self) -> Grade:
        """The grade: D for a tag that was not read or is not valid, C where time does not fit, A where place does."""
        if self.tag != "good":
            return "D"
        if self.clock != "steady" or self.pace == "impossible":
            return "C"
        return "A" if self.fence == "in" or self.spot == "right" else "B"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The keys of what to say, in the order in which it weighs; the last is always that of the photo."""
        said = [f"tag_{self.tag}", f"clock_{self.clock}"]
        said += [f"pace_{self.pace}"] if self.pace else []
        said.append(f"fence_{self.fence}")
        said += [f"spot_{self.spot}"] if self.spot else []
        return (*said, "copy")

    def answers(self, form: Form) -> Answers:
        """What a form that asks for it keeps of it, in hidden questions: texts by name."""
        kept = {name: str(value) for name, value in self.bare().items() if name != "tag"}
        return {name: value for name, value in {**kept, GRADE_FIELD: self.grade}.items() if form.field(name)}

    @classmethod
    def from_answers(cls, answers: Mapping[str, Any]) -> Self | None:
        """What a phone found when it saved this; None for a record that nobody graded."""
        if answers.get(GRADE_FIELD) not in ("A", "B", "C", "D"):
            return None
        tag = answers.get("tag_state") if answers.get(TAG_FIELD) else "none"
        return cls.from_json({**answers, "tag": tag})

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Reads what was kept; anything that is none of the words counts as not proved."""
        values = {one.name: body.get(one.name) for one in fields(cls)}
        metres = str(values.pop("distance_m"))
        said = {name: _word(name, value) for name, value in values.items()}
        return cls(**said, distance_m=int(metres) if metres.isdecimal() and len(metres) < 10 else None)

    def bare(self) -> dict[str, Any]:
        """As the district tells it to a phone."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    def to_json(self) -> dict[str, Any]:
        """As the district keeps it beside its record and gives it out."""
        return {**asdict(self), "grade": self.grade, "reasons": list(self.reasons)}


def is_graded(form: Form | None) -> bool:
    """Whether checks of this form have a grade."""
    return form is not None and form.field(TAG_FIELD) is not None and form.field(GRADE_FIELD) is not None


def fence(where: Where | None, gps: Any) -> tuple[str, int | None]:
    """Whether the phone was at the place, and how many metres from it.

    A position is usable where its own error leaves no doubt: inside when the error is no larger than the fence, outside
    when all of the circle that the phone may be in lies outside. Walls make it coarse, which is no fault of anybody's.
    """
    if where is None:
        return "unplaced", None
    if not fits("geopoint", gps):
        return "none", None
    metres = distance([(where.lat, where.lon), (gps["lat"], gps["lon"])])
    error = gps.get("acc")
    if error is None:
        return "coarse", round(metres)
    if metres <= where.fence_m and error <= where.fence_m:
        return "in", round(metres)
    return "out" if metres - error > where.fence_m else "coarse", round(metres)


def spot(answer: Any, kept: str | None, proof: Any = None) -> str:
    """Whether the answer to the place's spot question, or its proof, is right; empty where there is none of either."""
    if not kept:
        return ""
    if isinstance(proof, str) and proof:
        return "right" if proves(proof, kept) else "wrong"
    if not isinstance(answer, str) or not answer.strip():
        return ""
    return "right" if is_right(answer, kept) else "wrong"


def clock(now: Clocks, before: Clocks | None) -> str:
    """Whether a phone's clock went on steadily, from the revision before (of the same phone) to this one.

    The monotonic clock stops with the app, so it may show less than has gone by and never more: a wall clock that
    went on by less was set back. A clock that was set forward shows once the phone met the district in between.
    """
    if abs(now.offset or 0) > OFF_MS:
        return "off"
    if before is None:
        return "steady"
    back = (now.mono - before.mono) - (now.wall - before.wall)
    known = now.offset is not None and before.offset is not None
    moved = abs((now.offset or 0) - (before.offset or 0)) if known else 0
    earlier = before.wall - now.wall
    return "moved" if max(back, moved, earlier) > STEADY_MS else "steady"


def pace(one: Reading, other: Reading | None, *, unmeasured: bool = False) -> Pace:
    """Whether nobody could have read both tags in that time, even from the near edges of their fences.

    `other` is the last one at a place that somebody has measured: whatever was read since, the way from there took that
    time. `unmeasured` says that something was, whose own way cannot be told.
    """
    silent: Pace = "unmeasured" if unmeasured else ""
    if other is None:
        return silent
    metres = distance([(one.where.lat, one.where.lon), (other.where.lat, other.where.lon)])
    metres -= one.where.fence_m + other.where.fence_m
    seconds = abs(one.at - other.at) / 1000
    fastest = ON_FOOT if one.where.school == other.where.school else BY_CAR
    return "impossible" if metres > fastest * seconds else silent


def read_at(answers: Mapping[str, Any], at: str, offset: int | None) -> int:
    """When the tag was read, in milliseconds of the district's time since 1970: never after the record was saved."""
    saved = datetime.fromisoformat(at)
    try:
        read = min(datetime.fromisoformat(answers["read_at"]), saved)
    except (KeyError, TypeError, ValueError):
        read = saved
    return round(read.timestamp() * 1000) + (offset or 0)


_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "tag": ("good", "typed", "retired", "unknown", "elsewhere", "none"),
    "fence": ("in", "out", "coarse", "none", "unplaced"),
    "spot": ("", "right", "wrong"),
    "clock": ("steady", "off", "moved", "doubted"),
    "pace": ("", "unmeasured", "impossible"),
}
_WORST: Final = {"tag": "unknown", "fence": "none", "spot": "", "clock": "doubted", "pace": ""}


def _word(name: str, value: Any) -> str:
    return next((word for word in _WORDS[name] if word == (value or "")), _WORST[name])
