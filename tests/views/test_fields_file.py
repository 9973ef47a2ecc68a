"""Files that are chosen and kept as they are."""

import flet as ft
import pytest

from tests.views.fieldkit import Form, opened
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


async def give(form: Form, name: str, file: str, data: bytes) -> None:
    """The phone's own file chooser gives this file."""
    action = form.inside(f"file-{name}", ft.OutlinedButton).action
    assert isinstance(action, ft.PickFiles)
    event = {"files": [{"id": 1, "name": file, "size": len(data), "path": None, "bytes": data}]}
    await form.fire(action.file_picker, "result", event)
    await form.until(lambda: f"file-{name}" in form.idents(), "the end of it")


async def test_any_file_is_kept_as_it_is_with_its_name(phone: Phone) -> None:
    data = b"%PDF-1.7 a paper"
    async with opened(phone) as form:
        assert form.reads("10 MB at most")
        await give(form, "paper", "C:\\fakepath\\statement.pdf", data)
        answer = form.answers["paper"]
        assert (answer["mime"], answer["bytes"], answer["name"]) == ("application/pdf", len(data), "statement.pdf")
        assert await phone.notebook.photo(answer["sha256"]) == data
        assert form.reads("statement.pdf · PDF · 1 kB")
        await form.tap("remove-paper")
        assert "paper" not in form.answers


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("paper", b"", "nothing in it"),
        ("paper", b"x" * 10_000_001, "too large: 10 MB"),
        ("said", b"%PDF-1.7", "no recording"),
    ],
)
async def test_a_file_that_cannot_be_kept_is_named_with_the_reason(
    phone: Phone, name: str, data: bytes, said: str
) -> None:
    async with opened(phone) as form:
        await give(form, name, "a.bin", data)
        assert said in " ".join(form.texts("problem"))
        assert name not in form.answers
