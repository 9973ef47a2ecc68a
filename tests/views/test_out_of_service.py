"""A phone that the district took out of service deletes everything; one without a word from it opens only with one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import main
from app.notebook import Notebook
from app.photos import make_scaler
from app.vault import Vault
from sync.client import District
from sync.engine import Engine
from sync.merge import fold
from sync.protocol import Code
from tests.app.vaultkit import PIN
from tests.sync.fakes import FakeDistrict, Line
from tests.views.gatekit import Start, appears, unlock
from tests.views.headless import Screen

pytestmark = pytest.mark.anyio


class Road:
    """The line to a district in memory; `broken` while nothing gets through."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.district = FakeDistrict()
        self.broken = False
        patch.setattr(main, "Engine", self._engine)

    def _engine(self, notebook: Notebook, device: Any, base_url: str) -> Engine:
        line = Line(self.district, lambda _: "drop request" if self.broken else None)
        connect: Callable[..., District] = lambda url, name, token: District(url, name, token, transport=line)  # noqa: E731
        return Engine(notebook, device, connect, base_url)


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Road:
    return Road(monkeypatch)


async def silent(start: Start, days: int, *, escrow: bool = False) -> str:
    """A phone with a record that waits, which last heard of the district so many days ago."""
    record = await start.fill(escrow=escrow)
    start.device.connected = True
    vault = await Vault.open(start.disk, start.keys)
    notebook = await Notebook.open(start.disk, await vault.unlock(PIN), make_scaler(), fold)
    notebook.note_contact((datetime.now(UTC) - timedelta(days=days)).isoformat(), 0)
    notebook.close()
    vault.lock()
    return record


async def test_after_thirty_days_of_silence_nothing_is_shown_until_the_district_answers(
    start: Start, road: Road
) -> None:
    await silent(start, 31)
    road.broken = True
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "estranged")
        assert "emergency" in " ".join(screen.idents())
        assert "open-parent_contact" not in screen.idents()
        road.broken = False
        await screen.tap("try-again")
        await appears(screen, "open-parent_contact")
    assert len(road.district.revisions) == 1, "what waited was sent"


async def test_until_then_it_opens_without_a_network(start: Start, road: Road) -> None:
    await silent(start, 29)
    road.broken = True
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_it_locks_when_the_officer_leaves_it_waiting_for_the_district(start: Start, road: Road) -> None:
    await silent(start, 31)
    road.broken = True
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "estranged")
        start.now += 3600
        start.gate.again()
        await appears(screen, "unlock")
        assert start.vault.state == "locked"


@pytest.mark.parametrize("days", [1, 31])
async def test_a_phone_out_of_service_deletes_everything_at_its_next_contact(
    start: Start, road: Road, days: int
) -> None:
    await silent(start, days)
    road.district.shut_out = Code.DEVICE_REVOKED
    async with Screen(start.main) as screen:
        await unlock(screen)
        await screen.until(lambda: screen.reads("The district took this phone out of service"), "the words")
        assert start.vault.state == "new"
    async with Screen(start.main) as screen:
        await appears(screen, "save-pin")


async def test_with_an_escrow_it_asks_for_what_was_not_sent_and_does_not_speak_of_a_pin(
    start: Start, road: Road
) -> None:
    await silent(start, 1, escrow=True)
    road.district.shut_out = Code.DEVICE_REVOKED
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "hand-in")
        assert screen.reads("The district took this phone out of service")
        assert not screen.reads("Without the PIN")


async def test_a_phone_that_is_only_unknown_keeps_everything(start: Start, road: Road) -> None:
    await silent(start, 1)
    road.district.shut_out = Code.DEVICE_UNKNOWN
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await screen.until(lambda: "GET revisions" in road.district.asked or road.district.asked, "a round")
        await screen.settle()
        assert start.vault.state == "open"
