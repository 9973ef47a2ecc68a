"""A form being answered: one answer, and what changed by it."""

# ruff: noqa: E501 - the rows of a form are as long as they are

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms import Form, FormError, Live
from server.publish.forms import publish
from tests.app.formkit import JUNK, NOW, codes, small

FAMILY = """
| survey |
| | type | name | label::English (en) | label::Español (es) | calculation | trigger | choice_filter | repeat_count | default | relevant | constraint |
| | integer | n | How many? | ¿Cuántos? | | | | | | | |
| | select_one state | state | State | Estado | | | | | | | |
| | select_one city | city | City | Ciudad | | | state = ${state} | | | | |
| | select_one_from_file towns.csv | town | Town | Pueblo | | | people > 2 | | | | |
| | note | said | ${n} visits | ${n} visitas | | | | | | | |
| | text | stamp | Stamp | Sello | concat(${n}, '!') | ${state} | | | | | |
| | begin_repeat | visits | Visit | Visita | | | | ${n} + 1 | | ${n} > 0 | |
| | date | day | Day | Día | | | | | today() | | |
| | integer | minutes | Minutes | Minutos | | | | | 3 | | . > 0 and . <= ${n} * 10 |
| | calculate | number | | | position(..) | | | | | | |
| | calculate | so_far | | | coalesce(indexed-repeat(${minutes}, ${visits}, position(..) - 1), 0) + ${minutes} | | | | | | |
| | begin_repeat | people | Person | Persona | | | | | | | |
| | text | person | Name | Nombre | | | | | | | |
| | end_repeat | | | | | | | | | | |
| | calculate | met | | | count(${people}) | | | | | | |
| | end_repeat | | | | | | | | | | |
| | calculate | total | | | sum(${minutes}) | | | | | | |
| | calculate | long | | | join(' ', ${visits}[${minutes} > 5]/number) | | | | | | |
| | calculate | everybody | | | join(' ', ${person}) | | | | | | |
| | calculate | size | | | pulldata('towns', 'people', 'name', ${town}) | | | | | | |
| | calculate | named | | | instance('towns')/root/item[name = ${town}]/label | | | | | | |
| | calculate | dice | | | once(random()) | | | | | | |
| | calculate | label | | | jr:choice-name(${city}, '${city}') | | | | | | |

| choices |
| | list_name | name | label::English (en) | label::Español (es) | state |
| | state | ok | Oklahoma | Oklahoma | |
| | state | tx | Texas | Texas | |
| | city | tulsa | Tulsa | Tulsa | ok |
| | city | austin | Austin | Austin | tx |

| settings |
| | form_title | translated_title::Español (es) | form_id | default_language | record_class | role | goal | icon |
| | Family | Familia | family | English (en) | public | community | collaboration | star |
"""


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Form:
    folder = tmp_path_factory.mktemp("forms")
    (folder / "towns.csv").write_text("name,label,people\na,Aville,3\nb,Bville,2\n", encoding="utf-8")
    path: Path = folder / "family.md"
    path.write_text(FAMILY, encoding="utf-8")
    return Form.parse(publish(path))


@pytest.fixture
def live(family: Form) -> Live:
    return family.live(family.start(now=NOW), NOW)


# --- what changes -----------------------------------------------------------------------------------------------------


def test_an_answer_tells_what_changed_and_nothing_else() -> None:
    fields: list[dict[str, Any]] = [
        {"name": "a"},
        {"name": "b", "relevant": ["=", ["ref", "a"], "yes"]},
        {"name": "c", "type": "calculate", "calculation": ["concat", ["ref", "b"], "!"]},
        {"name": "d", "required": ["=", ["ref", "b"], "x"]},
        {"name": "e"},
    ]
    found = small(*fields).live({})
    assert found.set("a", "no") == {"a"}
    assert found.set("a", "yes") == {"a", "b"}
    assert found.set("b", "x") == {"b", "c", "d"}
    assert (found.answers["c"], found.is_required("d")) == ("x!", True)
    assert found.set("e", "alone") == {"e"}
    assert found.set("a", None) == {"a", "b", "c", "d"}
    assert found.answers["c"] == "!"


