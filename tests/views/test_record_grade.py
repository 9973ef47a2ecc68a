"""What an officer reads about how well a check is proved; the console says the same (tests/server/test_evidence.py)."""

from functools import partial
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app import spot
from app.ids import sha256
from app.notebook import RecordDetail
from app.tags import hash_code
from tests.app.notebooks import picture
from tests.views.headless import Screen
from tests.views.phone import DOOR, NORTH, Phone, make_phone
from views.tagged import begin, find

pytestmark = pytest.mark.anyio

TAG, SHORT = "K7QM2W8PZ4RT6NBX", "HM42KW7D"
GATE = "018f0000-0000-7000-8000-0000000000b2"
GATE_TAG = "W8PZ4RT6NBXK7QM2"
HALL, HALL_TAG = "018f0000-0000-7000-8000-0000000000b3", "PZ4RT6NBXK7QM2W8"
HERE = {"lat": 36.14, "lon": -96.11, "acc": 8.0}


def place(**changes: Any) -> dict[str, Any]:
    return {"id": DOOR, "school": NORTH, "name": "Door 7", "kind": "door", "lat": 36.14, "lon": -96.11, **changes}


async def make(folder: Path, language: str = "en", **changes: Any) -> Phone:
    """A phone of an officer who has tags to read: a door, a gate far away from it, a hall that nobody has measured."""
    far = place(id=GATE, name="Gate", kind="gate", lat=36.2)
    hall = place(id=HALL, name="Hall", lat=None, lon=None)
    tags = [
        {"place": DOOR, "version": 1, "state": "active", "code": hash_code(TAG), "short": hash_code(SHORT)},
        {"place": GATE, "version": 1, "state": "active", "code": hash_code(GATE_TAG), "short": hash_code("HM42KW7E")},
        {"place": HALL, "version": 1, "state": "active", "code": hash_code(HALL_TAG), "short": hash_code("HM42KW7F")},
    ]
    return await make_phone(folder, language=language, places=[place(**changes), far, hall], tags=tags)


def check(phone: Phone, code: str = TAG, **answers: Any) -> RecordDetail:
    """A check that was begun by reading this code."""
    draft = begin(phone.services, find(phone.services, code))
    for name, value in answers.items():
        phone.notebook.answer(draft, name, value)
    detail = phone.notebook.record(phone.notebook.save(draft).id)
    assert detail is not None
    return detail


