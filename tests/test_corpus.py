"""Forms that others wrote load, are drawn and can be answered; those that do not are refused by name.

The numbers are floors: what loads today must load tomorrow. `python -m tests.corpus` prints all of them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.form_json import SECTIONS, UNSEEN
from app.forms import Form
from server.publish.export import xform
from tests.corpus import Tried, tried
from tests.views.headless import Screen
from tests.views.phone import make_phone, setup_json

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Tried]:
    return tried(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def loaded(corpus: list[Tried]) -> list[Form]:
    """One form with each id: a phone has no two."""
    return list({one.form["id"]: Form.parse(one.form) for one in corpus if one.form}.values())


def test_most_forms_that_others_wrote_load(corpus: list[Tried]) -> None:
    sound = [one for one in corpus if one.sound and one.asks]
    assert len(corpus) >= 350
    assert len(sound) >= 260
    assert sum(one.form is not None for one in sound) >= 225


def test_a_form_that_is_refused_says_what_is_not_supported_and_in_which_row(corpus: list[Tried]) -> None:
    for one in corpus:
        assert one.form or one.mistakes, one.name
        for mistake in (*one.mistakes, *one.left_alone):
            assert mistake.reason.strip(), one.name
            assert "Traceback" not in mistake.reason, mistake
        if one.sound and one.asks and not one.form:
            assert any(mistake.row > 1 or mistake.reason.startswith("pyxform") for mistake in one.mistakes), one.name


def test_forms_that_others_wrote_can_be_answered_and_given_back(loaded: list[Form]) -> None:
    lost = []
    for form in loaded:
        live = form.live(form.start())
        for address, field in list(live.everything()):
            if offered := (field.choices and live.is_shown(address) and live.choices(address)):
                live.set(address, offered[0].name if field.type == "select_one" else [offered[0].name])
            elif field.type == "text":
                live.set(address, "x")
        form.check(live.answers)
        try:
            assert "<h:html" in xform(form)
        except ValueError as error:
            lost.append(f"{form.id}: {error}")
    assert lost == []


async def test_every_question_of_forms_that_others_wrote_is_drawn(loaded: list[Form], tmp_path: Path) -> None:
    phone = await make_phone(tmp_path)
    undrawn = []
    for form in loaded:
        phone.notebook.keep_setup(setup_json(forms=[form.json]), form.id)  # one at a time: Home has a tile for each
        draft = phone.draft(form.id)
        begun = phone.notebook.draft(draft)
        assert begun
        live = form.live(begun.answers)
        asked = {address for address, field in _questions(form) if live.is_shown(address)}
        async with Screen(phone.main, route=f"/form/{draft}") as screen:
            drawn = {name.removeprefix("field-") for name in screen.idents() if name.startswith("field-")}
        undrawn += [f"{form.id}: {name}" for name in asked - drawn]
    assert undrawn == []
    phone.notebook.close()


def _questions(form: Form) -> Iterator[tuple[str, object]]:
    """What stands outside of repeats, whose questions are drawn one repetition at a time."""
    for field in form.flat():
        if field.type not in (*SECTIONS, *UNSEEN) and not form.plan.repeats[field.name]:
            yield field.name, field
