"""What the district makes of a phone's clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.clocks import TOLERANCE, captured

ENROLLED = datetime(2026, 11, 1, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_good_clock_is_believed() -> None:
    assert captured("2026-11-23T10:15:00+01:00", 0, RECEIVED, ENROLLED) == (
        datetime(2026, 11, 23, 9, 15, tzinfo=UTC),
        [],
    )


def test_the_known_offset_is_applied() -> None:
    assert captured("2026-11-25T12:00:00+00:00", -48 * 3600 * 1000, RECEIVED, ENROLLED) == (RECEIVED, [])


def test_a_few_minutes_ahead_are_no_doubt_and_no_future() -> None:
    assert captured("2026-11-23T12:09:00+00:00", None, RECEIVED, ENROLLED) == (RECEIVED, [])


def test_what_cannot_be_is_placed_at_its_receipt_and_named() -> None:
    assert captured("2099-01-01T00:00:00+00:00", None, RECEIVED, ENROLLED) == (RECEIVED, ["clock_ahead"])
    assert captured("1970-01-01T00:00:00+00:00", None, RECEIVED, ENROLLED) == (RECEIVED, ["clock_behind"])


@given(
    at=st.datetimes(timezones=st.timezones() | st.just(UTC)).map(lambda moment: moment.isoformat()),
    offset=st.none() | st.integers(-(1 << 53), 1 << 53),
)
def test_every_clock_gives_a_time_that_can_be(at: str, offset: int | None) -> None:
    moment, doubts = captured(at, offset, RECEIVED, ENROLLED)
    assert ENROLLED - TOLERANCE <= moment <= RECEIVED
    assert len(doubts) <= 1
    if doubts:
        assert moment == RECEIVED
    else:
        assert abs(datetime.fromisoformat(at) + timedelta(milliseconds=offset or 0) - moment) <= TOLERANCE
