"""Two officers' phones change the same record without seeing each other, meet at the district, and one of them chooses;
and a record that a court has expunged leaves both.
"""

import os
import re
from pathlib import Path

from tests.browser import capture
from tests.browser.conftest import Phones, enrol
from tests.browser.district import District
from tests.browser.phone import Phone, wait_until

# `BEATBOOK_PICTURES=FOLDER pytest …` keeps what the phones showed, for looking at.
_PICTURES = os.environ.get("BEATBOOK_PICTURES")


def test_two_phones_change_one_record_apart_see_both_answers_and_one_chooses(
    district: District, phones: Phones, photo: Path
) -> None:
    dana, sam = phones(), phones()
    enrol(dana, district)
    capture.parent_contact(dana, photo)
    [kept] = wait_until(lambda: (rows := district.records()) and rows[0]["complete"] and rows, "the record", 90)
    enrol(sam, district, "4712")
    for phone in (dana, sam):
        phone.open(f"{district.url}/app/records/{kept['id']}")
        phone.at("correct").wait_for(state="attached")

    district.stop()
    correct(dana, "bullying")
    correct(sam, "attendance")
    district.start()
    for phone in (dana, sam):
        sync(phone, district)
    sync(dana, district)

    both = wait_until(lambda: district.records()[0]["conflicts"], "both answers at the district")
    assert {side["value"] for side in both["topic"]} == {"bullying", "attendance"}
    for phone in (dana, sam):
        phone.open(f"{district.url}/app/records/{kept['id']}")
        phone.sees(re.compile("Two officers answered without seeing each other"))
        look(phone, "both-answers")
    chosen = both["topic"][0]["value"]
    sam.tap("choose-topic-0", scroll=True)
    wait_until(lambda: "conflict" not in sam.names(), "the choice")
    sync(sam, district)
    sync(dana, district)
    [row] = district.records()
    assert (row["answers"]["topic"], row["conflicts"], row["revisions"]) == (chosen, {}, 4)
    dana.open(f"{district.url}/app/records/{kept['id']}")
    dana.at("correct").wait_for(state="attached")
    assert "conflict" not in dana.names()
    look(sam, "sync")

    district.beatbook("record", "expunge", kept["id"], "--reason", "Order 12-345", "--yes")
    assert district.records() == []
    for phone in (dana, sam):
        sync(phone, district)
        phone.open(f"{district.url}/app/records/{kept['id']}")
        phone.sees(re.compile("The district expunged this record"))
        look(phone, "expunged")
    assert list((district.folder / "blobs").rglob(kept["photos"][0]["sha256"])) == []


def correct(phone: Phone, topic: str) -> None:
    """Changes the topic of the record on the screen, and saves."""
    phone.tap("correct", scroll=True)
    phone.tap("reason-wrong")
    phone.choose("topic", topic)
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone"))


def sync(phone: Phone, district: District) -> None:
    """Syncs by hand until all is at the district."""
    phone.open(f"{district.url}/app/more/sync")
    phone.tap("sync-now")
    phone.sees(re.compile("All at the district"), timeout=60_000)


def look(phone: Phone, name: str) -> None:
    """Keeps a picture, if somebody wants to look at it."""
    if _PICTURES:
        phone.photograph(Path(_PICTURES) / f"{name}.png")
