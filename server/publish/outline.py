"""The outline of a form: which question stands in which group or repeat, and which lists there are."""

from dataclasses import dataclass, field
from typing import Literal, Self

Kind = Literal["question", "group", "repeat"]


@dataclass(slots=True)
class Outline:
    """What an expression needs to know of the form around it.

    `parents` names for each question the group or repeat it stands in ("" is the form), `kinds` the groups and
    repeats among them, `lists` the columns of each list, `renamed` (by group and old name) those whose name was taken.
    A column that a list lacks is an empty one where that is `allowed`, as it is in other tools.
    """

    parents: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    renamed: dict[tuple[str, str], str] = field(default_factory=dict)
    allowed: bool = False

    @classmethod
    def flat(cls, *names: str) -> Self:
        """A form of these questions, without groups and lists."""
        return cls(dict.fromkeys(names, ""))

    def kind(self, name: str) -> Kind:
        """Whether this is a question, a group (as the form itself is) or a repeat."""
        return self.kinds.get(name, "question") if name else "group"

    def repeats(self, name: str) -> tuple[str, ...]:
        """The repeats that a question stands in, from the outside in."""
        found: list[str] = []
        while name := self.parents.get(name, ""):
            if self.kind(name) == "repeat":
                found.insert(0, name)
        return tuple(found)

    def chain(self, name: str) -> tuple[str, ...]:
        """The same with the node itself where it is a repeat."""
        return (*self.repeats(name), name) if self.kind(name) == "repeat" else self.repeats(name)
