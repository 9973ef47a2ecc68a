"""The command line: what it does, what it prints, and that its mistakes are sentences."""

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import text

from app.spot import is_right
from app.tags import is_checked, tidy
from server import district, places
from server.blobs import open_blobs
from server.cli import beatbook, listening
from server.settings import Settings
from server.tables import Place, School
from tests.server.conftest import Home
from tests.server.noted import by_hand
from tests.server.phones import Phone, picture
from tests.server.printed import words_on
from tests.server.terminal import Run, good, mistake

TOUR = ("tour", "add", "Morning doors", "--school", "North Middle School")


# -- a district from nothing -----------------------------------------------------------------------------------------


def test_a_district_is_made_from_nothing_to_a_phone_that_can_enrol(run: Run) -> None:
    assert "with 17 forms" in good(run("init", "--name", "Sand Springs"))
    good(run("school", "add", "North Middle School", "--phone", "(918) 555-0100", "--reunification", "Church"))
    good(run("officer", "add", "José Díaz", "--badge", "7", "--school", "north middle school"))
    place = good(run("place", "add", "Door 7", "--school", "North Middle School", "--building", "Gym"))
    assert is_checked(tidy(place.split()[-1]))
    out = good(run("enrol", "7"))
    [url] = re.findall(r"https://beatbook\.example/app/enrol/([0-9A-Z]{11})\n", out)
    assert is_checked(url)
    assert "▄" in out
    assert good(run("enrol", "José Díaz", "--code-only")).strip().isalnum()
    assert "José Díaz" in good(run("cards", "--add", "7"))
    assert len(good(run("cards", "--add-post", "North Middle School")).splitlines()) == 2
    assert "Door 7" in good(run("place", "list"))
    assert "José Díaz" in good(run("officer", "list"))
    assert "North Middle School" in good(run("school", "list"))
    assert json.loads(good(run("records", "--json"))) == []
    assert good(run("forms")) == "Nothing has changed.\n"


def test_every_command_has_help(run: Run) -> None:
    def commands(group: Any, path: tuple[str, ...]) -> None:
        for name, command in group.commands.items():
            assert command.help, f"{name} has no help"
            assert "Usage:" in good(run(*path, name, "--help"))
            if hasattr(command, "commands"):
                commands(command, (*path, name))

    commands(beatbook, ())


def test_a_tour_is_made_changed_and_taken_off_the_phones(home: Home, run: Run) -> None:
    good(run(*TOUR, "--begins", "7:30", "--ends", "08:30", "--day", "wed", "--day", "mon"))
    assert "has 1 places" in good(run("tour", "point", "morning doors", home.place, "--optional"))
    lines = good(run("tour", "list")).splitlines()
    assert lines[0].endswith("Morning doors · 07:30-08:30 mon wed · grace 15 min · order any")
    assert lines[1] == f"  1. {home.place}  Gym · Door 7 · optional"
    good(run("tour", "change", "Morning doors", "--grace", "0", "--order", "shuffle"))
    assert "grace 0 min · order shuffle" in good(run("tour", "list", "--school", "North Middle School"))
    assert "has 0 places" in good(run("tour", "point", "Morning doors", home.place, "--remove"))
    assert "not in this tour" in mistake(run("tour", "point", "Morning doors", home.place, "--remove"))
    assert "no place" in mistake(run("tour", "point", "Morning doors", "42"))
    good(run("tour", "retire", "Morning doors"))
    assert good(run("tour", "list")) == ""
    assert "in use" in good(run("tour", "retire", "Morning doors", "--restore"))


@pytest.mark.usefixtures("home")
def test_a_password_is_read_and_signs_in(run: Run) -> None:
    good(run("officer", "password", "101", typed="four plain words here\n"))
    assert "12 characters" in mistake(run("officer", "password", "101", typed="short\n"))