def test_an_address_that_the_form_does_not_have_is_refused(live: Live) -> None:
    for address in ("nobody", "visits/7/minutes", "visits/1/n"):
        with pytest.raises((KeyError, IndexError)):
            live.set(address, 1)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "yes", "no", "3"])), max_size=12))
def test_answers_one_by_one_come_to_the_same_as_all_at_once(steps: list[tuple[str, str]]) -> None:
    form = small(
        *({"name": name} for name in "abcd"),
        {"name": "e", "relevant": ["=", ["ref", "a"], "yes"], "required": ["=", ["ref", "b"], "yes"]},
        {"name": "f", "type": "calculate", "calculation": ["concat", ["ref", "e"], ["ref", "c"]]},
        {"name": "g", "relevant": ["=", ["ref", "f"], "33"]},
        {"name": "h", "readonly": ["=", ["ref", "g"], "no"], "relevant": ["!=", ["ref", "f"], "no"]},
    )
    live = form.live({})
    for name, value in steps:
        live.set(name, value)
    whole = form.live(live.answers)
    assert (live.shown, live.required, live.readonly) == (whole.shown, whole.required, whole.readonly)
    assert live.answers == whole.answers


# --- repeats ----------------------------------------------------------------------------------------------------------


def test_a_count_makes_repetitions_with_their_defaults(live: Live) -> None:
    changed = live.set("n", 2)
    assert {"n", "visits", "total", "said"} <= changed
    assert live.rows("visits") == 3
    first = {"minutes": 3, "number": "1", "so_far": "3", "met": "0", "day": "2026-11-23"}
    assert live.answers["visits"][0] == first
    assert [row["so_far"] for row in live.answers["visits"]] == ["3", "6", "6"]
    assert live.answers["total"] == "9"


def test_an_answer_in_a_repetition_changes_what_looks_at_it_and_no_other_repetition(live: Live) -> None:
    live.set("n", 2)
    assert live.set("visits/2/minutes", 9) == {
        *("visits/2/minutes", "visits/2/so_far", "visits/3/so_far", "visits/1/so_far", "total", "long")
    } - {"visits/1/so_far"}
    assert (live.answers["total"], live.answers["long"]) == ("15", "2")


def test_fewer_repetitions_hide_answers_and_more_bring_them_back(live: Live, family: Form) -> None:
    live.set("n", 2)
    live.set("visits/3/minutes", 7)
    live.set("n", 1)
    assert live.rows("visits") == 2
    assert live.answers["total"] == "6"
    assert len(family.relevant_answers(live.answers, NOW)["visits"]) == 2
    live.set("n", 2)
    assert live.value("visits/3/minutes") == 7
    live.set("n", 0)
    assert not {address for address in live.shown if address.startswith("visits")}
    assert live.answers["total"] == "0"
    assert "visits" not in family.relevant_answers(live.answers, NOW)


def test_repetitions_inside_of_repetitions_are_added_removed_and_put_back(live: Live) -> None:
    live.set("n", 1)
    assert {"visits/2/people", "visits/2/met"} <= live.add("visits/2/people")
    live.add("visits/2/people")
    live.set("visits/2/people/1/person", "Ana")
    assert {"everybody", "visits/2/people/2/person"} <= live.set("visits/2/people/2/person", "Ben")
    assert (live.answers["everybody"], live.value("visits/2/met")) == ("Ana Ben", "2")
    row, changed = live.remove("visits/2/people/1")
    assert row == {"person": "Ana"}
    assert {"everybody", "visits/2/met", "visits/2/people/1/person"} <= changed
    assert (live.answers["everybody"], live.value("visits/1/met")) == ("Ben", "0")
    live.put("visits/2/people/1", row)
    assert live.answers["everybody"] == "Ana Ben"
    with pytest.raises(KeyError):
        live.remove("visits/2/people/9")


def test_mistakes_in_repetitions_have_an_address(live: Live, family: Form) -> None:
    live.set("n", 1)
    live.set("visits/2/minutes", 99)
    live.set("visits/1/minutes", "many")
    assert codes(family, live.answers) == {"visits/1/minutes": "type", "visits/2/minutes": "constraint"}


