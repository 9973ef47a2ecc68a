"""From an officer's tap with the network off to the row in the district's database, as people do it."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser import capture
from tests.browser.conftest import Phones, enrol
from tests.browser.district import District
from tests.browser.phone import wait_until

FORMS = {"location_check", "walkthrough", "parent_contact", "community_complaint"}


def test_four_records_with_photos_survive_a_killed_phone_offline_and_reach_the_district_once(
    district: District, phones: Phones, photo: Path
) -> None:
    phone = phones()
    enrol(phone, district)
    phone.wait_for_offline_copy()
    district.stop()
    phone.set_offline(True)

    capture.location_check(phone, district.short_code, photo)
    capture.walkthrough(phone, photo)
    capture.parent_contact(phone, photo)
    capture.community_complaint(phone, photo)

    phone.kill()
    phone.start(f"{district.url}/app/", offline=True)
    for text in ("Location check", "Walkthrough", "Parent contact", "Community complaint"):
        phone.sees(re.compile(text))
    phone.tap("nav-records")
    wait_until(lambda: phone.like("record-").count() == 4, "four records in the list")

    district.start()
    phone.set_offline(False)
    found = wait_until(
        lambda: (rows := district.records()) and len(rows) == 4 and all(r["complete"] for r in rows) and rows,
        "four complete records at the district",
        90,
    )
    assert {record["form"] for record in found} == FORMS
    photos = [shot for record in found for shot in record["photos"]]
    assert len(photos) == 4
    for shot in photos:
        kept = next(path for path in (district.folder / "blobs").rglob(f"{shot['sha256']}*"))
        data = kept.read_bytes()
        assert hashlib.sha256(data).hexdigest() == shot["sha256"]
        assert b"SECRET-MARKER" not in data

    phone.tap("nav-home")
    phone.sees(re.compile("All at the district"))
    second = phones()
    enrol(second, district, "4712")
    second.tap("nav-records")
    wait_until(lambda: second.like("record-").count() == 4, "a colleague's four records", 60)
    assert len(district.records()) == 4
    assert phone.strangers == []
    assert second.strangers == []
    assert second.complaints == []


def test_a_draft_comes_back_as_it_was_typed_after_a_reload(dana: Phones) -> None:
    phone = dana()
    phone.tap("open-parent_contact")
    phone.type("field-summary", "Called about the bus stop, will call again", scroll=True)
    phone.choose_and_keep("direction", "in")
    phone.reload()
    phone.holds("field-summary", "Called about the bus stop, will call again")


def test_no_letter_is_lost_while_a_notice_comes_and_goes(dana: Phones) -> None:
    phone = dana()
    phone.tap("open-community_complaint")
    phone.tap("discard-draft", scroll=True)
    phone.tap("discard-yes")
    phone.tap("open-community_complaint")
    phone.reach("field-description")
    assert phone.at("notice").count(), "the notice is still there: it stands for ten seconds"
    phone.type("field-description", "a")
    written = "a"
    while phone.at("notice").count():
        phone.page.keyboard.type("b")
        written += "b"
    phone.page.keyboard.type(" and on", delay=20)
    expect(phone.at("field-description").locator("textarea")).to_have_value(f"{written} and on")


def test_a_second_tab_is_told_that_the_notebook_is_open_and_takes_over(district: District, dana: Phones) -> None:
    phone = dana()
    first = phone.second_tab(f"{district.url}/app/")
    phone.sees(re.compile("another tab"), timeout=60_000)
    first.close()
    phone.at("open-location_check").wait_for(state="attached", timeout=60_000)
