"""Signatures: drawn, kept, cleared."""

import io

import flet as ft
import pytest
from PIL import Image

from tests.views.fieldkit import drag, opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_signature_is_drawn_and_kept_as_a_small_picture(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("sign-signed")
        assert form.inside("signed", ft.FilledButton).disabled, "nothing was drawn yet"
        (pad,) = form.all(ft.GestureDetector)
        for stroke in (((20, 40), (90, 120), (160, 50)), ((30, 140), (200, 140))):
            (x, y), *rest = stroke
            await form.fire(pad, "pan_start", drag(x, y))
            for x, y in rest:
                (pad,) = form.all(ft.GestureDetector)
                await form.fire(pad, "pan_update", drag(x, y))
        await form.tap("signed")
        await form.until(lambda: "signed" in form.answers, "the signature")
        answer = form.answers["signed"]
        assert answer["mime"] == "image/png"
        kept = await phone.notebook.photo(answer["sha256"])
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as picture:
            assert picture.getextrema() == (0, 255), "black on white"
        await form.until(lambda: form.all(ft.Image, semantics_label="Signature"), "the picture")
        await form.tap("remove-signed")
        assert "signed" not in form.answers
        await form.tap("notice-action")
        assert form.answers["signed"] == answer


async def test_a_signature_is_cleared_before_it_is_kept(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("sign-signed")
        await form.fire(form.all(ft.GestureDetector)[0], "pan_start", drag(5, 5))
        assert not form.inside("signed", ft.FilledButton).disabled
        await form.tap("clear-paper")
        assert form.inside("signed", ft.FilledButton).disabled
        await form.tap("close-paper")
        assert "signed" not in form.answers
