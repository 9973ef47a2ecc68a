"""Forms as other people write them, for other tools: which load, which are refused, and why, by name.

None is committed: each is written here the way the field's manuals and tools write theirs (one language, no settings,
old spellings). The report is the assertion: what loads today must load tomorrow, and a refusal names what it is about.
"""

# ruff: noqa: E501 - the rows of a form are as long as they are

import re
from pathlib import Path
from typing import Any

import pytest

from app.form_json import REMEMBER
from app.forms import Form
from server.publish.forms import FormMistake, Mistake, publish

CHOICES = """
| choices |
| | list_name | name | label | state |
| | yes_no | yes | Yes | |
| | yes_no | no | No | |
| | states | ok | Oklahoma | |
| | states | tx | Texas | |
| | towns | tulsa | Tulsa | ok |
| | towns | austin | Austin | tx |
"""

LOADS = {
    "a plain survey": """
| | type | name | label | hint | required | constraint | relevant |
| | text | who | Your name | First and last | yes | | |
| | integer | age | Age | | | . > 0 and . < 120 | |
| | select_one yes_no | work | Do you work? | | true() | | ${age} > 15 |
| | select_multiple states | where | Where? | | | | selected(${work}, 'yes') |
""",
    "old spellings": """
| | type | name | label | appearance |
| | begin group | g | Group | field-list |
| | select one from yes_no | a | A | minimal |
| | select all that apply from yes_no | b | B | compact |
| | photo | c | C | |
| | gps | d | D | |
| | end group | | | |
""",
    "a household with its members": """
| | type | name | label | calculation | repeat_count |
| | integer | size | How many people? | | |
| | begin repeat | member | Member | | ${size} |
| | text | first_name | Name | | |
| | integer | age | Age of ${first_name} | | |
| | calculate | place | | position(..) | |
| | end repeat | | | | |
| | calculate | adults | | count(${member}[age > 17]) | |
| | calculate | oldest | | max(${age}) | |
| | calculate | names | | join(', ', ${first_name}) | |
| | note | told | ${adults} adults: ${names} | | |
""",
    "cascading choices and another answer": """
| | type | name | label | choice_filter | appearance |
| | select_one states | state | State | | |
| | select_one towns | town | Town | state=${state} | autocomplete |
| | select_one yes_no or_other | sure | Sure? | | |
""",
    "metadata and reckoning": """
| | type | name | label | calculation | default | parameters |
| | start | start | | | | |
| | end | end | | | | |
| | today | today | | | | |
| | deviceid | deviceid | | | | |
| | username | username | | | | |
| | date | born | Born | | | |
| | calculate | years | | int((today() - ${born}) div 365.25) | | |
| | range | pain | Pain | | | start=0 end=10 step=1 |
| | hidden | source | | | web | |
| | dateTime | at | When | | now() | |
| | calculate | shown | | format-date(${born}, '%d/%m/%Y') | | |
""",
    "everything that is more than text": """
| | type | name | label | appearance | parameters |
| | image | s | Sign | signature | |
| | audio | a | Speak | | |
| | file | f | File | | |
| | rank yes_no | r | Rank | | |
| | geotrace | t | Walk | | |
| | geoshape | p | Plot | | |
| | audit | audit | | | track-changes=true |
""",
    "an answer of last time": """
| | type | name | label | default |
| | select_one yes_no | a | A | ${last-saved#a} |
| | text | b | B | ${last-saved#b} |
""",
    "paths instead of names": """
| | type | name | label | relevant | constraint |
| | begin group | g | G | | |
| | integer | a | A | | . <= 10 |
| | integer | b | B | /data/g/a > 3 | . > ../a |
| | end group | | | | |
""",
    "languages without codes": """
| | type | name | label::English | label::Spanish | constraint | constraint_message::English |
| | text | a | A | Á | string-length(.) < 9 | Shorter. |
""",
}

REFUSED = {
    "a video": ("| | type | name | label |\n| | video | a | Film |", "type video"),
    "an entity": ("| | type | name | label | save_to |\n| | text | a | A | x |", "entities"),
}

