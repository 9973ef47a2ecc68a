"""A phone that is full: it says so, nothing that was typed or confirmed is lost, and it works on once there is room."""

import io

import flet as ft
import pytest
from PIL import Image

from app.notebook import Notebook
from tests.views.gatekit import Start, appears, unlock
from tests.views.headless import Screen

pytestmark = pytest.mark.anyio


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


async def at_home(start: Start, screen: Screen) -> Notebook:
    """Unlocks, and waits until the notebook has nothing of its own to do any more."""
    await unlock(screen)
    await appears(screen, "open-parent_contact")
    await screen.rest(0.05)
    return start.services.notebook


async def test_a_record_that_does_not_fit_stays_open_with_everything_and_is_saved_once_there_is_room(
    start: Start,
) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        notebook = await at_home(start, screen)
        begun = notebook.start("parent_contact").id
        notebook.answer(begun, "topic", "praise")
        screen.page.navigate(f"/form/{begun}")
        await appears(screen, "field-summary")
        await screen.type("field-summary", "Brought the lost bag back")
        await screen.rest(0.4)  # until the letters are kept
        before = notebook.counts()
        start.fill_up()
        await screen.tap("save")
        await screen.until(lambda: screen.reads("no room left"), "the words")
        assert screen.page.route.startswith("/form/")
        assert screen.field("field-summary").value == "Brought the lost bag back"
        assert notebook.counts() == before
        start.disk.room = None
        await screen.tap("save")
        await screen.until(lambda: screen.page.route == "/", "Home")
        assert notebook.counts().waiting == before.waiting + 1


async def test_answers_that_do_not_fit_stay_on_the_screen_and_are_kept_later(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        notebook = await at_home(start, screen)
        await screen.tap("open-parent_contact")
        start.fill_up()
        await screen.type("field-summary", "half a sent")
        await screen.until(lambda: screen.reads("no room left"), "the words")
        start.disk.room = None
        await screen.tap("choice-direction-in")
        await screen.until(lambda: not screen.reads("no room left"), "the words to leave")
        draft = notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.answers["summary"] == "half a sent"


async def test_whoever_leaves_a_form_that_could_not_be_kept_finds_it_as_it_was(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await at_home(start, screen)
        await screen.tap("open-parent_contact")
        form = screen.page.route
        start.fill_up()
        await screen.type("field-summary", "half a sent")
        await screen.back()
        await appears(screen, "open-parent_contact")
        assert not screen.reads("Kept as a draft")
        screen.page.navigate(form)
        await appears(screen, "field-summary")
        assert screen.field("field-summary").value == "half a sent"


async def test_a_photo_that_does_not_fit_is_told_and_can_be_taken_again(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await at_home(start, screen)
        await screen.tap("open-parent_contact")
        await screen.type("field-summary", "With the letter")
        await screen.rest(0.4)
        start.fill_up()
        await _pick(screen)
        await screen.until(lambda: screen.reads("no room left for this photo"), "the words")
        assert screen.field("field-summary").value == "With the letter"
        assert not [name for name in start.disk.names_now if name.startswith("photo-")]
        start.disk.room = None
        await _pick(screen)
        await appears(screen, "remove-photo")


async def test_a_form_that_cannot_be_begun_says_that_there_is_no_room(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await at_home(start, screen)
        start.fill_up()
        await screen.tap("open-parent_contact")
        await screen.until(lambda: screen.reads("This phone has no room left"), "the words")
        assert screen.page.route == "/"


async def test_a_full_phone_locks_and_unlocks(start: Start) -> None:
    record = await start.fill()
    async with Screen(start.main) as screen:
        await at_home(start, screen)
        start.fill_up()
        await start.gate.lock()
        await unlock(screen)
        await appears(screen, f"record-{record}")


async def test_a_first_pin_that_does_not_fit_is_said_and_set_once_there_is_room(start: Start) -> None:
    async with Screen(start.main) as screen:
        await appears(screen, "save-pin")
        start.disk.room = 0
        for field in ("pin", "pin-again"):
            await screen.type(field, "271828")
        await screen.tap("save-pin")
        await screen.until(lambda: screen.reads("This phone has no room left"), "the words")
        start.disk.room = None
        await screen.tap("save-pin")
        await appears(screen, "enrol-code")


async def _pick(screen: Screen) -> None:
    """Chooses a photo, as the phone's own dialog hands it over."""
    action = screen.inside("photo-photo", ft.OutlinedButton).action
    assert isinstance(action, ft.PickFiles)
    data = photo()
    file = {"id": 1, "name": "photo.jpg", "size": len(data), "path": None, "bytes": data}
    await screen.fire(action.file_picker, "result", {"files": [file]})
    await appears(screen, "use-photo")
    await screen.tap("use-photo")
