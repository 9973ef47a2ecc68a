"""Forms ask what is relevant, check what is answered, and survive whatever they are given."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms import Field, Form, FormError
from app.ids import canonical
from tests.app.formkit import FORMS, JUNK, NOW, PHOTO, codes, form, small
from tests.app.test_answers import GOOD

# --- logic between questions ------------------------------------------------------------------------------------------


def test_an_answer_that_is_no_longer_asked_counts_as_empty_for_the_others() -> None:
    chain = small(
        {"name": "a"},
        {"name": "b", "relevant": ["=", ["ref", "a"], "yes"]},
        {"name": "c", "relevant": ["=", ["ref", "b"], "yes"]},
    )
    assert chain.shown({"a": "yes", "b": "yes"}) == {"a", "b", "c"}
    assert chain.shown({"a": "no", "b": "yes"}) == {"a"}
    assert chain.relevant_answers({"a": "no", "b": "yes", "c": "x"}) == {"a": "no"}


def test_a_question_may_depend_on_a_later_one() -> None:
    late = small({"name": "a", "relevant": ["=", ["ref", "b"], "yes"]}, {"name": "b"})
    assert late.shown({"b": "yes"}) == {"a", "b"}


@pytest.mark.parametrize(
    "fields",
    [
        [{"name": "a", "relevant": ["ref", "a"]}],
        [{"name": "a", "relevant": ["ref", "b"]}, {"name": "b", "relevant": ["ref", "a"]}],
        [{"name": "g", "relevant": ["ref", "a"], "fields": [{"name": "a"}]}],
    ],
)
def test_a_question_cannot_decide_itself_whether_it_is_asked(fields: list[dict[str, Any]]) -> None:
    with pytest.raises(FormError, match="decides itself whether it is asked"):
        small(*fields)


def test_defaults_are_taken_in_order_and_yield_to_what_is_known() -> None:
    found = small(
        {"name": "n", "type": "integer", "default": 2},
        {"name": "twice", "type": "integer", "default": {"expr": ["*", ["ref", "n"], 2]}},
        {"name": "half", "type": "integer", "default": {"expr": ["div", ["ref", "n"], 4]}},
        {"name": "day", "type": "date", "default": {"expr": ["now"]}},
        {"name": "hour", "type": "time", "default": {"expr": ["now"]}},
        {"name": "kind", "type": "select_one", "choices": ["a", "b"], "default": {"expr": ["concat", "z"]}},
        {"name": "text", "default": {"expr": ["today"]}},
    )
    assert found.start(now=NOW) == {"n": 2, "twice": 4, "day": "2026-11-23", "hour": "14:05", "text": "2026-11-23"}
    assert found.start({"n": 5, "nobody": 1, "text": ""}, NOW)["twice"] == 10
    assert "nobody" not in found.start({"nobody": 1})


def test_a_form_too_costly_to_work_out_hides_and_refuses_but_never_hangs() -> None:
    endless = ["and", *[["=", 1, 1]] * 30_000]
    found = small({"name": "a", "relevant": endless}, {"name": "b", "constraint": endless})
    assert found.shown({}) == {"b"}
    assert codes(found, {"b": "x"}) == {"b": "constraint"}


def test_many_questions_have_a_budget_each_and_one_together() -> None:
    modest = ["and", *[["=", ["ref", "a"], "yes"]] * 10]
    costly = ["and", *[["=", ["ref", "a"], "yes"]] * 6_000]
    many = small({"name": "a"}, *[{"name": f"q{at}", "relevant": modest} for at in range(1_900)])
    assert len(many.shown({"a": "yes"})) == 1_901
    greedy = small({"name": "a"}, *[{"name": f"q{at}", "relevant": costly} for at in range(100)])
    assert 1 < len(greedy.shown({"a": "yes"})) < 101


# --- checking ---------------------------------------------------------------------------------------------------------


def test_empty_answers_are_no_answers() -> None:
    found = small({"name": "q", "required": True, "constraint": ["=", ["self"], "x"]})
    nothings: list[dict[str, Any]] = [{}, {"q": ""}, {"q": None}, {"q": []}]
    for nothing in nothings:
        assert codes(found, nothing) == {"q": "required"}
        assert found.relevant_answers(nothing) == {}


def test_what_the_form_does_not_ask_is_a_problem() -> None:
    found = small({"name": "g", "fields": [{"name": "n", "type": "note"}, {"name": "q"}]})
    assert codes(found, {"q": "x", "nobody": 1, "g": {}, "n": "x"}) == {
        "g": "unknown",
        "n": "unknown",
        "nobody": "unknown",
    }
    assert codes(found, "not even answers") == {"": "type"}
    assert codes(found, {5: "x"}) == {"5": "unknown"}


def test_answers_that_are_not_asked_pass_in_a_draft_and_not_at_the_districts_door() -> None:
    found = small({"name": "a"}, {"name": "b", "type": "integer", "relevant": ["=", ["ref", "a"], "yes"]})
    assert codes(found, {"a": "no", "b": "junk"}) == {}
    assert codes(found, {"a": "no", "b": "junk"}, strict=True) == {"b": "hidden"}
    assert codes(found, found.relevant_answers({"a": "no", "b": "junk"}), strict=True) == {}


def test_problems_speak_the_language_asked_and_the_authors_words_where_there_are_any() -> None:
    found = small(
        {"name": "a", "required": True, "required_message": {"en": "Who?", "es": "¿Quién?"}},
        {"name": "b", "required": True},
        {"name": "c", "type": "integer"},
        {"name": "d", "constraint": False, "constraint_message": {"en": "Never."}},
    )
    answers = {"c": "five", "d": "x"}
    english = [problem.message for problem in found.check(answers, "en").values()]
    spanish = [problem.message for problem in found.check(answers, "es").values()]
    assert english == ["Who?", "Please answer this.", "Please enter a whole number.", "Never."]
    assert spanish == ["¿Quién?", "Falta esta respuesta.", "Escriba un número entero.", "Never."]
    assert found.check(answers, "fr")["b"].message == "Please answer this."


def test_photos_are_listed_with_their_field() -> None:
    found = small({"name": "p", "type": "image"}, {"name": "q", "type": "image"})
    (attachment,) = found.attachments({"q": PHOTO})
    assert (attachment.sha256, attachment.mime, attachment.bytes, attachment.field) == (
        PHOTO["sha256"],
        "image/jpeg",
        81_000,
        "q",
    )


# --- whatever comes in ------------------------------------------------------------------------------------------------


def outside_of_repeats(found: Form) -> list[Field]:
    return [field for field in found.flat() if not found.plan.repeats[field.name]]


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, dict[str, Any]]:
    """One of the forms that ship and answers to it: many that fit, some that do not, some to no question of it."""
    found = form(draw(st.sampled_from(FORMS)))
    answers = found.start(now=NOW) if draw(st.booleans()) else {}
    fields = draw(st.lists(st.sampled_from(outside_of_repeats(found)), max_size=12))
    for field in fields:
        names = [choice.name for choice in field.choices]
        if field.type == "select_one":
            fitting: st.SearchStrategy[Any] = st.sampled_from(names)
        elif field.type == "select_multiple":
            fitting = st.lists(st.sampled_from(names), unique=True)
        elif field.type in GOOD:
            fitting = st.sampled_from(GOOD[field.type])
        else:
            fitting = JUNK
        answers[field.name] = draw(st.one_of(fitting, fitting, fitting, JUNK))
    return found, answers | draw(st.dictionaries(st.text(max_size=6), JUNK, max_size=2))


@given(filled(), st.booleans())
def test_check_gives_problems_in_the_order_of_the_form_and_never_raises(
    case: tuple[Form, dict[str, Any]], strict: bool
) -> None:
    found, answers = case
    problems = found.check(answers, "es", NOW, strict)
    order = [field.name for field in outside_of_repeats(found)]
    tops = [name.partition("/")[0] for name in problems]
    places = [order.index(name) if name in order else len(order) for name in tops]
    assert places == sorted(places)
    assert all(problem.message and problem.field == name for name, problem in problems.items())
    assert set(answers) - set(order) <= set(problems)
    assert found.required(answers, NOW) | found.readonly(answers, NOW) <= found.shown(answers, NOW)
    assert 0 < len(found.summary(answers, "en", NOW)) <= 140


@given(filled())
def test_what_is_saved_holds_nothing_hidden_and_comes_back_from_json_the_same(
    case: tuple[Form, dict[str, Any]],
) -> None:
    found, answers = case
    saved = found.relevant_answers(answers, NOW)
    assert set(saved) <= found.shown(answers, NOW)
    assert found.shown(saved, NOW) == found.shown(answers, NOW)
    assert found.relevant_answers(saved, NOW) == saved
    asked = {name for name, problem in found.check(answers, now=NOW).items() if problem.code != "unknown"}
    if not asked:
        assert json.loads(canonical(saved)) == saved
        assert found.check(saved, now=NOW, strict=True) == {}


def test_the_phone_needs_nothing_but_pythons_own_library_for_its_forms() -> None:
    code = "import sys; before = set(sys.modules); import app.forms; print(*set(sys.modules) - before)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in found} - set(sys.stdlib_module_names) == {"app"}
