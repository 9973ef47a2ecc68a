"""Works out the expressions of a form: when a question is asked, whether an answer holds, what it starts with.

An expression arrives as a small tree (server/publish/expressions.py made it from what the form's author wrote): a
literal, or a list whose first part is an operator or a function. What each means is XPath 1.0 with the ODK XForms
functions (app/functions.py); docs/forms.md lists them. What a tree says of other answers:

    ["ref", "name"]                     the answer, in the same repetition where question and asker share one
    ["all", "name", ["rep", test]...]   every answer, over all repetitions that pass the tests: a set of nodes
    ["at", "name"]                      inside a test: the answer in the repetition that is being tested
    ["items", "list", "column", test...]   a column of a list's rows that pass the tests: a set of nodes
    ["col", "column"]                   inside a test or a choice filter: a column of the row being tested
    ["self"], ["position"], ["position", "rep"], ["last"], ["once", ...], ["indexed-repeat", ...], ["pulldata", ...]

A form comes from elsewhere, so nothing here trusts it: `verify` refuses what this module could not work out, and
`Scope.steps` ends what would take too long.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from app.functions import FUNCTIONS, OPERATORS, SPREAD, Function
from app.patterns import slow_pattern
from app.values import Value, boolean, number, string

__all__ = ["Expression", "LogicError", "Scope", "TooLong", "Value", "evaluate", "nodes", "references", "string"]

Expression = Any  # JSON: str, int, float, bool or a list [operator, argument, ...]
Filters = Sequence[list[Expression]]

STEPS: Final = 20_000  # for one expression
ALL_STEPS: Final = 500_000  # for all expressions that are worked out in one go
DEPTH: Final = 60
_MOST_NODES: Final = 10_000


class LogicError(ValueError):
    """An expression that cannot be worked out; the message says why, in words for the form's author."""


class TooLong(LogicError):
    """Working the expression out took more steps than a form may take."""


def _no_label(_field: str, choice: str) -> str:
    return choice


def _no_rows(_list: str) -> Sequence[Mapping[str, str]]:
    return ()


@dataclass(slots=True)
class Scope:
    """What an expression can see: other answers by name, the answer in hand, the time, and the labels of choices.

    `walk` gives the answers of a question over repetitions, `place` which repetition this is, `rows` a list by name.
    """

    value: Callable[[str], Value]
    now: datetime
    this: Value = ""
    label: Callable[[str, str], str] = _no_label
    language: str = "en"
    walk: "Callable[[str, Filters, Scope], list[Value]] | None" = None
    place: Callable[[str], int] | None = None
    rows: Callable[[str], Sequence[Mapping[str, str]]] = _no_rows
    item: Mapping[str, str] | None = None
    tested: Callable[[str], Value] | None = None
    position: int = 1
    last: int = 1
    steps: int = field(default=STEPS)
    left: int = field(default=ALL_STEPS)

    def spend(self, steps: int = 1) -> None:
        """Counts work done. Raises TooLong when the budget is used up."""
        self.steps -= steps
        if self.steps < 0:
            raise TooLong("this takes too long to work out")

    def renew(self) -> None:
        """A new budget for the next expression, as far as there is one left for all."""
        self.left -= STEPS - self.steps
        self.steps = min(STEPS, self.left)

    def passes(self, tests: Sequence[Expression], position: int, last: int) -> bool:
        """Whether the node at hand passes the tests of a path; a number means the position."""
        before = self.position, self.last
        self.position, self.last = position, last
        try:
            for test in tests:
                value = evaluate(test, self)
                if not (value == position if isinstance(value, float) else boolean(value)):
                    return False
            return True
        finally:
            self.position, self.last = before


