import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.ids import sha256
from server import accounts as module
from server import district
from server.accounts import ABSOLUTE, IDLE, Accounts, SignInRefused, TooManyTries, end_sessions, same
from server.tables import AuditEntry, ConsoleSession, now
from tests.server.conftest import Home
from tests.server.visitor import PASSWORD, hash_quickly


@pytest.fixture
def accounts(home: Home, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Accounts in which officer Rivera has a password."""
    hash_quickly(monkeypatch)
    with home.database.writing() as session:
        district.set_password(session, home.officer, PASSWORD)
    return Accounts(home.database)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """How much later it is than the clock says; tests set its only item."""
    later = [timedelta()]

    def moved() -> datetime:
        return now() + later[0]

    monkeypatch.setattr(module, "now", moved)
    return later


@pytest.mark.parametrize("name", ["101", " 101 ", "rivera@example.org", "Rivera@Example.ORG"])
def test_badge_and_address_both_sign_in(home: Home, accounts: Accounts, name: str) -> None:
    visit = accounts.visit(accounts.sign_in(name, PASSWORD, "here"))
    assert visit
    assert visit.officer.id == home.officer


@pytest.mark.parametrize(
    ("name", "password"),
    [("101", "wrong"), ("101", ""), ("102", PASSWORD), ("nobody", PASSWORD), ("", ""), ("101", "x" * 5000)],
)
def test_a_wrong_pair_is_refused_the_same_way_whatever_is_wrong(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(name, password, "here")
    assert (type(refused.value), str(refused.value)) == (SignInRefused, "")


def test_a_closed_account_is_refused(home: Home, accounts: Accounts) -> None:
    token = accounts.sign_in("101", PASSWORD, "here")
    with home.database.writing() as session:
        district.deactivate_officer(session, home.officer)
    assert accounts.visit(token) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in("101", PASSWORD, "here")


def test_five_wrong_tries_stop_an_account_from_anywhere(accounts: Accounts) -> None:
    for number in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in("101", "wrong", f"address {number}")
    with pytest.raises(TooManyTries):
        accounts.sign_in("101", PASSWORD, "another address")


def test_five_wrong_tries_stop_an_address_for_every_account(accounts: Accounts) -> None:
    for number in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in(f"guess {number}", "wrong", "here")
    with pytest.raises(TooManyTries):
        accounts.sign_in("101", PASSWORD, "here")
    assert accounts.sign_in("101", PASSWORD, "elsewhere")


def test_a_right_password_forgives_the_wrong_ones_before_it(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                accounts.sign_in("101", "wrong", "here")
        accounts.sign_in("101", PASSWORD, "here")


def test_many_tries_at_the_same_moment_are_many_tries(accounts: Accounts) -> None:
    outcomes: list[type[Exception]] = []

    def attempt() -> None:
        try:
            accounts.sign_in("101", "wrong", "here")
        except SignInRefused as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(SignInRefused) == 5
    assert outcomes.count(TooManyTries) == 7


def test_a_session_ends_when_nobody_uses_it(accounts: Accounts, clock: list[timedelta]) -> None:
    token = accounts.sign_in("101", PASSWORD, "here")
    clock[0] = IDLE - timedelta(seconds=5)
    assert accounts.visit(token)
    clock[0] += IDLE - timedelta(seconds=5)
    assert accounts.visit(token), "using it has moved its end"
    clock[0] += IDLE + timedelta(seconds=5)
    assert accounts.visit(token) is None


def test_a_session_ends_at_last_however_much_it_is_used(accounts: Accounts, clock: list[timedelta]) -> None:
    token = accounts.sign_in("101", PASSWORD, "here")
    while clock[0] < ABSOLUTE - timedelta(minutes=20):
        assert accounts.visit(token)
        clock[0] += timedelta(minutes=20)
    clock[0] = ABSOLUTE + timedelta(seconds=5)
    assert accounts.visit(token) is None


def test_only_the_hash_of_a_session_is_kept_and_the_ended_ones_go(
    home: Home, accounts: Accounts, clock: list[timedelta]
) -> None:
    first = accounts.sign_in("101", PASSWORD, "here")
    clock[0] = IDLE * 2
    second = accounts.sign_in("101", PASSWORD, "here")
    with home.database.reading() as session:
        kept = session.scalars(select(ConsoleSession.token_hash)).all()
    assert kept == [sha256(second.encode())]
    assert accounts.visit(first) is None


def test_signing_out_ends_this_session_and_no_other(accounts: Accounts) -> None:
    one, two = accounts.sign_in("101", PASSWORD, "here"), accounts.sign_in("101", PASSWORD, "there")
    accounts.sign_out(one)
    accounts.sign_out("never was one")
    assert accounts.visit(one) is None
    assert accounts.visit(two)


@pytest.mark.parametrize("why", ["password", "role"])
def test_a_new_password_or_role_signs_out_everywhere(home: Home, accounts: Accounts, why: str) -> None:
    token = accounts.sign_in("101", PASSWORD, "here")
    with home.database.writing() as session:
        if why == "password":
            district.set_password(session, home.officer, "another long one")
        else:
            end_sessions(session, home.officer)
    assert accounts.visit(token) is None


def test_every_session_has_its_own_secret(accounts: Accounts) -> None:
    visits = [accounts.visit(accounts.sign_in("101", PASSWORD, "here")) for _ in range(3)]
    secrets = {visit.csrf for visit in visits if visit}
    assert len(secrets) == 3
    assert min(map(len, secrets)) >= 32
    assert same("a", "a")
    assert not same("a", "b")
    assert not same("á", "a")


def test_the_audit_says_who_came_and_who_was_refused_but_not_what_was_typed(home: Home, accounts: Accounts) -> None:
    with pytest.raises(SignInRefused):
        accounts.sign_in("101", "my secret slip", "here")
    with pytest.raises(SignInRefused):
        accounts.sign_in("a password typed as name", "x", "here")
    accounts.sign_out(accounts.sign_in("101", PASSWORD, "here"))
    with home.database.reading() as session:
        rows = session.execute(
            select(AuditEntry.what, AuditEntry.subject).where(AuditEntry.what.like("sign%")).order_by(AuditEntry.seq)
        ).all()
        assert session.scalar(select(func.count()).where(AuditEntry.subject.like("%password%"))) == 0
    assert [tuple(row) for row in rows] == [
        ("sign-in-refused", home.officer),
        ("sign-in-refused", "unknown"),
        ("signed-in", home.officer),
        ("signed-out", home.officer),
    ]
