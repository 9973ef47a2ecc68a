"""What depends on what in a form, worked out once when it is read: an answer then costs what depends on it.

A step works one thing out for one question: how many repetitions there are ("count"), whether it is asked ("shown"),
what it is ("value", for calculations), and how it is drawn ("marks": required, readonly, choices, words). The steps
stand in an order in which everything comes after what it looks at.
"""

from collections.abc import Iterator
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Final, Literal, NamedTuple

from app.form_json import CHOOSING, QUOTED, Field, FormError
from app.logic import Expression, references, wide

Kind = Literal["count", "shown", "value", "marks"]
Place = tuple[str, tuple[int, ...]]  # a question, and which repetitions it is in
PLAIN: Final = {bool, type(None)}  # of conditions that are none


class Step(NamedTuple):
    """One thing to work out."""

    name: str
    kind: Kind


class Reader(NamedTuple):
    """A step that looks at an answer; they share the repetitions of the first `shared` repeats around them."""

    step: int
    shared: int


class Plan:
    """The order of a form's steps. Raises FormError, naming the circle, where there is none."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields: dict[str, Field] = {}
        self.parents: dict[str, str] = {}
        self.repeats: dict[str, tuple[str, ...]] = {}  # the repeats around a question, from the outside in
        self.inside: dict[str, list[str]] = {}  # everything in a repeat
        self.beside: dict[str, dict[str, Field]] = {"": {}}  # what one repetition asks, and the form outside of them
        self._place(fields, "", ())
        self.triggered: dict[str, list[str]] = {}
        for field in self.fields.values():
            for name in field.trigger:
                self.triggered.setdefault(name, []).append(field.name)
        self.steps = self._ordered()
        self.at: dict[Step, int] = {step: at for at, step in enumerate(self.steps)}
        self.names = {
            field.name: frozenset(choice.name for choice in field.choices)
            for field in self.fields.values()
            if field.choices and field.choice_filter is None
        }
        self._settle()
        self.readers: dict[str, list[Reader]] = {name: [] for name in self.fields}
        for at, step in enumerate(self.steps):
            for name, broad in self._looks(step).items():
                shared = 0 if broad else common(self.repeats[name], self.repeats[step.name])
                self.readers[name].append(Reader(at, shared))

    @cached_property
    def labels(self) -> dict[str, dict[str, list[str]]]:
        """What the choices of each question are called, in all languages."""
        found: dict[str, dict[str, list[str]]] = {}
        for field in self.fields.values():
            if field.type in CHOOSING:
                said = found[field.name] = {}
                for choice in field.choices:
                    said.setdefault(choice.name, []).extend(choice.labels.values())
        return found

    def chain(self, name: str) -> tuple[str, ...]:
        """The repeats around a field, and the field itself where it is one."""
        return (*self.repeats[name], name) if self.fields[name].type == "repeat" else self.repeats[name]

    def _place(self, fields: tuple[Field, ...], parent: str, repeats: tuple[str, ...]) -> None:
        for field in fields:
            self.fields[field.name] = field
            self.parents[field.name] = parent
            self.repeats[field.name] = repeats
            for repeat in repeats:
                self.inside.setdefault(repeat, []).append(field.name)
            self.beside[repeats[-1] if repeats else ""][field.name] = field
            if field.type == "repeat":
                self.beside[field.name] = {}
            self._place(field.fields, field.name, (*repeats, field.name) if field.type == "repeat" else repeats)

    def _settle(self) -> None:
        """What no answer decides on: it is so from the start, and the steps that are left are those to begin with."""
        self.shown: dict[Place, Field] = {}
        self.required: set[Place] = set()
        self.readonly: set[Place] = set()
        opening = []
        for step in self.steps:
            field, key = self.fields[step.name], (step.name, ())
            parent = self.parents[step.name]
            if self.repeats[step.name]:
                opening.append(step)
            elif step.kind == "shown" and field.relevant is None and (not parent or (parent, ()) in self.shown):
                self.shown[key] = field
            elif (
                step.kind == "marks" and not self._looks(step) and {type(field.required), type(field.readonly)} <= PLAIN
            ):
                self.required |= {key} if field.required else set()
                self.readonly |= {key} if field.readonly else set()
            else:
                opening.append(step)
        self.opening = tuple(opening)
        # The choices of questions that are always asked, and whose answers are held against nothing else.
        self.chosen = {
            field.name: self.names[field.name]
            for field in self.shown.values()
            if field.type == "select_one" and field.constraint is None and field.name in self.names
        }

    def _steps(self) -> Iterator[Step]:
        for name, field in self.fields.items():
            yield Step(name, "shown")
            if field.type == "repeat":
                yield Step(name, "count")
            if field.calculation is not None and not field.trigger:
                yield Step(name, "value")
            if marked(field):
                yield Step(name, "marks")

    def _looks(self, step: Step) -> dict[str, bool]:
        """The names that a step looks at, and whether it looks beyond its own repetition."""
        field = self.fields[step.name]
        trees: list[Expression]
        if step.kind == "shown":
            trees = [field.relevant]
        elif step.kind == "count":
            trees = [field.count]
        elif step.kind == "value":
            trees = [field.calculation]
        else:
            trees = [field.required, field.readonly, field.choice_filter]
        found: dict[str, bool] = {}
        for tree in trees:
            broad = wide(tree)
            for name in references(tree):
                found[name] = found.get(name, False) or broad
        if step.kind == "marks":
            for text in (*field.labels.values(), *field.hints.values()):
                found.update((name, False) for name in QUOTED.findall(text) if name in self.fields)
        parent = self.parents[step.name]
        if step.kind == "shown" and parent:
            found[parent] = found.get(parent, False)
        return found

    def _ordered(self) -> tuple[Step, ...]:
        steps = dict.fromkeys(self._steps())
        sorter = TopologicalSorter[Step]()
        for step in steps:
            sorter.add(step)
            if step.kind != "shown":
                sorter.add(step, Step(step.name, "shown"))
            for name in self._looks(step):
                known = (Step(name, "count"), Step(name, "shown"), Step(name, "value"))
                sorter.add(step, *(needed for needed in known if needed in steps))
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            circle: list[Step] = list(reversed(error.args[1]))
            names = [step.name for at, step in enumerate(circle) if at == 0 or circle[at - 1].name != step.name]
            names = names if len(names) > 1 else names * 2
            shown = all(step.kind == "shown" for step in circle)
            what = "decides itself whether it is asked" if shown else "depends on itself"
            raise FormError(f"question {names[0]} {what}: {' -> '.join(names)}") from None


def marked(field: Field) -> bool:
    """Whether anything but its answer decides how a field is drawn."""
    texts = (*field.labels.values(), *field.hints.values())
    return (
        field.required is not None
        or field.readonly is not None
        or field.choice_filter is not None
        or any("${" in text for text in texts)
    )


def common(some: tuple[str, ...], others: tuple[str, ...]) -> int:
    """How many repeats two questions share, from the outside in."""
    count = 0
    for mine, theirs in zip(some, others, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
