"""What the notebook shows of its records: search, dates, findings and what became of them, complaints alike."""

from typing import Any

import pytest

from app.findings import parts
from app.forms import Form
from app.notebook import Notebook
from app.rows import RecordRow
from app.search import Wanted, plain, terms
from tests.app.formkit import published
from tests.app.notebooks import DOOR, NORTH, SETUP, SOUTH, StandingClock, enrolled, reopened
from tests.app.simulated_disk import SimulatedDisk, run

HERE = {"lat": 36.0, "lon": -95.9, "acc": 8}


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def notebook(disk: SimulatedDisk, clock: StandingClock) -> Notebook:
    return enrolled(disk, clock, SETUP | {"forms": list(published().values())})


def save(notebook: Notebook, form: str = "parent_contact", place: str | None = None, **answers: Any) -> RecordRow:
    draft = notebook.start(form, answers, place)
    return notebook.save(draft.id)


def contact(notebook: Notebook, **answers: Any) -> RecordRow:
    return save(notebook, **({"topic": "praise"} | answers))


def found(notebook: Notebook, words: str = "", **wanted: Any) -> list[str]:
    return [row.id for part in notebook.search(Wanted(words, **wanted)) for row in part.rows]


# Search


@pytest.mark.parametrize(
    "words",
    [
        "maria",
        "MARÍA lop",
        "bullying",
        "acoso",  # the Spanish name of the topic, whatever language the phone speaks
        "918 555 0142",
        "5550142",
        "(918) 555-0142",
        "north high",
        "dana reyes",
        "parent contact",
        "lockers",
    ],
)
def test_a_record_is_found_by_its_answers_and_by_what_the_list_says_of_it(notebook: Notebook, words: str) -> None:
    record = contact(
        notebook, topic="bullying", name="María López", phone="(918) 555-0142", summary="Asked about the lockers."
    )
    contact(notebook, topic="traffic", direction="in", name="Alex Brown", phone="(918) 555-0199")
    hits = found(notebook, words)
    assert record.id in hits
    assert len(hits) == (2 if words in ("north high", "dana reyes", "parent contact") else 1)


def test_all_the_words_must_be_there(notebook: Notebook) -> None:
    contact(notebook, name="Alex Brown")
    assert found(notebook, "alex praise")
    assert not found(notebook, "alex bullying")


def test_what_a_correction_took_away_is_not_found_any_more(notebook: Notebook) -> None:
    record = contact(notebook, name="Alex Brown")
    draft = notebook.correct(record.id, "Wrong name")
    notebook.answer(draft.id, "name", "Sam Green")
    notebook.save(draft.id)
    assert not found(notebook, "brown")
    assert found(notebook, "green") == [record.id]


def test_a_search_goes_from_the_newest_to_the_oldest_and_says_how_far_it_is(
    notebook: Notebook, clock: StandingClock
) -> None:
    records = []
    with notebook.batch():
        for number in range(45):
            clock.forward(minutes=1)
            records.append(contact(notebook, name=f"Caller {number}").id)
    parts = list(notebook.search(Wanted("caller")))
    assert [row.id for part in parts for row in part.rows] == records[::-1]
    assert [part.looked for part in parts if part.looked] == [20, 40, 45]
    assert {part.total for part in parts if part.looked} == {45}


def test_records_may_come_and_go_while_a_search_is_on(notebook: Notebook) -> None:
    with notebook.batch():
        records = [contact(notebook, name=f"Caller {number}").id for number in range(30)]
    search = notebook.search(Wanted("caller"))
    seen = [row.id for row in next(part for part in search if part.rows).rows]
    contact(notebook, name="Caller too late")
    notebook._register.forget(records[0])
    seen += [row.id for part in search for row in part.rows]
    assert seen == records[:0:-1]


