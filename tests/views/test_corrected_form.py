"""A record whose form was corrected since, on a phone that never had the form as it was: nothing is lost or hidden."""

from pathlib import Path

import pytest

from tests.app.formkit import small_json
from tests.views.headless import Screen
from tests.views.phone import Phone, make_phone, setup_json

pytestmark = pytest.mark.anyio

FIRST = small_json(
    {"name": "mood", "type": "select_one", "choices": ["calm", "tense"]},
    {"name": "count"},
    {"name": "gone"},
    {"name": "visits", "type": "repeat", "fields": [{"name": "who"}]},
)
CORRECTED = small_json(
    {"name": "mood", "type": "select_one", "choices": ["calm", "loud"]},
    {"name": "count", "type": "integer"},
    version="2",
)
ANSWERS = {"mood": "tense", "count": "a few", "gone": "Still here.", "visits": [{"who": "Ana"}, {"who": "Ben"}]}


async def corrected(folder: Path, language: str = "en") -> tuple[Phone, str]:
    phone = await make_phone(folder, forms=[FIRST], language=language)
    record = phone.save("small", **ANSWERS)
    phone.notebook.keep_setup(setup_json(forms=[CORRECTED]), '"2"')
    phone.notebook._shelf.sweep(lambda _form, _version: False)  # as on a phone that fetched the record
    phone.notebook._shelf._parsed.clear()
    return phone, record


@pytest.mark.parametrize(("language", "said"), [("en", "Not asked any more"), ("es", "Ya no se pregunta")])
async def test_answers_that_fit_no_more_are_shown_as_they_were_given(tmp_path: Path, language: str, said: str) -> None:
    phone, record = await corrected(tmp_path, language)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        for words in (said, "Still here.", "tense", "a few"):
            assert screen.reads(words), words
    phone.notebook.close()


async def test_correcting_such_a_record_explains_what_does_not_fit_and_keeps_what_is_not_asked(tmp_path: Path) -> None:
    phone, record = await corrected(tmp_path)
    draft = phone.notebook.correct(record, "typing")
    async with Screen(phone.main, route=f"/form/{draft.id}") as screen:
        await screen.tap("save")
        assert screen.reads("Please choose one of the answers shown.")
        assert screen.reads("Answered before: tense.")
        assert screen.reads("Please enter a whole number.")
    phone.notebook.answer(draft.id, "mood", "loud")
    phone.notebook.answer(draft.id, "count", 3)
    phone.notebook.save(draft.id)
    kept = phone.notebook.record(record)
    assert kept is not None
    assert kept.answers == {**ANSWERS, "mood": "loud", "count": 3}
    phone.notebook.close()


async def test_an_answer_that_a_filter_no_longer_offers_is_told_and_can_be_taken_back(tmp_path: Path) -> None:
    rows = [
        {"name": name, "label": {"en": name.title(), "es": name.title()}, "more": {"state": state}}
        for name, state in (("tulsa", "ok"), ("norman", "ok"), ("dallas", "tx"))
    ]
    filtered = {"list": "city", "choice_filter": ["=", ["col", "state"], ["ref", "state"]]}
    form = small_json(
        {"name": "state", "type": "select_one", "choices": ["ok", "tx"]},
        {"name": "city", "type": "select_one", "required": True, **filtered},
        {"name": "cities", "type": "select_multiple", **filtered},
        lists={"city": rows},
    )
    phone = await make_phone(tmp_path, forms=[form])
    draft = phone.draft("small", state="ok", city="tulsa", cities=["tulsa", "norman"])
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        await screen.tap("choice-state-ok")  # taken back: no city is offered
        assert screen.reads("Nothing to choose from yet")
        assert screen.reads("Answered before: Tulsa. It is not among the choices any more.")
        assert screen.reads("Answered before: Tulsa, Norman.")
        await screen.tap("clear-city")
        await screen.tap("clear-cities")
        assert not screen.reads("Answered before")
        found = phone.notebook.draft(draft)
        assert found is not None
        assert found.answers == {}
    phone.notebook.close()
