"""What the phone makes of the evidence for a check when it is saved; it remembers the last one for the next."""

from collections.abc import Mapping
from typing import Any, Final

from app import grade, spot
from app.facts import Facts
from app.forms import Form
from app.grade import PROOF_FIELD, SPOT_FIELD, TAG_FIELD, Clocks, Evidence, Reading
from app.revisions import Answers
from app.setup import Place

_LAST: Final = "last_check"


class Presence:
    """The evidence for this phone's checks."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def weigh(
        self, answers: Answers, place: str | None, places: Mapping[str, Place], now: Clocks, before: Clocks | None
    ) -> Evidence:
        """What speaks for a check with these answers; `before` is when this phone wrote last."""
        here = places.get(place or "")
        where = here.where if here else None
        fence, metres = grade.fence(where, answers.get("gps"))
        tag = answers.get("tag_state") if answers.get(TAG_FIELD) else "none"
        read = Reading(grade.read_at(answers, now.at, now.offset), where) if where else None
        unmeasured = bool(self._kept().get("unmeasured"))
        return Evidence(
            tag=tag if isinstance(tag, str) else "unknown",
            fence=fence,
            distance_m=metres,
            spot=grade.spot(answers.get(SPOT_FIELD), here.spot_answer if here else ""),
            clock=grade.clock(now, before),
            pace=grade.pace(read, self._last(places), unmeasured=unmeasured) if read else "",
        )

    def sealed(self, form: Form, answers: Answers, place: Place | None) -> Answers:
        """The answers as their record keeps them: of the spot question a hash, or whoever reads it knew the answer.

        In a correction nothing: only the answer that was given at the place counts.
        """
        if form.field(PROOF_FIELD) is None or SPOT_FIELD not in answers:
            return answers
        kept = {name: value for name, value in answers.items() if name != SPOT_FIELD}
        answer = answers[SPOT_FIELD].strip()
        if not answer or place is None or not place.spot_answer or PROOF_FIELD in kept:
            return kept
        return {**kept, PROOF_FIELD: spot.proof(answer, place.spot_answer)}

    def keep(self, evidence: Evidence, answers: Answers, place: str | None, now: Clocks) -> None:
        """The check is saved: the next one is compared with it, if a valid tag was read.

        One at a place that nobody has measured leaves the one before to compare with, and is only remembered.
        """
        if not place or evidence.tag != "good":
            return
        if evidence.fence == "unplaced":
            self._facts.set(_LAST, {**self._kept(), "unmeasured": True})
        else:
            self._facts.set(_LAST, {"at": grade.read_at(answers, now.at, now.offset), "place": place})

    def _kept(self) -> dict[str, Any]:
        return self._facts.get(_LAST) or {}

    def _last(self, places: Mapping[str, Place]) -> Reading | None:
        kept = self._kept()
        place = places.get(kept.get("place", ""))
        return Reading(kept["at"], place.where) if place and place.where else None
