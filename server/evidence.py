"""What speaks for the checks of places that come in: the district's own look at it, by the rules of app/grade.py.

A phone's word is not taken for more than what it alone can know: whether the code was scanned or typed. The tag, the
place, the answer to the spot question, the clocks and the check before are looked up here, as they are when the check
comes in; what was found is kept with the record, so that a tag that is replaced later changes nothing about it.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import grade
from app.grade import GRADE_FIELD, PROOF_FIELD, SPOT_FIELD, TAG_FIELD, Clocks, Evidence, Reading, Where
from app.revisions import Revision
from app.tags import tidy
from server.clocks import AHEAD, BEHIND, JUMP
from server.tables import Place, Record, StoredRevision, Tag

_LATELY: Final = 50  # checks that are looked through for one with a valid tag, at a place that somebody has measured


class Scales:
    """Weighs the checks of a batch, in the order in which they came in."""

    def __init__(
        self, session: Session, find_tag: Callable[[str], Tag | None], written: dict[str, Revision] | None = None
    ) -> None:
        """`find_tag` finds a tag by either of its codes; `written` are revisions that are at hand, by their hashes."""
        self._session = session
        self._find_tag = find_tag
        self._last: dict[str, tuple[Reading | None, bool]] = {}  # by officer, as _before says
        self._at_hand = written or {}

    def weigh(self, revision: Revision, captured_at: datetime, flags: tuple[str, ...]) -> dict[str, Any]:
        """What speaks for the check that this revision began, as it is kept with its record."""
        place = self._session.get(Place, revision.place) if revision.place else None
        where, answers = where_of(place), revision.set
        fence, metres = grade.fence(where, answers.get("gps"))
        read = Reading(grade.read_at(answers, revision.at, revision.offset), where) if where else None
        before, unmeasured = self._before(revision.author, captured_at)
        found = Evidence(
            tag=self._tag(revision, captured_at),
            fence=fence,
            distance_m=metres,
            spot=grade.spot(answers.get(SPOT_FIELD), place.spot_answer if place else "", answers.get(PROOF_FIELD)),
            clock=self._clock(revision, flags),
            pace=grade.pace(read, before, unmeasured=unmeasured) if read else "",
        )
        if found.tag == "good":
            self._last[revision.author] = (read, False) if read else (before, True)
        return found.to_json() | {"read_at": read.at if read else None}

    def _tag(self, revision: Revision, captured_at: datetime) -> str:
        """The district's word on a tag; that it was typed by hand, only the phone can say of its long code."""
        code = revision.tag
        if not code or not revision.set.get(TAG_FIELD):
            return "none"
        tag = self._find_tag(tidy(code))
        if tag is None:
            return "unknown"
        if tag.place != revision.place:
            # The tag of a place that is not in use leads to no place on a phone, which calls it an old one.
            return "elsewhere" if self._session.get_one(Place, tag.place).active else "retired"
        later = select(func.min(Tag.created_at)).where(Tag.place == tag.place, Tag.version > tag.version)
        if tag.state != "active" and (replaced := self._session.scalar(later)) and replaced <= captured_at:
            return "retired"
        return "typed" if tidy(code) == tag.short or revision.set.get("tag_state") == "typed" else "good"

    def _clock(self, revision: Revision, flags: tuple[str, ...]) -> str:
        before = self._written(revision.prev)
        found = grade.clock(clocks_of(revision), clocks_of(before) if before else None)
        return "doubted" if found == "steady" and {AHEAD, BEHIND, JUMP} & {*flags} else found

    def _written(self, name: str | None) -> Revision | None:
        """What the phone wrote before, where the district has it."""
        if name is None or name in self._at_hand:
            return self._at_hand.get(name or "")
        body = self._session.scalar(select(StoredRevision.body).where(StoredRevision.hash == name))
        return Revision.known(name, json.loads(body)) if body else None

    def _before(self, officer: str, captured_at: datetime) -> tuple[Reading | None, bool]:
        """The officer's last check with a valid tag before that time at a place that somebody has measured.

        And whether there was one since at a place that nobody has.
        """
        if officer not in self._last:
            query = (
                select(Record.evidence, Record.place)
                .where(Record.author == officer, Record.occurred_at <= captured_at, Record.evidence.is_not(None))
                .order_by(Record.occurred_at.desc())
                .limit(_LATELY)
            )
            unmeasured, reading = False, None
            for body, place in self._session.execute(query):
                if body and body["tag"] == "good":
                    if reading := self._reading(body, place):
                        break
                    unmeasured = True
            self._last[officer] = reading, unmeasured
        return self._last[officer]

    def _reading(self, body: dict[str, Any], place: str | None) -> Reading | None:
        where = where_of(self._session.get(Place, place) if place else None)
        return Reading(body["read_at"], where) if where and body["read_at"] is not None else None


def found_otherwise(session: Session, revisions: Iterable[Revision]) -> dict[str, dict[str, Any]]:
    """What the district found about checks where their phones found something else, by the revision's hash."""
    told = {one.record: one for one in revisions if not one.parents and GRADE_FIELD in one.set}
    if not told:
        return {}
    query = select(Record.id, Record.evidence).where(Record.id.in_(told), Record.evidence.is_not(None))
    found = [(told[record], Evidence.from_json(body)) for record, body in session.execute(query) if body]
    return {one.hash: here.bare() for one, here in found if here != Evidence.from_answers(one.set)}


def where_of(place: Place | None) -> Where | None:
    """Where a place is, as far as somebody has measured it."""
    if place is None or place.lat is None or place.lon is None:
        return None
    return Where(place.school, place.lat, place.lon, place.fence_m)


def clocks_of(revision: Revision) -> Clocks:
    """What the phone's clocks said when this was written."""
    return Clocks(revision.at, revision.mono, revision.offset)
