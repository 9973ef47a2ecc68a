"""What the notebook does beside the officer's work: carrying over, forgetting, mending."""

import random
from datetime import timedelta

import pytest

from app.files import NoRoom
from app.frames import HEADER_SIZE
from app.ids import sha256, uuid7
from app.notebook import Notebook
from app.scan import scan
from app.sealed_files import PIECE, Remains
from app.setup import SetupError
from tests.app.formkit import published
from tests.app.journals import flipped
from tests.app.notebooks import (
    CIPHER,
    DOOR,
    SETUP,
    THERE,
    StandingClock,
    begun,
    enrolled,
    open_notebook,
    picture,
    reopened,
    revision,
    saved,
    state,
)
from tests.app.simulated_disk import SimulatedDisk, run


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def notebook(disk: SimulatedDisk, clock: StandingClock) -> Notebook:
    return enrolled(disk, clock, {**SETUP, "policy": {"keep_days": 30}})


def received(notebook: Notebook, record: str) -> None:
    """The district has everything that waits."""
    for sent in notebook.outbox():
        notebook.receipt(sent.hash, sent.seq, THERE)
    assert state(notebook, record) == "district"


def test_what_the_district_has_is_forgotten_after_the_days_of_the_policy(
    notebook: Notebook, clock: StandingClock
) -> None:
    old = saved(notebook, topic="praise")
    received(notebook, old.id)
    clock.forward(days=29)
    run(notebook.tidy())
    assert notebook.record(old.id) is not None
    fresh = saved(notebook, topic="praise")
    received(notebook, fresh.id)
    clock.forward(days=2)
    run(notebook.tidy())
    assert notebook.record(old.id) is None
    assert [row.id for row in notebook.records()] == [fresh.id]


def test_what_has_no_receipt_is_never_forgotten(notebook: Notebook, clock: StandingClock) -> None:
    waiting = saved(notebook, topic="praise")
    refused = saved(notebook, topic="praise")
    notebook.refuse(notebook.outbox()[-1].hash, "unknown_form", "no such form")
    photo = run(notebook.add_photo(picture()))
    with_photo = saved(notebook, topic="praise", photo=photo)
    notebook.receipt(notebook.outbox()[-1].hash, 3, THERE, [photo["sha256"]])
    corrected = saved(notebook, topic="praise")
    notebook.receipt(notebook.outbox()[-1].hash, 4, THERE)
    draft = notebook.correct(corrected.id)
    notebook.answer(draft.id, "summary", "still writing")
    clock.forward(days=400)
    run(notebook.tidy())
    assert {row.id for row in notebook.records()} == {waiting.id, refused.id, corrected.id, with_photo.id}
    assert notebook.draft(draft.id) is not None
    assert run(notebook.photo(photo["sha256"])) is not None


@pytest.mark.parametrize("days", [-366, 366])
def test_a_clock_that_is_a_year_off_loses_nothing_that_the_district_does_not_have(
    notebook: Notebook, clock: StandingClock, days: int
) -> None:
    there, waiting = saved(notebook, topic="praise"), saved(notebook, topic="praise")
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE)
    clock.time += timedelta(days=days)
    later = saved(notebook, topic="praise")
    run(notebook.tidy())
    kept = {waiting.id, later.id} | ({there.id} if days < 0 else set())
    assert {row.id for row in notebook.records()} == kept
    clock.time -= timedelta(days=days)
    run(notebook.tidy())
    assert {row.id for row in notebook.records()} == kept
    assert {sent.record for sent in notebook.outbox()} == {waiting.id, later.id}


def test_records_that_have_to_stay_keep_no_other_from_being_forgotten(notebook: Notebook, clock: StandingClock) -> None:
    rows = [saved(notebook, topic="praise") for _ in range(25)]
    for row in rows:
        received(notebook, row.id)
    for row in rows[:22]:
        notebook.answer(notebook.correct(row.id).id, "summary", "still writing")
    clock.forward(days=31)
    run(notebook.tidy())
    assert {row.id for row in notebook.records()} == {row.id for row in rows[:22]}


