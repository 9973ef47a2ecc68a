"""What the district says that a phone should have, beside what was sent."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.tally import Tally, tally
from server import orders
from server.tables import StoredRevision, now
from server.times import iso
from sync.protocol import read_tally
from tests.server.conftest import Home
from tests.server.phones import Phone

pytestmark = pytest.mark.usefixtures("client")


def told(phone: Phone, days: float = 30, until: int = 10**9) -> Tally:
    since = iso(now() - timedelta(days=days)).replace("+", "%2B")
    answer = phone.get(f"/tally?since={since}&until={until}")
    assert answer.status_code == 200, answer.text
    return read_tally(answer.content)


def test_it_is_what_came_in_at_the_officers_schools(home: Home, phone: Phone, other_phone: Phone) -> None:
    here = [phone.write() for _ in range(3)]
    phone.push(*here)
    other_phone.push(other_phone.write(school=home.other_school))
    assert told(phone) == tally(one.hash for one in here)
    assert told(other_phone).count == 4
    assert told(phone, until=2) == tally(one.hash for one in here[:2])


@pytest.mark.parametrize("old", range(6))
def test_it_begins_at_the_time_that_was_asked_for(home: Home, phone: Phone, old: int) -> None:
    here = [phone.write() for _ in range(5)]
    phone.push(*here)
    with home.database.writing() as session:
        moment = now() - timedelta(days=31)
        session.execute(update(StoredRevision).where(StoredRevision.seq <= old).values(received_at=moment))
    assert told(phone) == tally(one.hash for one in here[old:])
    assert told(phone, days=32).count == 5


@pytest.mark.parametrize(("act", "left"), [("seal", 1), ("expunge", 1)])
def test_what_an_order_took_away_is_left_out(home: Home, phone: Phone, act: str, left: int) -> None:
    first, second = phone.write(), phone.write()
    phone.push(first, second)
    with home.database.writing() as session:
        orders.order(session, first.record, act, "Order 12-345")
    assert told(phone) == tally([second.hash])
    assert told(phone).count == left


@pytest.mark.parametrize("until", ["-1", "x", f"{10**30}"])
def test_a_number_that_is_none_is_refused_in_words(phone: Phone, until: str) -> None:
    answer = phone.get(f"/tally?since=2026-10-26T09:15:02Z&until={until}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_at_the_end_of_all_times_is_one(phone: Phone, since: str) -> None:
    phone.push(phone.write())
    assert phone.get(f"/tally?since={since}&until=9").status_code == 200


def test_a_time_without_its_offset_is_refused_in_words(phone: Phone) -> None:
    answer = phone.get("/tally?since=2026-10-26T09:15:02&until=1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert "since" in answer.json()["error"]["message"]
