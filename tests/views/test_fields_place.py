"""Codes that are scanned or typed, and the phone's own position."""

import flet as ft
import pytest

from tests.views.everything import GATE, OLD_TAG, SHORT, TAG
from tests.views.fieldkit import camera_at, opened
from tests.views.phone import DOOR, Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_typed_code_of_a_place_fills_the_place_in(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", f"{SHORT[:4]}-{SHORT[4:]}".lower())
        await form.tap("use-code")
        assert form.answers["tag_code"] == SHORT
        assert form.answers["place_name"] == "Door 7, north gym"
        assert "Door 7, north gym" in form.texts("field-place_name")
        assert any("Door 7" in text for text in form.texts("where"))
        draft = phone.notebook.draft(form.page.route.removeprefix("/form/"))
        assert draft is not None
        assert (draft.place, draft.tag) == (DOOR, SHORT)
        assert "type-code" not in form.idents()


async def test_an_old_tag_is_taken_and_named(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", OLD_TAG)
        await form.tap("use-code")
        assert form.answers["place_name"] == "Gate B"
        assert form.reads("This tag was replaced")
        draft = phone.notebook.draft(form.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.place == GATE


@pytest.mark.parametrize(
    ("code", "said"),
    [("ABCD-EFG0", "wrong or missing"), ("https://example.org/x", "not your district"), ("", "Type the code first")],
)
async def test_what_is_no_tag_fills_nothing_in(phone: Phone, code: str, said: str) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", code)
        await form.tap("use-code")
        assert "tag_code" not in form.answers
        assert any(said in text for text in form.texts()) or said in str(form.inside("type-code", ft.TextField).error)


async def test_a_tag_is_scanned_over_the_form_and_the_camera_goes(phone: Phone) -> None:
    phone.services.scanner = Reader(f"HTTPS://DISTRICT.EXAMPLE/T/{TAG}")
    camera = {"get_available_cameras": [camera_at("front"), camera_at("back")], "take_picture": b"jpeg"}
    async with opened(phone, camera) as form:
        await form.tap("scan-tag_code")
        await form.until(lambda: form.answers.get("tag_code") == TAG, "the tag")
        await form.until(lambda: "camera" not in form.idents(), "the form without the camera")
        assert form.answers["place_name"] == "Door 7, north gym"
        described = next(args for name, args in form.calls if name == "initialize")
        assert described["description"].name == "back"


async def test_any_other_code_is_taken_as_it_is(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-label")
        await form.type("type-code", " 4006381333931 ")
        await form.tap("use-code")
        assert form.answers["label"] == "4006381333931"


async def test_only_our_own_codes_are_typed_in_capitals(phone: Phone) -> None:
    async with opened(phone) as form:
        for name, capitals, label in (
            ("tag_code", ft.TextCapitalization.CHARACTERS, "Code under the QR code"),
            ("label", ft.TextCapitalization.NONE, "Code"),
        ):
            await form.tap(f"type-{name}")
            field = form.inside("type-code", ft.TextField)
            assert (field.capitalization, field.label) == (capitals, label)
            await form.tap(f"type-{name}")


class Reader:
    """A scanner that sees this code in every picture."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.pictures = 0

    def available(self) -> bool:
        return True

    async def decode(self, picture: bytes) -> str | None:
        assert picture
        self.pictures += 1
        return self.text


async def test_a_position_is_taken_with_its_accuracy_and_cleared(phone: Phone) -> None:
    here = {"latitude": 36.1390004, "longitude": -96.108, "accuracy": 11.96}
    async with opened(phone, {"get_current_position": here}) as form:
        await form.tap("here-gps")
        await form.until(lambda: "gps" in form.answers, "the position")
        assert form.answers["gps"] == {"lat": 36.139, "lon": -96.108, "acc": 12.0}
        assert form.reads("within 12 m")
        await form.tap("clear-gps")
        assert "gps" not in form.answers


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("User denied permissions to access the device's location.", "does not let Beatbook see where you are"),
        ("TimeoutException after 0:00:12", "No position came in time"),
        ("something else", "gives no position now"),
    ],
)
async def test_without_a_position_the_reason_is_said_and_it_can_stay_empty(phone: Phone, error: str, said: str) -> None:
    async with opened(phone, {"get_current_position": Exception(error)}) as form:
        await form.tap("here-gps")
        await form.until(lambda: form.reads(said), said)
        assert "gps" not in form.answers
