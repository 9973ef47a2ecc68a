"""Who is on leave and who stands in: a post's contact card follows it, an officer's own card says so.

Days are those of the place where the server stands, as everywhere at the district. Who stands in sees the records of
the schools that they are posted to, like everybody: a substitute is posted there too.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from server.district import DistrictError, audit
from server.tables import Officer


def today() -> date:
    """The day at the district."""
    return datetime.now().astimezone().date()


def is_away(officer: Officer) -> bool:
    """Whether an officer is on leave today; the last day counts."""
    return officer.away_until is not None and today() <= officer.away_until


def stand_in(session: Session, officer: Officer) -> Officer | None:
    """Who is there for an officer on leave: the substitute, or theirs where they are away too; None where nobody is."""
    asked, one = {officer.id}, officer
    while one.substitute is not None and one.substitute not in asked:
        asked.add(one.substitute)
        found = session.get(Officer, one.substitute)
        if found is None:
            return None
        if found.active and not is_away(found):
            return found
        one = found
    return None


def set_leave(
    session: Session, officer: Officer, until: date | None, substitute: Officer | None = None, *, who: str = "cli"
) -> None:
    """Sends an officer on leave until that day, with somebody who stands in, or takes them back (no day).

    Raises DistrictError for a day that is past, and for who would stand in for themselves.
    """
    if until is not None and until < today():
        raise DistrictError(f"The leave would have ended on {until}. Name today or a later day.", "leave_past")
    if substitute is not None and substitute.id == officer.id:
        raise DistrictError(f"{officer.name} cannot stand in for themselves.", "leave_alone", name=officer.name)
    name = substitute.id if substitute and until else None
    if (officer.away_until, officer.substitute) == (until, name):
        return
    officer.away_until, officer.substitute = until, name
    audit(session, who, "officer-leave" if until else "officer-back", officer.id)
