"""Expressions mean what XPath 1.0 and the ODK XForms specification say, and none can crash or hang a phone."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree.ElementTree import Element

import elementpath
import pytest
from elementpath import XPath1Parser
from hypothesis import given
from hypothesis import strategies as st

from app.functions import OPERATORS
from app.logic import ARITY, LogicError, Scope, TooLong, evaluate, references, shuffled, string, truth, verify
from app.patterns import matches, slow_pattern
from server.publish.expressions import parse
from server.publish.outline import Outline

CENTRAL = timezone(timedelta(hours=-6))
NOW = datetime(2026, 11, 23, 14, 5, 30, tzinfo=CENTRAL)
ANSWERS: dict[str, Any] = {
    "a": "x",
    "empty": "",
    "n": 5.0,
    "half": 2.5,
    "many": "red green blue",
    "day": "2026-11-20",
    "moment": "2026-11-23T20:05:30Z",
}


def scope(this: Any = "") -> Scope:
    return Scope(
        ANSWERS.__getitem__,
        NOW,
        this,
        lambda field, choice: f"{field}/{choice}",
        walk=lambda name, filters, asking: [ANSWERS[name]] if asking.passes(filters[0][1:], 1, 1) else [],
        rows=ROWS.__getitem__,
    )


def worked_out(text: str, this: Any = "") -> Any:
    return evaluate(parse(text, Outline.flat(*ANSWERS)), scope(this))


def same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    return type(a) is type(b) and bool(a == b)


# --- beside another XPath engine ----------------------------------------------------------------------------------

LITERALS = ("0", "1", "2", "7", "0.5", "-3", "''", "'a'", "'5'", "' 12 '", "'abc'", "'2.5'", "true()", "'true'")
# Only what elementpath works out as the specification says; its own ways are in the table below. Nothing added to
# a number makes a negative zero a zero, as XPath writes both.
SHAPES = (
    *("(number({0}) + number({1}) + 0)", "(number({0}) - number({1}) + 0)", "(number({0}) * number({1}) + 0)"),
    *("(number({0}) div 4 + 0)", "(round(number({0}) * 3) + 0)", "(floor(number({0})) + 0)"),
    *("(ceiling(number({0})) + 0)", "(number({0}) + 0)"),
    *("(string({0}) = string({1}))", "(string({0}) != string({1}))", "(number({0}) = number({1}))"),
    *("(number({0}) < number({1}))", "(number({0}) >= number({1}))", "(boolean({0}) = boolean({1}))"),
    *("(boolean({0}) and boolean({1}))", "(boolean({0}) or boolean({1}))", "not({0})", "boolean({0})"),
    *("string({0})", "string-length(string({0}))", "normalize-space(string({0}))", "concat({0}, {1})"),
    *("contains(string({0}), string({1}))", "starts-with(string({0}), string({1}))", "translate({0}, 'ab2', 'z1')"),
    *("substring-before(string({0}), string({1}))", "substring-after(string({0}), string({1}))"),
    *("substring(string({0}), floor(number({1})), floor(number({2})))", "substring(string({0}), 2)"),
)


@st.composite
def xpath(draw: st.DrawFn, depth: int = 3) -> str:
    """The text of an expression."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(LITERALS))
    return draw(st.sampled_from(SHAPES)).format(*(draw(xpath(depth - 1)) for _ in range(3)))


@given(xpath())
def test_any_xpath_expression_has_the_value_that_elementpath_gives_it(text: str) -> None:
    theirs = elementpath.select(Element("data"), text, parser=XPath1Parser)
    theirs = theirs[0] if isinstance(theirs, list) else theirs  # a list where the expression is in brackets
    ours = worked_out(text)
    if isinstance(theirs, bool | str):
        assert same(ours, theirs), text
    else:
        assert same(ours, float(theirs)) or math.isclose(ours, float(theirs), rel_tol=1e-9), text


