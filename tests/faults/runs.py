"""Many runs of one kind on all processors, and what they come to."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from tests.bench.figures import Figure, tell

T = TypeVar("T")


@dataclass
class Outcome:
    """What a share of the runs came to: how many there were, and what went wrong, in words that tell how to see it."""

    runs: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Outcome") -> "Outcome":
        self.runs += other.runs
        self.wrong += other.wrong
        return self


def spread(work: Callable[[int], Outcome], seeds: Iterable[int], enough: int, lasting: int | None = None) -> Outcome:
    """Does the work of one seed after the other, in as many processes as there are processors, until there were enough
    runs or the seeds are used up. A process does the work of so many seeds (`lasting`), else of all that come to it.
    """
    total, began, told = Outcome(), time.monotonic(), time.monotonic()
    # Fresh processes with one thread each: the work may fork.
    processes = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="beatbook-faults-", ignore_cleanup_errors=True) as place,
        processes.Pool(os.cpu_count(), _work_in, (place,), lasting) as pool,
    ):
        for outcome in pool.imap_unordered(work, seeds):
            for words in outcome.wrong:
                tell(f"  WRONG: {words}")
            total += outcome
            if time.monotonic() - told > 30:
                told = time.monotonic()
                tell(f"  {total.runs} of {enough} after {told - began:.0f} s, {len(total.wrong)} wrong")
            if total.runs >= enough or len(total.wrong) >= 20:
                break
        pool.terminate()
    tell(f"  {total.runs} in {time.monotonic() - began:.0f} s, {len(total.wrong)} wrong")
    return total


def _work_in(place: str) -> None:
    """What a process leaves behind goes with the run: one of a pool does not tidy up at its end, and what it killed may
    write for a moment longer."""
    tempfile.tempdir = place


def figures(name: str, what: str, outcome: Outcome, goal: int) -> Iterator[Figure]:
    """What went wrong, of which there must be nothing, and how many runs there were."""
    yield Figure(name, len(outcome.wrong), what, "<=", 0)
    yield Figure(f"{name}-runs", outcome.runs, "runs", ">=", goal)


def shortest(case: list[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """A case that still fails, with as much as possible left out."""
    size = max(1, len(case) // 2)
    while size:
        at = 0
        while at < len(case):
            shorter = case[:at] + case[at + size :]
            if fails(shorter):
                case = shorter
            else:
                at += size
        size //= 2
    return case
