"""A tour gone through on a real phone without a network: begun, resumed after a kill, ended early, at the district."""

import re
from datetime import date

from app.tours import DAYS
from tests.browser import capture
from tests.browser.conftest import SCHOOL, Phones
from tests.browser.district import District
from tests.browser.phone import Phone, wait_until


def test_a_tour_begun_offline_goes_on_after_a_kill_and_ends_early_with_a_reason(
    district: District, dana: Phones
) -> None:
    tour = add_tour(district)
    phone = dana()
    line = f"tour-{tour}-{date.today()}"
    phone.reach(line)
    district.stop()
    phone.set_offline(True)

    phone.tap(line)
    phone.tap("begin-tour")
    phone.tap("scan")
    phone.type("type-code", district.short_code, scroll=True)
    phone.tap("use-code", scroll=True)
    phone.sees(re.compile("Door 7"))
    capture.save(phone)

    phone.kill()
    phone.start(f"{district.url}/app/", offline=True)
    phone.sees(re.compile("1 of 2"))
    phone.tap(line, scroll=True)
    phone.sees(re.compile("Under way|Next|To do"))
    end(phone, "incident")

    district.start()
    phone.set_offline(False)
    done = wait_until(
        lambda: {one["form"]: one for one in district.records()} if at(district) == 2 else None, "both", 90
    )
    run, check = done["tour_run"]["answers"], done["location_check"]["answers"]
    assert (run["tour"], run["tour_day"], run["end_reason"]) == (tour, str(date.today()), "incident")
    assert (run["checked"], run["places"], run["missed"]) == (1, 2, "Gate")
    assert (check["tour_id"], check["place_name"]) == (tour, "Door 7")
    phone.tap("nav-records")
    phone.tap(f"record-{done['tour_run']['id']}")
    phone.sees(re.compile("Its day"))
    assert phone.strangers == []


def add_tour(district: District) -> str:
    """A tour of every day, all day long, through the district's door and a gate."""
    district.beatbook("place", "add", "Gate", "--school", SCHOOL)
    every = [word for day in DAYS for word in ("--day", day)]
    when = ("--begins", "00:00", "--ends", "23:59", "--grace", "0", *every)
    tour = district.beatbook("tour", "add", "All day", "--school", SCHOOL, *when).split()[-1]
    for line in district.beatbook("place", "list").splitlines():
        district.beatbook("tour", "point", tour, line.split()[0])
    return tour


def end(phone: Phone, reason: str) -> None:
    """Ends a tour before its time and says why."""
    phone.tap("end-tour", scroll=True)
    phone.choose("end_reason", reason)
    capture.save(phone)


def at(district: District) -> int:
    """How many records the district has."""
    return len(district.records())
