"""A place's own questions: asked by its kind or question set, all well to begin with, so that well stays one tap."""

from pathlib import Path

import pytest

from server.changes import KINDS
from tests.app.formkit import form
from tests.views.headless import Screen
from tests.views.phone import Phone
from tests.views.test_record_grade import TAG, make
from views.tagged import begin, find

pytestmark = pytest.mark.anyio

SETS = {
    "door": ["door_latched"],
    "gate": ["gate_latched"],
    "aed": ["aed_light", "aed_date"],
    "restroom": ["restroom_fit"],
    "lot": ["lot_free"],
    "gym": ["gym_exits"],
    "roof": ["roof_locked"],
    "playground": ["playground_whole"],
}
OWN = [name for names in SETS.values() for name in names]


def started(phone: Phone) -> str:
    return begin(phone.services, find(phone.services, TAG))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_place_asks_what_its_kind_is_asked_and_all_of_it_is_well(tmp_path: Path, kind: str) -> None:
    phone = await make(tmp_path, kind=kind)
    record = phone.notebook.record(phone.notebook.save(started(phone)).id)
    assert record is not None
    assert {name: record.answers[name] for name in OWN if name in record.answers} == dict.fromkeys(
        SETS.get(kind, []), "yes"
    )
    assert record.answers["result"] == "ok"
    phone.notebook.close()


async def test_a_question_set_goes_before_the_kind(tmp_path: Path) -> None:
    phone = await make(tmp_path, kind="office", question_set="aed")
    draft = started(phone)
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert {"field-aed_light", "field-aed_date"} <= {*screen.idents()}
        assert "field-door_latched" not in screen.idents()
        assert await _saves(screen)
    phone.notebook.close()


async def _saves(screen: Screen) -> bool:
    await screen.tap("save")
    return bool(await screen.until(lambda: screen.page.route == "/", "Home"))


@pytest.mark.parametrize("name", OWN)
async def test_a_no_makes_an_issue_of_its_kind_and_a_yes_takes_it_back(tmp_path: Path, name: str) -> None:
    phone = await make(tmp_path, kind=next(kind for kind, names in SETS.items() if name in names))
    draft = started(phone)
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        await screen.tap(f"choice-{name}-no")
        kept = phone.notebook.draft(draft)
        assert kept is not None
        assert kept.answers["result"] == "issue"
        kinds = form("location_check").field("issue_kind")
        assert kinds is not None
        assert kept.answers["issue_kind"] in kinds.choice_names
        await screen.tap(f"choice-{name}-yes")
        again = phone.notebook.draft(draft)
        assert again is not None
        assert again.answers["result"] == "ok"
        await screen.tap(f"choice-{name}-no")
        await _saves(screen)
    (found,) = phone.notebook.findings()
    assert found.record.place_name == "Door 7"
    phone.notebook.close()


async def test_what_was_written_about_an_issue_is_not_put_aside_by_a_yes(tmp_path: Path) -> None:
    phone = await make(tmp_path, kind="door")
    draft = started(phone)
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        await screen.tap("choice-door_latched-no")
        await screen.type("field-issue_note", "Hinge bent")
        await screen.tap("choice-door_latched-yes")
        kept = phone.notebook.draft(draft)
        assert kept is not None
        assert kept.answers["result"] == "issue"
    phone.notebook.close()
