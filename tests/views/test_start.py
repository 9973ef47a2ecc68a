"""A notebook that does not open: what is the matter, and what to do."""

from types import SimpleNamespace

import flet as ft
import pytest

from app.files import FileTrouble, Locked, NoRoom
from app.store import NewerFormat, WrongKey
from app.vault_trouble import DamagedVault, NewerVault
from app.words import LANGUAGES, Words
from tests.views.headless import Screen
from tests.views.phone import Device
from views.notices import prepare_notices
from views.scanner import NoScanner
from views.services import Services, provide
from views.start import Trouble, matter

pytestmark = pytest.mark.anyio

ERRORS = (Locked(), NewerFormat(), NewerVault(), NoRoom(), FileTrouble(), WrongKey(), DamagedVault())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_every_matter_has_its_own_words_and_a_way_on(error: FileTrouble, language: str) -> None:
    taps: list[str] = []
    words = Words.load(language, strict=True)
    services = Services(Device(), NoScanner(), words)  # type: ignore[arg-type]  # a phone that obeys
    services.gate = SimpleNamespace(again=lambda: taps.append("again"), touch=lambda: None)  # type: ignore[assignment]  # of the gate it needs no more

    @ft.component
    def Root() -> ft.View:
        return ft.View(controls=[Trouble(error)])

    def main(page: ft.Page) -> None:
        provide(page, services)
        prepare_notices(page)
        page.render_views(Root)

    async with Screen(main) as screen:
        assert screen.reads(words(f"start.{matter(error)}.text"))
        assert ("forgot" in screen.idents()) == isinstance(error, WrongKey | DamagedVault)
        await screen.tap("try-again")
    assert taps == ["again"]


def test_no_two_matters_share_a_screen_but_those_that_need_the_same() -> None:
    assert [matter(error) for error in ERRORS] == ["locked", "newer", "newer", "full", "damaged", "key", "vault"]
