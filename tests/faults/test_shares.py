"""A share of the faults that `make faults` tries in full."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import at_rest, cursor, digest, flip, forms, full, kill, model, power, proxy, restore, schedules
from tests.faults.runs import Outcome, shortest
from tests.postgres import Postgres


@pytest.mark.parametrize(
    ("work", "seeds"),
    [
        (power.work, range(20)),
        (flip.work, range(5)),
        (full.work, range(30)),
        (full.work_on_files, range(6)),
        (model.work, range(12)),
        (forms.work, range(4)),
        (schedules.work, range(12)),
    ],
    ids=lambda part: f"{part.__module__.rpartition('.')[2]}.{part.__name__}" if callable(part) else "",
)
def test_nothing_is_lost_whatever_fails(work: Callable[[int], Outcome], seeds: range) -> None:
    for seed in seeds:
        outcome = work(seed)
        assert outcome.runs
        assert outcome.wrong == []


def test_what_a_killed_process_confirmed_is_there() -> None:
    figures = list(kill.measure(0.05))
    assert [figure.value for figure in figures if figure.name == "kill"] == [0]
    assert figures[1].value >= 100


def test_a_disk_that_is_really_full_loses_nothing() -> None:
    assert full.tiny_disk().wrong == []


def test_no_word_of_the_officer_can_be_found(tmp_path: Path) -> None:
    assert at_rest.look(tmp_path).wrong == []


def test_a_phone_that_follows_its_cursor_is_shown_what_eight_servers_write() -> None:
    with ThreadPoolExecutor(cursor.WRITERS) as servers:  # threads, because a process each takes seconds to start
        outcome = cursor.follow(4_000, servers)
    assert outcome.runs == 4_000
    assert outcome.wrong == []


def test_nothing_is_lost_over_real_sockets_with_a_bad_proxy_between(tmp_path: Path) -> None:
    assert asyncio.run(proxy.run_once(0, tmp_path)) == []


def test_one_difference_between_phone_and_district_is_found(tmp_path: Path) -> None:
    outcome = digest.compare(tmp_path, 500, 6)
    assert outcome.runs == 6
    assert outcome.wrong == []


def test_phones_that_are_ahead_of_a_restored_district_bring_back_what_it_lost() -> None:
    with Postgres() as postgres:
        for seed in range(4):
            assert restore.work(seed, postgres).wrong == []


def test_a_failing_case_is_told_as_short_as_it_can_be() -> None:
    assert shortest(list(range(100)), lambda case: 17 in case and 60 in case) == [17, 60]