def test_days_schools_forms_and_states_narrow_the_list(notebook: Notebook, clock: StandingClock) -> None:
    old = contact(notebook).id
    clock.forward(days=3)
    new = contact(notebook).id
    check = save(notebook, "location_check", DOOR, tag_code="K7QM", result="ok").id
    today = clock.now().date().isoformat()
    assert found(notebook, since=today) == [check, new]
    assert found(notebook, until="2026-11-25") == [old]
    assert found(notebook, since=today, until=today, form="location_check") == [check]
    assert found(notebook, school=SOUTH) == []
    assert len(found(notebook, school=NORTH, state="waiting")) == 3
    assert found(notebook, state="district") == []


def test_drafts_are_searched_by_their_titles(notebook: Notebook) -> None:
    draft = notebook.start("parent_contact")
    notebook.answer(draft.id, "topic", "bullying")
    assert found(notebook, "bully", state="draft") == [draft.id]
    assert found(notebook, "praise", state="draft") == []


def test_rows_of_an_earlier_version_are_found_and_made_anew(notebook: Notebook, disk: SimulatedDisk) -> None:
    record = contact(notebook, name="María")
    table = notebook._store.table("records")
    table.update(lambda row: row.pop("text"))
    assert found(notebook, "maria") == [record.id]
    notebook = reopened(notebook, disk)
    run(notebook.tidy())
    (row,) = notebook._store.table("records").all()
    assert "maria" in row["text"]


def test_words_are_compared_without_case_and_accents_and_numbers_without_their_grouping() -> None:
    assert plain("Ñandú ÁÉ straße") == "nandu ae strasse"
    assert terms('  "Maria", (918) 555-0142! ') == ["9185550142", "maria"]
    assert terms(" . ") == []


# Findings


def walkthrough(notebook: Notebook, **answers: Any) -> RecordRow:
    usual = {
        "areas": ["GR", "BD"],
        "GR1": "yes",
        "GR2": "partly",
        "GR2_severity": "2",
        "BD1": "no",
        "BD1_severity": "4",
    }
    return save(notebook, "walkthrough", **(usual | answers))


def test_a_walkthroughs_findings_are_items_with_severity_and_due_date_the_first_due_on_top(notebook: Notebook) -> None:
    record = walkthrough(notebook)
    listed = notebook.findings()
    assert [(one.finding.item, one.finding.severity, one.due) for one in listed] == [
        ("BD1", 4, "2026-11-24"),
        ("GR2", 2, "2026-12-24"),
    ]
    assert listed[0].title == "Does every exterior door close by itself and latch (test each)?"
    assert {one.record.id for one in listed} == {record.id}
    assert notebook.today()[0].due == "2026-11-24", "what must be fixed today is due today"


def test_a_due_date_that_was_given_goes_before_the_usual_one(notebook: Notebook) -> None:
    walkthrough(notebook, GR2_due="2026-11-30")
    assert [one.due for one in notebook.findings()] == ["2026-11-24", "2026-11-30"]


def test_a_checks_issue_is_a_finding_with_the_checks_title(notebook: Notebook) -> None:
    save(
        notebook, "location_check", DOOR, tag_code="K7QM", place_name="Door 4", result="issue",
        issue_kind="door_propped", severity="3",
    )  # fmt: skip
    (one,) = notebook.findings()
    assert (one.title, one.finding.key, one.due) == ("Door propped · Door 4", "-", "2026-12-01")


def test_what_a_drill_leaves_to_be_put_right_is_a_finding_for_each_line(notebook: Notebook) -> None:
    issues = [{"issue": "Room 12 was open", "severity": "3"}, {"issue": "PA not heard", "severity": "4"}]
    save(notebook, "drill", srp_action="lockdown", announced="no", issues=issues)
    assert [(one.title, one.finding.key, one.due) for one in notebook.findings()] == [
        ("PA not heard", "issues~2", "2026-11-24"),
        ("Room 12 was open", "issues~1", "2026-12-01"),
    ]