def test_a_password_is_asked_for_twice_at_a_terminal(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.cli_officers._at_a_terminal", lambda: True)
    typed = "four plain words here\n" * 2
    environment = {"BEATBOOK_DATA": str(home.settings.data)}
    done = CliRunner().invoke(beatbook, ["officer", "password", "101"], input=typed, env=environment)
    assert done.exit_code == 0
    assert "four plain words" not in done.output


@pytest.mark.usefixtures("home")
def test_a_phone_is_listed_and_revoked(phone: Phone, run: Run) -> None:
    assert phone.device in good(run("device", "list"))
    good(run("device", "revoke", phone.device))
    assert "revoked" in good(run("device", "list"))
    assert phone.get("/setup").status_code == 403


def test_an_officer_is_moved_and_removed(home: Home, phone: Phone, run: Run) -> None:
    good(run("officer", "schools", "101", "--school", "South High School"))
    assert [school["id"] for school in phone.get("/setup").json()["schools"]] == [home.other_school]
    good(run("officer", "remove", "101"))
    assert phone.get("/setup").status_code == 403
    assert "Rivera" not in good(run("officer", "list"))


def test_a_new_tag_retires_the_old(home: Home, phone: Phone, run: Run) -> None:
    good(run("place", "new-tag", home.place))
    states = {tag["version"]: tag["state"] for tag in phone.get("/setup").json()["tags"]}
    assert states == {1: "retired", 2: "active"}


@pytest.mark.usefixtures("home")
def test_tags_and_cards_are_written_to_print(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "printed.pdf"
    for way in ([], ["--as", "plates", "--paper", "a4", "--school", "North Middle School"]):
        assert f"Wrote {file}: 1 on 1 page(s)." in good(run("tags", "--pdf", str(file), *way))
        assert "Door 7" in words_on(file.read_bytes())[0]
    good(run("cards", "--add", "101"))
    for way in ([], ["--as", "badges", "--paper", "a4"]):
        assert "Wrote" in good(run("cards", "--pdf", str(file), *way))
        assert "Ana Rivera" in words_on(file.read_bytes())[0]


def test_what_cannot_be_printed_is_said(home: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tags.pdf"
    nothing = run("tags", "--pdf", str(file), "--school", "South High School")
    assert "no places with tags" in mistake(nothing)
    assert not file.exists()
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Place, home.place).name = "体育馆"
    assert "No letters for these: 体 育 馆." in good(run("tags", "--pdf", str(file)))
    monkeypatch.setenv("BEATBOOK_BASE_URL", "http://127.0.0.1:8080")
    assert "open nothing on a phone" in good(run("tags", "--pdf", str(file)))


def test_an_officers_photo_comes_on_the_card_and_off_again(
    home: Home, client: httpx.Client, run: Run, tmp_path: Path
) -> None:
    address = good(run("cards", "--add", "101")).split()[0].removeprefix("https://beatbook.example")
    file = tmp_path / "rivera.jpg"
    file.write_bytes(picture(size=(800, 600)))
    coming_in = home.settings.blobs_path / "incoming" / "photo"
    coming_in.write_bytes(b"a phone is sending this one")
    good(run("officer", "photo", "101", str(file)))
    assert coming_in.exists(), "the server that is running goes on"
    assert f"{address}.jpg" in client.get(address).text
    assert client.get(f"{address}.jpg").headers["content-type"] == "image/jpeg"
    good(run("officer", "photo", "101", "--remove"))
    assert f"{address}.jpg" not in client.get(address).text


def test_a_place_is_added_with_all_that_a_check_there_needs(home: Home, run: Run) -> None:
    words = ("--kind", "office", "--question-set", "AED", "--spot-question", "Number?", "--spot-answer", "14 B")
    good(run("place", "add", "Nurse", "--school", "North Middle School", *words, "--installed-by", "Sam"))
    with home.database.reading() as session:
        made = next(place for place in places.places(session) if place.name == "Nurse")
    assert (made.question_set, made.spot_question, made.installed_by) == ("aed", "Number?", "Sam")
    assert is_right("14b", made.spot_answer)


def test_a_places_photo_is_kept_small_and_plain_and_taken_away_again(home: Home, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "door.jpg"
    with Image.new("RGB", (3000, 2000)) as door:
        exif = door.getexif()
        exif[0x010F] = "A camera that tells"
        door.save(file, exif=exif)
    assert "shows the photo" in good(run("place", "photo", home.place, str(file)))
    with home.database.reading() as session:
        name = session.get_one(Place, home.place).photo
    assert name is not None
    kept = open_blobs(home.settings).path(name).read_bytes()
    assert b"A camera that tells" not in kept
    with Image.open(io.BytesIO(kept)) as small:
        assert max(small.size) == 800
    (tmp_path / "notes.jpg").write_text("no picture")
    assert "Save it as JPEG" in mistake(run("place", "photo", home.place, str(tmp_path / "notes.jpg")))
    assert "shows no photo" in good(run("place", "photo", home.place, "--remove"))


def test_the_list_of_cards_says_which_is_a_posts_and_which_an_officers(run: Run, home: Home) -> None:
    good(run("cards", "--add", "101"))
    good(run("cards", "--add-post", "North Middle School"))
    with home.database.writing() as session:
        district.add_card(session, school=home.other_school)
        session.get_one(School, home.other_school).active = False
        district.deactivate_officer(session, home.both)
    said = [line.partition("  ")[2] for line in good(run("cards")).splitlines()]
    assert said[:2] == ["Ana Rivera · officer's own", "Ana Rivera · post at North Middle School"]
    assert said[2] == "nobody · post at South High School"


def test_an_officer_or_a_post_has_one_card(run: Run, home: Home) -> None:
    for words, whose in ((("--add", "101"), "this officer"), (("--add-post", "North Middle School"), "school's post")):
        good(run("cards", *words))
        assert whose in mistake(run("cards", *words))
    assert len(good(run("cards")).splitlines()) == 2
    with home.database.writing() as session:
        by_hand(session)
        for card in district.cards(session):
            card.active = False
    good(run("cards", "--add", "101"))


# -- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["records"],
        ["records", "--json"],
        ["serve"],
        ["enrol", "7"],
        ["school", "add", "North"],
        ["device", "list"],
    ],
)
def test_without_a_district_every_command_says_how_to_make_one(run: Run, tmp_path: Path, words: list[str]) -> None:
    assert "beatbook init" in mistake(run(*words))
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nonsense"], "No such command"),
        (["officer", "add", "X", "--badge", "101"], "'101' already"),
        (["officer", "add", "X", "--badge", "9", "--school", "Nowhere"], "North Middle School"),
        (["officer", "add", "X", "--badge", "9", "--role", "king"], "king"),
        (["officer", "add", "X", "--badge", " "], "badge is empty"),
        (["school", "add", "north middle school"], "already"),
        (["school", "add", "x" * 300], "longer than"),
        (["place", "add", "Door", "--school", "North Middle School", "--kind", "trapdoor"], "is not one of"),
        (["officer", "add", "X", "--badge", "9", "--title", "x" * 101], "title is longer than 100"),
        (["place", "add", "Door 7", "--school", "North Middle School", "--building", "Gym"], "already"),
        (["place", "add", "Door", "--school", "North Middle School", "--lat", "99"], "99"),
        (["place", "add", "Door", "--school", "North Middle School", "--lat", "36.1"], "both latitude and longitude"),
        (["place", "add", "Door", "--school", "North Middle School", "--lon", "-95.9"], "both latitude and longitude"),
        (["place", "add", "Door", "--school", "North Middle School", "--lat", "nan"], "not a number"),
        (["officer", "photo", "101", "README.md"], "no JPEG, PNG or WebP"),
        (["officer", "photo", "101", "/nowhere.jpg"], "/nowhere.jpg"),
        (["officer", "photo", "101"], "--remove"),
        (["place", "new-tag", "42"], "no place"),
        (["place", "photo", "42", "README.md"], "no place"),
        (["place", "photo", "42"], "--remove"),
        (["place", "add", "Door", "--school", "North Middle School", "--spot-question", "Which?"], "needs its answer"),
        (["place", "add", "Door", "--school", "North Middle School", "--question-set", "1st"], "question set is named"),
        ([*TOUR, "--begins", "7", "--ends", "08:30"], "beginning '7' is not a time"),
        ([*TOUR, "--begins", "07:30", "--ends", "7:30"], "ends at the time"),
        ([*TOUR, "--begins", "08:00", "--ends", "07:50", "--grace", "20"], "longer than a day"),
        ([*TOUR, "--begins", "07:30", "--ends", "08:30", "--day", "monday"], "monday"),
        (["tour", "point", "Morning", "42"], "There is no tour 'Morning'"),
        (["enrol", "nobody"], "Ana Rivera (101)"),
        (["enrol", "101", "--hours", "nan"], "not a number"),
        (["device", "revoke", "42"], "no device"),
        (["records", "--since", "yesterday"], "yesterday"),
        (["records", "--officer", "nobody"], "nobody"),
        (["records", "--form", "parent-contact"], "Forms: parent_contact."),
        (["export", "--output", "/nowhere/at/all.csv"], "/nowhere/at/all.csv"),
        (["forms", "--folder", "/nowhere"], "/nowhere"),
        (["forms", "--folder", "docs/pictures"], "no forms in docs/pictures"),
        (["init", "--name", "Another"], "already"),
        (["serve", "--certificate", "/nowhere.pem"], "--key"),
        (["serve", "--certificate", "/nowhere.pem", "--key", "/nowhere.key"], "/nowhere.pem"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_mistake_is_a_sentence_that_says_what_to_do(run: Run, words: list[str], says: str) -> None:
    assert says in mistake(run(*words))


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("PORT", "0"), ("PORT", "70000"), ("BEATBOOK_BASE_URL", "beatbook.example")]
)
def test_a_setting_that_cannot_be_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert name in mistake(run("records"))


