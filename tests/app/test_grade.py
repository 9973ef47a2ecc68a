"""A check's grade: what it takes for each, what can only help and what can only harm, and the words for all of it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import grade, spot
from app.grade import BY_CAR, ON_FOOT, Clocks, Evidence, Reading, Where
from app.words import FOLDER, LANGUAGES, Words
from tests.app.formkit import form

TAGS = ("good", "typed", "retired", "unknown", "elsewhere", "none")
FENCES = ("in", "out", "coarse", "none", "unplaced")
PACES = ("", "unmeasured", "impossible")
CLOCKS = ("steady", "off", "moved", "doubted")
evidence = st.builds(
    Evidence,
    tag=st.sampled_from(TAGS),
    fence=st.sampled_from(FENCES),
    distance_m=st.none() | st.integers(0, 20_000_000),
    spot=st.sampled_from(("", "right", "wrong")),
    clock=st.sampled_from(CLOCKS),
    pace=st.sampled_from(PACES),
)
DOOR = Where("north", 36.1400, -96.1100, 30)
metres = st.floats(0, 5_000)


def away(where: Where, north: float) -> Where:
    """A place so many metres north of another."""
    return replace(where, lat=where.lat + north / 111_319.4)


def clocks(at: str, mono: int, offset: int | None = 0) -> Clocks:
    return Clocks(f"2026-11-23T{at}:00.000-06:00", mono, offset)


@given(evidence)
def test_the_grade_is_what_the_manual_says(found: Evidence) -> None:
    odd = found.clock != "steady" or found.pace == "impossible"
    there = found.fence == "in" or found.spot == "right"
    expected = "D" if found.tag != "good" else "C" if odd else "A" if there else "B"
    assert found.grade == expected


@given(evidence)
def test_no_position_and_no_wrong_answer_is_ever_worse_than_none(found: Evidence) -> None:
    nothing = replace(found, fence="none", spot="", distance_m=None)
    assert found.grade <= nothing.grade


@given(evidence)
def test_a_photo_of_the_tag_is_never_ruled_out(found: Evidence) -> None:
    assert found.reasons[-1] == "copy"


@given(evidence)
def test_every_reason_is_said_in_both_languages(found: Evidence) -> None:
    for language in LANGUAGES:
        words = Words.load(language, strict=True)
        said = [words(f"grade.{reason}", metres=found.distance_m or 0) for reason in found.reasons]
        assert len({*said}) == len(said) >= 4
        assert words(f"grade.{found.grade.lower()}")


def test_no_sentence_is_left_that_no_grade_says() -> None:
    said = {f"grade.{one}" for tag in TAGS for one in Evidence(tag=tag).reasons}
    said |= {f"grade.{one}" for fence in FENCES for one in Evidence(fence=fence).reasons}
    said |= {f"grade.{one}" for clock in CLOCKS for one in Evidence(clock=clock).reasons}
    said |= {f"grade.{one}" for spot in ("right", "wrong") for one in Evidence(spot=spot).reasons}
    said |= {f"grade.{one}" for pace in PACES for one in Evidence(pace=pace).reasons}
    written = json.loads((FOLDER / "grade.en.json").read_text("utf-8")).keys()
    assert written - said == {f"grade.{one}" for one in ("title", "letter", "a", "b", "c", "d")}


@given(evidence)
def test_what_is_kept_with_a_record_comes_back_as_it_was(found: Evidence) -> None:
    answers = found.answers(form("location_check")) | (
        {"tag_code": "CODE", "tag_state": found.tag} if found.tag != "none" else {}
    )
    assert Evidence.from_answers(answers) == found
    assert Evidence.from_json(json.loads(json.dumps(found.to_json()))) == found


@given(st.dictionaries(st.sampled_from(["grade", "tag_state", "clock", "fence", "distance_m"]), st.text() | st.none()))
def test_what_somebody_made_up_proves_nothing(answers: dict[str, str]) -> None:
    found = Evidence.from_answers({**answers, "grade": "A"})
    assert found is not None
    assert found.grade == "D"
    assert Evidence.from_answers({**answers, "grade": "AB"}) is None


# -- where -----------------------------------------------------------------------------------------------------------


@given(metres, metres)
def test_inside_and_outside_are_said_only_where_the_error_leaves_no_doubt(north: float, error: float) -> None:
    there = away(DOOR, north)
    word, told = grade.fence(DOOR, {"lat": there.lat, "lon": there.lon, "acc": error})
    assert told is not None
    assert abs(told - north) <= 1 + north / 100
    if word == "in":
        assert told <= DOOR.fence_m
        assert error <= DOOR.fence_m
    if word == "out":
        assert told + 1 >= DOOR.fence_m + error


@pytest.mark.parametrize(
    ("where", "gps", "word"),
    [
        (None, {"lat": 36.14, "lon": -96.11, "acc": 5.0}, "unplaced"),
        (DOOR, None, "none"),
        (DOOR, {"lat": "36", "lon": []}, "none"),
        (DOOR, {"lat": 36.14, "lon": -96.11}, "coarse"),
        (DOOR, {"lat": 36.14, "lon": -96.11, "acc": 500.0}, "coarse"),
        (DOOR, {"lat": 36.14, "lon": -96.11, "acc": 8.0}, "in"),
        (DOOR, {"lat": 36.15, "lon": -96.11, "acc": 8.0}, "out"),
    ],
)
def test_a_position_is_told_as_far_as_it_can_be_used(where: Where | None, gps: object, word: str) -> None:
    assert grade.fence(where, gps)[0] == word


# -- the spot question -----------------------------------------------------------------------------------------------


@given(st.text().filter(lambda text: any(one.isalnum() for one in text.casefold())))
def test_a_spot_answer_is_known_again_and_never_kept_as_it_is(answer: str) -> None:
    kept = spot.hashed(answer)
    assert spot.is_right(answer, kept)
    assert spot.is_right(f"  {answer} .", kept)
    assert not spot.is_right(f"{answer}x", kept)
    assert kept != spot.hashed(answer), "two places with the same answer do not show it"


def test_capitals_accents_and_signs_of_an_answer_do_not_count() -> None:
    assert grade.spot("panel 14-b", spot.hashed("Panel 14B")) == "right"
    assert grade.spot("Ambar", spot.hashed("ámbar")) == "right"
    assert grade.spot("14c", spot.hashed("14B")) == "wrong"
    assert grade.spot(" ", spot.hashed("14B")) == grade.spot("14B", "") == grade.spot(14, "x:y") == ""
    with pytest.raises(ValueError, match="no letter"):
        spot.hashed(" -.- ")


# -- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (None, clocks("10:00", 0), "steady"),
        (None, clocks("10:00", 0, None), "steady"),
        (None, clocks("10:00", 0, -700_000), "off"),
        (clocks("10:00", 0), clocks("11:00", 3_600_000), "steady"),
        (clocks("10:00", 9_000_000), clocks("11:00", 5_000), "steady"),  # the app was started anew
        (clocks("10:00", 0), clocks("10:30", 3_600_000), "moved"),  # set back half an hour
        (clocks("10:00", 9_000_000), clocks("09:30", 5_000), "moved"),
        (clocks("10:00", 0, 300_000), clocks("11:00", 5_000, 0), "moved"),  # the district saw it jump
        (clocks("10:00", 0, None), clocks("11:00", 5_000, 300_000), "steady"),
    ],
)
def test_a_clock_that_was_set_shows(before: Clocks | None, now: Clocks, word: str) -> None:
    assert grade.clock(now, before) == word


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_a_clock_that_only_goes_on_is_steady(gone: int, mono: int, anew: bool) -> None:
    before = Clocks("2026-11-23T10:00:00.000-06:00", mono, 0)
    after = Clocks(f"2026-{11 + (gone > 500_000_000)}-23T10:00:00.000-06:00", mono + (0 if not anew else -mono), 0)
    assert grade.clock(after, before) == "steady"


@given(metres, st.integers(0, 10**7), st.booleans())
def test_a_pace_is_impossible_only_when_nobody_could_have_it(north: float, later: int, other: bool) -> None:
    one, there = Reading(10**12, DOOR), replace(away(DOOR, north), school="south" if other else "north")
    two = Reading(10**12 + later, there)
    said = grade.pace(one, two)
    assert said == grade.pace(two, one), "the order does not matter"
    least = (north * 0.99 - 60) / (BY_CAR if other else ON_FOOT) * 1000
    if later > (north * 1.01) / ON_FOOT * 1000:
        assert said == ""
    if later < least - 1:
        assert said == "impossible"


@pytest.mark.parametrize(("north", "said"), [(55, ""), (65, "impossible")])
def test_two_tags_read_from_the_near_edges_of_their_fences_may_be_read_at_once(north: float, said: str) -> None:
    assert grade.pace(Reading(0, DOOR), Reading(0, away(DOOR, north))) == said


def test_the_first_check_has_any_pace() -> None:
    assert grade.pace(Reading(0, DOOR), None) == ""


def test_a_way_that_was_not_measured_is_told_and_hides_no_impossible_one() -> None:
    assert grade.pace(Reading(0, DOOR), None, unmeasured=True) == "unmeasured"
    assert grade.pace(Reading(0, DOOR), Reading(0, away(DOOR, 55)), unmeasured=True) == "unmeasured"
    assert grade.pace(Reading(0, DOOR), Reading(0, away(DOOR, 65)), unmeasured=True) == "impossible"


def test_a_tag_was_read_no_later_than_the_record_was_saved() -> None:
    saved = "2026-11-23T10:00:00.000-06:00"
    at = grade.read_at({}, saved, None)
    assert grade.read_at({"read_at": "2026-11-23T09:59:00.000-06:00"}, saved, None) == at - 60_000
    assert grade.read_at({"read_at": "2026-11-23T11:00:00.000-06:00"}, saved, 5) == at + 5
    assert grade.read_at({"read_at": "2026-11-23T09:00:00"}, saved, None) == at
    assert grade.read_at({"read_at": ["x"]}, saved, None) == at
