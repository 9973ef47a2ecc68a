"""Power cuts at every step of a simulated disk: nothing confirmed is lost, nothing is invented, nothing reordered."""

import random
from collections.abc import Iterator
from functools import partial
from itertools import count
from unittest import mock

from app import generation, journal
from tests.app.journals import FIRST, plain_frame, plain_header
from tests.app.simulated_disk import SimulatedDisk, run
from tests.bench.figures import Figure, tell
from tests.faults.life import Life, Model, Verb, reopened, verbs
from tests.faults.runs import Outcome, figures, shortest, spread

NAME = "power"
STATES = 100_000
_VARIANTS = 4  # of each moment
_VERBS = 14


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The states in which something was not as it must be."""
    tell("power: a simulated disk loses its power at every operation")
    enough = round(STATES * share)
    yield from figures(NAME, "states-wrong", spread(work, count(), enough), STATES)


def work(seed: int) -> Outcome:
    """One life, and the power cut at each of its steps."""
    life = verbs(random.Random(seed), _VERBS)  # noqa: S311  # a die, not a key
    outcome = live(life, seed)
    if outcome.wrong:
        short = shortest(life, lambda case: bool(live(case, seed).wrong))
        outcome.wrong = [f"seed {seed}: {live(short, seed).wrong[0]} in the life {short}"]
    return outcome


def live(life: list[Verb], seed: int) -> Outcome:
    """Lives that life; what was wrong at which of its steps, the first alone."""
    outcome = Outcome()
    disk, model = _begun(seed)
    with mock.patch.multiple(generation, EVERY=4, _AHEAD=600, _CLOSE=100), mock.patch.multiple(journal, _PIECE=400):
        owner = Life(disk, model)
        disk.on_step = partial(_cut, owner, disk, seed, outcome)
        run(owner.open())
        for verb in life:
            if outcome.wrong:
                break
            run(owner.do(verb))
    return outcome


def _begun(seed: int) -> tuple[SimulatedDisk, Model]:
    """An empty disk; every fourth time one with a notebook of format 1, which has to be carried over."""
    disk = SimulatedDisk(seed)
    if seed % 4:
        return disk, {}
    disk.stable[FIRST] = plain_header() + b"".join(
        plain_frame(row, ("records", row, {"n": row, "text": "x" * seed})) for row in range(1, 6)
    )
    return disk, {("records", row): {"n": row, "text": "x" * seed} for row in range(1, 6)}


def _cut(owner: Life, disk: SimulatedDisk, seed: int, outcome: Outcome, what: str, name: str) -> None:
    step = disk.operations
    for variant in range(_VARIANTS):
        if outcome.wrong:
            return
        outcome.runs += 1
        broken = disk.fork()
        broken.power_cut(random.Random(f"{seed}/{step}/{variant}"))  # noqa: S311
        try:
            reopened(broken, owner.possible)
        except Exception as error:
            # Whatever it is, the officer would have lost the notebook.
            outcome.wrong.append(f"cut before step {step} ({what} {name}), variant {variant}: {error!r}")
