"""The screen after a forgotten PIN: what is handed in, how far it has come, what went wrong, and what is gone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import flet as ft
import pytest

from app.files import FileTrouble, Locked, NoRoom
from app.tags import new_enrol_code, show
from app.words import Words
from sync.errors import DistrictTrouble, Refused, TooMany, Unreachable
from sync.leftovers import Progress, Tell
from tests.views.headless import Screen
from views.leftovers import Leftovers, LeftoversScreen

pytestmark = pytest.mark.anyio

CODE = new_enrol_code()


@dataclass
class Wiped:
    """A wiped phone under the screen."""

    escrowed: bool = True
    language: str = "en"
    code: str = ""
    handed: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    discarded: int = 0
    trouble: Exception | None = None
    go_on: asyncio.Event | None = None
    scan: Callable[[], None] | None = None

    async def hand_in(self, code: str, tell: Tell) -> None:
        self.handed.append(code)
        tell(Progress("Ana Rivera", 250, 1000))
        if self.go_on:
            await self.go_on.wait()
        if self.trouble:
            raise self.trouble

    async def discard(self) -> None:
        if self.trouble:
            raise self.trouble
        self.discarded += 1

    def main(self, page: ft.Page) -> None:
        words = Words.load(self.language, strict=True)
        hand_in = self.hand_in if self.escrowed else None
        given = Leftovers(words, hand_in, self.discard, self.begun.append, self.scan, self.code)
        page.render_views(LeftoversScreen, given)


async def typed(screen: Screen, code: str = CODE) -> None:
    await screen.type("enrol-code", code)
    await screen.tap("hand-in")


async def test_the_code_hands_in_and_the_same_code_goes_on_to_the_set_up() -> None:
    wiped = Wiped()
    async with Screen(wiped.main) as screen:
        assert screen.reads("Drafts are given to you to write again")
        await typed(screen, show(CODE).lower())
        await screen.until(lambda: screen.reads("The district has all of it"), "the thanks")
        assert wiped.handed == [CODE]
        assert wiped.begun == []
        await screen.tap("begin")
        assert wiped.begun == [CODE]


async def test_progress_is_shown_and_nothing_can_be_tapped_twice() -> None:
    wiped = Wiped(go_on=asyncio.Event())
    async with Screen(wiped.main) as screen:
        sending = asyncio.create_task(typed(screen))
        await screen.until(lambda: screen.reads("Handing in for Ana Rivera: 25 percent"), "the progress")
        assert screen.inside("busy", ft.ProgressBar).value == 0.25
        for button in ("hand-in", "give-up"):
            with pytest.raises(AssertionError, match="switched off"):
                await screen.tap(button)
        assert wiped.go_on
        wiped.go_on.set()
        await sending
        await screen.until(lambda: "begin" in screen.idents(), "the end")
        assert wiped.handed == [CODE]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Refused("enrol_code_wrong"), "does not know this code"),
        (Refused("enrol_code_used"), "already used on another phone"),
        (Refused("enrol_code_expired"), "too old"),
        (Refused("too_big"), "more than the district takes in"),
        (Refused("not_found"), "computer has trouble"),
        (Unreachable(), "No connection to the district"),
        (TooMany(), "Too many tries"),
        (DistrictTrouble(), "computer has trouble"),
        (Locked("open"), "open in another tab"),
        (NoRoom("full"), "no room left"),
        (FileTrouble("broken"), "storage does not answer"),
        (RuntimeError("a mistake of ours"), "storage does not answer"),
    ],
)
async def test_whatever_goes_wrong_is_said_and_the_same_code_goes_on(trouble: Exception, said: str) -> None:
    wiped = Wiped(trouble=trouble)
    async with Screen(wiped.main) as screen:
        await typed(screen)
        await screen.until(lambda: screen.reads(said), "the words")
        assert CODE in screen.texts("enrol-code")
        assert screen.reads("Go on")
        wiped.trouble = None
        await screen.tap("hand-in")
        await screen.until(lambda: "begin" in screen.idents(), "the end")
        assert wiped.handed == [CODE, CODE]


@pytest.mark.parametrize(("code", "said"), [("", "Type the code first"), ("ABCD", "mistyped")])
async def test_a_code_that_cannot_be_right_asks_nobody(code: str, said: str) -> None:
    wiped = Wiped()
    async with Screen(wiped.main) as screen:
        await typed(screen, code)
        assert screen.reads(said)
        assert wiped.handed == []


async def test_a_scanned_code_is_filled_in_and_the_camera_is_offered_where_there_is_one() -> None:
    opened: list[Any] = []
    wiped = Wiped(code=CODE, scan=lambda: opened.append(1))
    async with Screen(wiped.main) as screen:
        assert show(CODE) in screen.texts("enrol-code")
        await screen.tap("scan-code")
        assert opened == [1]
        await screen.tap("hand-in")
        assert wiped.handed == [CODE]
    async with Screen(Wiped().main) as screen:
        assert "scan-code" not in screen.idents()


async def test_giving_up_is_asked_twice() -> None:
    wiped = Wiped(trouble=Locked("open"))
    async with Screen(wiped.main) as screen:
        await screen.tap("give-up")
        assert screen.reads("gone for good")
        await screen.tap("give-up-really")
        assert screen.reads("open in another tab")
        assert wiped.begun == []
        wiped.trouble = None
        await screen.tap("give-up-really")
        assert (wiped.discarded, wiped.begun, wiped.handed) == (1, [""], [])


async def test_without_an_escrow_it_is_said_that_what_was_not_sent_is_lost() -> None:
    wiped = Wiped(escrowed=False)
    async with Screen(wiped.main) as screen:
        assert screen.reads("What this phone had not sent is lost")
        assert screen.reads("Every record that the district has is safe")
        assert "enrol-code" not in screen.idents()
        await screen.tap("begin")
        assert (wiped.begun, wiped.handed) == ([""], [])


async def test_it_speaks_spanish() -> None:
    for wiped in (Wiped(language="es"), Wiped(language="es", escrowed=False)):
        async with Screen(wiped.main) as screen:
            assert screen.reads("Entregar lo que no se envió" if wiped.escrowed else "El cuaderno ya no está")
