"""A notebook that does not open: what is the matter, and what to do."""

import flet as ft
import pytest

from app.files import FileTrouble, Locked, NoRoom
from app.store import NewerFormat
from app.words import LANGUAGES, Words
from tests.views.headless import Screen
from views.start import cannot_open

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", [Locked(), NewerFormat(), NoRoom(), FileTrouble()])
async def test_every_matter_has_its_own_words_and_a_way_on(error: FileTrouble, language: str) -> None:
    taps: list[str] = []
    words = Words.load(language, strict=True)

    def main(page: ft.Page) -> None:
        page.views = [cannot_open(error, words, lambda: taps.append("again"))]
        page.update()

    screen = Screen(main)
    async with screen:
        assert len({text for text in screen.texts() if len(text) > 15}) >= 2
        assert words("start.again") in screen.texts()
        await screen.tap("try-again")
    assert taps == ["again"]
