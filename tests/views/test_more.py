"""More: language, colours, storage, card, update, about."""

import re

import flet as ft
import pytest
import zxingcpp
from PIL import Image

from sync.protocol import APP_VERSION
from tests.views.headless import Screen
from tests.views.phone import BASE_URL, Phone, make_phone

pytestmark = pytest.mark.anyio


async def test_the_language_switches_every_word_at_once_and_stays(phone: Phone) -> None:
    async with Screen(phone.main, route="/more") as screen:
        await screen.tap("language")
        await screen.tap("choice-language-es")
        await screen.until(lambda: screen.reads("Idioma y colores"), "Spanish")
        assert screen.reads("Inicio")
        assert phone.services.settings.language == "es"
        assert phone.notebook.language == "es"


@pytest.mark.parametrize(
    ("look", "mode"), [("light", ft.ThemeMode.LIGHT), ("dark", ft.ThemeMode.DARK), ("sunlight", ft.ThemeMode.LIGHT)]
)
async def test_the_colours_are_chosen_by_hand(phone: Phone, look: str, mode: ft.ThemeMode) -> None:
    async with Screen(phone.main, route="/more") as screen:
        assert screen.page.theme_mode == ft.ThemeMode.SYSTEM
        await screen.tap("look")
        await screen.tap(f"choice-look-{look}")
        assert screen.page.theme_mode == mode
        assert phone.services.settings.look == look


async def test_the_phones_promise_and_the_room_taken_are_shown(phone: Phone) -> None:
    async with Screen(phone.main, route="/more") as screen:
        await screen.until(lambda: screen.reads("2.4 MB of 1.0 GB"), "the room taken")
        assert screen.reads("may clear the notebook")
        await screen.tap("persist")
        await screen.until(lambda: "persist" not in screen.idents(), "the promise")


async def test_an_update_can_be_started_here(phone: Phone) -> None:
    phone.device.update_ready = True
    async with Screen(phone.main, route="/more") as screen:
        await screen.tap("update-now")
        assert phone.device.updates == 1


async def test_about_says_what_support_asks_for(phone: Phone) -> None:
    async with Screen(phone.main, route="/more") as screen:
        for words in (APP_VERSION, "Dana Reyes", "Green Country Schools", "(918) 245-8777"):
            assert screen.reads(words), words


async def test_the_card_is_drawn_on_the_phone_as_a_link_and_as_the_contact_itself(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/card") as screen:
        link = str(screen.inside("card-code", ft.Image).src)
        assert _scanned(link) == f"{BASE_URL}/c/ABCD2345"
        await screen.tap("card-kind")
        await screen.tap("choice-card-kind-contact")
        await screen.until(lambda: screen.inside("card-code", ft.Image).src != link, "the other code")
        assert "FN:Dana Reyes" in _scanned(str(screen.inside("card-code", ft.Image).src))


async def test_an_officer_without_a_card_is_told_where_it_comes_from(tmp_path_factory: pytest.TempPathFactory) -> None:
    phone = await make_phone(tmp_path_factory.mktemp("phone"), card=None)
    async with Screen(phone.main, route="/more/card") as screen:
        assert screen.reads("Your district makes it")
    phone.notebook.close()


def _scanned(svg: str) -> str:
    """What a camera reads in a code drawn as squares."""
    squares = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)]
    side = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    picture = Image.new("L", (side, side), 255)
    for square in squares:
        picture.putpixel(square, 0)
    (found,) = zxingcpp.read_barcodes(picture.resize((side * 6, side * 6), Image.Resampling.NEAREST))
    return str(found.text)


@pytest.mark.parametrize(
    ("tab", "route"), [("home", "/"), ("records", "/records"), ("scan", "/scan"), ("more", "/more")]
)
async def test_the_bar_leads_to_four_places(phone: Phone, tab: str, route: str) -> None:
    start = "/records" if tab == "home" else "/"
    async with Screen(phone.main, route=start) as screen:
        assert f"nav-{tab}" in screen.idents()
        (bar,) = screen.all(ft.NavigationBar)
        await screen.put(bar, selected_index=["home", "records", "scan", "more"].index(tab))
        assert screen.page.route == route
        (bar,) = screen.all(ft.NavigationBar)
        assert bar.selected_index == ["home", "records", "scan", "more"].index(tab)


async def test_a_link_that_leads_nowhere_leads_home(phone: Phone) -> None:
    async with Screen(phone.main, route="/no/where") as screen:
        assert screen.reads("This link leads nowhere")
        await screen.tap("home")
        assert screen.page.route == "/"
