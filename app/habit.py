"""Which forms the officer begins most from Home: counted on this phone, in its sealed notebook, and told nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from app.forms import Form

FACT: Final = "habit"  # the preference of the notebook that holds it
FADE: Final = 0.9  # what the days before are still worth on a new day: after a week of use about half
_LEAST: Final = 0.05  # what is worth less is forgotten


@dataclass(frozen=True)
class Habit:
    """How often each form was begun. What is begun today counts from tomorrow: no button moves under the thumb."""

    day: str = ""
    before: Mapping[str, float] = field(default_factory=dict)
    today: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: Any, day: str) -> Self:
        """The habit as it was kept, on this day (YYYY-MM-DD); an empty one where nothing good was kept."""
        if not isinstance(kept, dict):
            return cls(day)
        before, today = _counts(kept.get("before")), _counts(kept.get("today"))
        if kept.get("day") == day:
            return cls(day, before, today)
        faded = {form: (before.get(form, 0) + today.get(form, 0)) * FADE for form in {**before, **today}}
        return cls(day, {form: round(worth, 3) for form, worth in faded.items() if worth >= _LEAST})

    def begun(self, form: str) -> dict[str, Any]:
        """What to keep after one more beginning of this form."""
        today = {**self.today, form: self.today.get(form, 0) + 1}
        return {"day": self.day, "before": dict(self.before), "today": today}

    def ordered(self, forms: Sequence[Form]) -> list[Form]:
        """The forms, most used first; those that were used alike stay in the district's order."""
        return sorted(forms, key=lambda form: -self.before.get(form.id, 0))


def _counts(kept: Any) -> dict[str, float]:
    known = kept.items() if isinstance(kept, dict) else ()
    return {form: worth for form, worth in known if isinstance(worth, int | float) and worth > 0}
