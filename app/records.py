"""What a record is once its revisions are folded together (sync/merge.py does the folding, on both ends)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from app.revisions import Answers, Revision

Standing = Literal["live", "deleted", "sealed", "expunged"]
ORDERED_AWAY: Final[tuple[Literal["sealed"], Literal["expunged"]]] = (
    "sealed",
    "expunged",
)  # by the district: no phone has its content


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values a field has; `value` is None where the revision `by` removed it."""

    value: Any
    by: str


@dataclass(frozen=True, slots=True)
class Folded:
    """The state of a record: its answers, the fields with more than one live value, and the heads to build on.

    `deletions` are the revisions that delete it and that nobody took back. It is `deleted` by them unless somebody
    wrote without having seen one: then the deletion is `contested`, and the record stays until somebody chooses.
    `order` is the district's order that keeps it from phones: it is sealed by it, or expunged for ever.
    """

    first: Revision
    last: Revision
    heads: tuple[str, ...]
    answers: Answers
    conflicts: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    deletions: tuple[Revision, ...] = ()
    contested: bool = False
    order: Revision | None = None

    @property
    def standing(self) -> Standing:
        """Whether the record is there to be read: live, or how it was taken away."""
        if self.order is not None:
            return "expunged" if self.order.act == "expunge" else "sealed"
        return "deleted" if self.deletions and not self.contested else "live"


Fold = Callable[[Iterable[Revision]], Folded]
