"""What the district says to revisions, and what it makes of them."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.ids import sha256, uuid7
from app.revisions import Revision
from server import district, orders, places
from server.formbook import publish, withdraw
from server.records import photos
from server.tables import Device, now
from server.times import iso
from sync.packing import deflate
from sync.protocol import LINKS_HEADER, Code, Verdict, push_lines, read_verdicts
from tests.server.conftest import Home
from tests.server.judged import record, stored
from tests.server.phones import FORM, Phone, photo_answer, picture

# -- what is taken in ------------------------------------------------------------------------------------------------


def test_a_new_revision_is_accepted_with_a_number_and_a_time(home: Home, phone: Phone) -> None:
    revision = phone.write({"channel": "phone", "summary": "Called about a bus"})
    [verdict] = phone.push(revision)
    assert (verdict.verdict, verdict.seq, verdict.code, verdict.missing) == ("accepted", 1, None, ())
    assert verdict.at
    assert [Revision.from_json(json.loads(row.body)) for row in stored(home)] == [revision]


def test_a_record_is_what_its_revisions_fold_to(home: Home, phone: Phone) -> None:
    first = phone.write({"channel": "phone", "summary": "Bus"})
    second = phone.write({"minutes": 5}, record=first.record, parents=(first.hash,), unset=("summary",))
    phone.push(first, second)
    kept = record(home, first.record)
    assert kept.answers == {"channel": "phone", "minutes": 5}
    assert (kept.revisions, kept.heads, kept.conflicts) == (2, [second.hash], {})
    assert (kept.first_seq, kept.updated_seq) == (1, 2)
    assert (kept.school, kept.author, kept.record_class) == (home.school, home.officer, "education")


def test_sending_a_batch_again_changes_nothing_and_gets_the_old_receipts(home: Home, phone: Phone) -> None:
    batch = [phone.write() for _ in range(3)]
    first, again = phone.push(*batch), phone.push(*batch)
    assert [v.verdict for v in first] == ["accepted"] * 3
    assert again == first
    assert len(stored(home)) == 3


def test_the_same_revision_twice_in_one_batch_is_kept_once(home: Home, phone: Phone) -> None:
    revision = phone.write()
    first, second = phone.push(revision, revision)
    assert first == second
    assert len(stored(home)) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_revisions_arrive_does_not_matter(home: Home, phone: Phone, order: tuple[int, ...]) -> None:
    first = phone.write({"channel": "phone", "summary": "One"})
    second = phone.write({"summary": "Two"}, record=first.record, parents=(first.hash,))
    third = phone.write({"minutes": 7}, record=first.record, parents=(second.hash,))
    revisions = (first, second, third)
    for at in order:
        assert phone.push(revisions[at])[0].verdict == "accepted"
    kept = record(home, first.record)
    assert kept.answers == {"channel": "phone", "summary": "Two", "minutes": 7}
    assert kept.heads == [third.hash]


def test_two_officers_who_did_not_see_each_other_leave_both_values(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    other = new_phone(home.both)
    first = phone.write({"channel": "phone", "summary": "Bus"})
    phone.push(first)
    mine = phone.write({"summary": "Bus 4"}, record=first.record, parents=(first.hash,))
    theirs = other.write({"summary": "Bus 7", "minutes": 9}, record=first.record, parents=(first.hash,))
    assert phone.push(mine)[0].verdict == other.push(theirs)[0].verdict == "accepted"
    kept = record(home, first.record)
    assert kept.answers["minutes"] == 9
    assert {value["value"] for value in kept.conflicts["summary"]} == {"Bus 4", "Bus 7"}
    assert kept.author == home.officer


def test_one_bad_line_holds_up_no_other(home: Home, phone: Phone) -> None:
    good, bad, other = phone.write(), phone.write({"channel": "pigeon"}), phone.write()
    body = push_lines([good]) + b"{nonsense\n" + push_lines([bad, other])
    verdicts = read_verdicts(phone.send(body).content)
    assert [v.verdict for v in verdicts] == ["accepted", "refused", "refused", "accepted"]
    assert [v.hash for v in verdicts] == [good.hash, sha256(b"{nonsense"), bad.hash, other.hash]
    assert [row.hash for row in stored(home)] == [good.hash, other.hash]


def test_a_line_may_leave_out_the_hash_of_the_line_before(home: Home, phone: Phone) -> None:
    written = [phone.write() for _ in range(3)]
    answer = phone.send(push_lines(written, linked=True))
    assert answer.headers[LINKS_HEADER] == "1"
    assert [v.verdict for v in read_verdicts(answer.content)] == ["accepted"] * 3
    assert [(row.hash, row.flags) for row in stored(home)] == [(one.hash, []) for one in written]


def test_a_line_that_follows_a_refused_one_and_does_not_say_so_is_what_its_hash_says(home: Home, phone: Phone) -> None:
    bad, good = phone.write({"channel": "pigeon"}), phone.write()
    lines = push_lines([bad, good], linked=True)
    assert [v.verdict for v in read_verdicts(phone.send(lines).content)] == ["refused", "accepted"]
    assert stored(home)[0].prev == bad.hash
    other = phone.write()
    changed = push_lines([good, other], linked=True).replace(good.hash.encode(), b"a" * 64)
    assert [v.code for v in read_verdicts(phone.send(changed).content)] == [Code.HASH_MISMATCH] * 2


def test_a_batch_may_come_packed(phone: Phone) -> None:
    answer = phone.send(deflate(push_lines([phone.write()])), **{"Content-Encoding": "gzip"})
    assert [v.verdict for v in read_verdicts(answer.content)] == ["accepted"]


def test_an_empty_batch_has_no_verdicts(phone: Phone) -> None:
    answer = phone.send(b"")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_photo_that_is_not_here_is_missing_until_it_comes(home: Home, phone: Phone) -> None:
    data = picture()
    revision = phone.write({"channel": "phone", "photo": photo_answer(data)})
    [verdict] = phone.push(revision)
    assert verdict.missing == (sha256(data),)
    assert record(home, revision.record).missing == 1
    assert phone.put_photo(data).status_code == 201
    assert record(home, revision.record).missing == 0
    [again] = phone.push(revision)
    assert (again.verdict, again.missing) == ("accepted", ())
    with home.database.reading() as session:
        assert [photo.here for photo in photos(session, [revision.record])[revision.record]] == [True]


def test_a_photo_that_came_for_another_record_is_not_missing(phone: Phone) -> None:
    data = picture()
    phone.name_photo(data)
    phone.put_photo(data)
    assert phone.push(phone.write({"channel": "phone", "photo": photo_answer(data)}))[0].missing == ()


def test_work_of_a_posting_that_ended_is_still_taken_in(home: Home, phone: Phone) -> None:
    revision = phone.write()
    with home.database.writing() as session:
        district.set_schools(session, home.officer, [home.other_school])
    assert phone.push(revision)[0].verdict == "accepted"


def test_work_of_an_officers_earlier_phone_is_taken_in_from_the_next(
    phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    old = phone.write()
    assert new_phone().push(old)[0].verdict == "accepted"


def test_a_withdrawn_form_version_is_still_taken_in(home: Home, phone: Phone) -> None:
    revision = phone.write()
    with home.database.writing() as session:
        publish(session, [{**FORM, "version": "2026112302"}])
    assert phone.push(revision)[0].verdict == "accepted"


def test_records_of_a_form_that_was_taken_out_of_use_are_still_taken_in(home: Home, phone: Phone) -> None:
    revision = phone.write()
    with home.database.writing() as session:
        withdraw(session, FORM["id"])
    assert phone.push(revision)[0].verdict == "accepted"


def test_answers_in_repetitions_are_judged_and_named_by_their_address(home: Home, phone: Phone) -> None:
    inner = {"type": "integer", "name": "age", "label": {"en": "Age", "es": "Edad"}, "constraint": [">", ["self"], 0]}
    children = {"type": "repeat", "name": "children", "fields": [inner]}
    count = {"type": "calculate", "name": "how_many", "calculation": ["count", ["all", "children"]]}
    with home.database.writing() as session:
        publish(session, [{**FORM, "version": "3", "fields": [*FORM["fields"], children, count]}])

    def told(ages: list[Any], **more: Any) -> Verdict:
        answers = {"channel": "phone", "children": [{"age": age} for age in ages], **more}
        return phone.push(phone.write(answers, form_version="3"))[0]

    assert told([4, 7], how_many="2").verdict == "accepted"
    assert told([4, "old"]).field == "children/2/age"
    assert told([0]).code == Code.ANSWERS_REFUSED


def test_many_phones_at_once_lose_nothing_and_share_no_number(home: Home, new_phone: Callable[..., Phone]) -> None:
    def work(phone: Phone) -> list[Verdict]:
        return [verdict for _ in range(6) for verdict in phone.push(phone.write(), phone.write())]

    phones = [new_phone() for _ in range(6)]
    with ThreadPoolExecutor(len(phones)) as pool:
        verdicts = [verdict for done in pool.map(work, phones) for verdict in done]
    assert {verdict.verdict for verdict in verdicts} == {"accepted"}
    assert sorted(verdict.seq or 0 for verdict in verdicts) == list(range(1, 73))
    assert {row.hash for row in stored(home)} == {verdict.hash for verdict in verdicts}


# -- what is doubted but taken in ------------------------------------------------------------------------------------


def test_a_clock_that_is_ahead_is_said_and_the_record_is_safe(home: Home, phone: Phone) -> None:
    revision = phone.write(at=iso(now() + timedelta(days=400)))
    [verdict] = phone.push(revision)
    assert (verdict.verdict, verdict.code) == ("accepted", Code.CLOCK_AHEAD)
    assert verdict.message
    assert verdict.safe
    kept = record(home, revision.record)
    assert kept.flags == ["clock_ahead"]
    assert abs(kept.occurred_at - now()) < timedelta(minutes=1)


def test_a_known_difference_between_the_clocks_is_no_doubt(home: Home, phone: Phone) -> None:
    hours = timedelta(hours=48)
    revision = phone.write(at=iso(now() + hours), offset=-int(hours.total_seconds() * 1000))
    [verdict] = phone.push(revision)
    assert (verdict.verdict, verdict.code) == ("accepted", None)
    assert abs(record(home, revision.record).occurred_at - now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "offset", "flag"),
    [
        ("1970-01-01T00:00:00+00:00", None, "clock_behind"),
        ("0001-01-01T00:00:00+14:00", None, "clock_behind"),
        ("9999-12-31T23:59:59-12:00", None, "clock_ahead"),
        ("2026-01-01T00:00:00+00:00", (1 << 53) - 1, "clock_ahead"),
    ],
)
def test_no_clock_is_too_wrong_to_be_taken_in(home: Home, phone: Phone, at: str, offset: int | None, flag: str) -> None:
    revision = phone.write(at=at, offset=offset)
    assert phone.push(revision)[0].verdict == "accepted"
    assert record(home, revision.record).flags == [flag]


@pytest.mark.parametrize("together", [True, False])
def test_what_builds_on_another_record_is_refused(home: Home, phone: Phone, together: bool) -> None:
    other = phone.write()
    change = phone.write({"minutes": 5}, parents=(other.hash,))
    if not together:
        phone.push(other)
    verdict = phone.push(*[other, change] if together else [change])[-1]
    assert (verdict.verdict, verdict.code, verdict.field) == ("refused", Code.BAD_REVISION, "parents")
    assert [row.hash for row in stored(home)] == [other.hash]


def test_a_gap_in_a_phones_chain_is_noted(home: Home, phone: Phone) -> None:
    phone.write()
    after = phone.write()
    assert phone.push(after)[0].verdict == "accepted"
    assert record(home, after.record).flags == ["chain_gap"]


@pytest.mark.parametrize("together", [True, False])
def test_a_clock_that_was_set_back_is_noted_on_what_was_written_after(home: Home, phone: Phone, together: bool) -> None:
    with home.database.writing() as session:
        session.get_one(Device, phone.device).created_at = now() - timedelta(days=2)
    first = phone.write(at=iso(now() - timedelta(hours=2)), mono=1_000)
    after = phone.write(at=iso(now() - timedelta(hours=7)), mono=60_000)
    later = phone.write(at=iso(now() - timedelta(hours=6)), mono=3_660_000)
    for batch in [(first, after, later)] if together else [(first,), (after,), (later,)]:
        assert {(v.verdict, v.code) for v in phone.push(*batch)} == {("accepted", None)}
    assert [record(home, one.record).flags for one in (first, after, later)] == [[], ["clock_jump"], []]


def test_a_gap_is_no_doubt_any_more_once_it_is_filled(home: Home, phone: Phone) -> None:
    late, after, last = phone.write(), phone.write(), phone.write()
    phone.push(after, last)
    assert [record(home, one.record).flags for one in (after, last)] == [["chain_gap"], []]
    phone.push(late)
    assert [record(home, one.record).flags for one in (late, after, last)] == [[], [], []]
    assert [row.flags for row in stored(home)] == [[], [], []]


def test_an_earlier_version_that_comes_late_is_not_missing_any_more(home: Home, phone: Phone) -> None:
    first = phone.write()
    second = phone.write({"minutes": 5}, record=first.record, parents=(first.hash,))
    third = phone.write({"minutes": 6}, record=first.record, parents=(second.hash,))
    phone.push(third)
    assert record(home, first.record).flags == ["chain_gap", "parent_missing"]
    phone.push(second)
    assert record(home, first.record).flags == ["chain_gap", "parent_missing"], "the first one is missed now"
    phone.push(first)
    assert record(home, first.record).flags == []


def test_a_batch_out_of_order_leaves_no_doubt(home: Home, phone: Phone) -> None:
    first = phone.write()
    second = phone.write({"minutes": 5}, record=first.record, parents=(first.hash,))
    phone.push(second, first)
    assert record(home, first.record).flags == []


def test_a_clock_that_was_set_back_is_noted_in_any_order(home: Home, phone: Phone) -> None:
    first, after = phone.write(mono=1_000), phone.write(mono=10_000_000)
    phone.push(after)
    phone.push(first)
    assert record(home, after.record).flags == ["clock_jump"]


def test_filling_a_gap_gives_an_expunged_record_no_doubt(home: Home, phone: Phone) -> None:
    first = phone.write()
    phone.push(first)
    late = phone.write()
    deletion = phone.write({}, record=first.record, parents=(first.hash,), act="delete", reason="Written twice")
    phone.push(deletion)
    with home.database.writing() as session:
        orders.order(session, first.record, "expunge", "Order 12-345")
    phone.push(late)
    assert record(home, first.record).flags == []


def test_two_revisions_with_one_number_are_noted(home: Home, phone: Phone) -> None:
    first = phone.write()
    phone.push(first)
    fork = phone.write(seq=first.seq, prev=None)
    assert phone.push(fork)[0].verdict == "accepted"
    assert record(home, fork.record).flags == ["chain_fork"]


def test_a_good_tag_leaves_no_doubt_and_others_do(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        elsewhere = places.add_place(session, home.school, "Door 8").id
    cases = [
        (home.place, home.tag, []),
        (home.place, home.short, []),
        (elsewhere, home.tag, ["tag_elsewhere"]),
        (home.place, "23456789ABCDEFGH", ["tag_unknown"]),
        (uuid7(), None, ["place_unknown"]),
    ]
    for place, tag, flags in cases:
        revision = phone.write(place=place, tag=tag)
        assert phone.push(revision)[0].verdict == "accepted"
        assert record(home, revision.record).flags == flags
    with home.database.writing() as session:
        places.new_tag(session, home.place)
    late = phone.write(place=home.place, tag=home.tag)
    phone.push(late)
    assert record(home, late.record).flags == ["tag_retired"]


def test_the_tag_of_a_retired_place_is_doubted_as_an_old_one(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        hut = places.add_place(session, home.school, "Hut")
        tag = places.active_tag(session, hut.id)
        assert tag
        hut.active = False
    for place in (None, home.place):  # no place as a phone that knows it has it, and one that was chosen by hand
        revision = phone.write(place=place, tag=tag.code)
        phone.push(revision)
        assert record(home, revision.record).flags == ["tag_retired"]


@pytest.mark.parametrize("unknown", [{"form": "tea_party"}, {"form_version": "1"}])
def test_a_form_that_the_district_does_not_know_is_kept_and_set_aside(
    home: Home, phone: Phone, unknown: dict[str, Any]
) -> None:
    revision = phone.write(**unknown)
    [first], [again] = phone.push(revision), phone.push(revision)
    assert (first.verdict, first.seq, first.code) == ("accepted", 1, Code.FORM_VERSION_UNKNOWN)
    assert again == first
    kept = record(home, revision.record)
    assert (kept.flags, kept.answers, kept.title) == (["form_unknown"], revision.set, revision.form)
