"""Records that are taken away: deleted and brought back by officers, sealed and expunged by the district."""

from collections.abc import Iterator

import pytest

from app.ids import uuid7
from app.notebook import NoSuchRecord, Notebook
from app.revisions import Revision
from app.rows import Counts
from app.search import Wanted
from tests.app.journals import flipped
from tests.app.notebooks import enrolled, open_notebook, picture, reopened, revision, saved
from tests.app.simulated_disk import SimulatedDisk, run

THERE = "2026-11-24T15:00:00.000Z"
FIRST_AT = "2026-11-24T08:00:00.000-06:00"


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def notebook(disk: SimulatedDisk) -> Iterator[Notebook]:
    notebook = enrolled(disk)
    yield notebook
    notebook.close()


def order(record: str, act: str, *parents: Revision) -> Revision:
    return revision(
        record, act=act, set={}, reason="Order 12-345", parents=tuple(one.hash for one in parents), seq=90, at=FIRST_AT
    )


def received(notebook: Notebook) -> list[Revision]:
    """The district takes everything that waits."""
    sent = notebook.outbox()
    for number, one in enumerate(sent, 1):
        notebook.receipt(one.hash, number, THERE)
    return sent


def row_state(notebook: Notebook, record: str) -> str:
    detail = notebook.record(record)
    assert detail is not None
    return detail.row.state


def found(notebook: Notebook, words: str) -> list[str]:
    return [row.id for part in notebook.search(Wanted(words=words)) for row in part.rows]


def test_a_deleted_record_leaves_every_list_and_its_deletion_waits(notebook: Notebook) -> None:
    record = saved(notebook, topic="zebra").id
    received(notebook)
    row = notebook.delete(record, "Written twice")
    assert (row.gone, row.state) == ("deleted", "waiting")
    (deletion,) = notebook.outbox()
    assert (deletion.act, deletion.reason, deletion.set, deletion.seq) == ("delete", "Written twice", {}, 2)
    assert (notebook.records(), notebook.today(), found(notebook, "zebra")) == ([], [], [])
    received(notebook)
    assert row_state(notebook, record) == "deleted"
    assert [one.id for one in notebook.records(state="deleted")] == [record]
    assert notebook.counts() == Counts()


def test_a_deleted_record_comes_back_with_all_its_answers(notebook: Notebook) -> None:
    record = saved(notebook, topic="zebra").id
    notebook.delete(record, "Written by mistake")
    row = notebook.restore(record, "Brought back")
    assert row.gone is None
    assert found(notebook, "zebra") == [record]
    assert [one.act for one in notebook.outbox()] == [None, "delete", "restore"]


def test_what_is_not_here_cannot_be_deleted(notebook: Notebook) -> None:
    with pytest.raises(NoSuchRecord):
        notebook.delete(uuid7(), "why not")


def test_a_deletion_by_somebody_who_had_not_seen_my_change_asks_me(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    notebook.take([(1, THERE, first)], 1)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "mine")
    notebook.save(draft.id)
    received(notebook)
    notebook.take([(9, THERE, order(record, "delete", first))], 9)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.row.state, detail.contested, detail.answers["topic"]) == ("conflict", True, "mine")
    notebook.delete(record, "Deleted after all")
    assert notebook.records() == []


@pytest.mark.parametrize("act", ["seal", "expunge"])
def test_what_the_district_takes_away_is_erased_with_its_draft_and_photo(
    notebook: Notebook, disk: SimulatedDisk, act: str
) -> None:
    photo = run(notebook.add_photo(picture()))
    record = saved(notebook, topic="zebra", photo=photo).id
    (first,) = received(notebook)
    notebook.photo_sent(photo["sha256"])
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "zebra crossing")
    notebook.take([(9, THERE, order(record, act, first))], 9)

    detail = notebook.record(record)
    assert detail is not None
    assert (detail.answers, detail.draft, detail.photos) == ({}, None, ())
    assert detail.row.gone == {"seal": "sealed", "expunge": "expunged"}[act]
    assert detail.order is not None
    assert detail.order.reason == "Order 12-345"
    assert (notebook.records(), found(notebook, "zebra"), notebook.drafts()) == ([], [], [])

    before = journals(disk)
    run(notebook.tidy())
    assert journals(disk).isdisjoint(before), "the journal was written anew, without it"
    again = reopened(notebook, disk)
    assert run(again.photo(photo["sha256"])) is None
    assert not holds(again, first.hash)
    assert again.record(record) is not None


