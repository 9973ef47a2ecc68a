"""The road to the district from the Python that a phone runs, in real Chromium, over its fetch to the real server.

No Flet here, as in test_opfs.py: a bare page and a worker with Pyodide, our app/ and sync/, and httpx.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.bare import Bare
from tests.browser.phone import wait_until
from tests.browser.town import OPEN, Town, served_town
from tests.server.phones import picture

ASK = """
binding = notebook.binding
async with District(binding.base_url, binding.device, binding.token) as asked:
    await asked.setup(None)
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with served_town(tmp_path) as town:
        yield town


@pytest.fixture
def bare(town: Town, chromium_path: str, tmp_path: Path) -> Iterator[Bare]:
    """A started browser with an empty profile, our modules loaded and the phone enrolled."""
    with sync_playwright() as playwright:
        browser = Bare(playwright, chromium_path, tmp_path / "profile", town.url)
        browser.profile.mkdir()
        browser.start()
        try:
            browser.run(OPEN.format(url=town.url))
            browser.run(f"await engine.enrol({town.code()!r})")
            yield browser
        finally:
            browser.kill()


def test_a_record_and_its_photo_go_from_the_browser_to_the_district(town: Town, bare: Bare) -> None:
    bare.run(f"answer = await notebook.add_photo(bytes.fromhex({picture().hex()!r}))")
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'channel', 'phone')")
    bare.run("notebook.answer(draft.id, 'photo', answer); record = notebook.save(draft.id).id")
    assert bare.run("engine.status.waiting") == 1
    # The loop as the app runs it: a task that is kicked.
    bare.run("running = asyncio.create_task(engine.run()); engine.kick('save')")
    wait_until(lambda: bare.run("engine.status.state.value") == "all_at_district", "the round to end")
    (row,) = town.rows()
    assert row["id"] == bare.run("record")
    assert row["complete"]
    assert row["flags"] == []
    assert abs(bare.run("notebook._facts.get('contact')['offset']")) < 60_000
    assert bare.run("await engine.fetch_photo(answer['sha256'])") is True
    # The setup has not changed since: its ETag works through fetch, too.
    bare.run("asked = District(notebook.binding.base_url, notebook.binding.device, notebook.binding.token)")
    assert bare.run("await asked.setup(notebook.setup_etag) is None") is True


@pytest.mark.parametrize(
    ("spoil", "said"), [("page", "DistrictTrouble"), ("redirect", "DistrictTrouble"), ("cut", "Unreachable")]
)
def test_what_is_no_answer_of_the_district_is_told_apart(town: Town, bare: Bare, spoil: str, said: str) -> None:
    town.spoil = spoil
    assert bare.attempt(ASK).startswith(f"{said}:")
    town.spoil = ""
    bare.run(ASK)


def test_silence_and_no_network_are_unreachable_and_waiting_can_be_broken_off(town: Town, bare: Bare) -> None:
    bare.run("import sync.client; sync.client.PATIENCE = 0.5")
    town.spoil = "silence"
    assert bare.attempt(ASK) == "Unreachable: unreachable: no answer in time"
    town.spoil = ""
    bare.browser.contexts[0].set_offline(True)
    assert bare.attempt(ASK).startswith("Unreachable:")
    bare.browser.contexts[0].set_offline(False)
    bare.run(ASK)
