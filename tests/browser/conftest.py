"""A district with one school, two officers and a place, the built web app, and phones."""

import io
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Playwright, sync_playwright

from server.publish.webapp import build
from tests.browser.district import ROOT, District
from tests.browser.phone import Phone, phone

SCHOOL = "Jefferson High School"
# The browser compiles what runs often a second time, to run it quicker: a sixth of all work in a journey of a minute,
# on a core that the phone beside it needs.
SPARING = ("--js-flags=--liftoff-only",)
Phones = Callable[..., Phone]
MADE = pytest.StashKey[list[Phone]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that fails tells what its phones showed: of a run elsewhere nothing else is left to look at."""
    report = yield
    if report.when == "call" and report.failed:
        made: list[Phone] = item.stash.get(MADE, [])
        for number, device in enumerate(made, 1):
            report.sections.append((f"phone {number} showed", device.shown()))
    return report


@pytest.fixture(scope="session")
def webapp() -> Path:
    """The folder of the built web app; built once, and only what changed since."""
    folder = ROOT / ".build" / "webapp"
    build(folder)
    return folder


@pytest.fixture(scope="module")  # while it runs, no other test can have an event loop
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def set_up_district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The data of a district that is set up and was never served: made once, copied for every test."""
    made = District(tmp_path_factory.mktemp("district"))
    made.beatbook("init", "--name", "Test District")
    made.beatbook("school", "add", SCHOOL)
    made.beatbook("officer", "add", "Dana Reyes", "--badge", "4711", "--school", SCHOOL, "--phone", "(918) 555-0100")
    made.beatbook("officer", "add", "Sam Ortiz", "--badge", "4712", "--school", SCHOOL)
    made.short_code = made.beatbook("place", "add", "Door 7", "--school", SCHOOL).split()[-1]
    return made


@pytest.fixture(scope="session")
def made_before() -> dict[str, Path]:
    """What was made by the first test that asked for it, to be copied for the others."""
    return {}


@pytest.fixture
def enrolled_before(
    made_before: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    set_up_district: District,
    webapp: Path,
    playwright: Playwright,
    chromium_path: str,
) -> dict[str, Path]:
    """The data of a district to which Dana Reyes's phone belongs, and that phone's profile with its offline copy."""
    if not made_before:
        folder = tmp_path_factory.mktemp("enrolled")
        new = served(set_up_district.folder, folder / "district", webapp, set_up_district)
        with new as town, phone(playwright, chromium_path, more_flags=SPARING) as device:
            enrol(device, town)
            device.wait_for_offline_copy()
            device.kill()
            shutil.copytree(device.profile, folder / "profile", symlinks=True)
        made_before |= {"district": folder / "district", "profile": folder / "profile"}
    return made_before


@pytest.fixture
def district(
    request: pytest.FixtureRequest, tmp_path: Path, webapp: Path, set_up_district: District
) -> Iterator[District]:
    """A new district that is being served; with `dana`, her phone belongs to it."""
    source = set_up_district.folder
    if "dana" in request.fixturenames:
        source = request.getfixturevalue("enrolled_before")["district"]
    with served(source, tmp_path / "district", webapp, set_up_district) as made:
        yield made


@contextmanager
def served(source: Path, folder: Path, webapp: Path, like: District) -> Iterator[District]:
    """Serves a copy of a district's data at the address of another that is not served: phones know it by that."""
    made = District(folder, webapp, like.port)
    shutil.copytree(source, folder)
    made.short_code = like.short_code
    made.start()
    yield made
    made.stop()


@pytest.fixture
def phones(playwright: Playwright, chromium_path: str, request: pytest.FixtureRequest) -> Iterator[Phones]:
    """Makes phones; all of them are switched off at the end."""
    made: list[Phone] = request.node.stash.setdefault(MADE, [])

    def make(camera: Path | None = None) -> Phone:
        made.append(stack.enter_context(phone(playwright, chromium_path, camera, SPARING)))
        return made[-1]

    with ExitStack() as stack:
        yield make


@pytest.fixture
def dana(phones: Phones, enrolled_before: dict[str, Path], district: District) -> Phones:
    """Switches on the phone of Dana Reyes, which belongs to the district and has its offline copy already."""

    def make(camera: Path | None = None) -> Phone:
        device = phones(camera)
        shutil.copytree(enrolled_before["profile"], device.profile, dirs_exist_ok=True, symlinks=True)
        device.start(f"{district.url}/app/")
        device.at("open-location_check").wait_for(state="attached")
        return device

    return make


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera makes them: large, and with a place in its EXIF data."""
    picture = Image.effect_noise((2400, 1800), 40).convert("RGB")
    ImageDraw.Draw(picture).rectangle((300, 300, 900, 1500), fill=(20, 40, 75))
    exif = Image.Exif()
    exif[0x010E] = "SECRET-MARKER"
    exif.get_ifd(0x8825)[1] = "N"
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80, exif=exif)
    path = tmp_path / "photo.jpg"
    path.write_bytes(data.getvalue())
    return path


def code_for(district: District, badge: str) -> str:
    """A new one-time code for an officer, as the command line prints it."""
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{3}\b", district.beatbook("enrol", badge))
    assert found
    return found[0]


def enrol(device: Phone, district: District, badge: str = "4711") -> None:
    """Starts a phone and binds it to an officer, by tapping."""
    device.start(f"{district.url}/app/")
    device.type("enrol-code", code_for(district, badge))
    device.tap("enrol")
    device.tap("begin")
    device.at("open-location_check").wait_for(state="attached")
