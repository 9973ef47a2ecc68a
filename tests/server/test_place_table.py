"""The register of places goes out to a spreadsheet and comes in again; mistakes are named by their row."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from app import spot
from server import places
from server.changes import set_active
from server.district import DistrictError
from server.place_table import COLUMNS, BadTable, Taken, read_places, table_text, write_places
from server.tables import AuditEntry, Place, School
from tests.server.conftest import Home

HEAD = "school,building,floor,name,kind,lat,lon,fence_m,instructions\n"


def taken(home: Home, text: str) -> Taken:
    with home.database.writing() as session:
        return read_places(session, text)


def written(home: Home) -> str:
    file = io.StringIO()
    with home.database.reading() as session:
        write_places(session, file)
    return file.getvalue()


def register(home: Home) -> dict[str, Place]:
    with home.database.reading() as session:
        return {place.name: place for place in session.scalars(select(Place))}


def test_new_places_come_in_with_a_tag_and_those_that_are_there_are_written_anew(home: Home) -> None:
    text = HEAD + (
        "North Middle School,Gym,1,Door 7,gate,36.1,-95.9,30,Look behind the bin\n"
        'south high school,,,"Lot, east",lot,,,,\n'
    )
    assert taken(home, text) == Taken(added=1, changed=1)
    door, lot = register(home)["Door 7"], register(home)["Lot, east"]
    assert (door.id, door.kind, door.lat, door.lon, door.fence_m) == (home.place, "gate", 36.1, -95.9, 30)
    assert (lot.school, lot.kind, lot.fence_m) == (home.other_school, "lot", 50)
    with home.database.reading() as session:
        assert places.active_tag(session, lot.id) is not None
        kept = places.active_tag(session, door.id)
        assert kept is not None
        assert kept.code == home.tag, "a printed tag stays good"
        assert [entry.what for entry in session.scalars(select(AuditEntry))][-3:] == [
            "place-changed",
            "place-added",
            "tag-made",
        ]


def test_what_goes_out_comes_in_as_it_was(home: Home) -> None:
    odd = 'North Middle School,,,"=cmd|""x""!A1",other,,,,"+1, -2"\n'
    taken(home, HEAD + odd + "North Middle School,Wing,,Roof,roof,36.15,-95.95,70,\n")
    out = written(home)
    assert "'=cmd" in out
    assert tuple(next(csv.reader(io.StringIO(out)))) == COLUMNS
    assert taken(home, out) == Taken(same=3)
    assert written(home) == out


def test_a_column_that_is_left_out_stays_and_a_retired_place_comes_back(home: Home) -> None:
    taken(home, HEAD + "North Middle School,Gym,2,Door 7,aed,36.1,-95.9,30,Count the pads\n")
    assert taken(home, "school,building,name,active\nNorth Middle School,Gym,Door 7,no\n") == Taken(changed=1)
    door = register(home)["Door 7"]
    assert (door.active, door.kind, door.instructions) == (False, "aed", "Count the pads")
    assert taken(home, "school,building,name,active\nNorth Middle School,Gym,Door 7,yes\n") == Taken(changed=1)
    assert register(home)["Door 7"].active


@pytest.mark.parametrize("between", [";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_semicolons_tabs_decimal_commas_and_the_ends_of_lines_of_any_system_are_fine(
    home: Home, between: str, end: str
) -> None:
    text = f"school;building;name;lat;lon;{end}North Middle School;Gym;Door 9;36,1;-95,9;{end}".replace(";", between)
    assert taken(home, text) == Taken(added=1)
    assert register(home)["Door 9"].lat == 36.1


def test_every_mistake_is_named_by_its_row_and_nothing_is_taken_in(home: Home) -> None:
    before = written(home)
    text = HEAD + (
        "North Middle School,,,Good one,door,,,,\n"
        "Nowhere School,,,Door 1,door,,,,\n"
        "\n"
        "North Middle School,,,,door,,,,\n"
        "North Middle School,,,Door 2,trapdoor,,,,\n"
        "North Middle School,,,Door 3,door,91,5,,\n"
        "North Middle School,,,Door 4,door,36.1,,,\n"
        "North Middle School,,,Door 5,door,,,four,\n"
        "North Middle School,,,Good one,door,,,,\n"
        f"North Middle School,,,{'x' * 300},door,,,,\n"
    )
    with pytest.raises(BadTable) as caught:
        taken(home, text)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == [
        *("row 3, school", "row 5, name", "row 6, kind", "row 7, lat", "row 8, lat", "row 9, fence_m"),
        *("row 10, name", "row 11, name"),
    ]
    assert lines[-1] == "Nothing was taken in."
    assert written(home) == before


def test_each_mistake_of_a_row_is_named(home: Home) -> None:
    row = "Nowhere School,,,,trapdoor,91,-181,1,A bin,behind it\n"
    with pytest.raises(BadTable) as caught:
        taken(home, HEAD + row)
    lines = str(caught.value).splitlines()[:-1]
    assert [line.partition(": ")[0] for line in lines] == [
        *("row 2, school", "row 2, name", "row 2, kind", "row 2, lat", "row 2, lon", "row 2, fence_m"),
        "row 2",
    ]
    assert "'behind it' where no column has a name" in lines[-1]


def test_the_places_of_a_retired_school_go_out_and_come_in_again(home: Home) -> None:
    with home.database.writing() as session:
        set_active(session, session.get_one(School, home.school), False, who="cli")
    assert taken(home, written(home)) == Taken(same=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: The first row must name the columns"),
        ("North Middle School|Door\n", "row 1: The first row must name the columns"),
        ("school,room\n", "row 1, room: There is no column 'room'(.|\n)*row 1, name: The column 'name' is missing"),
        ("school,building\n", "The column 'name' is missing"),
        ("school,name,name\n", "The column 'name' is there twice"),
        ("school,name\n\n", "There is no place below"),
        ('school,name\n"North Middle School,Door\nNorth Middle School,Gate\n', "row 2: .* left open"),
        ("school,name\n" + "North Middle School,a\0b\n", ""),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(home: Home, text: str, said: str) -> None:
    if said:
        with pytest.raises(BadTable, match=said):
            taken(home, text)
    else:
        taken(home, text)
        assert "ab" in register(home)


def test_the_mistakes_above_a_row_that_cannot_be_read_are_named_too(home: Home) -> None:
    with pytest.raises(BadTable) as caught:
        taken(home, 'school,name\nNowhere,Door\nNorth Middle School,Gate\nNorth Middle School,"Hatch\n')
    assert [(one.row, one.column) for one in caught.value.mistakes] == [(2, "school"), (4, "")]


def test_more_rows_than_may_be_are_a_mistake(home: Home) -> None:
    text = "school,name\nNorth Middle School,a\nNorth Middle School,b\n"
    with home.database.writing() as session:
        assert read_places(session, text, most=3) == Taken(added=2)
    with pytest.raises(BadTable, match="row 4: There are more than 3 rows"), home.database.writing() as session:
        read_places(session, text + "North Middle School,c\n", most=3)
    assert "c" not in register(home)


def test_what_is_quoted_of_a_wrong_cell_is_short_and_no_answer_to_a_spot_question(home: Home) -> None:
    with pytest.raises(BadTable) as caught:
        taken(home, f"{SPOT}door,,{'y' * 5000},\n{'x' * 5000},Gym,Door 8,,,,,{'z' * 5000}\n")
    assert [one.text[:1] for one in caught.value.mistakes] == ["", "x", "z"]
    assert len(str(caught.value)) < 1000
    assert "y" * 9 not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("school,name\nÉcole,x\n".encode(), "school,name\nÉcole,x\n"),
        ("school,name\nÉcole,x\n".encode("utf-8-sig"), "school,name\nÉcole,x\n"),
        ("school\tname\nÉcole\tx\n".encode("utf-16"), "school\tname\nÉcole\tx\n"),
        (b"\xfe\xff" + "school\tname\n".encode("utf-16-be"), "school\tname\n"),
    ],
)
def test_a_file_in_utf_8_or_in_a_utf_16_that_says_so_is_read(data: bytes, text: str) -> None:
    assert table_text(data) == text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        ("school,name\nx,y\nÉcole,x\n".encode("latin-1"), "Line 3 has letters that are not in UTF-8"),
        ("school,name\nÉcole,x\n".encode("mac-roman"), "Line 2 has letters that are not in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", "perhaps a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "perhaps a workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no CSV file"),
        ("school,name\n".encode("utf-16-le"), "no CSV file"),
        ("school,name\n".encode("utf-16") + b"\0", "no CSV file"),
        ("school,name\n".encode("utf-32"), "no CSV file"),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(DistrictError, match=said):
        table_text(data)


SPOT = "school,building,name,question_set,spot_question,spot_answer,installed_by\nNorth Middle School,Gym,Door 7,"


def test_a_spot_question_comes_in_hashed_and_never_goes_out(home: Home) -> None:
    assert taken(home, SPOT + "AED,Number on the panel?,14 B,Sam the custodian\n") == Taken(changed=1)
    door = register(home)["Door 7"]
    assert (door.question_set, door.spot_question, door.installed_by) == (
        "aed",
        "Number on the panel?",
        "Sam the custodian",
    )
    assert spot.is_right("14b", door.spot_answer)
    out = written(home)
    assert "14" not in out
    assert door.spot_answer not in out
    assert taken(home, out) == Taken(same=1)
    assert taken(home, SPOT + "aed,Number on the panel?,14-b,Sam the custodian\n") == Taken(same=1)
    assert register(home)["Door 7"].spot_answer == door.spot_answer
    assert taken(home, SPOT + "aed,,,\n") == Taken(changed=1)
    assert register(home)["Door 7"].spot_answer == ""


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("door,,14 B,\n", "row 2, spot_answer: The spot answer has no spot question."),
        ("door,Which number?,,\n", "row 2, spot_answer: The spot question needs its answer"),
        ("door,Which number?,---,\n", "row 2, spot_answer: The spot answer needs a letter"),
        ("a+b,,,\n", "row 2, question_set: A question set is named by"),
        ("door,,," + "x" * 101 + "\n", "row 2, installed_by: The installed_by is longer"),
    ],
)
def test_half_a_spot_question_is_named_by_its_row(home: Home, cells: str, said: str) -> None:
    with pytest.raises(BadTable, match=re.escape(said)):
        taken(home, SPOT + cells)


def test_a_spot_question_has_other_languages_that_go_with_it(home: Home) -> None:
    head = "school,building,name,spot_question,spot_question::es,spot_answer\nNorth Middle School,Gym,Door 7,"
    assert taken(home, head + "Number?,  ¿Número?,14\n") == Taken(changed=1)
    assert register(home)["Door 7"].spot_words == {"es": "¿Número?"}
    assert "¿Número?" in written(home)
    assert taken(home, written(home)) == Taken(same=1)
    without = head.replace(",spot_question::es", "")
    assert taken(home, without + "Number?,\n") == Taken(same=1), "a column that is not there changes nothing"
    assert taken(home, without + "Color?,red\n") == Taken(changed=1)
    assert register(home)["Door 7"].spot_words == {}, "it was of another question"
    taken(home, head + "Color?,¿Color?,\n")
    assert taken(home, head + ",,\n") == Taken(changed=1)
    assert register(home)["Door 7"].spot_words == {}
    with pytest.raises(BadTable, match="row 2, spot_answer: There is no spot question that could be translated"):
        taken(home, head + ",¿Color?,\n")


def test_another_spot_question_needs_its_own_answer(home: Home) -> None:
    taken(home, SPOT + "door,Which number?,14,\n")
    with pytest.raises(BadTable, match="worded anew"):
        taken(home, SPOT + "door,Which color?,,\n")
