"""Home: where I am, what waits, one tap to each kind of record."""

import asyncio
from typing import Any

import flet as ft
import pytest

from app.store import Report
from app.words import Words
from sync.engine import State
from tests.views.headless import Screen
from tests.views.phone import Phone
from views import shell

pytestmark = pytest.mark.anyio


async def test_an_empty_day_says_what_the_place_is_for(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        assert screen.reads("Nothing written today")


@pytest.mark.parametrize(
    ("state", "changes", "said"),
    [
        (State.OFFLINE, {"waiting": 3}, "Offline, 3 wait to send"),
        (State.OFFLINE, {}, "Offline, nothing waits"),
        (State.WAITING, {"waiting": 1}, "1 waits to send"),
        (State.SYNCING, {"waiting": 2, "done": 1, "total": 3}, "Sending 1 of 3"),
        (State.ALL_AT_DISTRICT, {}, "All at the district"),
        (State.TROUBLE, {"attention": 2, "code": "needs_attention"}, "2 need attention"),
        (State.TROUBLE, {"code": "device_revoked"}, "The district has taken this phone out of service"),
    ],
)
async def test_the_badge_tells_the_truth(phone: Phone, state: State, changes: dict[str, Any], said: str) -> None:
    async with Screen(phone.main) as screen:
        phone.engine.set(state, **changes)
        await screen.until(lambda: said in " ".join(screen.texts("sync-badge")), said)
        assert said in (screen.at("sync-badge").label or "")


async def test_the_badge_names_the_last_success_and_opens_the_sync_screen(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        assert "Last sync" in (screen.at("sync-badge").label or "")
        await screen.tap("sync-badge")
        assert screen.page.route == "/more/sync"


async def test_what_was_saved_today_is_listed_with_its_state(phone: Phone) -> None:
    record = phone.save(topic="attendance")
    async with Screen(phone.main) as screen:
        assert any("Waiting to send" in text for text in screen.texts(f"record-{record}"))
        phone.receive()
        await screen.until(
            lambda: any("District has it" in text for text in screen.texts(f"record-{record}")), "the receipt"
        )
        await screen.tap(f"record-{record}")
        assert screen.page.route == f"/records/{record}"


async def test_drafts_are_there_to_go_on_with(phone: Phone) -> None:
    draft = phone.draft(topic="attendance")
    async with Screen(phone.main) as screen:
        await screen.tap(f"draft-{draft}")
        assert screen.page.route == f"/form/{draft}"


async def test_the_school_is_changed_with_two_taps(phone: Phone) -> None:
    first, second = phone.notebook.schools()
    async with Screen(phone.main) as screen:
        assert screen.reads(first.name)
        await screen.tap("school")
        assert [screen.at(f"choice-school-{school.id}").selected for school in (first, second)] == [True, False]
        await screen.tap(f"choice-school-{second.id}")
        await screen.until(lambda: second.name in screen.texts("school"), "the other school")
        assert phone.notebook.current_school == second


async def test_an_update_waits_for_a_tap(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        assert "update-now" not in screen.idents()
        phone.device.update_ready = True
        phone.services.device_changes.changed()
        await screen.until(lambda: "update-now" in screen.idents(), "the banner")
        await screen.tap("update-now")
        assert phone.device.updates == 1


async def test_one_switch_turns_the_colours_for_full_sun_on_and_off(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        await screen.tap("sunlight")
        assert phone.services.settings.look == "sunlight"
        assert screen.page.theme_mode == ft.ThemeMode.LIGHT
        await screen.tap("sunlight")
        assert phone.services.settings.look == "auto"


async def test_without_forms_home_says_why_and_offers_to_sync(phone: Phone) -> None:
    phone.notebook.forms = lambda: []  # type: ignore[method-assign]
    async with Screen(phone.main) as screen:
        assert screen.reads("The forms are on their way")
        await screen.tap("sync-now")
        assert phone.engine.kicks == ["manual"]


async def test_home_speaks_spanish_at_once(phone: Phone) -> None:
    async with Screen(phone.main) as screen:
        await phone.services.set_language("es")
        await screen.until(lambda: screen.reads(Words.load("es")("home.nothing.title")), "Spanish")
        form = phone.notebook.form("parent_contact")
        assert form is not None
        assert screen.reads(form.title("es"))


async def test_damage_is_told_until_the_officer_has_seen_it(phone: Phone) -> None:
    phone.notebook._facts.set("losses", {"count": 2, "at": "2026-11-24T10:00:00+00:00"})
    async with Screen(phone.main) as screen:
        assert screen.reads("2 entries of this notebook were damaged")
        await screen.tap("losses-seen")
        await screen.until(lambda: "damage" not in screen.idents(), "the message to go")
    assert phone.notebook.losses is None


async def test_a_save_that_was_cut_off_is_said_once(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(phone.notebook), "report", Report(cut=90))
    async with Screen(phone.main) as screen:
        assert screen.reads("The app was ended in the middle of a save")
        await screen.tap("cut-seen")
        await screen.until(lambda: "cut" not in screen.idents(), "the message to go")


async def test_the_next_screens_are_loaded_once_home_is_drawn(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    turn, loaded = asyncio.Event(), list[str]()
    monkeypatch.setattr(shell, "its_turn", turn.wait)
    monkeypatch.setattr("importlib.import_module", loaded.append)
    async with Screen(phone.main) as screen:
        assert "school" in screen.idents()
        assert not loaded
        turn.set()
        await screen.until(lambda: loaded == ["views.form", "views.scan"], "the next screens")
