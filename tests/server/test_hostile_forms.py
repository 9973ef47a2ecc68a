"""Forms that are wrong on purpose are refused in words with the row, or published whole, and quickly."""

import time
from pathlib import Path

import pytest

from app.form_json import DEEPEST_GROUP, MOST_FIELDS
from app.forms import Form
from server.publish.forms import FormMistake, publish
from tests.server.test_publish_forms import CHOICES, SETTINGS, table

SECONDS = 20.0  # a busy machine; a hang takes longer


def refused(path: Path, text: str) -> list[tuple[int, str]]:
    path.write_text(text, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(FormMistake) as found:
        publish(path)
    assert time.monotonic() - began < SECONDS
    return [(mistake.row, mistake.reason) for mistake in found.value.mistakes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hostile.md"


def test_ten_thousand_questions_are_refused_with_the_row_that_is_too_many(path: Path) -> None:
    ((row, reason),) = refused(path, table(*(f"text | q{at} | Q | P" for at in range(10_000))))
    assert row == 3 + 2 * MOST_FIELDS
    assert "more than" in reason


def test_as_many_questions_as_a_form_may_have_are_published(path: Path) -> None:
    path.write_text(table(*(f"text | q{at} | Q | P" for at in range(300))), encoding="utf-8")
    assert len(list(Form.parse(publish(path)).flat())) == 300


def test_groups_nested_too_deeply_are_refused(path: Path) -> None:
    begin = [f"begin_group | g{at} | G | G" for at in range(40)]
    ((row, reason),) = refused(path, table(*begin, "text | q | Q | P", *["end_group | | |"] * 40))
    assert row == 2 + DEEPEST_GROUP
    assert "nested too deeply" in reason


def test_a_long_circle_of_calculations_is_told_with_every_row(path: Path) -> None:
    rows = [f"calculate | c{at} | | | ${{c{(at + 1) % 50}}} + 1" for at in range(50)]
    ((row, reason),) = refused(path, table(*rows, columns=" calculation |"))
    assert row > 2
    assert "depends on itself" in reason
    assert reason.count("(row ") == 51


@pytest.mark.parametrize(
    ("rows", "columns", "row", "reason"),
    [
        (["text | q | Q | P | regex(., '(a+)+$')"], " constraint |", 3, "may not repeat a group"),
        (["text | q | Q | P | " + "(" * 900 + "1" + ")" * 900], " relevant |", 3, "nested too deeply"),
        (["text | q | Q | P | " + "1+" * 3_000 + "1"], " relevant |", 3, "longer than 5000"),
        (["text | q | Q | P | " + "-" * 2_000 + "1"], " relevant |", 3, "nested too deeply"),
        (["select_one mood | q | Q | P", "text | Q | Q | P"], "", 4, "taken already"),
        (["select_one nobody | q | Q | P"], "", 3, "nobody"),
        (["text | a | A | A", "select_one nobody | q | Q | P"], "", 4, "nobody"),
        (["text | q | Q | P | 'x' + ${q2} and date('never') > 3", "text | q3 | Q | P |"], " relevant |", 3, "q2"),
        (["text | __proto__; | Q | P"], "", 3, "name"),
        (["date | q | Q | P | . > 'tomorrow'"], " constraint |", 3, "'tomorrow' is no number"),
        (["text | q | Q | P | 'x' * 2 = 4"], " relevant |", 3, "'x' is no number"),
        (["text | q | Q | P | today() > date('2026-02-30')"], " relevant |", 3, "'2026-02-30' is no date"),
        (["text | q | Q | P | string-length(round('much', 2)) > 1"], " relevant |", 3, "'much' is no number"),
    ],
)
def test_what_is_hostile_has_its_row_and_its_reason(
    path: Path, rows: list[str], columns: str, row: int, reason: str
) -> None:
    found = refused(path, table(*rows, columns=columns))
    assert any(line == row and reason in why for line, why in found), found


def test_texts_of_any_kind_are_texts_and_stay_as_they_are(path: Path) -> None:
    label = "<script>alert(1)</script> \u202eesrever \U0001f6a8 {curly} %s"
    path.write_text(
        table(f"text | q | {label} | {label}", settings=SETTINGS.replace("Visita", label)), encoding="utf-8"
    )
    form = Form.parse(publish(path))
    assert form.fields[0].label("en") == label
    assert form.live({}).text("q", form.fields[0].labels, "es") == label
    assert form.title("es") == label


def test_a_form_without_any_choices_has_the_row_of_the_question_that_asks_for_them(path: Path) -> None:
    ((row, reason),) = refused(path, table("text | a | A | A", "select_one mood | q | Q | P", choices=""))
    assert row == 4
    assert "choices sheet" in reason


def test_a_choice_with_a_space_in_its_name_has_its_row(path: Path) -> None:
    choices = CHOICES.replace("| tense |", "| very tense |")
    ((row, reason),) = refused(path, table("select_multiple mood | q | Q | P", choices=choices))
    assert row == 8
    assert "very tense" in reason


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\uffff"])
def test_a_character_that_neither_xml_nor_a_spreadsheet_can_hold_is_told_with_its_cell(
    path: Path, character: str
) -> None:
    path.write_text(table("text | a | A | A", f"text | q | Q{character}Q | P"), encoding="utf-8")
    with pytest.raises(FormMistake) as found:
        publish(path)
    assert (found.value.row, found.value.column) == (4, "label::English (en)")
    assert "no keyboard makes" in found.value.reason


def test_formulas_of_the_wrong_types_have_a_value_and_no_crash(path: Path) -> None:
    path.write_text(
        table(
            "text | q | Q | P | ",
            "calculate | a | | | ${q} * ${q} + date(${q})",
            "calculate | b | | | substr(${q}, ${q}, 1 div 0)",
            "calculate | c | | | sum(${q}) + area(${q}) + selected-at(${q}, ${q})",
            columns=" calculation |",
        ),
        encoding="utf-8",
    )
    form = Form.parse(publish(path))
    for value in ("", "x", "9" * 5_000, "2026-13-45", "\U0001f6a8"):
        live = form.live({})
        live.set("q", value)
        assert form.check(live.answers) == {}
