"""The field app from its start: the real parts put together, into the notebook and out of it again."""

import asyncio
import gc
import json
import weakref
from pathlib import Path

import flet as ft
import pytest

import main
from app.binding import AnotherOwner
from app.files import OrdinaryFolder
from app.ids import canonical, sha256
from app.keys import NativeKeys
from app.notebook import Notebook
from app.settings import Settings, keep_settings
from app.store import NewerFormat
from app.tags import new_enrol_code, show
from sync.engine import Engine
from tests.app.vaultkit import PIN
from tests.views.gatekit import Start, appears, choose_pin, unlock
from tests.views.headless import Screen
from views import gate

pytestmark = pytest.mark.anyio


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """A phone that was never used."""
    return Start(monkeypatch)


async def test_a_new_phone_asks_for_a_pin_and_then_for_the_enrolment(start: Start) -> None:
    async with Screen(start.main) as screen:
        await choose_pin(screen)
        await appears(screen, "enrol-code")
        assert screen.page.title == "Beatbook"
    assert "vault.json" in start.disk.names_now


async def test_on_ordinary_files_the_next_start_asks_for_the_pin_that_was_set(tmp_path: Path) -> None:
    def beside(page: ft.Page) -> None:
        keys = NativeKeys(OrdinaryFolder(tmp_path / "key"))
        page.run_task(main.main, page, OrdinaryFolder(tmp_path / "notebook"), keys)

    async with Screen(beside) as screen:
        await choose_pin(screen)
        await appears(screen, "enrol-code")
    async with Screen(beside) as screen:
        await unlock(screen)
        await appears(screen, "enrol-code")


async def test_the_link_of_an_enrolment_survives_the_choice_of_a_pin(start: Start) -> None:
    code = new_enrol_code()
    async with Screen(start.main, route=f"/enrol/{code}") as screen:
        await choose_pin(screen)
        await appears(screen, "enrol-code")
        assert show(code) in screen.texts("enrol-code")


async def test_the_link_of_a_tag_waits_behind_pin_and_enrolment(start: Start) -> None:
    async with Screen(start.main, route="/t/ABCD2345ABCD2345") as screen:
        await choose_pin(screen)
        await appears(screen, "enrol-code")
        assert start.services.wanted == "/t/ABCD2345ABCD2345"


async def test_an_enrolled_phone_is_locked_at_its_start_and_opens_where_the_link_leads(start: Start) -> None:
    record = await start.fill()
    async with Screen(start.main, route=f"/records/{record}") as screen:
        await appears(screen, "unlock")
        assert not screen.reads("Praise")
        await unlock(screen)
        await appears(screen, "correct")


async def test_the_app_speaks_the_language_and_wears_the_look_that_were_chosen(start: Start) -> None:
    await keep_settings(start.disk, Settings("es", "dark"))
    async with Screen(start.main) as screen:
        await screen.until(lambda: screen.reads("Proteja este cuaderno"), "Spanish")
        assert screen.page.theme_mode == ft.ThemeMode.DARK


# -- out again ------------------------------------------------------------------------------------------------------


async def test_lock_now_leaves_nothing_on_the_screen_or_in_memory_and_leads_back_where_one_was(start: Start) -> None:
    record = await start.fill()
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "lock-now")
        gone = weakref.ref(start.services.notebook)
        await screen.tap("lock-now")
        await appears(screen, "unlock")
        for control in screen.walk(top_only=False):
            assert "Dana Reyes" not in str(getattr(control, "value", "")), control
        assert screen.page.route == "/more"
        assert not start.disk.open_files
        await screen.settle()
        gc.collect()
        assert gone() is None
        await unlock(screen)
        await appears(screen, "lock-now")
        assert start.services.notebook.record(record)


