"""Findings: what is open, by due date; one of them; and saying what was done."""

from datetime import date, timedelta

import pytest

from tests.views.headless import Screen
from tests.views.phone import Phone
from views.findings import ROUTE

pytestmark = pytest.mark.anyio

FENCES = "Are fences whole and gates latched or locked as planned for this hour?"


def day(offset: int) -> str:
    return (date.today() + timedelta(days=offset)).isoformat()


def walk(phone: Phone, **answers: object) -> str:
    usual = {"areas": ["GR", "BD"], "GR2": "no", "GR2_severity": "2", "GR2_advice": "Weld it", "BD1": "no"}
    return phone.save("walkthrough", **(usual | {"BD1_severity": "3"} | answers))


async def test_without_findings_the_list_of_records_says_nothing_of_them_and_their_own_says_why(phone: Phone) -> None:
    phone.save(topic="praise")
    async with Screen(phone.main, route="/records") as screen:
        assert "findings" not in screen.idents()
    async with Screen(phone.main, route=ROUTE) as screen:
        assert screen.reads("Nothing open")


async def test_the_list_of_records_counts_the_open_findings_and_leads_to_them(phone: Phone) -> None:
    walk(phone, BD1_due=day(-1))
    async with Screen(phone.main, route="/records") as screen:
        assert screen.reads("2 open findings")
        assert screen.reads("1 is overdue")
        await screen.tap("findings")
        assert screen.page.route == ROUTE


async def test_findings_stand_by_due_date_under_headings(phone: Phone) -> None:
    record = walk(phone, BD1_due=day(-1), GR2_due=day(0), BD2="partly", BD2_severity="1")
    async with Screen(phone.main, route=ROUTE) as screen:
        names = [name for name in screen.idents() if name.startswith("finding-")]
        assert names == [f"finding-{record}-{item}" for item in ("BD1", "GR2", "BD2")]
        said = screen.texts()
        headings = [text for text in said if text in ("Overdue", "Due today", "Later", "No date")]
        assert [text for at, text in enumerate(headings) if text not in headings[:at]] == [
            "Overdue",
            "Due today",
            "No date",
        ]


async def test_one_finding_shows_its_answers_and_what_was_done_closes_it(phone: Phone) -> None:
    record = walk(phone)
    async with Screen(phone.main, route=f"{ROUTE}/{record}/GR2") as screen:
        assert screen.reads(FENCES)
        assert screen.reads("Weld it")
        assert not screen.reads("Does every exterior door close")
        await screen.tap("deal-with")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert screen.reads(FENCES), "the form says which finding it is about"
        done = phone.notebook.save(draft.id).id
    async with Screen(phone.main, route=f"{ROUTE}/{record}/GR2") as screen:
        assert screen.reads("Fixed")
        assert f"record-{done}" in screen.idents()
    async with Screen(phone.main, route=ROUTE) as screen:
        assert f"finding-{record}-GR2" not in screen.idents()
        await screen.tap("filter-fixed")
        await screen.tap("choice-filter-fixed-fixed")
        await screen.until(lambda: f"finding-{record}-GR2" in screen.idents(), "what was fixed")


async def test_a_finding_that_is_none_any_more_says_so(phone: Phone) -> None:
    record = walk(phone)
    async with Screen(phone.main, route=f"{ROUTE}/{record}/GR5") as screen:
        assert screen.reads("No finding any more")
        await screen.tap("findings")
        assert screen.page.route == ROUTE
