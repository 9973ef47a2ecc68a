"""XLSForm expressions as small trees: elementpath parses here, so that phones only evaluate (app/logic.py).

Paths are resolved here too: a phone sees which answer is meant, and never walks a document.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from elementpath import ElementPathError, XPath1Parser
from elementpath.tdop import Parser
from elementpath.xpath_tokens import XPathToken

from app.functions import FUNCTIONS as PLAIN
from app.logic import ARITY, Expression, LogicError, verify
from server.publish.outline import Outline

LONGEST: Final = 5_000
_OPERATORS: Final = frozenset(("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"))
_COMPARISONS: Final = frozenset(("=", "!=", "<", "<=", ">", ">="))
# What is written as a function and looks at other answers or lists: its least and most arguments.
LOOKING: Final[dict[str, tuple[int, int | None]]] = {
    **{name: ARITY[name] for name in ("if", "coalesce", "once", "choice-name", "position", "last", "randomize")},
    "current": (0, 0),
    "instance": (1, 1),
    "indexed-repeat": (3, 7),
    "pulldata": (4, 4),
}
# Every function that a form may use.
FUNCTIONS: Final = frozenset(PLAIN) | frozenset(LOOKING)
# Those of XPath and of other form engines that a form may not use here, and why.
ABSENT: Final[dict[str, str]] = {
    "id": "answers have names and no XML ids",
    "lang": "answers have no xml:lang",
    "local-name": "answers are no XML elements here",
    "name": "answers are no XML elements here",
    "namespace-uri": "answers are no XML elements here",
    "itext": "labels are said by jr:choice-name",
    "extract-signed": "it needs a server's key",
    "property": "write a question of the type deviceid or username",
    "depend": "what an expression depends on is found by itself",
    "is-selected": "write selected",
    "version": "a record keeps its form's version by itself",
}
_LITERALS: Final = ("(integer)", "(decimal)", "(float)", "(string)")
_PIECES: Final = re.compile(r"""('[^']*'|"[^"]*")""")
_REFERENCE: Final = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
LAST_SAVED: Final = re.compile(r"\$\{\s*last-saved#[^{}]*\}")
_NAMED: Final = re.compile(r"\s*(?:\$\{\s*([^{}\s]+)\s*\}|(?:\.\.|/)?(?:/?[^/\s]+)*/([^/\s]+))\s*")


class ExpressionError(ValueError):
    """An expression that Beatbook cannot read or work out; the message says why, in words for the form's author."""


class _Parser(XPath1Parser):
    """XPath 1.0 with exactly the functions that a form may use."""

    symbol_table = {  # noqa: RUF012 - elementpath's own way to say it
        symbol: token for symbol, token in XPath1Parser.symbol_table.items() if token.label != "function"
    }

    # instance() and current() begin a path; what else does is refused by `_Reader`.
    PATH_STEP_LABELS = (*XPath1Parser.PATH_STEP_LABELS, "function")

    def parse(self, source: str) -> Any:
        # XPath1Parser would also evaluate, which is of no use without answers.
        return Parser.parse(self, source)


for _name in sorted(FUNCTIONS):
    _takes = LOOKING[_name] if _name in LOOKING else PLAIN[_name][:2]
    _Parser.function(_name, nargs=0 if _takes == (0, 0) else _takes)
_Parser.build()


