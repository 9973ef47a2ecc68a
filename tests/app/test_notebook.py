"""What the officer does with the notebook, and what is there afterwards."""

import asyncio
import copy
import logging
from contextlib import suppress
from typing import Any

import pytest

from app import shelf
from app.binding import AnotherOwner
from app.files import Locked, NoRoom
from app.forms import Form
from app.ids import uuid7
from app.notebook import NoSuchDraft, NoSuchRecord, Notebook, NotEnrolled, NotReady
from app.rows import Counts
from app.setup import SetupError
from app.tags import hash_code, new_short_code, new_tag_code
from tests.app.notebooks import (
    COLLEAGUE,
    DISTRICT,
    DOOR,
    FORM,
    GYM,
    NORTH,
    OFFICER,
    SETUP,
    SOUTH,
    StandingClock,
    begun,
    enrolled,
    open_notebook,
    reopened,
    saved,
    state,
)
from tests.app.simulated_disk import SimulatedDisk


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def notebook(disk: SimulatedDisk, clock: StandingClock) -> Notebook:
    return enrolled(disk, clock)


# Whose phone it is


def test_an_enrolment_can_be_repeated_with_the_same_secret_after_a_lost_answer(disk: SimulatedDisk) -> None:
    notebook = open_notebook(disk)
    device, token = notebook.begin_enrolment("K7QM")
    notebook = reopened(notebook, disk)
    assert notebook.begin_enrolment("K7QM") == (device, token)
    assert len(token) == 43
    other_device, other_token = notebook.begin_enrolment("ANOTHER")
    assert other_device != device
    assert other_token != token


def test_a_bound_phone_stays_bound(notebook: Notebook, disk: SimulatedDisk) -> None:
    binding = notebook.binding
    assert binding is not None
    assert (binding.officer, binding.district, binding.base_url) == (OFFICER, DISTRICT, "https://d.example")
    assert reopened(notebook, disk).binding == binding
    assert binding.token not in repr(binding), "a secret has no place in a log"


def test_an_answer_meant_for_another_phone_binds_nothing() -> None:
    notebook = open_notebook(SimulatedDisk())
    notebook.begin_enrolment("K7QM")
    for answer in ({}, {"device": uuid7(), "officer": OFFICER, "district": DISTRICT}):
        with pytest.raises(ValueError, match="no answer"):
            notebook.bind("https://d.example", answer)
    assert notebook.binding is None


def test_an_unbound_phone_keeps_everything_for_its_own_officer_only(notebook: Notebook) -> None:
    saved(notebook, topic="the bus")
    notebook.unbind("device_revoked")
    assert (notebook.binding, notebook.unbind_reason) == (None, "device_revoked")
    assert notebook.counts().waiting == 1
    device, _ = notebook.begin_enrolment("SECOND")
    with pytest.raises(AnotherOwner):
        notebook.bind("https://d.example", {"device": device, "officer": COLLEAGUE, "district": DISTRICT})
    assert notebook.binding is None
    notebook.bind("https://d.example", {"device": device, "officer": {"id": OFFICER}, "district": {"id": DISTRICT}})
    assert notebook.unbind_reason is None
    assert notebook.counts().waiting == 1


def test_a_setup_is_kept_with_its_forms(notebook: Notebook, disk: SimulatedDisk) -> None:
    notebook = reopened(notebook, disk)
    assert notebook.setup is not None
    assert notebook.setup.district.phone == "(918) 245-8777"
    assert notebook.setup_etag == "e1"
    assert [form.id for form in notebook.forms()] == [FORM]
    assert [school.name for school in notebook.schools()] == ["North High"]
    assert notebook.current_school is not None
    assert notebook.current_school.id == NORTH


