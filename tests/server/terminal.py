"""How a command of the terminal ends, and what it printed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


def good(done: Done) -> str:
    """What a command printed that went well."""
    assert (done.status, done.err) == (0, "")
    return done.out


def mistake(done: Done) -> str:
    """What a command said of a mistake, and printed nothing else."""
    assert (done.status, done.out) == (2, "")
    assert done.err.strip()
    return done.err
