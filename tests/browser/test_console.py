"""The console in a real browser, at a desk and on a small phone: nothing out of its size or its place."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from app.tours import DAYS
from server import district, places, tours
from server.database import open_database
from server.settings import Settings
from server.tables import now
from tests.browser.audit import axe
from tests.browser.public_pages import public_site
from tests.browser.test_public_pages import WIDE
from tests.tools import chromium

PASSWORD = "thirty quiet seconds"
# Drawings stand beside words; the one of an empty list is the largest, three times as high as its text.
LARGE = """most => [...document.querySelectorAll('svg')]
    .filter(e => !e.closest('.code') && e.getBoundingClientRect().width > most)
    .map(e => e.parentElement.outerHTML.slice(0, 80))"""

# Moments and days in tables that are on more lines than one.
BROKEN = """[...document.querySelectorAll('td time')]
    .filter(e => new Set([...e.getClientRects()].map(box => Math.round(box.top))).size > 1)
    .map(e => e.outerHTML)"""
# Fields and buttons that reach out of the box around them.
OUT = """[...document.querySelectorAll('input, select, textarea, fieldset, button')]
    .filter(e => e.getBoundingClientRect().right > e.parentElement.getBoundingClientRect().right + 1)
    .map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console's address; an administrator's badge is 900."""
    folder = tmp_path_factory.mktemp("console")
    with public_site(folder) as site:
        database = open_database(Settings(data=folder, base_url=site.url))
        with database.writing() as session:
            district.add_officer(session, "Sam Quill", "900", [], role="admin", password=PASSWORD)
            [door] = places.places(session)
            when: dict[str, Any] = {"begins": "00:00", "ends": "00:01", "grace_min": 0, "days": list(DAYS)}
            tour = tours.add_tour(session, door.school, "All doors and gates before the first bell", **when)
            tours.put_point(session, tour, door)
            tour.planned_at = tour.created_at = now() - timedelta(
                days=10
            )  # days of it were missed: they are in a table
        database.close()
        yield f"{site.url}/console/"


@pytest.mark.parametrize(("width", "scheme", "text"), [(1100, "light", 100), (320, "dark", 100), (320, "light", 200)])
def test_no_drawing_is_larger_than_its_words_and_nothing_reaches_out_of_its_box_or_the_screen(
    playwright: Playwright, console: str, width: int, scheme: str, text: int
) -> None:
    """`text` is the size of text that the browser's owner has set, in percent."""
    words = ["--no-sandbox", "--disable-gpu", f"--blink-settings=defaultFontSize={16 * text // 100}"]
    browser = playwright.chromium.launch(executable_path=chromium(), args=words)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(console)
    looks_right(page)
    page.locator("input[name=name]").fill("900")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/console/records")
    for room in ("records", "coverage", "officers", "officers/new", "cards", "cards/new", "schools/new", "schools"):
        page.goto(console + room)
        assert room != "coverage" or page.locator("td time").count() > 5
        looks_right(page)
    send_tables(page)
    page.goto(console + "schools")
    with page.expect_navigation():
        page.locator("main a[href^='/console/schools/']:not([href$='new'])").first.click()
    looks_right(page)
    school = page.url
    page.goto(f"{school}/tours/new")
    looks_right(page)
    page.goto(school)
    with page.expect_navigation():
        page.locator("main .list a[href^='/console/places/']").first.click()
    looks_right(page)
    with page.expect_navigation():
        page.locator("main a[href$='/retire']").click()
    looks_right(page)
    for _ in ("retire", "use again"):
        with page.expect_navigation():
            page.locator("main form button").first.click()
        page.locator("[role=status]").wait_for()
        looks_right(page)
    browser.close()


def send_tables(page: Page) -> None:
    """Sends a table with mistakes from the page of schools, then one without."""
    with page.expect_download() as download:
        page.locator("main a[href='/console/places.csv']").click()
    assert download.value.suggested_filename == "places.csv"
    with page.expect_navigation():
        page.locator("main a[href='/console/places/import']").click()
    looks_right(page)
    for text, said in (
        (f"school,name,spot_question::es\n{'Nowhere' * 20},,¿Número?\n" + "North Middle School\n" * 2, "alert"),
        ("school,building,name\nNorth Middle School,Gym,Door 7\nNorth Middle School,,Gate\n", "status"),
    ):
        file = {"name": "places.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        with page.expect_navigation():
            page.locator("main form button").click()
        page.locator(f"[role={said}]").wait_for()
        looks_right(page)


def looks_right(page: Page) -> None:
    """Asks an accessibility engine too."""
    em = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert page.evaluate(LARGE, 3.1 * em) == [], page.url
    assert page.evaluate(OUT) == [], page.url
    assert page.evaluate(WIDE) == [], page.url
    assert page.evaluate(BROKEN) == [], page.url
    page.evaluate(axe())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(one["id"], [node["html"][:100] for node in one["nodes"]]) for one in found] == [], page.url
