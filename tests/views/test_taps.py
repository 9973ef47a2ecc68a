"""From Home to a finished record: every tap and every typed character is counted, and stands in docs/built-in-forms.md.

The camera's own work (holding the phone before a tag) is no tap. What the usual case of each form is says
tests/app/test_built_in_forms.py.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from tests.app.formkit import FORMS, NOT_BEGUN
from tests.app.test_built_in_forms import USUAL
from tests.views.everything import SHORT, TAG, make_full_phone
from tests.views.headless import Screen
from tests.views.phone import DOOR, Phone
from tests.views.test_scan import CAMERA, Reader
from views import viewfinder

pytestmark = pytest.mark.anyio

MANUAL = (Path(__file__).parents[2] / "docs" / "built-in-forms.md").read_text(encoding="utf-8")
GOALS = {"location_check": (2, 0), "parent_contact": (6, 0)}


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


class Hand:
    """An officer's thumb on a phone that shows Home."""

    def __init__(self, phone: Phone, screen: Screen) -> None:
        self.phone, self.screen = phone, screen
        self.taps = self.typed = 0

    async def tap(self, identifier: str) -> None:
        self.taps += 1
        await self.screen.tap(identifier)

    async def type(self, identifier: str, text: str) -> None:
        """A tap into the field, then the letters."""
        self.taps, self.typed = self.taps + 1, self.typed + len(text)
        await self.screen.type(identifier, text)

    async def turn_to(self, tab: int) -> None:
        self.taps += 1
        await self.screen.put(self.screen.all(ft.NavigationBar)[0], selected_index=tab)

    async def begin(self, form: str) -> None:
        if f"open-{form}" not in self.screen.idents():
            await self.tap("all-forms")
        await self.tap(f"open-{form}")

    async def answer(self, name: str, value: Any) -> None:
        """Tiles and chips are one tap; what lies in a sheet is two."""
        for choice in value if isinstance(value, list) else [value]:
            if f"choice-{name}-{choice}" not in self.screen.idents():
                await self.tap(f"field-{name}")
            await self.tap(f"choice-{name}-{choice}")

    async def save(self) -> tuple[int, int]:
        await self.tap("save")
        await self.screen.until(lambda: self.screen.page.route == "/", "Home after saving")
        assert len(self.phone.notebook.records()) == 1
        return self.taps, self.typed


def written(form: str) -> tuple[int, int]:
    """What the manual says: taps and characters."""
    row = re.search(rf"^\| `{form}` \|.*\| (\d+) \| (\d+) \|$", MANUAL, re.MULTILINE)
    assert row, form
    return int(row[1]), int(row[2])


def test_the_goals_are_kept() -> None:
    for form, (taps, typed) in GOALS.items():
        assert written(form)[0] <= taps, form
        assert written(form)[1] <= typed, form


@pytest.mark.parametrize("form", sorted(set(FORMS) - NOT_BEGUN - {"location_check"}))
async def test_the_usual_case_takes_the_taps_that_the_manual_says(phone: Phone, form: str) -> None:
    async with Screen(phone.main) as screen:
        hand = Hand(phone, screen)
        await hand.begin(form)
        for name, value in USUAL[form][0].items():
            await hand.answer(name, value)
        assert await hand.save() == written(form)


async def test_a_scanned_location_check_takes_the_taps_that_the_manual_says(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewfinder, "PERIOD", 0.01)
    monkeypatch.setattr(viewfinder, "REST", 0.001)
    phone.services.scanner = Reader(f"HTTPS://DISTRICT.EXAMPLE/T/{TAG}")
    async with Screen(phone.main, replies=CAMERA) as screen:
        hand = Hand(phone, screen)
        await hand.turn_to(2)
        await screen.until(lambda: "save" in screen.idents(), "the check")
        assert await hand.save() == written("location_check")
    (record,) = phone.notebook.records()
    assert (record.place_name, record.title) == ("Door 7, north gym", "All OK · Door 7, north gym")


async def test_a_finding_is_closed_in_the_taps_that_the_manual_says(phone: Phone) -> None:
    walk = phone.save("walkthrough", areas=["BD"], BD1="no", BD1_severity="4")
    async with Screen(phone.main) as screen:
        hand = Hand(phone, screen)
        await hand.turn_to(1)
        for identifier in ("findings", f"finding-{walk}-BD1", "deal-with", "save"):
            await hand.tap(identifier)
        await screen.until(lambda: not phone.notebook.findings(), "the finding to be closed")
        assert (hand.taps, hand.typed) == written("finding_update")


async def test_a_tag_read_by_the_phones_own_camera_leaves_one_tap(phone: Phone) -> None:
    async with Screen(phone.main, route=f"/t/{TAG}") as screen:
        await screen.until(lambda: "save" in screen.idents(), "the check")
        assert await Hand(phone, screen).save() == (1, 0)


async def test_a_tag_that_cannot_be_scanned_is_typed(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        hand = Hand(phone, screen)
        await hand.turn_to(2)
        await hand.type("type-code", SHORT)
        await hand.tap("use-code")
        await screen.until(lambda: "save" in screen.idents(), "the check")
        assert await hand.save() == (4, 8)
    assert phone.notebook.records()[0].place_name == "Door 7, north gym"


async def test_a_door_found_propped_and_shut_takes_six_taps(phone: Phone) -> None:
    draft = phone.notebook.start("location_check", {"place_name": "Door 7", "tag_code": TAG}, place=DOOR, tag=TAG)
    async with Screen(phone.main, route=f"/form/{draft.id}") as screen:
        hand = Hand(phone, screen)
        hand.taps = 1  # to the camera
        await hand.answer("result", "issue")
        await hand.answer("issue_kind", "door_propped")
        await hand.answer("fixed", "yes")
        assert await hand.save() == (6, 0)