def test_a_district_is_backed_up_and_restored(
    home: Home, phone: Phone, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "district.backup"
    phone.push(phone.write())
    assert "1 records, 0 photos" in good(run("backup", str(file)))
    assert "overwrites nothing" in mistake(run("backup", str(file)))
    assert "--replace" in mistake(run("restore", str(file)))
    phone.push(phone.write())
    assert "1 records, 0 photos" in good(run("restore", "--replace", str(file)))
    monkeypatch.setenv("BEATBOOK_DATA", str(tmp_path / "elsewhere"))
    assert "no district" in mistake(run("backup", str(tmp_path / "other")))
    assert "no whole backup" in mistake(run("restore", str(home.settings.database_path)))
    assert "1 records" in good(run("restore", str(file)))
    assert good(run("records")).count("Ana Rivera") == 1


@pytest.mark.usefixtures("home")
def test_places_go_out_and_come_in_as_a_table(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    assert "1 places" in good(run("place", "export", str(file)))
    file.write_text(file.read_text("utf-8-sig") + "North Middle School,,,Gate 2,gate,,,,,\n", "utf-8")
    assert "1 added, 0 changed, 1 as they were" in good(run("place", "import", str(file)))
    file.write_text("school,name,kind\nNorth Middle School,Gate 3,trapdoor\n", "utf-8")
    assert "row 2, kind: A kind is one of" in mistake(run("place", "import", str(file)))
    file.write_bytes("school,name\nSchöne,x\n".encode("latin-1"))
    assert "not in UTF-8" in mistake(run("place", "import", str(file)))


def test_a_damaged_database_is_a_sentence(home: Home, run: Run) -> None:
    home.database.close()
    for path in home.settings.data.glob("district.sqlite*"):
        path.unlink()
    home.settings.database_path.write_bytes(b"this is no database" * 100)
    assert "database" in mistake(run("records"))


def test_a_database_of_a_newer_version_is_a_sentence(home: Home, run: Run) -> None:
    with home.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer version" in mistake(run("records"))


@pytest.mark.usefixtures("home")
def test_what_nobody_foresaw_is_a_sentence_that_quotes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError("what a parent said")

    monkeypatch.setattr("server.district.schools", stumble)
    done = run("school", "list")
    assert (done.status, done.out) == (1, "")
    assert "ZeroDivisionError in stumble" in done.err
    assert "parent" not in done.err


@pytest.mark.usefixtures("home")
def test_a_form_with_a_mistake_is_named_with_file_and_row(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    source = (Path("assets/forms/parent_contact.md")).read_text("utf-8")
    (folder / "broken.md").write_text(source.replace("| select_one", "| select_none", 1), "utf-8")
    assert "broken.md" in mistake(run("forms", "--folder", str(folder)))


@pytest.mark.usefixtures("home")
def test_a_form_is_checked_taken_in_and_given_back(run: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "their visit.md"
    theirs.write_text("| survey |\n| | type | name | label |\n| | text | a | A |\n| | video | r | R |\n", "utf-8")
    told = mistake(run("forms", "check", "--foreign", str(theirs)))
    assert "their visit.md:4:" in told
    assert "Traceback" not in told
    theirs.write_text("| survey |\n| | type | name | label |\n| | text | a | Say ${a} |\n", "utf-8")
    assert "record_class" in mistake(run("forms", "check", str(theirs)))
    assert good(run("forms", "check", "--foreign", str(theirs))) == "their visit.md: good. their visit, 1 rows.\n"
    assert "Published: their_visit " in good(run("forms", "import", "--role", "teaching", str(theirs)))
    assert good(run("forms", "import", "--role", "teaching", str(theirs))) == "Nothing has changed.\n"
    for name in ("back.xlsx", "back.xml"):
        assert (
            good(run("forms", "export", "their_visit", "--to", str(tmp_path / name))) == f"Wrote {tmp_path / name}.\n"
        )
    assert "Nothing has changed" in good(run("forms", "import", str(tmp_path / "back.xlsx")))
    assert "<h:title>their visit</h:title>" in (tmp_path / "back.xml").read_text("utf-8")
    assert "Withdrawn: their_visit " in good(run("forms", "withdraw", "their_visit"))
    assert "no form their_visit" in mistake(run("forms", "export", "their_visit"))
    assert "no form nobody" in mistake(run("forms", "export", "nobody"))
    assert ".docx" in mistake(run("forms", "export", "parent_contact", "--to", str(tmp_path / "back.docx")))


def test_links_follow_the_address_unless_one_is_set() -> None:
    settings = Settings.load({})
    assert listening(settings, None, 9000).base_url == "http://127.0.0.1:9000"
    assert listening(settings, "0.0.0.0", None, https=True).base_url == "https://127.0.0.1:8080"  # noqa: S104
    fixed = Settings.load({"BEATBOOK_BASE_URL": "https://beatbook.example/"})
    assert listening(fixed, None, 9000).base_url == "https://beatbook.example"


def test_an_officer_goes_on_leave_and_comes_back(run: Run) -> None:
    good(run("init", "--name", "Sand Springs"))
    good(run("officer", "add", "Dana Reyes", "--badge", "4711"))
    good(run("officer", "add", "Sam Ortiz", "--badge", "4712"))
    until = (date.today() + timedelta(days=7)).isoformat()
    assert f"until {until}; Sam Ortiz stands in" in good(
        run("officer", "leave", "4711", "--until", until, "--substitute", "4712")
    )
    assert "is back" in good(run("officer", "leave", "4711", "--back"))
    assert "either --until" in run("officer", "leave", "4711").err
    assert "would have ended" in run("officer", "leave", "4711", "--until", "2020-01-01").err
