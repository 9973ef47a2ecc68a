"""What a record is once its revisions are folded together (sync/merge.py does the folding, on both ends)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.revisions import Answers, Revision


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values a field has; `value` is None where the revision `by` removed it."""

    value: Any
    by: str


@dataclass(frozen=True, slots=True)
class Folded:
    """The state of a record: its answers, the fields with more than one live value, and the heads to build on."""

    first: Revision
    last: Revision
    heads: tuple[str, ...]
    answers: Answers
    conflicts: dict[str, tuple[Value, ...]] = field(default_factory=dict)


Fold = Callable[[Iterable[Revision]], Folded]
