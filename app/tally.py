"""A number and a sum over a set of revisions: two ends with the same tally have the same revisions, in any order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_MOST: Final = 1 << 256


@dataclass(frozen=True, slots=True)
class Tally:
    """How many revisions there are, and the sum of their hashes modulo 2^256, in 64 hexadecimal characters."""

    count: int = 0
    sum: str = "0" * 64


def tally(hashes: Iterable[str]) -> Tally:
    """The tally of revisions, by their hashes. Raises ValueError for what is no hash."""
    count = total = 0
    for name in hashes:
        count, total = count + 1, total + int(name, 16)
    return Tally(count, f"{total % _MOST:064x}")
