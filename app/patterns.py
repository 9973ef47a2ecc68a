"""Regular expressions that a form may use: only those that cannot keep a phone busy for long."""

import re
from typing import Final

# With at most three open repetitions in a pattern, the worst pattern stays under a tenth of a second on a text this
# long; longer texts do not match.
LONGEST: Final = 500


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern (as in ODK Collect; with ^ and $ every engine agrees)."""
    return len(text) <= LONGEST and re.fullmatch(pattern, text) is not None


def slow_pattern(pattern: str) -> str:
    """Why a regular expression may not be used in a form; empty when it may.

    Python's matcher goes back and tries again, and some patterns make it do so for hours. Refused is what can: a
    repeated group with a repetition or alternatives inside, more than three open repetitions, references back, and
    groups with a question mark other than (?:...).
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return "the pattern is not a regular expression"
    bare = re.sub(r"\\.", lambda escape: "\\" if escape[0][1].isdigit() else "x", pattern, flags=re.DOTALL)
    if "\\" in bare:
        return "a pattern may not refer back to a group"
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    if "(?" in bare.replace("(?:", "("):
        return "a pattern may not use (?...) other than (?:...)"
    bare = bare.replace("(?:", "(")
    bare = re.sub(r"(?<=\))\{\d+\}|\{\d*,\d*\}", "*", bare)
    bare = re.sub(r"\{\d+\}", "", bare)
    choices = len(re.findall(r"\?|\([^()|]*\|", bare))
    while (inner := re.sub(r"\(([^()]*)\)(?![*+])", r"\1", re.sub(r"\([^()*+?|]*\)", "x", bare))) != bare:
        bare = inner
    if "(" in bare:
        return "a pattern may not repeat a group that itself repeats something or offers alternatives"
    if len(re.findall(r"[*+]", bare)) > 3 or choices > 12:
        return "a pattern may not have more than three open repetitions, or more than twelve choices"
    return ""
