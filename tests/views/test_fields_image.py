"""Photos: chosen, taken, removed and had back."""

from pathlib import Path
from typing import Any

import flet as ft
import pytest

from tests.views.fieldkit import camera_at, choose, jpeg, opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def test_a_chosen_photo_is_kept_shown_removed_and_had_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, jpeg())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        assert "photo" not in form.answers
        assert await phone.notebook._album.shas() == set(), "nothing is kept before it was looked at"
        await form.tap("use-photo")
        await form.until(lambda: "remove-photo" in form.idents(), "the photo")
        answer = form.answers["photo"]
        assert answer["mime"] == "image/jpeg"
        assert await phone.notebook.photo(answer["sha256"])
        await form.until(lambda: form.all(ft.Image, semantics_label="Photo"), "the picture")
        await form.tap("remove-photo")
        assert "photo" not in form.answers
        assert "Undo" in form.texts("notice-action")
        await form.tap("notice-action")
        assert "notice" not in form.idents()
        assert form.answers["photo"] == answer
        assert "remove-photo" in form.idents()


async def test_a_photo_that_was_damaged_is_to_be_taken_again(phone: Phone, tmp_path: Path) -> None:
    answer = await phone.notebook.add_photo(jpeg())
    damage(tmp_path, f"photo-{answer['sha256']}")
    async with opened(phone, photo=answer) as form:
        await form.until(lambda: form.reads("This photo is damaged. Take it again"), "the words")
        await choose(form, jpeg())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        await form.tap("use-photo")
        await form.until(lambda: "use-photo" not in form.idents() and form.all(ft.Image), "the new one")
        assert not form.reads("This photo is damaged")


def damage(folder: Path, name: str) -> None:
    (kept,) = folder.rglob(name)
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")


async def test_a_file_that_is_no_photo_is_named_and_nothing_is_kept(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, b"<svg onload='x'>")
        await form.until(lambda: form.reads("no photo that Beatbook can use"), "the reason")
        assert "photo" not in form.answers


async def test_a_photo_is_taken_with_the_camera(phone: Phone) -> None:
    camera = {"get_available_cameras": [camera_at("back")], "take_picture": jpeg()}
    async with opened(phone, camera) as form:
        await form.tap("take-photo")
        await form.until(lambda: not form.inside("shoot", ft.FilledButton).disabled, "the camera")
        await form.tap("shoot")
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        await form.tap("use-photo")
        await form.until(lambda: "photo" in form.answers, "the photo")
        assert "shoot" not in form.idents()


@pytest.mark.parametrize(
    ("cameras", "said"),
    [
        (Exception("CameraException(CameraAccessDenied, no permission)"), "does not let Beatbook use the camera"),
        ([], "No camera was found"),
        (Exception("NotReadableError: in use"), "The camera does not answer"),
    ],
)
async def test_a_photo_without_a_camera_is_chosen_instead_and_no_code_is_spoken_of(
    phone: Phone, cameras: Any, said: str
) -> None:
    async with opened(phone, {"get_available_cameras": cameras}) as form:
        await form.tap("take-photo")
        await form.until(lambda: form.reads(said), "the reason")
        (text,) = form.texts("problem")
        assert "hoose a photo" in text
        assert "code" not in text
        await form.tap("close-camera")
        assert "shoot" not in form.idents()
