"""Forms as other people write them, for other tools: which load, which are refused, and why, by name.

None is committed: each is written here the way the field's manuals and tools write theirs (one language, no settings,
old spellings). The report is the assertion: what loads today must load tomorrow, and a refusal names what it is about.
"""

# ruff: noqa: E501 - the rows of a form are as long as they are

from pathlib import Path
from typing import Any

import pytest

from app.form_json import REMEMBER
from app.forms import Form
from server.publish.forms import FormMistake, publish

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
    "an entity": ("| | type | name | label | save_to |\n| | text | a | A | x |", "entities"),
    "one name in two groups": (
        "| | type | name | label |\n| | begin group | g | G |\n| | text | a | A |\n| | end group | | |\n| | text | a | A |",
        "taken already",
    ),
}


def foreign(folder: Path, survey: str) -> dict[str, Any]:
    path = folder / "their form.md"
    path.write_text(f"| survey |\n{survey.strip()}\n{CHOICES}", encoding="utf-8")
    return publish(path, {})


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
