"""Regular expressions that a form may use: only those that cannot keep a phone busy.

Python's matcher goes back and tries again, and some patterns make it do so for hours; it cannot be interrupted. So a
pattern's worst case is estimated from its open repetitions and its choices, and decides how long a text it is tried on.
"""

import re
import warnings
from functools import lru_cache
from math import factorial
from typing import Final

# About a tenth of a second on a laptop in the worst case.
_BUDGET: Final = 3_000_000
_LONGEST_TEXT: Final = 10_000
_SHORTEST_TEXT: Final = 100


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern (as in ODK Collect; with ^ and $ every engine agrees).

    A text that is too long to be tried does not.
    """
    return len(text) <= _weigh(pattern)[0] and re.fullmatch(pattern, text) is not None


def slow_pattern(pattern: str) -> str:
    """Why a regular expression may not be used in a form; empty when it may.

    Refused are what can take for ever (a repeated group with a repetition or alternatives inside), what multiplies to
    too much even for a text of a hundred characters, references back, and any (?...) other than (?:...).
    """
    return _weigh(pattern)[1]


@lru_cache(maxsize=256)
def _weigh(pattern: str) -> tuple[int, str]:
    """How long a text the pattern may be tried on, and why it may not be used at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return -1, "the pattern is not a regular expression"
    except FutureWarning:  # Collect's engine takes [[a] and [a--b] for something else
        return -1, "a pattern writes [ as \\[ inside of [ ], and no sign twice"
    bare = re.sub(r"\\.", lambda escape: "\\" if escape[0][1].isdigit() else "x", pattern, flags=re.DOTALL)
    if "\\" in bare:
        return -1, "a pattern may not refer back to a group"
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    if "(?" in bare.replace("(?:", "("):
        return -1, "a pattern may not use (?...) other than (?:...)"
    bare = bare.replace("(?:", "(")
    bare = re.sub(r"(?<=\))\{\d+\}|\{\d*,\d*\}", "*", bare)
    # Each try of a long counted piece costs its length; ten characters are what the budget reckons with.
    lengthy = max(1, sum(int(count) for count in re.findall(r"\{(\d+)\}", bare)) // 10)
    bare = re.sub(r"\{\d+\}", "", bare)
    while (inner := re.sub(r"\(([^()]*)\)(?![*+])", r"\1", re.sub(r"\([^()*+?|]*\)", "x", bare))) != bare:
        bare = inner
    if "(" in bare:
        return -1, "a pattern may not repeat a group that itself repeats something or offers alternatives"
    open_ends, choices = len(re.findall(r"[*+]", bare)), len(re.findall(r"[?|]", bare))
    # A text of n characters can be cut n**k / k! ways among k open repetitions, and each choice may double that.
    ways = _BUDGET * factorial(min(open_ends, 10)) // lengthy >> min(choices, 100)
    longest = int(ways ** (1 / open_ends)) if open_ends else _LONGEST_TEXT * (ways > 0)
    if longest < _SHORTEST_TEXT:
        return -1, "a pattern may not have so many open repetitions and choices"
    return min(longest, _LONGEST_TEXT), ""