# --- where elementpath goes its own way, the specification's words --------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7 mod 2", 1.0),
        ("-7 mod 2", -1.0),
        ("7 mod -2", 1.0),
        ("5 mod 0", math.nan),
        ("string(-3 * 0)", "0"),
        ("string(1 div 0)", "Infinity"),
        ("string(-1 div 0)", "-Infinity"),
        ("string(0 div 0)", "NaN"),
        ("number('1e3')", math.nan),
        ("number('+1')", math.nan),
        ("number('.5')", 0.5),
        ("'a' < 'b'", False),
        ("translate('aa', 'aa', 'xy')", "xx"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("round(-2.5)", -2.0),
        ("(0 div 0) != (0 div 0)", True),
    ],
)
def test_numbers_and_texts_follow_xpath(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${n} = 5", True),
        ("${n} = '5'", True),
        ("${n} = '05'", True),
        ("string(${n})", "5"),
        ("${half} > 2 and ${half} < 3", True),
        ("${empty} = ''", True),
        ("${empty} > 3 or ${empty} < 3", False),
        ("${empty} != 3", True),
        ("${empty} = false()", True),
        ("boolean(${empty})", False),
        ("${a} = 'x'", True),
        ("not(${a} = 'y')", True),
        ("number(${empty})", math.nan),
        ("selected(${many}, 'green')", True),
        ("selected(${many}, 'gree')", False),
        ("selected(${many}, '')", False),
        ("selected(${empty}, '')", True),
        ("count-selected(${many})", 3.0),
        ("count-selected(${empty})", 0.0),
        ("selected-at(${many}, 1)", "green"),
        ("selected-at(${many}, 9)", ""),
        ("selected-at(${many}, -1)", ""),
        ("coalesce(${empty}, ${a})", "x"),
        ("coalesce(${empty}, '')", ""),
        ("if(${n} > 3, 'big', 'small')", "big"),
        ("if(${empty}, 'yes', 'no')", "no"),
        ("int(-2.7)", -2.0),
        ("round(2.345, 2)", 2.35),
        ("round(1234, -2)", 1200.0),
        ("abs(-3)", 3.0),
        ("pow(2, 10)", 1024.0),
        ("pow(0, -1)", math.inf),
        ("pow(-8, 0.5)", math.nan),
        ("pow(10, 400)", math.inf),
        ("min(3, 1, 2)", 1.0),
        ("max(3, ${empty}, 7)", 7.0),
        ("min(${empty})", math.nan),
        ("ends-with('abc', 'bc')", True),
        ("boolean-from-string('1')", True),
        ("boolean-from-string('yes')", False),
        ("join(', ', 'a', 'b')", "a, b"),
        ("jr:choice-name(${many}, '${many}')", "many/red, many/green, many/blue"),
        ("jr:choice-name(${empty}, '${empty}')", ""),
        ("regex('918-555', '[0-9]{3}-[0-9]{3}')", True),
        ("regex('918-5555', '[0-9]{3}-[0-9]{3}')", False),
        ("regex('', '.+')", False),
        ("checklist(1, 2, 'true', 0, 5)", True),
        ("checklist(-1, 1, 1, 1, ${empty})", False),
        ("weighted-checklist(3, 3, 1, 3, 0, 9)", True),
        ("sum(1, '2', 3)", 6.0),
        ("sum(${n}, ${empty})", math.nan),
        ("count(${n})", 1.0),
        ("count-non-empty(${empty})", 0.0),
        ("concat(${a}, '-', ${n})", "x-5"),
        ("once(${a})", "x"),
        ("randomize(${a}, 7)", "x"),
        ("last()", 1.0),
        ("position()", 1.0),
    ],
)
def test_answers_are_compared_and_counted_as_in_odk(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("today()", "2026-11-23"),
        ("now()", "2026-11-23T14:05:30-06:00"),
        ("${day} < today()", True),
        ("${day} = '2026-11-20'", True),
        ("today() - ${day}", 3.0),
        ("date(today() + 7)", "2026-11-30"),
        ("date('2026-02-30')", ""),
        ("number('2026-02-30')", math.nan),
        ("number('1970-01-03')", 2.0),
        ("decimal-date-time('1970-01-01T12:00:00')", 0.5),
        ("${moment} = now()", False),  # two texts are compared as texts
        ("decimal-date-time(${moment}) = decimal-date-time(now())", True),
        ("${moment} >= today()", True),
        ("date(${moment})", "2026-11-23"),
        ("date-time(decimal-date-time(now()))", "2026-11-23T14:05:30-06:00"),
        ("date(1 div 0)", ""),
        ("date(9999999)", ""),
    ],
)
def test_dates_count_days_on_the_clock_of_the_wall(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("format-date('2026-03-09', '%Y/%y/%m/%n/%d/%e %b %a')", "2026/26/03/3/09/9 Mar Mon"),
        ("format-date('nonsense', '%Y')", ""),
        ("format-date-time('2026-03-09T04:05:06.789-06:00', '%H:%h:%M:%S.%3')", "04:4:05:06.789"),
        ("format-date(${day}, '100%% %q')", "100% %q"),
        ("decimal-time('06:00')", 0.25),
        ("decimal-time('18:00:00.000-06:00')", 0.75),
        ("decimal-time('noon')", math.nan),
    ],
)
def test_dates_are_written_with_the_signs_of_the_specification(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


def test_months_and_days_are_written_in_the_officers_language() -> None:
    tree = parse("format-date('2026-03-09', '%a %e %b')", Outline.flat())
    assert evaluate(tree, Scope(ANSWERS.__getitem__, NOW, language="es")) == "lun 9 mar"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sqrt(16)", 4.0),
        ("sqrt(-1)", math.nan),
        ("exp(0)", 1.0),
        ("exp(1000)", math.inf),
        ("exp10(3)", 1000.0),
        ("log(exp(2))", 2.0),
        ("log(0)", -math.inf),
        ("log10(1000)", 3.0),
        ("log10(-1)", math.nan),
        ("sin(0)", 0.0),
        ("cos(0)", 1.0),
        ("tan(0)", 0.0),
        ("asin(1) * 2 - pi()", 0.0),
        ("acos(2)", math.nan),
        ("atan(0)", 0.0),
        ("atan2(0, -1) - pi()", 0.0),
        ("sin(1 div 0)", math.nan),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("substr('hello', 3, 1)", ""),
        ("base64-decode('aGVsbG8=')", "hello"),
        ("base64-decode('no base64')", ""),
        ("digest('abc', 'SHA-256', 'hex')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("digest('abc', 'MD5')", "kAFQmDzST7DWlj99KOF/cg=="),
        ("digest('abc', 'CRC')", ""),
        ("string-length(uuid())", 36.0),
        ("string-length(uuid(12))", 12.0),
        ("random() < 1", True),
    ],
)
def test_the_other_functions_of_the_odk_specification(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("round(distance('36.1 -96.1 0 0', '36.2 -96.1 0 0'))", 11132.0),
        ("distance('36.1 -96.1 0 0;36.2 -96.1 0 0;36.1 -96.1') = 2 * distance('36.1 -96.1', '36.2 -96.1')", True),
        ("round(area('0 0;0 1;1 1;1 0;0 0') div 1000000)", 12391.0),
        ("area('0 0;0 1')", 0.0),
        ("distance('here', 'there')", math.nan),
        ("geofence('0.5 0.5 0 0', '0 0;0 1;1 1;1 0;0 0')", True),
        ("geofence('1.5 0.5 0 0', '0 0;0 1;1 1;1 0;0 0')", False),
    ],
)
def test_distances_and_areas_are_those_of_a_round_earth(text: str, value: Any) -> None:
    assert same(worked_out(text), value)


