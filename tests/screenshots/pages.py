"""The public pages and the console, as web pages."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from tests.browser.phone import HEIGHT, WIDTH
from tests.screenshots.demo import Demo
from tests.screenshots.pictures import DESK, page_of


def every_page(playwright: Playwright, program: str, demo: Demo, folder: Path) -> None:
    """The public pages and the console, at a phone's and a desk's size."""
    browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
    console = ("records", "officers", "schools", "cards", "officers/new", "cards/new", "schools/new")
    for name, width, height, dark, locale in (
        ("phone", WIDTH, HEIGHT, False, "en-US"),
        ("phone-dark-es", WIDTH, HEIGHT, True, "es-US"),
        ("desk", *DESK, False, "en-US"),
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=locale
        )
        place = f"{demo.url}/console/"
        pages = {"card": demo.card, "tag": demo.tag, "unknown": f"{demo.url}/c/NOBODYXX", "sign-in": f"{place}sign-in"}
        for page, url in pages.items():
            page_of(context, url, folder / f"{name}-{page}.png", (width, height))
        sign_in(context, demo)
        for page in console:
            page_of(context, place + page, folder / f"{name}-{page.replace('/', '-')}.png", (width, height))
        listing = context.new_page()
        for page in ("records", "officers", "schools", "cards"):
            listing.goto(place + page)
            first = listing.locator(f"main a[href^='/console/{page}/']:not([href$='/new'])").first
            if first.count():
                url = f"{demo.url}{first.get_attribute('href')}"
                page_of(context, url, folder / f"{name}-{page}-one.png", (width, height))
        context.close()
    browser.close()


def sign_in(context: BrowserContext, demo: Demo) -> None:
    """Signs in at the console."""
    page = context.new_page()
    page.goto(f"{demo.url}/console/")
    page.locator("input[name=name]").fill(demo.name)
    page.locator("input[name=password]").fill(demo.password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/console/records")
    page.close()