def test_a_photo_goes_with_its_record_and_not_before(
    notebook: Notebook, clock: StandingClock, disk: SimulatedDisk
) -> None:
    answer = run(notebook.add_photo(picture()))
    row = saved(notebook, topic="praise", photo=answer)
    received(notebook, row.id)
    notebook = reopened(notebook, disk)
    run(notebook.tidy())
    assert f"photo-{answer['sha256']}" in disk.stable
    notebook.close()
    clock.forward(days=31)
    notebook = open_notebook(disk, clock)
    run(notebook.tidy())
    assert f"photo-{answer['sha256']}" not in disk.stable


def test_a_places_photo_stays_sealed_while_the_place_shows_it(notebook: Notebook, clock: StandingClock) -> None:
    data = picture()
    photo = sha256(data)
    shows = {**SETUP, "places": [{**SETUP["places"][0], "photo": photo}, *SETUP["places"][1:]]}
    notebook.keep_setup(shows, "e2")
    assert notebook.photos_to_fetch() == [photo]
    run(notebook.keep_photo(photo, data))
    assert notebook.photos_to_fetch() == []
    clock.forward(days=400)
    notebook._album._new.clear()  # as if the app was started anew
    run(notebook.tidy())
    assert run(notebook.photo(photo)) == data
    notebook.keep_setup(SETUP, "e3")
    run(notebook.tidy())
    assert run(notebook.photo(photo)) is None


def test_a_places_photo_that_is_no_hash_is_refused(notebook: Notebook) -> None:
    with pytest.raises(SetupError, match="photo"):
        notebook.keep_setup({**SETUP, "places": [{**SETUP["places"][0], "photo": "../journal"}]}, "e2")


def test_a_forgotten_record_comes_back_when_somebody_writes_in_it(notebook: Notebook, clock: StandingClock) -> None:
    old = saved(notebook, topic="praise")
    (first,) = notebook.outbox()
    received(notebook, old.id)
    clock.forward(days=31)
    run(notebook.tidy())
    assert notebook.record(old.id) is None
    late = revision(old.id, set={"summary": "a late word"}, parents=(first.hash,))
    notebook.take([(1, THERE, first), (7, THERE, late)], 7)
    detail = notebook.record(old.id)
    assert detail is not None
    assert detail.answers == {**first.set, "summary": "a late word"}
    assert detail.history[0].own


def test_what_is_still_owed_stays_with_what_was_done_about_it_until_it_is_settled(
    disk: SimulatedDisk, clock: StandingClock
) -> None:
    notebook = enrolled(disk, clock, {**SETUP, "forms": list(published().values()), "policy": {"keep_days": 30}})
    wrong = {"tag_code": "K7QM", "result": "issue", "issue_kind": "light", "severity": "3"}
    check = notebook.save(notebook.start("location_check", wrong, DOOR).id)
    tried = {"follows": check.id, "item": "-", "result": "begun"}
    first = notebook.save(notebook.start("finding_update", tried).id)
    received(notebook, check.id)
    clock.forward(days=31)
    run(notebook.tidy())
    assert {row.id for row in notebook.records()} == {check.id, first.id}
    done = notebook.save(notebook.start("finding_update", tried | {"result": "fixed"}).id)
    received(notebook, done.id)
    run(notebook.tidy())
    assert {row.id for row in notebook.records()} == {done.id}


@pytest.mark.parametrize("days", [-1, 0, 36_501, 10**12])
def test_a_policy_that_makes_no_sense_is_refused_as_a_whole(notebook: Notebook, days: int) -> None:
    with pytest.raises(SetupError, match="keep_days"):
        notebook.keep_setup({**SETUP, "policy": {"keep_days": days}}, "e2")


def test_the_longest_policy_forgets_nothing(notebook: Notebook, clock: StandingClock) -> None:
    notebook.keep_setup({**SETUP, "policy": {"keep_days": 36_500}}, "e2")
    row = saved(notebook, topic="praise")
    received(notebook, row.id)
    clock.forward(days=4000)
    run(notebook.tidy())
    assert notebook.record(row.id) is not None


@pytest.mark.parametrize("days", [-366, -40])
def test_the_days_of_the_policy_count_from_the_receipt_however_old_a_record_says_it_is(
    notebook: Notebook, clock: StandingClock, days: int
) -> None:
    clock.time += timedelta(days=days)  # a phone whose clock is wrong, or that had no signal for so long
    row = saved(notebook, topic="praise")
    clock.time -= timedelta(days=days)
    received(notebook, row.id)
    run(notebook.tidy())
    assert notebook.record(row.id) is not None
    clock.forward(days=31)
    run(notebook.tidy())
    assert notebook.record(row.id) is None


