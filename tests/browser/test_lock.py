"""The lock on a real phone: a killed browser, lock now, minutes without the officer, a finger, another tab."""

import re

from tests.browser.conftest import Phones, code_for
from tests.browser.district import District
from tests.browser.finger import Finger
from tests.browser.phone import PIN, Phone, wait_until

OTHER = "314159"


def test_a_killed_phone_without_a_network_asks_for_the_pin_and_is_then_where_the_link_leads(
    district: District, dana: Phones
) -> None:
    phone = dana()
    district.stop()
    phone.kill()
    phone.lets_in = False
    phone.start(f"{district.url}/app/records", offline=True)
    phone.at("unlock").wait_for(state="attached")
    assert not phone.at("nav-records").count()
    try_pin(phone, OTHER)
    phone.sees(re.compile("That is not the PIN"))
    try_pin(phone, PIN)
    phone.at("nav-records").wait_for(state="attached", timeout=60_000)
    assert phone.page.url.endswith("/app/records")

    # The card needs no PIN, and leads back to where the officer was.
    phone.reload()
    phone.tap("emergency", scroll=True)
    phone.at("call-911").wait_for(state="attached")
    phone.sees(re.compile("Jefferson High School"))
    phone.tap("back")
    phone.at("unlock").wait_for(state="attached")
    assert phone.page.url.endswith("/app/records")
    assert phone.strangers == []


def test_it_locks_at_a_tap_and_by_itself_and_a_draft_is_there_again_as_it_was_typed(dana: Phones) -> None:
    phone = dana()
    phone.tap("nav-more")
    phone.tap("lock-now", scroll=True)
    phone.at("unlock").wait_for(state="attached")
    try_pin(phone, PIN)
    phone.at("nav-home").wait_for(state="attached", timeout=60_000)
    phone.tap("nav-home")
    phone.tap("open-parent_contact")
    phone.type("field-summary", "Called about the bus stop", scroll=True)
    phone.pass_time(minutes=5)  # nobody touches it
    phone.at("unlock").wait_for(state="attached")
    assert not phone.page.get_by_text("Parent contact").count()
    try_pin(phone, PIN)
    phone.at("save").wait_for(state="attached", timeout=60_000)
    phone.holds("field-summary", "Called about the bus stop")


def test_a_finger_opens_the_notebook_at_the_next_start_without_a_pin(district: District, phones: Phones) -> None:
    phone = phones()
    url = district.url.replace("127.0.0.1", "localhost")  # passkeys are for names, not for numbers
    phone.start(f"{url}/app/")
    finger = Finger(phone.page)
    phone.type("enrol-code", code_for(district, "4711"))
    phone.tap("enrol")
    phone.tap("begin")
    phone.tap("nav-more")
    phone.tap("switch-passkey", scroll=True)
    phone.sees(re.compile("your fingerprint or face opens the notebook too"))
    phone.tap("lock-now", scroll=True)
    phone.at("passkey").wait_for(state="attached")
    phone.tap("passkey")
    phone.at("nav-more").wait_for(state="attached", timeout=60_000)

    phone.lets_in = False
    phone.reload()  # asked for by itself
    phone.at("nav-more").wait_for(state="attached", timeout=60_000)
    finger.another()
    phone.reload()
    phone.tap("passkey")
    phone.sees(re.compile("Not confirmed"))
    try_pin(phone, PIN)
    phone.at("nav-more").wait_for(state="attached", timeout=60_000)


def try_pin(phone: Phone, pin: str) -> None:
    """Types a PIN and taps unlock."""
    wait_until(lambda: phone.at("unlock").count() and not phone.at("busy").count(), "the lock")
    phone.type("pin", pin)
    phone.tap("unlock")
