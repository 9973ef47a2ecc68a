"""Choosing a PIN or a passphrase: the first one, another one, and which are refused with which words."""

import json

import flet as ft
import pytest

from app.secret_rules import WeakSecret
from app.words import LANGUAGES, Words
from tests.app.vaultkit import OTHER, PIN
from tests.views.gatekit import Start, appears, choose_pin, fail, unlock
from tests.views.headless import Screen
from views.pin import said

pytestmark = pytest.mark.anyio

CODES = ("short-pin", "short-phrase", "long", "repeated", "sequence", "common", "badge")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "", "8 letters or more"),
        ("2718", "2718", "6 digits or more"),
        ("123456", "123456", "first that a thief tries"),
        ("111111", "111111", "repeats itself"),
        ("password", "password", "Many people use this one"),
        ("x1y2" * 40, "x1y2" * 40, "too long"),
        ("271828", "271829", "not the same"),
    ],
)
async def test_a_bad_first_pin_is_refused_with_its_reason(start: Start, first: str, second: str, said: str) -> None:
    async with Screen(start.main) as screen:
        await choose_pin(screen, first, second)
        await screen.until(lambda: screen.reads(said), said)
        assert start.gate.stage == "new"
        await choose_pin(screen)
        await appears(screen, "enrol-code")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_its_sentence(code: str, language: str) -> None:
    words = Words.load(language, strict=True)
    assert said(WeakSecret(f"weak-{code}"), words) != words("start.damaged.text")


async def test_the_fields_hide_what_is_typed_and_bring_digits_up_until_letters_are_wanted(start: Start) -> None:
    async with Screen(start.main) as screen:
        await appears(screen, "save-pin")
        field = screen.field("pin")
        assert field.password
        assert field.keyboard_type == ft.KeyboardType.NUMBER
        await screen.type("pin", "la señora")
        await screen.tap("keyboard")
        field = screen.field("pin")
        assert (field.keyboard_type, field.value) == (ft.KeyboardType.VISIBLE_PASSWORD, "la señora")
        await screen.type("pin", "la señora del patio")
        await screen.type("pin-again", "la sen\u0303ora del patio")
        await screen.tap("save-pin")
        await screen.until(lambda: screen.reads("not the same"), "the words")  # as typed, letter by letter
        await screen.type("pin-again", "la señora del patio")
        await screen.tap("save-pin")
        await appears(screen, "enrol-code")
    assert json.loads(start.disk.stable["settings.json"])["letters"] is True
    async with Screen(start.main) as screen:
        await appears(screen, "unlock")
        assert screen.field("pin").keyboard_type == ft.KeyboardType.VISIBLE_PASSWORD
        await unlock(screen, "la señora del patio")
        await appears(screen, "enrol-code")


async def test_what_is_typed_is_shown_and_hidden_again_at_a_tap(start: Start) -> None:
    async with Screen(start.main) as screen:
        await appears(screen, "save-pin")
        await screen.type("pin", PIN)
        await screen.tap("pin-show")
        assert not screen.field("pin").password
        assert screen.field("pin").value == PIN
        assert screen.field("pin-again").password
        await screen.tap("pin-hide")
        assert screen.field("pin").password
        await screen.type("pin-again", PIN)
        await screen.tap("save-pin")
        await appears(screen, "enrol-code")


async def test_spaces_in_a_pin_are_told_about(start: Start) -> None:
    async with Screen(start.main) as screen:
        await choose_pin(screen, "271 828")
        await screen.until(lambda: screen.reads("Spaces in a PIN do not count"), "the words")


async def test_the_pin_is_changed_with_the_old_one_and_may_not_be_the_badge(start: Start) -> None:
    await start.fill(
        setup={"officer": {"id": "018f0000-0000-7000-8000-0000000000a1", "name": "Dana", "badge": "884401"}}
    )
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "change-pin")
        await screen.tap("change-pin")
        await _change(screen, PIN, "884401")
        await screen.until(lambda: screen.reads("badge number can be read"), "the words")
        await _change(screen, OTHER, OTHER)
        await screen.until(lambda: screen.reads("That is not the PIN"), "the words")
        await _change(screen, PIN, OTHER)
        await screen.until(lambda: screen.reads("The PIN is changed"), "the words")
        assert screen.page.route == "/more"
        await screen.tap("lock-now")
        await unlock(screen, PIN)
        await screen.until(lambda: screen.reads("That is not the PIN"), "the words")
        await unlock(screen, OTHER)
        await appears(screen, "lock-now")


async def test_whoever_guesses_at_the_old_pin_waits_too_and_loses_everything_at_the_tenth(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await fail(start, screen, 4)
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        screen.page.navigate("/more/pin")
        await appears(screen, "pin-old")
        for _ in range(5):
            await _change(screen, OTHER, "161803")
        await appears(screen, "wait-left")
        for _ in range(5):
            for _ in range(3):  # the officer waits and taps now and then, or it would lock
                start.now += 250
                start.device.act()
            await screen.until(lambda: "wait-left" not in screen.idents(), "the end of the wait")
            await _change(screen, OTHER, "161803")
            await screen.settle()
        await appears(screen, "gone")
        assert not screen.reads("The PIN is changed")
        assert not start.services.is_open
        assert not start.disk.open_files


async def _change(screen: Screen, old: str, new: str) -> None:
    for field, text in (("pin-old", old), ("pin", new), ("pin-again", new)):
        await screen.type(field, text)
    await screen.tap("save-pin")
