"""What a query can know from the columns alone: which documents may match, so that few have to be opened.

A plan's places are never fewer than those of the matching documents. Where it is `exact` they are just those.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from app.directory import NO_TEXT, NOT_THERE, Rows, order_key, value_key


class Plan(Protocol):
    """Some of a table's places."""

    exact: bool

    def size(self) -> int:
        """How many places there are, about."""

    def count(self) -> int:
        """How many there are."""

    def places(self) -> Iterable[int]:
        """The places."""

    def has(self, place: int) -> bool:
        """Whether a place is among them."""

    def among(self, places: Iterable[int]) -> Iterable[int]:
        """Those of the places that are among them."""


@dataclass
class Equal:
    """`field == value`."""

    rows: Rows
    field: str
    value: Any

    def __post_init__(self) -> None:
        self._column = self.rows.columns[self.field]
        self._cell = value_key(self.value)
        self.exact = isinstance(self.value, str) and not self.value.startswith("\0")  # that may stand for a number

    def size(self) -> int:
        return self.rows.tally(self.field, self._cell)

    def count(self) -> int:
        return self.size()

    def places(self) -> Iterable[int]:
        return self.rows.find(self.field, self._cell)

    def has(self, place: int) -> bool:
        return self._column[place] == self._cell

    def among(self, places: Iterable[int]) -> Iterable[int]:
        return self._column.having(self._cell, places)


@dataclass
class Between:
    """`field <= bound` or `field >= bound` of an ordered field; what is no text at all is left to the query."""

    rows: Rows
    field: str
    bound: str
    up_to: bool
    exact: bool = False

    def __post_init__(self) -> None:
        self._column = self.rows.columns[self.field]
        self._cell = order_key(self.bound)

    def size(self) -> int:
        return len(self.rows)  # more than any that can be counted

    def count(self) -> int:
        return sum(1 for _ in self.places())

    def places(self) -> Iterable[int]:
        return filter(self.has, range(len(self.rows.ids)))

    def has(self, place: int) -> bool:
        cell = self._column[place]
        if cell in (NOT_THERE, NO_TEXT):
            return cell == NO_TEXT
        return cell <= self._cell if self.up_to else cell >= self._cell

    def among(self, places: Iterable[int]) -> Iterable[int]:
        return filter(self.has, places)


@dataclass
class Every:
    """All of these: `and`. `exact` says whether there is nothing else to the query."""

    plans: list[Plan]
    exact: bool

    def __post_init__(self) -> None:
        self.plans.sort(key=lambda plan: plan.size())
        self._others = self.plans[1:]

    def size(self) -> int:
        return self.plans[0].size()

    def count(self) -> int:
        return sum(1 for _ in self.places())

    def places(self) -> Iterable[int]:
        places = self.plans[0].places()
        for plan in self._others:
            places = plan.among(places)
        return places

    def has(self, place: int) -> bool:
        return all(plan.has(place) for plan in self.plans)

    def among(self, places: Iterable[int]) -> Iterable[int]:
        return filter(self.has, places)


@dataclass
class Some:
    """Any of these: `or`, `one_of`."""

    plans: list[Plan]

    def __post_init__(self) -> None:
        self.exact = all(plan.exact for plan in self.plans)

    def size(self) -> int:
        return sum(plan.size() for plan in self.plans)

    def count(self) -> int:
        return sum(1 for _ in self.places())

    def places(self) -> Iterable[int]:
        return sorted({place for plan in self.plans for place in plan.places()})

    def has(self, place: int) -> bool:
        return any(plan.has(place) for plan in self.plans)

    def among(self, places: Iterable[int]) -> Iterable[int]:
        return filter(self.has, places)


def plan(rows: Rows, query: Any) -> Plan | None:
    """A plan for TinyDB's own description of a query (its hash); None where the columns cannot help."""
    match query:
        case ("==", (str(field),), value) if field in rows.columns and not rows.columns[field].ordered:
            return Equal(rows, field, value)
        case ("one_of", (str(field),), values) if field in rows.columns and not rows.columns[field].ordered:
            return Some([Equal(rows, field, value) for value in values])
        case (("<" | "<=" | ">" | ">=") as sign, (str(field),), str(bound)):
            column = rows.columns.get(field)
            return Between(rows, field, bound, sign[0] == "<") if column and column.ordered else None
        case ("and", frozenset() as sides):
            plans = list(_plans(rows, sides))
            exact = len(plans) == len(sides) and all(side.exact for side in plans)
            return Every(plans, exact) if plans else None
        case ("or", frozenset() as sides):
            plans = list(_plans(rows, sides))
            return Some(plans) if len(plans) == len(sides) else None
    return None


def _plans(rows: Rows, sides: Iterable[Any]) -> Iterator[Plan]:
    return (found for found in (plan(rows, side) for side in sides) if found is not None)
