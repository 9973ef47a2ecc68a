"""Printed codes as people meet them: a tag and an enrolment code before a camera, a card before a parent's phone."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import vobject  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import Browser, Playwright

from server import codes
from tests.browser.capture import film
from tests.browser.conftest import Phones, code_for
from tests.browser.district import District
from tests.browser.phone import wait_until
from tests.server.printed import MARGIN, Printed, codes_on, pages
from tests.server.test_codes import Decode, with_zbar

__all__ = ["with_zbar"]

FRAME = (1280, 720)  # what a camera sees
CODE_IN_FRAME = 230  # pixels: a code at arm's length


@pytest.fixture
def desk(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """A browser that a parent has."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield browser
    browser.close()


def filmed(code: Printed, file: Path, turned: float) -> Path:
    """A printed code as a camera sees it: turned, small, on a grey desk; a file for Chromium."""
    left, top, right, bottom = code.box
    x, y = (left + right) / 2, (top + bottom) / 2
    zoom = (right - left) * (code.modules + 2 * MARGIN) / code.modules / CODE_IN_FRAME
    half = (FRAME[0] * zoom / 2, FRAME[1] * zoom / 2)
    desk = Image.new("RGB", (code.page.width + 4000, code.page.height + 4000), (120, 116, 110))
    desk.paste(code.page, (2000, 2000))
    desk = desk.rotate(turned, center=(x + 2000, y + 2000), resample=Image.Resampling.BICUBIC)
    around = (x + 2000 - half[0], y + 2000 - half[1], x + 2000 + half[0], y + 2000 + half[1])
    frame = desk.crop(around).resize(FRAME, Image.Resampling.BILINEAR)
    return film(frame, file)


def test_a_printed_tag_before_the_camera_opens_the_check_of_its_place_without_a_network(
    district: District, dana: Phones, tmp_path: Path
) -> None:
    district.beatbook("tags", "--pdf", str(tmp_path / "tags.pdf"))
    sheet = pages((tmp_path / "tags.pdf").read_bytes())[0]
    phone = dana(camera=filmed(codes_on(sheet)[0], tmp_path / "tag.mjpeg", turned=14))
    district.stop()
    phone.set_offline(True)

    phone.tap("nav-scan")
    phone.at("choice-result-ok").wait_for(state="attached", timeout=60_000)
    phone.sees("Door 7")
    phone.tap("choice-result-ok", scroll=True)
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone"))

    district.start()
    phone.set_offline(False)
    (record,) = wait_until(lambda: [one for one in district.records() if one["complete"]], "the check", 90)
    assert record["answers"]["tag_state"] == "good"
    assert record["answers"]["place_name"] == "Door 7"
    assert record["evidence"]["grade"] == record["answers"]["grade"] == "B"
    phone.go(f"/records/{record['id']}")
    phone.sees(re.compile("Evidence grade B"), timeout=30_000)
    assert phone.strangers == []


def test_a_camera_that_is_denied_is_said_and_the_code_is_typed_or_the_camera_allowed(
    district: District, dana: Phones, tmp_path: Path
) -> None:
    district.beatbook("tags", "--pdf", str(tmp_path / "tags.pdf"))
    sheet = pages((tmp_path / "tags.pdf").read_bytes())[0]
    phone = dana(camera=filmed(codes_on(sheet)[0], tmp_path / "tag.mjpeg", turned=0))
    phone.allow_camera(False)
    phone.tap("nav-scan")
    phone.sees(re.compile("does not let Beatbook use the camera"), timeout=30_000)
    phone.type("type-code", "ABCD-EFGH")
    phone.tap("use-code", scroll=True)
    phone.at("scan-said").wait_for(state="attached", timeout=30_000)

    phone.allow_camera(True)
    phone.tap("try-camera", scroll=True)
    phone.at("choice-result-ok").wait_for(state="attached", timeout=60_000)
    assert phone.strangers == []


def test_a_new_phone_scans_its_one_time_code(district: District, phones: Phones, tmp_path: Path) -> None:
    code = code_for(district, "4711").replace("-", "")
    screen = Image.open(io.BytesIO(codes.png(f"{district.url}/app/enrol/{code}", "M"))).convert("L")
    phone = phones(camera=filmed(codes_on(screen)[0], tmp_path / "code.mjpeg", turned=-8))
    phone.start(f"{district.url}/app/")
    phone.tap("scan-code")
    phone.tap("enrol")
    phone.tap("begin")
    phone.at("open-location_check").wait_for(state="attached")
    phone.sees("Jefferson High School")


@pytest.mark.parametrize(("language", "call"), [("en-US", "Call"), ("es-US", "Llamar")])
def test_a_parent_reaches_the_officer_from_the_printed_card(
    district: District, desk: Browser, with_zbar: Decode, tmp_path: Path, language: str, call: str
) -> None:
    district.beatbook("cards", "--add", "4711", "--pdf", str(tmp_path / "posters.pdf"))
    (poster,) = pages((tmp_path / "posters.pdf").read_bytes())
    read = [with_zbar(code.picture) for code in codes_on(poster)]
    contact = vobject.readOne(next(text for text in read if text.startswith("BEGIN:VCARD")))
    assert contact.fn.value == "Dana Reyes"
    assert contact.tel.value == "+19185550100"
    assert "911" in contact.note.value
    assert "988" in contact.note.value

    address = next(text for text in read if not text.startswith("BEGIN"))
    context = desk.new_context(locale=language, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(address)
    assert page.get_by_role("heading", name="Dana Reyes").is_visible()
    assert page.get_by_role("link", name=f"{call} (918)").get_attribute("href") == "tel:+19185550100"
    assert page.locator('a[href="tel:911"]').first.is_visible()
    assert page.locator('a[href="tel:988"]').first.is_visible()
    assert sum(sizes) < 14_000
    assert with_zbar(Image.open(io.BytesIO(page.locator(".code svg").screenshot()))).lower() == page.url.lower()
    download = page.locator("a[href$='.vcf']").get_attribute("href")
    saved = context.request.get(f"{district.url}{download}")
    assert saved.headers["content-type"].startswith("text/vcard")
    assert vobject.readOne(saved.text()).fn.value == "Dana Reyes"
