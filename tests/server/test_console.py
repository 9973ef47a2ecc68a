import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import zxingcpp
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select

from app.ids import sha256, uuid7
from app.tags import enrol_url, hash_code, is_checked, tidy
from server import batch, clocks, district, enrolment
from server.formbook import publish
from server.tables import AuditEntry, Card, Device, EnrolmentCode, Officer, Place, Record, Tag
from server.words import Words
from tests.server import hostile
from tests.server.conftest import BASE_URL, Home
from tests.server.phones import FORM, Phone, photo_answer, picture
from tests.server.test_codes import drawn
from tests.server.visitor import PASSWORD, Visitor, hash_quickly, secret_of

ROLES = ("officer", "auditor", "supervisor", "admin")
BADGES = {"officer": "101", "auditor": "901", "supervisor": "902", "admin": "903"}
OPEN = {("GET", "/console/sign-in"), ("POST", "/console/sign-in")}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_quickly(monkeypatch)


@pytest.fixture
def staffed(home: Home) -> Home:
    """The district with an account of every role; officer Rivera is the officer."""
    with home.database.writing() as session:
        district.set_password(session, home.officer, PASSWORD)
        for role in ROLES[1:]:
            district.add_officer(session, f"The {role}", BADGES[role], [], role=role, password=PASSWORD)
    return home


@pytest.fixture
def visit(staffed: Home, client: httpx.Client) -> Callable[[str], Visitor]:  # noqa: ARG001  staffed gives the accounts
    """Signs somebody of this role in."""

    def enter(role: str) -> Visitor:
        visitor = Visitor(client)
        client.cookies.clear()
        assert visitor.sign_in(BADGES[role]).status_code == 303
        return visitor

    return enter


@pytest.fixture
def admin(visit: Callable[[str], Visitor]) -> Visitor:
    """An admin at the console."""
    return visit("admin")


def routes(home: Home) -> Iterator[tuple[str, str]]:
    """Every method and address of the console, with ids that are well made but of nothing."""
    for route in iter_route_contexts(home.app.routes):
        path = getattr(route, "path", None) or ""
        if path.startswith("/console"):
            for method in route.methods or ():
                yield method, re.sub(r"\{[^}]+\}", uuid7(), path)


def audited(home: Home, what: str) -> list[tuple[str, str]]:
    """Who did this to what."""
    with home.database.reading() as session:
        query = select(AuditEntry.who, AuditEntry.subject).where(AuditEntry.what == what).order_by(AuditEntry.seq)
        return [(who, subject) for who, subject in session.execute(query)]


def admin_id(home: Home) -> str:
    with home.database.reading() as session:
        return district.find_officer(session, BADGES["admin"]).id


# -- the door --------------------------------------------------------------------------------------------------------


def test_no_route_is_open_to_a_stranger(staffed: Home, client: httpx.Client) -> None:
    found = set(routes(staffed))
    assert len(found) > 40
    for method, path in found - OPEN:
        answer = client.request(method, path, data={"csrf": "x"} if method == "POST" else None)
        assert answer.status_code == 303, f"{method} {path}"
        assert answer.headers["location"].startswith("/console/sign-in"), f"{method} {path}"
        assert answer.headers["cache-control"] == "no-store"


def test_no_form_is_taken_without_the_sessions_secret(staffed: Home, admin: Visitor) -> None:
    before = audited(staffed, "signed-in")
    for method, path in routes(staffed):
        if method != "POST":
            continue
        for fields in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": "ñ"}):
            answer = admin.client.post(path, data=fields)
            assert answer.status_code == 403, f"{path} {fields}"
    assert admin.get("/console/records").status_code == 200, "nobody was signed out by it"
    assert audited(staffed, "signed-in") == before
    with staffed.database.reading() as session:
        changes = select(func.count()).where(AuditEntry.who == admin_id(staffed), AuditEntry.what != "signed-in")
        assert session.scalar(changes) == 0


