"""Forms in a phone's browser, beside the engines of Enketo and ODK in the same Chromium.

The engines are npm packages of their authors, pinned in tests/bench/engines and bundled here; every engine gets the
same form, ours as JSON and theirs as the XForm that `beatbook forms export` makes of it.
"""

import json
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from app.forms import Form
from server.desk import FORMS
from server.publish.export import xform, xlsx
from server.publish.files import fingerprint, made
from server.publish.node import find_node, run
from server.publish.webapp import build
from tests.bench import forms_functions
from tests.bench.figures import ROUNDS, Figure, tell
from tests.browser.bare import Bare, make_site, served
from tests.browser.conftest import code_for
from tests.browser.district import ROOT, District
from tests.browser.phone import HEIGHT, PATIENCE_MS, WIDTH, phone, wait_until
from tests.tools import chromium

HERE = Path(__file__).parent / "engines"
BATCHES, SIZE = 20, 10

_PAGE = '<!doctype html><meta charset="utf-8"><body><script type="module" src="engines.js"></script>'
_OURS = """
import json, time
from statistics import median
from app.forms import Form
def chain(form, last, links, batches, size):
    live, spent, value = Form.parse(form).live({}), [], 0
    for _ in range(batches):
        begin = time.perf_counter()
        for _ in range(size):
            value += 1
            live.set("head", value)
            assert live.answers[last] == str(value + links)
        spent.append((time.perf_counter() - begin) * 1000 / size)
    return median(spent)
"""
# Notes when the officer touched, and the first frame in which a field shows what was typed.
_WATCH = """() => {
    globalThis.touched = globalThis.typed = 0;
    addEventListener("pointerdown", () => { globalThis.touched ||= performance.now(); }, true);
    const look = () => {
        if (document.activeElement?.value?.includes("7")) globalThis.typed = performance.now();
        else requestAnimationFrame(look);
    };
    look();
}"""
_FOCUS = """where => {
    const field = document.querySelector(where);
    if (!field || field.disabled || !field.getBoundingClientRect().height) return false;
    field.focus();
    return true;
}"""


