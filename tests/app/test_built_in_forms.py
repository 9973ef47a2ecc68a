"""Every form that ships: whole in both languages, few taps in the usual case, a title that says what the record is."""

from typing import Any, Final

import flet
import pytest

from app.forms import Field
from tests.app.formkit import FORMS, NOW, codes, form

# The usual case: what has to be answered by hand, the title that the record then has, in English and in Spanish.
USUAL: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "campus_log": ({"direction": "out"}, "Leaving · End of the day", "Salida · Fin de la jornada"),
    "child_abuse_report": ({"report_made": "yes"}, "DHS hotline", "Línea de DHS"),
    "community_complaint": (
        {"service_code": "TRF-SPEED"},
        "Traffic: speeding",
        "Tráfico: exceso de velocidad",
    ),
    "drill": ({"srp_action": "lockdown"}, "Lockdown", "Cierre de emergencia (Lockdown)"),
    "family_request": ({"phone": "(918) 555-0142", "consent": "yes"}, "Call back", "Que llamen"),
    "finding_update": ({}, "Fixed", "Arreglado"),
    "incident": ({"kind": "fight"}, "Fight or assault", "Pelea o agresión"),
    "lesson": ({"topic": "internet_safety"}, "Internet safety", "Seguridad en internet"),
    "location_check": ({"tag_code": "ABCD", "place_name": "North gym"}, "All OK · North gym", "Todo bien · North gym"),
    "parent_contact": ({"topic": "praise"}, "Praise · Reached", "Reconocimiento · Se habló"),
    "partner_meeting": ({"partners": ["neighbors", "parks"]}, "Neighbors, Parks", "Vecinos, Parques"),
    "referral": ({"service": "mediation"}, "Mediation · Offered", "Mediación · Ofrecido"),
    "threat_report": ({"mode": "online"}, "Online", "En internet"),
    "tour_run": ({"checked": 8, "places": 8}, "8/8", "8/8"),
    "victim_assistance": ({"kind": "theft"}, "Theft or damage", "Robo o daños"),
    "walkthrough": ({"areas": ["ALL"]}, "Whole school", "Toda la escuela"),
    "welfare_check": ({"reason": "self"}, "All right · The student", "Todo bien · Estudiante"),
}
# Points to what is kept elsewhere: no room for a story.
POINTERS: Final = ("child_abuse_report", "threat_report")


def test_all_forms_of_the_field_are_there() -> None:
    assert tuple(USUAL) == FORMS
    assert {found.role for found in map(form, FORMS)} == {"teaching", "counselling", "law_enforcement", "community"}
    assert {found.goal for found in map(form, FORMS)} == {"safe_environment", "collaboration", "perceptions"}
    places = [form(form_id).json["order"] for form_id in FORMS]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("form_id", FORMS)
def test_the_usual_case_needs_one_answer_and_has_a_title(form_id: str) -> None:
    found, (answers, english, spanish) = form(form_id), USUAL[form_id]
    begun = found.start(now=NOW)
    by_hand = [name for name in answers if name != "place_name"]  # a tag names its place by itself
    assert codes(found, begun) == dict.fromkeys(by_hand, "required")
    done = found.live(begun | answers, NOW).answers
    assert codes(found, done) == {}
    saved = found.relevant_answers(done, NOW)
    assert codes(found, saved, strict=True) == {}
    assert (found.summary(saved, "en"), found.summary(saved, "es")) == (english, spanish)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_text_is_there_in_both_languages(form_id: str) -> None:
    found = form(form_id)
    assert found.languages == ("en", "es")
    for field in found.flat():
        for texts in _texts(field):
            assert not texts or set(texts) == {"en", "es"}, field.name
    assert found.title("en") != found.title("es")


@pytest.mark.parametrize("form_id", FORMS)
def test_every_text_says_something_else_in_spanish(form_id: str) -> None:
    same = {"No", "Tornado"}
    for field in form(form_id).flat():
        for texts in _texts(field):
            assert not texts or texts["en"] != texts["es"] or texts["en"] in same, (field.name, texts)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_form_warns_of_criminal_history_and_keeps_its_time(form_id: str) -> None:
    fields = {field.name: field for field in form(form_id).flat()}
    assert any("CJI" in field.label("en") and "CJI" in field.label("es") for field in fields.values())
    assert {"occurred_at", "scanned_at"} & set(fields)
    assert ("notes" in fields) is (form_id not in POINTERS)


@pytest.mark.parametrize("form_id", FORMS)
def test_every_icon_exists(form_id: str) -> None:
    assert hasattr(flet.Icons, form(form_id).icon.upper())


@pytest.mark.parametrize("form_id", FORMS)
def test_every_answer_given_is_kept_and_passes_the_districts_door(form_id: str) -> None:
    found = form(form_id)
    live = found.live(found.start(USUAL[form_id][0], NOW), NOW)
    for field in found.flat():  # every choice once: what it opens must neither fail nor lock the form
        for choice in field.choices if field.type == "select_one" and not found.plan.repeats[field.name] else ():
            live.set(field.name, choice.name)
            saved = found.relevant_answers(live.answers, NOW)
            wrong = {name: code for name, code in codes(found, saved, strict=True).items() if code != "required"}
            assert wrong == {}, (field.name, choice.name)


