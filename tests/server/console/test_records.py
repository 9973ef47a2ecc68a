import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.ids import sha256
from server import batch, clocks, district, orders
from server.console.answers import Shown, shown
from server.formbook import publish
from server.tables import Record, now
from server.times import iso
from server.words import Words
from tests.app.formkit import published, small
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.phones import Phone, photo_answer, picture
from tests.server.visitor import Visitor


@pytest.fixture
def written(staffed: Home, new_phone: Callable[..., Phone]) -> dict[str, str]:
    """Records by name: with its photo, with a photo still to come, in conflict, doubtful, and of the other school."""
    mine, theirs = new_phone(), new_phone(staffed.both)
    south = new_phone(staffed.both, staffed.other_school)
    data, later = picture(), picture(colour="red")
    whole = mine.write({"channel": "phone", "minutes": 12, "summary": "All is said", "photo": photo_answer(data)})
    waiting = mine.write({"channel": "person", "summary": "Photo to come", "photo": photo_answer(later)})
    first = mine.write({"channel": "phone", "summary": "As it was"})
    mine.push(whole, waiting, first)
    mine.put_photo(data)
    change = {"record": first.record, "parents": (first.hash,)}
    mine.push(mine.write({"summary": "Rivera's words"}, reason="Called again", **change))
    theirs.push(theirs.write({"summary": "Ng's words"}, **change))
    doubtful = mine.write({"channel": "phone", "summary": "Odd"}, tag="ABCDEFGHJKLMNPQR", place=staffed.place)
    mine.push(doubtful)
    other = south.write({"channel": "phone", "summary": "Of the south"})
    south.push(other)
    return {
        "whole": whole.record,
        "waiting": waiting.record,
        "conflict": first.record,
        "doubt": doubtful.record,
        "other": other.record,
        "photo": sha256(data),
    }


def listed(answer: httpx.Response) -> set[str]:
    return set(re.findall(r'href="/console/records/([0-9a-f-]{36})"', answer.text))


def test_the_list_filters_by_form_school_officer_day_and_state(
    staffed: Home, admin: Visitor, written: dict[str, str]
) -> None:
    everything = {name for key, name in written.items() if key != "photo"}
    north = everything - {written["other"]}
    today = admin.get("/console/records").text
    day = re.search(r'datetime="(\d{4}-\d\d-\d\d)', today)
    assert day
    expected = {
        "": everything,
        "form=parent_contact": everything,
        "form=walkthrough": set(),
        f"school={staffed.school}": north,
        f"officer={staffed.both}": {written["other"]},
        f"officer={staffed.both}&school={staffed.school}": set(),
        "from=2020-01-01&to=2099-01-01": everything,
        "from=2099-01-01": set(),
        "to=2020-01-01": set(),
        "from=nonsense": everything,
        "state=complete": {written["whole"], written["other"]},
        "state=photos": {written["waiting"]},
        "state=conflict": {written["conflict"]},
        "state=doubt": {written["doubt"]},
        "state=nonsense": everything,
    }
    for query, found in expected.items():
        assert listed(admin.get(f"/console/records?{query}")) == found, query


def test_an_empty_list_says_why_and_what_to_do(admin: Visitor) -> None:
    assert "No records yet" in admin.get("/console/records").text
    assert "No record matches" in admin.get("/console/records?form=parent_contact").text


