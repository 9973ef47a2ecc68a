"""The screen that every form is filled in on: drafts, progress, mistakes, saving, leaving and discarding."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.files import FileTrouble, NoRoom
from app.form_json import SECTIONS, TYPES, UNSEEN
from tests.app.formkit import FORMS
from tests.views.everything import make_full_phone
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone
from views.fields import WIDGETS

pytestmark = pytest.mark.anyio

DRAWN = [("walkthrough", "en"), *((form, "es") for form in FORMS)]


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


def screen_of(phone: Phone, draft: str, **replies: Any) -> Screen:
    return Screen(phone.main, route=f"/form/{draft}", replies=replies)


def shown(screen: Screen) -> Iterator[str]:
    """The names of the questions on the screen."""
    return (name.removeprefix("field-") for name in screen.idents() if name.startswith("field-"))


# -- any form ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "language"), DRAWN)
async def test_every_built_in_form_is_drawn_in_the_officers_language(tmp_path: Path, form: str, language: str) -> None:
    phone = await make_phone(tmp_path, language=language)
    definition = phone.notebook.form(form)
    assert definition is not None
    draft = phone.draft(form)
    async with screen_of(phone, draft) as screen:
        asked = definition.shown(definition.start())
        drawn = [f for f in definition.flat() if f.type not in (*SECTIONS, *UNSEEN) and f.name in asked]
        assert list(shown(screen)) == [field.name for field in drawn]
        assert screen.reads(definition.title(language))
        for field in drawn:
            assert any(field.label(language) in text for text in screen.texts()), field.name
    phone.notebook.close()


async def test_every_type_of_question_has_its_widget(phone: Phone) -> None:
    form = phone.notebook.form("everything")
    assert form is not None
    types = {field.type for field in form.flat()}
    assert types - {*SECTIONS, *UNSEEN, "note"} == set(WIDGETS)
    assert set(TYPES) == {*WIDGETS, *SECTIONS, *UNSEEN, "note"}
    async with screen_of(phone, phone.draft("everything")) as screen:
        assert not screen.reads("cannot be shown")


async def test_everything_that_can_be_tapped_has_a_name(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything", answer="no", day="2026-11-23")) as screen:
        for control in screen.all(ft.TextField):
            assert any(named(s, control) for s in screen.all(ft.Semantics)), "a text field without a name"
        for button in screen.all(ft.OutlinedButton):
            assert button.content, "a button without words"


def named(semantics: ft.Semantics, control: ft.Control) -> bool:
    return semantics.content is control and bool(semantics.label)


async def test_the_form_says_where_it_is_about(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        assert "North High School" in screen.texts("where")


# -- drafts --------------------------------------------------------------------------------------------------------


async def test_a_draft_comes_back_as_it_was_left(tmp_path: Path) -> None:
    phone = await make_full_phone(tmp_path)
    draft = phone.draft("everything")
    async with screen_of(phone, draft) as screen:
        await screen.type("field-line", "Door 7 propped")
        await screen.type("field-count", "12")
        await screen.tap("choice-answer-partly")
        await screen.type("field-finding", "wedge")
        await screen.tap("choice-when-at_night")
        await screen.back()  # within the moment before typed letters are kept
    phone.notebook.close()

    again = await make_full_phone(tmp_path)
    async with screen_of(again, draft) as screen:
        assert screen.inside("field-line", ft.TextField).value == "Door 7 propped"
        assert screen.inside("field-count", ft.TextField).value == "12"
        assert screen.at("choice-answer-partly").checked is True
        assert screen.inside("field-finding", ft.TextField).value == "wedge"
        assert screen.at("choice-when-at_night").checked is True
    again.notebook.close()


async def test_leaving_keeps_the_draft_and_says_so(phone: Phone) -> None:
    draft = phone.draft("everything")
    async with screen_of(phone, draft) as screen:
        await screen.type("field-line", "Door 7")
        await screen.back()
        await screen.until(lambda: screen.reads("Kept as a draft"), "the notice")
        found = phone.notebook.draft(draft)
        assert found is not None
        assert found.answers["line"] == "Door 7"


async def test_looking_without_touching_says_nothing(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        await screen.back()
        assert not screen.reads("Kept as a draft")


async def test_a_discarded_draft_is_asked_about_and_can_be_had_back(phone: Phone) -> None:
    draft = phone.draft("everything", line="Door 7")
    async with screen_of(phone, draft) as screen:
        await screen.tap("discard-draft")
        await screen.tap("discard-no")
        assert phone.notebook.draft(draft)
        await screen.tap("discard-draft")
        await screen.tap("discard-yes")
        assert phone.notebook.draft(draft) is None
        assert screen.page.route == "/"
        await screen.tap("notice-action")
        assert screen.page.route == f"/form/{draft}"
        assert screen.inside("field-line", ft.TextField).value == "Door 7"


async def test_a_draft_that_is_gone_is_a_screen_with_a_way_home(phone: Phone) -> None:
    async with screen_of(phone, "018f0000-0000-7000-8000-000000000000") as screen:
        assert screen.reads("not here any more")
        await screen.tap("home")
        assert screen.page.route == "/"


# -- logic on the screen -------------------------------------------------------------------------------------------


async def test_a_question_appears_and_disappears_at_once(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        assert "field-finding" not in screen.idents()
        await screen.tap("choice-answer-no")
        assert "field-finding" in screen.idents()
        await screen.tap("choice-answer-yes")
        assert "field-finding" not in screen.idents()


async def test_progress_follows_the_answers(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        before = screen.all(ft.ProgressBar)[0].value
        await screen.tap("choice-answer-yes")
        await screen.until(lambda: "1 of " in (screen.at("progress").label or ""), "progress")
        assert screen.all(ft.ProgressBar)[0].value > before  # type: ignore[operator]  # a number on this screen


async def test_the_form_hears_nothing_of_syncs(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        field = screen.inside("field-line", ft.TextField)
        for _ in range(3):
            phone.services.engine_changes.changed()
            phone.services.notebook_changes.changed()
            await screen.settle()
        assert screen.inside("field-line", ft.TextField) is field


# -- saving --------------------------------------------------------------------------------------------------------


async def test_mistakes_are_said_at_their_fields_and_the_screen_goes_to_the_first(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything", line="x", count=12)) as screen:
        await screen.tap("save")
        assert screen.texts("problem-count") == ["At most ten."]
        assert screen.texts("problem-answer") == ["Please answer this."]
        assert screen.texts("mistakes") == ["2 answers to look at"]
        await screen.until(lambda: "scroll_to" in [name for name, _ in screen.calls], "the scrolling")
        assert next(args for name, args in screen.calls if name == "scroll_to")["scroll_key"].value == "question-count"
        await screen.until(lambda: "focus" in [name for name, _ in screen.calls], "the cursor")
        assert phone.device.felt == [120]
        assert phone.notebook.outbox() == []


async def test_a_mended_mistake_is_not_held_up_to_anybody(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything", line="x")) as screen:
        await screen.tap("save")
        assert screen.texts("mistakes") == ["One answer to look at"]
        await screen.tap("choice-answer-yes")
        assert "mistakes" not in screen.idents()
        assert "problem-answer" not in screen.idents()


async def test_a_saved_record_is_confirmed_only_when_it_is_kept(phone: Phone) -> None:
    draft = phone.draft("everything", line="Door 7", answer="yes")
    async with screen_of(phone, draft) as screen:
        await screen.tap("save")
        assert phone.notebook.draft(draft) is None
        assert [revision.set["line"] for revision in phone.notebook.outbox()] == ["Door 7"]
        assert screen.page.route == "/"
        assert screen.reads("Saved on this phone · ")
        assert not screen.reads("Kept as a draft")
        assert phone.device.felt == [40]
        assert phone.engine.kicks == ["saved"]


async def test_letters_typed_right_before_saving_are_saved(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything", answer="yes")) as screen:
        await screen.type("field-line", "just now")
        await screen.tap("save")
        assert [revision.set["line"] for revision in phone.notebook.outbox()] == ["just now"]


async def test_answers_of_hidden_questions_are_not_saved(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything", line="x", answer="no", finding="wedge")) as screen:
        await screen.tap("choice-answer-yes")
        await screen.tap("save")
        assert "finding" not in phone.notebook.outbox()[0].set


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRoom("full"), "no room left"),
        (FileTrouble("silent"), "storage did not answer"),
        (RuntimeError("Dana Pere"), "Not saved. Your answers are still here"),
    ],
)
async def test_what_cannot_be_kept_stays_on_the_screen_with_the_reason(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, said: str
) -> None:
    def fail(_draft: str) -> None:
        raise error

    draft = phone.draft("everything", line="Door 7", answer="yes")
    async with screen_of(phone, draft) as screen:
        with monkeypatch.context() as broken:
            broken.setattr(phone.notebook, "save", fail)
            await screen.tap("save")
        assert screen.reads(said)
        assert screen.page.route == f"/form/{draft}"
        assert screen.inside("field-line", ft.TextField).value == "Door 7"
        assert phone.device.felt == []
        await screen.tap("save")  # there is room again
        assert len(phone.notebook.outbox()) == 1
    assert "Dana" not in caplog.text


async def test_a_phone_that_is_full_says_so_while_one_types(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise NoRoom("full")

    async with screen_of(phone, phone.draft("everything")) as screen:
        monkeypatch.setattr(phone.notebook, "answer", fail)
        await screen.tap("choice-answer-yes")
        await screen.until(lambda: screen.reads("no room left"), "the reason")
        assert screen.at("choice-answer-yes").checked is True


async def test_the_language_changes_while_a_draft_is_open(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        await screen.type("field-line", "Door 7")
        await phone.services.set_language("es")
        await screen.until(lambda: screen.reads("Guardar en este teléfono"), "Spanish")
        assert screen.at("field-line").label == "One line (es)"
        assert screen.inside("field-line", ft.TextField).value == "Door 7"


# -- same as last time ---------------------------------------------------------------------------------------------


async def test_one_tap_answers_as_last_time_and_another_takes_it_back(phone: Phone) -> None:
    async with screen_of(phone, phone.draft("everything")) as screen:
        assert "last-time" not in screen.idents(), "there was no last time yet"
    phone.save("everything", line="x", answer="partly", finding="wedge", street="zoo", when=["at_night"])
    draft = phone.draft("everything", street="ash_street")
    async with screen_of(phone, draft) as screen:
        await screen.tap("last-time")
        kept = phone.notebook.draft(draft)
        assert kept is not None
        assert {name: kept.answers.get(name) for name in ("answer", "street", "when", "line", "finding")} == {
            "answer": "partly",
            "street": "ash_street",
            "when": ["at_night"],
            "line": None,
            "finding": None,
        }
        assert screen.at("choice-answer-partly").checked is True
        assert screen.reads("2 answers as last time")
        assert "last-time" not in screen.idents()
        await screen.tap("notice-action")
        kept = phone.notebook.draft(draft)
        assert kept is not None
        assert "answer" not in kept.answers
        assert screen.at("choice-answer-partly").checked is False
        assert "last-time" in screen.idents()


async def test_a_complaint_that_may_be_known_already_says_so_while_it_is_written(phone: Phone) -> None:
    spot = {"lat": 36.0, "lon": -95.9, "acc": 5}
    first = phone.save("community_complaint", service_code="NOI-LOUD", gps=spot)
    draft = phone.draft("community_complaint", service_code="NOI-LOUD")
    async with screen_of(phone, draft) as screen:
        assert "alike" not in screen.idents()
    phone.notebook.answer(draft, "gps", spot)
    async with screen_of(phone, draft) as screen:
        assert screen.reads("This may be known already")
        await screen.tap(f"alike-{first}")
        assert screen.page.route == f"/records/{first}"
    assert phone.notebook.draft(draft) is not None, "what was written stays"
