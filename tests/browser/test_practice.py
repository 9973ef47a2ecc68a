"""Practice on a real phone: letters typed under the mark are kept, and nothing of it reaches the district."""

import re

from tests.browser import capture
from tests.browser.conftest import Phones
from tests.browser.district import District
from tests.browser.phone import wait_until

TYPED = "The east gate was propped open with a bin again"


def test_what_is_practised_stays_on_the_phone_and_what_is_real_is_sent(district: District, dana: Phones) -> None:
    phone = dana()
    phone.go("/more")
    phone.tap("practice", scroll=True)
    phone.at("practice-mark").wait_for(state="attached")
    phone.tap("open-parent_contact", scroll=True)
    phone.choose("topic", "praise")
    phone.type("field-summary", TYPED, scroll=True)
    phone.holds("field-summary", TYPED)
    phone.tap("save")
    phone.sees(re.compile("Saved as practice"))
    phone.at("open-location_check").wait_for(state="attached")
    phone.open(f"{district.url}/app/records")  # the page was loaded anew: unlocked, practice goes on
    phone.at("practice-mark").wait_for(state="attached")
    wait_until(lambda: phone.like("record-").count() == 1, "the practice record")

    phone.go("/more")
    phone.tap("end-practice", scroll=True)
    phone.at("practice-mark").wait_for(state="detached")
    phone.tap("open-parent_contact", scroll=True)
    phone.choose("topic", "praise")
    capture.save(phone)
    found = wait_until(lambda: district.records(), "the real record", 60)
    assert [TYPED in str(record) for record in found] == [False]
    assert phone.strangers == []