# What changes neither what is asked nor what is reckoned: the form is taken, and this is told.
LEFT_ALONE = {
    "an audit that follows the officer": (
        "| | type | name | label | parameters |\n| | text | t | T | |\n"
        "| | audit | audit | | location-priority=balanced location-min-interval=60 location-max-age=60 |",
        "parameter location-priority",
    ),
    "a SIM card": ("| | type | name | label |\n| | text | t | T |\n| | simserial | s | |", "type simserial"),
    "a sound in a label": ("| | type | name | label | media::audio |\n| | note | a | A | a.mp3 |", "media::audio"),
    "a picture that is not there": (
        "| | type | name | label | media::image |\n| | note | a | A | a.png |",
        "there is no picture a.png beside the form",
    ),
    "an answer of last time": (
        "| | type | name | label | default |\n| | text | a | A | ${last-saved#b} |\n| | text | b | B | |",
        "last-saved#",
    ),
    "one name in two groups": (
        "| | type | name | label |\n| | begin group | g | G |\n| | text | a | A |\n| | end group | | |\n| | text | a | A |",
        "taken already",
    ),
    "looks of other tools": (
        "| | type | name | label | appearance |\n| | geopoint | a | A | Fancy-map |",
        "ancy-map is not known",
    ),
    "a column of other tools": ("| | type | name | label | body::rows |\n| | text | a | A | 5 |", "rows"),
    "a default that is no choice": (
        "| | type | name | label | default |\n| | select_one yes_no | a | A | maybe |",
        "not among the choices",
    ),
}


def foreign(folder: Path, survey: str, remarks: list[Mistake] | None = None) -> dict[str, Any]:
    path = folder / "their form.md"
    path.write_text(f"| survey |\n{survey.strip()}\n{CHOICES}", encoding="utf-8")
    return publish(path, {}, remarks)


@pytest.mark.parametrize("name", LOADS)
def test_a_form_made_for_other_tools_loads_and_can_be_answered(name: str, tmp_path: Path) -> None:
    form = Form.parse(foreign(tmp_path, LOADS[name]))
    assert (form.id, form.record_class) == ("their_form", "administrative")
    live = form.live(form.start())
    for address, field in list(live.everything()):
        if field.choices and field.choice_filter is None:
            live.set(address, field.choices[0].name if field.type == "select_one" else [field.choices[0].name])
        elif field.type == "integer" and not field.calculation:
            live.set(address, 2)
    form.check(live.answers)
    assert form.check(form.relevant_answers(live.answers), strict=True).keys() <= form.check(live.answers).keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_is_named_with_its_row(name: str, tmp_path: Path) -> None:
    survey, reason = REFUSED[name]
    with pytest.raises(FormMistake) as refused:
        foreign(tmp_path, survey)
    told = [str(mistake) for mistake in refused.value.mistakes]
    assert any(reason in line for line in told), told
    assert all(mistake.row > 1 for mistake in refused.value.mistakes), told


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_only_other_tools_do_is_left_alone_and_told_with_its_row(name: str, tmp_path: Path) -> None:
    survey, reason = LEFT_ALONE[name]
    told: list[Mistake] = []
    form = Form.parse(foreign(tmp_path, survey, told))
    assert any(reason in str(remark) and remark.row > 1 for remark in told), told
    assert form.live(form.start()).shown
    (tmp_path / "ours.md").write_text(f"| survey |\n{survey}\n{CHOICES}", encoding="utf-8")
    with pytest.raises(FormMistake, match=re.escape(reason)):  # in a form of our own it is a mistake
        publish(tmp_path / "ours.md")


def test_a_choice_without_a_label_is_called_by_its_name(tmp_path: Path) -> None:
    survey = "| | type | name | label |\n| | select_one bare | bare | B |\n"
    path = tmp_path / "bare.md"
    path.write_text(f"| survey |\n{survey}\n| choices |\n| | list_name | name |\n| | bare | yes |", encoding="utf-8")
    live = Form.parse(publish(path, {})).live({})
    field = live.form.field("bare")
    assert field is not None
    assert field.choices[0].label("en") == "yes"


