"""Scanning: what each code leads to, with the camera, by hand and through a link; and when the camera is not there."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.tags import new_enrol_code
from tests.views.everything import GONE_TAG, OLD_TAG, SHORT, TAG, make_full_phone
from tests.views.headless import Screen
from tests.views.phone import DOOR, Phone
from views import navigation, tagged, viewfinder
from views.scanner import NoScanner, ScannerTrouble, make_scanner

pytestmark = pytest.mark.anyio

HERE = "https://district.example"
CAMERA: dict[str, Any] = {
    "get_available_cameras": [
        {"name": "0", "lens_direction": "back", "sensor_orientation": 0, "lens_type": "wide"},
        {"name": "1", "lens_direction": "front", "sensor_orientation": 0, "lens_type": "wide"},
    ],
    "take_picture": b"jpeg",
}


class Reader:
    """A scanner that reads these codes, one picture after the other, the last one again and again."""

    def __init__(self, *codes: str | Exception | None) -> None:
        self.codes = list(codes)
        self.pictures = 0

    def available(self) -> bool:
        return True

    async def decode(self, picture: bytes) -> str | None:
        assert picture == b"jpeg"
        self.pictures += 1
        code = self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]
        if isinstance(code, Exception):
            raise code
        return code


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewfinder, "PERIOD", 0.01)
    monkeypatch.setattr(viewfinder, "REST", 0.001)


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


def scanning(phone: Phone, *codes: str | Exception | None, route: str = "/scan", **replies: Any) -> Screen:
    if codes:
        phone.services.scanner = Reader(*codes)
    return Screen(phone.main, route=route, replies=CAMERA | replies)


async def typed(screen: Screen, code: str) -> None:
    await screen.type("type-code", code)
    await screen.tap("use-code")


# -- what a code leads to ------------------------------------------------------------------------------------------


async def test_the_lamp_is_switched_where_there_is_one(phone: Phone) -> None:
    async with scanning(phone, None) as screen:
        await screen.until(lambda: "light" in screen.idents(), "the lamp's button")
        await screen.tap("light")
        await screen.until(lambda: screen.reads("Light off"), "the lamp to be on")
        await screen.tap("light")
        await screen.until(lambda: screen.reads("Light on"), "the lamp to be off")
        modes = [args["mode"] for name, args in screen.calls if name == "set_flash_mode"]
        assert [mode.value for mode in modes[-2:]] == ["torch", "off"]


async def test_a_camera_without_a_lamp_has_no_button_for_one(phone: Phone) -> None:
    async with scanning(phone, None, set_flash_mode=RuntimeError("torchModeNotSupported")) as screen:
        await screen.until(lambda: "switch-camera" in screen.idents(), "the camera")
        assert "light" not in screen.idents()


async def test_a_scanned_tag_opens_the_check_of_its_place(phone: Phone) -> None:
    async with scanning(phone, None, None, f"HTTPS://DISTRICT.EXAMPLE/T/{TAG}") as screen:
        await screen.until(lambda: screen.page.route.startswith("/form/"), "the form")
        (draft,) = phone.notebook.drafts()
        assert (draft.form, draft.place, draft.tag) == ("location_check", DOOR, TAG)
        assert draft.answers["place_name"] == "Door 7, north gym"
        assert draft.answers["tag_state"] == "good"
        await screen.until(lambda: "field-place_name" in screen.idents(), "the place")
        assert "Door 7, north gym" in screen.texts("field-place_name")
        assert phone.device.felt == [40]


async def test_a_typed_code_opens_the_check_and_says_that_it_was_typed(phone: Phone) -> None:
    async with scanning(phone) as screen:
        await typed(screen, f"{SHORT[:4]}-{SHORT[4:]}".lower())
        assert screen.page.route.startswith("/form/")
        assert phone.notebook.drafts()[0].answers["tag_state"] == "typed"


async def test_a_tags_own_long_code_typed_by_hand_proves_no_more(phone: Phone) -> None:
    async with scanning(phone) as screen:
        await typed(screen, TAG)
        assert phone.notebook.drafts()[0].answers["tag_state"] == "typed"


async def test_the_link_in_a_tag_becomes_the_check_of_its_place(phone: Phone) -> None:
    async with scanning(phone, route=f"/t/{TAG.lower()}") as screen:
        await screen.until(lambda: screen.page.route.startswith("/form/"), "the form")
        assert phone.notebook.drafts()[0].place == DOOR


async def test_scanning_a_tag_twice_opens_the_same_unanswered_check(phone: Phone) -> None:
    for _ in range(2):
        async with scanning(phone, route=f"/t/{TAG}") as screen:
            await screen.until(lambda: screen.page.route.startswith("/form/"), "the form")
    assert len(phone.notebook.drafts()) == 1
    phone.notebook.answer(phone.notebook.drafts()[0].id, "result", "ok")
    async with scanning(phone, route=f"/t/{TAG}") as screen:
        await screen.until(lambda: screen.page.route.startswith("/form/"), "the form")
    assert len(phone.notebook.drafts()) == 2


async def test_an_unanswered_check_of_an_earlier_visit_is_begun_anew(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    for later in (timedelta(0), timedelta(minutes=9), timedelta(minutes=20)):
        at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC) + later
        monkeypatch.setattr(tagged, "_now", lambda at=at: at)
        async with scanning(phone, route=f"/t/{TAG}") as screen:
            await screen.until(lambda: screen.page.route.startswith("/form/"), "the form")
        (draft,) = phone.notebook.drafts()
        read.append(draft.answers["read_at"])
    assert [text[11:16] for text in read] == ["08:00", "08:00", "08:20"]


async def test_an_enrolment_code_leads_to_enrolment(phone: Phone) -> None:
    code = new_enrol_code()
    async with scanning(phone, f"{HERE}/app/enrol/{code}") as screen:
        await screen.until(lambda: screen.page.route == f"/enrol/{code}", "enrolment")


async def test_a_new_phone_scans_its_enrolment_code(tmp_path: Path) -> None:
    from tests.views.phone import make_phone

    phone, code = await make_phone(tmp_path, enrolled=False), new_enrol_code()
    async with scanning(phone, f"{HERE}/app/enrol/{code}") as screen:
        await screen.until(lambda: screen.page.route == f"/enrol/{code}", "enrolment")
    phone.notebook.close()


@pytest.mark.parametrize(
    ("code", "title", "text"),
    [
        ("https://example.org/wifi", "A link to a website", "does not open it"),
        ("WIFI:S:school;T:WPA;P:secret;;", "A Wi-Fi code", "does not open it"),
        ("BEGIN:VCARD\nVERSION:3.0\nFN:X\nEND:VCARD", "A contact", "address book"),
        (f"{HERE}/c/ABCD2345", "A contact card", "for parents"),
        (f"HTTPS://OTHER.EXAMPLE/T/{TAG}", "Another district's tag", "another district"),
        (f"{HERE}/t/{'Z' * 16}", "Unknown tag", "not in the list on this phone"),
        ("ABCD-EFG0", "Code not right", "no O, 0, I or 1"),
    ],
)
async def test_a_code_that_opens_nothing_is_named_with_what_to_do(
    phone: Phone, code: str, title: str, text: str
) -> None:
    async with scanning(phone, None) as screen:
        await typed(screen, code)
        assert screen.reads(title)
        assert screen.reads(text)
        assert screen.page.route == "/scan"
        assert phone.notebook.drafts() == []
        assert phone.device.felt == [120]


async def test_an_old_tag_is_named_and_its_place_can_be_checked_anyway(phone: Phone) -> None:
    async with scanning(phone, f"{HERE}/t/{OLD_TAG}") as screen:
        await screen.until(lambda: screen.reads("Old tag of Gate B"), "the old tag")
        assert phone.notebook.drafts() == []
        await screen.tap("check-anyway")
        (draft,) = phone.notebook.drafts()
        assert draft.answers["tag_state"] == "retired"
        assert screen.page.route == f"/form/{draft.id}"


async def test_the_tag_of_a_retired_place_is_named_with_what_to_do_and_begins_nothing(phone: Phone) -> None:
    async with scanning(phone, f"{HERE}/t/{GONE_TAG}") as screen:
        await screen.until(lambda: screen.reads("Portable 3 is not in use any more"), "the retired place")
        assert screen.reads("Take its tag down if you can")
        assert "check-anyway" not in screen.idents()
        assert phone.notebook.drafts() == []


async def test_a_link_to_an_unknown_tag_has_the_title_bar_of_the_other_screens(phone: Phone) -> None:
    bars = []
    for route in ("/scan", f"/t/{'Z' * 16}"):
        async with Screen(phone.main, route=route) as screen:
            (bar,) = screen.all(ft.AppBar)
            bars.append((bar.toolbar_height, bar.elevation_on_scroll, bar.actions_padding))
    assert bars[0] == bars[1]


async def test_a_check_that_cannot_begin_is_said(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Door 7")

    monkeypatch.setattr(phone.notebook, "start", fail)
    async with scanning(phone, None) as screen:
        await typed(screen, TAG)
        assert screen.reads("The check could not be opened")


# -- the camera ----------------------------------------------------------------------------------------------------


async def test_the_camera_looks_on_while_nothing_is_read(phone: Phone) -> None:
    async with scanning(phone, None) as screen:
        reader = phone.services.scanner
        assert isinstance(reader, Reader)
        await screen.until(lambda: reader.pictures > 3, "pictures")
        assert screen.reads("Hold the code inside the frame")
        opened = next(args for name, args in screen.calls if name == "initialize")
        assert opened["description"].name == "0"
        assert opened["enable_audio"] is False


async def test_the_camera_stops_when_the_screen_is_left(phone: Phone) -> None:
    async with scanning(phone, None) as screen:
        reader = phone.services.scanner
        assert isinstance(reader, Reader)
        await screen.until(lambda: reader.pictures > 1, "pictures")
        screen.page.navigate("/more")
        await screen.until(lambda: "camera" not in screen.idents(), "the other screen")
        await screen.settle()
        taken = reader.pictures
        await screen.rest(0.2)  # twenty pictures' time
        assert reader.pictures == taken


async def test_the_camera_comes_back_after_the_phone_slept(phone: Phone) -> None:
    async with scanning(phone, None) as screen:
        reader = phone.services.scanner
        assert isinstance(reader, Reader)
        await screen.until(lambda: reader.pictures > 1, "pictures")
        phone.services.device_changes.changed()
        await screen.until(lambda: [name for name, _ in screen.calls].count("initialize") == 2, "the camera again")
        taken = reader.pictures
        await screen.until(lambda: reader.pictures > taken + 1, "pictures again")


async def test_a_code_in_view_is_told_once_and_the_next_one_at_once(phone: Phone) -> None:
    async with scanning(phone, "https://a.example", "https://a.example", f"{HERE}/c/ABCD2345") as screen:
        await screen.until(lambda: screen.reads("A contact card"), "the second code")
        reader = phone.services.scanner
        assert isinstance(reader, Reader)
        taken = reader.pictures
        await screen.until(lambda: reader.pictures > taken + 3, "more pictures")
        assert phone.device.felt == [120, 120]


async def test_the_other_camera_is_one_tap_away(phone: Phone) -> None:
    async with scanning(phone, None) as screen:
        await screen.until(lambda: "switch-camera" in screen.idents(), "the button")
        await screen.tap("switch-camera")
        await screen.until(lambda: [name for name, _ in screen.calls].count("initialize") == 2, "the other camera")
        assert [args["description"].name for name, args in screen.calls if name == "initialize"] == ["0", "1"]


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ({"get_available_cameras": Exception("CameraException(CameraAccessDenied, x)")}, "does not let Beatbook"),
        ({"initialize": Exception("NotAllowedError: Permission denied")}, "does not let Beatbook"),
        ({"get_available_cameras": []}, "No camera was found"),
        ({"get_available_cameras": Exception("NotFoundError")}, "No camera was found"),
        ({"initialize": Exception("NotReadableError: in use")}, "The camera does not answer"),
        ({"take_picture": Exception("gone")}, "The camera does not answer"),
    ],
)
async def test_without_a_camera_there_are_words_another_try_and_the_typed_code(
    phone: Phone, replies: dict[str, Any], said: str
) -> None:
    async with scanning(phone, None, **replies) as screen:
        await screen.until(lambda: screen.reads(said), said)
        before = len(screen.calls)
        await screen.tap("try-camera")
        await screen.until(lambda: len(screen.calls) > before and screen.reads(said), "another try")
        await typed(screen, SHORT)
        assert screen.page.route.startswith("/form/")


async def test_a_reader_that_does_not_load_is_named(phone: Phone) -> None:
    async with scanning(phone, ScannerTrouble("no wasm")) as screen:
        await screen.until(lambda: screen.reads("The code reader could not be loaded"), "the reason")


async def test_a_machine_without_a_scanner_offers_the_typed_code(phone: Phone) -> None:
    async with Screen(phone.main, route="/scan") as screen:
        assert screen.reads("There is no scanner on this device")
        assert screen.calls == []
        assert {"type-code", "use-code"} <= set(screen.idents())


async def test_the_scan_screen_speaks_spanish(tmp_path: Path) -> None:
    phone = await make_full_phone(tmp_path, language="es")
    async with scanning(phone, None) as screen:
        await typed(screen, f"HTTPS://OTHER.EXAMPLE/T/{TAG}")
        assert screen.reads("Etiqueta de otro distrito")
        assert all(isinstance(field.label, str) for field in screen.all(ft.TextField))
    phone.notebook.close()


async def test_a_desk_has_no_scanner() -> None:
    scanner = make_scanner()
    assert isinstance(scanner, NoScanner)
    assert not scanner.available()
    assert await scanner.decode(b"jpeg") is None


async def test_the_check_of_a_tag_waits_neither_for_the_browser_nor_for_home(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = asyncio.Event()
    monkeypatch.setattr(navigation, "its_turn", turn.wait)
    phone.services.scanner = reader = Reader(None)
    async with Screen(phone.main, route="/scan", replies=CAMERA) as screen:
        screen.keep_routes()
        reader.codes = [f"{HERE}/t/{TAG}"]
        await screen.until(lambda: "choice-result-ok" in screen.idents(), "the check")

        def home() -> list[str]:
            return [name for one in screen.walk(top_only=False) if (name := getattr(one, "identifier", "")) == "school"]

        assert not home()
        turn.set()
        await screen.until(home, "Home, under the check")


@pytest.mark.parametrize(("eager", "more"), [(60.0, True), (0.0, False)])
async def test_a_camera_that_is_left_open_looks_less_often(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, eager: float, more: bool
) -> None:
    monkeypatch.setattr(viewfinder, "EAGER", eager)
    monkeypatch.setattr(viewfinder, "LAZY", 60.0)
    phone.services.scanner = reader = Reader(None)
    async with Screen(phone.main, route="/scan", replies=CAMERA) as screen:
        await screen.until(lambda: reader.pictures, "the first picture")
        await screen.rest(0.2)
        assert (reader.pictures > 1) is more


async def test_home_whose_turn_comes_after_the_app_was_closed_is_not_drawn(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = asyncio.Event()
    monkeypatch.setattr(navigation, "its_turn", turn.wait)
    async with Screen(phone.main, route=f"/form/{phone.draft()}") as screen:
        assert "progress" in screen.idents()
        session = weakref.ref(screen.page.session)
    del screen
    gc.collect()  # as Flet's session goes when the tab is closed
    assert session() is None
    waiting = [task for task in asyncio.all_tasks() if "use_turn" in repr(task)]
    assert waiting
    turn.set()
    await asyncio.gather(*waiting)
