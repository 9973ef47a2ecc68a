"""Forms, expressions and tables that somebody wrote to break what reads them: refused in words, or worked out soon.

An input is wrong when anything but our own errors comes out of it, when it takes more than a second of a processor, or
when the process has grown by more than 64 MB after thousands of them.
"""

import copy
import json
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from app.form_json import FormError
from app.forms import Form
from app.live import Key, Live
from server.publish import expressions
from server.publish.forms import FormMistake, publish
from server.publish.lists import ListError, Lists
from server.publish.outline import Outline
from tests.app.formkit import published, small
from tests.bench.figures import Figure, tell
from tests.faults.runs import Outcome, figures, spread
from tests.faults.scribbles import scribbled, written

NAME = "forms"
INPUTS = 1_000_000
SECOND = 1.0
MEGABYTES = 64
_AT_ONCE = 500
_FILES, _FORMS, _TABLES = 2, 8, 4  # of each batch; the rest are expressions


def measure(share: float = 1.0) -> Iterator[Figure]:
    """What broke, hung or ate too much, of which there must be nothing."""
    tell(f"forms: {INPUTS} hostile expressions, forms and tables")
    enough = round(INPUTS * share)
    yield from figures("fuzz-forms", "inputs-wrong", spread(work, range(-(-enough // _AT_ONCE)), enough), INPUTS)


def work(seed: int) -> Outcome:
    """One batch of inputs."""
    outcome = Outcome()
    chance = random.Random(seed)  # noqa: S311 - a die, not a key
    kinds: list[Callable[[random.Random], str]] = [_expression] * (_AT_ONCE - _FILES - _FORMS - _TABLES)
    kinds += [_file] * _FILES + [_form] * _FORMS + [_table] * _TABLES
    kinds[0](random.Random(0))  # noqa: S311 - what is read once has been read before memory is looked at
    before = _megabytes()
    for kind in kinds:
        outcome.runs += 1
        try:
            with _limited():
                kind(chance)
        except Exception as error:
            outcome.wrong.append(f"seed {seed}, {kind.__name__}: {type(error).__name__}: {error!s:.300}")
    if _megabytes() - before > MEGABYTES:
        outcome.wrong.append(f"seed {seed}: the process grew by {_megabytes() - before:.0f} MB")
    return outcome


# --- what is tried --------------------------------------------------------------------------------------------------


def _expression(chance: random.Random) -> str:
    """Reads an expression and works it out over answers; how the text looks decides whether it gets so far."""
    text = written(chance, chance.randrange(1, 5))
    if chance.random() < 0.4:
        text = scribbled(chance, text)
    try:
        tree = expressions.parse(
            text, _outline(), chance.choice(("calc", "age", "pet", "")), chance.choice(("", "", "l"))
        )
    except expressions.ExpressionError as error:
        return _said(error) or text
    json.dumps(tree)
    live = _live()
    live.refresh()
    places: list[Key] = [("calc", ()), ("age", (1,)), ("pet", (0, 1))]
    value = live.worked_out(tree, *chance.choice(places), "x")
    assert isinstance(value, str | float | bool), f"{text} gives {value!r}"
    assert not isinstance(value, str) or len(value) <= 2_000_000, f"{text} gives {len(value)} characters"
    return text


def _form(chance: random.Random) -> str:
    """A published form of which something was changed: refused, or answered with anything."""
    form = copy.deepcopy(chance.choice(list(published().values())))
    for _ in range(chance.randrange(1, 4)):
        _spoil(chance, form)
    try:
        read = Form.parse(form)
    except FormError as error:
        return _said(error)
    answers = {name: chance.choice(_ANSWERS) for name in read.plan.fields}
    live = read.live(answers)
    for address, _ in list(live.everything())[:50]:
        with suppress(KeyError):  # a repetition that an answer before has taken away
            live.set(address, chance.choice(_ANSWERS))
    read.check(live.answers)
    read.check(answers, strict=True)
    return ""


def _file(chance: random.Random) -> str:
    """A form's file of which something was changed: refused with a place and a reason, or published."""
    text = scribbled(chance, chance.choice(_texts()), 6)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, f"form.{chance.choice(('md', 'md', 'csv', 'xlsx', 'xls'))}")
        path.write_text(text, "utf-8", errors="surrogatepass")
        try:
            Form.parse(publish(path, chance.choice((None, {}))))
        except FormMistake as error:
            _said(*error.mistakes)
    return text


def _table(chance: random.Random) -> str:
    """A table beside a form: refused, or read."""
    ending, text = chance.choice(
        (
            ("csv", "name,label\na,A\nb,B\n"),
            ("xml", "<root><item><name>a</name><label>A</label></item></root>"),
            (
                "geojson",
                '{"features": [{"properties": {"name": "a"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
            ),
        )
    )
    text = scribbled(chance, text, 4)
    with tempfile.TemporaryDirectory() as place:
        Path(place, f"t.{ending}").write_text(text, "utf-8", errors="surrogatepass")
        lists = Lists(Path(place))
        try:
            lists.choose(lists.read(f"t.{ending}"), {}, ["en"])
        except ListError as error:
            _said(error)
    return text


def _said(*refusals: object) -> str:
    """Makes sure that every refusal has words."""
    if not all(map(str, refusals)):
        raise AssertionError("a refusal without a word")
    return ""


# --- how it is made -------------------------------------------------------------------------------------------------


_ANSWERS: tuple[Any, ...] = (
    *(
        None,
        "",
        "x",
        "x" * 20_000,
        0,
        -1,
        2**70,
        1.5,
        float("inf"),
        True,
        [],
        ["a"],
        {},
        [{}],
        [{"q": 1}],
        "\ud800",
        "OK",
    ),
    *("2026-11-23", "2026-11-23T14:05:00-06:00", {"lat": 1, "lon": 2}, {"sha256": "x"}, [[[]]], [None]),
)
_JUNK: tuple[Any, ...] = (
    *_ANSWERS,
    *(
        ["ref", "nobody"],
        ["regex", ["self"], "(a+)+"],
        ["if"],
        ["all", "x", ["y"]],
        [["ref"]],
        ["+"] * 3,
        {"expr": ["neg"]},
    ),
)


def _spoil(chance: random.Random, node: Any) -> None:
    """Changes one thing somewhere in a JSON tree."""
    while True:
        keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and chance.random() < 0.8:
            node = node[key]
            continue
        how = chance.randrange(3)
        if how == 0:
            del node[key]
        elif how == 1:
            node[key] = copy.deepcopy(chance.choice(_JUNK))
        elif isinstance(node, list):
            node.append(copy.deepcopy(node[key]))
        else:
            node[chance.choice(("fields", "type", "name", "list", "count", "x"))] = copy.deepcopy(node[key])
        return


@cache
def _outline() -> Outline:
    return Outline(
        {
            **dict.fromkeys(("t", "n", "d", "g", "many", "calc", "house"), ""),
            "who": "house",
            "age": "house",
            "pets": "house",
        }
        | {"pet": "pets"},
        {"house": "repeat", "pets": "repeat"},
        {"l": frozenset(("name", "label", "more"))},
    )


@cache
def _live() -> Live:
    """A household with its pets, answered."""
    form = small(
        {"name": "t"},
        {"name": "n", "type": "integer"},
        {"name": "d", "type": "date"},
        {"name": "g", "type": "geopoint"},
        {"name": "many", "type": "select_multiple", "choices": ["a", "b"]},
        {"name": "calc", "type": "calculate", "calculation": "x"},
        {
            **{"name": "house", "type": "repeat"},
            "fields": [
                {"name": "who"},
                {"name": "age", "type": "integer"},
                {"name": "pets", "type": "repeat", "fields": [{"name": "pet"}]},
            ],
        },
        lists={"l": [{"name": str(at), "label": {"en": f"L{at}"}} for at in range(40)]},
    )
    rows = [{"who": f"w{at}", "age": at, "pets": [{"pet": "cat"}, {"pet": "dog"}]} for at in range(30)]
    place = {"lat": 36.1, "lon": -95.9, "acc": 5}
    return form.live({"t": "long " * 1_500, "n": 7, "d": "2026-11-23", "g": place, "many": ["a"], "house": rows})


@cache
def _texts() -> list[str]:
    folder = Path(__file__).parents[2] / "assets" / "forms"
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]


# --- its limits -----------------------------------------------------------------------------------------------------


class Hang(Exception):
    """An input took more than its second."""


@contextmanager
def _limited() -> Iterator[None]:
    """Raises Hang after a second of work; of the processor's time, so that a busy machine is no hang."""

    def stop(_signal: int, _frame: object) -> None:
        raise Hang(f"more than {SECOND:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECOND)
    began = time.process_time()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if time.process_time() - began > SECOND:  # inside of one call that no signal interrupts
        raise Hang(f"{time.process_time() - began:.1f} s")


def _megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
