"""What the engine takes from the notebook and brings to it: verdicts, photos, and what other officers wrote."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ids import sha256, uuid7
from app.ledger import Refusal
from app.notebook import Notebook
from app.photos import NotAPhoto
from app.rows import Counts, PhotoState
from tests.app.notebooks import (
    SETUP,
    SOUTH,
    THERE,
    begun,
    enrolled,
    open_notebook,
    picture,
    reopened,
    revision,
    saved,
    state,
)
from tests.app.simulated_disk import PowerCut, SimulatedDisk, run


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def notebook(disk: SimulatedDisk) -> Notebook:
    return enrolled(disk)


def photographed(notebook: Notebook, color: str = "red", **answers: str) -> tuple[str, str]:
    """A saved record with a photo: the record's id and the photo's hash."""
    photo = run(notebook.add_photo(picture(color)))
    return saved(notebook, photo=photo, **{"topic": "the bus", **answers}).id, photo["sha256"]


# Sending


def test_what_is_under_way_is_sending_and_falls_back_to_waiting(notebook: Notebook, disk: SimulatedDisk) -> None:
    row, other = saved(notebook, topic="one"), saved(notebook, topic="two")
    notebook.sending([notebook.outbox()[0].hash])
    assert [state(notebook, row.id), state(notebook, other.id)] == ["sending", "waiting"]
    assert [found.id for found in notebook.records(state="sending")] == [row.id]
    assert [found.id for found in notebook.records(state="waiting")] == [other.id]
    assert notebook.counts().waiting == 2
    notebook.sending([])
    assert state(notebook, row.id) == "waiting"
    notebook.sending([notebook.outbox()[0].hash])
    assert state(reopened(notebook, disk), row.id) == "waiting"


def test_a_receipt_brings_a_record_to_the_district(notebook: Notebook, disk: SimulatedDisk) -> None:
    row = saved(notebook, topic="the bus")
    (sent,) = notebook.outbox()
    for _ in range(2):  # an answer may come twice
        notebook.receipt(sent.hash, 17, THERE)
        assert (state(notebook, row.id), notebook.outbox()) == ("district", [])
        assert notebook.counts() == Counts(district=1)
    detail = reopened(notebook, disk).record(row.id)
    assert detail is not None
    (entry,) = detail.history
    assert (entry.state, entry.number, entry.received_at) == ("district", 17, THERE)


def test_a_record_with_a_revision_still_waiting_is_not_at_the_district(notebook: Notebook) -> None:
    row = saved(notebook, topic="the bus")
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE)
    draft = notebook.correct(row.id)
    notebook.answer(draft.id, "topic", "the tram")
    notebook.save(draft.id)
    assert state(notebook, row.id) == "waiting"
    notebook.receipt(notebook.outbox()[0].hash, 2, THERE)
    assert state(notebook, row.id) == "district"


def test_a_verdict_on_something_unknown_changes_nothing(notebook: Notebook) -> None:
    row = saved(notebook, topic="the bus")
    notebook.receipt("0" * 64, 1, THERE)
    notebook.refuse("0" * 64, "bad_revision", "No.")
    notebook.photo_sent("0" * 64)
    notebook.photo_refused("0" * 64, "not_an_image", "No.")
    assert state(notebook, row.id) == "waiting"


def test_a_batch_of_verdicts_is_one_frame(notebook: Notebook, disk: SimulatedDisk) -> None:
    for number in range(5):
        saved(notebook, topic=str(number))
    before = disk.operations
    with notebook.batch():
        for number, sent in enumerate(notebook.outbox()):
            notebook.receipt(sent.hash, number, THERE)
    assert disk.operations - before == 2
    assert notebook.counts() == Counts(district=5)


# Refused


def test_a_refused_record_stays_on_the_phone_with_its_reason_and_holds_up_no_other(
    notebook: Notebook, disk: SimulatedDisk
) -> None:
    bad, good = saved(notebook, topic="bad"), saved(notebook, topic="good")
    notebook.refuse(notebook.outbox()[0].hash, "answers_refused", "Say more.", "topic")
    assert [sent.record for sent in notebook.outbox()] == [good.id]
    notebook = reopened(notebook, disk)
    assert notebook.counts() == Counts(waiting=1, attention=1)
    detail = notebook.record(bad.id)
    assert detail is not None
    assert detail.row.state == "attention"
    assert detail.row.problem == Refusal("answers_refused", "Say more.", "topic")
    assert detail.answers == {"topic": "bad"}


def test_a_corrected_record_is_sent_as_a_whole_because_the_district_has_nothing_of_it(notebook: Notebook) -> None:
    row = saved(notebook, topic="bad", how="phone")
    (refused,) = notebook.outbox()
    notebook.refuse(refused.hash, "answers_refused", "Say more.", "topic")
    draft = notebook.correct(row.id)
    notebook.answer(draft.id, "topic", "better")
    notebook.save(draft.id)
    (sent,) = notebook.outbox()
    assert (sent.record, sent.parents, sent.set) == (row.id, (), {"topic": "better", "how": "phone"})
    assert (sent.seq, sent.prev) == (2, refused.hash), "the chain shows that there was one between"
    assert state(notebook, row.id) == "waiting"
    notebook.receipt(sent.hash, 1, THERE)
    assert state(notebook, row.id) == "district"


def test_a_correction_of_a_refused_change_builds_on_what_the_district_has(notebook: Notebook) -> None:
    row = saved(notebook, topic="the bus", how="phone")
    (first,) = notebook.outbox()
    notebook.receipt(first.hash, 1, THERE)
    draft = notebook.correct(row.id)
    notebook.answer(draft.id, "topic", "bad")
    notebook.save(draft.id)
    notebook.refuse(notebook.outbox()[0].hash, "answers_refused", "No.")
    draft = notebook.correct(row.id)
    assert draft.answers["topic"] == "bad"
    notebook.answer(draft.id, "topic", "better")
    notebook.save(draft.id)
    (sent,) = notebook.outbox()
    assert (sent.parents, sent.set) == ((first.hash,), {"topic": "better"})
    detail = notebook.record(row.id)
    assert detail is not None
    assert (detail.answers["topic"], detail.conflicts) == ("better", {})


def test_what_was_refused_can_be_sent_again_as_it_is(notebook: Notebook) -> None:
    row = saved(notebook, topic="the bus")
    (sent,) = notebook.outbox()
    notebook.refuse(sent.hash, "form_version_unknown", "Not published yet.")
    notebook.send_again(row.id)
    assert (state(notebook, row.id), notebook.outbox()) == ("waiting", [sent])
    notebook.receipt(sent.hash, 1, THERE)
    notebook.refuse(sent.hash, "bad_revision", "An old answer, late.")
    assert state(notebook, row.id) == "district", "what the district has it cannot refuse any more"


# Photos


def test_a_record_counts_as_at_the_district_only_with_its_photos(notebook: Notebook, disk: SimulatedDisk) -> None:
    record, sha = photographed(notebook)
    assert notebook.photos_to_send() == [], "text goes first"
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE, [sha])
    assert state(notebook, record) == "waiting"
    notebook = reopened(notebook, disk)
    (photo,) = notebook.photos_to_send()
    assert (photo.sha256, photo.field, photo.mime) == (sha, "photo", "image/jpeg")
    data = run(notebook.photo(sha))
    assert data is not None
    assert (sha256(data), len(data)) == (sha, photo.bytes)
    notebook.photo_sent(sha)
    assert (state(notebook, record), notebook.photos_to_send()) == ("district", [])


def test_a_photo_that_the_district_has_already_is_not_sent(notebook: Notebook) -> None:
    record, _ = photographed(notebook)
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE, [])
    assert (state(notebook, record), notebook.photos_to_send()) == ("district", [])


def test_a_refused_photo_needs_attention_and_a_new_one_is_the_way_out(notebook: Notebook) -> None:
    record, sha = photographed(notebook)
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE, [sha])
    notebook.photo_refused(sha, "not_an_image", "This is no picture.")
    detail = notebook.record(record)
    assert detail is not None
    assert detail.row.problem == Refusal("not_an_image", "This is no picture.")
    assert detail.photos == (PhotoState(sha, "refused", Refusal("not_an_image", "This is no picture.")),)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "photo", run(notebook.add_photo(picture("blue"))))
    notebook.save(draft.id)
    assert state(notebook, record) == "waiting"
    (sent,) = notebook.outbox()
    notebook.receipt(sent.hash, 2, THERE, [sent.set["photo"]["sha256"]])
    notebook.photo_sent(sent.set["photo"]["sha256"])
    assert state(notebook, record) == "district"


def test_a_refused_photo_can_be_sent_again(notebook: Notebook) -> None:
    record, sha = photographed(notebook)
    notebook.receipt(notebook.outbox()[0].hash, 1, THERE, [sha])
    notebook.photo_refused(sha, "too_big", "Too big today.")
    notebook.send_again(record)
    assert state(notebook, record) == "waiting"
    assert [photo.sha256 for photo in notebook.photos_to_send()] == [sha]


def test_two_records_with_the_same_photo_both_follow_it(notebook: Notebook) -> None:
    first, sha = photographed(notebook)
    second, same = photographed(notebook, topic="again")
    assert same == sha
    for sent in notebook.outbox():
        notebook.receipt(sent.hash, sent.seq, THERE, [sha])
    assert len(notebook.photos_to_send()) == 1
    notebook.photo_sent(sha)
    assert (state(notebook, first), state(notebook, second)) == ("district", "district")


def test_photos_that_nothing_refers_to_go_when_the_app_is_opened(notebook: Notebook, disk: SimulatedDisk) -> None:
    _, sent = photographed(notebook)
    kept = run(notebook.add_photo(picture("green")))
    begun(notebook, photo=kept)
    dropped = run(notebook.add_photo(picture("blue")))
    thrown = begun(notebook, photo=run(notebook.add_photo(picture("white"))))
    notebook.discard(thrown.id)
    disk.stable["photo-torn.part"] = b"half"
    notebook = reopened(notebook, disk)
    run(notebook.tidy())
    names = {name for name in disk.stable if name.startswith("photo-")}
    assert names == {f"photo-{sent}", f"photo-{kept['sha256']}"}
    assert run(notebook.photo(dropped["sha256"])) is None


def test_a_photo_replaced_before_it_was_sent_stays_until_it_is(notebook: Notebook, disk: SimulatedDisk) -> None:
    record, sha = photographed(notebook)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "photo", None)
    notebook.save(draft.id)
    notebook = reopened(notebook, disk)
    for sent in notebook.outbox():
        notebook.receipt(sent.hash, sent.seq, THERE, [sha])
    assert [photo.sha256 for photo in notebook.photos_to_send()] == [sha]
    notebook.photo_sent(sha)
    run(reopened(notebook, disk).tidy())
    assert f"photo-{sha}" not in disk.stable


def test_a_photo_whose_bytes_changed_is_not_given_out(notebook: Notebook, disk: SimulatedDisk) -> None:
    _, sha = photographed(notebook)
    disk.stable[f"photo-{sha}"] += b"?"
    assert run(notebook.photo(sha)) is None


def test_a_picture_is_made_to_fit_the_district_or_refused_in_words() -> None:
    small = {**SETUP, "policy": {"photo_max_px": 10, "photo_quality": 0.9, "photo_max_bytes": 900}}
    notebook = enrolled(setup=small)
    assert run(notebook.add_photo(picture()))["bytes"] <= 900
    notebook.keep_setup({**SETUP, "policy": {**small["policy"], "photo_max_bytes": 100}}, "e2")
    with pytest.raises(NotAPhoto, match="too large"):
        run(notebook.add_photo(picture()))
    with pytest.raises(NotAPhoto, match="not a picture"):
        run(notebook.add_photo(b"%PDF"))


def test_a_colleagues_photo_is_kept_for_looking_at(notebook: Notebook, disk: SimulatedDisk) -> None:
    data = picture("blue")
    sha, record = sha256(data), uuid7()
    answer = {"sha256": sha, "mime": "image/jpeg", "bytes": len(data)}
    notebook.take([(1, THERE, revision(record, set={"topic": "theirs", "photo": answer}))], 1)
    assert run(notebook.photo(sha)) is None
    with pytest.raises(ValueError, match="not what its hash says"):
        run(notebook.keep_photo(sha, data + b"?"))
    run(notebook.keep_photo(sha, data))
    notebook = reopened(notebook, disk)
    assert run(notebook.photo(sha)) == data
    assert notebook.photos_to_send() == []
    assert state(notebook, record) == "district"


# What comes from the district


def test_what_a_colleague_wrote_is_there_with_their_name(notebook: Notebook, disk: SimulatedDisk) -> None:
    record = uuid7()
    theirs = revision(record, school=SOUTH)
    for _ in range(2):  # taking it twice changes nothing
        notebook.take([(41, THERE, theirs)], 41)
        (row,) = notebook.records()
        assert (row.id, row.state, row.own, row.author_name) == (record, "district", False, "Lee Park")
        assert row.school_name == "South Middle"
        assert notebook.counts() == Counts(district=1)
    assert reopened(notebook, disk).cursor == 41
    assert notebook.outbox() == []


def test_a_page_and_its_cursor_are_one_frame(notebook: Notebook, disk: SimulatedDisk) -> None:
    page = [(number, THERE, revision(uuid7(), seq=number)) for number in range(1, 21)]
    before = disk.operations
    notebook.take(page, 20)
    assert disk.operations - before == 2
    disk.fail(1, PowerCut())
    with pytest.raises(PowerCut):
        notebook.take([(21, THERE, revision(uuid7(), seq=21))], 21)
    disk.power_cut(random.Random(1))  # noqa: S311  # a die, not a key
    notebook = open_notebook(disk)
    assert (notebook.cursor, notebook.counts().district) in [(20, 20), (21, 21)]


def test_the_phones_own_revision_coming_back_is_a_receipt(notebook: Notebook) -> None:
    record, sha = photographed(notebook)
    (sent,) = notebook.outbox()
    notebook.take([(9, THERE, sent)], 9)  # the district's answer to the push was lost
    assert notebook.outbox() == []
    assert state(notebook, record) == "waiting", "nobody said that the photo is there"
    assert [photo.sha256 for photo in notebook.photos_to_send()] == [sha]
    notebook.photo_sent(sha)
    assert state(notebook, record) == "district"


def test_two_answers_to_the_same_question_are_both_kept_until_somebody_chooses(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    notebook.take([(1, THERE, first)], 1)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "mine")
    mine = notebook.save(draft.id)
    theirs = revision(record, seq=2, parents=(first.hash,), set={"topic": "other"}, at="2026-11-24T07:00:00.000-06:00")
    notebook.take([(2, THERE, theirs)], 2)
    detail = notebook.record(record)
    assert detail is not None
    assert sorted(value.value for value in detail.conflicts["topic"]) == ["mine", "other"]
    assert detail.row.conflicts == 1
    assert mine.conflicts == 0

    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", detail.answers["topic"])  # choosing the value that is shown is a choice too
    notebook.save(draft.id)
    chosen = notebook.outbox()[-1]
    assert chosen.set == {"topic": detail.answers["topic"]}
    assert set(chosen.parents) == {theirs.hash, notebook.outbox()[0].hash}
    settled = notebook.record(record)
    assert settled is not None
    assert settled.conflicts == {}


def test_a_correction_does_not_override_what_came_while_it_was_written(notebook: Notebook) -> None:
    record = uuid7()
    first = revision(record)
    notebook.take([(1, THERE, first)], 1)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "mine")
    notebook.take([(2, THERE, revision(record, seq=2, parents=(first.hash,), set={"topic": "late"}))], 2)
    notebook.save(draft.id)
    assert notebook.outbox()[0].parents == (first.hash,)
    detail = notebook.record(record)
    assert detail is not None
    assert {value.value for value in detail.conflicts["topic"]} == {"mine", "late"}


def test_a_record_of_a_form_that_the_phone_does_not_have_is_kept_and_shown(notebook: Notebook) -> None:
    record = uuid7()
    notebook.take([(1, THERE, revision(record, form="lesson", set={"grade": "8"}))], 1)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.form, detail.row.title, detail.answers) == (None, "lesson", {"grade": "8"})


@given(order=st.permutations(range(4)), twice=st.lists(st.integers(0, 3), max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_order_and_repetition_of_what_comes_never_matter(order: list[int], twice: list[int]) -> None:
    record = "018f0000-0000-7000-8000-00000000beef"
    first = revision(record)
    left = revision(record, seq=2, parents=(first.hash,), set={"topic": "left"})
    right = revision(record, seq=3, parents=(first.hash,), set={"topic": "right", "how": "phone"})
    both = revision(record, seq=4, parents=(left.hash, right.hash), set={"where": "home"})
    all_of_it = [first, left, right, both]
    notebook = enrolled()
    for number, which in enumerate([*order, *twice]):
        notebook.take([(number, THERE, all_of_it[which])], number)
    detail = notebook.record(record)
    assert detail is not None
    assert (detail.row.at, detail.row.conflicts) == (first.at, 1)
    assert {value.value for value in detail.conflicts["topic"]} == {"left", "right"}
    assert (detail.answers["how"], detail.answers["where"]) == ("phone", "home")
    notebook.close()


def test_a_restored_district_is_offered_what_is_this_phones_own_with_its_photos(notebook: Notebook) -> None:
    photo = run(notebook.add_photo(picture()))
    record = saved(notebook, topic="mine", photo=photo).id
    (mine,) = notebook.outbox()
    notebook.receipt(mine.hash, 1, THERE)
    notebook.take([(2, THERE, revision(uuid7()))], 2)
    notebook.keep_stamp("2.aa.sig")
    assert (notebook.stamp, notebook.outbox(), notebook.photos_to_send()) == ("2.aa.sig", [], [])
    run(notebook.offer_again())
    assert (notebook.outbox(), notebook.cursor, notebook.stamp) == ([mine], 0, None)
    assert state(notebook, record) == "waiting"
    notebook.receipt(mine.hash, 1, THERE, [photo["sha256"]])
    assert [one.sha256 for one in notebook.photos_to_send()] == [photo["sha256"]]


def test_what_only_a_newer_version_can_read_waits_for_it(notebook: Notebook, disk: SimulatedDisk) -> None:
    plain, newer = revision(uuid7()), revision(uuid7())
    body = {**newer.to_json(), "mood": "fine"}
    later = [(2, THERE, "a" * 64, body), (3, THERE, newer.hash, newer.to_json())]  # as a version that knows it would
    notebook.take([(1, THERE, plain)], 3, later)
    notebook.take([], 3, later)
    assert (notebook.unread, notebook.cursor, len(notebook.records())) == (2, 3, 1)
    run(notebook.tidy())
    again = reopened(notebook, disk)
    assert (again.unread, {row.id for row in again.records()}) == (1, {plain.record, newer.record})


def test_correcting_a_colleagues_record_does_not_ask_this_phone_for_their_photo(notebook: Notebook) -> None:
    record, theirs = uuid7(), {"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 5}
    notebook.take([(1, THERE, revision(record, set={"topic": "theirs", "photo": theirs}))], 1)
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "mine")
    notebook.save(draft.id)
    (mine,) = notebook.outbox()
    notebook.receipt(mine.hash, 2, THERE)
    assert (notebook.photos_to_send(), state(notebook, record)) == ([], "district")


def test_a_colleagues_photo_that_was_looked_at_is_not_sent_again(notebook: Notebook) -> None:
    record, data = uuid7(), picture()
    theirs = {"sha256": sha256(data), "mime": "image/jpeg", "bytes": len(data)}
    notebook.take([(1, THERE, revision(record, set={"topic": "theirs", "photo": theirs}))], 1)
    run(notebook.keep_photo(sha256(data), data))
    draft = notebook.correct(record)
    notebook.answer(draft.id, "topic", "mine")
    notebook.save(draft.id)
    (mine,) = notebook.outbox()
    notebook.receipt(mine.hash, 2, THERE)
    assert (notebook.photos_to_send(), state(notebook, record)) == ([], "district")


def test_a_photo_that_the_district_lacks_and_the_phone_lost_is_told(notebook: Notebook) -> None:
    lost: dict[str, Any] = {"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 5}
    record = saved(notebook, topic="mine", photo=lost).id
    (mine,) = notebook.outbox()
    notebook.receipt(mine.hash, 1, THERE, [lost["sha256"]])
    assert ([one.sha256 for one in notebook.photos_to_send()], state(notebook, record)) == ([lost["sha256"]], "waiting")


def test_contact_is_remembered(notebook: Notebook, disk: SimulatedDisk) -> None:
    assert notebook.last_contact is None
    notebook.note_contact(THERE, 250)
    assert reopened(notebook, disk).last_contact == THERE
