"""What the district has after a batch, and what it said of it."""

from sqlalchemy import select

from server.tables import Record, StoredRevision
from sync.protocol import Verdict
from tests.server.conftest import Home


def record(home: Home, record_id: str) -> Record:
    """A record's row."""
    with home.database.reading() as session:
        found = session.get(Record, record_id)
        assert found is not None
        return found


def stored(home: Home) -> list[StoredRevision]:
    """The log."""
    with home.database.reading() as session:
        return list(session.scalars(select(StoredRevision).order_by(StoredRevision.seq)))


def refusal(verdicts: list[Verdict]) -> tuple[str | None, str | None]:
    """The code and the field of the only verdict, which is a refusal in words."""
    [verdict] = verdicts
    assert verdict.verdict == "refused"
    assert verdict.message
    assert verdict.seq is None
    return verdict.code, verdict.field
