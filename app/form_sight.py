"""The answers of one record as its expressions see them: which answer a name means, and what an expression gives.

Answers inside of repeats have an address: `visits/2/minutes` is the answer `minutes` in the second repetition of
`visits`; outside of repeats it is the name alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from app.answers import empty, fits, plain
from app.form_json import QUOTED, Choice, Field, said
from app.form_plan import Plan, common
from app.logic import ALL_STEPS, STEPS, Expression, LogicError, Scope, Value, evaluate, shuffled
from app.values import boolean, number, string

if TYPE_CHECKING:
    from app.forms import Form

Path = tuple[int, ...]  # which repetition of each repeat around an answer, from the outside in, counted from 0
Key = tuple[str, Path]


class Sight:
    """What can be asked of the answers of one record. What is asked for is kept worked out by `Live`.

    `frozen` takes calculated answers as they are, as the district's door does: they were worked out on the phone.
    """

    def __init__(
        self, form: "Form", answers: Mapping[str, Any], now: datetime | None, language: str, frozen: bool
    ) -> None:
        self.form = form
        self.plan: Plan = form.plan
        self.frozen = frozen
        self.answers: dict[str, Any] = dict(answers)
        for name in self.plan.beside.keys() & answers.keys():
            self.answers[name] = _copy(answers[name])
        self._clock = now
        self._counts: dict[Key, int] = {}
        self._shown: set[Key] = set(self.plan.shown)
        self._required: set[Key] = set(self.plan.required)
        self._readonly: set[Key] = set(self.plan.readonly)
        self._plain: dict[Key, Value] = {}
        self._slow: set[Key] = set()
        self._at: str = ""
        self._path: Path = ()
        self._scope = Scope(
            self._value,
            _zoned(now),
            label=self._label,
            language=language,
            walk=self._walk,
            place=self._place,
            rows=lambda name: form.rows(name, language),
            tested=self._value,
        )

    # --- what it says, by address -----------------------------------------------------------------------------------

    @property
    def shown(self) -> set[str]:
        """The addresses of everything that is asked: questions, groups, repeats."""
        return set(map(self.address, self._shown))

    @property
    def required(self) -> set[str]:
        """The addresses of the questions that are asked and must be answered."""
        return set(map(self.address, self._required & self._shown))

    @property
    def readonly(self) -> set[str]:
        """The addresses of the questions that are shown and not changed by hand."""
        return set(map(self.address, self._readonly & self._shown))

    def is_shown(self, address: str) -> bool:
        """Whether this is asked now."""
        return self._key(address) in self._shown

    def is_required(self, address: str) -> bool:
        """Whether this must be answered."""
        return self._key(address) in self._required

    def is_readonly(self, address: str) -> bool:
        """Whether this is not changed by hand."""
        return self._key(address) in self._readonly

    def value(self, address: str) -> Any:
        """The answer, asked or not; None where there is none."""
        name, path = self._key(address)
        return self._row(self.plan.repeats[name], path).get(name)

    def rows(self, address: str) -> int:
        """How many repetitions a repeat has now."""
        return self._counts.get(self._key(address), 0)

    def everything(self) -> Iterator[tuple[str, Field]]:
        """Every field with its address, asked or not, in all repetitions that there are."""
        for field in self.plan.fields.values():
            for path in self._paths(self.plan.repeats[field.name]):
                yield self.address((field.name, path)), field

    def choices(self, address: str) -> tuple[Choice, ...]:
        """The choices that are offered now."""
        self.refresh()
        name, path = self._key(address)
        return self.offered(self.plan.fields[name], path)

    def text(self, address: str, texts: Mapping[str, str], language: str) -> str:
        """A label or hint in this language, with the answers that it quotes."""
        self.refresh()
        return self.quoted(said(texts, language), self._key(address))

    # --- what it says, by name and path -----------------------------------------------------------------------------

    def seen(self, key: Key) -> bool:
        """Whether this is asked."""
        return key in self._shown

    def must(self, key: Key) -> bool:
        """Whether this must be answered."""
        return key in self._required

    def slow(self, key: Key) -> bool:
        """Whether an expression of this question took more work than a form may ask for, since the last `refresh`."""
        return key in self._slow

    def count(self, key: Key) -> int:
        """How many repetitions there are."""
        return self._counts.get(key, 0)

    def plain(self, key: Key) -> Value:
        """The answer as expressions see it where it is asked.

        What is asked in any case is looked at when it is first needed: few answers ever are.
        """
        if key not in self._plain and key in self.plan.shown:
            self._plain[key] = seen_as(self.plan.shown[key], self.answers.get(key[0]))
        return self._plain.get(key, "")

    def fits(self, field: Field, value: Any, path: Path) -> Literal["type", "choice", "range"] | None:
        """The code of what is wrong with an answer of this question, by its type and its choices alone."""
        if field.type == "select_one" and isinstance(value, str) and value in self.plan.names.get(field.name, ()):
            return None
        if not fits(field.type, value):
            return "type"
        if field.choices:
            offered = self.plan.names.get(field.name) or {choice.name for choice in self.offered(field, path)}
            chosen = value if isinstance(value, list) else [value]
            if not offered.issuperset(chosen) or len(set(chosen)) < len(chosen):
                return "choice"
            if field.type == "rank" and len(chosen) < len(offered):
                return "choice"
        if field.type == "range" and not _in_range(value, field.parameters):
            return "range"
        return None

    def offered(self, field: Field, path: Path) -> tuple[Choice, ...]:
        """The choices of a question that pass its filter, in the order it asks for."""
        found = field.choices
        if field.choice_filter is not None:
            scope = self._scope
            try:
                kept: list[Choice] = []
                for choice in field.choices:
                    scope.item = choice.row(scope.language)
                    if self.holds(field.choice_filter, field.name, path):
                        kept.append(choice)
                found = tuple(kept)
            finally:
                scope.item = None
        if field.parameters.get("randomize"):
            seed = self.worked_out(field.parameters.get("seed", ""), field.name, path)
            found = tuple(shuffled(list(found), number(seed, self._scope)))
        return found

    def quoted(self, text: str, key: Key) -> str:
        """The text with the answers that it quotes as ${name}."""
        if "${" not in text:
            return text

        def said_of(match: re.Match[str]) -> str:
            return string(self.worked_out(["ref", match[1]], *key)) if match[1] in self.plan.fields else match[0]

        return QUOTED.sub(said_of, text)

    def worked_out(self, tree: Expression, name: str = "", path: Path = (), this: Value = "") -> Value:
        """An expression's value at a place of the form; empty where it takes more work than a form may ask for."""
        scope = self._scope
        scope.renew()
        before = self._at, self._path
        self._at, self._path, scope.this = name, path, this
        try:
            return evaluate(tree, scope)
        except LogicError:
            self._slow.add((name, path))
            return ""
        finally:
            self._at, self._path = before

    def holds(self, tree: Expression, name: str, path: Path, this: Value = "") -> bool:
        """Whether a condition holds; what takes too long does not."""
        return tree if isinstance(tree, bool) else boolean(self.worked_out(tree, name, path, this))

    def refresh(self) -> None:
        """The time of now, and a budget for what is worked out in one go."""
        self._scope.now = _zoned(self._clock)
        self._scope.steps, self._scope.left = STEPS, ALL_STEPS
        self._slow.clear()

    def moment(self) -> str:
        """The time of now, as an answer."""
        return _zoned(self._clock).isoformat(timespec="milliseconds")

    # --- places -----------------------------------------------------------------------------------------------------

    def address(self, key: Key) -> str:
        """How a question, or one repetition of a repeat, is called from outside."""
        name, path = key
        if not path:
            return name
        places = [f"{repeat}/{at + 1}" for repeat, at in zip(self.plan.chain(name), path, strict=False)]
        return "/".join(places if len(path) > len(self.plan.repeats[name]) else [*places, name])

    def _key(self, address: str) -> Key:
        """The name and path of an address; of a repetition (`visits/2`) the repeat's name and the longer path."""
        parts = address.split("/")
        name = parts[-1] if len(parts) % 2 else parts[-2]
        return name, tuple(int(part) - 1 for part in parts[1::2])

    def _row(self, repeats: tuple[str, ...], path: Path) -> dict[str, Any]:
        """The answers of one repetition, as they are kept."""
        row = self.answers
        for repeat, at in zip(repeats, path, strict=False):
            row = row[repeat][at]
        return row

    def _raw(self, key: Key) -> Any:
        name, path = key
        return self._row(self.plan.repeats[name], path).get(name)

    def _paths(self, repeats: tuple[str, ...], start: Path = ()) -> Iterator[Path]:
        if len(start) >= len(repeats):
            yield start
            return
        for at in range(self._counts.get((repeats[len(start)], start), 0)):
            yield from self._paths(repeats, (*start, at))

    def _near(self, name: str) -> Path:
        """Where the answer `name` is that is meant here: beside the asker, else in the first repetition."""
        theirs = self.plan.repeats[name]
        if not theirs:
            return ()
        chain = self.plan.chain(self._at) if self._at else ()
        shared = min(common(theirs, chain), len(self._path))
        return self._path[:shared] + (0,) * (len(theirs) - shared)

    # --- what expressions see ---------------------------------------------------------------------------------------

    def _value(self, name: str) -> Value:
        key = (name, self._near(name))
        return self.plain(key) if key in self._shown else ""

    def _place(self, repeat: str) -> int:
        depth = len(self.plan.repeats[repeat])
        return self._path[depth] + 1 if depth < len(self._path) else 1

    def _label(self, name: str, choice: str) -> str:
        for one in self.plan.fields[name].choices:
            if one.name == choice:
                return one.label(self._scope.language)
        return choice

    def _walk(self, name: str, filters: Sequence[list[Expression]], scope: Scope) -> list[Value]:
        tests = {repeat: rest for repeat, *rest in filters}
        here, chain = self._path, self.plan.chain(self._at) if self._at else ()
        paths: list[Path] = [()]
        beside = True  # so far in the repetitions that the asker stands in
        for depth, repeat in enumerate(self.plan.chain(name)):
            beside = beside and repeat not in tests and repeat != name and chain[depth : depth + 1] == (repeat,)
            if beside and depth < len(here):
                paths = [here[: depth + 1]]
                continue
            found: list[Path] = []
            for path in paths:
                count = self._counts.get((repeat, path), 0)
                scope.spend(count)
                for at in range(count):
                    if repeat not in tests or self._passes(tests[repeat], (repeat, (*path, at)), at + 1, count):
                        found.append((*path, at))
            paths = found
        if self.plan.fields[name].type == "repeat":
            return ["" for path in paths if (name, path[:-1]) in self._shown]
        keys = [(name, path) for path in paths if (name, path) in self._shown]
        if name in tests:
            keys = [key for at, key in enumerate(keys, 1) if self._passes(tests[name], key, at, len(keys))]
        return [self.plain(key) for key in keys]

    def _passes(self, tests: list[Expression], key: Key, position: int, last: int) -> bool:
        scope = self._scope
        before, this = scope.tested, scope.this
        scope.this = self.plain(key)
        scope.tested = self._seen_from(key)
        try:
            return scope.passes(tests, position, last)
        finally:
            scope.tested, scope.this = before, this

    def _seen_from(self, key: Key) -> Callable[[str], Value]:
        def value(name: str) -> Value:
            before = self._at, self._path
            self._at, self._path = key
            try:
                return self._value(name)
            finally:
                self._at, self._path = before

        return value


def seen_as(field: Field, value: Any) -> Value:
    """An answer as expressions see it, whatever it is."""
    return plain(value) if not empty(value) and field.type != "repeat" and fits(field.type, value) else ""


def _copy(value: Any) -> Any:
    """Repeats are copied, all other answers are never changed in place."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return [{name: _copy(part) for name, part in row.items()} for row in value]
    return value


def _zoned(now: datetime | None) -> datetime:
    return now if now and now.tzinfo else (now or datetime.now()).astimezone()


def range_of(parameters: Mapping[str, Any]) -> tuple[float, float, float]:
    """Where a range begins and ends, and its step; XLSForm's own where its author does not say."""
    low, high, step = (float(parameters.get(key, usual)) for key, usual in (("start", 1), ("end", 10), ("step", 1)))
    return low, high, step


def _in_range(value: float, parameters: Mapping[str, Any]) -> bool:
    """Whether a number lies on one of the steps of a range."""
    low, high, step = range_of(parameters)
    steps = (value - low) / step if step else 0.0
    return min(low, high) <= value <= max(low, high) and abs(steps - round(steps)) < 1e-6
