"""Sharing and printing one record: the warning, the PDF and what is in it, and what happens where it cannot be."""

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from app.files import FileTrouble
from app.typeface import NoTypeface
from tests.app.papers import images_of, roboto, words_of
from tests.views.headless import Screen
from tests.views.phone import Phone
from views import record_share
from views.practice import BESIDE

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone has its fonts."""
    monkeypatch.setattr(record_share, "make_reader", lambda: roboto)


async def shared(phone: Phone, record: str) -> tuple[bytes, str, str]:
    """The PDF of a record, its file name, and what the sheet said."""
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("share")
        await screen.until(lambda: "save-pdf" in screen.idents(), "the PDF")
        sheet = " ".join(screen.texts())
        await screen.tap("save-pdf")
        args = next(args for name, args in screen.calls if name == "save_file")
        assert "notice" in screen.idents()
    return args["src_bytes"], args["file_name"], sheet


async def test_a_record_becomes_a_pdf_with_all_that_its_screen_says(phone: Phone, tmp_path: Path) -> None:
    record = phone.save(topic="bullying", name="María Nguyễn", summary="She asked about the lockers.")
    draft = phone.notebook.correct(record, "Wrong name")
    phone.notebook.answer(draft.id, "name", "Marta Nguyễn")
    phone.notebook.save(draft.id)
    phone.receive()
    pdf, name, sheet = await shared(phone, record)
    said = words_of(pdf, tmp_path, "-layout")
    for words in (
        *("Green Country Schools", "Bullying · Marta Nguyễn · Reached", "Parent contact · North High School"),
        *("What was said, in short", "She asked about the lockers.", "The district has it, number 102."),
        *("Reason: Wrong name", "Name: was: María Nguyễn / now: Marta Nguyễn", "Dana Reyes", "page 1 of 1"),
        *("Education record. Protected by FERPA.", f"{date.today().year}, "),
    ):
        assert words in said, words
    assert "Nguy" not in name, "nobody's name is in the file's"
    assert name.startswith("parent-contact-20")
    assert "education record about a student or family" in sheet


async def test_a_page_of_what_was_practised_says_so(phone: Phone, tmp_path: Path) -> None:
    phone.notebook.prefer(BESIDE, True)
    record = phone.save(topic="bullying")
    pdf, _, _ = await shared(phone, record)
    said = words_of(pdf, tmp_path, "-layout")
    assert "Practice: nothing is sent" in said
    assert "Written while practicing. It is never sent." in said


async def test_a_photo_is_in_the_pdf_and_one_that_is_elsewhere_is_told(phone: Phone, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#224466").save(out, "JPEG")
    image = await phone.notebook.add_photo(out.getvalue())
    record = phone.save("community_complaint", service_code="NOI-LOUD", address="1 Elm St", photo=image)
    pdf, _, sheet = await shared(phone, record)
    assert "Public record." in words_of(pdf, tmp_path)
    assert "640" in images_of(pdf, tmp_path)
    assert "leaves the sealed notebook" not in sheet, "what is public needs no warning"
    phone.notebook.photo = _none  # type: ignore[method-assign]
    pdf, _, _ = await shared(phone, record)
    assert "not on the phone that made this page" in words_of(pdf, tmp_path)


async def test_the_pdf_speaks_the_officers_language_and_a_restricted_class_is_on_every_page(
    phone: Phone, tmp_path: Path
) -> None:
    areas = ["GR", "TR", "PL", "BD", "EN", "IN", "CL", "CO", "ER"]
    form = phone.notebook.form("walkthrough")
    assert form is not None
    items = {one.name: "yes" for one in form.flat() if one.type == "select_one" and "_" not in one.name}
    record = phone.save("walkthrough", areas=areas, **items)
    await phone.services.set_language("es")
    pdf, _, _ = await shared(phone, record)
    said = words_of(pdf, tmp_path)
    pages = said.count("\f")
    assert pages > 1
    assert said.count("Registro de la unidad policial. No se divulga.") == pages
    assert "¿" in said
    assert f"página {pages} de {pages}" in said


async def test_sharing_hands_the_file_to_the_phones_own_list(phone: Phone) -> None:
    record = phone.save(topic="praise")
    replies = {"share_files": {"status": "success", "raw": "mail"}}
    async with Screen(phone.main, route=f"/records/{record}", replies=replies) as screen:
        await screen.tap("share")
        await screen.until(lambda: "share-pdf" in screen.idents(), "the PDF")
        await screen.tap("share-pdf")
        (args,) = [args for name, args in screen.calls if name == "share_files"]
        (file,) = args["files"]
        assert (file.mime_type, file.data[:5]) == ("application/pdf", b"%PDF-")


async def test_where_nothing_can_be_shared_the_file_is_saved(phone: Phone) -> None:
    record = phone.save(topic="praise")
    replies = {"share_files": RuntimeError("no share sheet here")}
    async with Screen(phone.main, route=f"/records/{record}", replies=replies) as screen:
        await screen.tap("share")
        await screen.until(lambda: "share-pdf" in screen.idents(), "the PDF")
        await screen.tap("share-pdf")
        await screen.until(lambda: "save_file" in [name for name, _ in screen.calls], "the file")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(NoTypeface("latin"), "Open the app once with a network"), (FileTrouble("x"), "could not be made")],
)
async def test_a_pdf_that_cannot_be_made_says_why_and_can_be_tried_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, trouble: Exception, words: str
) -> None:
    async def fails(_name: str) -> bytes:
        raise trouble

    monkeypatch.setattr(record_share, "make_reader", lambda: fails)
    record = phone.save(topic="praise")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("share")
        await screen.until(lambda: screen.reads(words), "the reason")
        monkeypatch.setattr(record_share, "make_reader", lambda: roboto)
        await screen.tap("print-again")
        await screen.until(lambda: "save-pdf" in screen.idents(), "the PDF")


async def _none(sha: str) -> bytes | None:
    assert sha
    return None