# -- what single forms promise -------------------------------------------------------------------------------------


def test_only_forms_without_people_in_them_are_answered_as_last_time() -> None:
    assert {name for name in FORMS if form(name).as_last_time} == {"campus_log", "lesson", "partner_meeting"}


def test_a_welfare_check_stops_where_it_becomes_a_law_enforcement_matter() -> None:
    check = form("welfare_check")
    answers = check.start({"reason": "self", "concerns": ["home"], "keep_notes": "OK", "notes": "told me"}, NOW)
    stopped = answers | {"law_matter": "yes"}
    assert {"law_stop", "law_juvenile"} <= check.shown(stopped)
    assert set(check.relevant_answers(stopped, NOW)) == {"law_matter", "occurred_at"}
    assert check.summary(stopped, "en") == "Welfare check"


def test_a_welfare_check_keeps_no_story_unless_the_officer_opens_the_notes() -> None:
    check = form("welfare_check")
    answers = check.start({"reason": "self", "notes": "told me"}, NOW)
    assert "notes" not in check.relevant_answers(answers, NOW)
    assert "notes" in check.relevant_answers(answers | {"keep_notes": "OK"}, NOW)


@pytest.mark.parametrize(
    ("form_id", "asked", "told"),
    [("welfare_check", "immediate_danger", "danger"), ("threat_report", "imminent", "imminent_now")],
)
def test_danger_right_now_says_911_first(form_id: str, asked: str, told: str) -> None:
    found = form(form_id)
    answers = found.start(now=NOW)
    note = found.field(told)
    assert note is not None
    assert "911" in note.label("en")
    assert "911" in note.label("es")
    assert told not in found.shown(answers)
    assert told in found.shown(answers | {asked: "yes"})


def test_child_abuse_that_is_not_reported_yet_asks_for_nothing_but_the_report() -> None:
    pointer = form("child_abuse_report")
    shown = pointer.shown(pointer.start({"report_made": "no"}, NOW))
    assert "report_now" in shown
    assert "report_no" not in shown


def test_each_stage_of_a_referral_puts_in_its_day_and_the_officer_may_say_another() -> None:
    referral = form("referral")
    live = referral.live(referral.start({"service": "family_outreach"}, NOW), NOW)
    for status in ("accepted", "sent", "acknowledged", "attending", "completed"):
        live.set("status", status)
    live.set("sent_on", "2026-11-20")
    live.set("status", "dropped")
    saved = referral.relevant_answers(live.answers, NOW)
    days = {name: day for name, day in saved.items() if name.endswith("_on")}
    today = "2026-11-23"
    assert days == {
        "offered_on": today,
        "answered_on": today,
        "sent_on": "2026-11-20",
        "acknowledged_on": today,
        "attending_on": today,
        "ended_on": today,
    }


def test_only_a_referral_that_has_come_so_far_has_the_days_of_its_stages() -> None:
    referral = form("referral")
    live = referral.live(referral.start({"service": "mental_health"}, NOW), NOW)
    live.set("status", "completed")  # a slip of the thumb
    live.set("status", "sent")
    saved = referral.relevant_answers(live.answers, NOW)
    assert {name for name in saved if name.endswith("_on")} == {"offered_on", "sent_on"}


@pytest.mark.parametrize(
    ("service", "asked"),
    [
        ("deferment", {"deferment", "terms", "deferment_due"}),
        ("mediation", {"mediation", "parties_n", "agreement"}),
        ("recovery_court", {"court", "court_due"}),
        ("juvenile_justice", {"court", "court_due"}),
        ("counselor", set[str]()),
    ],
)
def test_a_referral_asks_what_its_service_needs(service: str, asked: set[str]) -> None:
    referral = form("referral")
    extras = {"deferment", "terms", "deferment_due", "mediation", "parties_n", "agreement", "court", "court_due"}
    assert referral.shown(referral.start({"service": service}, NOW)) & extras == asked


def test_a_drill_cannot_find_more_doors_locked_than_were_tried() -> None:
    drill = form("drill")
    answers = drill.start({"srp_action": "lockdown", "doors_sampled": 12, "doors_locked": 13}, NOW)
    assert codes(drill, answers) == {"doors_locked": "constraint"}
    assert codes(drill, answers | {"doors_locked": 11, "seconds_to_secure": 95}) == {}
    assert drill.summary(answers | {"seconds_to_secure": 95}, "en") == "Lockdown · 95 s"


def test_cover_is_asked_only_of_who_leaves_before_the_day_is_over() -> None:
    log = form("campus_log")
    assert "cover" not in log.shown(log.start({"direction": "in"}, NOW))
    assert "cover" not in log.shown(log.start({"direction": "out"}, NOW))
    assert "cover" in log.shown(log.start({"direction": "out", "reason": "court"}, NOW))


def _texts(field: Field) -> list[Any]:
    messages = [field.labels, field.hints, field.required_messages, field.constraint_messages]
    return [*messages, *(choice.labels for choice in field.choices)]