def test_what_is_expunged_is_in_no_copy_of_a_damaged_journal_either(notebook: Notebook, disk: SimulatedDisk) -> None:
    record = saved(notebook, topic="zebra").id
    (first,) = received(notebook)
    end = len(disk.stable["journal-000001"].rstrip(b"\0"))
    notebook.prefer("nothing", "of importance")
    notebook.close()
    disk.stable["journal-000001"] = flipped(disk.stable["journal-000001"], end + 60, 2)
    notebook = open_notebook(disk)
    assert copies(disk)
    run(notebook.tidy())
    assert copies(disk), "it stays for whoever can still read something in it"
    notebook.take([(9, THERE, order(record, "expunge", first))], 9)
    run(notebook.tidy())
    assert copies(disk) == []
    notebook.close()


def copies(disk: SimulatedDisk) -> list[str]:
    return [name for name in run(disk.names()) if name.startswith("damaged-")]


def journals(disk: SimulatedDisk) -> set[str]:
    return {name for name in run(disk.names()) if name.startswith("journal-")}


def holds(notebook: Notebook, name: str) -> bool:
    """Whether any row of the store still says this."""
    store = notebook._store
    return any(row.get("hash") == name for table in store.tables() for row in store.table(table).all())


def test_a_correction_that_waits_is_sent_before_the_sealed_record_is_erased(notebook: Notebook) -> None:
    record = saved(notebook, topic="first").id
    (first,) = received(notebook)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "late")
    notebook.save(draft.id)
    notebook.take([(9, THERE, order(record, "seal", first))], 9)
    (waits,) = notebook.outbox()
    assert waits.set == {"topic": "late"}
    assert row_state(notebook, record) == "waiting"
    received(notebook)
    assert row_state(notebook, record) == "sealed"
    detail = notebook.record(record)
    assert detail is not None
    assert detail.answers == {}


def test_a_refused_correction_outlives_the_seal_with_its_photo_but_not_an_order_to_expunge(notebook: Notebook) -> None:
    record = saved(notebook, topic="first").id
    (first,) = received(notebook)
    photo = run(notebook.add_photo(picture()))
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "late")
    notebook.answer(draft.id, "photo", photo)
    notebook.save(draft.id)
    (late,) = notebook.outbox()
    notebook.refuse(late.hash, "answers_refused", "No.", "topic")
    notebook.take([(9, THERE, order(record, "seal", first))], 9)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.row.gone, detail.row.state, holds(notebook, first.hash)) == ("sealed", "attention", False)
    assert b"late" in notebook.written(record)
    run(notebook.tidy())
    assert run(notebook.photo(photo["sha256"]))
    assert run(notebook.tally("2026-01-01", 99)).count == 0, "the district leaves out what it sealed, too"
    notebook.send_again(record)
    assert notebook.outbox() == [late]

    notebook.refuse(late.hash, "answers_refused", "No.", "topic")
    notebook.take([(10, THERE, order(record, "expunge", first))], 10)
    assert not holds(notebook, late.hash)
    run(notebook.tidy())
    assert run(notebook.photo(photo["sha256"])) is None


def test_a_photo_that_waits_is_sent_before_the_sealed_record_is_erased(notebook: Notebook) -> None:
    photo = run(notebook.add_photo(picture()))
    record = saved(notebook, topic="first", photo=photo).id
    (first,) = notebook.outbox()
    notebook.receipt(first.hash, 1, THERE, [photo["sha256"]])
    notebook.take([(9, THERE, order(record, "seal", first))], 9)
    assert [one.sha256 for one in notebook.photos_to_send()] == [photo["sha256"]]
    notebook.photo_sent(photo["sha256"])
    assert (row_state(notebook, record), notebook.photos_to_send()) == ("sealed", [])


def test_a_photo_of_an_expunged_record_is_not_sent_any_more(notebook: Notebook) -> None:
    photo = run(notebook.add_photo(picture()))
    record = saved(notebook, topic="first", photo=photo).id
    (first,) = notebook.outbox()
    notebook.receipt(first.hash, 1, THERE, [photo["sha256"]])
    notebook.take([(9, THERE, order(record, "expunge", first))], 9)
    assert (row_state(notebook, record), notebook.photos_to_send()) == ("expunged", [])