def test_a_shuffle_with_a_seed_is_the_same_everywhere() -> None:
    assert shuffled([*"ABCDEF"], 42) == [*"AFCBDE"]
    assert sorted(shuffled([*"ABCDEF"], math.nan)) == [*"ABCDEF"]


def test_the_dot_is_the_answer_in_hand() -> None:
    assert worked_out(". > 0 and . <= 600", 600.0) is True
    assert worked_out(". > 0 and . <= 600", 601.0) is False
    assert worked_out("string-length(.) <= 3", "abcd") is False


def test_what_is_not_needed_is_not_worked_out() -> None:
    def explode(_name: str) -> Any:
        raise AssertionError("looked at")

    lazy = Scope(explode, NOW)
    assert evaluate(["or", True, ["ref", "a"]], lazy) is True
    assert evaluate(["and", False, ["ref", "a"]], lazy) is False
    assert evaluate(["if", True, "yes", ["ref", "a"]], lazy) == "yes"
    assert evaluate(["coalesce", "first", ["ref", "a"]], lazy) == "first"


def test_references_are_the_answers_an_expression_looks_at() -> None:
    tree = parse("if(${a} = 'x', ${n} + 1, jr:choice-name(${many}, '${many}'))", Outline.flat(*ANSWERS))
    assert list(references(tree)) == ["a", "n", "many"]
    assert list(references(True)) == []


