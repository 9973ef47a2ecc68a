"""The four forms that ship ask what an officer needs, quickly, in English and Spanish."""

from datetime import datetime
from typing import Any

import flet
import pytest

from tests.app.formkit import FORMS, NOW, codes, form


def test_a_parent_contact_is_finished_with_one_tap_on_its_topic() -> None:
    contact = form("parent_contact")
    answers = contact.start(now=NOW)
    assert {name: answers[name] for name in ("channel", "outcome", "direction", "occurred_at")} == {
        "channel": "phone",
        "outcome": "reached",
        "direction": "out",
        "occurred_at": "2026-11-23T14:05:00-06:00",
    }
    assert codes(contact, answers) == {"topic": "required"}
    assert codes(contact, answers | {"topic": "praise"}) == {}


def test_a_scanned_location_check_is_finished_with_one_tap_on_its_result() -> None:
    check = form("location_check")
    answers = check.start({"tag_code": "ABCD", "place_name": "North gym", "tag_state": "good"}, NOW)
    assert codes(check, answers) == {"result": "required"}
    assert codes(check, answers | {"result": "ok"}) == {}


def test_an_issue_at_a_place_asks_what_and_how_soon() -> None:
    check = form("location_check")
    answers = check.start({"place_name": "Door 7", "result": "issue"}, NOW)
    assert codes(check, answers) == {"issue_kind": "required"}
    assert codes(check, answers | {"issue_kind": "other"}) == {"issue_note": "required"}
    assert "tell_principal" not in check.shown(answers)
    assert "tell_principal" in check.shown(answers | {"severity": "4"})
    assert check.readonly(answers) >= {"place_name"}


def test_a_location_check_needs_a_tag_or_a_place() -> None:
    check = form("location_check")
    assert "tag_code" in check.required({"result": "ok"})
    assert "tag_code" not in check.required({"result": "ok", "place_name": "North gym"})


def test_the_walkthrough_has_its_forty_items_in_nine_areas() -> None:
    walk = form("walkthrough")
    areas = [field for field in walk.fields if field.type == "group"]
    items = [field for area in areas for field in area.fields if field.type == "select_one"]
    assert (len(areas), len(items)) == (9, 40)
    assert {len(item.choices) for item in items} == {5}
    assert [choice.name for choice in walk.field("areas").choices] == [area.name for area in areas]  # type: ignore[union-attr]


@pytest.mark.parametrize(("answer", "opens"), [("yes", False), ("no", True), ("partly", True), ("absent", False)])
def test_only_no_and_partly_open_a_finding(answer: str, opens: bool) -> None:
    walk = form("walkthrough")
    answers = walk.start({"areas": ["BD"], "BD1": answer}, NOW)
    assert ("BD1_photo" in walk.shown(answers)) is opens
    assert ("BD1_severity" in walk.relevant_answers(answers)) is opens


def test_areas_that_are_not_walked_today_ask_nothing() -> None:
    walk = form("walkthrough")
    shown = walk.shown(walk.start({"areas": ["EN"]}, NOW))
    assert "EN1" in shown
    assert not {"BD", "BD1", "GR1"} & shown


def test_a_complaint_asks_for_contact_only_from_someone_who_gives_a_name() -> None:
    complaint = form("community_complaint")
    answers = complaint.start({"service_code": "TRF-SPEED"}, NOW)
    assert codes(complaint, answers) == {}
    assert "reporter_phone" not in complaint.shown(answers)
    named = answers | {"anonymous": "no", "wants_reply": "yes"}
    assert codes(complaint, named) == {"reporter_phone": "required"}
    assert codes(complaint, named | {"reporter_email": "ana@example.org"}) == {}
    assert codes(complaint, named | {"reporter_email": "ana at home"}) == {"reporter_email": "constraint"}
    # The group around it is hidden when the officer saw it, so what was typed before no longer counts.
    seen = named | {"reporter_kind": "officer"}
    assert "reporter_phone" not in complaint.shown(seen)
    assert codes(complaint, seen) == {}


def test_a_call_back_lies_on_or_after_the_contact_whenever_it_is_checked() -> None:
    contact = form("parent_contact")
    answers = contact.start({"topic": "praise"}, NOW)
    later = datetime(2027, 3, 1, tzinfo=NOW.tzinfo)
    good = answers | {"follow_up_due": "2026-11-23"}
    assert contact.check(good, now=later) == {}
    assert codes(contact, answers | {"follow_up_due": "2026-11-22"}) == {"follow_up_due": "constraint"}


@pytest.mark.parametrize(
    ("form_id", "answers", "english", "spanish"),
    [
        (
            "location_check",
            {"result": "issue", "issue_kind": "door_propped", "place_name": "North gym"},
            "Door propped · North gym",
            "Puerta trabada abierta · North gym",
        ),
        ("location_check", {"result": "ok", "issue_kind": "lock"}, "All OK", "Todo bien"),
        (
            "parent_contact",
            {"topic": "bullying", "name": " Ana  Ruiz ", "outcome": "reached"},
            "Bullying · Ana Ruiz · Reached",
            "Acoso escolar · Ana Ruiz · Se habló",
        ),
        ("walkthrough", {"areas": ["BD", "EN"]}, "Building shell, Entry and visitors", None),
        ("walkthrough", {}, "Walkthrough", "Recorrido de seguridad"),
        ("community_complaint", {"service_code": "OTH", "address": "x" * 200}, None, None),
    ],
)
def test_a_title_is_made_from_content_in_the_language_asked(
    form_id: str, answers: dict[str, Any], english: str | None, spanish: str | None
) -> None:
    found = form(form_id)
    assert english in (None, found.summary(answers, "en"))
    assert spanish in (None, found.summary(answers, "es"))
    assert len(found.summary(answers, "en")) <= 140


@pytest.mark.parametrize("form_id", FORMS)
def test_every_form_warns_of_criminal_history_and_keeps_time_and_notes(form_id: str) -> None:
    fields = {field.name: field for field in form(form_id).flat()}
    assert any("CJI" in field.label("en") and "CJI" in field.label("es") for field in fields.values())
    assert {"notes"} <= set(fields)
    assert {"occurred_at", "scanned_at"} & set(fields)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_text_says_something_else_in_spanish(form_id: str) -> None:
    same = {"No", "Tutor legal", "7 días"}
    for field in form(form_id).flat():
        for texts in (field.labels, field.hints, field.required_messages, field.constraint_messages):
            assert not texts or texts["en"] != texts["es"] or texts["en"] in same, field.name


@pytest.mark.parametrize("form_id", FORMS)
def test_every_icon_exists(form_id: str) -> None:
    assert hasattr(flet.Icons, form(form_id).icon.upper())
