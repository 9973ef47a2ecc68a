import re
from collections.abc import Callable

import httpx
import pytest
import zxingcpp
from sqlalchemy import func, select

from app.tags import enrol_url, hash_code, is_checked, tidy
from server import district
from server.leftovers import waiting
from server.tables import EnrolmentCode, Officer, now
from tests.server.conftest import BASE_URL, Home
from tests.server.console.staff import ACCOUNT, BADGES, admin_id, audited
from tests.server.phones import Phone
from tests.server.test_codes import drawn
from tests.server.test_leftovers import Wiped
from tests.server.visitor import PASSWORD, Visitor


def test_an_account_is_opened_changed_and_closed(staffed: Home, admin: Visitor) -> None:
    fields: dict[str, str | list[str]] = {
        **ACCOUNT,
        "email": "kim@example.org",
        "languages": "English, 한국어",
        "school": [staffed.school],
    }
    added = admin.send("/console/officers/new", {**fields, "password": PASSWORD})
    path = added.headers["location"].split("?")[0]
    officer_id = path.rsplit("/", 1)[1]
    page = admin.get(added.headers["location"]).text
    for text in ("Kim Park", "Sergeant", "한국어", "North Middle School", "May sign in", "The account is open"):
        assert text in page
    admin.send(f"{path}/edit", {**fields, "name": "Kim Park-Lee", "school": [staffed.other_school], "role": "auditor"})
    page = admin.get(path).text
    for text in ("Kim Park-Lee", "South High School", "Auditor"):
        assert text in page
    assert "Close this account?" in admin.get(f"{path}/close").text
    admin.send(f"{path}/close")
    assert "Closed" in admin.get(path).text
    for what in ("officer-added", "password-set", "officer-changed", "officer-deactivated"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), officer_id), what


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"badge": "101"}, "badge"),
        ({"email": "rivera@example.org"}, "e-mail address"),
        ({"name": "  "}, "name is empty"),
        ({"name": "x" * 201}, "longer than 200"),
        ({"phone": "1" * 41}, "longer than 40"),
        ({"role": "king"}, "A role is one of"),
        ({"password": "short"}, "at least 12"),
        ({"languages": ",".join("x" * 11)}, "ten languages"),
    ],
)
@pytest.mark.parametrize("address", ["new", "edit"])
def test_a_wrong_account_gets_words_and_keeps_what_was_typed(
    staffed: Home, admin: Visitor, wrong: dict[str, str], words: str, address: str
) -> None:
    path = f"/console/officers/{'new' if address == 'new' else staffed.both + '/edit'}"
    answer = admin.send(path, {**ACCOUNT, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    assert 'value="Sergeant"' in answer.text
    assert "short" not in re.sub(r"<style>.*</style>", "", answer.text, flags=re.DOTALL), "no password comes back"
    with staffed.database.reading() as session:
        assert session.get_one(Officer, staffed.both).name == "Lee Ng"
        assert session.scalar(select(func.count()).where(Officer.name == "Kim Park")) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short"}, "al menos 12 caracteres"),
        ({"languages": ",".join("x" * 11)}, "diez idiomas como máximo"),
        ({"away_until": "2020-01-01"}, "La licencia ya habría terminado."),
        ({"away_until": "soon"}, "escriba el día así"),
    ],
)
def test_a_wrong_account_gets_words_in_the_readers_language(
    staffed: Home, admin: Visitor, wrong: dict[str, str], words: str
) -> None:
    admin.client.headers["Accept-Language"] = "es"
    assert words in admin.send(f"/console/officers/{staffed.both}/edit", {**ACCOUNT, **wrong}).text


def test_nobody_locks_the_district_out_by_closing_or_demoting_themselves(staffed: Home, admin: Visitor) -> None:
    me = admin_id(staffed)
    assert admin.get(f"/console/officers/{me}/close").headers["location"].endswith("?done=not_yourself")
    assert (
        admin.send(f"/console/officers/{me}/close", page="/console/records")
        .headers["location"]
        .endswith("not_yourself")
    )
    demoted = {**ACCOUNT, "badge": BADGES["admin"], "role": "officer"}
    assert admin.send(f"/console/officers/{me}/edit", demoted).status_code == 422
    assert admin.get("/console/officers/new").status_code == 200


def test_another_role_signs_the_account_out(staffed: Home, visit: Callable[[str], Visitor]) -> None:
    supervisor = visit("supervisor")
    cookies = dict(supervisor.client.cookies)
    admin = visit("admin")
    with staffed.database.reading() as session:
        theirs = district.find_officer(session, BADGES["supervisor"]).id
    admin.send(f"/console/officers/{theirs}/edit", {**ACCOUNT, "badge": BADGES["supervisor"], "role": "auditor"})
    admin.client.cookies.clear()
    admin.client.cookies.update(cookies)
    assert admin.get("/console/records").status_code == 303


def test_a_one_time_code_is_shown_once_as_text_and_qr_and_binds_a_phone(
    staffed: Home, visit: Callable[[str], Visitor]
) -> None:
    supervisor = visit("supervisor")
    path = f"/console/officers/{staffed.officer}"
    page = supervisor.send(f"{path}/code", page=path)
    shown = re.search(r'<p class="type">([^<]+)</p>', page.text)
    assert page.status_code == 200
    assert shown
    code = tidy(shown[1])
    assert is_checked(code)
    found = zxingcpp.read_barcodes(drawn(page.text[page.text.index('shape-rendering="crispEdges"') - 200 :]))
    assert found[0].text == enrol_url(BASE_URL, code)
    with staffed.database.reading() as session:
        assert session.get_one(EnrolmentCode, hash_code(code)).officer == staffed.officer
    assert "1 code is still open" in supervisor.get(path).text
    assert code not in supervisor.get(path).text
    assert Phone(supervisor.client, staffed.officer, staffed.school).enrol(code).status_code == 200
    assert "Test phone" in supervisor.get(path).text


def test_a_closed_account_gets_no_code(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        district.deactivate_officer(session, staffed.both)
    answer = admin.send(f"/console/officers/{staffed.both}/code", page="/console/records")
    assert answer.headers["location"].endswith("?done=officer_is_closed")


def test_a_phone_is_refused_only_after_a_question(staffed: Home, admin: Visitor, phone: Phone) -> None:
    path = f"/console/officers/{staffed.officer}/devices/{phone.device}/revoke"
    assert "Refuse this phone?" in admin.get(path).text
    assert phone.get("/setup").status_code == 200
    assert admin.send(path).headers["location"].endswith("?done=device_revoked")
    assert phone.get("/setup").status_code == 403
    assert "Refused" in admin.get(f"/console/officers/{staffed.officer}").text
    other = f"/console/officers/{staffed.both}/devices/{phone.device}/revoke"
    assert admin.get(other).status_code == 404, "a phone is found at its own officer only"


def test_a_hand_in_of_a_wiped_phone_is_seen_until_it_is_opened(
    home: Home, admin: Visitor, client: httpx.Client
) -> None:
    wiped, page = Wiped(home, client), f"/console/officers/{home.officer}"
    assert "Hand-in waits" not in admin.get("/console/officers").text
    wiped.missing()
    assert "is handing in what it had" in admin.get(page).text
    wiped.put_all()
    wiped.missing()
    assert "beatbook escrow open" in admin.get(page).text
    assert admin.get("/console/officers").text.count("Hand-in waits") == 1
    with home.database.writing() as session:
        [hand_in] = waiting(session)
        hand_in.opened_at = now()
    assert "beatbook escrow open" not in admin.get(page).text
    assert "Hand-in waits" not in admin.get("/console/officers").text