def measure(long: Form, chained: Form, links: int) -> Iterator[Figure]:
    """An answer at the head of a chain, and opening a long form until it takes typing."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        site = Path(place, "site")
        site.mkdir()
        make_site(site, [ROOT / "app"])
        shutil.copy(_bundle() / "engines.js", site)
        (site / "engines.html").write_text(_PAGE)
        with served(site) as url:
            yield from _chain(playwright, Path(place), url, chained, links)
            yield from _functions(playwright, Path(place), url)
            theirs = _opened_by_web_forms(playwright, Path(place), url, long)
        ours = _opened_by_us(playwright, Path(place), long)
    tell(f"  form-open: ours {ours:.0f} ms, web-forms {theirs:.0f} ms")
    yield Figure("form-open", ours / theirs, "of-web-forms", "<=", 0.5)


def _bundle() -> Path:
    """The engines in one script."""
    sources = [HERE / "package.json", HERE / "package-lock.json", HERE / "page.mjs", ROOT / ".npmrc"]

    def install(folder: Path) -> None:
        tell("Fetching the engines of Enketo and ODK (npm, hash-checked)")
        for source in sources:
            shutil.copy(source, folder)
        node = find_node(ROOT, ROOT / ".build", tell)
        run([*node.npm, "ci", "--ignore-scripts"], "npm ci", folder=folder, node=node)
        words = ["page.mjs", "--bundle", "--minify", "--format=esm", "--outfile=engines.js", "--external:libxslt"]
        program = folder / "node_modules" / "esbuild" / "bin" / "esbuild"
        run(
            [node.program, str(program), *words, '--define:process.env.NODE_ENV="production"'], "esbuild", folder=folder
        )
        shutil.rmtree(folder / "node_modules")

    return made(ROOT / ".build", "engines", fingerprint(*sources), install)


def _chain(playwright: Playwright, place: Path, url: str, form: Form, links: int) -> Iterator[Figure]:
    profile = place / "chain"
    profile.mkdir()
    bare = Bare(playwright, chromium(), profile, url).start()
    try:
        page = _engines_page(bare, url)
        bare.run(_OURS)
        sizes = f'"c{links - 1}", {links}, {BATCHES}, {SIZE}'
        text, xml = json.dumps(json.dumps(form.json)), json.dumps(xform(form))
        turns: dict[str, Callable[[], Any]] = {
            "ours": lambda: bare.run(f"chain(json.loads({text}), {sizes})"),
            "enketo": lambda: page.evaluate(f'engines.chain("enketo", {xml}, {sizes})'),
            "odk": lambda: page.evaluate(f'engines.chain("odk", {xml}, {sizes})'),
        }
        for turn in turns.values():
            turn()  # what is compiled while it runs has been compiled
        spent: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(ROUNDS):
            for name, turn in turns.items():
                spent[name].append(float(turn()))
            tell("  form-chain: " + ", ".join(f"{name} {times[-1]:.3g} ms" for name, times in spent.items()))
        for name, other, most in (("form-chain", "enketo", 1.0), ("form-chain-odk", "odk", 2.0)):
            ratios = [mine / theirs for mine, theirs in zip(spent["ours"], spent[other], strict=True)]
            yield Figure(name, statistics.median(ratios), f"of-{other}", "<=", most)
    finally:
        bare.kill()


def _functions(playwright: Playwright, place: Path, url: str) -> Iterator[Figure]:
    profile = place / "functions"
    profile.mkdir()
    bare = Bare(playwright, chromium(), profile, url).start()
    try:
        yield from forms_functions.measure(_engines_page(bare, url), place)
    finally:
        bare.kill()


def _engines_page(bare: Bare, url: str) -> Page:
    page: Page = bare.browser.contexts[0].new_page()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{url}engines.html")
    page.wait_for_function("globalThis.engines")
    return page


def _opened_by_web_forms(playwright: Playwright, place: Path, url: str, form: Form) -> float:
    profile = place / "web-forms"
    profile.mkdir()
    bare = Bare(playwright, chromium(), profile, url).start()
    spent = []
    try:
        for _ in range(ROUNDS + 1):
            page = _engines_page(bare, url)
            page.evaluate("xml => engines.offer(xml)", xform(form))
            page.evaluate(_WATCH)
            page.click("#open")
            spent.append(_typed(page, "input"))
            page.close()
    finally:
        bare.kill()
    return statistics.median(spent[1:])


def _opened_by_us(playwright: Playwright, place: Path, form: Form) -> float:
    webapp = ROOT / ".build" / "webapp"
    build(webapp)
    folder = place / "district"
    folder.mkdir()
    (folder / "long.xlsx").write_bytes(xlsx(form))
    district = District(folder, webapp)
    district.beatbook("init", "--name", "Bench District")
    district.beatbook("school", "add", "Bench School")
    district.beatbook("officer", "add", "Dana Reyes", "--badge", "4711", "--school", "Bench School")
    district.beatbook("forms", "import", str(folder / "long.xlsx"))
    for path in FORMS.glob("*.md"):  # so that it is on Home
        district.beatbook("forms", "withdraw", path.stem)
    district.start()
    spent = []
    try:
        with phone(playwright, chromium()) as device:
            device.start(f"{district.url}/app/")
            device.type("enrol-code", code_for(district, "4711"))
            device.tap("enrol")
            device.tap("begin")
            for _ in range(ROUNDS + 1):
                device.at(f"open-{form.id}").wait_for(state="attached", timeout=PATIENCE_MS)
                device.page.evaluate(_WATCH)
                device.tap(f"open-{form.id}")
                spent.append(_typed(device.page, '[flt-semantics-identifier="field-q0"] input'))
                device.page.go_back()
    finally:
        district.stop()
    return statistics.median(spent[1:])


def _typed(page: Page, where: str) -> float:
    """Milliseconds from the touch until the field shows what is typed: keys are pressed until one has come through."""
    page.wait_for_function(_FOCUS, arg=where, polling="raf", timeout=PATIENCE_MS)

    def pressed() -> bool:
        page.evaluate(_FOCUS, where)
        page.keyboard.press("7")
        return bool(page.evaluate("() => globalThis.typed"))

    wait_until(pressed, "the field to take typing")
    spent: float = page.evaluate("() => globalThis.typed - globalThis.touched")
    return spent
