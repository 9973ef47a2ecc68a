"""Tours worked out: the window on every day of the year, the order of the day, what is done, late and missed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.setup import Place, Point, Setup, SetupError, Tour
from app.tours import DAYS, Check, Local, Mark, Progress, occasion, occasions, order, progress, walking
from tests.app.notebooks import SETUP

TULSA = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 23)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # 02:00 becomes 03:00, and 02:00 becomes 01:00
ZONES = [TULSA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Europe/Berlin"), UTC]
PLACES = {
    name: Place(name, "school", name, building, floor)
    for name, building, floor in (
        ("Door 10", "Gym", "1"),
        ("Door 2", "Gym", "1"),
        ("AED", "Annex", "2"),
        ("Lobby", "Annex", "1"),
        ("Gate", "", ""),
    )
}


def tour(places: tuple[str, ...] = tuple(PLACES), optional: tuple[str, ...] = (), **more: object) -> Tour:
    points = tuple(Point(place, place not in optional) for place in places)
    usual: dict[str, object] = {"begins": "07:30", "ends": "08:30", "days": DAYS, "grace_min": 10, "points": points}
    return Tour("t1", "school", "Morning doors", **(usual | more))  # type: ignore[arg-type]


def zone(of: ZoneInfo = TULSA) -> Local:
    return lambda at: at.replace(tzinfo=of)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=TULSA)


clocks = st.times().map(lambda one: f"{one:%H:%M}")
days = st.dates(date(2025, 1, 1), date(2027, 12, 31)) | st.sampled_from([SPRING, AUTUMN])


# -- when ------------------------------------------------------------------------------------------------------------


@given(clocks, clocks, days, st.integers(0, 240), st.sampled_from(ZONES))
@example("02:30", "03:10", SPRING, 0, TULSA)
@example("01:59", "02:01", SPRING, 0, TULSA)
@example("23:00", "02:30", SPRING - timedelta(1), 0, TULSA)
@example("01:30", "01:31", AUTUMN, 0, TULSA)
def test_a_window_is_never_shorter_than_nothing_on_any_day_of_any_zone(
    begins: str, ends: str, day: date, grace: int, of: ZoneInfo
) -> None:
    one = occasion(tour(begins=begins, ends=ends, grace_min=grace), day, zone(of))
    assert one.opens < one.closes <= one.last <= one.over
    assert one.last - one.closes == timedelta(minutes=grace)
    assert one.closes - one.opens <= timedelta(hours=25)
    assert timedelta(0) <= one.until - day <= timedelta(days=1 + (grace > 0))


def test_a_window_is_what_the_clock_on_the_wall_shows() -> None:
    one = occasion(tour(), MONDAY, zone())
    assert (one.opens, one.closes, one.last) == (at("07:30"), at("08:30"), at("08:40"))
    assert one.over == at("00:00", MONDAY + timedelta(1))


def test_on_the_days_of_the_change_of_clocks_the_officer_gets_the_longer_window() -> None:
    night = tour(begins="01:30", ends="02:30", grace_min=0)
    spring, autumn = (occasion(night, day, zone()) for day in (SPRING, AUTUMN))
    assert (spring.opens, spring.closes) == (at("01:30", SPRING), datetime(2026, 3, 8, 8, 30, tzinfo=UTC))
    assert autumn.closes - autumn.opens == timedelta(hours=2)
    twice = occasion(tour(begins="00:30", ends="01:30", grace_min=0), AUTUMN, zone())
    assert twice.closes == datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "the second half past one"


@given(days, st.sets(st.sampled_from(DAYS), min_size=1), st.booleans())
def test_a_day_has_what_begins_on_it_and_the_tours_day_before(today: date, chosen: set[str], night: bool) -> None:
    hours: dict[str, Any] = {"begins": "22:00", "ends": "06:00"} if night else {}
    found = [one.day for one in occasions(tour(days=tuple(chosen), **hours), today, zone())]
    theirs = [day for ago in range(14, -1, -1) if DAYS[(day := today - timedelta(ago)).weekday()] in chosen]
    assert found == (theirs[-2:] if today in theirs else theirs[-1:])


def test_a_grace_that_runs_into_the_next_day_is_over_with_that_day() -> None:
    late = tour(begins="23:00", ends="23:50", grace_min=20, days=("mon",))
    [one] = occasions(late, MONDAY + timedelta(1), zone())
    assert (one.day, one.over) == (MONDAY, at("00:00", MONDAY + timedelta(2)))


def test_a_window_that_had_closed_before_the_tour_was_made_is_none() -> None:
    closing = at("08:30").astimezone(UTC)
    for made, found in ((closing - timedelta(seconds=1), 1), (closing, 0)):
        assert len(occasions(tour(since=made.isoformat(), days=("mon",)), MONDAY, zone())) == found


def test_a_window_that_had_closed_before_the_phone_knew_the_school_is_none() -> None:
    for known, found in ((at("08:29"), 1), (at("08:30"), 0), (None, 1)):
        assert len(occasions(tour(days=("mon",)), MONDAY + timedelta(1), zone(), known=known)) == found


def test_the_next_change_is_the_next_moment_at_which_something_is_late() -> None:
    one = occasion(tour(), MONDAY, zone())
    moments = [at("07:00")]
    while (following := one.next_change(moments[-1])) is not None:
        moments.append(following)
    assert moments[1:] == [one.opens, one.closes, one.last, one.over]


# -- in which order --------------------------------------------------------------------------------------------------


def names(found: Tour, day: date = MONDAY) -> list[str]:
    return [point.place for point in order(found, day, PLACES)]


def test_a_free_order_is_as_one_walks() -> None:
    assert names(tour(order="any")) == ["Gate", "Lobby", "AED", "Door 2", "Door 10"]
    assert names(tour(order="of a later version")) == names(tour(order="any"))


def test_a_fixed_order_is_as_it_was_given() -> None:
    assert names(tour(order="fixed")) == list(PLACES)


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_two_names_can_be_sorted(one: str, other: str) -> None:
    assert (walking("", "", one) < walking("", "", other)) or walking("", "", one) >= walking("", "", other)


@given(
    st.integers(2, 5),
    days,
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.uuids().map(str),
)
def test_a_shuffled_order_is_never_the_same_on_two_of_its_days_running(
    many: int, first: date, chosen: set[str], name: str
) -> None:
    places = tuple(sorted(PLACES)[:many])
    found = replace(tour(places, order="shuffle", days=tuple(chosen)), id=name)
    other = replace(found, points=found.points[::-1])
    mine = [first + timedelta(n) for n in range(15) if DAYS[(first + timedelta(n)).weekday()] in chosen]
    orders = [names(found, day) for day in mine]
    assert all(before != after for before, after in pairwise(orders))
    assert all(sorted(one) == sorted(places) for one in orders)
    assert orders == [names(other, day) for day in mine], "whatever order the district gave them in"


def test_a_shuffled_order_comes_in_every_way_in_time() -> None:
    found = tour(("Gate", "Lobby", "AED"), order="shuffle")
    assert len({tuple(names(found, MONDAY + timedelta(n))) for n in range(100)}) == 6
    assert names(tour(("Gate",), order="shuffle")) == ["Gate"]


def test_a_place_that_the_phone_does_not_know_is_left_out() -> None:
    for how in ("any", "fixed", "shuffle"):
        assert names(tour(("Gate", "Gone", "AED"), order=how)).count("Gone") == 0


# -- how far ---------------------------------------------------------------------------------------------------------


def seen(now: str, *checks: tuple[str, str], since: str | None = "07:35", **more: object) -> Progress:
    made = [Check(f"{place} {when}", place, at(when)) for place, when in checks]
    of = tour(("Gate", "Lobby", "AED"), optional=("AED",), order="fixed", **more)
    return progress(occasion(of, MONDAY, zone()), PLACES, made, at(since) if since else None, at(now))


def marks(found: Progress) -> list[str]:
    return [stop.mark.value for stop in found.stops]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("07:00", ["open", "open", "open"]),
        ("08:30", ["open", "open", "open"]),
        ("08:31", ["late", "late", "open"]),
        ("08:40", ["late", "late", "open"]),
        ("08:41", ["missed", "missed", "left_out"]),
    ],
)
def test_what_is_not_checked_is_late_after_the_window_and_missed_after_the_grace(now: str, expected: list[str]) -> None:
    assert marks(seen(now)) == expected


def test_a_check_counts_by_when_it_was_made() -> None:
    found = seen("09:00", ("Gate", "08:30"), ("Lobby", "08:50"), ("AED", "08:35"))
    assert marks(found) == ["done", "done_late", "done_late"]
    assert [stop.place.id for stop in found.late] == ["Lobby"], "what may be left out may be late"
    assert (len(found.done), found.missing, found.next) == (3, (), None)


def test_only_checks_since_the_beginning_and_on_that_day_count_and_the_first_of_them() -> None:
    found = seen("08:00", ("Gate", "07:30"), ("Lobby", "07:50"), ("Lobby", "07:40"), ("Door 2", "07:50"))
    assert marks(found) == ["open", "done", "open"]
    assert [stop.check.record for stop in found.done if stop.check] == ["Lobby 07:40"]
    assert marks(seen("08:00", ("Gate", "07:50"), since=None)) == ["open", "open", "open"], "it was not begun"
    day_after = Check("x", "Gate", at("07:50", MONDAY + timedelta(1)))
    one = occasion(tour(("Gate",)), MONDAY, zone())
    assert progress(one, PLACES, [day_after], at("07:40"), at("08:00", MONDAY + timedelta(1))).done == ()


def test_where_the_order_is_given_the_next_place_is_named() -> None:
    found = seen("08:00", ("Gate", "07:50"))
    assert found.next is not None
    assert found.next.place.name == "Lobby"
    free = progress(occasion(tour(), MONDAY, zone()), PLACES, [], at("07:40"), at("08:00"))
    assert free.next is None


@given(
    st.sets(st.sampled_from(sorted(PLACES))),
    st.lists(st.tuples(st.sampled_from(sorted(PLACES)), st.integers(-60, 1500))),
    st.integers(0, 1500),
    days,
    st.booleans(),
)
def test_every_place_has_one_mark_and_none_ever_gets_better_without_a_check(
    optional: set[str], made: list[tuple[str, int]], now: int, day: date, night: bool
) -> None:
    hours: dict[str, Any] = {"begins": "22:00", "ends": "06:00"} if night else {}
    one = occasion(tour(optional=tuple(optional), **hours), day, zone())
    checks = [Check(str(n), place, one.opens + timedelta(minutes=late)) for n, (place, late) in enumerate(made)]
    before, after = (
        progress(one, PLACES, checks, one.opens, one.opens + timedelta(minutes=when)) for when in (now, now + 60)
    )
    assert len(before.done) + sum(not stop.check for stop in before.stops) == len(PLACES)
    ranks = [Mark.OPEN, Mark.LATE, Mark.MISSED]
    for stop, later in zip(before.stops, after.stops, strict=True):
        assert (stop.check is None) == (stop.mark not in (Mark.DONE, Mark.DONE_LATE))
        assert not (stop.place.id in optional and stop.mark in (Mark.LATE, Mark.MISSED))
        if stop.check or stop.mark == Mark.LEFT_OUT:
            assert later == stop
        elif later.mark != Mark.LEFT_OUT:
            assert ranks.index(later.mark) >= ranks.index(stop.mark)


# -- as the district tells them --------------------------------------------------------------------------------------


def told(**more: object) -> Tour:
    body = {"id": "t", "school": "s", "name": "n", "begins": "07:30", "ends": "08:30", "points": [{"place": "p"}]}
    return Setup.parse(SETUP | {"tours": [body | more]}).tours[0]


def test_a_setup_of_before_has_no_tours_and_one_with_them_is_read() -> None:
    assert Setup.parse(SETUP).tours == ()
    assert told(days=["mon"], grace_min=5).points == (Point("p", True),)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"begins": "24:00"}, "not a time of the clock"),
        ({"ends": "8"}, "not a time of the clock"),
        ({"grace_min": -1}, "grace_min"),
        ({"since": "2026-11-23T08:00:00"}, "not a time with an offset"),
        ({"since": "today"}, "not a time with an offset"),
        ({"points": {"place": "p"}}, "not a list"),
        ({"points": [{"required": True}]}, "place is missing"),
        ({"days": "mon"}, "days has a wrong value"),
    ],
)
def test_a_tour_that_cannot_be_read_is_a_setup_that_is_not_taken(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(SetupError, match=says):
        told(**wrong)