@pytest.mark.usefixtures("staffed")
def test_the_secret_of_another_session_is_no_secret_of_this_one(visit: Callable[[str], Visitor]) -> None:
    theirs = secret_of(visit("supervisor").get("/console/records").text)
    mine = visit("admin")
    answer = mine.client.post("/console/schools/new", data={"csrf": theirs, "name": "X"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_further_than_it_may(staffed: Home, visit: Callable[[str], Visitor], role: str) -> None:
    visitor = visit(role)
    secret = secret_of(visitor.get("/console/records").text)
    officer_may = {"/console", "/console/", "/console/records", "/console/sign-in"}
    for method, path in sorted(set(routes(staffed)) - OPEN):
        if path == "/console/sign-out" or "/console/records/" in path or "/console/photos/" in path:
            continue
        if path.count("-") == 4 and path.startswith("/console/0"):
            continue  # the address of nothing, open to all who are signed in
        answer = visitor.client.request(method, path, data={"csrf": secret} if method == "POST" else None)
        accounts = path.startswith("/console/officers") and (
            path.endswith(("/new", "/edit", "/close")) and "devices" not in path
        )
        changes = method == "POST" or path.endswith(
            ("/new", "/edit", "/retire", "/revoke", "/new-tag", "/tags", "/tag")
        )
        allowed = {
            "officer": path in officer_may,
            "auditor": not changes and not accounts,
            "supervisor": not accounts,
            "admin": True,
        }[role]
        assert (answer.status_code == 403) == (not allowed), f"{role} {method} {path}: {answer.status_code}"


def test_an_officer_sees_a_console_without_the_doors_that_stay_shut(visit: Callable[[str], Visitor]) -> None:
    page = visit("officer").get("/console/records").text
    assert 'href="/console/records"' in page
    assert not any(f'href="/console/{part}"' in page for part in ("officers", "schools", "cards"))


@pytest.mark.usefixtures("staffed")
def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.Client) -> None:
    answer = Visitor(client).sign_in(BADGES["admin"])
    cookies = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("beatbook-console=")]
    assert len(cookies) == 1
    for part in ("HttpOnly", "Path=/console", "SameSite=lax", "Secure"):
        assert part in cookies[0]


@pytest.mark.usefixtures("staffed")
def test_signing_in_leads_where_one_wanted_to_go_but_never_away_from_the_console(client: httpx.Client) -> None:
    wanted = client.get("/console/schools?x=1").headers["location"]
    assert wanted == "/console/sign-in?next=%2Fconsole%2Fschools%3Fx%3D1"
    visitor = Visitor(client)
    for then, goes in (
        ("%2Fconsole%2Fschools%3Fx%3D1", "/console/schools?x=1"),
        ("https%3A%2F%2Fevil.example", "/console/records"),
        ("%2F%2Fevil.example%2Fconsole%2F", "/console/records"),
        ("%2Fconsole%2F%2F..%2F%2Fevil.example", "/console/records"),
        ("%2Fconsole%2F%5Cevil.example", "/console/records"),
    ):
        client.cookies.clear()
        assert visitor.sign_in(BADGES["admin"], then=then).headers["location"] == goes
    assert client.get("/console/sign-in").headers["location"] == "/console/records", "signed in already"


@pytest.mark.usefixtures("staffed")
def test_a_sign_in_form_from_another_browser_is_refused(client: httpx.Client) -> None:
    secret = secret_of(client.get("/console/sign-in").text)
    client.cookies.clear()
    fields = {"csrf": secret, "name": BADGES["admin"], "password": PASSWORD}
    answer = client.post("/console/sign-in", data=fields)
    assert answer.status_code == 403
    assert "beatbook-console" not in client.cookies


@pytest.mark.usefixtures("staffed")
def test_wrong_sign_ins_are_told_apart_by_nobody_and_stopped_after_five(client: httpx.Client) -> None:
    visitor = Visitor(client)
    wrong, nobody = visitor.sign_in(BADGES["admin"], "wrong"), visitor.sign_in("nobody", "wrong")
    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert wrong.text.replace(f'value="{BADGES["admin"]}"', 'value="nobody"') == nobody.text
    assert "wrong" not in re.sub(r"<style>.*</style>", "", wrong.text, flags=re.DOTALL)
    for _ in range(3):
        visitor.sign_in(BADGES["admin"], "wrong")
    stopped = visitor.sign_in(BADGES["admin"])
    assert stopped.status_code == 429
    assert "15 minutes" in stopped.text


