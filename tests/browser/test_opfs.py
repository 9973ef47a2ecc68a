"""The notebook on the browser's private file system, in the Python that a phone runs, in real Chromium."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinydb
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.bare import CIPHER, Bare, make_site, served
from tests.browser.district import ROOT

SETUP = ROOT / "tests" / "app" / "setup.json"

OPEN = (
    CIPHER
    + """
import json
from app.files import make_folder
from app.ids import uuid7
from app.notebook import Notebook
from app.photos import make_scaler
from sync.merge import fold
folder = make_folder("beatbook")
notebook = await Notebook.open(folder, cipher, make_scaler(), fold)
"""
)
ENROL = """
setup = json.loads({setup!r})
device, _ = notebook.begin_enrolment("K7QM")
notebook.bind("https://d.example", {{"device": device, "officer": setup["officer"]["id"], "district": "d"}})
notebook.keep_setup(setup, "e1")
"""
LOOK = "json.dumps([(row.id, row.state, notebook.record(row.id).answers) for row in notebook.records()])"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address."""
    folder = tmp_path_factory.mktemp("site")
    make_site(folder, [ROOT / "app", ROOT / "sync", Path(tinydb.__file__).parent])
    with served(folder) as url:
        yield url


@pytest.fixture
def bare(site: str, chromium_path: str, tmp_path: Path) -> Iterator[Bare]:
    """A started browser with an empty profile."""
    with sync_playwright() as playwright:
        browser = Bare(playwright, chromium_path, tmp_path, site).start()
        try:
            yield browser
        finally:
            browser.kill()


def test_what_was_saved_outlives_a_reload_and_a_killed_browser(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'the bus')")
    bare.run("notebook.save(draft.id).id")
    bare.run("begun = notebook.start('parent_contact'); notebook.answer(begun.id, 'topic', 'half a sent')")

    bare.page.reload()
    bare.run(OPEN)
    (saved,) = json.loads(bare.run(LOOK))
    assert saved[1:] == ["waiting", {"topic": "the bus"}]
    assert bare.run("notebook.drafts()[0].answers['topic']") == "half a sent"
    bare.run("notebook.answer(notebook.drafts()[0].id, 'topic', 'half a sentence')")

    bare.kill()
    bare.start()
    bare.run(OPEN)
    assert json.loads(bare.run(LOOK)) == [saved]
    assert bare.run("notebook.drafts()[0].answers['topic']") == "half a sentence"
    assert bare.run("notebook.report.whole and notebook.report.cut == 0")


def test_a_second_tab_is_told_and_takes_over_when_the_first_closes(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    second = bare.another_tab()
    assert bare.attempt(OPEN, second) == "Locked: Beatbook is already open in another tab."
    bare.page.close()
    bare.run(OPEN, second)
    assert bare.run("notebook.forms()[0].id", second) == "parent_contact"


def test_a_photo_is_scaled_turned_upright_and_stripped_before_it_is_kept(bare: Bare) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone upright: to be turned by a quarter
    exif[0x010F] = "MAKER-MARK"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    taken = io.BytesIO()
    picture = Image.new("RGB", (4000, 2000), "red")
    picture.paste("blue", (0, 0, 2000, 2000))
    picture.save(taken, "JPEG", exif=exif, comment=b"COMMENT-MARK")
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run(f"answer = await notebook.add_photo(bytes.fromhex({taken.getvalue().hex()!r}))")
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'photo', answer)")

    bare.kill()
    bare.start()
    bare.run(OPEN)
    kept = bytes.fromhex(bare.run("(await notebook.photo(notebook.drafts()[0].answers['photo']['sha256'])).hex()"))
    assert b"MARK" not in kept
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size) == ("JPEG", (800, 1600))
        halves = found.convert("RGB").resize((1, 2)).tobytes()
    top, bottom = halves[:3], halves[3:]
    assert top[2] > 200 > 50 > top[0], "the blue half is on top once the picture is upright"
    assert bottom[0] > 200 > 50 > bottom[2]


def test_a_file_that_is_no_picture_is_refused_in_words(bare: Bare) -> None:
    bare.run(OPEN)
    refused = bare.attempt("await notebook.add_photo(b'%PDF-1.7')")
    assert refused == "NotAPhoto: This file is not a picture that Beatbook can read."


def test_a_full_phone_loses_nothing_and_works_on_when_there_is_room(bare: Bare) -> None:
    bare.run(OPEN + ENROL.format(setup=SETUP.read_text()))
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'before')")
    bare.run("notebook.save(draft.id).id")
    quota = bare.browser.contexts[0].new_cdp_session(bare.page)
    origin = bare.url.rstrip("/")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})
    refused = bare.attempt("notebook.prefer('padding', 'x' * 5_000_000)")
    assert refused == "NoRoom: This phone has no room left for Beatbook."
    assert bare.run("notebook.preference('padding') is None")
    for work in ("await folder.write('photo-1', b'x' * 5000)", "await folder.open('new')"):
        # Refused by a promise, of which Pyodide has to see that it is an error.
        assert bare.attempt(work) == "NoRoom: This phone has no room left for Beatbook.", work

    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    bare.run("draft = notebook.start('parent_contact'); notebook.answer(draft.id, 'topic', 'after')")
    bare.run("notebook.save(draft.id).id")
    bare.page.reload()
    bare.run(OPEN)
    assert [answers["topic"] for *_, answers in json.loads(bare.run(LOOK))] == ["after", "before"]
    assert bare.run("notebook.report.whole and notebook.report.cut == 0")


def test_a_whole_file_takes_the_place_of_the_one_before(bare: Bare) -> None:
    bare.run("from app.files import make_folder\nfolder = make_folder('plain')\n")
    bare.run("for data in (b'a longer first', b'second'):\n    await folder.write('photo-1', data)\n")
    assert bare.run("(await folder.read('photo-1')).decode()") == "second"
    assert bare.run("' '.join(await folder.names())") == "photo-1"
    bare.run("await folder.remove('photo-1'); await folder.remove('photo-1')")
    assert bare.run("await folder.read('photo-1') is None")
