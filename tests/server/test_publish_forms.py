"""A form's file is published whole and right, or refused with every row that is wrong."""

# mypy: disable-error-code="import-untyped"
# openpyxl and pyxform come without types.

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Spreadsheet
from pyxform.xls2json_backends import md_table_to_workbook

from app.forms import Form
from server.publish.expressions import ExpressionError, parse
from server.publish.forms import FormMistake, publish, publish_all
from server.publish.outline import Outline
from server.publish.workbook import read, xform

ASSETS = Path(__file__).parents[2] / "assets" / "forms"
SETTINGS = """
| settings |
| | form_title | translated_title::Español (es) | form_id | default_language | record_class | role | goal | icon |
| | Visit | Visita | visit | English (en) | public | community | collaboration | star |
"""
CHOICES = """
| choices |
| | list_name | name | label::English (en) | label::Español (es) |
| | mood | calm | Calm | Tranquilo |
| | mood | tense | Tense | Tenso |
"""
HEADER = "| | type | name | label::English (en) | label::Español (es) |"


def table(*rows: str, columns: str = "", settings: str = SETTINGS, choices: str = CHOICES) -> str:
    """The text of a form's file: its survey rows start in line 3."""
    lines = [f"| | {row} |" for row in rows]
    return "\n".join(["| survey |", f"{HEADER}{columns}", *lines, choices, settings])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "visit.md"


def published(file: Path, text: str) -> dict[str, Any]:
    file.write_text(text, encoding="utf-8")
    return publish(file)