def test_photos_of_an_earlier_version_are_seen_at_once_and_sealed_in_time(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    answer = run(notebook.add_photo(picture()))
    begun(notebook, topic="praise", photo=answer)
    name = f"photo-{answer['sha256']}"
    plain = run(notebook.photo(answer["sha256"]))
    assert plain is not None
    assert sha256(plain) == answer["sha256"]
    disk.stable[name] = plain
    notebook = reopened(notebook, disk)
    assert run(notebook.photo(answer["sha256"])) == plain
    run(notebook.tidy())
    assert plain[:200] not in disk.stable[name]
    assert run(notebook.photo(answer["sha256"])) == plain


def test_one_flipped_bit_costs_a_piece_of_a_photo_and_the_rest_is_still_shown(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    data = random.Random(1).randbytes(3 * PIECE)  # noqa: S311  # a picture without a pattern
    sha = sha256(data)
    run(notebook.keep_photo(sha, data))
    disk.stable[f"photo-{sha}"] = flipped(disk.stable[f"photo-{sha}"], 2 * PIECE, 0)
    assert run(notebook.photo(sha)) is None
    left = run(notebook.damaged_photo(sha))
    assert left is not None
    assert (left.lost, left.pieces) == ((1,), 3)
    assert left.data == data[:PIECE] + bytes(PIECE) + data[2 * PIECE :]
    run(notebook.keep_photo(sha, data))  # the district still had it
    assert run(notebook.photo(sha)) == data


def test_a_damaged_head_costs_nothing_of_a_photo_and_it_is_not_sealed_twice(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    answer = run(notebook.add_photo(picture()))
    begun(notebook, topic="praise", photo=answer)
    name = f"photo-{answer['sha256']}"
    disk.stable[name] = damaged = flipped(disk.stable[name], 3, 5)
    notebook = reopened(notebook, disk)
    run(notebook.tidy())
    assert disk.stable[name] == damaged
    assert run(notebook.photo(answer["sha256"])) is not None


def test_a_photo_of_which_nothing_is_left_is_damaged_and_one_that_is_gone_is_not(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    answer = run(notebook.add_photo(picture()))
    name = f"photo-{answer['sha256']}"
    for data in (b"", b"BEATPHOT", bytes(200)):
        disk.stable[name] = data
        assert run(notebook.photo(answer["sha256"])) is None
        assert run(notebook.damaged_photo(answer["sha256"])) == Remains(b"", (0,))
    del disk.stable[name]
    assert run(notebook.damaged_photo(answer["sha256"])) is None


def damage(disk: SimulatedDisk, at: int) -> None:
    """Flips one bit of every frame from there on."""
    name = next(name for name in disk.stable if name.startswith("journal-"))
    data = bytearray(disk.stable[name])
    data[at] ^= 4
    disk.stable[name] = bytes(data)


def test_after_damage_the_officer_is_told_and_the_district_is_asked_for_everything(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    row = saved(notebook, topic="praise", photo=run(notebook.add_photo(picture())))
    notebook.take([], 12)
    end = len(disk.stable["journal-000001"].rstrip(b"\0"))
    notebook.prefer("nothing", "of importance")
    assert notebook.losses is None
    notebook.close()
    damage(disk, end + 60)
    notebook = open_notebook(disk)
    assert not notebook.report.whole
    run(notebook.tidy())
    assert notebook.losses is not None
    assert notebook.losses["count"] == 1
    assert notebook.cursor == 0
    assert state(notebook, row.id) == "waiting"
    notebook = reopened(notebook, disk)
    assert notebook.report.whole
    run(notebook.tidy())
    assert notebook.losses is not None, "it is told until the officer has seen it"
    notebook.losses_seen()
    assert notebook.losses is None


def test_what_was_lost_comes_back_from_the_district_with_the_next_round(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    own = saved(notebook, topic="praise")
    sent = [(1, THERE, notebook.outbox()[0]), *((n, THERE, revision(uuid7(), seq=n)) for n in (2, 3, 4))]
    for one in sent:
        notebook.take([one], one[0])
    before = {row.id: row for row in notebook.records()}
    revisions = notebook._store._journal_storage.rows("revisions")
    offsets = [revisions.offsets[place] for row in (1, 3) if (place := revisions.place(row)) is not None]
    notebook.close()
    for offset in offsets:
        damage(disk, offset + 60)
    notebook = open_notebook(disk)
    assert notebook.record(sent[2][2].record) is None, "it is on the lists yet, and cannot be shown"
    run(notebook.tidy())
    assert sent[2][2].record not in {row.id for row in notebook.records()}
    assert notebook.losses is not None
    assert notebook.losses["count"] == 2
    assert state(notebook, own.id) == "waiting", "what was damaged is that the district has it"
    assert notebook.record(sent[2][2].record) is None
    assert notebook.cursor == 0, "the next round asks for everything"
    notebook.take(sent, 4)
    assert {row.id: row for row in notebook.records()} == before
    assert notebook.outbox() == []


def look_at_everything(notebook: Notebook) -> None:
    """What the screens ask for."""
    for row in (*notebook.records(), *notebook.today()):
        notebook.record(row.id)
    for draft in notebook.drafts():
        notebook.draft(draft.id)
    notebook.counts(), notebook.forms(), notebook.schools(), notebook.outbox(), notebook.photos_to_send()


@pytest.mark.parametrize("first", range(8))
def test_whatever_part_is_damaged_every_screen_can_be_drawn_and_the_officer_is_told(
    notebook: Notebook, disk: SimulatedDisk, first: int
) -> None:
    rows = [saved(notebook, topic=f"number {n}", photo=run(notebook.add_photo(picture()))) for n in range(2)]
    received(notebook, rows[0].id)
    notebook.answer(notebook.correct(rows[1].id).id, "topic", "corrected")
    begun(notebook, topic="never saved")
    notebook.take([(7, THERE, revision(uuid7()))], 7)
    generation = notebook._store._journal_storage.journal.now
    ends: list[int] = []
    scan(generation.file, CIPHER, 1, HEADER_SIZE, 0, lambda _, at, length: ends.append(at + length))
    notebook.close()
    for end in ends[first::8]:
        twin = disk.fork()
        damage(twin, end - 20)
        damaged = open_notebook(twin)
        look_at_everything(damaged)
        run(damaged.tidy())
        assert damaged.losses is not None
        look_at_everything(damaged)
        damaged = reopened(damaged, twin)
        assert damaged.report.whole
        look_at_everything(damaged)
        damaged.close()


def test_damage_that_a_full_phone_could_not_note_is_told_once_there_is_room(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    saved(notebook, topic="praise")
    run(notebook.tidy())
    end = len(disk.stable["journal-000001"].rstrip(b"\0"))
    notebook.prefer("nothing", "of importance")
    notebook.close()
    damage(disk, end + 60)
    notebook = open_notebook(disk)
    disk.hollow, disk.room = True, 0
    with pytest.raises(NoRoom):
        run(notebook.tidy())
    assert notebook.losses is not None, "the officer is told at once"
    disk.room = None
    run(notebook.tidy())
    losses = reopened(notebook, disk).losses
    assert losses is not None, "it is noted now, and known after the next start"
    assert losses["count"] == 1


@pytest.mark.parametrize("table", ["records", "photos"])
def test_what_can_be_made_again_is(notebook: Notebook, disk: SimulatedDisk, table: str) -> None:
    answer = run(notebook.add_photo(picture()))
    row = saved(notebook, topic="praise", photo=answer)
    rows = notebook._store.table(table)
    place = notebook._store._journal_storage.rows(table).place(1)
    assert len(rows) == 1
    assert place is not None
    offset = notebook._store._journal_storage.rows(table).offsets[place]
    assert offset > HEADER_SIZE
    notebook.close()
    damage(disk, offset + 60)
    notebook = open_notebook(disk)
    run(notebook.tidy())
    assert state(notebook, row.id) == "waiting"
    received_text = notebook.outbox()
    assert len(received_text) == 1
    notebook.receipt(received_text[0].hash, 1, THERE, [answer["sha256"]])
    assert [photo.sha256 for photo in notebook.photos_to_send()] == [answer["sha256"]]
    assert run(notebook.photo(answer["sha256"])) is not None
