"""The next check of a place asks whether what was found there is fixed; a yes closes it, and keeps both."""

from pathlib import Path
from typing import Any

import pytest

from app.recheck import fixed, said, saying
from tests.server.phones import picture
from tests.views.headless import Screen
from tests.views.phone import DOOR, Phone, setup_json
from tests.views.test_record_grade import GATE_TAG, TAG, make
from views.tagged import begin, find

pytestmark = pytest.mark.anyio


_TWO = [(item, end, value) for item in ("GR2", "BD1") for end, value in (("", "no"), ("_severity", "3"))]


async def found(phone: Phone) -> str:
    """An earlier check of the door that found something, with a photo of it."""
    draft = begin(phone.services, find(phone.services, TAG))
    for name, value in {"result": "issue", "issue_kind": "door_latch", "severity": "2"}.items():
        phone.notebook.answer(draft, name, value)
    phone.notebook.answer(draft, "photo", await phone.notebook.add_photo(picture()))
    return phone.notebook.save(draft).id


async def check(
    phone: Phone, answer: str | None, record: str = "", tag: str = TAG, *, photo: bool = True
) -> tuple[str, list[str]]:
    """The next check; the record, and what its screen asked about earlier ones."""
    draft = begin(phone.services, find(phone.services, tag))
    before = {row.id for row in phone.notebook.records()}
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        asked = [name for name in screen.idents() if name.startswith("recheck-")]
        if asked and photo:
            await screen.until(lambda: any(name.startswith("photo-") for name in screen.idents()), "the photo")
        if answer:
            await screen.tap(f"choice-recheck-{record}---{answer}")
        await screen.tap("save")
        await screen.until(lambda: screen.page.route == "/", "Home")
    new = [row for row in phone.notebook.records() if row.id not in before and row.form == "location_check"]
    return new[0].id, asked


async def test_a_yes_closes_what_was_found_and_names_both_checks(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = await found(phone)
    later, asked = await check(phone, "yes", record)
    assert asked == [f"recheck-{record}--"]
    assert phone.notebook.findings() == []
    (closed,) = phone.notebook.findings_of(record)
    (update,) = closed.after
    detail = phone.notebook.record(update.id)
    assert detail is not None
    assert detail.follows is not None
    assert detail.check is not None
    assert (detail.follows.id, detail.check.id, detail.answers["result"]) == (record, later, "fixed")
    first = phone.notebook.record(record)
    assert first is not None
    assert first.photos, "the photo of then is kept"
    assert len(phone.notebook.outbox()) == 3
    phone.notebook.close()


async def test_of_two_things_found_only_the_one_that_is_fixed_is_closed(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    walk = phone.notebook.start("walkthrough", place=DOOR).id
    for name, value in {"areas": ["GR", "BD"], **{f"{item}{end}": value for item, end, value in _TWO}}.items():
        phone.notebook.answer(walk, name, value)
    record = phone.notebook.save(walk).id
    assert (await check(phone, None, photo=False))[1] == [f"recheck-{record}-GR2", f"recheck-{record}-BD1"]
    for _ in range(2):
        draft = begin(phone.services, find(phone.services, TAG))
        phone.notebook.answer(draft, "fixed_now", f"{record}:BD1")
        phone.notebook.save(draft)
        assert [one.finding.item for one in phone.notebook.findings()] == ["GR2"]
    updates = [row for row in phone.notebook.records() if row.form == "finding_update"]
    assert len(updates) == 1, "what is fixed already is not closed again"
    phone.notebook.close()


@pytest.mark.parametrize("answer", ["no", None])
async def test_a_no_and_no_answer_keep_it_open_and_it_is_asked_again(tmp_path: Path, answer: str | None) -> None:
    phone = await make(tmp_path)
    record = await found(phone)
    later, _ = await check(phone, answer, record)
    assert [one.record.id for one in phone.notebook.findings()] == [record]
    detail = phone.notebook.record(later)
    assert detail is not None
    assert detail.answers.get("still_open") == (f"{record}:-" if answer else None)
    phone.notebook.close()
    again = await make(tmp_path)
    assert (await check(again, None))[1] == [f"recheck-{record}--"]
    again.notebook.close()


async def test_nothing_is_asked_at_another_place_or_where_all_was_well(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    await found(phone)
    assert (await check(phone, None, tag=GATE_TAG))[1] == []
    phone.notebook.close()


async def test_an_answer_is_taken_back_by_a_second_tap(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = await found(phone)
    draft = begin(phone.services, find(phone.services, TAG))
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        for _ in range(2):
            await screen.tap(f"choice-recheck-{record}---yes")
        kept = phone.notebook.draft(draft)
        assert kept is not None
        assert "fixed_now" not in kept.answers
    phone.notebook.close()


async def test_where_the_districts_form_asks_for_more_it_waits_as_a_draft(tmp_path: Path) -> None:
    phone = await make(tmp_path)
    record = await found(phone)
    setup = setup_json()
    setup["forms"] = [_strict(form) if form["id"] == "finding_update" else form for form in setup["forms"]]
    kept = phone.notebook.setup
    assert kept is not None
    draft = begin(phone.services, find(phone.services, TAG))
    phone.notebook.keep_setup(setup, '"2"')
    phone.notebook.answer(draft, "fixed_now", f"{record}:-")
    phone.notebook.save(draft)
    assert phone.notebook.findings(), "not closed yet"
    (waiting,) = phone.notebook.drafts()
    assert (waiting.form, waiting.answers["follows"]) == ("finding_update", record)
    phone.notebook.close()


def _strict(form: dict[str, Any]) -> dict[str, Any]:
    fields = [{**one, "required": True} if one["name"] == "notes" else one for one in form["fields"]]
    return {**form, "fields": fields, "version": "strict"}


def test_what_was_said_of_one_finding_leaves_the_others() -> None:
    answers: dict[str, Any] = {}
    for record, key, is_fixed in (("a", "-", True), ("b", "GR2", False), ("c", "visits~1", True), ("a", "-", None)):
        answers |= saying(answers, record, key, is_fixed)
    assert answers == {"fixed_now": "c:visits~1", "still_open": "b:GR2"}
    assert [said(answers, *one) for one in (("a", "-"), ("b", "GR2"), ("c", "visits~1"))] == [None, False, True]
    assert fixed(answers) == [("c", "visits~1")]
    assert fixed({"fixed_now": "junk a: "}) == fixed({"fixed_now": 7}) == []
