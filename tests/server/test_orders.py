"""What takes a record away: officers delete and bring back; the district seals, unseals and expunges, for good."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.ids import sha256
from server import orders
from server.blobs import Blobs
from server.district import DistrictError
from server.log import BEGINNING, link
from server.records import Filter, count, find, photo_schools
from server.tables import AuditEntry, Record, StoredRevision
from server.times import iso
from sync.protocol import API, Code, read_pull
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture

pytestmark = pytest.mark.usefixtures("client")

ORDER = "Order of the court 12-345"


def carry_out(home: Home, record: str, act: str) -> None:
    with home.database.writing() as session:
        photos = orders.order(session, record, act, ORDER)
    for photo in photos:
        Blobs(home.settings.blobs_path).remove(photo)


def row(home: Home, record: str) -> Record:
    with home.database.reading() as session:
        found = session.get(Record, record)
    assert found is not None
    return found


def stored(home: Home, record: str) -> list[StoredRevision]:
    with home.database.reading() as session:
        return list(
            session.scalars(select(StoredRevision).where(StoredRevision.record == record).order_by(StoredRevision.seq))
        )


def pulled(phone: Phone, after: int = 0) -> list[Any]:
    return [sent.revision for sent in read_pull(phone.get(f"/revisions?after={after}").content)]


def listed(home: Home, **which: Any) -> int:
    with home.database.reading() as session:
        assert count(session, Filter(**which)) == len(find(session, Filter(**which)))
        return count(session, Filter(**which))


def test_a_deleted_record_leaves_the_lists_and_comes_back(home: Home, phone: Phone) -> None:
    first = phone.write()
    deletion = phone.write({}, record=first.record, parents=(first.hash,), act="delete", reason="Written twice")
    assert [v.verdict for v in phone.push(first, deletion)] == ["accepted"] * 2
    assert (row(home, first.record).standing, row(home, first.record).answers) == ("deleted", first.set)
    assert (listed(home), listed(home, state="deleted")) == (0, 1)
    phone.push(phone.write({}, record=first.record, parents=(deletion.hash,), act="restore", reason="Mine"))
    assert (listed(home), row(home, first.record).flags) == (1, [])


def test_a_deletion_that_missed_a_change_is_a_doubt_and_the_record_stays(home: Home, phone: Phone) -> None:
    first = phone.write()
    change = phone.write({"channel": "person"}, record=first.record, parents=(first.hash,))
    deletion = phone.write({}, record=first.record, parents=(first.hash,), act="delete", reason="Written twice")
    phone.push(first, change, deletion)
    kept = row(home, first.record)
    assert (kept.standing, kept.flags, kept.answers["channel"]) == ("live", ["deletion_contested"], "person")


@pytest.mark.parametrize("act", ["seal", "unseal", "expunge"])
def test_no_phone_gives_the_districts_orders(phone: Phone, act: str) -> None:
    first = phone.write()
    phone.push(first)
    [verdict] = phone.push(phone.write({}, record=first.record, parents=(first.hash,), act=act, reason="mine"))
    assert (verdict.verdict, verdict.code, verdict.field) == ("refused", Code.ACT_REFUSED, "act")


def test_a_sealed_record_is_kept_but_phones_get_the_order_only(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    other = new_phone()
    data = picture()
    first = phone.write({"channel": "phone", "photo": photo_answer(data)})
    phone.push(first)
    phone.put_photo(data)
    carry_out(home, first.record, "seal")
    [order] = pulled(other)
    assert (order.act, order.reason, order.parents) == ("seal", ORDER, (first.hash,))
    assert pulled(phone) == [order], "its own writer hears of it too"
    assert other.get(f"/blobs/{sha256(data)}").status_code == 404
    assert (listed(home), listed(home, state="sealed"), listed(home, state="sealed", hidden=True)) == (0, 0, 1)
    assert row(home, first.record).answers == first.set

    late = phone.write({"channel": "person"}, record=first.record, parents=(first.hash,))
    assert phone.push(late)[0].verdict == "accepted", "an old phone's change is kept"
    assert row(home, first.record).standing == "sealed", "and does not unseal"
    assert pulled(other) == [order]

    carry_out(home, first.record, "unseal")
    acts = [one.act for one in pulled(other)]
    assert (acts, listed(home)) == ([None, "seal", None, "unseal"], 1)
    assert other.get(f"/blobs/{sha256(data)}").status_code == 200


def test_of_an_expunged_record_only_the_proof_is_left(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    other = new_phone()
    alone, shared = picture(), picture(colour="red")
    first = phone.write({"channel": "phone", "photo": photo_answer(alone)})
    second = phone.write(
        {"channel": "phone", "photo": photo_answer(shared)}, record=first.record, parents=(first.hash,)
    )
    elsewhere = phone.write({"channel": "phone", "photo": photo_answer(shared)})
    phone.push(first, second, elsewhere)
    for data in (alone, shared):
        phone.put_photo(data)
    hashes = [kept.hash for kept in stored(home, first.record)]
    carry_out(home, first.record, "expunge")

    [one, two, order] = stored(home, first.record)
    assert ([one.hash, two.hash], one.body, two.body) == (hashes, "", "")
    assert json.loads(order.body)["reason"] == ORDER
    kept = row(home, first.record)
    assert (kept.standing, kept.title, kept.answers, kept.conflicts, kept.missing) == ("expunged", "", {}, {}, 0)
    blobs = Blobs(home.settings.blobs_path)
    assert (blobs.has(sha256(alone)), blobs.has(sha256(shared))) == (False, True)
    with home.database.reading() as session:
        assert photo_schools(session, sha256(alone), hidden=True) == set()
    assert [revision.act for revision in pulled(other)] == [None, "expunge"], "the other record, and the order"


def test_an_old_phone_cannot_bring_an_expunged_record_back(home: Home, phone: Phone) -> None:
    first = phone.write()
    phone.push(first)
    carry_out(home, first.record, "expunge")
    data = picture()
    late = phone.write({"channel": "person", "photo": photo_answer(data)}, record=first.record, parents=(first.hash,))
    back = phone.write({}, record=first.record, parents=(late.hash,), act="restore", reason="mine")
    verdicts = phone.push(first, late, back)
    assert [(v.verdict, v.code, v.missing) for v in verdicts] == [("accepted", Code.RECORD_EXPUNGED, ())] * 3
    assert verdicts[0].seq == 1, "sent again, it has the receipt that it had"
    assert phone.push(first, late, back) == verdicts
    assert [one.body for one in stored(home, first.record) if one.act != "expunge"] == ["", "", ""]
    assert (row(home, first.record).standing, row(home, first.record).answers) == ("expunged", {})


@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_photo_that_was_on_its_way_does_not_outlive_the_order(home: Home, phone: Phone, in_pieces: bool) -> None:
    data = picture(size=(400, 300))
    name, first = sha256(data), phone.name_photo(data)
    headers = {**phone.headers, "Content-Type": "image/jpeg"}

    def piece(at: int) -> httpx.Response:
        address = f"{API}/blobs/{name}?at={at}&size={len(data)}"
        return phone.client.put(address, content=data[at : at + 1000], headers=headers)

    if in_pieces:
        assert piece(0).status_code == 202
    carry_out(home, first.record, "expunge")
    assert (piece(1000) if in_pieces else phone.put_photo(data)).status_code == 404
    assert [path for path in home.settings.data.rglob("*") if path.name.endswith(name)] == []


def test_the_log_stays_chained_through_every_order(home: Home, phone: Phone) -> None:
    first = phone.write()
    phone.push(first, phone.write())
    carry_out(home, first.record, "seal")
    phone.push(phone.write())
    carry_out(home, first.record, "expunge")
    with home.database.reading() as session:
        entries = list(session.scalars(select(StoredRevision).order_by(StoredRevision.seq)))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    before = BEGINNING
    for entry in entries:
        before = link(before, entry.seq, iso(entry.received_at), entry.hash)
        assert entry.link == before
    mine = [entry for entry in entries if entry.act]
    assert [(one.device_seq, one.prev) for one in mine] == [(1, None), (2, mine[0].hash)]


@pytest.mark.parametrize(
    ("before", "act"), [((), "unseal"), (("seal",), "seal"), (("expunge",), "expunge"), (("expunge",), "unseal")]
)
def test_an_order_that_makes_no_sense_is_refused_in_words(
    home: Home, phone: Phone, before: tuple[str, ...], act: str
) -> None:
    first = phone.write()
    phone.push(first)
    for earlier in before:
        carry_out(home, first.record, earlier)
    with home.database.writing() as session, pytest.raises(DistrictError, match="cannot be taken by this order"):
        orders.order(session, first.record, act, ORDER)


def test_an_order_needs_its_reason_and_a_record_and_is_audited(home: Home, phone: Phone) -> None:
    first = phone.write()
    phone.push(first)
    with home.database.writing() as session:
        with pytest.raises(DistrictError, match="needs its reason"):
            orders.order(session, first.record, "seal", "  ")
        with pytest.raises(DistrictError, match="no record"):
            orders.order(session, home.school, "seal", ORDER)
        assert orders.find(session, first.record[:13]) == first.record
        with pytest.raises(DistrictError, match="No record has the id"):
            orders.find(session, "zz%")
    carry_out(home, first.record, "seal")
    with home.database.reading() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.what == "record-seal"))
    assert (entry.who, entry.subject) == ("cli", first.record)
