"""The emergency card: open from everywhere, locked or not, and every line of it can be used."""

import re
from typing import Any

import flet as ft
import pytest

from app import emergency
from app.emergency import Emergency, Site
from app.escrow import make_pair
from app.vault_file import FILE
from app.words import LANGUAGES, Words
from tests.app.vaultkit import PIN
from tests.views.gatekit import Start, appears, choose_pin, unlock
from tests.views.headless import Screen
from tests.views.phone import Phone, setup_json

pytestmark = pytest.mark.anyio

CARD = Emergency(
    "Green Country Schools",
    "(918) 555-0199",
    "https://tips.example/north",
    "(918) 245-8777",
    (Site("North High School", "1 Elm St", "(918) 555-0110", "Community Center, 9 Elm St"),),
)


def address(screen: Screen, identifier: str) -> Any:
    """Where a tap leads."""
    url = screen.inside(identifier, ft.OutlinedButton).url
    assert isinstance(url, ft.Url)
    return url.url


async def test_it_opens_from_the_lock_and_leads_back_to_where_the_officer_was(start: Start) -> None:
    record = await start.fill()
    await emergency.keep(start.disk, CARD)
    async with Screen(start.main, route=f"/records/{record}") as screen:
        await appears(screen, "emergency")
        await screen.tap("emergency")
        await screen.until(lambda: screen.reads("Community Center, 9 Elm St"), "the card")
        assert start.gate.stage == "locked"
        assert address(screen, "call-911") == "tel:911"
        assert address(screen, "call-988") == "tel:988"
        assert address(screen, "call-dispatch") == "tel:9185550199"
        assert address(screen, "call-tip") == "https://tips.example/north"
        assert address(screen, "call-school") == "tel:9185550110"
        for words in ("North High School", "1 Elm St", "(918)\u00a0245-8777"):
            assert screen.reads(words), words
        await screen.tap("back")
        assert screen.page.route == f"/records/{record}"
        await unlock(screen)
        await appears(screen, "correct")


async def test_it_opens_from_every_screen_before_the_notebook(start: Start) -> None:
    async def opens(screen: Screen, stands: str) -> None:
        await appears(screen, stands)
        await screen.tap("emergency")
        await appears(screen, "call-911")
        await screen.tap("back")
        await appears(screen, stands)

    async with Screen(start.main) as screen:
        await opens(screen, "save-pin")
        await choose_pin(screen)
        await opens(screen, "enrol-code")
        await screen.tap("scan-code")
        await opens(screen, "type-code")
    async with Screen(start.main) as screen:
        await opens(screen, "unlock")
        await start.vault.unlock(PIN)
        await start.vault.set_escrow(make_pair()[1])
        await start.vault.wipe()
    async with Screen(start.main) as screen:
        await opens(screen, "hand-in")
        await screen.tap("scan-code")
        await opens(screen, "type-code")
        await start.gate.discard()
    start.disk.stable[FILE] = b"damaged"
    async with Screen(start.main) as screen:
        await opens(screen, "try-again")
        await screen.tap("forgot")
        assert "emergency" in screen.idents()
        await start.gate.start_over()
        await screen.tap("keep")
        await opens(screen, "gone")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_opens_by_its_own_link_on_a_phone_that_has_nothing_yet(start: Start, language: str) -> None:
    words = Words.load(language)
    async with Screen(start.main, route="/emergency") as screen:
        await start.services.set_language(language)
        await appears(screen, "call-911")
        await screen.until(lambda: screen.reads(words("emergency.none")), "why there are no schools")
        await screen.tap("back")
        await appears(screen, "save-pin")


async def test_it_is_kept_when_the_setup_comes_and_opens_from_more(start: Start) -> None:
    schools = setup_json()["schools"]
    schools[0]["reunification"] = "Community Center, 9 Elm St"
    await start.fill(setup={"schools": schools})
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "emergency")
        await screen.until(lambda: emergency.FILE in start.disk.names_now, "the card's file")
        await screen.tap("emergency")
        await screen.until(lambda: screen.reads("Community Center, 9 Elm St"), "the card")
        await screen.back()
        assert screen.page.route == "/more"
        await appears(screen, "lock-now")


async def test_a_tip_line_in_words_is_shown_as_words(start: Start) -> None:
    await emergency.keep(start.disk, Emergency(tip_line="Text TIP to 847411"))
    async with Screen(start.main, route="/emergency") as screen:
        await screen.until(lambda: screen.reads("Text TIP to 847411"), "the card")
        assert not [button for button in screen.all(ft.OutlinedButton) if "TIP" in str(button.content)]


async def test_a_card_that_is_damaged_still_has_911_and_988(start: Start) -> None:
    start.disk.stable["emergency.json"] = b"\0" * 300
    async with Screen(start.main, route="/emergency") as screen:
        await appears(screen, "call-911")
        assert address(screen, "call-988") == "tel:988"
        assert not [name for name in screen.idents() if re.match("call-(?!911|988)", name)]


async def test_a_note_that_says_911_leads_to_the_card_and_back_to_the_draft(phone: Phone) -> None:
    draft = phone.draft("welfare_check", reason="self")
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        assert "emergency-danger" not in screen.idents()
        await screen.tap("choice-immediate_danger-yes")
        await screen.tap("emergency-danger")
        assert screen.page.route == "/emergency"
        assert "call-911" in screen.idents()
        await screen.tap("back")
        assert screen.page.route == f"/form/{draft}"
        assert screen.at("choice-immediate_danger-yes").checked
