"""What the district makes of a phone's clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.grade import OFF_MS, STEADY_MS, clock
from app.ids import uuid7
from app.revisions import Revision
from server.clocks import TOLERANCE, captured, jumped
from server.evidence import clocks_of
from tests.server.phones import Writer

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


def written(minute: float, mono: float, offset: int | None = 0, **parts: str) -> Revision:
    """What a phone wrote in that minute after it was enrolled, by each of its clocks."""
    at = (ENROLLED + timedelta(minutes=minute)).isoformat()
    return Writer(uuid7(), uuid7()).write(None, **{"at": at, "mono": round(mono * 60_000), "offset": offset} | parts)


def test_a_clock_that_is_set_back_between_two_revisions_is_told() -> None:
    assert jumped(written(600, 100), written(420, 130)), "three hours back"
    assert jumped(written(600, 100), written(660, 280)), "three hours passed, and it shows one"
    assert jumped(written(600, 100), written(420, 1)), "the app began anew meanwhile"


def test_a_clock_that_goes_on_is_no_jump() -> None:
    assert not jumped(written(600, 100), written(630, 130))
    assert not jumped(written(600, 100), written(1440, 130)), "a phone that slept"
    assert not jumped(written(600, 100), written(1440, 5)), "the app began anew meanwhile"
    assert not jumped(written(600, 100), written(595, 101)), "a few minutes are put right by every phone"
    assert not jumped(written(600, 100, 0), written(420, 130, 210 * 60_000)), "the phone knows how far it is off"
    assert not jumped(written(600, 100, at="9999-12-31T23:59:59-14:00"), written(601, 101))


@given(
    begun=st.integers(0, 10**6), slept=st.integers(0, 10**6), ran=st.integers(0, 10**6), before=st.integers(0, 10**6)
)
def test_a_clock_that_nobody_sets_never_jumps(begun: int, slept: int, ran: int, before: int) -> None:
    first = written(begun, before)
    assert not jumped(first, written(begun + slept + ran, before + ran)), "it stood still while the phone slept"
    assert not jumped(first, written(begun + slept + ran, ran)), "the app began anew after it"


minutes = st.integers(0, 2000)


@given(begun=minutes, mono=minutes, later=minutes, run=minutes, offset=st.integers(-9, 9))
def test_what_is_told_as_a_jump_is_never_graded_as_a_steady_clock(
    begun: int, mono: int, later: int, run: int, offset: int
) -> None:
    before, after = written(begun, mono), written(later, run, offset * 60_000)
    assert not jumped(before, after) or clock(clocks_of(after), clocks_of(before)) != "steady"


def test_a_clock_set_back_by_a_few_minutes_is_not_steady_and_its_time_still_believed() -> None:
    before = written(600, 100)
    for back, graded, told in ((1, "steady", False), (5, "moved", False), (11, "moved", True)):
        after = written(600 - back, 100)
        assert (clock(clocks_of(after), clocks_of(before)), jumped(before, after)) == (graded, told)
    assert timedelta(milliseconds=STEADY_MS) < timedelta(milliseconds=OFF_MS) == TOLERANCE