async def test_a_check_at_the_place_is_an_a_and_says_why(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    detail = check(phone, gps=HERE)
    assert {name: detail.answers[name] for name in ("grade", "fence", "distance_m", "clock")} == {
        "grade": "A",
        "fence": "in",
        "distance_m": "0",
        "clock": "steady",
    }
    async with Screen(phone.main, route=f"/records/{detail.row.id}") as screen:
        proof = " ".join(text.value for text in screen.all(ft.Text))
        for said in ("Evidence grade A", "was scanned and is valid", "at the place", "photo of the tag"):
            assert said in proof
    phone.notebook.close()


async def test_a_check_indoors_is_a_b_and_a_typed_one_a_d(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    grades = [check(phone).answers["grade"], check(phone, SHORT, gps=HERE).answers["grade"]]
    assert grades == ["B", "D"]
    phone.notebook.close()


GEO = {"latitude": 36.14, "longitude": -96.11, "accuracy": 8.0}


async def save(screen: Screen, phone: Phone, *, wait: str = "") -> RecordDetail:
    """A check that is saved with one tap, at once or when the phone was asked for its position."""
    before = {row.id for row in phone.notebook.records()}
    draft, asked = begin(phone.services, find(phone.services, TAG)), len(screen.calls)
    await screen.page.push_route(f"/form/{draft}")
    await screen.until(lambda: "save" in screen.idents(), "the check")
    if wait:
        await screen.until(lambda: wait in [name for name, _ in screen.calls[asked:]], wait)
        await screen.settle()
    await screen.tap("save")
    await screen.until(lambda: screen.page.route == "/", "Home")
    (new,) = {row.id for row in phone.notebook.records()} - before
    detail = phone.notebook.record(new)
    assert detail is not None
    return detail


async def test_a_position_that_came_before_save_is_kept_and_none_is_waited_for(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    replies: dict[str, Any] = {"get_current_position": GEO}
    async with Screen(phone.main, replies=replies) as screen:
        found = await save(screen, phone, wait="get_current_position")
        assert (found.answers["gps"], found.answers["grade"]) == (HERE, "A")
        replies["get_current_position"] = Exception("TimeoutException")
        none = await save(screen, phone, wait="get_current_position")
        assert none.answers["fence"] == "none"
        assert "gps" not in none.answers
    phone.notebook.close()


async def test_a_phone_that_denied_its_position_is_not_asked_again_by_itself(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    replies: dict[str, Any] = {"get_current_position": Exception("User denied permissions")}
    async with Screen(phone.main, replies=replies) as screen:
        assert (await save(screen, phone, wait="get_current_position")).answers["grade"] == "B"
        assert not phone.services.may_locate
        replies["get_current_position"] = GEO
        assert (await save(screen, phone)).answers["grade"] == "B"
        assert [name for name, _ in screen.calls].count("get_current_position") == 1
    phone.notebook.close()


async def test_a_tag_that_is_read_into_an_open_check_asks_for_the_position_again(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    replies: dict[str, Any] = {"get_current_position": {**GEO, "latitude": 36.3}}
    draft = phone.notebook.start("location_check").id
    async with Screen(phone.main, route=f"/form/{draft}", replies=replies) as screen:
        for latitude, code in ((36.3, ""), (36.14, TAG), (36.2, GATE_TAG)):
            replies["get_current_position"] = {**GEO, "latitude": latitude}
            if code:
                await screen.tap("type-tag_code")
                await screen.type("type-code", code)
                await screen.tap("use-code")
            await screen.until(partial(screen.reads, f"{latitude:.5f}"), f"the position {latitude}")
        replies["get_current_position"] = Exception("TimeoutException")
        await screen.tap("type-tag_code")
        await screen.type("type-code", TAG)
        await screen.tap("use-code")
        await screen.settle()
        await screen.tap("save")
        await screen.until(lambda: screen.page.route == "/", "Home")
    (row,) = phone.notebook.records()
    detail = phone.notebook.record(row.id)
    assert detail is not None
    assert "gps" not in detail.answers, "no position of before stands for where the tag was read"
    assert detail.answers["fence"] == "none"
    phone.notebook.close()


async def test_a_check_that_was_only_looked_at_leaves_the_draft_as_it_was(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}", replies={"get_current_position": GEO}) as screen:
        await screen.until(lambda: any("36.14" in text for text in screen.texts()), "the position")
        assert begin(phone.services, find(phone.services, TAG)) == draft, "the same tag again, the same draft"
        (kept,) = phone.notebook.drafts()
        assert "gps" not in kept.answers
    phone.notebook.close()


async def test_the_spot_question_is_asked_where_the_place_has_one(tmp_path: Path) -> None:
    phone = await make(tmp_path, spot_question="Number on the panel?", spot_answer=spot.hashed("14 B"))
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert any("Number on the panel?" in text for text in screen.texts())
        await screen.type("field-spot_answer", "14b")
        await screen.tap("save")
        await screen.until(lambda: screen.page.route == "/", "Home")
    (row,) = phone.notebook.records()
    detail = phone.notebook.record(row.id)
    assert detail is not None
    assert (detail.answers["spot"], detail.answers["grade"]) == ("right", "A")
    assert check(phone, spot_answer="15").answers["spot"] == "wrong"
    assert "spot" not in check(phone).answers
    assert "spot" not in check(phone, spot_answer="  ").answers
    phone.notebook.close()


async def test_the_spot_question_is_asked_in_the_language_of_the_phone(tmp_path: Path) -> None:
    asked = {"spot_question": "Number?", "spot_words": {"es": "¿Número?"}, "spot_answer": spot.hashed("14")}
    for language, said in (("en", "Number?"), ("es", "¿Número?")):
        phone = await make(tmp_path / language, language=language, **asked)
        assert check(phone, spot_answer="14").answers["spot_question"] == said
        phone.notebook.close()


async def test_no_record_has_the_answer_to_the_spot_question_in_clear(tmp_path: Path) -> None:
    kept = spot.hashed("Amber 14")
    phone = await make(tmp_path, spot_question="Panel?", spot_answer=kept)
    right, wrong = check(phone, spot_answer="amber14"), check(phone, spot_answer="Red 9")
    assert right.answers["spot_proof"] == kept
    assert wrong.answers["spot_proof"] not in ("", kept)
    draft = phone.notebook.correct(right.row.id, "A note").id
    phone.notebook.answer(draft, "notes", "A dog")
    phone.notebook.answer(draft, "spot_answer", "amber14")
    phone.notebook.save(draft)
    written = " ".join(str(one.set) for one in phone.notebook.outbox()).casefold()
    assert "a dog" in written
    assert "amber" not in written
    assert "red 9" not in written
    detail = phone.notebook.record(right.row.id)
    assert detail
    assert (detail.answers["spot_proof"], detail.answers["spot"]) == (kept, "right")
    phone.notebook.close()


async def test_the_place_is_shown_as_it_looks_where_the_phone_has_its_photo(tmp_path: Path) -> None:
    data = picture()
    phone = await make(tmp_path, photo=sha256(data))
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert "place-photo" not in screen.idents(), "it is not here yet"
    await phone.notebook.keep_photo(sha256(data), data)
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        await screen.until(lambda: "place-photo" in screen.idents(), "the photo")
        (shown,) = [image for image in screen.all(ft.Image) if image.src == data]
        assert shown.semantics_label == "Door 7, as it looks"
    async with Screen(phone.main, route=f"/form/{begin(phone.services, find(phone.services, GATE_TAG))}") as screen:
        assert "place-photo" not in screen.idents(), "another place has none"
    phone.notebook.close()


async def test_where_there_is_no_spot_question_none_is_asked(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert "field-spot_answer" not in screen.idents()
    phone.notebook.close()


async def test_two_checks_too_far_apart_make_the_second_a_c(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    assert check(phone, gps=HERE).answers["grade"] == "A"
    assert "pace" not in check(phone, gps=HERE).answers, "the same place again"
    far = check(phone, GATE_TAG)
    assert (far.answers["pace"], far.answers["grade"]) == ("impossible", "C")
    phone.notebook.close()


async def test_a_check_at_an_unmeasured_place_does_not_make_the_way_to_the_next_one_possible(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    check(phone, gps=HERE)
    hall = check(phone, HALL_TAG, gps=HERE).answers
    assert (hall["fence"], hall["grade"], "pace" in hall) == ("unplaced", "B", False)
    near = check(phone, gps=HERE)
    assert (near.answers["pace"], near.answers["grade"]) == ("unmeasured", "A")
    check(phone, HALL_TAG)
    far = check(phone, GATE_TAG, gps={**HERE, "lat": 36.2})
    assert (far.answers["pace"], far.answers["grade"]) == ("impossible", "C")
    async with Screen(phone.main, route=f"/records/{near.row.id}") as screen:
        assert any("has not noted where the check before was" in text.value for text in screen.all(ft.Text))
    phone.notebook.close()


async def test_a_correction_changes_nothing_about_the_grade(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = check(phone).row.id
    draft = phone.notebook.correct(record, "forgot the position").id
    phone.notebook.answer(draft, "gps", HERE)
    phone.notebook.save(draft)
    detail = phone.notebook.record(record)
    assert detail is not None
    assert detail.evidence is not None
    assert detail.evidence.grade == "B"
    phone.notebook.close()


async def test_no_grade_stands_on_a_record_that_is_no_check(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = phone.save(channel="phone", topic="attendance", outcome="reached", person_kind="parent")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert "proof" not in screen.idents()
    phone.notebook.close()


async def test_the_districts_word_takes_the_place_of_the_phones(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = check(phone, gps=HERE).row.id
    (revision,) = phone.notebook.outbox()
    found = {"tag": "retired", "fence": "in", "distance_m": 3, "clock": "steady"}
    phone.notebook.receipt(revision.hash, 101, "2026-11-23T14:06:00+00:00", evidence=found)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        proof = screen.texts("proof")
        assert proof[0].startswith("Evidence grade D")
        assert any("about 3 m" in line for line in proof)
    phone.notebook.close()


async def test_the_form_says_what_to_look_at_there(tmp_path: Path) -> None:
    phone = await make(tmp_path, instructions="Pull it: it must not open.")
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert screen.texts("where")[1] == "Pull it: it must not open."
    phone.notebook.close()
