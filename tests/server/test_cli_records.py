"""The commands about records: what they list, and what they write for a spreadsheet or another program."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cells import cell
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture
from tests.server.terminal import Run, good, mistake


def test_records_as_json_have_every_answer_and_the_state_of_every_photo(home: Home, phone: Phone, run: Run) -> None:
    data = picture()
    answers = {"channel": "phone", "minutes": 5, "summary": "Ñandú", "photo": photo_answer(data)}
    revision = phone.write(answers, place=home.place, tag=home.tag)
    phone.push(revision)
    [record] = json.loads(good(run("records", "--json")))
    assert record["id"] == revision.record
    assert record["answers"] == answers
    assert record["photos"] == [{**photo_answer(data), "here": False}]
    assert record["complete"] is False
    assert record["school"] == {"id": home.school, "name": "North Middle School"}
    assert record["officer"]["name"] == "Ana Rivera"
    assert record["place"] == {"id": home.place, "name": "Door 7"}
    assert "photos missing" in good(run("records"))
    phone.put_photo(data)
    [record] = json.loads(good(run("records", "--json")))
    assert record["photos"][0]["here"] is True
    assert record["complete"] is True


def test_nothing_of_an_expunged_record_is_left_in_the_districts_files(home: Home, phone: Phone, run: Run) -> None:
    word = "a word of nobody else"
    revisions = [phone.write({"channel": "phone", "summary": f"{word} {'and more ' * n}"}) for n in range(40)]
    phone.push(*revisions)
    assert holding(home, word)
    for revision in revisions:
        good(run("record", "expunge", revision.record, "--reason", "Order 12-345", "--yes"))
    assert holding(home, word) == []


def holding(home: Home, word: str) -> list[str]:
    """The district's files that have this word in them."""
    files = [path for path in home.settings.data.rglob("*") if path.is_file()]
    return [path.name for path in files if word.encode() in path.read_bytes()]


def test_records_are_filtered(home: Home, phone: Phone, new_phone: Callable[..., Phone], run: Run) -> None:
    other = new_phone(home.both, home.other_school)
    mine, theirs = phone.write(), other.write()
    phone.push(mine)
    other.push(theirs)

    def ids(*words: str) -> set[str]:
        return {record["id"] for record in json.loads(good(run("records", "--json", *words)))}

    assert ids() == {mine.record, theirs.record}
    assert ids("--school", "South High School") == {theirs.record}
    assert ids("--officer", "101") == {mine.record}
    assert ids("--form", "parent_contact", "--since", "2020-01-01") == {mine.record, theirs.record}
    assert ids("--until", "2020-01-01") == set()
    assert ids("--since", "2999-01-01") == set()


@pytest.mark.usefixtures("home")
def test_an_export_is_read_back_by_a_csv_reader(phone: Phone, run: Run, tmp_path: Path) -> None:
    photo = photo_answer(picture())
    phone.push(
        phone.write({"channel": "phone", "minutes": -5, "summary": '=HYPERLINK("http://x","y"),\n"José"'}),
        phone.write({"channel": "person", "photo": photo}),
    )
    rows = list(csv.DictReader(io.StringIO(good(run("export")))))
    assert {(row["channel"], row["photos"]) for row in rows} == {("phone", ""), ("person", photo["sha256"])}
    [row] = [row for row in rows if row["channel"] == "phone"]
    assert row["summary"] == '\'=HYPERLINK("http://x","y"),\n"José"'
    assert row["minutes"] == "-5"
    assert (row["school"], row["officer"]) == ("North Middle School", "Ana Rivera")
    good(run("export", "--output", str(tmp_path / "out.csv")))
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("home")
def test_an_export_as_json_lines_is_what_records_says(phone: Phone, run: Run) -> None:
    phone.push(phone.write(), phone.write())
    lines = [json.loads(line) for line in good(run("export", "--format", "jsonl")).splitlines()]
    assert lines == json.loads(good(run("records", "--json")))


@pytest.mark.usefixtures("home")
def test_a_mistyped_filter_leaves_the_export_of_yesterday_as_it_was(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    good(run("export", "--output", str(file)))
    before = file.read_bytes()
    assert "nobody" in mistake(run("export", "--output", str(file), "--officer", "nobody"))
    assert file.read_bytes() == before


@given(st.text() | st.lists(st.text()))
def test_no_cell_begins_a_formula(value: str | list[str]) -> None:
    written = str(cell(value))
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
