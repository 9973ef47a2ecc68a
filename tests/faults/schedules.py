"""Schedules: two to twenty phones, a district and everything that can go wrong between them; at the end all agree."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import anyio.to_thread

from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures, shortest, spread
from tests.faults.schedule.play import play
from tests.faults.schedule.steps import Step, schedule
from tests.faults.schedule.world import make_district

NAME = "schedules"
RUNS = 10_000
# Each makes a server anew; a process that has made a thousand takes more than twice as long for the next.
_LASTING = 50


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The schedules after which something was lost, doubled, or not the same everywhere."""
    runs = max(1, round(RUNS * share))
    tell(f"schedules: {runs} of two to twenty phones")
    yield from figures(
        NAME, "schedules that lost, doubled or disagreed", spread(work, range(runs), runs, _LASTING), RUNS
    )


def work(seed: int) -> Outcome:
    """One schedule; of a failing one, the shortest that still fails."""
    phones, steps = schedule(seed)
    outcome = Outcome(1)
    if _fails(seed, phones, steps):
        least = _plainest(shortest(steps, lambda some: bool(_fails(seed, phones, some))), seed, phones)
        told = "\n    ".join([f"schedule {seed}, {phones} phones", *map(str, least), *_fails(seed, phones, least)[:4]])
        outcome.wrong.append(told)
    return outcome


def _plainest(steps: list[Step], seed: int, phones: int) -> list[Step]:
    """The same schedule with no more faults than it needs."""
    for at, step in enumerate(steps):
        for number in reversed(range(len(steps[at].faults))):
            fewer = steps[at].faults[:number] + steps[at].faults[number + 1 :]
            for faults in ((), fewer):
                plainer = [*steps[:at], replace(step, faults=faults), *steps[at + 1 :]]
                if len(faults) < len(steps[at].faults) and _fails(seed, phones, plainer):
                    steps = plainer
                    break
    return steps


def _fails(seed: int, phones: int, steps: list[Step]) -> list[str]:
    try:
        with mock.patch.object(anyio.to_thread, "run_sync", _at_once):
            return asyncio.run(play(seed, phones, steps, _template()))
    except Exception as error:  # a crash of ours is a failing schedule too
        return [f"{type(error).__name__}: {error}"]


async def _at_once(work: Callable[..., Any], *arguments: Any, **_: Any) -> Any:
    """What the server would do in a thread, done here: in the same order every time, and sooner."""
    await asyncio.sleep(0)  # where a phone that is closed lets go of it
    return work(*arguments)


def _template() -> Path:
    return Path(_made().name) / "var"


@cache
def _made() -> tempfile.TemporaryDirectory[str]:
    """Kept as an object, which takes the folder away with the process."""
    folder = tempfile.TemporaryDirectory(prefix="beatbook-schedules-")
    make_district(Path(folder.name) / "var")
    return folder
