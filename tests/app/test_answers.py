"""Every type of question takes the answers it should, and turns the rest away without a crash."""

import json
import math
from typing import Any

import pytest

from app.forms import Form
from app.ids import canonical
from tests.app.formkit import PHOTO, codes, small

GOOD: dict[str, list[Any]] = {
    "text": ["hello", "two\nlines", "ñ 漢字 🚓"],
    "barcode": ["HTTPS://EXAMPLE.ORG/T/ABC"],
    "integer": [0, -5, 2**53 - 1],
    "decimal": [0.5, 3],
    "date": ["2026-02-28"],
    "time": ["00:00", "23:59"],
    "dateTime": ["2026-11-23T14:05:00-06:00", "2026-11-23T20:05Z", "2026-11-23T20:05:01.123456+00:00"],
    "select_one": ["a"],
    "select_multiple": [["a"], ["b", "a"]],
    "image": [PHOTO],
    "geopoint": [{"lat": 36.1, "lon": -96.1, "acc": 12.5}, {"lat": -90, "lon": 180}],
    "acknowledge": ["OK"],
}
BAD: dict[str, list[Any]] = {
    "text": [5, True, ["x"], {"x": 1}, "x" * 10_001, "nul\x00", "half \ud800"],
    "barcode": [5, "x" * 10_001],
    "integer": ["5", 5.0, True, 2**53, 10**400, math.nan],
    "decimal": ["0.5", math.nan, math.inf, False, 10**400],
    "date": ["2026-02-30", "23.11.2026", "2026-11-23T14:05", "20261123", "\uff12\uff10\uff12\uff16-11-23", 20261123],
    "time": ["24:00", "14:5", "14:05:30", "2pm"],
    "dateTime": [
        "2026-11-23T14:05:00",
        "2026-11-23",
        "2026-11-23T25:00Z",
        "2026-W48-1T10:00Z",
        "2026-11-23T14:0\uff15Z",
        0,
    ],
    "select_one": [["a"], 1, {"a": 1}],
    "select_multiple": ["a", {"a": True}, [1], [["a"]], ["a"] * 1_001],
    "image": [
        "photo.jpg",
        {**PHOTO, "sha256": "AB" * 32},
        {**PHOTO, "mime": "text/html"},
        {**PHOTO, "mime": ["image/png"]},
        {**PHOTO, "bytes": 0},
        {**PHOTO, "bytes": True},
        {**PHOTO, "name": "x"},
        {"sha256": "ab" * 32},
    ],
    "geopoint": [
        "36.1 -96.1",
        {"lat": 91, "lon": 0},
        {"lat": 0, "lon": math.nan},
        {"lat": 0},
        {"lat": "0", "lon": 0},
        {"lat": 0, "lon": 0, "acc": -1},
        {"lat": 0, "lon": 0, "x": 0},
    ],
    "acknowledge": ["ok", True, 1],
}


def one_question(kind: str) -> Form:
    choices = {"choices": ["a", "b"]} if kind.startswith("select") else {}
    return small({"name": "q", "type": kind, **choices})


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_an_answer_of_the_right_kind_is_taken_and_kept_as_it_is(kind: str, value: Any) -> None:
    found = one_question(kind)
    assert codes(found, {"q": value}) == {}
    kept = found.relevant_answers({"q": value})
    assert kept == {"q": sorted(value) if isinstance(value, list) else value}
    assert json.loads(canonical(kept)) == kept


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_an_answer_of_a_wrong_kind_is_a_problem_and_no_crash(kind: str, value: Any) -> None:
    found = one_question(kind)
    assert codes(found, {"q": value}) == {"q": "type"}
    assert found.summary({"q": value}, "en") == "Small"
    assert found.attachments({"q": value}) == []


def test_a_choice_that_is_not_offered_is_a_problem() -> None:
    assert codes(one_question("select_one"), {"q": "c"}) == {"q": "choice"}
    assert codes(one_question("select_multiple"), {"q": ["a", "c"]}) == {"q": "choice"}
    assert codes(one_question("select_multiple"), {"q": ["a", "a"]}) == {"q": "choice"}