def test_what_a_phone_saves_passes_the_districts_door(live: Live, family: Form) -> None:
    live.set("n", 1)
    live.set("town", "a")
    saved = family.relevant_answers(live.answers, NOW)
    assert (saved["size"], saved["named"]) == ("3", "Aville")
    assert family.check(saved, now=NOW, strict=True) == {}
    hidden = {**saved, "visits": [*saved["visits"], {"minutes": 1}]}
    assert codes(family, hidden, strict=True) == {"visits": "hidden"}
    assert codes(family, {**saved, "visits": [{"nobody": 1}, {}]}, strict=True) == {"visits/1/nobody": "unknown"}


@given(JUNK, JUNK)
def test_whatever_stands_in_the_place_of_repetitions_is_a_problem_and_no_crash(junk: Any, inner: Any) -> None:
    form = small(
        {"name": "n", "type": "integer"},
        {"name": "r", "type": "repeat", "fields": [{"name": "a"}, {"name": "s", "type": "repeat", "fields": [{"name": "b"}]}]},
        {"name": "c", "type": "calculate", "calculation": ["count", ["all", "b"]]},
    )  # fmt: skip
    for answers in ({"r": junk}, {"r": [{"a": inner, "s": junk}]}, {"r": [{"s": [{"b": inner}]}, junk]}):
        for strict in (False, True):
            form.check(answers, strict=strict)
        saved = form.relevant_answers(answers)
        assert form.relevant_answers(saved) == saved
        assert form.summary(answers, "en") == "Small"


# --- choices, triggers, what is kept ----------------------------------------------------------------------------------


def test_choices_follow_their_filter(live: Live, family: Form) -> None:
    assert [choice.name for choice in live.choices("city")] == []
    assert {"state", "city"} <= live.set("state", "ok")
    assert [choice.name for choice in live.choices("city")] == ["tulsa"]
    live.set("city", "tulsa")
    assert live.answers["label"] == "Tulsa"
    live.set("state", "tx")
    assert codes(family, live.answers) == {"city": "choice"}
    assert [choice.label("es") for choice in live.choices("town")] == ["Aville"]


def test_a_trigger_alone_sets_a_calculation_off_and_its_answer_may_be_changed(live: Live) -> None:
    live.set("n", 5)
    assert "stamp" not in live.answers
    assert "stamp" in live.set("state", "ok")
    assert live.answers["stamp"] == "5!"
    live.set("stamp", "mine")
    live.set("n", 6)
    assert live.answers["stamp"] == "mine"
    live.set("state", "tx")
    assert live.answers["stamp"] == "6!"


@pytest.mark.parametrize("junk", [[None], [[[]]], ["x"], [{}, 1], {"a": 1}, "x"])
def test_what_is_no_list_of_repetitions_counts_as_none(junk: Any) -> None:
    form = small({"name": "visit", "type": "repeat", "fields": [{"name": "a"}]})
    live = form.live({})
    live.set("visit", junk)
    assert live.rows("visit") == 0
    assert form.check(live.answers)["visit"].code == "type"


def test_an_expression_that_explodes_is_stopped_soon_and_the_officer_is_told() -> None:
    inner = ["count", ["all", "row", ["row", [">", ["at", "n"], -1]]]]
    rule = ["=", ["count", ["all", "row", ["row", [">", inner, 0]]]], 0]  # each row looks at all rows
    form = small(
        {"name": "row", "type": "repeat", "fields": [{"name": "n", "type": "integer"}]},
        {"name": "total", "type": "integer", "constraint": rule, "constraint_message": {"en": "No.", "es": "No."}},
        {"name": "shown", "relevant": rule},
    )
    began = time.process_time()
    live = form.live({"row": [{"n": n} for n in range(1_000)], "total": 1})
    problem = form.check(live.answers, "en")["total"]
    assert time.process_time() - began < 5
    assert (problem.code, problem.message) == ("constraint", "This answer takes too long to check.")
    assert "shown" not in live.shown


