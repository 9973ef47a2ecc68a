import re
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import func, select

from app.ids import uuid7
from server.tables import AuditEntry
from tests.server.conftest import Home
from tests.server.console.staff import BADGES, OPEN, ROLES, admin_id, audited, routes
from tests.server.visitor import PASSWORD, Visitor, secret_of


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
        prints = path.endswith("/print") and "/cards/" not in path
        changes = (
            method == "POST"
            or prints
            or path.endswith(("/new", "/edit", "/retire", "/revoke", "/new-tag", "/tags.pdf", "/import"))
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
    assert 0 < int(stopped.headers["retry-after"]) <= 15 * 60
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