@pytest.mark.parametrize("news", ["timer", "coming back", "tap"])
async def test_after_five_idle_minutes_it_locks_whatever_tells_it(
    start: Start, news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start.fill()
    if news == "timer":
        monkeypatch.setattr(gate, "LOOK_AT_CLOCK", 0.01)
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        start.now += 299
        await screen.rest(0.05)
        start.device.act()
        start.now += 299
        await screen.rest(0.05)
        assert "open-parent_contact" in screen.idents()
        start.now += 2
        if news == "coming back":
            start.device.resume()
        elif news == "tap":  # whoever it is: too late to be the officer's
            start.device.act()
        await appears(screen, "unlock")


async def test_what_was_typed_is_there_again_after_the_lock(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.tap("open-parent_contact")
        await screen.type("field-summary", "half a sent")
        await start.gate.lock()  # before the letters are kept by themselves
        await appears(screen, "unlock")
        assert not screen.reads("half a sent")
        await unlock(screen)
        await appears(screen, "field-summary")
        assert screen.field("field-summary").value == "half a sent"


async def test_what_a_full_phone_would_not_take_outlives_the_lock_too_but_only_sealed(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.tap("open-parent_contact")
        start.fill_up()
        await screen.type("field-summary", "half a sent")
        await screen.until(lambda: screen.reads("no room left"), "the words")
        await start.gate.lock()
        await appears(screen, "unlock")
        assert b"half a sent" not in b"".join(start.gate._aside.values())
        await unlock(screen)
        await appears(screen, "field-summary")
        assert screen.field("field-summary").value == "half a sent"
        start.disk.room = None
        await screen.type("field-summary", "half a sentence")
        await screen.until(lambda: not screen.reads("no room left"), "the words to leave")
        draft = screen.page.route.removeprefix("/form/")
        found = start.services.notebook.draft(draft)
        assert found is not None
        assert found.answers["summary"] == "half a sentence"


async def test_a_form_that_was_just_opened_is_still_there_after_the_lock(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.tap("open-parent_contact")
        await start.gate.lock()
        await unlock(screen)
        await appears(screen, "field-summary")


async def test_a_full_phone_opens_its_notebook_all_the_same(start: Start) -> None:
    record = await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.tap("open-parent_contact")  # a draft for the next start to sweep away
    start.fill_up()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, f"record-{record}")


async def test_a_question_that_stood_over_the_form_goes_with_the_lock(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.tap("open-parent_contact")
        await screen.type("field-summary", "half")
        await screen.tap("discard-draft")
        await appears(screen, "discard-yes")
        await start.gate.lock()
        await appears(screen, "unlock")
        assert "discard-yes" not in screen.idents()


async def test_a_round_under_way_has_ended_before_the_notebook_closes(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        notebook, engine, ended = start.services.notebook, start.services.engine, []

        async def long_round() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                notebook.counts()
                ended.append("round")

        engine.round = long_round  # type: ignore[method-assign]
        start.device.connect()
        engine.kick("manual")
        await screen.until(lambda: engine._task is not None, "the round")
        await screen.settle()
        await start.gate.lock()
        assert ended == ["round"]


# -- what does not open ---------------------------------------------------------------------------------------------


async def test_a_notebook_that_is_open_elsewhere_is_told_and_taken_over_when_it_closes(start: Start) -> None:
    await start.fill()
    other = await start.disk.open("lock")
    async with Screen(start.main) as screen:
        await unlock(screen)
        await screen.until(lambda: screen.reads("Open somewhere else"), "the words")
        await screen.tap("try-again")
        await screen.settle()
        assert screen.reads("Open somewhere else")
        other.close()
        await screen.tap("try-again")
        await appears(screen, "open-parent_contact")


async def test_whoever_waits_for_another_tab_and_leaves_has_to_unlock_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start.fill()
    monkeypatch.setattr(gate, "LOOK_AGAIN", 0.01)
    other = await start.disk.open("lock")
    async with Screen(start.main) as screen:
        await unlock(screen)
        await screen.until(lambda: screen.reads("Open somewhere else"), "the words")
        start.now += 301
        await appears(screen, "unlock")
        assert start.vault.state == "locked"
        other.close()
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_a_notebook_of_a_newer_version_is_left_alone(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    await _fails_with(NewerFormat(), "A newer version wrote this notebook", start, monkeypatch)


@pytest.mark.parametrize(
    ("error", "said"), [(OSError("disk"), "The notebook cannot be opened"), (KeyError("x"), "cannot be opened")]
)
async def test_whatever_goes_wrong_gets_words_and_not_a_crash(
    error: Exception, said: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _fails_with(error, said, start, monkeypatch)


async def _fails_with(error: Exception, said: str, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> Notebook:
        raise error

    await start.fill()
    with monkeypatch.context() as patch:
        patch.setattr(Notebook, "open", fails)
        async with Screen(start.main) as screen:
            await unlock(screen)
            await screen.until(lambda: screen.reads(said), said)
            patch.undo()
            start._clocks(monkeypatch)
            await screen.tap("try-again")
            await appears(screen, "open-parent_contact")


@pytest.mark.parametrize(("damage", "said"), [(b"{", "key is damaged"), (b"", "key is damaged")])
async def test_a_damaged_vault_says_so_and_can_be_given_up(start: Start, damage: bytes, said: str) -> None:
    await start.fill()
    start.disk.stable["vault.json"] = damage
    async with Screen(start.main) as screen:
        await screen.until(lambda: screen.reads(said), said)
        await _begin_anew(start, screen)


async def test_a_vault_of_a_newer_version_is_left_alone(start: Start) -> None:
    await start.fill()
    newer = json.loads(start.disk.stable["vault.json"]) | {"format": 99}
    del newer["sum"]
    start.disk.stable["vault.json"] = canonical({**newer, "sum": sha256(canonical(newer))})
    async with Screen(start.main) as screen:
        await screen.until(lambda: screen.reads("A newer version wrote this notebook"), "the words")
        assert "forgot" not in screen.idents()
        start.device.offer_update()
        await appears(screen, "update-now")


async def test_a_journal_of_another_key_says_so_and_can_be_given_up(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Start(monkeypatch)
    await other.fill()
    await start.fill()
    for name in list(start.disk.stable):
        if name.startswith(("journal-", "directory-")):
            del start.disk.stable[name]
    for name, data in other.disk.stable.items():
        if name.startswith("journal-"):
            start.disk.stable[name] = data
    start._clocks(monkeypatch)
    async with Screen(start.main) as screen:
        await unlock(screen)
        await screen.until(lambda: screen.reads("has another key"), "the words")
        await _begin_anew(start, screen)


async def _begin_anew(start: Start, screen: Screen) -> None:
    await screen.tap("forgot")
    await screen.tap("wipe")
    assert any(name.startswith("journal-") for name in start.disk.names_now)
    await screen.tap("wipe")
    await appears(screen, "gone")
    assert not any(name.startswith("journal-") for name in start.disk.names_now)
    await screen.tap("begin")
    await choose_pin(screen)
    await appears(screen, "enrol-code")


async def test_another_officers_notebook_stops_an_enrolment_and_can_be_given_up(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def another(*_: object) -> None:
        raise AnotherOwner

    await start.fill()
    monkeypatch.setattr(Engine, "enrol", another)
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        start.services.notebook.unbind("device_unknown")
        await start.gate.lock()
        await unlock(screen)
        await appears(screen, "enrol-code")
        await screen.type("enrol-code", new_enrol_code())
        await screen.tap("enrol")
        await screen.until(lambda: screen.reads("another officer's notebook"), "the words")
        await _begin_anew(start, screen)


async def test_a_vault_that_another_tab_holds_is_waited_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    await start.fill()
    monkeypatch.setattr(gate, "LOOK_AGAIN", 0.01)
    held = await start.disk.open("guesses")
    async with Screen(start.main) as screen:
        await screen.until(lambda: screen.reads("Open somewhere else"), "the words")
        held.close()
        await unlock(screen, PIN)
        await appears(screen, "open-parent_contact")
