"""What families ask: new ones on Home, one tap to the record that they become, and closed with a word for them."""

import pytest

from app.ids import uuid7
from app.revisions import Revision
from tests.views.headless import Screen
from tests.views.phone import DOOR, NORTH, Phone, setup_json

pytestmark = pytest.mark.anyio

DISTRICT = setup_json()["district"]["id"]
CALL = {"kind": "call_back", "topic": "bullying", "name": "Pat Lee", "phone": "(918) 555-0142", "language": "es"}
PROBLEM = {"kind": "problem", "service_code": "LIT-NEEDLE", "description": "By the fence", "urgent": "yes"}


def ask(on: Phone, **answers: object) -> str:
    """The district sends a family's request; gives the record's id."""
    form = on.notebook.form("family_request")
    assert form is not None
    asked = {"request_status": "new", "consent": "yes", "occurred_at": "2026-11-25T08:00:00.000+00:00", **answers}
    seq = 1 + len(on.notebook.requests())
    revision = Revision(
        record=uuid7(),
        form=form.id,
        form_version=form.version,
        record_class=form.record_class,
        school=NORTH,
        author=DISTRICT,
        device=DISTRICT,
        seq=seq,
        at=f"2026-11-25T08:0{seq}:00.000+00:00",
        mono=0,
        set=asked,
        place=DOOR,
    )
    on.notebook.take([(200 + seq, "2026-11-25T08:00:01.000+00:00", revision)], 200 + seq)
    return revision.record


async def test_home_says_nothing_of_requests_where_there_are_none(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        assert "requests" not in screen.idents()
    async with Screen(phone.main, route="/requests") as screen:
        assert screen.reads("Nothing is asked")


async def test_home_counts_what_is_new_and_leads_to_it(phone: Phone) -> None:
    first, second = ask(phone, **CALL), ask(phone, **PROBLEM)
    async with Screen(phone.main) as screen:
        assert screen.reads("2 new from families")
        await screen.tap("requests")
        names = [name for name in screen.idents() if name.startswith("record-")]
        assert names == [f"record-{second}", f"record-{first}"]
        assert screen.reads("Call back · Bullying · Pat Lee")
        assert screen.reads("911? · Problem here · Litter: needles")


async def test_what_sounds_urgent_stands_before_what_came_later(phone: Phone) -> None:
    old, urgent, new = ask(phone, **CALL), ask(phone, **PROBLEM), ask(phone, **CALL)
    done = ask(phone, **PROBLEM, request_status="answered")
    last = ask(phone, **CALL, request_status="answered")
    expected = [urgent, new, old, done, last]
    assert [one.record.id for one in phone.notebook.requests()] == expected
    async with Screen(phone.main, route="/requests") as screen:
        assert [name for name in screen.idents() if name.startswith("record-")] == [f"record-{one}" for one in expected]


async def test_one_tap_makes_a_parent_contact_of_a_request_and_it_is_new_no_more(phone: Phone) -> None:
    request = ask(phone, **CALL)
    async with Screen(phone.main, route=f"/records/{request}") as screen:
        assert screen.reads("Green Country Schools")
        await screen.tap("write-parent_contact")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.answers.items() >= {"follows": request, "topic": "bullying", "phone": "(918) 555-0142"}.items()
        await screen.tap("save")
        await screen.until(lambda: len(phone.notebook.records()) == 2, "the contact")
    (row,) = phone.notebook.requests()
    assert row.status == "answered"
    async with Screen(phone.main, route="/requests") as screen:
        assert screen.reads("In hand")
        assert not screen.reads("New")


async def test_a_problem_becomes_a_complaint_at_the_same_place_and_school(phone: Phone) -> None:
    request = ask(phone, **PROBLEM)
    async with Screen(phone.main, route=f"/records/{request}") as screen:
        await screen.tap("write-community_complaint")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
    assert draft is not None
    assert (draft.form, draft.school, draft.place) == ("community_complaint", NORTH, DOOR)
    assert draft.answers.items() >= {"service_code": "LIT-NEEDLE", "description": "By the fence"}.items()


async def test_a_closed_request_leaves_the_list_and_its_note_goes_to_the_district(phone: Phone) -> None:
    request = ask(phone, **CALL)
    async with Screen(phone.main, route=f"/records/{request}") as screen:
        await screen.tap("request-closed")
        await screen.type("field-status_notes", "We spoke.")
        await screen.tap("save")
        await screen.until(lambda: not phone.notebook.requests(), "the request to be closed")
    (sent,) = phone.notebook.outbox()
    assert sent.set == {"request_status": "closed", "status_notes": "We spoke."}


async def test_a_sender_is_blocked_by_an_answer_of_the_request(phone: Phone) -> None:
    request = ask(phone, **PROBLEM)
    async with Screen(phone.main, route=f"/records/{request}") as screen:
        await screen.tap("request-abuse")
        await screen.tap("save")
        await screen.until(lambda: not phone.notebook.requests(), "the request to be closed")
    (sent,) = phone.notebook.outbox()
    assert sent.set == {"request_status": "closed", "abuse": "yes"}


async def test_nobody_begins_a_request_or_follows_one_up_by_hand(phone: Phone) -> None:
    request = ask(phone, **CALL)
    assert "family_request" not in [form.id for form in phone.notebook.forms()]
    async with Screen(phone.main, route=f"/records/{request}") as screen:
        assert "follow-up" not in screen.idents()
