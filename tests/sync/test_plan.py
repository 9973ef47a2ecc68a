"""What a round does next, from data alone."""

from dataclasses import replace

import pytest

from sync.plan import AskSetup, Pull, Push, SendPhoto, SetAside, Snapshot, decide, pause
from sync.protocol import MAX_BATCH_BYTES, push_lines
from tests.sync.fakes import Photo, dice, revision

PHOTO = Photo("a" * 64)


def snapshot(**changes: object) -> Snapshot:
    return Snapshot(**{"etag": '"1"', "cursor": 7, "setup_asked": True, **changes})  # type: ignore[arg-type]


def test_a_phone_without_a_setup_asks_for_it_before_everything_else() -> None:
    assert decide(snapshot(etag=None, setup_asked=False, outbox=[revision(1)])) == AskSetup(None)
    assert decide(snapshot(etag=None, outbox=[revision(1)])) == Push((revision(1),))


def test_another_setup_is_asked_for_once_the_district_has_named_it() -> None:
    waiting = [revision(1)]
    assert decide(snapshot(setup_asked=False, setup_tag='"2"', outbox=waiting)) == Push(tuple(waiting))
    assert decide(snapshot(setup_asked=False, setup_tag='"2"', pulled=True)) == AskSetup('"1"')
    assert decide(snapshot(setup_asked=False, setup_tag='"1"', pulled=True)) is None
    assert decide(snapshot(setup_asked=False, pulled=True)) == AskSetup('"1"'), "an older district names none"


def test_text_goes_before_pictures_both_ways_and_so_does_the_setup() -> None:
    waiting = revision(1)
    assert decide(snapshot(outbox=[waiting], photos=[PHOTO])) == Push((waiting,))
    assert decide(snapshot(photos=[PHOTO])) == Pull(7, 500)
    assert decide(snapshot(photos=[PHOTO], pulled=True, setup_asked=False)) == AskSetup('"1"')
    assert decide(snapshot(photos=[PHOTO], pulled=True)) == SendPhoto(PHOTO)  # type: ignore[arg-type]
    assert decide(snapshot(pulled=True)) is None


def test_what_was_tried_in_this_round_is_left_and_the_rest_goes_on() -> None:
    bad, good = revision(1), revision(2)
    assert decide(snapshot(outbox=[bad, good], tried={bad.hash})) == Push((good,))


def test_what_builds_on_something_that_was_left_is_left_with_it() -> None:
    bad, good = revision(1), revision(2)
    meanwhile = replace(bad, seq=3, parents=(bad.hash,))
    assert decide(snapshot(outbox=[bad, good, meanwhile], tried={bad.hash})) == Push((good,))


def test_a_photo_that_was_tried_in_this_round_is_left() -> None:
    assert decide(snapshot(photos=[PHOTO], pulled=True, tried={PHOTO.sha256})) is None


@pytest.mark.parametrize(("strain", "size"), [(0, 500), (1, 125), (2, 31), (3, 7), (4, 1), (99, 1)])
def test_the_worse_the_line_the_smaller_the_steps(strain: int, size: int) -> None:
    action = decide(snapshot(outbox=[revision(n) for n in range(1, 601)], strain=strain))
    assert isinstance(action, Push)
    assert len(action.revisions) == size
    assert len(action.then) == min(size, 600 - size)
    assert action.then[0].seq == size + 1


def test_a_batch_stays_within_what_the_district_takes() -> None:
    long = [revision(n, set={"text": "x" * 200_000}) for n in range(1, 30)]
    action = decide(snapshot(outbox=long))
    assert isinstance(action, Push)
    assert 1 < len(action.revisions) < 29
    assert len(push_lines(action.revisions)) <= MAX_BATCH_BYTES


def test_what_fits_in_no_batch_is_set_aside_and_holds_up_nobody() -> None:
    huge, small = revision(1, set={"text": "x" * 300_000}), revision(2)
    assert decide(snapshot(outbox=[huge, small])) == SetAside(huge)
    assert decide(snapshot(outbox=[small, huge])) == Push((small,))


def test_pauses_grow_with_every_failure_and_stay_between_two_seconds_and_ten_minutes() -> None:
    chance = dice(7)
    means = []
    for failures in (1, 3, 5, 7, 9, 1_000):
        pauses = [pause(failures, chance) for _ in range(500)]
        assert min(pauses) >= 2.0
        assert max(pauses) <= 600.0
        means.append(sum(pauses) / 500)
    assert means[:5] == sorted(means[:5])
    assert means[5] == pytest.approx(300, rel=0.15)  # full jitter: half of the ceiling, on average


def test_phones_that_failed_together_do_not_come_back_together() -> None:
    pauses = {round(pause(5, dice(phone)), 3) for phone in range(50)}
    assert len(pauses) > 40
