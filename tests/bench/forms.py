"""An answer's cost in a long form, and in a long chain of calculations: here, and in a phone's browser."""

import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

from app.forms import Form
from tests.app.formkit import small
from tests.bench import forms_browser
from tests.bench.figures import ROUNDS, Figure, median_ratio, tell

EDITS = 200
CHAIN = 33
LONG, SHORT = 300, 30


def measure() -> Iterator[Figure]:
    """form-edit, form-chain and form-open as ratios, and what opening and a chain take natively."""
    tell(f"form-edit: {EDITS} random answers, {LONG} questions over {SHORT}")
    long, short = questions(LONG), questions(SHORT)
    yield Figure("form-edit", median_ratio(lambda: _edits(long), lambda: _edits(short)), "times", "<=", 1.5)
    chained = chain(LONG, CHAIN)
    times = [_heads(chained) for _ in range(ROUNDS)]
    tell(f"form-chain: {CHAIN} calculations in {LONG} questions: {statistics.median(times) * 1000:.3f} ms, natively")
    opened = [_opened(long) for _ in range(ROUNDS)]
    tell(f"form-open: {LONG} questions read and worked out: {statistics.median(opened) * 1000:.1f} ms, natively")
    yield from forms_browser.measure(long, chained, CHAIN)


def questions(count: int) -> Form:
    """A form in which every third question decides on the next, and every tenth is a calculation of two others."""
    fields: list[dict[str, Any]] = []
    for at in range(count):
        field: dict[str, Any] = {"name": f"q{at}", "type": "integer"}
        if at % 10 == 9:
            field |= {"type": "calculate", "calculation": ["+", ["ref", f"q{at - 1}"], ["ref", f"q{at - 5}"]]}
        elif at % 3 == 1:
            field["relevant"] = [">", ["ref", f"q{at - 1}"], 3]
        elif at % 3 == 2:
            field["constraint"] = ["<", ["self"], 1000]
        fields.append(field)
    return small(*fields)


def chain(count: int, length: int) -> Form:
    """A form whose first question heads a chain of calculations, each of the one before."""
    links = [
        {"name": f"c{at}", "type": "calculate", "calculation": ["+", ["ref", f"c{at - 1}" if at else "head"], 1]}
        for at in range(length)
    ]
    rest = [{"name": f"q{at}", "type": "integer"} for at in range(count - length - 1)]
    return small({"name": "head", "type": "integer"}, *links, *rest)


def _edits(form: Form) -> float:
    """Seconds for one answer, the median of many."""
    chance = random.Random(7)  # noqa: S311 - the same answers each time
    names = [field.name for field in form.flat() if field.type == "integer"]
    live = form.live({})
    return statistics.median(_timed(live.set, chance.choice(names), chance.randrange(10)) for _ in range(EDITS))


def _heads(form: Form) -> float:
    live = form.live({})
    taken = statistics.median(_timed(live.set, "head", at) for at in range(1, EDITS))
    assert live.answers[f"c{CHAIN - 1}"] == str(EDITS - 1 + CHAIN)
    return taken


def _opened(form: Form) -> float:
    return _timed(lambda: Form.parse(form.json).live({}))


def _timed(do: Any, *arguments: Any) -> float:
    began = time.perf_counter()
    do(*arguments)
    return time.perf_counter() - began
