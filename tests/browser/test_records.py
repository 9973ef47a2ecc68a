"""Records on a phone without a network: found by typing, known to be alike, a finding closed, one printed."""

import re
from pathlib import Path

from tests.app.papers import words_of
from tests.browser import capture
from tests.browser.conftest import Phones
from tests.browser.district import District
from tests.browser.phone import Phone, wait_until


def test_records_are_found_compared_and_printed_offline(
    district: District, dana: Phones, photo: Path, tmp_path: Path
) -> None:
    phone = dana()
    district.stop()
    phone.set_offline(True)

    complaint(phone, "Peña Elm St")
    capture.save(phone)
    complaint(phone, "peña elm st")
    phone.reach("alike")
    phone.sees(re.compile('Looks like "Traffic: speeding'))
    capture.save(phone)
    capture.walkthrough(phone, photo)

    phone.tap("nav-records")
    wait_until(lambda: phone.like("record-").count() == 3, "three records")
    phone.type("search", "pena speeding")
    phone.sees("2 found")
    wait_until(lambda: phone.like("record-").count() == 2, "the two that were found")
    phone.holds("search", "pena speeding")

    first = str(phone.like("record-").first.get_attribute("flt-semantics-identifier"))
    phone.tap(first)
    phone.tap("share", scroll=True)
    phone.at("save-pdf").wait_for(state="attached", timeout=60_000)
    with phone.page.expect_download() as download:
        phone.tap("save-pdf")
    assert re.fullmatch(r"community-complaint-\d{4}-\d\d-\d\d-[0-9a-f]{6}\.pdf", download.value.suggested_filename)
    said = words_of(Path(download.value.path()).read_bytes(), tmp_path)
    for words in ("peña elm st", "Traffic: speeding", "Test District", "Dana Reyes", "Public record.", "page 1 of"):
        assert words in said, words

    phone.go("/records/findings")
    phone.like("finding-").first.wait_for(state="attached")
    phone.tap(str(phone.like("finding-").first.get_attribute("flt-semantics-identifier")))
    phone.tap("deal-with", scroll=True)
    phone.type("field-notes", "New closer put in", scroll=True)
    capture.save(phone)
    phone.go("/records/findings")
    phone.sees("Nothing open")

    district.start()
    phone.set_offline(False)
    rows = wait_until(
        lambda: (rows := district.records()) and len(rows) == 4 and rows, "four records at the district", 90
    )
    assert sorted(row["form"] for row in rows)[2] == "finding_update"
    assert phone.strangers == []


def complaint(phone: Phone, address: str) -> None:
    """Speeding at an address, not saved."""
    phone.tap("open-community_complaint")
    phone.choose("service_code", "TRF-SPEED")
    phone.type("field-address", address, scroll=True)
