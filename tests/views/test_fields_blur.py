"""The look at a photo before it is kept, and the finger that blurs."""

import io

import flet as ft
import pytest
from PIL import Image

from tests.views.fieldkit import Form, choose, drag, jpeg, opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


def faces() -> bytes:
    """A picture with two faces, left and right, finer than any block."""
    picture = Image.new("RGB", (400, 200), "white")
    for left in (40, 240):
        for x in range(left, left + 120):
            for y in range(40, 160):
                picture.putpixel((x, y), (0, 0, 0) if (x // 2 + y // 2) % 2 else (255, 255, 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


async def test_a_face_is_blurred_before_the_photo_is_kept_and_never_kept_without(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, faces())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        assert form.reads("Draw over it with your finger")
        await cover(form, (20, 20), (179, 170))  # the picture is 358 wide on this screen: its left half
        assert form.reads("One place will be blurred")
        await cover(form, (200, 20), (350, 170))
        await form.tap("undo-blur")
        await form.tap("use-photo")
        await form.until(lambda: "photo" in form.answers, "the photo")
        sha = form.answers["photo"]["sha256"]
        assert await phone.notebook._album.shas() == {sha}, "there is no other picture on the phone"
        kept = await phone.notebook.photo(sha)
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as picture:
            grey = picture.convert("L")
            left, right = (grey.crop((x, 60, x + 80, 140)).tobytes() for x in (60, 260))
        assert max(left) - min(left) < 60, "nothing but an even grey is left of the face"
        assert max(right) - min(right) > 200


async def test_a_photo_that_is_not_wanted_leaves_nothing(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, jpeg())
        await form.until(lambda: "cancel-photo" in form.idents(), "the look at it")
        await form.tap("cancel-photo")
        assert "photo" not in form.answers
        assert await phone.notebook._album.shas() == set()
        assert "take-photo" in form.idents()


async def cover(form: Form, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger goes over the picture from corner to corner."""
    for event, at in (("pan_start", start), ("pan_update", end), ("pan_end", end)):
        (photo,) = form.all(ft.GestureDetector)
        await form.fire(photo, event, drag(*at) | {"v": {"x": 0, "y": 0}})
