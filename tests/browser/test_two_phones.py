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
    district: District, dana: Phones, phones: Phones, photo: Path
) -> None:
    hers, his = dana(), phones()
    capture.parent_contact(hers, photo)
    [kept] = wait_until(lambda: (rows := district.records()) and rows[0]["complete"] and rows, "the record", 90)
    enrol(his, district, "4712")
    for phone in (hers, his):
        phone.go(f"/records/{kept['id']}")
        phone.at("correct").wait_for(state="attached")

    district.stop()
    correct(hers, "bullying")
    correct(his, "attendance")
    district.start()
    for phone in (hers, his):
        sync(phone)
    sync(hers)

    both = wait_until(lambda: district.records()[0]["conflicts"], "both answers at the district")
    assert {side["value"] for side in both["topic"]} == {"bullying", "attendance"}
    for phone in (hers, his):
        phone.go(f"/records/{kept['id']}")
        phone.sees(re.compile("Two officers answered without seeing each other"))
        look(phone, "both-answers")
    chosen = both["topic"][0]["value"]
    his.tap("choose-topic-0", scroll=True)
    wait_until(lambda: "conflict" not in his.names(), "the choice")
    sync(his)
    sync(hers)
    [row] = district.records()
    assert (row["answers"]["topic"], row["conflicts"], row["revisions"]) == (chosen, {}, 4)
    hers.go(f"/records/{kept['id']}")
    wait_until(lambda: "correct" in (names := hers.names()) and "conflict" not in names, "the choice on her phone")
    look(his, "sync")

    district.beatbook("record", "expunge", kept["id"], "--reason", "Order 12-345", "--yes")
    assert district.records() == []
    for phone in (hers, his):
        sync(phone)
        phone.go(f"/records/{kept['id']}")
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


def sync(phone: Phone) -> None:
    """Asks for a round and waits until all is at the district; what comes from there may come a moment later."""
    phone.go("/more/sync")
    phone.tap("sync-now")
    phone.sees(re.compile("All at the district"), timeout=60_000)


def look(phone: Phone, name: str) -> None:
    """Keeps a picture, if somebody wants to look at it."""
    if _PICTURES:
        phone.photograph(Path(_PICTURES) / f"{name}.png")
