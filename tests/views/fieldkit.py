"""What tests of a form's questions have in common: the form of everything, open, and what a phone gives to it."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import flet as ft
from PIL import Image

from tests.views.headless import Screen
from tests.views.phone import Phone


class Form(Screen):
    """The form of everything, open."""

    def __init__(self, phone: Phone, draft: str, **replies: Any) -> None:
        super().__init__(phone.main, route=f"/form/{draft}", replies=replies)
        self._phone, self._draft = phone, draft

    @property
    def answers(self) -> dict[str, Any]:
        """What the notebook has of it."""
        draft = self._phone.notebook.draft(self._draft)
        assert draft is not None
        return draft.answers

    def receive(self, field: ft.TextField, text: str) -> None:
        """The phone has sent what the field holds now; the event that says so is still under way."""
        self._session.apply_patch(field._i, {"value": text})

    async def pick(self, picker: ft.DatePicker | ft.TimePicker, value: Any) -> None:
        """The officer picks this and says OK."""
        self._session.apply_patch(picker._i, {"value": value, "open": False})
        await self.fire(picker, "change", value)
        await self.fire(picker, "dismiss")


@asynccontextmanager
async def opened(phone: Phone, replies: dict[str, Any] | None = None, **answers: Any) -> AsyncIterator[Form]:
    async with Form(phone, phone.draft("everything", **answers), **(replies or {})) as form:
        yield form


def jpeg(width: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 30), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


async def choose(form: Form, data: bytes) -> None:
    """The phone's own file chooser gives this file."""
    button = form.inside("photo-photo", ft.OutlinedButton)
    assert isinstance(button.action, ft.PickFiles)
    assert (button.action.with_data, button.action.file_type) == (True, ft.FilePickerFileType.IMAGE)
    file = {"id": 1, "name": "a.jpg", "size": len(data), "path": None, "bytes": data}
    await form.fire(button.action.file_picker, "result", {"files": [file]})


def camera_at(direction: str) -> dict[str, Any]:
    return {"name": direction, "lens_direction": direction, "sensor_orientation": 0, "lens_type": "wide"}


def drag(x: float, y: float) -> dict[str, Any]:
    return {"k": "touch", "l": {"x": x, "y": y}, "g": {"x": x, "y": y}}