def parse(text: str, outline: Outline, at: str = "", choices: str = "") -> Expression:
    """The tree of an expression that stands at the question `at` of a form with this outline.

    With `choices`, bare names are the columns of the list of that name (a choice filter). Raises ExpressionError.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST} characters")
    try:
        token = _Parser().parse(_as_xpath(text))
        tree = _Reader(outline, at, _Tested(rows=choices) if choices else None).tree(token)
        verify(tree, set(outline.parents), lists=set(outline.lists))
    except ElementPathError as error:
        raise ExpressionError(_in_words(error)) from None
    except LogicError as error:
        raise ExpressionError(str(error)) from None
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply") from None
    return tree


def _as_xpath(text: str) -> str:
    """`${name}` as the XPath variable it stands for, outside of quoted texts."""
    pieces = _PIECES.split(text)
    for at in range(0, len(pieces), 2):
        if "last-saved#" in pieces[at]:
            raise ExpressionError("an answer of last time (last-saved#) is only the default of its own question")
        bare = _REFERENCE.sub("", pieces[at])
        if "$" in bare:
            raise ExpressionError("another answer is written ${name}")
        # The space after the name keeps ${a}-1 from becoming the name "a-1".
        pieces[at] = re.sub(r"\bjr:(?=(?:choice-name|itext)\b)", "", _REFERENCE.sub(r"$\1 ", pieces[at]))
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class _Tested:
    """What the test of a path looks at: the repetitions of a repeat (or answers in them), or the rows of a list."""

    node: str = ""
    rows: str = ""


@dataclass(frozen=True, slots=True)
class _Path:
    """Where a path has got to: a node of the form ("" is the form itself), or `step` steps into the list `rows`."""

    node: str = ""
    rows: str = ""
    step: int = 0
    column: str = ""
    tests: dict[str, list[Expression]] = field(default_factory=dict)
    bare: bool = False  # "." alone
    tested: bool = False  # begun inside a test, at what is being tested


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads tokens at one place of the form."""

    outline: Outline
    at: str
    tested: _Tested | None = None

    def tree(self, token: XPathToken) -> Expression:
        symbol = token.symbol
        if symbol in _LITERALS:
            return _literal(token.value)
        if symbol == "(" and len(token) == 1:
            return self.tree(token[0])
        path = self._path(token)
        if path is not None:
            return self._answer(path)
        if symbol in ("+", "-") and len(token) == 1:
            return ["neg" if symbol == "-" else "number", self.tree(token[0])]
        if symbol == "position" and len(token) == 1:
            return ["position", self._repeat(token[0])]
        if symbol == "indexed-repeat":
            return self._indexed(token)
        if symbol == "pulldata":
            return self._pulldata(token)
        if symbol not in _OPERATORS | FUNCTIONS:
            raise ExpressionError(f"{symbol} is not supported")
        if symbol == "choice-name":
            return [symbol, self.tree(token[0]), self._quoted_name(token[1])]
        arguments = [self.tree(argument) for argument in token]
        if symbol in ("and", "or"):
            # A chain becomes one step with many arguments, so that a long one is not a deep one.
            return [symbol, *(part for one in arguments for part in (one[1:] if _is(one, symbol) else [one]))]
        if symbol in _COMPARISONS and any(_is(one, "all", "items") for one in arguments):
            return ["some", symbol, *arguments]
        return [symbol, *arguments]

    # --- paths ------------------------------------------------------------------------------------------------------

    def _path(self, token: XPathToken) -> _Path | None:
        """The path that the token is, or None where it is none. Raises ExpressionError for one that leads nowhere."""
        symbol = token.symbol
        if symbol == "$":
            return self._named(str(token.value))
        if symbol == ".":
            return replace(self._here(), bare=True)
        if symbol == "current":
            return _Path(node=self.at)
        if symbol == "instance":
            return _Path(rows=self._list(token[0]))
        if symbol in ("..", "(name)"):
            if symbol == "(name)" and self.tested is None:
                raise ExpressionError(
                    f"{token.source} is a name: another answer is written ${{name}}, a text in quotes"
                )
            return self._step(self._here(), token)
        if symbol == ":":
            raise ExpressionError(f"{token.source} is a name: another answer is written ${{name}}, a text in quotes")
        if symbol == "/" and len(token) < 2:
            return _Path()  # the first name is the form's own, whatever it is
        if symbol == "/":
            start = self._path(token[0])
            if start is None:
                raise ExpressionError("a path begins with a question, a dot or a slash")
            return self._step(start, token[1])
        if symbol == "[":
            found = self._path(token[0])
            if found is None:
                raise ExpressionError("[ ] stands behind a path")
            return self._tried(found, token[1])
        if symbol in ("//", "@", "|", "::") or (symbol == "*" and len(token) < 2):
            raise ExpressionError(f"{symbol} in a path is not supported: say which question is meant")
        return None

    def _here(self) -> _Path:
        if self.tested is None:
            return _Path(node=self.at)
        if self.tested.rows:
            return _Path(rows=self.tested.rows, step=2, tested=True)
        return _Path(node=self.tested.node, tested=True)

    def _named(self, name: str) -> _Path:
        if name not in self.outline.parents:
            others = [new for (_, old), new in self.outline.renamed.items() if old == name]
            if len(others) != 1:
                raise ExpressionError(f"there is no question named {name}")
            name = others[0]
        return _Path(node=name)

    def _step(self, path: _Path, token: XPathToken) -> _Path:
        symbol = token.symbol
        if symbol == "[":
            return self._tried(self._step(path, token[0]), token[1])
        if symbol == ".":
            return path
        if path.rows:
            return self._into_list(path, symbol, str(token.value))
        if symbol == "..":
            if not path.node:
                raise ExpressionError(".. leads out of the form")
            return replace(path, node=self.outline.parents[path.node], bare=False)
        if symbol != "(name)":
            raise ExpressionError(f"{symbol} in a path is not supported: say which question is meant")
        name = str(token.value)
        name = self.outline.renamed.get((path.node, name), name)
        if self.outline.parents.get(name) != path.node:
            where = f"in {path.node}" if path.node else "at the top of the form"
            raise ExpressionError(f"there is no question named {name} {where}")
        return replace(path, node=name, bare=False)

    def _into_list(self, path: _Path, symbol: str, name: str) -> _Path:
        wanted = ("root", "item", "")[min(path.step, 2)]
        if symbol != "(name)" or path.step > 2 or (wanted and name != wanted):
            raise ExpressionError("a list is read like instance('list')/root/item[name = ${question}]/label")
        if path.step == 2 and name not in self.outline.lists[path.rows] and not self.outline.allowed:
            raise ExpressionError(f"the list {path.rows} has no column {name}")
        return replace(path, step=path.step + 1, column=name if path.step == 2 else "", bare=False)

    def _tried(self, path: _Path, test: XPathToken) -> _Path:
        """The path with a test: what stands in [ ] is read where the path has got to."""
        inside = _Tested(rows=path.rows) if path.rows else _Tested(node=path.node)
        if path.rows and path.step != 2:
            raise ExpressionError("a list is tested like instance('list')/root/item[name = ${question}]")
        read = _Reader(self.outline, self.at, inside).tree(test)
        name = path.rows or path.node
        return replace(path, tests={**path.tests, name: [*path.tests.get(name, []), read]})

    # --- what a path means ------------------------------------------------------------------------------------------

    def _answer(self, path: _Path) -> Expression:
        if path.rows:
            if path.tested and path.column and not path.tests:
                return ["col", path.column]
            return ["items", path.rows, path.column, *path.tests.get(path.rows, [])]
        if path.bare:
            return ["self"]
        if self.outline.kind(path.node) == "group":
            raise ExpressionError(f"{path.node or 'the form'} is a group and has no answer of its own")
        chain = self.outline.chain(path.node)
        if path.tested and not path.tests:
            return ["at", path.node]
        here = self.outline.repeats(self.at)
        if not path.tests and chain == here[: len(chain)]:
            return ["ref", path.node]
        if self.tested and self.tested.node and not path.tests:
            there = self.outline.chain(self.tested.node)
            if chain == there[: len(chain)]:
                return ["at", path.node]  # seen from outside a repeat, the answer meant is the one being tested
        return ["all", path.node, *([name, *tests] for name, tests in path.tests.items())]

    def _repeat(self, token: XPathToken) -> str:
        """The repeat that an argument stands for, or stands in."""
        path = self._path(token)
        chain = self.outline.chain(path.node) if path and not path.rows else ()
        if not chain:
            raise ExpressionError("position() asks for a repeat, like position(..) inside of one")
        return chain[-1]

    def _indexed(self, token: XPathToken) -> Expression:
        asked = self._path(token[0])
        if asked is None or asked.rows or len(token) % 2 == 0:
            raise ExpressionError("indexed-repeat() is written indexed-repeat(${question}, ${repeat}, number)")
        chain = self.outline.chain(asked.node)
        parts = []
        for at in range(1, len(token), 2):
            repeat = self._repeat(token[at])
            if repeat not in chain:
                raise ExpressionError(f"{asked.node} is not in the repeat {repeat}")
            parts.append([repeat, self.tree(token[at + 1])])
        return ["indexed-repeat", asked.node, *parts]

    def _pulldata(self, token: XPathToken) -> Expression:
        name = self._list(token[0])
        columns = [self.tree(token[1]), self.tree(token[2])]
        for column in columns:
            if not isinstance(column, str) or column not in self.outline.lists[name]:
                raise ExpressionError(f"the list {name} has no column {column}")
        return ["pulldata", name, *columns, self.tree(token[3])]

    def _list(self, token: XPathToken) -> str:
        name = self.tree(token)
        if isinstance(name, str) and name not in self.outline.lists:
            name = re.sub(r"\.(csv|xml|geojson)$", "", name)
        if not isinstance(name, str) or name not in self.outline.lists:
            raise ExpressionError(f"there is no list named {name}")
        return name

    def _quoted_name(self, token: XPathToken) -> str:
        text = token.value if token.symbol == "(string)" else None
        match = _NAMED.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ExpressionError("jr:choice-name() is written jr:choice-name(${question}, '${question}')")
        return match[1] or match[2]


def _is(tree: Expression, *symbols: str) -> bool:
    return isinstance(tree, list) and tree[0] in symbols


def _literal(value: Any) -> Expression:
    if isinstance(value, str):
        return value
    try:
        number = float(value)
    except OverflowError:
        raise ExpressionError("a number is too large") from None
    return int(number) if number.is_integer() else number


def _in_words(error: ElementPathError) -> str:
    """elementpath's reason without its own codes and positions in a text that the author never saw."""
    reason = re.sub(r"^.*?\[err:\w+\] ?", "", str(error)).replace("'fn:", "'")
    unknown = re.fullmatch(r"unknown function '(.+)'", reason)
    if unknown and unknown[1] in ABSENT:
        return f"{unknown[1]}() is not supported: {ABSENT[unknown[1]]}"
    if unknown:
        return f"{unknown[1]}() is not a function that Beatbook knows"
    return f"the expression cannot be read: {reason}".replace("(end)", "the end")