def test_a_trigger_without_a_calculation_takes_the_answer_back() -> None:
    form = small({"name": "a"}, {"name": "b", "trigger": ["a"], "calculation": ""})
    live = form.live({"a": "1", "b": "mine"})
    assert live.answers["b"] == "mine"
    live.set("a", "2")
    assert "b" not in live.answers


def test_once_is_worked_out_once_and_kept_with_the_draft(live: Live, family: Form) -> None:
    dice = live.answers["dice"]
    live.set("n", 1)
    draft = live.draft()
    assert (draft["dice"], "total" in draft) == (dice, False)
    assert family.relevant_answers(draft)["dice"] == dice


def test_a_label_quotes_answers(live: Live, family: Form) -> None:
    field = family.field("said")
    assert field is not None
    live.set("n", 3)
    assert live.text("said", field.labels, "es") == "3 visitas"


def test_what_is_known_of_phone_and_officer_is_filled_in_at_the_start_and_the_end_when_it_is_saved() -> None:
    form = small(
        *({"name": kind, "type": kind} for kind in ("start", "end", "today", "username", "deviceid")),
        {"name": "h", "type": "hidden", "default": "x"},
    )
    begun = form.start(now=NOW, about={"username": "ana", "deviceid": "d1"})
    assert begun == {
        **{
            "start": "2026-11-23T14:05:00.000-06:00",
            "today": "2026-11-23",
            "username": "ana",
            "deviceid": "d1",
            "h": "x",
        }
    }
    saved = form.relevant_answers(begun, NOW)
    assert saved["end"] == "2026-11-23T14:05:00.000-06:00"
    assert form.check(saved, now=NOW, strict=True) == {}


@pytest.mark.parametrize(
    ("kind", "more", "good", "bad"),
    [
        ("range", {"parameters": {"start": 0, "end": 10, "step": 2.5}}, [0, 2.5, 10], [1, -2.5, 12.5, "5", True]),
        ("rank", {"choices": ["a", "b"]}, [["b", "a"]], [["a"], ["a", "a"], ["a", "c"], "a"]),
        ("geotrace", {}, [[{"lat": 1, "lon": 2}, {"lat": 1, "lon": 3}]], [[{"lat": 1, "lon": 2}], [{}, {}], "1 2"]),
        ("audio", {}, [{"sha256": "ab" * 32, "mime": "audio/mp4", "bytes": 3}], [{"sha256": "ab" * 32, "mime": "text/html", "bytes": 3}]),
    ],
)  # fmt: skip
def test_answers_of_the_newer_types(kind: str, more: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    form = small({"name": "q", "type": kind, **more})
    assert [codes(form, {"q": value}) for value in good] == [{}] * len(good)
    assert all(codes(form, {"q": value}) for value in bad)


# --- circles and limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "circle"),
    [
        ([{"name": "a", "calculation": ["ref", "b"]}, {"name": "b", "calculation": ["ref", "a"]}], "a -> b -> a"),
        ([{"name": "a", "calculation": ["ref", "b"]}, {"name": "b", "relevant": ["ref", "a"]}], "a -> b -> a"),
        ([{"name": "a", "type": "repeat", "count": ["ref", "b"], "fields": [{"name": "b"}]}], "a -> b -> a"),
    ],
)  # fmt: skip
def test_a_circle_is_found_when_the_form_is_read(fields: list[dict[str, Any]], circle: str) -> None:
    with pytest.raises(FormError, match="depends on itself") as refused:
        small(*fields)
    turned = " -> ".join([*circle.split(" -> ")[1:], circle.split(" -> ")[1]])
    assert str(refused.value).endswith((circle, turned))


def test_a_count_without_end_makes_a_thousand_repetitions_at_most() -> None:
    inner = {"name": "s", "type": "repeat", "count": 1e9, "fields": [{"name": "b"}]}
    form = small({"name": "r", "type": "repeat", "count": 1e9, "fields": [{"name": "a"}, inner]})
    live = form.live({})
    assert live.rows("r") == 1_000
    assert sum(live.rows(f"r/{at}/s") for at in range(1, 1_001)) <= 50_000
    assert codes(small({"name": "r", "type": "repeat", "fields": [{"name": "a"}]}), {"r": [{}] * 1_001}) == {
        "r": "type"
    }