def test_a_long_list_has_pages_that_keep_the_filters(
    admin: Visitor, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.console.records.PER_PAGE", 2)
    sent = [phone.write() for _ in range(5)]
    phone.push(*sent)
    seen: list[str] = []
    address = "/console/records?form=parent_contact"
    for _ in range(3):
        answer = admin.get(address)
        seen += listed(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = "/console/records" + following[1].replace("&amp;", "&") if following else ""
    assert not address
    assert sorted(seen) == sorted(revision.record for revision in sent)
    assert listed(admin.get("/console/records?page=50")), "a page after the last is the last"


def test_a_record_shows_every_answer_under_its_question(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['whole']}").text
    for text in (
        "How",
        "Phone",
        "Minutes",
        "12",
        "All is said",
        "Ana Rivera",
        "North Middle School",
        "District has it",
    ):
        assert text in page
    assert f'src="/console/photos/{written["photo"]}"' in page
    in_spanish = admin.get(f"/console/records/{written['whole']}?lang=es").text
    assert "Teléfono" in in_spanish
    assert "El distrito lo tiene" in in_spanish


def test_an_answer_of_a_form_that_is_not_known_is_shown_by_its_name(
    staffed: Home, admin: Visitor, written: dict[str, str]
) -> None:
    with staffed.database.writing() as session:
        session.get_one(Record, written["whole"]).answers = {"strange": [{"deep": True}], "channel": 7}
    page = admin.get(f"/console/records/{written['whole']}").text
    assert "strange" in page
    assert "deep" in page


def test_a_photo_that_is_still_on_the_phone_is_said_to_be(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['waiting']}").text
    assert "The photo is still on the phone" in page
    assert "<img" not in page


def test_a_conflict_shows_both_answers_with_their_writers_and_the_reasons(
    admin: Visitor, written: dict[str, str]
) -> None:
    page = admin.get(f"/console/records/{written['conflict']}").text
    for text in ("Rivera&#39;s words", "Ng&#39;s words", "Ana Rivera", "Lee Ng", "Two answers", "Called again"):
        assert text in page


def test_a_doubt_is_said_in_words(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['doubt']}").text
    assert "The scanned tag is not known." in page
    assert "tag_unknown" not in page


@pytest.mark.parametrize("act", ["seal", "expunge", "delete"])
def test_what_was_taken_away_is_shown_with_its_proof_to_administrators(
    staffed: Home, admin: Visitor, new_phone: Callable[..., Phone], act: str
) -> None:
    phone = new_phone()
    first = phone.write({"channel": "phone", "summary": "All is said"})
    phone.push(first)
    if act == "delete":
        phone.push(phone.write({}, record=first.record, parents=(first.hash,), act="delete", reason="Order 12-345"))
    else:
        with staffed.database.writing() as session:
            orders.order(session, first.record, act, "Order 12-345")
    state = {"seal": "sealed", "expunge": "expunged", "delete": "deleted"}[act]
    assert listed(admin.get("/console/records")) == set()
    assert listed(admin.get(f"/console/records?state={state}")) == {first.record}
    answer = admin.get(f"/console/records/{first.record}")
    assert answer.status_code == 200
    page = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
    words = Words.load("console", "en")
    assert words(f"record.is_{state}") in page
    assert words(f"record.act_{act}") in page
    assert "Order 12-345" in page
    assert ("All is said" in page) == (act != "expunge")
    with staffed.database.reading() as session:
        assert district.the_district(session).id not in page, "its orders are given by its name"


def test_every_doubt_of_intake_has_words() -> None:
    words = Words.load("console", "en")
    found = set(re.findall(r'found\.append\("(\w+)"\)', Path(batch.__file__).read_text()))
    assert len(found) >= 4
    for flag in (*found, *batch.OF_OTHERS, batch.UNKNOWN_DEVICE, clocks.AHEAD, clocks.BEHIND):
        assert f"flag.{flag}" in words, flag


def test_an_officer_sees_the_records_of_their_own_schools_only(
    staffed: Home, visit: Callable[[str], Visitor], written: dict[str, str]
) -> None:
    officer = visit("officer")
    own = {written[name] for name in ("whole", "waiting", "conflict", "doubt")}
    assert listed(officer.get("/console/records")) == own
    assert listed(officer.get(f"/console/records?school={staffed.other_school}")) == set()
    assert officer.get(f"/console/records/{written['whole']}").status_code == 200
    assert officer.get(f"/console/records/{written['other']}").status_code == 404
    assert "South High School" not in officer.get("/console/records").text
    assert officer.get(f"/console/photos/{written['photo']}").status_code == 200
    with staffed.database.writing() as session:
        district.set_schools(session, staffed.officer, [staffed.other_school])
    assert officer.get(f"/console/photos/{written['photo']}").status_code == 404
    assert officer.get(f"/console/records/{written['whole']}").status_code == 404


def test_a_photo_comes_as_what_it_is_and_can_run_nothing(admin: Visitor, written: dict[str, str]) -> None:
    answer = admin.get(f"/console/photos/{written['photo']}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert sha256(answer.content) == written["photo"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert admin.get(f"/console/photos/{'0' * 64}").status_code == 404
    assert admin.get("/console/photos/..%2f..%2fdistrict.sqlite").status_code == 404


def test_reading_a_record_and_a_photo_leaves_a_line(staffed: Home, admin: Visitor, written: dict[str, str]) -> None:
    admin.get("/console/records")
    assert audited(staffed, "record-read") == []
    admin.get(f"/console/records/{written['whole']}")
    admin.get(f"/console/photos/{written['photo']}")
    assert audited(staffed, "record-read") == [(admin_id(staffed), written["whole"])]
    assert audited(staffed, "photo-read") == [(admin_id(staffed), written["photo"])]


def test_a_log_a_path_and_a_file_are_said_in_words() -> None:
    words = Words.load("console", "en")

    def said(kind: str, value: Any) -> Shown:
        return shown(small({"type": kind, "name": "x"}).field("x"), value, words)

    log = [
        {"event": "form start", "start": "1764000000000"},
        {"event": "question", "node": "/data/who", "start": "soon", "old-value": "Ana", "new-value": "Ann"},
    ]
    text = said("audit", log).text
    assert "form start" in text
    assert "soon who Ana -> Ann" in text
    path = [{"lat": 1.5, "lon": 2.0}, {"lat": 1.5, "lon": 3}]
    assert said("geotrace", path).text == "1.50000, 2.00000; 1.50000, 3.00000"
    file = {"sha256": "ab" * 32, "mime": "application/pdf", "bytes": 2100, "name": "letter.pdf"}
    assert said("file", file) == Shown("letter.pdf · 2 kB", file="ab" * 32)


def test_a_check_says_how_well_it_is_proved_in_the_officers_own_words(
    staffed: Home, admin: Visitor, new_phone: Callable[..., Phone]
) -> None:
    with staffed.database.writing() as session:
        publish(session, [published()["location_check"]])
    phone = new_phone()
    form = published()["location_check"]
    said = {"tag_code": staffed.tag, "tag_state": "good", "result": "ok", "scanned_at": iso(now()), "grade": "A"}
    about = {"form": form["id"], "form_version": form["version"], "record_class": form["class"]}
    check, other = phone.write(said, place=staffed.place, tag=staffed.tag, **about), phone.write()
    phone.push(check, other)
    page = admin.get(f"/console/records/{check.record}").text
    for words in ("Evidence grade B", "was scanned and is valid", "No grade can rule out a photo of the tag."):
        assert words in page
    assert ">read_at<" not in page
    assert ">grade<" not in page
    assert "Evidence grade" not in admin.get(f"/console/records/{other.record}").text
    assert "Evidence grade" not in admin.get("/console/records").text, "nobody is ranked"