def test_a_checks_issue_is_due_when_the_check_says_so(notebook: Notebook) -> None:
    check = {"tag_code": "K7QM", "result": "issue", "issue_kind": "light", "severity": "2", "due": "2026-11-29"}
    save(notebook, "location_check", DOOR, **check)
    assert [one.due for one in notebook.findings()] == ["2026-11-29"]
    done = notebook.deal_with(notebook.findings()[0].record.id, "-", "Light out")
    notebook.save(done.id)
    assert notebook.findings() == []
    assert all(row.due is None for row in notebook.records())


def test_what_belongs_to_a_finding_is_named_once() -> None:
    for body in published().values():
        form = Form.parse(body)
        for field in form.flat():
            if field.name.endswith("_severity") and not form.plan.repeats[field.name]:
                found = parts(form, field.name.removesuffix("_severity"))
                names = [one.name for top in found for one in (top, *top.fields)]
                assert field.name in names
                assert len(names) == len(set(names))


def test_a_finding_is_closed_by_a_record_that_says_it_is_fixed(notebook: Notebook, clock: StandingClock) -> None:
    record = walkthrough(notebook)
    draft = notebook.deal_with(record.id, "BD1", "The door")
    assert draft.answers["finding"] == "The door"
    clock.forward(hours=1)
    done = notebook.save(draft.id)
    assert [one.finding.item for one in notebook.findings()] == ["GR2"]
    (closed,) = notebook.findings(fixed=True)
    assert (closed.finding.item, [row.id for row in closed.after]) == ("BD1", [done.id])
    detail = notebook.record(done.id)
    assert detail is not None
    assert detail.follows is not None
    assert detail.follows.id == record.id
    assert notebook.records()[-1].due == "2026-12-24", "what is fixed is owed no more"


def test_the_districts_door_takes_what_was_done_about_a_finding(notebook: Notebook) -> None:
    record = walkthrough(notebook)
    done = notebook.save(notebook.deal_with(record.id, "BD1", "The door").id)
    detail = notebook.record(done.id)
    assert detail is not None
    assert detail.form is not None
    assert detail.answers["follows"] == record.id
    assert detail.form.check(detail.answers, strict=True) == {}
    assert detail.row.school == record.school


def test_a_finding_that_is_not_fixed_yet_keeps_its_place_with_the_new_date(notebook: Notebook) -> None:
    record = walkthrough(notebook)
    draft = notebook.deal_with(record.id, "BD1", "The door")
    notebook.answer(draft.id, "result", "begun")
    notebook.answer(draft.id, "due", "2026-12-31")
    notebook.save(draft.id)
    assert [(one.finding.item, one.due) for one in notebook.findings()] == [
        ("GR2", "2026-12-24"),
        ("BD1", "2026-12-31"),
    ]


def test_what_was_begun_about_a_record_or_a_finding_goes_on(notebook: Notebook) -> None:
    record = walkthrough(notebook)
    draft = notebook.deal_with(record.id, "BD1", "The door")
    notebook.answer(draft.id, "notes", "Called the shop")
    assert notebook.deal_with(record.id, "BD1", "The door").id == draft.id
    assert notebook.deal_with(record.id, "GR2", "The gate").id != draft.id
    first = contact(notebook)
    follow = notebook.follow_up(first.id)
    notebook.answer(follow.id, "summary", "Again")
    assert notebook.follow_up(first.id).id == follow.id


def test_a_finding_that_a_correction_takes_back_is_none_any_more(notebook: Notebook) -> None:
    record = walkthrough(notebook)
    draft = notebook.correct(record.id, "Looked again")
    notebook.answer(draft.id, "BD1", "yes")
    notebook.save(draft.id)
    assert [one.finding.item for one in notebook.findings()] == ["GR2"]


def test_what_is_begun_from_a_finding_is_not_offered_at_home(notebook: Notebook) -> None:
    assert "finding_update" not in [form.id for form in notebook.forms()]
    assert "finding_update" in [form.id for form in notebook.kinds()]


# Following up


