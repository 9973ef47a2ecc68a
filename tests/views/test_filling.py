"""A draft under the officer's fingers: what is kept when, and what the form says to it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.files import NoRoom
from app.notebook import NotReady
from tests.views.everything import make_full_phone
from tests.views.phone import Phone
from views.fields_text import read, show
from views.filling import Filling
from views.form import open_draft

pytestmark = pytest.mark.anyio


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


def begin(phone: Phone, **answers: Any) -> Filling:
    filling = open_draft(phone.services, phone.draft("everything", **answers))
    assert filling is not None
    return filling


def kept(phone: Phone, filling: Filling) -> dict[str, Any]:
    draft = phone.notebook.draft(filling.draft_id)
    assert draft is not None
    return draft.answers


async def test_a_choice_is_kept_at_once(phone: Phone) -> None:
    filling = begin(phone)
    filling.answer("answer", "yes")
    assert kept(phone, filling)["answer"] == "yes"


async def test_typed_letters_are_kept_by_themselves_after_a_moment(phone: Phone) -> None:
    filling = begin(phone)
    filling.typing("line", "Door")
    filling.typing("line", "Door 7")
    assert "line" not in kept(phone, filling)
    for _ in range(200):
        if "line" in kept(phone, filling):
            break
        await asyncio.sleep(0.01)
    assert kept(phone, filling)["line"] == "Door 7"


async def test_leaving_keeps_what_was_typed_a_moment_ago(phone: Phone) -> None:
    filling = begin(phone)
    filling.typing("line", "Door 7")
    filling.flush()
    assert kept(phone, filling)["line"] == "Door 7"


async def test_an_emptied_field_takes_the_answer_back(phone: Phone) -> None:
    filling = begin(phone, line="Door 7")
    filling.typing("line", "")
    filling.flush()
    assert "line" not in kept(phone, filling)
    assert "line" not in filling.answers


async def test_a_phone_without_room_says_so_keeps_the_letters_and_tries_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = begin(phone)
    with monkeypatch.context() as full:
        full.setattr(phone.notebook, "answer", raises(NoRoom()))
        filling.answer("line", "Door 7")
        assert isinstance(filling.trouble, NoRoom)
        assert filling.answers["line"] == "Door 7"
        with pytest.raises(NoRoom):
            filling.save()
    filling.flush()
    assert filling.trouble is None
    assert kept(phone, filling)["line"] == "Door 7"


async def test_hidden_questions_come_and_go_with_the_answer(phone: Phone) -> None:
    filling = begin(phone)
    drawn = filling.layout.count
    filling.answer("answer", "partly")
    assert "finding" in filling.asked.shown
    assert filling.layout.count == drawn + 1
    filling.answer("answer", "yes")
    assert "finding" not in filling.asked.shown


async def test_typing_alone_draws_no_other_field_again(phone: Phone) -> None:
    filling = begin(phone)
    filling.answer("line", "x")
    drawn = filling.layout.count
    for text in ("xy", "xyz"):
        filling.typing("line", text)
        filling.flush()
    assert filling.layout.count == drawn


async def test_an_answer_from_outside_makes_its_field_anew(phone: Phone) -> None:
    filling = begin(phone)
    assert filling.version("place_name") == 0
    filling.fill({"place_name": "Door 7"})
    assert filling.version("place_name") == 1
    assert kept(phone, filling)["place_name"] == "Door 7"


async def test_every_mistake_is_said_and_leaves_when_it_is_mended(phone: Phone) -> None:
    filling = begin(phone, count=12)
    with pytest.raises(NotReady):
        filling.save()
    assert filling.problems == {"line": "Write a line.", "count": "At most ten.", "answer": "Please answer this."}
    assert filling.first_problem() == "line"
    filling.answer("line", "Door 7")
    assert list(filling.problems) == ["count", "answer"]
    filling.answer("count", 7)
    filling.answer("answer", "no")
    assert not filling.problems
    with pytest.raises(NotReady):  # "no" asks what is wrong
        filling.save()
    assert list(filling.problems) == ["finding"]


async def test_a_saved_draft_is_written_to_no_more(phone: Phone) -> None:
    filling = begin(phone, line="Door 7", answer="yes")
    assert filling.save().state == "waiting"
    filling.typing("line", "late")
    filling.flush()
    assert filling.trouble is None


async def test_progress_counts_the_questions_that_are_asked_and_can_be_answered(phone: Phone) -> None:
    filling = begin(phone)
    answered, asked = filling.progressed()
    assert answered == 0
    filling.answer("answer", "no")
    assert filling.progressed() == (1, asked + 1)  # what is wrong is asked too
    filling.fill({"place_name": "Door 7"})
    assert filling.progressed() == (1, asked + 1)  # nobody can answer what is read-only


@pytest.mark.parametrize(
    ("kind", "typed", "answer"),
    [
        ("integer", " 12 ", 12),
        ("integer", "12a", "12a"),
        ("integer", "1.5", "1.5"),
        ("decimal", "1.5", 1.5),
        ("decimal", "1,5", 1.5),
        ("decimal", "nan", "nan"),
        ("decimal", "1e999", "1e999"),
        ("text", " two words ", " two words "),
        ("text", "   ", ""),
        ("text", "12", "12"),
    ],
)
async def test_what_is_typed_becomes_a_number_where_it_is_one(kind: str, typed: str, answer: Any) -> None:
    assert read(kind, typed) == answer
    assert type(read(kind, typed)) is type(answer)


async def test_numbers_are_shown_as_one_types_them() -> None:
    assert show(1.5, "en") == "1.5"
    assert show(1.5, "es") == "1,5"
    assert show(2.0, "en") == "2"
    assert show(12, "en") == "12"
    assert show(100.0, "en") == "100"
    assert show(0.0000001, "en") == "0.0000001"
    assert show(1.23456789, "es") == "1,23456789"
    assert show(None, "en") == ""


async def test_a_form_that_asks_for_a_log_gets_one_with_the_record(phone: Phone) -> None:
    filling = begin(phone, answer="yes")
    filling.typing("line", "Do")
    filling.typing("line", "Door")
    filling.answer("count", 7)
    assert [row["event"] for row in kept(phone, filling)["audit"]] == ["form start", "question", "question"]
    filling.add_row("witnesses")
    filling.remove_row("witnesses/1")
    record = phone.notebook.record(filling.save().id)
    assert record is not None
    rows = [(row["event"], row.get("node"), row.get("new-value")) for row in record.answers["audit"]]
    assert rows == [
        ("form start", None, None),
        ("question", "/data/line", "Door"),
        ("question", "/data/count", "7"),
        ("new repeat", "/data/witnesses", None),
        ("delete repeat", "/data/witnesses/1", None),
        ("form save", None, None),
    ]


def raises(error: Exception) -> Any:
    def fail(*_: object) -> None:
        raise error

    return fail