@pytest.mark.parametrize(
    "change",
    [
        {"district": None},
        {"officer": {"id": OFFICER}},
        {"schools": "all"},
        {"policy": {"photo_max_px": "big"}},
        {"forms": None},
        {"forms": [{"id": "broken"}]},
    ],
)
def test_a_setup_that_cannot_be_read_leaves_the_one_before_in_use(notebook: Notebook, change: dict[str, Any]) -> None:
    with pytest.raises(SetupError):
        notebook.keep_setup({**SETUP, **change}, "e2")
    assert notebook.setup_etag == "e1"
    assert [form.id for form in notebook.forms()] == [FORM]
    assert notebook.setup is not None
    assert notebook.setup.officer.name == "Dana Reyes"


def test_a_form_that_only_a_newer_version_can_read_waits_for_it_and_the_one_before_stays(
    notebook: Notebook, disk: SimulatedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    [known] = SETUP["forms"]
    newer = {**known, "fields": [*known["fields"], {"type": "mood", "name": "mood", "label": {"en": "Mood"}}]}
    again, new = {**newer, "version": "9"}, {**newer, "id": "new"}

    def in_use(notebook: Notebook) -> dict[str, str]:
        return {form.id: form.version for form in notebook.forms()}

    notebook.keep_setup({**SETUP, "forms": [{**newer, "version": "8"}, {**known, "id": "other"}]}, "e2")
    notebook.keep_setup({**SETUP, "forms": [again, new, {**known, "id": "other"}]}, "e3")
    asyncio.run(notebook.tidy())
    notebook = reopened(notebook, disk)
    assert (notebook.setup_etag, notebook.unread_forms) == ("e3", 2)
    assert in_use(notebook) == {FORM: known["version"], "other": known["version"]}
    assert saved(notebook, topic="the bus", how="phone")

    monkeypatch.setattr(shelf, "_read", lambda form: Form.parse({**form, "fields": known["fields"]}))  # a version can
    notebook = reopened(notebook, disk)
    assert notebook.unread_forms == 0
    assert in_use(notebook) == {FORM: "9", "new": known["version"], "other": known["version"]}


def test_a_draft_keeps_the_form_it_was_begun_with(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="the bus", how="visit", where="home")
    (form,) = SETUP["forms"]
    newer = {**form, "version": "2", "fields": form["fields"][:1]}
    notebook.keep_setup({**SETUP, "forms": [newer]}, "e2")
    notebook = reopened(notebook, disk)
    found = notebook.draft(draft.id)
    assert found is not None
    assert notebook.draft_form(found).version == "1"
    assert notebook.start(FORM).form_version == "2"
    row = notebook.save(draft.id)
    detail = notebook.record(row.id)
    assert detail is not None
    assert detail.answers == {"topic": "the bus", "how": "visit", "where": "home"}
    assert detail.form is not None
    assert detail.form.version == "1"


def test_a_draft_of_a_withdrawn_form_is_still_finished(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="the bus", how="visit", where="home")
    notebook.keep_setup({**SETUP, "forms": []}, "e2")
    notebook = reopened(notebook, disk)
    assert notebook.forms() == []
    assert notebook.save(draft.id).state == "waiting"


def test_without_a_setup_nothing_can_be_begun_and_the_lists_are_empty() -> None:
    notebook = open_notebook(SimulatedDisk())
    with pytest.raises(NotEnrolled):
        notebook.start(FORM)
    assert (notebook.today(), notebook.records(), notebook.counts(), notebook.schools()) == ([], [], Counts(), [])
    assert notebook.current_school is None


# Drafts


def test_every_answer_is_on_the_disk_when_it_is_given(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="the b")
    assert {name for name in disk.pending if not name.startswith("directory-")} == set()
    disk.open_files.clear()  # the battery is flat
    notebook = open_notebook(disk)
    assert [found.answers for found in notebook.drafts()] == [{"topic": "the b"}]
    notebook.answer(draft.id, "topic", "the bus")
    notebook.answer(draft.id, "how", "phone")
    notebook.answer(draft.id, "how", None)
    notebook = reopened(notebook, disk)
    assert [found.answers for found in notebook.drafts()] == [{"topic": "the bus"}]


def test_one_more_letter_costs_little(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, **dict.fromkeys(["topic", "how", "where"], "phone"))
    size = len(disk.stable["journal-000001"].rstrip(b"\0"))
    notebook.answer(draft.id, "topic", "phoned")
    assert 0 < len(disk.stable["journal-000001"].rstrip(b"\0")) - size < 200


def test_answers_go_to_their_own_draft_after_others_were_taken_back(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="one")
    with suppress(NoSuchDraft), notebook.batch():
        notebook.answer(draft.id, "how", "phone")
        notebook.answer(draft.id, "how", "phoned")
        notebook.answer("no draft", "how", "phoned")
    assert [found.answers for found in notebook.drafts()] == [{"topic": "one"}]
    other = begun(notebook, topic="two", how="e-mail")
    for text in ("o", "on", "once"):
        notebook.answer(draft.id, "how", text)
        notebook.answer(other.id, "topic", f"two {text}")
    notebook = reopened(notebook, disk)
    assert [found.answers for found in map(notebook.draft, (draft.id, other.id)) if found] == [
        {"topic": "one", "how": "once"},
        {"topic": "two once", "how": "e-mail"},
    ]


def test_a_form_opened_and_left_empty_is_no_draft(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = notebook.start(FORM)
    assert notebook.draft(draft.id) == draft
    assert (notebook.drafts(), notebook.counts().draft, notebook.today()) == ([], 0, [])
    assert reopened(notebook, disk).draft(draft.id) is None


def test_a_form_begun_by_a_tag_is_a_draft_at_once(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = notebook.start(FORM, {"topic": "door"}, place=GYM, tag="CODE")
    (found,) = reopened(notebook, disk).drafts()
    assert (found.place, found.tag, found.school, found.answers) == (GYM, "CODE", SOUTH, {"topic": "door"})
    assert found.id == draft.id


def test_a_discarded_draft_comes_back_until_the_app_is_opened_again(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="the bus")
    notebook.discard(draft.id)
    assert (notebook.draft(draft.id), notebook.counts().draft) == (None, 0)
    with pytest.raises(NoSuchDraft):
        notebook.answer(draft.id, "topic", "x")
    notebook.undo_discard(draft.id)
    assert notebook.counts().draft == 1
    notebook.discard(draft.id)
    notebook = reopened(notebook, disk)
    with pytest.raises(NoSuchDraft):
        notebook.undo_discard(draft.id)


def test_the_place_brings_its_school_along(notebook: Notebook) -> None:
    draft = begun(notebook, topic="the bus")
    notebook.set_place(draft.id, GYM, "CODE")
    found = notebook.draft(draft.id)
    assert found is not None
    assert (found.place, found.tag, found.school) == (GYM, "CODE", SOUTH)


# Saving


def test_a_saved_record_waits_and_its_draft_is_gone(notebook: Notebook, disk: SimulatedDisk) -> None:
    row = saved(notebook, topic="the bus", how="phone")
    assert (row.state, row.form_title, row.school_name, row.author_name) == (
        "waiting",
        "Parent contact",
        "North High",
        "Dana Reyes",
    )
    assert notebook.counts() == Counts(waiting=1)
    before = (notebook.today(), notebook.records(), notebook.record(row.id), notebook.outbox(), notebook.counts())
    notebook = reopened(notebook, disk)
    after = (notebook.today(), notebook.records(), notebook.record(row.id), notebook.outbox(), notebook.counts())
    assert after == before


def test_a_save_is_one_frame(notebook: Notebook, disk: SimulatedDisk) -> None:
    draft = begun(notebook, topic="the bus")
    before = disk.operations
    notebook.save(draft.id)
    assert disk.operations - before == 2, "one write and one flush"


def test_what_is_saved_says_who_when_where_and_what_came_before(notebook: Notebook, clock: StandingClock) -> None:
    notebook.note_contact("2026-11-24T13:59:00+00:00", -1500)
    first = notebook.start(FORM, {"topic": "one"}, place=DOOR, tag="CODE")
    notebook.save(first.id)
    clock.forward(minutes=5)
    saved(notebook, topic="two")
    one, two = notebook.outbox()
    assert notebook.binding is not None
    assert (one.seq, one.prev, two.seq, two.prev) == (1, None, 2, one.hash)
    assert (one.author, one.device, one.school, one.place, one.tag) == (
        OFFICER,
        notebook.binding.device,
        NORTH,
        DOOR,
        "CODE",
    )
    assert (one.at, two.at) == ("2026-11-24T08:00:00.000-06:00", "2026-11-24T08:05:00.000-06:00")
    assert (two.mono - one.mono, one.offset) == (300_000, -1500)
    assert (one.record_class, one.form, one.form_version, one.parents) == ("education", FORM, "1", ())
    assert type(one).from_json(one.to_json()) == one


def test_the_chain_goes_on_after_reopening(notebook: Notebook, disk: SimulatedDisk) -> None:
    saved(notebook, topic="one")
    notebook = reopened(notebook, disk)
    saved(notebook, topic="two")
    one, two = notebook.outbox()
    assert (two.seq, two.prev) == (2, one.hash)


def test_a_draft_that_is_not_ready_says_why_and_stays(notebook: Notebook) -> None:
    draft = begun(notebook, how="phone")
    with pytest.raises(NotReady) as refused:
        notebook.save(draft.id)
    assert [(problem.field, problem.code) for problem in refused.value.problems.values()] == [("topic", "required")]
    assert notebook.counts() == Counts(draft=1)
    assert notebook.outbox() == []


def test_what_is_not_asked_any_more_is_not_saved(notebook: Notebook) -> None:
    saved(notebook, topic="the bus", how="phone", where="an answer to a question that went away")
    assert notebook.outbox()[0].set == {"topic": "the bus", "how": "phone"}


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_phone_keeps_the_draft_and_saves_once_there_is_room(
    notebook: Notebook, disk: SimulatedDisk, after: int
) -> None:
    draft = begun(notebook, topic="the bus")
    before = (notebook.counts(), notebook.today(), notebook.drafts())
    disk.fail(after, NoRoom("full"))
    with pytest.raises(NoRoom):
        notebook.save(draft.id)
    assert (notebook.counts(), notebook.today(), notebook.drafts()) == before
    notebook.save(draft.id)
    notebook = reopened(notebook, disk)
    assert notebook.counts() == Counts(waiting=1)
    assert notebook.outbox()[0].seq == 1


def test_a_draft_is_saved_once(notebook: Notebook) -> None:
    draft = begun(notebook, topic="the bus")
    notebook.save(draft.id)
    with pytest.raises(NoSuchDraft):
        notebook.save(draft.id)
    assert len(notebook.outbox()) == 1


# Correcting


def test_a_correction_says_only_what_changed_and_builds_on_what_was_there(
    notebook: Notebook, clock: StandingClock
) -> None:
    row = saved(notebook, topic="the bus", how="visit", where="home")
    (first,) = notebook.outbox()
    draft = notebook.correct(row.id)
    assert draft.correction
    assert draft.answers == {"topic": "the bus", "how": "visit", "where": "home"}
    assert notebook.correct(row.id) == draft, "one correction of a record at a time"
    notebook.answer(draft.id, "topic", "the tram")
    notebook.answer(draft.id, "how", "phone")
    notebook.set_reason(draft.id, "Misheard")
    clock.forward(hours=1)
    notebook.save(draft.id)
    _, second = notebook.outbox()
    assert second.record == row.id
    assert second.parents == (first.hash,)
    assert (second.set, second.unset) == ({"topic": "the tram", "how": "phone"}, ("where",))
    assert second.reason == "Misheard"
    detail = notebook.record(row.id)
    assert detail is not None
    assert detail.answers == {"topic": "the tram", "how": "phone"}
    assert [entry.revision for entry in detail.history] == [first, second]
    assert (detail.row.at, detail.row.updated_at) == (first.at, second.at)


def test_a_correction_that_changes_nothing_writes_nothing(notebook: Notebook) -> None:
    row = saved(notebook, topic="the bus")
    draft = notebook.correct(row.id)
    notebook.answer(draft.id, "topic", "the tram")
    notebook.answer(draft.id, "topic", "the bus")
    assert notebook.save(draft.id).id == row.id
    assert len(notebook.outbox()) == 1
    assert notebook.counts() == Counts(waiting=1)


def test_there_is_nothing_to_correct_in_a_record_that_is_not_there(notebook: Notebook) -> None:
    with pytest.raises(NoSuchRecord):
        notebook.correct(uuid7())
    assert notebook.record(uuid7()) is None


# Looking


def test_today_shows_drafts_then_today_then_never_yesterday_unless_it_needs_attention(
    notebook: Notebook, clock: StandingClock
) -> None:
    old = saved(notebook, topic="yesterday")
    troubled = saved(notebook, topic="refused yesterday")
    notebook.refuse(notebook.outbox()[1].hash, "answers_refused", "Say more.")
    clock.forward(days=1)
    early = saved(notebook, topic="early")
    clock.forward(hours=1)
    late = saved(notebook, topic="late")
    draft = begun(notebook, topic="half")
    shown = notebook.today()
    assert [row.id for row in shown] == [draft.id, late.id, early.id, troubled.id]
    assert [row.state for row in shown] == ["draft", "waiting", "waiting", "attention"]
    assert old.id in [row.id for row in notebook.records()]


def test_records_come_in_pages_and_by_state_form_and_school(notebook: Notebook, clock: StandingClock) -> None:
    rows = []
    for number in range(5):
        clock.forward(minutes=1)
        rows.append(saved(notebook, topic=str(number)).id)
    draft = notebook.start(FORM, {"topic": "there"}, place=GYM, tag="CODE")
    south = notebook.save(draft.id).id
    half = begun(notebook, topic="half")
    assert [row.id for row in notebook.records(offset=1, limit=2)] == [rows[4], rows[3]]
    assert [row.id for row in notebook.records(school=SOUTH)] == [south]
    assert [row.id for row in notebook.records(form="walkthrough")] == []
    assert [row.id for row in notebook.records(state="draft")] == [half.id]
    assert [row.id for row in notebook.records(state="district", form=FORM)] == []
    assert len(notebook.records(state="waiting", form=FORM, school=NORTH)) == 5


def test_titles_follow_the_language(notebook: Notebook, disk: SimulatedDisk) -> None:
    saved(notebook, topic="the bus")
    notebook.set_language("es")
    assert [row.form_title for row in notebook.today()] == ["Contacto con padres"]
    notebook = reopened(notebook, disk)
    assert notebook.language == "es"
    assert [row.title for row in notebook.today()] == ["Contacto con padres"]


def with_tags() -> tuple[Notebook, dict[str, str]]:
    codes = {"door": new_tag_code(), "gym": new_tag_code(), "short": new_short_code()}
    tags = [
        {"place": DOOR, "version": 2, "state": "active", "code": hash_code(codes["door"]), "short": ""},
        {"place": GYM, "version": 1, "state": "retired", "code": hash_code(codes["gym"]), "short": ""},
        {"place": GYM, "version": 2, "state": "active", "code": "0" * 64, "short": hash_code(codes["short"])},
    ]
    return enrolled(setup={**SETUP, "tags": tags}), codes


def test_a_tag_names_its_place_without_asking_anybody() -> None:
    notebook, codes = with_tags()
    found = notebook.find_tag(f"HTTPS://D.EXAMPLE/T/{codes['door']}")
    assert found.place is not None
    assert (found.kind, found.place.name, found.state, found.message_code) == ("tag", "Door 4", "good", "")
    typed = notebook.find_tag(f" {codes['short'][:4].lower()}-{codes['short'][4:]} ")
    assert typed.place is not None
    assert (typed.kind, typed.place.name, typed.state, typed.message_code) == ("short", "Gym", "typed", "")


def test_a_tag_that_is_retired_unknown_or_anothers_says_so() -> None:
    notebook, codes = with_tags()
    retired = notebook.find_tag(f"https://d.example/t/{codes['gym']}")
    assert retired.place is not None
    assert (retired.place.name, retired.state, retired.message_code) == ("Gym", "retired", "tag_retired")
    unknown = notebook.find_tag(f"https://d.example/t/{new_tag_code()}")
    assert (unknown.place, unknown.state, unknown.message_code) == (None, "unknown", "tag_unknown")
    foreign = notebook.find_tag(f"https://other.example/t/{codes['door']}")
    assert (foreign.kind, foreign.place, foreign.message_code) == ("other_district", None, "scan_other_district")
    assert notebook.find_tag("BEGIN:VCARD\nEND:VCARD").message_code == "scan_vcard"


def test_the_tag_of_a_retired_place_is_called_by_its_name() -> None:
    _, codes = with_tags()
    tags = [{"place": DOOR, "version": 1, "state": "retired", "code": hash_code(codes["door"])}]
    notebook = enrolled(setup={**SETUP, "tags": tags, "places": [], "retired_places": [{"id": DOOR, "name": "Door 4"}]})
    found = notebook.find_tag(codes["door"])
    assert (found.place, found.state, found.message_code, found.retired_place) == (
        None,
        "retired",
        "place_retired",
        "Door 4",
    )


# Being told


def test_subscribers_hear_of_every_change_once(notebook: Notebook) -> None:
    heard: list[int] = []
    unsubscribe = notebook.subscribe(lambda: heard.append(notebook.counts().waiting))
    draft = begun(notebook, topic="the bus")
    heard.clear()
    notebook.save(draft.id)
    assert heard == [1]
    with notebook.batch():
        notebook.note_contact("2026-11-24T14:00:00+00:00", 0)
        notebook.sending([])
        notebook.prefer("x", 1)
    assert heard == [1, 1]
    unsubscribe()
    unsubscribe()
    saved(notebook, topic="more")
    assert heard == [1, 1]


def test_a_subscriber_that_stumbles_spoils_no_save_and_tells_the_log_nothing_personal(
    notebook: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    def stumbles() -> None:
        raise RuntimeError("about a child")

    notebook.subscribe(stumbles)
    with caplog.at_level(logging.ERROR):
        row = saved(notebook, topic="the bus")
    assert state(notebook, row.id) == "waiting"
    assert "RuntimeError" in caplog.text
    assert "child" not in caplog.text


def test_a_notebook_opens_once_at_a_time(notebook: Notebook, disk: SimulatedDisk) -> None:
    with pytest.raises(Locked):
        open_notebook(disk)
    reopened(notebook, disk).close()


def test_what_is_due_today_is_on_home_until_it_no_longer_is(notebook: Notebook, clock: StandingClock) -> None:
    setup = copy.deepcopy(SETUP)
    form = next(form for form in setup["forms"] if form["id"] == FORM)
    form["version"] = "due"
    form["fields"].append({"type": "date", "name": "call_due", "label": {"en": "Call back by", "es": "Llamar antes"}})
    notebook.keep_setup(setup, "e2")
    row = saved(notebook, topic="the bus", call_due="2026-11-26")
    assert row.due == "2026-11-26"
    clock.forward(days=1)
    assert notebook.today() == []
    clock.forward(days=1)
    assert [found.id for found in notebook.today()] == [row.id]
    draft = notebook.correct(row.id)
    notebook.answer(draft.id, "call_due", None)
    assert notebook.save(draft.id).due is None
    clock.forward(days=1)
    assert notebook.today() == []