# --- nothing crashes, nothing hangs ---------------------------------------------------------------------------------

VALUES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["2026-11-20", "9999-12-31", "0001-01-01", "2026-11-23T23:59:59.5Z", "Infinity", "1e400", "."]),
    st.integers(-(1 << 52), 1 << 52),
    st.floats(-1e15, 1e15),
    st.booleans(),
)


ROWS = {"fruit": [{"name": "fig", "price": "3"}, {"name": "lime", "price": "1"}, {"name": "date", "price": "1"}]}
NAMES = st.sampled_from(sorted(ANSWERS))
COLUMNS = st.sampled_from(["name", "price", "nothing"])


def _calls(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    tests = st.lists(parts, max_size=2)
    special: dict[str, st.SearchStrategy[Any]] = {
        "ref": NAMES.map(lambda name: ["ref", name]),
        "at": NAMES.map(lambda name: ["at", name]),
        "position": st.one_of(st.just(["position"]), NAMES.map(lambda name: ["position", name])),
        "col": COLUMNS.map(lambda column: ["col", column]),
        "choice-name": st.tuples(parts, NAMES).map(lambda pair: ["choice-name", *pair]),
        "regex": parts.map(lambda part: ["regex", part, "[a-z]+"]),
        "all": st.tuples(NAMES, NAMES, tests).map(lambda made: ["all", made[0], [made[1], *made[2]]]),
        "indexed-repeat": st.tuples(NAMES, NAMES, parts).map(lambda made: ["indexed-repeat", made[0], [*made[1:]]]),
        "items": st.tuples(COLUMNS, tests).map(lambda made: ["items", "fruit", made[0], *made[1]]),
        "pulldata": st.tuples(COLUMNS, COLUMNS, parts).map(lambda made: ["pulldata", "fruit", *made]),
        "some": st.tuples(st.sampled_from([*OPERATORS]), parts, parts).map(lambda made: ["some", *made]),
    }

    def call(name: str) -> st.SearchStrategy[Any]:
        least, most = ARITY[name]
        given_ = st.lists(parts, min_size=least, max_size=least + 2 if most is None else most)
        return special.get(name, given_.map(lambda arguments: [name, *arguments]))

    return st.sampled_from(sorted(ARITY)).flatmap(call)


@given(st.recursive(VALUES, _calls, max_leaves=12), VALUES)
def test_every_verified_expression_has_a_value(tree: Any, this: Any) -> None:
    verify(tree, frozenset(ANSWERS), lists=frozenset(ROWS))
    value = evaluate(tree, scope(this if isinstance(this, str | bool) else float(this)))
    assert isinstance(value, str | float | bool)
    assert isinstance(string(value), str)


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from([*ARITY])),
    lambda parts: st.one_of(st.lists(parts, max_size=4), st.dictionaries(st.text(max_size=3), parts, max_size=3)),
    max_leaves=10,
)