def test_a_follow_up_is_about_the_same_people_and_settles_what_was_promised(notebook: Notebook) -> None:
    first = contact(notebook, name="Alex", phone="918 555 0142", summary="Long talk", follow_up_due="2026-11-24")
    draft = notebook.follow_up(first.id)
    assert draft.answers["name"] == "Alex"
    assert "summary" not in draft.answers
    assert "follow_up_due" not in draft.answers
    notebook.answer(draft.id, "outcome", "met")
    second = notebook.save(draft.id)
    detail = notebook.record(first.id)
    assert detail is not None
    assert [row.id for row in detail.after] == [second.id]
    assert detail.row.due is None


# Complaints alike


def complaint(notebook: Notebook, **answers: Any) -> RecordRow:
    return save(notebook, "community_complaint", **({"service_code": "NOI-LOUD", "gps": HERE} | answers))


def moved(metres: float) -> dict[str, Any]:
    return HERE | {"lat": HERE["lat"] + metres / 111_319}


def test_complaints_of_one_code_near_each_other_in_place_and_time_are_alike(
    notebook: Notebook, clock: StandingClock
) -> None:
    first = complaint(notebook)
    complaint(notebook, service_code="NOI-VEH")
    clock.forward(days=3)
    second = complaint(notebook, gps=moved(80))
    (alike,) = notebook.alike(second.id)
    assert alike.record.id == first.id
    assert (alike.near.metres, alike.near.days) == (80, 3)
    assert [one.record.id for one in notebook.alike(first.id)] == [second.id]


@pytest.mark.parametrize(("metres", "days", "alike"), [(149, 14, True), (151, 0, False), (0, 15, False)])
def test_the_limits_are_150_metres_and_14_days(
    notebook: Notebook, clock: StandingClock, metres: int, days: int, alike: bool
) -> None:
    complaint(notebook)
    clock.forward(days=days)
    assert bool(notebook.alike(complaint(notebook, gps=moved(metres)).id)) == alike


def test_without_a_position_the_same_address_makes_complaints_alike(notebook: Notebook) -> None:
    complaint(notebook, gps=None, address="Elm St  12")
    second = complaint(notebook, gps=None, address="elm st 12")
    assert notebook.alike(second.id)[0].near.metres is None
    assert not notebook.alike(complaint(notebook, gps=None, address="Oak St").id)


def test_a_complaint_is_compared_while_it_is_being_written(notebook: Notebook) -> None:
    first = complaint(notebook)
    draft = notebook.start("community_complaint", {"service_code": "NOI-LOUD", "gps": HERE})
    form = notebook.draft_form(draft)
    mine = notebook.compared(form, draft.answers)
    assert mine is not None
    assert [one.record.id for one in notebook.alike_to(mine, draft.record)] == [first.id]
    assert notebook.compared(form, {"service_code": "NOI-LOUD"}) is None


def test_two_complaints_can_be_said_to_be_the_same_and_the_record_keeps_why(notebook: Notebook) -> None:
    first, second = complaint(notebook), complaint(notebook)
    notebook.same_as(second.id, first.id, "Reported before")
    detail = notebook.record(second.id)
    assert detail is not None
    assert detail.same_as is not None
    assert detail.same_as.id == first.id
    assert detail.history[-1].revision.reason == "Reported before"


# What changed


def test_a_records_versions_say_what_changed_from_what_to_what(notebook: Notebook) -> None:
    record = contact(notebook, name="Alex", summary="Short")
    draft = notebook.correct(record.id, "Wrong name")
    notebook.answer(draft.id, "name", "Sam")
    notebook.answer(draft.id, "summary", None)
    notebook.save(draft.id)
    detail = notebook.record(record.id)
    assert detail is not None
    first, second = (detail.versions[entry.revision.hash] for entry in detail.history)
    assert first.changes == ()
    assert first.answers["name"] == "Alex"
    assert {(one.name, one.before, one.after) for one in second.changes} == {
        ("name", "Alex", "Sam"),
        ("summary", "Short", None),
    }
    assert "summary" not in second.answers
