"""One line a figure: its name, its value, the goal, and whether it is reached."""

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside its goal; `op` is ">=" or "<="."""

    name: str
    value: float
    unit: str
    op: str
    bound: float

    @property
    def ok(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.bound if self.op == ">=" else self.value <= self.bound

    def __str__(self) -> str:
        word = "ok" if self.ok else "short"
        return f"figure {self.name} {self.value:.4g} {self.unit} goal {self.op} {self.bound:g} {word}"


def median_ratio(ours: Callable[[], float], baseline: Callable[[], float]) -> float:
    """The median of ours over baseline, measured in turns so that a busy machine hurts both alike."""
    ratios = []
    for _ in range(ROUNDS):
        theirs = baseline()
        mine = ours()
        ratios.append(mine / theirs)
        tell(f"  ours {mine:.6g}, baseline {theirs:.6g}, ratio {ratios[-1]:.4g}")
    return statistics.median(ratios)


def tell(text: str) -> None:
    """What goes on, for whoever waits; figures alone go to the standard output."""
    print(text, file=sys.stderr, flush=True)
