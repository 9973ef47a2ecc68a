import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from app.tags import card_url, show, tag_url
from server import district, sheets
from server.cards import card_facts
from server.codes import SMALLEST_MODULE_MM
from server.sheets import PAPERS, TAGS_PER_PAGE, Paper, poster, tag_sheet
from tests.server.conftest import BASE_URL, Home
from tests.server.test_codes import Decode, with_zbar

__all__ = ["with_zbar"]

# The Letter and A4 sizes in CSS pixels, less the margins of 10 mm.
INSIDE = {"letter": (740, 980), "a4": (718, 1047)}
DPI = 150
LONG = "The emergency exit at the end of the long hall behind the old boiler room"


@pytest.fixture(scope="module")
def printer(chromium_path: str) -> Iterator[Page]:
    """A Chromium page that shows what would be printed, as many dots to the inch as a school's copier has at least."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        page = browser.new_page(device_scale_factor=DPI / 96)
        page.emulate_media(media="print")
        yield page
        browser.close()


def show_sheet(printer: Page, html: str, paper: Paper) -> None:
    width, height = INSIDE[paper]
    printer.set_viewport_size({"width": width, "height": height})
    printer.set_content(html)


def picture(page: Page, part: str) -> list[Image.Image]:
    return [Image.open(io.BytesIO(element.screenshot())).convert("L") for element in page.query_selector_all(part)]


def overflowing(page: Page, part: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        part,
        "all => all.filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)"
        ".map(e => e.className + ': ' + e.textContent.trim().slice(0, 60))",
    )
    return found


@pytest.fixture
def eight(home: Home) -> list[str]:
    """Eight places at a school, one with a very long name; their tags' codes in the order in which they are printed."""
    with home.database.writing() as session:
        for number in range(7):
            name = LONG if number == 3 else f"Gate {number}"
            district.add_place(session, home.school, name, building="Main building of the school", floor="Ground floor")
        places = {place.id: place for place in district.places(session, school=home.school)}
        tags = district.tags(session, active=True)
        tags.sort(key=lambda tag: (places[tag.place].building, places[tag.place].name))
        return [tag.code for tag in tags]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_printed_tag_is_read_by_two_decoders(
    home: Home, eight: list[str], printer: Page, with_zbar: Decode, paper: Paper
) -> None:
    with home.database.reading() as session:
        show_sheet(printer, tag_sheet(session, BASE_URL, home.school, paper=paper), paper)
    codes = picture(printer, ".label svg")
    assert len(codes) == 8
    for code, picture_of_it in zip(eight, codes, strict=True):
        assert zxingcpp.read_barcodes(picture_of_it)[0].text == tag_url(BASE_URL, code)
        assert with_zbar(picture_of_it) == tag_url(BASE_URL, code)
    pages = printer.query_selector_all(".page")
    assert len(pages) == 2
    assert len(pages[0].query_selector_all(".label")) == TAGS_PER_PAGE
    assert overflowing(printer, ".label, .label .words, .label footer") == []
    for page in pages:
        box = page.bounding_box()
        assert box
        assert box["height"] <= INSIDE[paper][1], "a sheet fits on its paper"
        assert box["width"] <= INSIDE[paper][0]


def test_a_label_says_what_it_is_for_in_both_languages(home: Home) -> None:
    with home.database.reading() as session:
        html = tag_sheet(session, BASE_URL, home.school)
    for text in ("Door 7", "North Middle School", "Gym", show(home.short), "Emergency: 911", "Emergencia: 911"):
        assert text in html
    assert html.count("(918) 245-8777") == 2


def test_only_tags_in_use_of_places_in_use_are_printed(home: Home, eight: list[str]) -> None:
    with home.database.writing() as session:
        places = district.places(session, school=home.school)
        places[0].active = False
        fresh = district.new_tag(session, places[1].id)
        session.flush()
        html = tag_sheet(session, BASE_URL)
    assert html.count('class="label"') == len(eight) - 1
    assert show(fresh.short) in html


def test_a_sheet_without_places_says_so(home: Home) -> None:
    with home.database.reading() as session:
        assert "No places with tags yet." in tag_sheet(session, BASE_URL, home.other_school)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_a_sheet_whose_codes_lead_to_this_machine_only_warns(home: Home, base: str) -> None:
    with home.database.reading() as session:
        assert "open nothing on a phone" in tag_sheet(session, base)
        assert "open nothing on a phone" not in tag_sheet(session, BASE_URL)


def test_the_paper_is_said_to_the_printer(home: Home) -> None:
    with home.database.reading() as session:
        assert "@page{size:A4" in tag_sheet(session, BASE_URL, paper="a4")
        assert "@page{size:letter" in tag_sheet(session, BASE_URL, paper="letter")
        assert 'href="?paper=a4"' in tag_sheet(session, BASE_URL, links=True)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("long", [False, True], ids=["usual", "longest"])
def test_both_codes_of_a_poster_are_read_and_it_fits_on_its_paper(
    home: Home, printer: Page, with_zbar: Decode, paper: Paper, long: bool
) -> None:
    with home.database.writing() as session:
        more = {"title": "Ñ" * 60, "email": f"{'x' * 40}@example.org"} if long else {"email": "a@example.org"}
        name = "María José " + "Ñúñez " * 10 if long else "Ana Rivera-Soto"
        schools = [home.school, home.other_school]
        officer = district.add_officer(session, name, "900", schools, phone="(918) 555-0101 ext 12", **more)
        facts = card_facts(session, district.add_card(session, officer=officer.id), BASE_URL)
        assert facts
        html = poster(session, BASE_URL, facts, paper=paper)
    show_sheet(printer, html, paper)
    contact, link = picture(printer, ".codes svg")
    for picture_of_it, text in ((contact, facts.vcard), (link, card_url(BASE_URL, facts.slug).upper())):
        assert zxingcpp.read_barcodes(picture_of_it)[0].bytes.decode() == text
        assert with_zbar(picture_of_it) == text
    page = printer.query_selector(".poster")
    assert page
    box = page.bounding_box()
    assert box
    assert box["height"] <= INSIDE[paper][1]
    assert overflowing(printer, ".poster, .poster *:not(svg):not(path)") == []
    for notice in ("Not watched 24 hours", "No se atiende las 24 horas", "988", "911"):
        assert notice in html


def test_modules_are_never_smaller_than_a_phone_can_see(home: Home) -> None:
    with home.database.writing() as session:
        officer = district.add_officer(session, "Ñ" * 200, "900", [], title="Ñ" * 100, email="x" * 190 + "@x.org")
        facts = card_facts(session, district.add_card(session, officer=officer.id), BASE_URL)
        assert facts
        html = poster(session, BASE_URL, facts) + tag_sheet(session, "https://" + "x" * 200 + ".example")
    sizes = re.findall(r'viewBox="0 0 (\d+) \1" width="([\d.]+)mm"', html)
    assert len(sizes) == 3
    for modules, millimetres in sizes:
        assert float(millimetres) / int(modules) >= SMALLEST_MODULE_MM


def test_the_styles_of_a_sheet_come_with_it() -> None:
    folder = Path(sheets.__file__).parent / "templates" / "sheets"
    assert not [path for path in folder.glob("*.css") if "url(" in path.read_text()]
