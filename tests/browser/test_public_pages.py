"""Every public page before an accessibility engine and two HTML validators that others wrote, on a small phone."""

from collections.abc import Iterator
from pathlib import Path

import html5lib  # type: ignore[import-untyped]  # the library ships no type hints
import httpx
import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.audit import axe, invalid
from tests.browser.public_pages import Site, public_site
from tests.server.public.arabic import add_arabic
from tests.tools import chromium

LANGUAGES = ("en", "es")
WIDE = """[...document.querySelectorAll('main, main *, header, header *, footer *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.trap'))
    .map(e => e.outerHTML.slice(0, 80))"""  # what reaches beyond the right edge

NUMBER = r"/\(\d{3}\) \d{3}-\d{4}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/"
TEXTS = f"""[...(function* () {{
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) {{
        const found = walk.currentNode.data.match({NUMBER})
        if (found) yield [walk.currentNode, found]
    }}
}})()]"""
NUMBERS = f"{TEXTS}.length"
# Numbers whose characters do not stand one after the other from left to right, as far as they stand in one line.
TURNED = f"""{TEXTS}.filter(([node, found]) => {{
    const boxes = [...found[0]].map((_, at) => {{
        const range = document.createRange()
        range.setStart(node, found.index + at); range.setEnd(node, found.index + at + 1)
        return range.getBoundingClientRect()
    }})
    return boxes.some((box, at) => at && box.width && box.top == boxes[at - 1].top && box.left < boxes[at - 1].left)
}}).map(([, found]) => found[0])"""


# Words in buttons that a line ends within, or that reach out of the page.
BROKEN = """[...document.querySelectorAll('.do a')].flatMap(button => {
    const walk = document.createTreeWalker(button, NodeFilter.SHOW_TEXT), words = []
    while (walk.nextNode()) {
        for (const found of walk.currentNode.data.matchAll(/[^\\s-]+/g)) {
            const range = document.createRange()
            range.setStart(walk.currentNode, found.index); range.setEnd(walk.currentNode, found.index + found[0].length)
            const boxes = [...range.getClientRects()]
            if (new Set(boxes.map(box => box.top)).size > 1 || boxes.some(box => box.right > innerWidth)) {
                words.push(found[0])
            }
        }
    }
    return words
})"""


def show(window: Page, site: Site, text: str) -> None:
    """Lets the window show a page that was read before, from an address whose policy allows the style in it."""
    window.goto(f"{site.url}/r" if ".trap{" in text else site.url)
    window.set_content(text)
    assert window.evaluate("getComputedStyle(document.body).margin") == "0px", "the page has its style"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with public_site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def texts(site: Site) -> dict[str, str]:
    """The text of each page in each language."""
    with httpx.Client(base_url=site.url) as client:
        found = {
            f"{name} ({language})": client.get(path, headers={"Accept-Language": language}).text
            for name, path in site.pages.items()
            for language in LANGUAGES
        }
    return found | {"mistakes": site.mistaken, "refused": site.refused}


@pytest.fixture(scope="module")
def window(playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
    yield browser.new_page(viewport={"width": 320, "height": 640})
    browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(site: Site, texts: dict[str, str], window: Page, scheme: str) -> None:
    window.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words it takes
    source = axe()
    found = {}
    for name, text in texts.items():
        show(window, site, text)
        window.evaluate(source)
        said = window.evaluate("axe.run({resultTypes: ['violations', 'incomplete']})")
        found[name] = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in said["violations"]]
        assert said["passes"], name
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_axe_does_find_what_is_wrong(site: Site, window: Page) -> None:
    window.goto(site.url)
    window.set_content("<html><body><img src='data:,'><input></body></html>")
    window.evaluate(axe())
    found = {one["id"] for one in window.evaluate("axe.run()")["violations"]}
    assert {"image-alt", "label", "html-has-lang", "document-title"} <= found


def test_no_page_is_wider_than_a_small_phone_with_large_text_too(
    site: Site, texts: dict[str, str], window: Page
) -> None:
    for size in ("100%", "200%"):
        for name, text in texts.items():
            show(window, site, text)
            window.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            wide = window.evaluate(WIDE)
            assert wide == [], (name, size)
            assert window.evaluate(BROKEN) == [], (name, size)


def test_two_validators_find_no_mistake_in_any_page(texts: dict[str, str]) -> None:
    assert invalid(texts) == {}
    for name, text in texts.items():
        parser = html5lib.HTMLParser()
        parser.parse(text)
        assert parser.errors == [], name


def test_the_validators_do_find_mistakes() -> None:
    wrong = "<!doctype html><html lang='en'><title>x</title><body><p><div></p><b id='a' id='b'></body></html>"
    assert invalid({"wrong": wrong})
    parser = html5lib.HTMLParser()
    parser.parse(wrong)
    assert parser.errors


@pytest.fixture
def arabic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from add_arabic(tmp_path, monkeypatch)


@pytest.mark.usefixtures("arabic")
def test_pages_read_from_the_right_hide_what_is_hidden_and_keep_numbers_as_they_are(site: Site, window: Page) -> None:
    for name, path in site.pages.items():
        window.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang=ar")
        assert window.evaluate("document.dir") == "rtl"
        assert window.evaluate("() => { scrollTo(-9999, 0); return scrollX }") == 0, name
        turned = window.evaluate(TURNED)
        assert turned == [], name
    window.goto(f"{site.url}{site.pages['card']}?lang=ar")
    assert window.evaluate(NUMBERS) >= 3


def test_another_language_keeps_what_was_typed_and_enter_sends(site: Site, window: Page) -> None:
    window.goto(f"{site.url}{site.pages['call back']}?lang=en")
    window.fill("#name-in", "Pat Lee")
    window.get_by_role("button", name="Español").click()
    assert window.evaluate("document.documentElement.lang") == "es"
    assert window.input_value("#name-in") == "Pat Lee"
    window.fill("#phone-in", "(918) 555-0142")
    window.select_option("#school-in", index=1)
    window.check("[name=consent]")
    window.press("#name-in", "Enter")
    window.wait_for_url(f"{site.url}/r/*")
