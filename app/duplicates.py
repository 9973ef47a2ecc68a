"""Complaints that may be one and the same: of one code, near each other in place and time. A hint, never a verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app import geo
from app.forms import Form
from app.revisions import Answers
from app.search import plain

CODE: Final = "service_code"  # Open311's name for what a complaint is about
NEAR: Final = 150  # metres
DAYS: Final = 14
LINK: Final = "same_as"


@dataclass(frozen=True, slots=True)
class About:
    """What a complaint is compared by. `where` is latitude and longitude; `when` a time with its offset."""

    code: str
    when: str
    where: tuple[float, float] | None = None
    address: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept with its record's row."""
        return {"code": self.code, "when": self.when, "where": self.where and list(self.where), "address": self.address}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "About | None":
        """What `to_json` kept."""
        about = row.get("about")
        if not about:
            return None
        return cls(about["code"], about["when"], tuple(about["where"]) if about["where"] else None, about["address"])


@dataclass(frozen=True, slots=True)
class Near:
    """How near two complaints are: metres where both say where, else None (the same address), and whole days."""

    metres: int | None
    days: int


def about(form: Form | None, answers: Answers, at: str) -> About | None:
    """What to compare these answers by, if the form is about complaints and they say what and where."""
    code = answers.get(CODE)
    if form is None or not isinstance(code, str):
        return None
    spot = next((answers[one.name] for one in form.flat() if one.type == "geopoint" and one.name in answers), None)
    where = (float(spot["lat"]), float(spot["lon"])) if isinstance(spot, dict) else None
    address = answers.get("address")
    when = answers.get("occurred_at")
    found = About(code, str(when) if _time(when) else at, where, " ".join(plain(str(address or "")).split()))
    return found if where or found.address else None


def near(one: About, other: About) -> Near | None:
    """How near they are, or None when they are not the same matter."""
    if one.code != other.code:
        return None
    apart = abs(datetime.fromisoformat(one.when) - datetime.fromisoformat(other.when))
    if apart > timedelta(days=DAYS):
        return None
    if one.where and other.where:
        metres = geo.distance([one.where, other.where])
        return Near(round(metres), apart.days) if math.isfinite(metres) and metres <= NEAR else None
    return Near(None, apart.days) if one.address and one.address == other.address else None


def _time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