def mistakes(file: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(FormMistake) as refused:
        publish(file)
    assert all(mistake.file == file.name for mistake in refused.value.mistakes)
    assert "Traceback" not in str(refused.value)
    return [(mistake.row, mistake.column, mistake.reason) for mistake in refused.value.mistakes]


def only(file: Path, text: str | bytes) -> tuple[int, str, str]:
    (mistake,) = mistakes(file, text)
    return mistake


@pytest.mark.parametrize("text", ["", "# only a comment", "a letter to the school"])
def test_a_file_without_a_survey_is_told_what_is_missing(file: Path, text: str) -> None:
    assert only(file, text) == (0, "", "there is no sheet named survey (a row that begins with | survey |)")


# --- what is published ------------------------------------------------------------------------------------------------


def test_the_forms_that_ship_are_published_without_a_mistake() -> None:
    forms = publish_all(ASSETS)
    assert {form_id: (form["class"], form["role"], form["goal"]) for form_id, form in forms.items()} == {
        "campus_log": ("administrative", "community", "collaboration"),
        "child_abuse_report": ("police_unit", "law_enforcement", "safe_environment"),
        "community_complaint": ("public", "community", "collaboration"),
        "drill": ("police_unit", "teaching", "safe_environment"),
        "family_request": ("police_unit", "community", "collaboration"),
        "finding_update": ("police_unit", "law_enforcement", "safe_environment"),
        "incident": ("police_unit", "law_enforcement", "safe_environment"),
        "lesson": ("administrative", "teaching", "perceptions"),
        "location_check": ("police_unit", "law_enforcement", "safe_environment"),
        "parent_contact": ("education", "counselling", "collaboration"),
        "partner_meeting": ("administrative", "community", "collaboration"),
        "referral": ("education", "counselling", "collaboration"),
        "threat_report": ("police_unit", "law_enforcement", "safe_environment"),
        "tour_run": ("police_unit", "law_enforcement", "safe_environment"),
        "victim_assistance": ("police_unit", "counselling", "safe_environment"),
        "walkthrough": ("police_unit", "law_enforcement", "safe_environment"),
        "welfare_check": ("education", "counselling", "safe_environment"),
    }


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.md")), ids=lambda path: path.stem)
def test_the_forms_that_ship_are_xlsforms_that_other_tools_can_use(path: Path) -> None:
    book, found = read(path)
    assert book is not None
    assert found == []
    assert "<h:title>" in xform(book.tree)
    assert "__beatbook" not in xform(book.tree)


def test_a_table_becomes_the_json_that_phones_read(file: Path) -> None:
    form = published(
        file,
        table(
            "select_one mood | mood | How was it? | ¿Cómo fue? | yes | | | | | horizontal | | | |",
            "begin_group | more | More | Más | | ${mood} = 'tense' | | | | field-list | | | |",
            "integer | minutes | Minutes | Minutos | | | . >= 0 | Not below 0. | No menos de 0. | | 5 | | |",
            "date | due | Due | Plazo | ${minutes} > 3 | | | | | | today() | | Short. | Corta.",
            "end_group | | | | | | | | | | | | |",
            "text | notes | Notes | Notas | | | | | | multiline | | yes | |",
            columns=" required | relevant | constraint | constraint_message::English (en)"
            " | constraint_message::Español (es) | appearance | default | readonly | hint::English (en)"
            " | hint::Español (es) |",
        ),
    )
    version = form.pop("version")
    assert len(version) == 12
    assert form == {
        "id": "visit",
        "title": {"en": "Visit", "es": "Visita"},
        "languages": ["en", "es"],
        "class": "public",
        "role": "community",
        "goal": "collaboration",
        "icon": "star",
        "fields": [
            {
                "type": "select_one",
                "name": "mood",
                "label": {"en": "How was it?", "es": "¿Cómo fue?"},
                "required": True,
                "appearance": "horizontal",
                "list": "mood",
            },
            {
                "type": "group",
                "name": "more",
                "label": {"en": "More", "es": "Más"},
                "relevant": ["=", ["ref", "mood"], "tense"],
                "appearance": "field-list",
                "fields": [
                    {
                        "type": "integer",
                        "name": "minutes",
                        "label": {"en": "Minutes", "es": "Minutos"},
                        "constraint": [">=", ["self"], 0],
                        "constraint_message": {"en": "Not below 0.", "es": "No menos de 0."},
                        "default": 5,
                    },
                    {
                        "type": "date",
                        "name": "due",
                        "label": {"en": "Due", "es": "Plazo"},
                        "hint": {"en": "Short.", "es": "Corta."},
                        "required": [">", ["ref", "minutes"], 3],
                        "default": {"expr": ["today"]},
                    },
                ],
            },
            {
                "type": "text",
                "name": "notes",
                "label": {"en": "Notes", "es": "Notas"},
                "readonly": True,
                "appearance": "multiline",
            },
        ],
        "lists": {
            "mood": [
                {"name": "calm", "label": {"en": "Calm", "es": "Tranquilo"}},
                {"name": "tense", "label": {"en": "Tense", "es": "Tenso"}},
            ]
        },
    }


def test_every_type_of_question_is_published(file: Path) -> None:
    kinds = ["text", "integer", "decimal", "date", "time", "dateTime", "image", "barcode", "geopoint"]
    kinds += ["note", "acknowledge", "range", "start", "end", "today", "deviceid", "username", "hidden"]
    form = published(
        file,
        table(
            *[f"{kind} | q{at} | Q | P" for at, kind in enumerate(kinds)],
            "select_one mood | one | Q | P",
            "select_multiple mood | many | Q | P",
            settings=SETTINGS,
        ),
    )
    assert [field["type"] for field in form["fields"]] == [*kinds, "select_one", "select_multiple"]
    assert Form.parse(form).version == form["version"]


CSV = """survey,,,,
,type,name,label::English (en),label::Español (es)

,{kind},q,Q,"P,
twice"
settings,,,,,,,,
,form_title,translated_title::Español (es),form_id,default_language,record_class,role,goal,icon
,Visit,Visita,visit,English (en),public,community,collaboration,{icon}
"""


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_is_published_as_spreadsheet_programs_write_it(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "visit.csv"
    file.write_text(mark + CSV.format(kind="text", icon="star"), encoding="utf-8", newline="\r\n")
    form = publish(file)
    assert (form["id"], form["title"]) == ("visit", {"en": "Visit", "es": "Visita"})
    assert form["fields"] == [{"type": "text", "name": "q", "label": {"en": "Q", "es": "P,\ntwice"}}]


def test_a_mistake_in_a_csv_file_has_the_row_that_a_spreadsheet_program_shows(tmp_path: Path) -> None:
    assert [mistake[:2] for mistake in mistakes(tmp_path / "visit.csv", CSV.format(kind="text", icon="???"))] == [
        (7, "icon")
    ]
    ((row, column, _),) = mistakes(tmp_path / "visit.csv", CSV.format(kind="txt", icon="star"))
    assert (row, column) == (4, "type")


def test_a_csv_file_with_semicolons_is_told_so(tmp_path: Path) -> None:
    text = CSV.format(kind="text", icon="star").replace(",", ";")
    ((row, _, reason),) = mistakes(tmp_path / "visit.csv", text)
    assert (row, reason.partition(";")[0]) == (1, "the columns are parted by semicolons")


def test_a_markdown_file_may_begin_with_the_mark_of_its_editor(file: Path) -> None:
    assert published(file, "\ufeff" + table("text | q | Q | P"))["id"] == "visit"


def test_a_language_that_only_the_title_has_is_missed_in_every_label(file: Path) -> None:
    found = mistakes(file, table("text | a | A |", "text | b | B |", choices=""))
    assert [(row, column) for row, column, _ in found] == [(3, "label::Español (es)"), (4, "label::Español (es)")]


def test_a_form_may_ask_page_by_page(file: Path) -> None:
    paged = SETTINGS.replace("| icon |", "| icon | style |").replace("| star |", "| star | pages |")
    assert Form.parse(published(file, table("text | q | Q | P", settings=paged))).paged
    assert not Form.parse(published(file, table("text | q | Q | P"))).paged
    strange = paged.replace("| pages |", "| theme-grid pages |")
    ((row, column, reason),) = mistakes(file, table("text | q | Q | P", settings=strange))
    assert (row, column) == (13, "style")
    assert "theme-grid" in reason


def test_a_range_may_have_steps_smaller_than_one(file: Path) -> None:
    form = Form.parse(published(file, table("range | q | Q | P | start=-1 end=1 step=0.25", columns=" parameters |")))
    assert form.check({"q": -0.75}) == {}
    assert form.check({"q": 0.3})["q"].code == "range"


def test_a_form_that_changes_has_another_version_and_one_that_does_not_has_the_same(file: Path) -> None:
    one = published(file, table("text | a | A | A"))
    again = published(file, "# A comment changes nothing\n\n" + table("text | a | A | A"))
    other = published(file, table("text | a | A | Á"))
    assert one == again
    assert one["version"] != other["version"]


def test_a_version_in_the_settings_is_kept(file: Path) -> None:
    numbered = SETTINGS.replace("| form_id |", "| form_id | version |").replace("| visit |", "| visit | 2026112301 |")
    assert published(file, table("text | a | A | A", settings=numbered))["version"] == "2026112301"


def test_a_spreadsheet_is_published_like_a_table(tmp_path: Path, file: Path) -> None:
    as_table = published(file, table("select_one mood | mood | Mood | Ánimo"))
    md_table_to_workbook(file.read_text(encoding="utf-8")).save(tmp_path / "visit.xlsx")
    assert publish(tmp_path / "visit.xlsx") == as_table


def test_a_spreadsheets_mistake_has_the_row_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    spreadsheet = Spreadsheet()
    survey = spreadsheet.worksheets[0]
    survey.title = "survey"
    for row in (
        ["type", "name", "label::English (en)", "label::Español (es)"],
        ["text", "a", "A", "A"],
        [],
        ["text", "b", "B"],
    ):
        survey.append(row)
    sheet = spreadsheet.create_sheet("settings")
    sheet.append(["form_title", "form_id", "default_language", "record_class", "role", "goal", "icon"])
    sheet.append(["V", "visit", "English (en)", "public", "community", "collaboration", "star"])
    spreadsheet.save(tmp_path / "visit.xlsx")
    with pytest.raises(FormMistake) as refused:
        publish(tmp_path / "visit.xlsx")
    assert [(mistake.row, mistake.column) for mistake in refused.value.mistakes] == [
        (2, "translated_title::Español (es)"),
        (4, "label::Español (es)"),
    ]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "columns", "column", "reason"),
    [
        ("hologram | q | Q | P", "", "type", "hologram is no type of question; supported are"),
        ("video | q | Q | P", "", "type", "questions of the type video are not supported yet"),
        ("phonenumber | q | |", "", "type", "questions of the type phonenumber are not supported yet"),
        ("image | q | Q | P | selfie", " appearance |", "appearance", "the appearance selfie is not"),
        ("calculate | q | | | 1 + 1 | yes", " calculation | required |", "required", "is never asked, so nobody"),
        ("calculate | q | | | ${q} + 1", " calculation |", "", "question q depends on itself: q (row 4) -> q (row 4)"),
        ("select_one_from_file none.csv | q | Q | P", "", "type", "there is no .csv file none.csv beside the form"),
        ("select_one_from_file a.xml | q | Q | P", "", "type", "there is no .xml file a.xml beside the form"),
        ("select_one mood | q | Q | P | wet = 'x'", " choice_filter |", "choice_filter", "has no column wet"),
        ("select_one ${first} | q | Q | P", "", "type", "choices that are answers of a repeat"),
        ("range | q | Q | P | start=low end=3", " parameters |", "parameters", "'start' must be a number"),
        ("select_one nobody | q | Q | P", "", "", "List name not in choices sheet: nobody"),
        ("text | | Q | P", "", "", "no name"),
        ("text | two words | Q | P", "", "name", "Names must begin with"),
        ("text | q | | P", "", "label::English (en)", "the label in English (en) is missing"),
        ("text | q | Q |", "", "label::Español (es)", "the label in Español (es) is missing"),
        ("text | q | Q | P | Only English", " hint::English (en) |", "hint::Español (es)", "the hint in Español (es)"),
        ("text | q | Q ${nobody} | P", "", "label::English (en)", "Could not find the name 'nobody'"),
        ("text | q | Q | P | ${nobody} = 1", " relevant |", "relevant", "Could not find the name 'nobody'"),
        ("text | q | Q | P | ${first} =", " relevant |", "relevant", "unexpected end of source, in: ${first} ="),
        ("text | q | Q | P | shout(${first})", " relevant |", "relevant", "shout() is not a function that"),
        ("text | q | Q | P | selected(${first})", " relevant |", "relevant", "expected at least 2"),
        ("text | q | Q | P | first = 'x'", " relevant |", "relevant", "first is a name: another answer"),
        ("text | q | Q | P | ../nobody = 'x'", " relevant |", "relevant", "no question named nobody at the top"),
        ("text | q | Q | P | regex(., '(a+)+')", " constraint |", "constraint", "may not repeat a group"),
        ("text | q | Q | P | ${q} = 'x'", " relevant |", "", "q decides itself whether it is asked: q (row 4)"),
        ("text | q | Q | P | No. | No.", " required_message::English (en) | required_message::Español (es) |",
         "required_message", "a required_message without a required is never seen"),
        ("integer | q | Q | P | five", " default |", "default", "five is no answer to a question of the type integer"),
        ("select_one mood | q | Q | P | sad", " default |", "default", "sad is not among the choices"),
        ("text | q | Q | P | sparkly", " appearance |", "appearance", "the appearance sparkly is not known"),
        ("text | q | Q | P | rows=3", " parameters |", "parameters", "the parameter rows is not supported"),
        ("text | q | Q | P | x", " constrain |", "constrain", "this column is not supported"),
        ("text | first | Q | P", "", "name", "must be unique within"),
        ("text | q | Q | P | x | y", "", "", "the row has 6 cells and its header 4"),
    ],
)  # fmt: skip
def test_a_row_with_a_mistake_is_named_with_its_line_and_the_reason(
    file: Path, row: str, columns: str, column: str, reason: str
) -> None:
    found = mistakes(file, table("text | first | First | Primero", row, columns=columns))
    assert any(line in (0, 4) and where == column and reason in why for line, where, why in found), found