def evaluate(tree: Expression, scope: Scope) -> Value:
    """The value of a verified expression. Raises TooLong, and nothing else."""
    scope.spend()
    if isinstance(tree, bool):
        return tree
    if isinstance(tree, int | float):
        return float(tree)
    if isinstance(tree, str):
        return tree
    name = tree[0]
    if name in _LAZY:
        return _LAZY[name](tree[1:], scope)
    if name in SPREAD:
        single = SPREAD[name] + 1
        values = [evaluate(argument, scope) for argument in tree[1:single]]
        values += [value for argument in tree[single:] for value in nodes(argument, scope)]
        scope.spend(_length(values) // 64)  # before, so that what is put together is never too large
        result = _EAGER[name](scope, *values)
    else:
        result = _EAGER[name](scope, *[evaluate(argument, scope) for argument in tree[1:]])
    if isinstance(result, str):
        scope.spend(len(result) // 64)
    return result


def nodes(tree: Expression, scope: Scope) -> list[Value]:
    """The values of a set of nodes; of what is none, its one value. Raises TooLong."""
    if isinstance(tree, list) and tree[0] in _NODES:
        scope.spend()
        return _NODES[tree[0]](tree[1:], scope)
    return [evaluate(tree, scope)]


def _length(values: list[Value]) -> int:
    """How long the values are together; the first one may be put between the others."""
    lengths = [len(value) for value in values if isinstance(value, str)]
    return sum(lengths) + (len(values[0]) * len(values) if values and isinstance(values[0], str) else 0)


def truth(tree: Expression, scope: Scope) -> bool:
    """The expression's value as yes or no."""
    return boolean(evaluate(tree, scope))


def verify(
    tree: Expression,
    names: frozenset[str] | set[str],
    depth: int = DEPTH,
    lists: frozenset[str] | set[str] = frozenset(),
) -> None:
    """Raises LogicError for a tree that `evaluate` could not work out, or that names an answer not among `names`."""
    if depth < 0:
        raise LogicError("the expression is nested too deeply")
    if isinstance(tree, bool | str):
        return
    if isinstance(tree, int | float):
        if abs(tree) >= 1 << 53 or not math.isfinite(tree):
            raise LogicError("a number is too large")
        return
    if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
        raise LogicError("this is no expression")
    name, *arguments = tree
    if name not in ARITY:
        raise LogicError(f"{name}() is not a function that Beatbook knows")
    least, most = ARITY[name]
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise LogicError(f"{name}() has {len(arguments)} arguments and needs {_range(least, most)}")
    if name == "regex":
        reason = slow_pattern(arguments[1]) if isinstance(arguments[1], str) else "a pattern must be a plain text"
        if reason:
            raise LogicError(reason)
    for argument in _verified_names(name, arguments, names, lists):
        verify(argument, names, depth - 1, lists)


def references(tree: Expression) -> Iterator[str]:
    """The names of the answers that a verified expression looks at."""
    if isinstance(tree, list):
        if tree[0] in ("ref", "at", "position"):
            yield from tree[1:]
        elif tree[0] in ("all", "indexed-repeat"):
            yield tree[1]
            for part in tree[2:]:
                yield part[0]
                yield from (name for test in part[1:] for name in references(test))
        else:
            for argument in tree[1:]:
                yield from references(argument)


def wide(tree: Expression) -> bool:
    """Whether the expression looks at other repetitions than the one it stands in."""
    return isinstance(tree, list) and (tree[0] in ("all", "indexed-repeat") or any(map(wide, tree[1:])))


def _verified_names(
    name: str, arguments: list[Expression], names: frozenset[str] | set[str], lists: frozenset[str] | set[str]
) -> list[Expression]:
    """The arguments that are expressions themselves, once the names among the others are known to be there."""
    called: list[Expression] = []
    rest = arguments
    if name in ("ref", "at"):
        called, rest = arguments, []
    elif name == "choice-name":
        called, rest = arguments[1:], arguments[:1]
    elif name == "position":
        called, rest = arguments, []
    elif name in ("all", "indexed-repeat"):
        parts = arguments[1:]
        if not all(isinstance(part, list) and part for part in parts):
            raise LogicError("this is no expression")
        called, rest = [arguments[0], *(part[0] for part in parts)], [test for part in parts for test in part[1:]]
    elif name in ("items", "pulldata"):
        if arguments[0] not in lists if isinstance(arguments[0], str) else True:
            raise LogicError(f"there is no list named {arguments[0]}")
        columns = arguments[1:2] if name == "items" else arguments[1:3]
        if not all(isinstance(column, str) for column in columns):
            raise LogicError("a column is named by a plain text")
        rest = arguments[2:] if name == "items" else arguments[3:]
    elif name == "col" and not isinstance(arguments[0], str):
        raise LogicError("a column is named by a plain text")
    elif name == "some":
        rest = arguments[1:]
        if not isinstance(arguments[0], str) or arguments[0] not in OPERATORS:
            raise LogicError("this is no comparison")
    for one in called:
        if not isinstance(one, str) or one not in names:
            raise LogicError(f"there is no question named {one}")
    return rest


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"


# --- what looks at only some of its arguments, or at other answers --------------------------------------------------


def _and(arguments: list[Expression], scope: Scope) -> Value:
    return all(truth(argument, scope) for argument in arguments)


def _or(arguments: list[Expression], scope: Scope) -> Value:
    return any(truth(argument, scope) for argument in arguments)


def _if(arguments: list[Expression], scope: Scope) -> Value:
    condition, then, otherwise = arguments
    return evaluate(then if truth(condition, scope) else otherwise, scope)


def _coalesce(arguments: list[Expression], scope: Scope) -> Value:
    values = (evaluate(argument, scope) for argument in arguments)
    return next((value for value in values if value != ""), "")


def _choice_name(arguments: list[Expression], scope: Scope) -> Value:
    chosen = string(evaluate(arguments[0], scope))
    labels = {choice: scope.label(arguments[1], choice) for choice in chosen.split()}
    if any(choice == label for choice, label in labels.items()):
        labels = {chosen: scope.label(arguments[1], chosen)}  # one choice with a space in its name
    return ", ".join(labels.values())


def _once(arguments: list[Expression], scope: Scope) -> Value:
    return scope.this if scope.this != "" else evaluate(arguments[0], scope)


def _some(arguments: list[Expression], scope: Scope) -> Value:
    """A comparison with a set of nodes holds where it holds for one of them."""
    how = OPERATORS[arguments[0]]
    theirs = nodes(arguments[2], scope)
    for mine in nodes(arguments[1], scope):
        scope.spend(len(theirs))
        if any(how(scope, mine, other) for other in theirs):
            return True
    return False


def _position(arguments: list[Expression], scope: Scope) -> Value:
    if not arguments:
        return float(scope.position)
    return float(scope.place(arguments[0])) if scope.place else 1.0


def _indexed(arguments: list[Expression], scope: Scope) -> Value:
    """`indexed-repeat`: the answer in the repetition with this number, which is reckoned out here and not there."""
    if scope.walk is None:
        return scope.value(arguments[0])
    wanted = [[rep, number(evaluate(index, scope), scope)] for rep, index in arguments[1:]]
    found = scope.walk(arguments[0], wanted, scope)
    return found[0] if found else ""


def _first(arguments: list[Expression], how: "Callable[[list[Expression], Scope], list[Value]]", scope: Scope) -> Value:
    found = how(arguments, scope)
    return found[0] if found else ""


def _all(arguments: list[Expression], scope: Scope) -> list[Value]:
    return scope.walk(arguments[0], arguments[1:], scope) if scope.walk else [scope.value(arguments[0])]


def _items(arguments: list[Expression], scope: Scope) -> list[Value]:
    name, column, *tests = arguments
    rows, before = scope.rows(name), scope.item
    found: list[Value] = []
    try:
        for at, row in enumerate(rows, 1):
            scope.spend()
            scope.item = row
            if scope.passes(tests, at, len(rows)):
                found.append(row.get(column, ""))
    finally:
        scope.item = before
    return found


def _pulldata(arguments: list[Expression], scope: Scope) -> Value:
    name, column, key, wanted = arguments
    value = string(evaluate(wanted, scope))
    rows = scope.rows(name)
    scope.spend(len(rows) // 16)
    return next((row.get(column, "") for row in rows if row.get(key) == value), "")


def _randomize(arguments: list[Expression], scope: Scope) -> list[Value]:
    found = nodes(arguments[0], scope)
    scope.spend(len(found))
    seed = number(evaluate(arguments[1], scope), scope) if len(arguments) > 1 else math.nan
    return shuffled(found, seed)


def shuffled(values: list[Any], seed: float) -> list[Any]:
    """The values in another order: the specification's, so that with a seed every tool gives the same order."""
    if math.isnan(seed) or math.isinf(seed):
        seed = random.random() * 2_147_483_646  # noqa: S311 - a form's dice, no secret
    state = int(seed) % 2_147_483_647 or 1
    made: list[Any] = []
    for at, value in enumerate(values):
        state = state * 16_807 % 2_147_483_647
        place = int((state - 1) / 2_147_483_646 * (at + 1))
        if place == at:
            made.append(value)
        else:
            made.append(made[place])
            made[place] = value
    return made


_NODES: Final[dict[str, Callable[[list[Expression], Scope], list[Value]]]] = {
    "all": _all,
    "items": _items,
    "randomize": _randomize,
}

_LAZY: Final[dict[str, Callable[[list[Expression], Scope], Value]]] = {
    "ref": lambda arguments, scope: scope.value(arguments[0]),
    "at": lambda arguments, scope: (scope.tested or scope.value)(arguments[0]),
    "self": lambda _arguments, scope: scope.this,
    "col": lambda arguments, scope: scope.item.get(arguments[0], "") if scope.item else "",
    "and": _and,
    "or": _or,
    "if": _if,
    "coalesce": _coalesce,
    "choice-name": _choice_name,
    "once": _once,
    "some": _some,
    "position": _position,
    "last": lambda _arguments, scope: float(scope.last),
    "indexed-repeat": _indexed,
    "pulldata": _pulldata,
    "all": lambda arguments, scope: _first(arguments, _all, scope),
    "items": lambda arguments, scope: _first(arguments, _items, scope),
    "randomize": lambda arguments, scope: _first(arguments, _randomize, scope),
}

_EAGER: Final[dict[str, Function]] = {
    **OPERATORS,
    "neg": lambda scope, a: -number(a, scope),
    **{name: function for name, (_, _, function) in FUNCTIONS.items()},
}

# How many arguments each operator takes, at least and at most (None: any number). What is not here is not known.
ARITY: Final[dict[str, tuple[int, int | None]]] = {
    **{name: (least, most) for name, (least, most, _) in FUNCTIONS.items()},
    **dict.fromkeys(OPERATORS, (2, 2)),
    **dict.fromkeys(("self", "last"), (0, 0)),
    **dict.fromkeys(("ref", "at", "col", "neg", "once"), (1, 1)),
    **dict.fromkeys(("and", "or", "items"), (2, None)),
    "all": (1, None),
    "indexed-repeat": (2, None),
    "some": (3, 3),
    "position": (0, 1),
    "pulldata": (4, 4),
    "randomize": (1, 2),
    "coalesce": (1, None),
    "choice-name": (2, 2),
    "if": (3, 3),
}