def test_a_choice_with_a_space_in_its_name_keeps_its_label(tmp_path: Path) -> None:
    survey = """
| | type | name | label | calculation |
| | select_one spaced | s | S | |
| | calculate | said | | jr:choice-name(${s}, '${s}') |
"""
    path = tmp_path / "spaced.md"
    choices = "| choices |\n| | list_name | name | label |\n| | spaced | as ever | As ever it was |"
    path.write_text(f"| survey |\n{survey.strip()}\n{choices}", encoding="utf-8")
    live = Form.parse(publish(path, {})).live({})
    live.set("s", "as ever")
    assert live.answers["said"] == "As ever it was"


def test_a_name_that_is_taken_becomes_another_and_paths_still_find_it(tmp_path: Path) -> None:
    survey = """
| | type | name | label | relevant |
| | begin group | a | A | |
| | integer | a | A | |
| | end group | | | |
| | begin group | b | B | |
| | integer | size | S | /data/a/a > 3 |
| | text | a | A | ../size > 1 |
| | end group | | | |
"""
    live = Form.parse(foreign(tmp_path, survey)).live({})
    assert live.shown == {"a", "a_a", "b"}
    live.set("a_a", 4)
    live.set("size", 2)
    assert {"size", "b_a"} <= live.shown


def test_a_group_that_is_called_like_its_question_is_told_and_hangs_nothing(tmp_path: Path) -> None:
    survey = "| | type | name | label | relevant |\n| | begin group | a | A | |\n| | text | a | A | ${a} = 1 |"
    (tmp_path / "ours.md").write_text(f"| survey |\n{survey}\n| | end group | | | |\n{CHOICES}", encoding="utf-8")
    with pytest.raises(FormMistake, match="taken already"):
        publish(tmp_path / "ours.md")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("trees.csv", "name,label,kind\noak,Old oak,broad\nfir,Fir,needle\n"),
        (
            "trees.xml",
            "<root><item><name>oak</name><label>Old oak</label><kind>broad</kind></item>"
            "<item><name>fir</name><label>Fir</label><kind>needle</kind></item></root>",
        ),
        (
            "trees.geojson",
            '{"features": [{"id": "x", "properties": {"name": "oak", "label": "Old oak", "kind": "broad"},'
            ' "geometry": {"type": "Point", "coordinates": [-95.9, 36.1]}},'
            ' {"properties": {"name": "fir", "label": "Fir", "kind": "needle"}}]}',
        ),
    ],
)
def test_choices_come_from_files_beside_the_form(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    survey = f"""
| | type | name | label | choice_filter | calculation |
| | text | kind | Kind | | |
| | select_one_from_file {file} | tree | Tree | kind = ${{kind}} | |
| | calculate | said | | | instance('trees')/root/item[name = ${{tree}}]/label |
"""
    live = Form.parse(foreign(tmp_path, survey)).live({})
    live.set("kind", "broad")
    assert [choice.name for choice in live.choices("tree")] == ["oak"]
    live.set("tree", "oak")
    assert live.answers["said"] == "Old oak"


def test_a_file_beside_the_form_that_is_hostile_is_told(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><r><item><name>&b;</name></item></r>'
    for file, text in (("t.xml", bomb), ("t.geojson", "[" * 100_000), ("t.csv", "\x00"), ("t.geojson", "[]")):
        (tmp_path / file).write_text(text, encoding="utf-8")
        with pytest.raises(FormMistake, match=r"cannot be read|has no column"):
            foreign(tmp_path, f"| | type | name | label |\n| | select_one_from_file {file} | t | T |")


def test_a_household_is_counted(tmp_path: Path) -> None:
    live = Form.parse(foreign(tmp_path, LOADS["a household with its members"])).live({})
    live.set("size", 2)
    for at, (name, age) in enumerate((("Ana", 41), ("Ben", 9)), 1):
        live.set(f"member/{at}/first_name", name)
        live.set(f"member/{at}/age", age)
    assert [live.answers[name] for name in ("adults", "oldest", "names")] == ["1", "41", "Ana, Ben"]
    told = live.form.field("told")
    assert told is not None
    assert live.text("told", told.labels, "en") == "1 adults: Ana, Ben"


def test_an_answer_of_last_time_is_remembered(tmp_path: Path) -> None:
    form = Form.parse(foreign(tmp_path, LOADS["an answer of last time"]))
    assert [REMEMBER in field.appearances for field in form.flat()] == [True, True]
