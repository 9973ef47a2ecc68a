"""What happens in a schedule, as data: the same seed gives the same steps, and any of them can be left out."""

import random
from dataclasses import dataclass
from typing import Final

# Whoever does something, and how often. A step that cannot be done then (nothing to edit, nothing to restore) is none.
_OFTEN: Final = {
    **{"save": 12, "photo": 4, "edit": 14, "slow_edit": 4, "choose": 4, "delete": 3, "bring_back": 2, "torn_save": 2},
    **{"round": 28, "busy": 4, "crash": 5, "cancel": 4, "restart": 2, "reinstall": 1, "clock": 2, "time_change": 1},
    **{"district_restart": 2, "backup": 2, "restored": 1, "again": 2, "order": 2},
}
# What can be wrong with a request: see Line in tests/sync/fakes.py, and BadLine here.
FAULTS: Final = (
    *("drop request", "lose answer", "cut answer", "cut line", "429", "503", "500", "page", "twice", "cut request"),
    *("slow", "late"),
)
_MOST_PHONES: Final = (2, 2, 2, 3, 3, 4, 5, 6, 8, 20)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to one phone or to the district; `a` and `b` choose among what there is then."""

    what: str
    phone: int = 0
    a: int = 0
    b: int = 0
    faults: tuple[str | None, ...] = ()

    def __str__(self) -> str:
        said = ", ".join(fault or "fine" for fault in self.faults)
        return f"{self.what} phone={self.phone} a={self.a} b={self.b}" + (f" [{said}]" if said else "")


def schedule(seed: int) -> tuple[int, list[Step]]:
    """How many phones, and what happens."""
    chance = random.Random(seed)  # noqa: S311  # a die, not a key
    phones = chance.choice(_MOST_PHONES)
    kinds, weights = list(_OFTEN), list(_OFTEN.values())
    steps = []
    for what in chance.choices(kinds, weights, k=chance.randrange(10, 36)):
        faults: tuple[str | None, ...] = ()
        if what in ("round", "slow_edit", "busy") and chance.random() < 0.6:
            faults = tuple(chance.choice((None, *FAULTS)) for _ in range(chance.randrange(1, 5)))
        steps.append(Step(what, chance.randrange(phones), chance.randrange(1000), chance.randrange(1000), faults))
    return phones, steps