def test_an_unsealed_record_is_asked_for_again(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    seal = order(record, "seal", first)
    notebook.take([(1, THERE, first), (2, THERE, seal)], 2)
    notebook.take([(3, THERE, order(record, "unseal", seal))], 3)
    assert notebook.cursor == 0
    notebook.take([(1, THERE, first)], 3)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.row.gone, detail.answers) == (None, first.set)


def test_what_was_asked_for_again_is_not_asked_for_without_end(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    seal = order(record, "seal", first)
    unseal = order(record, "unseal", seal)
    everything = [(1, THERE, first), (2, THERE, seal), (3, THERE, unseal)]
    notebook.take(everything[2:], 3)
    assert notebook.cursor == 0, "it never had the record, and its beginning lies behind"
    for _ in range(2):
        notebook.take(everything, 3)
    assert notebook.cursor == 3


def test_an_order_about_a_record_that_was_never_here_leaves_no_trace(notebook: Notebook) -> None:
    record = uuid7()
    notebook.take([(4, THERE, order(record, "expunge"))], 4)
    assert (notebook.record(record), notebook.cursor) == (None, 4)


Sent = list[tuple[int, str, Revision]]


def all_comes(notebook: Notebook, everything: Sent, size: int = 1) -> None:
    """The district, restored from a backup, sends everything anew, in pages, as often as it is asked."""
    for _ in range(3):
        if not notebook.begins_anew:
            return
        for at in range(0, len(everything), size):
            notebook.take(everything[at : at + size], everything[min(at + size, len(everything)) - 1][0])
        notebook.caught_up()
    raise AssertionError("the phone asks without end")


@pytest.mark.parametrize("size", [1, 9])
def test_an_order_that_a_restored_district_has_no_more_goes_and_what_it_kept_away_comes_back(
    notebook: Notebook, size: int
) -> None:
    record, other = uuid7(), uuid7()
    first, elsewhere = revision(record), revision(other, seq=2)
    seal = order(record, "seal", first)
    notebook.take([(1, THERE, first), (2, THERE, elsewhere), (3, THERE, seal)], 3)
    assert row_state(notebook, record) == "sealed"
    run(notebook.offer_again("1-1"))
    all_comes(notebook, [(1, THERE, first), (2, THERE, elsewhere)], size)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.row.gone, detail.answers) == (None, first.set)

    again = order(record, "seal", first)
    unseal = order(record, "unseal", again)
    notebook.take([(3, THERE, again), (4, THERE, unseal)], 4)
    all_comes(notebook, [(1, THERE, first), (2, THERE, elsewhere), (3, THERE, again), (4, THERE, unseal)], size)
    assert row_state(notebook, record) == "district"


def test_where_the_unsealing_was_lost_the_record_is_sealed_again(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    seal = order(record, "seal", first)
    unseal = order(record, "unseal", seal)
    notebook.take([(1, THERE, first), (2, THERE, seal)], 2)
    notebook.take([(3, THERE, unseal)], 3)
    all_comes(notebook, [(1, THERE, first), (2, THERE, seal), (3, THERE, unseal)])
    assert row_state(notebook, record) == "district"
    run(notebook.offer_again("1-1"))
    all_comes(notebook, [(2, THERE, seal)])
    assert row_state(notebook, record) == "sealed"
    assert not holds(notebook, first.hash)


def test_an_order_stays_where_it_comes_again_and_where_nothing_of_its_record_does(notebook: Notebook) -> None:
    record, other = uuid7(), uuid7()
    first, elsewhere = revision(record), revision(other, seq=2)
    seal, seal_elsewhere = order(record, "seal", first), order(other, "seal", elsewhere)
    notebook.take([(1, THERE, first), (2, THERE, elsewhere), (3, THERE, seal), (4, THERE, seal_elsewhere)], 4)
    run(notebook.offer_again("1-1"))
    notebook.take([(3, THERE, seal)], 4)
    notebook.caught_up()
    assert not notebook.begins_anew
    assert [row_state(notebook, one) for one in (record, other)] == ["sealed", "sealed"]


def test_a_record_of_which_only_a_lost_order_was_left_leaves_the_lists_until_it_comes(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    seal = order(record, "seal", first)
    notebook.take([(1, THERE, first), (2, THERE, seal)], 2)
    run(notebook.offer_again("1-1"))
    notebook.take([(1, THERE, first)], 1)
    notebook.caught_up()
    assert (notebook.record(record), notebook.cursor, notebook.begins_anew) == (None, 0, True)
