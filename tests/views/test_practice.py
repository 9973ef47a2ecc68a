"""Practice: everything works, nothing is sent, and all of it is thrown away together."""

from collections.abc import AsyncIterator
from pathlib import Path

import flet as ft
import pytest

from app.files import FileTrouble, Folder, NoRoom, OrdinaryFolder
from app.notebook import Notebook
from app.photos import make_scaler
from sync.engine import Engine as RealEngine
from sync.merge import fold
from tests.app.notebooks import CIPHER
from tests.app.papers import roboto, words_of
from tests.views.headless import Screen
from tests.views.phone import SOUTH, Phone, make_phone
from views import record_share
from views.practice import PREFIX, Practice

pytestmark = pytest.mark.anyio


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_phone(tmp_path)
    give_practice(phone, tmp_path)
    yield phone
    phone.services.leave_practice()
    phone.notebook.close()


def give_practice(phone: Phone, folder: Path) -> Practice:
    async def make(place: Folder) -> Notebook:
        return await Notebook.open(place, CIPHER, make_scaler(), fold)

    real = (phone.notebook, phone.engine)
    practice = Practice(phone.services, real, OrdinaryFolder(folder), make)  # type: ignore[arg-type]  # a fake engine
    phone.services.practice = practice
    return practice


def marks(screen: Screen) -> list[ft.Control]:
    return [one for one in screen.page.overlay if one.key == "practice-mark"]


async def practise(screen: Screen) -> None:
    await screen.tap("practice")
    await screen.until(lambda: marks(screen), "the mark over the screen")


async def write(screen: Screen) -> None:
    """A parent contact from Home, saved."""
    await screen.tap("open-parent_contact")
    await screen.tap("field-topic")
    await screen.tap("choice-topic-praise")
    await screen.tap("save")


async def test_what_is_written_while_practising_never_gets_into_the_real_notebook(phone: Phone) -> None:
    real = phone.save(topic="praise")
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        assert screen.page.route == "/"
        assert f"record-{real}" not in screen.idents()
        assert "Practice: nothing is sent" in " ".join(screen.texts("sync-badge"))
        await write(screen)
        assert screen.reads("never sent")
        (row,) = phone.services.notebook.records()
        assert "Practice" in (screen.at(f"record-{row.id}").label or "")
        assert [one.id for one in phone.notebook.records()] == [real]
        assert [one.record for one in phone.notebook.outbox()] == [real]
        assert phone.engine.kicks == [], "nothing was asked of the road"


async def test_the_real_engine_goes_on_sending_what_is_real(phone: Phone) -> None:
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        phone.services.kick("network")
        assert phone.engine.kicks == ["network"]
        assert not isinstance(phone.services.engine, RealEngine)


async def test_back_at_the_real_records_practice_is_aside_until_it_is_thrown_away(phone: Phone) -> None:
    real = phone.save(topic="praise")
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        await write(screen)
        screen.page.navigate("/more")
        await screen.settle()
        await screen.tap("end-practice")
        assert not marks(screen)
        assert f"record-{real}" in screen.idents()
        screen.page.navigate("/more")
        await screen.settle()
        await practise(screen)
        assert len(phone.services.notebook.records()) == 1, "it goes on where it was"
        screen.page.navigate("/more")
        await screen.settle()
        assert screen.reads("Throw the practice record away")
        await screen.tap("throw-away")
        await screen.until(lambda: not phone.services.notebook.records(), "nothing left")
        assert marks(screen), "practice goes on, from the beginning"
        assert [one.id for one in phone.notebook.records()] == [real]
        await screen.tap("end-practice")


async def test_a_practice_draft_is_not_saved_into_the_real_notebook_by_ending_practice(phone: Phone) -> None:
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        await screen.tap("open-parent_contact")
        await screen.tap("field-topic")
        await screen.tap("choice-topic-praise")
        screen.page.navigate("/more")
        await screen.settle()
        await screen.tap("end-practice")
        assert phone.notebook.drafts() == []


async def test_what_lies_aside_is_sealed_and_not_handed_in_with_a_wiped_phone(phone: Phone, tmp_path: Path) -> None:
    from sync.protocol import LEFT

    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        draft = phone.services.notebook.start("parent_contact").id
        phone.services.notebook.answer(draft, "name", "Somebody Made-Up")
    folder = OrdinaryFolder(tmp_path)
    aside = [name for name in await folder.names() if name.startswith(PREFIX)]
    assert aside
    for name in aside:
        assert b"Made-Up" not in (await folder.read(name) or b"")
        assert not LEFT.fullmatch(name)


async def test_practice_begins_with_the_officers_school_language_and_forms(phone: Phone) -> None:
    phone.notebook.set_school(SOUTH)
    await phone.services.set_language("es")
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        beside = phone.services.notebook
        assert beside is not phone.notebook
        assert beside.current_school is not None
        assert beside.current_school.id == SOUTH
        assert beside.language == "es"
        assert [form.id for form in beside.forms()] == [form.id for form in phone.notebook.forms()]
        assert screen.reads("no se envía nada")
        assert marks(screen)


async def test_after_unlocking_practice_goes_on_and_locking_closes_both(phone: Phone, tmp_path: Path) -> None:
    practice = phone.services.practice
    assert practice is not None
    await practice.start()
    beside = phone.services.notebook
    phone.services.leave_practice()
    assert phone.services.notebook is phone.notebook, "the gate closes the real one"
    with pytest.raises(FileTrouble):
        beside.prefer("any", "thing")
    again = give_practice(phone, tmp_path)
    await again.resume()
    again.show()
    assert phone.services.practising
    again.stop()
    third = give_practice(phone, tmp_path)
    await third.resume()
    assert not phone.services.practising


async def test_what_does_not_open_beside_never_keeps_the_real_notebook_shut(phone: Phone, tmp_path: Path) -> None:
    practice = phone.services.practice
    assert practice is not None
    await practice.start()
    phone.services.leave_practice()

    async def full(_: Folder) -> Notebook:
        raise NoRoom

    again = Practice(phone.services, (phone.notebook, phone.engine), OrdinaryFolder(tmp_path), full)  # type: ignore[arg-type]  # a fake engine
    await again.resume()
    again.show()
    assert phone.services.notebook is phone.notebook
    assert not again.on
    assert phone.notebook.preference("practice") is False


async def test_a_practice_record_is_marked_on_paper(
    phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_share, "make_reader", lambda: roboto)
    async with Screen(phone.main, route="/more") as screen:
        await practise(screen)
        await write(screen)
        (record,) = phone.services.notebook.records()
        screen.page.navigate(f"/records/{record.id}")
        await screen.until(lambda: "share" in screen.idents(), "the record")
        await screen.tap("share")
        await screen.until(lambda: "save-pdf" in screen.idents(), "the PDF")
        await screen.tap("save-pdf")
        args = next(args for name, args in screen.calls if name == "save_file")
    said = words_of(args["src_bytes"], tmp_path)
    assert "PRACTICE" in said
    assert "goes to the district" not in said