@given(JUNK)
def test_what_is_no_expression_is_refused_and_never_worked_out(tree: Any) -> None:
    try:
        verify(tree, frozenset(ANSWERS))
    except LogicError:
        return
    evaluate(tree, scope())


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (["lower-case", "A"], "not a function"),
        (["ref", "nobody"], "no question named nobody"),
        (["ref", ["self"]], "no question named"),
        (["selected", ["ref", "a"]], "has 1 arguments and needs 2"),
        (["if", True], "needs 3"),
        (["round", 1, 2, 3], "needs 1 to 2"),
        (["join", ","], "needs at least 2"),
        (["regex", ["self"], ["ref", "a"]], "plain text"),
        (["regex", ["self"], "("], "not a regular expression"),
        (10**400, "too large"),
        (math.nan, "too large"),
        ([], "no expression"),
        ({"ref": "a"}, "no expression"),
        (None, "no expression"),
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_refused_with_its_reason(tree: Any, reason: str) -> None:
    with pytest.raises(LogicError, match=re.escape(reason)):
        verify(tree, frozenset(ANSWERS))


def test_an_expression_nested_too_deeply_is_refused() -> None:
    tree: Any = 1
    for _ in range(5_000):
        tree = ["neg", tree]
    with pytest.raises(LogicError, match="nested too deeply"):
        verify(tree, frozenset())


def test_a_long_chain_is_worked_out_without_nesting() -> None:
    text = " or ".join(["${a} = 'y'"] * 500) + " or ${a} = 'x'"
    assert worked_out(text[:4_900].rpartition(" or ")[0] + " or ${a} = 'x'") is True


def test_work_without_end_is_ended() -> None:
    tree: Any = ["and", *[["=", 1, 1]] * 10_000]
    verify(tree, frozenset())
    with pytest.raises(TooLong):
        truth(tree, scope())
    grown: Any = "x" * 1_000
    for _ in range(12):
        grown = ["concat", grown, grown]
    with pytest.raises(TooLong):
        evaluate(grown, scope())


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$",
        r"^(a|aa)+$",
        r"^(a|a?)+$",
        r"(.*)*",
        r"(x+x+)+y",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(a?){40}a{40}",
        r"(?:a+){2,}",
        r".*.*.*.*=.*",
        r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaa",
        r"(a)\1",
        r"(?=a)a",
        r"(?P<n>a)",
        r"[a",
        r"a{4294967296}",
    ],
)
def test_a_pattern_that_could_run_for_hours_is_refused(pattern: str) -> None:
    assert slow_pattern(pattern)
    assert not matches(pattern, "a")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\+?[0-9 ().-]{7,20}$", "(918) 245-8777"),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "ana.ruiz@example.org"),
        (r"^[A-Z]{2}-[0-9]{4}$", "OK-2026"),
        (r"^(ab)+$", "ababab"),
        (r"^(red|green|blue)$", "green"),
        (r"^(\([0-9]{3}\)|[0-9]{3})[ -]?[0-9]{3}[ -]?[0-9]{4}$", "(918)555-0142"),
        (r"^[\](]+$", "](]"),
        (r"^\w+\|\?$", "a|?"),
    ],
)
def test_the_patterns_that_forms_need_are_allowed(pattern: str, text: str) -> None:
    assert slow_pattern(pattern) == ""
    assert matches(pattern, text)
    assert not matches(pattern, text + "\n")


def test_a_time_without_offset_is_meant_where_the_phone_is() -> None:
    abroad = Scope(ANSWERS.__getitem__, datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    assert evaluate(["today"], abroad) == "2026-11-23"
    assert evaluate(["=", ["-", ["number", "2026-11-24T00:30:00"], ["number", ["now"]]], 0], abroad) is False
    assert evaluate(["<", ["now"], "2026-11-24T00:30:00"], abroad) is True
