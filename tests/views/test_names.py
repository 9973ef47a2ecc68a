"""The names of controls follow the one rule that docs/forms.md writes down, on every screen."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.form_json import UNSEEN
from tests.views.everything import EVERYTHING, make_full_phone
from tests.views.headless import Screen
from tests.views.phone import NORTH, Phone
from views.begin import LARGE

pytestmark = pytest.mark.anyio

PROMISED = {
    "open-<form_id>",
    "field-<name>",
    "choice-<field>-<value>",
    "save",
    "sync-now",
    "nav-<name>",
    "record-<id>",
}
ONCE = re.compile(r"[a-z]+(-[a-z]+)*")  # what a screen has once


def written() -> set[str]:
    """The names in the table of docs/forms.md."""
    text = (Path(__file__).parents[2] / "docs" / "forms.md").read_text("utf-8")
    section = text.partition("## Names of controls")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


def test_the_rule_is_written_down() -> None:
    assert written() >= PROMISED


async def test_every_name_on_every_screen_follows_the_rule(phone: Phone) -> None:
    record, draft = phone.save(topic="praise"), phone.draft("everything")
    starts = tuple(name.partition("<")[0] for name in written() if "<" in name)
    walk = phone.save("walkthrough", areas=["GR"], GR2="no", GR2_severity="2")
    found = ("/records/findings", f"/records/findings/{walk}/GR2", f"/records/{walk}")
    routes = (
        "/",
        "/forms",
        "/records",
        f"/records/{record}",
        "/scan",
        "/more",
        "/more/sync",
        "/more/card",
        f"/form/{draft}",
    )
    for route in (*routes, *found):
        async with Screen(phone.main, route=route) as screen:
            if "save" in screen.idents():
                await screen.tap("save")  # the mistakes have names too
            names = screen.idents()
            assert names
            assert [name for name in names if not (name.startswith(starts) or ONCE.fullmatch(name))] == []


async def test_home_names_each_form_school_record_and_tab(phone: Phone) -> None:
    record, draft = phone.save(topic="praise"), phone.draft(topic="praise")
    async with Screen(phone.main) as screen:
        forms = {f"open-{form.id}" for form in phone.notebook.forms()[:LARGE]} | {"all-forms"}
        tabs = {f"nav-{name}" for name in ("home", "records", "scan", "more")}
        assert forms | tabs | {f"record-{record}", f"draft-{draft}"} <= set(screen.idents())
        await screen.tap("school")
        assert f"choice-school-{NORTH}" in screen.idents()
    async with Screen(phone.main, route="/forms") as screen:
        assert {f"open-{form.id}" for form in phone.notebook.forms()} <= set(screen.idents())


async def test_a_form_names_each_question_and_each_choice_that_it_shows(phone: Phone) -> None:
    draft = phone.draft("everything", answer="no")
    async with Screen(phone.main, route=f"/form/{draft}") as screen:
        names = screen.idents()
        # Questions inside a repeat have their address for a name; what is worked out is not shown.
        asked = [one for one in EVERYTHING["fields"] if one["type"] not in ("repeat", *UNSEEN)]
        grouped = [field for group in asked for field in group.get("fields", [group])]
        for field in grouped:
            assert names.count(f"field-{field['name']}") == 1
        for name in ("answer", "when"):
            choices = next(field["choices"] for field in grouped if field["name"] == name)
            assert {f"choice-{name}-{choice['name']}" for choice in choices} <= set(names)
        await screen.tap("field-street")
        assert "choice-street-zoo" in screen.idents()