def test_signing_out_ends_the_session_and_forgets_the_cookie(admin: Visitor) -> None:
    kept = dict(admin.client.cookies)
    answer = admin.send("/console/sign-out", page="/console/records")
    assert answer.headers["location"] == "/console/sign-in?done=signed_out"
    assert "You are signed out." in admin.get("/console/sign-in?done=signed_out").text
    admin.client.cookies.update(kept)
    assert admin.get("/console/records").status_code == 303


@pytest.mark.parametrize("path", ["/console/records", "/console/officers", "/console/nowhere", "/console/sign-in"])
def test_pages_hold_no_script_and_are_kept_nowhere(admin: Visitor, path: str) -> None:
    if path.endswith("sign-in"):
        admin.client.cookies.clear()
    answer = admin.get(path)
    assert "<script" not in answer.text
    assert "style=" not in answer.text, "the policy allows the style sheet only"
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_an_address_that_leads_nowhere_says_so_with_a_way_back(admin: Visitor) -> None:
    for path in ("/console/nowhere/at/all", f"/console/records/{uuid7()}", "/console/places/x", "/console/cards/x"):
        answer = admin.get(path)
        assert answer.status_code == 404
        assert "Not here" in answer.text
        assert 'href="/console/officers"' in answer.text


def test_a_page_that_fails_inside_says_so_in_words(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("server.records.find", broken)
    answer = admin.get("/console/records")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Something went wrong here" in answer.text


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999999999", f"form={'x' * 500}"])
def test_an_address_with_nonsense_in_it_gets_words(admin: Visitor, query: str) -> None:
    answer = admin.get(f"/console/records?{query}")
    assert answer.status_code == 400
    assert "cannot be read" in answer.text


# -- records ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(staffed: Home, new_phone: Callable[..., Phone]) -> dict[str, str]:
    """Records by name: with its photo, with a photo still to come, in conflict, doubtful, and of the other school."""
    mine, theirs = new_phone(), new_phone(staffed.both)
    south = new_phone(staffed.both, staffed.other_school)
    data, later = picture(), picture(colour="red")
    whole = mine.write({"channel": "phone", "minutes": 12, "summary": "All is said", "photo": photo_answer(data)})
    waiting = mine.write({"channel": "person", "summary": "Photo to come", "photo": photo_answer(later)})
    first = mine.write({"channel": "phone", "summary": "As it was"})
    mine.push(whole, waiting, first)
    mine.put_photo(data)
    change = {"record": first.record, "parents": (first.hash,)}
    mine.push(mine.write({"summary": "Rivera's words"}, reason="Called again", **change))
    theirs.push(theirs.write({"summary": "Ng's words"}, **change))
    doubtful = mine.write({"channel": "phone", "summary": "Odd"}, tag="ABCDEFGHJKLMNPQR", place=staffed.place)
    mine.push(doubtful)
    other = south.write({"channel": "phone", "summary": "Of the south"})
    south.push(other)
    return {
        "whole": whole.record,
        "waiting": waiting.record,
        "conflict": first.record,
        "doubt": doubtful.record,
        "other": other.record,
        "photo": sha256(data),
    }


def listed(answer: httpx.Response) -> set[str]:
    return set(re.findall(r'href="/console/records/([0-9a-f-]{36})"', answer.text))


def test_the_list_filters_by_form_school_officer_day_and_state(
    staffed: Home, admin: Visitor, written: dict[str, str]
) -> None:
    everything = {name for key, name in written.items() if key != "photo"}
    north = everything - {written["other"]}
    today = admin.get("/console/records").text
    day = re.search(r'datetime="(\d{4}-\d\d-\d\d)', today)
    assert day
    expected = {
        "": everything,
        "form=parent_contact": everything,
        "form=walkthrough": set(),
        f"school={staffed.school}": north,
        f"officer={staffed.both}": {written["other"]},
        f"officer={staffed.both}&school={staffed.school}": set(),
        "from=2020-01-01&to=2099-01-01": everything,
        "from=2099-01-01": set(),
        "to=2020-01-01": set(),
        "from=nonsense": everything,
        "state=complete": {written["whole"], written["other"]},
        "state=photos": {written["waiting"]},
        "state=conflict": {written["conflict"]},
        "state=doubt": {written["doubt"]},
        "state=nonsense": everything,
    }
    for query, found in expected.items():
        assert listed(admin.get(f"/console/records?{query}")) == found, query


def test_an_empty_list_says_why_and_what_to_do(admin: Visitor) -> None:
    assert "No records yet" in admin.get("/console/records").text
    assert "No record matches" in admin.get("/console/records?form=parent_contact").text


def test_a_long_list_has_pages_that_keep_the_filters(
    admin: Visitor, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.console.records.PER_PAGE", 2)
    sent = [phone.write() for _ in range(5)]
    phone.push(*sent)
    seen: list[str] = []
    address = "/console/records?form=parent_contact"
    for _ in range(3):
        answer = admin.get(address)
        seen += listed(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = "/console/records" + following[1].replace("&amp;", "&") if following else ""
    assert not address
    assert sorted(seen) == sorted(revision.record for revision in sent)
    assert listed(admin.get("/console/records?page=50")), "a page after the last is the last"


def test_a_record_shows_every_answer_under_its_question(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['whole']}").text
    for text in (
        "How",
        "Phone",
        "Minutes",
        "12",
        "All is said",
        "Ana Rivera",
        "North Middle School",
        "District has it",
    ):
        assert text in page
    assert f'src="/console/photos/{written["photo"]}"' in page
    in_spanish = admin.get(f"/console/records/{written['whole']}?lang=es").text
    assert "Teléfono" in in_spanish
    assert "El distrito lo tiene" in in_spanish


def test_an_answer_of_a_form_that_is_not_known_is_shown_by_its_name(
    staffed: Home, admin: Visitor, written: dict[str, str]
) -> None:
    with staffed.database.writing() as session:
        session.get_one(Record, written["whole"]).answers = {"strange": [{"deep": True}], "channel": 7}
    page = admin.get(f"/console/records/{written['whole']}").text
    assert "strange" in page
    assert "deep" in page


def test_a_photo_that_is_still_on_the_phone_is_said_to_be(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['waiting']}").text
    assert "The photo is still on the phone" in page
    assert "<img" not in page


def test_a_conflict_shows_both_answers_with_their_writers_and_the_reasons(
    admin: Visitor, written: dict[str, str]
) -> None:
    page = admin.get(f"/console/records/{written['conflict']}").text
    for text in ("Rivera&#39;s words", "Ng&#39;s words", "Ana Rivera", "Lee Ng", "Two answers", "Called again"):
        assert text in page


def test_a_doubt_is_said_in_words(admin: Visitor, written: dict[str, str]) -> None:
    page = admin.get(f"/console/records/{written['doubt']}").text
    assert "The scanned tag is not known." in page
    assert "tag_unknown" not in page


def test_every_doubt_of_intake_has_words() -> None:
    words = Words.load("console", "en")
    found = set(re.findall(r'found\.append\("(\w+)"\)', Path(batch.__file__).read_text()))
    assert len(found) >= 6
    for flag in (*found, clocks.AHEAD, clocks.BEHIND):
        assert f"flag.{flag}" in words, flag


def test_an_officer_sees_the_records_of_their_own_schools_only(
    staffed: Home, visit: Callable[[str], Visitor], written: dict[str, str]
) -> None:
    officer = visit("officer")
    own = {written[name] for name in ("whole", "waiting", "conflict", "doubt")}
    assert listed(officer.get("/console/records")) == own
    assert listed(officer.get(f"/console/records?school={staffed.other_school}")) == set()
    assert officer.get(f"/console/records/{written['whole']}").status_code == 200
    assert officer.get(f"/console/records/{written['other']}").status_code == 404
    assert "South High School" not in officer.get("/console/records").text
    assert officer.get(f"/console/photos/{written['photo']}").status_code == 200
    with staffed.database.writing() as session:
        district.set_schools(session, staffed.officer, [staffed.other_school])
    assert officer.get(f"/console/photos/{written['photo']}").status_code == 404
    assert officer.get(f"/console/records/{written['whole']}").status_code == 404


def test_a_photo_comes_as_what_it_is_and_can_run_nothing(admin: Visitor, written: dict[str, str]) -> None:
    answer = admin.get(f"/console/photos/{written['photo']}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert sha256(answer.content) == written["photo"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert admin.get(f"/console/photos/{'0' * 64}").status_code == 404
    assert admin.get("/console/photos/..%2f..%2fdistrict.sqlite").status_code == 404


def test_reading_a_record_and_a_photo_leaves_a_line(staffed: Home, admin: Visitor, written: dict[str, str]) -> None:
    admin.get("/console/records")
    assert audited(staffed, "record-read") == []
    admin.get(f"/console/records/{written['whole']}")
    admin.get(f"/console/photos/{written['photo']}")
    assert audited(staffed, "record-read") == [(admin_id(staffed), written["whole"])]
    assert audited(staffed, "photo-read") == [(admin_id(staffed), written["photo"])]


# -- officers and phones ---------------------------------------------------------------------------------------------


ACCOUNT = {"name": "Kim Park", "badge": "555", "title": "Sergeant", "role": "officer", "phone": "(918) 555-0155"}


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


# -- schools, places, tags -------------------------------------------------------------------------------------------


def test_a_school_is_added_changed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    fields = {"name": "East School", "address": "1 East Road", "phone": "(918) 555-0111"}
    path = admin.send("/console/schools/new", fields).headers["location"].split("?")[0]
    assert "1 East Road" in admin.get(path).text
    assert "No places yet" in admin.get(path).text
    admin.send(f"{path}/edit", {**fields, "name": "Far East School"})
    assert "Far East School" in admin.get("/console/schools").text
    assert "Retire this school?" in admin.get(f"{path}/retire").text
    admin.send(f"{path}/retire")
    assert "Retired" in admin.get(path).text
    admin.send(f"{path}/restore", page=path)
    assert "Retired" not in admin.get(path).text
    for what in ("school-added", "school-changed", "school-retired", "school-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), path.rsplit("/", 1)[1]), what


@pytest.mark.parametrize("path", ["new", "edit"])
@pytest.mark.parametrize(("name", "words"), [("", "empty"), ("south high school", "chool"), ("x" * 201, "longer")])
def test_a_wrong_school_gets_words(staffed: Home, admin: Visitor, path: str, name: str, words: str) -> None:
    address = "/console/schools/" + ("new" if path == "new" else f"{staffed.school}/edit")
    answer = admin.send(address, {"name": name, "address": "Typed already"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed already" in answer.text


PLACE = {"name": "Boiler room", "building": "Main", "floor": "Basement", "kind": "other", "fence_m": "30"}


def test_a_place_is_added_with_its_tag_changed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    fields = {**PLACE, "lat": "36.1397", "lon": "-96.1089", "instructions": "Locked when empty"}
    added = admin.send(f"/console/schools/{staffed.school}/places/new", fields)
    path = added.headers["location"].split("?")[0]
    place_id = path.rsplit("/", 1)[1]
    page = admin.get(path).text
    for text in ("Boiler room", "36.13970, -96.10890", "30 m", "Locked when empty", "Tag 1"):
        assert text in page
    admin.send(f"{path}/edit", {**fields, "name": "Old boiler room", "lat": "", "lon": ""})
    with staffed.database.reading() as session:
        place = session.get_one(Place, place_id)
        assert (place.name, place.lat, place.fence_m) == ("Old boiler room", None, 30)
    admin.send(f"{path}/retire")
    assert "Retired" in admin.get(f"/console/schools/{staffed.school}").text
    admin.send(f"{path}/restore", page=path)
    assert "Retired" not in admin.get(f"/console/schools/{staffed.school}").text
    for what in ("place-added", "place-changed", "place-retired", "place-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), place_id), what


@pytest.mark.parametrize("path", ["new", "edit"])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "empty"),
        ({"name": "Door 8", "building": "Gym"}, "already"),
        ({"kind": "castle"}, "kind of place"),
        ({"lat": "91", "lon": "1"}, "latitude must be"),
        ({"lat": "north", "lon": "1"}, "latitude is no number"),
        ({"lat": "nan", "lon": "1"}, "latitude must be"),
        ({"lat": "36"}, "both latitude and longitude"),
        ({"fence_m": "1"}, "from 5 to 5000"),
    ],
)
def test_a_wrong_place_gets_words(staffed: Home, admin: Visitor, path: str, wrong: dict[str, str], words: str) -> None:
    with staffed.database.writing() as session:
        district.add_place(session, staffed.school, "Door 8", building="Gym")
    new, edit = f"/console/schools/{staffed.school}/places/new", f"/console/places/{staffed.place}/edit"
    answer = admin.send(new if path == "new" else edit, {**PLACE, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Basement" in answer.text


def test_a_tag_is_replaced_only_after_a_question(staffed: Home, admin: Visitor) -> None:
    path = f"/console/places/{staffed.place}/new-tag"
    assert "Replace this tag?" in admin.get(path).text
    with staffed.database.reading() as session:
        assert session.get_one(Tag, staffed.tag).state == "active"
    admin.send(path)
    with staffed.database.reading() as session:
        assert session.get_one(Tag, staffed.tag).state == "retired"
    page = admin.get(f"/console/places/{staffed.place}").text
    assert "Tag 2" in page
    assert audited(staffed, "tag-made")[-1] == (admin_id(staffed), f"{staffed.place} v2")


def test_a_sheet_has_the_tags_of_its_school_and_it_is_noted_who_saw_them(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        elsewhere = district.add_place(session, staffed.other_school, "Gate of the south")
        retired = district.add_place(session, staffed.school, "Old gate")
        retired.active = False
    sheet = admin.get(f"/console/schools/{staffed.school}/tags")
    assert "Door 7" in sheet.text
    assert f"{staffed.short[:4]}-{staffed.short[4:]}" in sheet.text
    assert "Gate of the south" not in sheet.text
    assert "Old gate" not in sheet.text
    assert audited(staffed, "tags-shown") == [(admin_id(staffed), staffed.school)]
    one = admin.get(f"/console/places/{elsewhere.id}/tag?paper=a4")
    assert "Gate of the south" in one.text
    assert "size:A4" in one.text
    assert admin.get(f"/console/schools/{staffed.school}/tags?paper=papyrus").status_code == 400


# -- cards -----------------------------------------------------------------------------------------------------------


def test_a_card_is_made_written_on_printed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    assert "No contact cards yet" in admin.get("/console/cards").text
    made = admin.send("/console/cards/new", {"of": f"officer:{staffed.officer}", "notes": "Office 12"})
    path = made.headers["location"].split("?")[0]
    slug = path.rsplit("/", 1)[1]
    assert "Ana Rivera" in admin.get(path).text
    admin.send(path, {"notes": "Office 14"})
    assert "Office 14" in admin.get(f"/c/{slug}").text
    assert "Ana Rivera" in admin.get(f"{path}/poster").text
    admin.send(f"{path}/retire")
    assert admin.get(f"/c/{slug}").status_code == 410
    assert admin.get(f"{path}/poster").status_code == 404
    assert "Retired" in admin.get("/console/cards").text
    admin.send(f"{path}/restore", page=path)
    assert admin.get(f"/c/{slug}").status_code == 200
    for what in ("card-made", "card-changed", "card-retired", "card-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), slug), what


def test_a_posts_card_shows_in_the_console_who_holds_the_post(staffed: Home, admin: Visitor) -> None:
    made = admin.send("/console/cards/new", {"of": f"school:{staffed.other_school}"})
    assert "Lee Ng" in admin.get(made.headers["location"]).text
    assert "Card of a school&#39;s post" in admin.get("/console/cards").text


@pytest.mark.parametrize("of", ["", "officer:", "school:nowhere", "king:x", "officer:nobody"])
def test_a_card_of_nobody_gets_words(staffed: Home, admin: Visitor, of: str) -> None:
    answer = admin.send("/console/cards/new", {"of": of, "notes": "Typed already"})
    assert answer.status_code == 422
    assert "Choose whose card it is." in answer.text
    assert "Typed already" in answer.text
    with staffed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 0


def test_too_long_a_note_on_a_card_gets_words(staffed: Home, admin: Visitor) -> None:
    path = admin.send("/console/cards/new", {"of": f"officer:{staffed.officer}"}).headers["location"].split("?")[0]
    answer = admin.send(path, {"notes": "x" * 1001})
    assert answer.status_code == 422
    assert "longer than 1000" in answer.text


# -- everything stored is hostile ------------------------------------------------------------------------------------


def test_nothing_stored_can_break_out_of_a_page(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        bad = dict.fromkeys(("en", "es"), hostile.PAYLOAD)
        fields = [dict(field, label=bad) for field in FORM["fields"]]
        fields[0] = dict(fields[0], choices=[dict(choice, label=bad) for choice in FORM["fields"][0]["choices"]])
        publish(session, [dict(FORM, version="2", title=bad, fields=fields)])
    made = hostile.make(staffed)
    with staffed.database.writing() as session:
        code = enrolment.make_code(session, made.officer)
    phone = Phone(admin.client, made.officer, made.school)
    first = phone.write(hostile.answers(), form_version="2", reason=hostile.PAYLOAD, place=made.place)
    assert phone.enrol(code).status_code == 200
    change = {"form_version": "2", "record": first.record, "parents": (first.hash,), "reason": hostile.PAYLOAD}
    verdicts = phone.push(first, phone.write({"summary": hostile.PAYLOAD + "1"}, **change))
    assert {verdict.verdict for verdict in verdicts} == {"accepted"}
    with staffed.database.writing() as session:
        device = session.get_one(Device, phone.device)
        device.name = device.platform = device.app = hostile.PAYLOAD[:40]
    query = f"?form={hostile.ASCII_PHONE}&school={hostile.ASCII_PHONE}&done={hostile.ASCII_PHONE}"
    pages = [
        "/console/records",
        f"/console/records{query}",
        f"/console/records/{first.record}",
        "/console/officers",
        f"/console/officers/{made.officer}",
        f"/console/officers/{made.officer}/edit",
        f"/console/officers/{made.officer}/close",
        f"/console/officers/{made.officer}/devices/{phone.device}/revoke",
        "/console/officers/new",
        "/console/schools",
        f"/console/schools/{made.school}",
        f"/console/schools/{made.school}/edit",
        f"/console/schools/{made.school}/retire",
        f"/console/schools/{made.school}/tags",
        f"/console/schools/{made.school}/places/new",
        f"/console/places/{made.place}",
        f"/console/places/{made.place}/edit",
        f"/console/places/{made.place}/new-tag",
        f"/console/places/{made.place}/tag",
        "/console/cards",
        "/console/cards/new",
        f"/console/cards/{made.card}",
        f"/console/cards/{made.card}/poster",
        f"/console/cards/{made.post}/poster",
        f"/console/cards/{made.card}/retire",
        "/console/nowhere",
    ]
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == (404 if path.endswith("nowhere") else 200), path
        assert hostile.clean(answer.text), path
        assert "x666" in answer.text, f"{path} shows the payload as text"
    wrong = admin.send("/console/officers/new", {**ACCOUNT, "name": hostile.PAYLOAD, "badge": "101"})
    assert wrong.status_code == 422
    assert hostile.clean(wrong.text)
    shown = admin.send(f"/console/officers/{made.officer}/code", page=f"/console/officers/{made.officer}")
    assert hostile.clean(shown.text)
