"""JSON that is no form is refused with the part and the reason, and a form is never half read."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms import Form, FormError
from app.ids import canonical
from tests.app.formkit import FORMS, JUNK, NOW, form, published, small, small_json


@pytest.mark.parametrize("form_id", FORMS)
def test_a_published_form_parses_after_its_way_over_the_wire(form_id: str) -> None:
    over_the_wire = json.loads(canonical(published()[form_id]))
    again = Form.parse(over_the_wire)
    assert [field.name for field in again.flat()] == [field.name for field in form(form_id).flat()]
    assert again.json == published()[form_id]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "has no id"),
        ({"id": "two words"}, "id that is no name"),
        ({"version": 7}, "has no version"),
        ({"class": "secret"}, "unknown class"),
        ({"role": "boss"}, "unknown role"),
        ({"goal": "win"}, "unknown goal"),
        ({"languages": []}, "has no languages"),
        ({"languages": "en"}, "has no languages"),
        ({"title": {"en": "Only English"}}, "has no title in es"),
        ({"title": "Small"}, "title that is no text by language"),
        ({"fields": []}, "has no questions"),
        ({"fields": {"q": 1}}, "has no questions"),
        ({"fields": ["q"]}, "is not a JSON object"),
        ({"instance_name": ["ref", "nobody"]}, "no question named nobody"),
    ],
)
def test_json_that_is_no_form_is_refused_with_its_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(FormError, match=reason):
        Form.parse(small_json({"name": "q"}) | change)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ({"name": "q", "type": "hologram"}, "unknown type: hologram"),
        ({"name": "q", "type": ["text"]}, "unknown type"),
        ({"name": ""}, "has no name"),
        ({"name": "a b"}, "has no name"),
        ({"name": "q", "label": {"en": "Only English"}}, "has no label in es"),
        ({"name": "q", "label": {"en": 5, "es": 5}}, "no text by language"),
        ({"name": "q", "type": "select_one"}, "has no choices"),
        ({"name": "q", "type": "select_one", "choices": ["a", "a"]}, "choice a twice"),
        ({"name": "q", "type": "select_multiple", "choices": ["a b"]}, "bad choice name"),
        ({"name": "q", "default": 5}, "default of another type"),
        ({"name": "q", "default": {"expr": ["nope"]}}, "not a function"),
        ({"name": "q", "relevant": ["ref", "nobody"]}, "relevant: there is no question named nobody"),
        ({"name": "q", "constraint": ["regex", ["self"], "(a+)+"]}, "constraint: a pattern may not repeat"),
        ({"name": "q", "appearance": 5}, "appearance that is no text"),
        ({"name": "q", "onclick": "x"}, "parts that are not known: onclick"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_its_name_and_reason(
    field: dict[str, Any], reason: str
) -> None:
    with pytest.raises(FormError, match=reason):
        small(field)


def test_a_name_is_used_once_in_the_whole_form() -> None:
    with pytest.raises(FormError, match="question q is there twice"):
        small({"name": "q"}, {"name": "g", "fields": [{"name": "q"}]})


def test_a_form_without_end_is_refused() -> None:
    nested: dict[str, Any] = {"name": "q"}
    for depth in range(2_000):
        nested = {"type": "group", "name": f"g{depth}", "fields": [nested]}
    with pytest.raises(FormError, match="nested too deeply"):
        Form.parse({**small_json({"name": "x"}), "fields": [nested]})
    with pytest.raises(FormError, match="more than 2000 questions"):
        small(*[{"name": f"q{at}"} for at in range(2_001)])


@given(st.data())
def test_a_damaged_form_is_refused_and_never_half_read(data: st.DataObject) -> None:
    damaged = copy.deepcopy(published()["location_check"])
    node: Any = damaged
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and data.draw(st.integers(0, 3)):
            node = node[key]
            continue
        node[key] = data.draw(JUNK)
        break
    try:
        found = Form.parse(damaged)
    except FormError:
        return
    found.check(found.start(now=NOW), now=NOW)
    found.summary({}, "es")
    assert all(isinstance(field.label("es"), str) for field in found.flat())


@given(JUNK)
def test_junk_is_no_form(junk: Any) -> None:
    with pytest.raises(FormError):
        Form.parse(junk)