def test_a_name_taken_in_another_group_is_a_mistake(file: Path) -> None:
    rows = ["begin_group | g | G | G", "text | q | Q | P", "end_group | | |", "text | q | Q | P"]
    assert only(file, table(*rows)) == (6, "name", "the name q is taken already; names differ in the whole form")


def test_a_group_that_does_not_end_is_a_mistake(file: Path) -> None:
    line, _, reason = only(file, table("begin_group | g | G | G", "text | q | Q | P"))
    assert line == 3
    assert "end" in reason


def test_an_empty_group_is_a_mistake(file: Path) -> None:
    assert only(file, table("text | q | Q | P", "begin_group | g | G | G", "end_group | | |")) == (
        4,
        "type",
        "the group g is empty",
    )


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "reason"),
    [
        ("| public |", "| |", 13, "record_class", "must say the record_class"),
        ("| public |", "| secret |", 13, "record_class", "secret is not one of police_unit, education, public"),
        ("| community |", "| boss |", 13, "role", "boss is not one of"),
        ("| collaboration |", "| win |", 13, "goal", "win is not one of"),
        ("| star |", "| STAR |", 13, "icon", "small letters"),
        ("| icon |", "| order |", 13, "order", "a whole number from 1 to 999"),
        ("| visit |", "| vi sit |", 13, "form_id", "letters, digits"),
        ("| Visita |", "| |", 13, "translated_title::Español (es)", "is missing"),
        ("| icon |", "| picture |", 13, "picture", "this setting is not known"),
        ("| English (en) | public", "| | public", 13, "default_language", "must say the default_language"),
    ],
)
def test_settings_that_are_wrong_are_named(file: Path, old: str, new: str, row: int, column: str, reason: str) -> None:
    found = mistakes(file, table("text | q | Q | P", settings=SETTINGS.replace(old, new)))
    assert any((line, where) == (row, column) and reason in why for line, where, why in found), found


