"""What the forms of every day ask, one by one: location check, walkthrough, parent contact, community complaint."""

from datetime import datetime
from typing import Any

import pytest

from tests.app.formkit import NOW, codes, form


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


def test_a_scanned_location_check_is_finished_as_it_is() -> None:
    check = form("location_check")
    answers = check.start({"tag_code": "ABCD", "place_name": "North gym", "tag_state": "good"}, NOW)
    assert answers["result"] == "ok"
    assert codes(check, answers) == {}
    assert codes(check, {**answers, "result": None}) == {"result": "required"}


def test_an_issue_at_a_place_asks_what_and_how_soon() -> None:
    check = form("location_check")
    answers = check.start({"place_name": "Door 7", "result": "issue"}, NOW)
    assert codes(check, answers) == {"issue_kind": "required"}
    assert codes(check, answers | {"issue_kind": "other"}) == {"issue_note": "required"}
    assert "tell_principal" not in check.shown(answers)
    assert "tell_principal" in check.shown(answers | {"severity": "4"})
    assert check.readonly(answers) >= {"place_name"}


def test_what_is_put_right_on_the_spot_is_owed_to_nobody() -> None:
    check = form("location_check")
    live = check.live(check.start({"place_name": "Door 7"}, NOW), NOW)
    live.set("result", "issue")
    live.set("issue_kind", "door_propped")
    assert check.relevant_answers(live.answers, NOW)["due"] == "2026-11-30"
    live.set("fixed", "yes")
    assert not {"due", "severity"} & set(check.relevant_answers(live.answers, NOW))


def test_a_location_check_needs_a_tag_or_a_place() -> None:
    check = form("location_check")
    assert "tag_code" in check.required({"result": "ok"})
    assert "tag_code" not in check.required({"result": "ok", "place_name": "North gym"})


def test_the_walkthrough_has_its_forty_items_in_nine_areas() -> None:
    walk = form("walkthrough")
    areas = [field for field in walk.fields if field.type == "group" and field.name != "result"]
    items = [field for area in areas for field in area.fields if field.type == "select_one"]
    assert (len(areas), len(items)) == (9, 40)
    assert {len(item.choices) for item in items} == {5}
    named = [choice.name for choice in walk.field("areas").choices]  # type: ignore[union-attr]
    assert named == ["ALL", *(area.name for area in areas)]


@pytest.mark.parametrize(("answer", "opens"), [("yes", False), ("no", True), ("partly", True), ("absent", False)])
def test_only_no_and_partly_open_a_finding(answer: str, opens: bool) -> None:
    walk = form("walkthrough")
    answers = walk.start({"areas": ["BD"], "BD1": answer}, NOW)
    assert ("BD1_photo" in walk.shown(answers)) is opens
    assert ("BD1_severity" in walk.relevant_answers(answers)) is opens


def test_areas_that_are_not_walked_today_ask_nothing() -> None:
    walk = form("walkthrough")
    shown = walk.shown(walk.start({"areas": ["EN"]}, NOW))
    assert {"EN1", "EN_score"} <= shown
    assert not {"BD", "BD1", "GR1", "BD_score"} & shown


def test_one_tap_asks_about_the_whole_school() -> None:
    walk = form("walkthrough")
    shown = walk.shown(walk.start({"areas": ["ALL"]}, NOW))
    assert {"GR1", "TR1", "PL1", "BD1", "EN1", "IN1", "CL1", "CO1", "ER1"} <= shown


@pytest.mark.parametrize(
    ("severity", "due"), [("4", "2026-11-23"), ("3", "2026-11-30"), ("2", "2026-12-23"), ("1", None)]
)
def test_a_finding_is_due_by_its_severity_and_the_officer_may_say_another_day(severity: str, due: str | None) -> None:
    walk = form("walkthrough")
    live = walk.live(walk.start({"areas": ["BD"]}, NOW), NOW)
    live.set("BD3", "no")
    assert (live.value("BD3_severity"), live.value("BD3_due")) == ("2", "2026-12-23")
    live.set("BD3_severity", severity)
    assert live.value("BD3_due") == due
    assert live.is_shown("BD3_tell") is (severity == "4")
    assert live.is_shown("BD3_why") is (severity != "2")
    live.set("BD3_due", "2026-12-01")
    assert walk.relevant_answers(live.answers, NOW)["BD3_due"] == "2026-12-01"


def test_the_result_is_the_share_of_yes_among_what_was_seen_and_a_count_by_severity() -> None:
    walk = form("walkthrough")
    live = walk.live(walk.start({"areas": ["BD", "PL"]}, NOW), NOW)
    for item, answer in {"BD1": "yes", "BD2": "no", "BD3": "partly", "BD4": "absent", "BD5": "unseen"}.items():
        live.set(item, answer)
    saved = walk.relevant_answers(live.answers, NOW)
    assert saved["BD_score"] == 33
    assert "PL_score" not in saved  # nothing was answered there
    assert {name: saved[name] for name in ("fix_4", "fix_3", "fix_2", "fix_1")} == {
        "fix_4": 1,
        "fix_3": 0,
        "fix_2": 1,
        "fix_1": 0,
    }
    live.set("BD2", "yes")
    assert (live.value("BD_score"), live.value("fix_4")) == (67, 0)
    assert codes(walk, live.answers) == {}


def test_every_item_of_the_walkthrough_counts_in_its_areas_score() -> None:
    walk = form("walkthrough")
    live = walk.live(walk.start({"areas": ["ALL"]}, NOW), NOW)
    items = [field.name for field in walk.flat() if field.type == "select_one" and "_" not in field.name]
    for item in items:
        live.set(item, "yes")
    assert {live.value(f"{item[:2]}_score") for item in items} == {100}
    for number, item in enumerate(items, 1):
        live.set(item, "no")
        beside = [one for one in items if one[:2] == item[:2]]
        wrong = beside.index(item) + 1
        assert live.value(f"{item[:2]}_score") == round(100 * (len(beside) - wrong) / len(beside)), item
        assert sum(live.value(f"fix_{severity}") for severity in "1234") == number, item


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


def test_a_complaint_that_is_worked_on_asks_for_its_causes_and_the_answer_owed() -> None:
    complaint = form("community_complaint")
    answers = complaint.start({"service_code": "NOI-LOUD", "anonymous": "no", "wants_reply": "yes"}, NOW)
    assert "reply_due" in complaint.shown(answers)
    assert not {"scan", "partners"} & complaint.shown(answers)
    assert {"scan", "analyse", "respond", "partners"} <= complaint.shown(answers | {"status": "planned"})
    assert "assess" in complaint.shown(answers | {"status": "taken"})
    twice = answers | {"status": "closed", "resolution": "duplicate"}
    assert "duplicate_of" in complaint.shown(twice)


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
        ("walkthrough", {"areas": ["ALL", "BD"]}, "Whole school", "Toda la escuela"),
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
