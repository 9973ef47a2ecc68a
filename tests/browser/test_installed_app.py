"""The field app as browsers keep it: started with nothing but the phone, renewed only when the officer says so."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from server.publish.webapp import build
from tests.browser.conftest import Phones, enrol
from tests.browser.district import ROOT, District
from tests.browser.phone import Phone, wait_until

Rebuild = Callable[[str], None]


def test_with_server_and_network_gone_and_the_browser_killed_any_address_opens(
    district: District, dana: Phones
) -> None:
    phone = dana()
    district.stop()
    phone.kill()
    phone.start(f"{district.url}/app/records", offline=True)
    wait_until(lambda: phone.at("nav-records").count(), "the records' screen")
    assert phone.page.url.endswith("/app/records")
    assert phone.page.evaluate("() => performance.getEntriesByName('beatbook:failed').length") == 0
    assert phone.strangers == []


def test_a_first_visit_asks_only_its_own_server_and_leaves_no_error_in_the_console(
    district: District, phones: Phones
) -> None:
    phone = phones()
    phone.start(f"{district.url}/app/")
    phone.wait_for_offline_copy()
    wait_until(lambda: phone.page.locator("#splash").count() == 0, "the splash screen to leave")
    assert phone.strangers == []
    assert phone.complaints == []


def test_text_with_emoji_and_other_scripts_asks_for_a_font_once_and_not_again_and_again(dana: Phones) -> None:
    phone = dana()
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/assets/fonts/noto" in request.url:
            asked.append(request.url)

    phone.page.on("request", note)
    phone.tap("open-parent_contact")

    def wrote() -> bool:
        # On a busy machine the field may take the focus late, and the first keys be lost: they are typed again.
        phone.type("field-summary", "Danke \N{WAVING HAND SIGN} \N{CHECK MARK} \u4f60\u597d", scroll=True)
        with suppress(AssertionError):
            wait_until(lambda: asked, "a request for a fallback font", 10)
        return bool(asked)

    wait_until(wrote, "a request for a fallback font", 60)
    phone.page.wait_for_timeout(3000)  # a storm is some forty requests in this time
    assert len(asked) == len(set(asked))
    assert len(asked) < 12
    assert phone.complaints == []


def test_a_new_version_waits_until_it_is_wanted_and_leaves_what_is_on_the_phone(
    own_district: District, rebuild: Rebuild, phones: Phones
) -> None:
    phone = phones()
    enrol(phone, own_district)
    phone.wait_for_offline_copy()
    phone.tap("open-parent_contact")
    phone.type("field-summary", "Called about the bus stop", scroll=True)

    rebuild("Renewed")
    phone.open(f"{own_district.url}/app/")
    has_tab(phone, "More")
    wait_until(lambda: phone.at("update-now").count(), "the line that a new version waits", 60)
    own_district.stop()
    phone.reload()
    has_tab(phone, "More")  # the old version still, and it is whole
    own_district.start()
    wait_until(lambda: phone.at("update-now").count(), "the line that a new version waits", 60)

    with phone.page.expect_event("domcontentloaded", timeout=60_000):
        phone.tap("update-now")
    phone.page.evaluate("() => { window.mark = 'second'; }")
    phone.wake()
    has_tab(phone, "Renewed")
    assert phone.page.evaluate("() => window.mark") == "second"  # it started again once, not over and over
    phone.like("draft-").first.wait_for(state="attached")
    own_district.stop()
    phone.reload()
    has_tab(phone, "Renewed")


@pytest.fixture
def own_app(tmp_path: Path) -> Path:
    """The app's sources, to be changed."""
    source = tmp_path / "source"
    for name in ("app", "views", "sync", "assets/words", "assets/forms"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "main.py", source)
    return source


@pytest.fixture
def rebuild(own_app: Path, tmp_path: Path) -> Rebuild:
    """Builds the app again with another word for its last tab."""

    def again(label: str) -> None:
        path = own_app / "assets" / "words" / "en.json"
        words = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(words | {"nav.more": label}), "utf-8")
        build(tmp_path / "webapp", source=own_app)

    return again


@pytest.fixture
def own_district(tmp_path: Path, own_app: Path) -> Iterator[District]:
    """A district that serves an app of its own."""
    build(tmp_path / "webapp", source=own_app)
    made = District(tmp_path, tmp_path / "webapp")
    made.beatbook("init", "--name", "Test District")
    made.beatbook("school", "add", "Jefferson High School")
    made.beatbook("officer", "add", "Dana Reyes", "--badge", "4711", "--school", "Jefferson High School")
    made.start()
    yield made
    made.stop()


def has_tab(phone: Phone, label: str) -> None:
    """Waits for the tab that tells the versions apart."""
    expect(phone.page.get_by_role("tab", name=label, exact=True)).to_be_attached(timeout=30_000)