@pytest.mark.parametrize(
    ("old", "new", "row", "reason"),
    [
        ("| tense | Tense | Tenso |", "| tense | Tense | |", 8, "the label in Español (es) is missing"),
        ("| tense | Tense", "| calm | Tense", 8, "Choice names must be unique"),
        ("| tense | Tense", "| very tense | Tense", 8, "space in its name"),
        ("| tense | Tense", "| | Tense", 8, "Choices must have a name"),
    ],
)
def test_choices_that_are_wrong_are_named(file: Path, old: str, new: str, row: int, reason: str) -> None:
    found = mistakes(file, table("select_one mood | q | Q | P", choices=CHOICES.replace(old, new)))
    assert any(line == row and reason in why for line, _, why in found), found


def test_an_instance_name_that_cannot_be_worked_out_is_a_mistake(file: Path) -> None:
    named = SETTINGS.replace("| icon |", "| icon | instance_name |").replace("| star |", "| star | shout(${q}) |")
    row, column, reason = only(file, table("text | q | Q | P", settings=named))
    assert (row, column) == (13, "instance_name")
    assert "shout() is not a function" in reason


def test_a_language_without_its_code_is_a_mistake(file: Path) -> None:
    text = table("text | q | Q | P").replace("Español (es)", "Español")
    assert (0, "label::Español") in [(row, column) for row, column, _ in mistakes(file, text)]


