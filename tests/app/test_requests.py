"""What families ask: the form is one with the others' lists, it is owed until it is closed, and it is followed up."""

import pytest

from app.forms import Form
from app.requests import is_open, is_request, taken_over
from tests.app.formkit import FORMS, form

RECORD = "0192f7c2-0000-7000-8000-000000000001"
CALL = {"kind": "call_back", "topic": "bullying", "name": "Pat", "phone": "(918) 555-0142", "language": "es"}
PROBLEM = {"kind": "problem", "service_code": "LIT-NEEDLE", "address": "Gate 3", "anonymous": "no", "name": "Pat"}


def choices(which: Form, name: str) -> list[tuple[str, str, str]]:
    field = which.field(name)
    assert field is not None
    return [(one.name, one.label("en"), one.label("es")) for one in field.choices]


def test_only_the_form_that_asks_how_far_a_request_is_makes_requests() -> None:
    assert [name for name in FORMS if is_request(form(name))] == ["family_request"]


@pytest.mark.parametrize(
    ("name", "other"),
    [("topic", "parent_contact"), ("service_code", "community_complaint"), ("when_happens", "community_complaint")],
)
def test_a_request_offers_what_its_follow_up_offers(name: str, other: str) -> None:
    assert choices(form("family_request"), name) == choices(form(other), name)


def test_a_request_is_open_until_it_is_closed() -> None:
    assert is_open({})
    assert is_open({"request_status": "answered"})
    assert not is_open({"request_status": "closed"})


def test_a_parent_contact_begins_with_what_the_family_wrote() -> None:
    assert taken_over(form("parent_contact"), CALL, RECORD) == {
        "follows": RECORD,
        "direction": "in",
        "channel": "card",
        "topic": "bullying",
        "name": "Pat",
        "phone": "(918) 555-0142",
        "language": "es",
    }


def test_a_complaint_has_its_own_names_for_who_wrote() -> None:
    begun = taken_over(form("community_complaint"), PROBLEM, RECORD)
    assert begun == {
        "follows": RECORD,
        "service_code": "LIT-NEEDLE",
        "address": "Gate 3",
        "anonymous": "no",
        "reporter_name": "Pat",
    }


def test_what_the_follow_up_does_not_take_stays_with_the_request() -> None:
    odd = {**PROBLEM, "description": "x" * 281, "language": "tlh", "photo": {"sha256": "ab" * 32}}
    assert "description" not in taken_over(form("community_complaint"), odd, RECORD)
    assert "photo" not in taken_over(form("community_complaint"), odd, RECORD)
    assert "language" not in taken_over(form("parent_contact"), odd, RECORD)


def test_a_family_that_stays_unnamed_leaves_no_way_to_reach_it() -> None:
    asked = form("family_request")
    hidden = {**PROBLEM, "description": "Needles", "anonymous": "yes", "phone": "(918) 555-0142", "email": "a@b.cd"}
    kept = asked.relevant_answers({**hidden, "wants_reply": "yes", "consent": "yes"})
    assert kept.keys().isdisjoint({"name", "phone", "email", "best_time", "wants_reply"})
