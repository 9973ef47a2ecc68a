"""What a phone is to hold: the last days of the policy and whatever is open; what it let go of comes back whole."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.revisions import Revision
from server import orders
from server.formbook import publish
from server.tables import Record, StoredRevision, now
from sync.protocol import read_pull
from tests.server.conftest import Home
from tests.server.phones import FORM, Phone

pytestmark = pytest.mark.usefixtures("client")

ROUND: dict[str, Any] = {
    **FORM,
    "id": "round",
    "fields": [
        {"type": "text", "name": "severity", "label": {"en": "Severity", "es": "Gravedad"}},
        {"type": "date", "name": "due", "label": {"en": "Until", "es": "Hasta"}},
    ],
}
CALL: dict[str, Any] = {
    **FORM,
    "id": "call",
    "fields": [
        {"type": "date", "name": "reply_due", "label": {"en": "Answer until", "es": "Responder hasta"}},
        {"type": "hidden", "name": "follows"},
    ],
}
UPDATE: dict[str, Any] = {
    **FORM,
    "id": "update",
    "fields": [
        *({"type": "hidden", "name": name} for name in ("follows", "item")),
        {"type": "text", "name": "result", "label": {"en": "Result", "es": "Resultado"}},
    ],
}


@pytest.fixture(autouse=True)
def forms(home: Home) -> None:
    with home.database.writing() as session:
        publish(session, [FORM, ROUND, CALL, UPDATE])


def aged(home: Home, *revisions: Revision, days: int = 61) -> None:
    """The district has had these for so many days."""
    moment = now() - timedelta(days=days)
    with home.database.writing() as session:
        for revision in revisions:
            its = StoredRevision.hash == revision.hash
            session.execute(update(StoredRevision).where(its).values(received_at=moment))
            session.execute(update(Record).where(Record.id == revision.record).values(updated_at=moment))


def pulled(phone: Phone, after: int = 0, *, anew: bool = False) -> list[str]:
    way = "anew=true" if anew else "whole=true"
    return [sent.revision.hash for sent in read_pull(phone.get(f"/revisions?after={after}&{way}").content)]


def test_a_new_phone_gets_the_last_days_and_what_is_open(home: Home, phone: Phone, other_phone: Phone) -> None:
    closed, fresh = phone.write(), phone.write()
    finding = phone.write({"severity": "3"}, form="round")
    promised = phone.write({"reply_due": "2026-01-05"}, form="call")
    phone.push(closed, fresh, finding, promised)
    aged(home, closed, finding, promised)
    assert pulled(other_phone, anew=True) == [fresh.hash, finding.hash, promised.hash]


def test_what_was_done_about_something_goes_with_it(home: Home, phone: Phone, other_phone: Phone) -> None:
    finding = phone.write({"severity": "3"}, form="round")
    tried = phone.write({"follows": finding.record, "item": "-", "result": "waiting"}, form="update")
    phone.push(finding, tried)
    aged(home, finding, tried)
    assert pulled(other_phone, anew=True) == [finding.hash, tried.hash]
    fixed = phone.write({"follows": finding.record, "item": "-", "result": "fixed"}, form="update")
    phone.push(fixed)
    assert pulled(other_phone, anew=True) == [fixed.hash]
    away = phone.write({}, record=fixed.record, form="update", parents=(fixed.hash,), act="delete", reason="Not so")
    phone.push(away)
    assert pulled(other_phone, anew=True) == [finding.hash, tried.hash, fixed.hash, away.hash]


def test_an_answered_promise_is_open_no_more(home: Home, phone: Phone, other_phone: Phone) -> None:
    promised = phone.write({"reply_due": "2026-01-05"}, form="call")
    answered = phone.write({"follows": promised.record}, form="call")
    phone.push(promised)
    phone.push(answered)
    aged(home, promised, answered)
    assert pulled(other_phone, anew=True) == []


def test_what_waits_for_a_choice_is_open(home: Home, phone: Phone, other_phone: Phone) -> None:
    first = phone.write()
    sides = [
        phone.write({"summary": text}, record=first.record, parents=(first.hash,)) for text in ("one side", "another")
    ]
    phone.push(first, *sides)
    aged(home, first, *sides)
    assert len(pulled(other_phone, anew=True)) == 3


def test_a_phone_that_goes_on_hears_of_everything_that_happened(home: Home, phone: Phone, other_phone: Phone) -> None:
    late = phone.write()
    phone.push(late)
    aged(home, late)
    assert pulled(other_phone) == [late.hash]


def test_what_a_phone_let_go_of_comes_back_whole_with_what_is_new(home: Home, phone: Phone, other_phone: Phone) -> None:
    old, recent, other = phone.write(), phone.write(), phone.write()
    phone.push(old, recent, other)
    aged(home, old)
    change, second = (
        phone.write({"summary": "Once more"}, record=one.record, parents=(one.hash,)) for one in (old, recent)
    )
    phone.push(change, second)
    assert pulled(other_phone, after=3) == [old.hash, change.hash, second.hash]
    follow_up = phone.write({"follows": old.record}, form="call")
    phone.push(follow_up)
    aged(home, old, change, days=40)
    assert pulled(other_phone, after=5) == [old.hash, change.hash, follow_up.hash]


def test_a_phone_that_does_not_ask_for_the_whole_gets_only_what_is_new(
    home: Home, phone: Phone, other_phone: Phone
) -> None:
    old = phone.write()
    phone.push(old)
    aged(home, old)
    change = phone.write({"summary": "Once more"}, record=old.record, parents=(old.hash,))
    phone.push(change)
    assert [sent.revision.hash for sent in read_pull(other_phone.get("/revisions?after=1").content)] == [change.hash]


def test_of_a_sealed_record_not_even_an_officers_deletion_is_sent(home: Home, phone: Phone, other_phone: Phone) -> None:
    record = phone.write()
    phone.push(record)
    with home.database.writing() as session:
        orders.order(session, record.record, "seal", "Order 12-345")
    phone.push(phone.write({}, record=record.record, parents=(record.hash,), act="delete", reason="Written twice"))
    sent = read_pull(other_phone.get("/revisions?after=0").content)
    assert [one.revision.act for one in sent] == ["seal"]


def test_what_an_officer_may_not_see_does_not_come_back_either(home: Home, phone: Phone, other_phone: Phone) -> None:
    elsewhere = other_phone.write(school=home.other_school)
    other_phone.push(elsewhere)
    aged(home, elsewhere)
    follow_up = other_phone.write({"follows": elsewhere.record}, form="call", school=home.school)
    other_phone.push(follow_up)
    assert pulled(phone, after=1) == [follow_up.hash]
