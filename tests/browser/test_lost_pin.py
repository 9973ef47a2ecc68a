"""A PIN that is changed, forgotten or damaged, on a real phone: what is lost, what is not, and the way on."""

import re
from pathlib import Path

import qrcode  # type: ignore[import-untyped]
from PIL import Image

from tests.browser import capture
from tests.browser.conftest import Phones, code_for
from tests.browser.district import District
from tests.browser.phone import PIN, wait_until
from tests.browser.sealed import damage_vault, vault_of
from tests.browser.test_lock import OTHER, try_pin


def test_a_wiped_phone_hands_in_what_it_had_not_sent_and_the_district_gives_it_back(
    district: District, phones: Phones, photo: Path, tmp_path: Path
) -> None:
    district.beatbook("escrow", "on")
    first, second = code_for(district, "4711"), code_for(district, "4711")
    phone = phones(camera=filmed(f"{district.url}/app/enrol/{second.replace('-', '')}", tmp_path / "code.mjpeg"))
    phone.start(f"{district.url}/app/")
    phone.type("enrol-code", first)
    phone.tap("enrol")
    phone.tap("begin")
    phone.at("open-parent_contact").wait_for(state="attached")
    wait_until(lambda: '"escrow"' in vault_of(phone), "the sealed key")
    district.stop()
    capture.parent_contact(phone, photo)

    phone.tap("nav-more")
    phone.tap("forgot", scroll=True)
    phone.sees(re.compile("With your new code the district takes it over"))
    phone.sees(re.compile("One record or draft is not at the district yet"))
    phone.tap("wipe", scroll=True)
    phone.sees(re.compile("Are you sure"))
    phone.tap("wipe", scroll=True)
    phone.at("hand-in").wait_for(state="attached", timeout=60_000)
    assert district.records() == []

    district.start()
    phone.tap("scan-code", scroll=True)
    phone.holds("enrol-code", second)
    phone.tap("hand-in", scroll=True)
    phone.at("handed-in").wait_for(state="attached", timeout=60_000)
    assert "Taken in: 1 change of records, 1 photo." in district.beatbook("escrow", "open")
    (record,) = district.records()
    assert record["complete"]
    phone.tap("begin")
    phone.let_in()
    phone.holds("enrol-code", second)
    phone.tap("enrol", scroll=True)
    phone.tap("begin", scroll=True)
    phone.tap("nav-records")
    phone.at(f"record-{record['id']}").wait_for(state="attached", timeout=60_000)
    assert phone.strangers == []


def test_a_changed_pin_is_the_only_one_after_a_reload_and_a_damaged_key_is_given_up_after_asking_twice(
    dana: Phones,
) -> None:
    phone = dana()
    phone.tap("nav-more")
    phone.tap("change-pin", scroll=True)
    for field, pin in (("pin-old", PIN), ("pin", OTHER), ("pin-again", OTHER)):
        phone.type(field, pin, scroll=True)
    phone.tap("save-pin", scroll=True)
    phone.sees(re.compile("The PIN is changed"))
    phone.page.wait_for_url("**/app/more")  # loaded again before, it would open where it was: without a way to Home
    phone.lets_in = False
    phone.reload()
    try_pin(phone, PIN)
    phone.sees(re.compile("That is not the PIN"))
    try_pin(phone, OTHER)
    phone.at("nav-more").wait_for(state="attached", timeout=60_000)

    damage_vault(phone)
    phone.reload()
    phone.sees(re.compile("The notebook's key is damaged"))
    phone.tap("forgot", scroll=True)
    phone.sees(re.compile("What was not sent yet is lost"))
    phone.tap("wipe", scroll=True)
    phone.sees(re.compile("Are you sure"))
    phone.tap("wipe", scroll=True)
    phone.at("gone").wait_for(state="attached", timeout=60_000)
    phone.tap("begin", scroll=True)
    phone.let_in()
    phone.at("enrol-code").wait_for(state="attached")


def filmed(link: str, file: Path) -> Path:
    """A printed one-time code in front of the camera."""
    paper = Image.new("RGB", (1280, 720), (120, 116, 110))
    paper.paste(qrcode.make(link).get_image().convert("RGB").resize((400, 400)), (440, 160))
    return capture.film(paper, file)