def test_all_mistakes_of_a_file_are_told_at_once(file: Path) -> None:
    text = table(
        "hologram | a | A | A | ",
        "text | b | B | | ${nobody} = 1",
        "select_one nobody | c | C | C | ",
        "text | d | D | D | ${c} = 'x' and shout()",
        "integer | a | E | E | ",
        "video | e | E | E | ",
        columns=" relevant |",
        settings=SETTINGS.replace("| public |", "| secret |"),
    )
    found = {(row, column) for row, column, _ in mistakes(file, text)}
    assert found == {
        (3, "type"),
        (4, "label::Español (es)"),
        (4, "relevant"),
        (5, ""),
        (6, "relevant"),
        (7, "name"),
        (8, "type"),
        (18, "record_class"),
    }


def test_the_message_reads_like_a_compilers(file: Path) -> None:
    file.write_text(table("hologram | q | Q | P"), encoding="utf-8")
    with pytest.raises(FormMistake, match=r"^visit\.md:3: column type: hologram is no type of question") as refused:
        publish(file)
    assert (refused.value.file, refused.value.row, refused.value.column) == ("visit.md", 3, "type")


@pytest.mark.parametrize("text", ["", "no table at all", "| survey |", "| choices |\n| | a |", b"\xff\xfe", "|" * 50])
def test_a_file_that_is_no_form_is_refused_in_words(file: Path, text: str | bytes) -> None:
    assert all(reason for _, _, reason in mistakes(file, text))


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(FormMistake, match="cannot be read"):
        publish(tmp_path / "nobody.md")


def test_a_sheet_that_xlsform_does_not_have_is_a_mistake(file: Path) -> None:
    row, _, reason = only(file, table("text | q | Q | P") + "\n| chioces |\n| | list_name | name |\n")
    assert row == 16
    assert "no sheet named chioces" in reason


def test_two_files_with_one_id_are_a_mistake_and_the_mistakes_of_all_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(table("text | q | Q | P"), encoding="utf-8")
    (tmp_path / "b.md").write_text(table("text | q | Q | P"), encoding="utf-8")
    (tmp_path / "c.md").write_text(table("hologram | q | Q | P"), encoding="utf-8")
    with pytest.raises(FormMistake) as refused:
        publish_all(tmp_path)
    assert [(mistake.file, mistake.row) for mistake in refused.value.mistakes] == [("b.md", 0), ("c.md", 3)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="|\n #ab${}()=.'", max_size=120), st.integers(0, 12))
def test_a_garbled_file_is_refused_in_words_or_published_whole(file: Path, garble: str, line: int) -> None:
    lines = table("text | q | Q | P", "select_one mood | m | M | M").split("\n")
    lines.insert(line, garble)
    file.write_text("\n".join(lines), encoding="utf-8")
    form, reasons = None, [""]
    try:
        form = publish(file)
    except FormMistake as refused:
        reasons = [mistake.reason for mistake in refused.mistakes]
    assert Form.parse(form) if form else all(reasons)


@given(st.text(alphabet="${}ab()'\"+-*<>=., 1/[]@:andiv", max_size=40))
def test_any_text_is_an_expression_or_refused_in_words(text: str) -> None:
    reason = "none"
    try:
        parse(text, Outline.flat("a", "b"))
    except ExpressionError as error:
        reason = str(error)
    assert reason
    assert "err:" not in reason
