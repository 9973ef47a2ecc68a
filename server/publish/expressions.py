"""XLSForm expressions as small trees: elementpath parses here, so that phones only evaluate (app/logic.py)."""

import re
from typing import Any, Final

from elementpath import ElementPathError, XPath1Parser
from elementpath.tdop import Parser
from elementpath.xpath_tokens import XPathToken

from app.logic import ARITY, Expression, LogicError, verify

LONGEST: Final = 5_000
_OPERATORS: Final = frozenset(("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"))
FUNCTIONS: Final = frozenset(ARITY) - _OPERATORS - {"ref", "self", "neg"}
_LITERALS: Final = ("(integer)", "(decimal)", "(float)", "(string)")
_PIECES: Final = re.compile(r"""('[^']*'|"[^"]*")""")
_REFERENCE: Final = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


class ExpressionError(ValueError):
    """An expression that Beatbook cannot read or work out; the message says why, in words for the form's author."""


class _Parser(XPath1Parser):
    """XPath 1.0 with exactly the functions that app/logic.py knows."""

    symbol_table = {  # noqa: RUF012 - elementpath's own way to say it
        symbol: token for symbol, token in XPath1Parser.symbol_table.items() if token.label != "function"
    }

    def parse(self, source: str) -> Any:
        # XPath1Parser would also evaluate, which is of no use without answers.
        return Parser.parse(self, source)


for _name in sorted(FUNCTIONS):
    _Parser.function(_name, nargs=0 if ARITY[_name] == (0, 0) else ARITY[_name])
_Parser.build()


def parse(text: str, names: set[str] | frozenset[str]) -> Expression:
    """The tree of an expression that may look at the questions `names`. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST} characters")
    try:
        token = _Parser().parse(_as_xpath(text))
        tree = _tree(token)
        verify(tree, names)
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
        bare = _REFERENCE.sub("", pieces[at])
        if "$" in bare:
            raise ExpressionError("another answer is written ${name}")
        # The space after the name keeps ${a}-1 from becoming the name "a-1".
        pieces[at] = _REFERENCE.sub(r"$\1 ", pieces[at]).replace("jr:choice-name", "choice-name")
    return "".join(pieces)


def _tree(token: XPathToken) -> Expression:
    symbol = token.symbol
    if symbol in _LITERALS:
        return _literal(token.value)
    if symbol == "$":
        return ["ref", token.value]
    if symbol == ".":
        return ["self"]
    if symbol == "(" and len(token) == 1:
        return _tree(token[0])
    if symbol in ("+", "-") and len(token) == 1:
        return ["neg" if symbol == "-" else "number", _tree(token[0])]
    arguments = [_tree(argument) for argument in token] if symbol in _OPERATORS | FUNCTIONS else []
    if symbol in ("and", "or"):
        # A chain becomes one step with many arguments, so that a long one is not a deep one.
        return [symbol, *(part for one in arguments for part in (one[1:] if _is(one, symbol) else [one]))]
    if symbol in _OPERATORS:
        return [symbol, *arguments]
    if symbol in FUNCTIONS:
        if symbol == "choice-name":
            arguments[1] = _quoted_name(arguments[1])
        return [symbol, *arguments]
    if symbol in ("(name)", ":"):
        raise ExpressionError(f"{token.source} is a name: another answer is written ${{name}}, a text in quotes")
    if symbol in ("/", "//", "..", "@"):
        raise ExpressionError("paths are not supported yet: another answer is written ${name}")
    raise ExpressionError(f"{symbol} is not supported")


def _is(tree: Expression, symbol: str) -> bool:
    return isinstance(tree, list) and tree[0] == symbol


def _literal(value: Any) -> Expression:
    if isinstance(value, str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


def _quoted_name(text: Expression) -> str:
    match = _REFERENCE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ExpressionError("jr:choice-name() is written jr:choice-name(${question}, '${question}')")
    return match[1]


def _in_words(error: ElementPathError) -> str:
    """elementpath's reason without its own codes and positions in a text that the author never saw."""
    reason = re.sub(r"^.*?\[err:\w+\] ?", "", str(error)).replace("'fn:", "'")
    unknown = re.fullmatch(r"unknown function '(.+)'", reason)
    if unknown:
        return f"{unknown[1]}() is not a function that Beatbook knows"
    return f"the expression cannot be read: {reason}".replace("(end)", "the end")
