"""How a phone is bound to an officer, and who is turned away."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from app.ids import sha256
from app.tags import hash_code, show
from server import brakes, district, enrolment
from server.district import DistrictError
from server.tables import AuditEntry, Device, EnrolmentCode, now
from sync.protocol import API, APP_HEADER, DEVICE_HEADER, Code
from tests.server.conftest import BASE_URL, Home
from tests.server.phones import Phone


def code_for(home: Home, officer: str | None = None, hours: float = 72) -> str:
    with home.database.writing() as session:
        return enrolment.make_code(session, officer or home.officer, hours=hours)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["message"]
    assert error["safe"]
    return answer.status_code, error["code"]


@pytest.fixture
def stranger(home: Home, client: httpx.Client) -> Phone:
    """A phone that belongs to nobody yet."""
    return Phone(client, home.officer, home.school)


def test_a_code_binds_a_phone_to_its_officer(home: Home, stranger: Phone) -> None:
    answer = stranger.enrol(code_for(home))
    assert answer.status_code == 200
    body = answer.json()
    assert body["device"] == stranger.device
    assert body["officer"]["id"] == home.officer
    assert body["officer"]["schools"] == [home.school]
    assert body["district"]["base_url"] == BASE_URL
    assert body["district"]["phone"] == "(918) 245-8777"
    assert stranger.get("/setup").status_code == 200


def test_a_code_may_be_typed_as_it_is_shown_or_in_small_letters(home: Home, stranger: Phone) -> None:
    assert stranger.enrol(f" {show(code_for(home)).lower()} ").status_code == 200


def test_an_enrolment_whose_answer_was_lost_is_repeated_with_the_same_answer(home: Home, stranger: Phone) -> None:
    code = code_for(home)
    first, again = stranger.enrol(code), stranger.enrol(code)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    with home.database.reading() as session:
        assert len(district.devices(session)) == 1


def test_the_district_keeps_only_hashes_of_codes_and_tokens(home: Home, stranger: Phone) -> None:
    code = code_for(home)
    stranger.enrol(code)
    with home.database.reading() as session:
        assert session.scalars(select(EnrolmentCode.code_hash)).all() == [hash_code(code)]
        assert session.scalars(select(Device.token_hash)).all() == [sha256(stranger.token.encode())]
    kept = b"".join(path.read_bytes() for path in home.settings.data.rglob("*") if path.is_file())
    assert code.encode() not in kept
    assert stranger.token.encode() not in kept


def test_a_wrong_code_is_named(stranger: Phone) -> None:
    assert refusal(stranger.enrol("23456789ABC")) == (404, Code.ENROL_CODE_WRONG)


def test_a_used_code_is_named(home: Home, client: httpx.Client, stranger: Phone) -> None:
    code = code_for(home)
    stranger.enrol(code)
    assert refusal(Phone(client, home.officer, home.school).enrol(code)) == (409, Code.ENROL_CODE_USED)
    stranger.token = stranger.token[::-1]
    assert refusal(stranger.enrol(code)) == (409, Code.ENROL_CODE_USED)


def test_an_expired_code_is_named(home: Home, stranger: Phone) -> None:
    assert refusal(stranger.enrol(code_for(home, hours=0))) == (410, Code.ENROL_CODE_EXPIRED)


def test_a_phone_that_is_bound_asks_again_as_another_device(home: Home, stranger: Phone) -> None:
    stranger.enrol(code_for(home))
    assert refusal(stranger.enrol(code_for(home, home.both))) == (400, Code.BAD_REQUEST)


def test_of_many_phones_with_one_code_exactly_one_is_bound(home: Home, client: httpx.Client) -> None:
    code = code_for(home)
    phones = [Phone(client, home.officer, home.school) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda phone: phone.enrol(code).status_code, phones))
    assert sorted(statuses) == [200] + [409] * 7


def test_guessing_codes_is_braked_and_told_how_long(home: Home, stranger: Phone) -> None:
    answers = [stranger.enrol("23456789ABC") for _ in range(brakes.ENROL.amount + 1)]
    assert refusal(answers[-1]) == (429, Code.TOO_MANY_REQUESTS)
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert stranger.enrol(code_for(home)).status_code == 429


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("code", None),
        ("code", 42),
        ("code", "x" * 100),
        ("device", "42"),
        ("device", "01937A00-3000-7000-8000-000000000003"),
        ("token", "short"),
        ("token", "x" * 44),
        ("token", "ü" * 43),
        ("name", "x" * 300),
        ("name", "half a pair \ud800"),
        ("name", "nul \0"),
        ("platform", ["android"]),
    ],
)
def test_a_request_with_a_wrong_part_is_refused_without_an_echo(
    home: Home, client: httpx.Client, part: str, value: Any
) -> None:
    phone = Phone(client, home.officer, home.school)
    body = {"code": "23456789ABC", "device": phone.device, "token": phone.token, part: value}
    answer = client.post(f"{API}/enrol", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert refusal(answer) == (400, Code.BAD_REQUEST)
    assert phone.token not in answer.text


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(client: httpx.Client, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr("server.brakes.Brakes.count", lambda *_: None)
    answer = client.post(f"{API}/enrol", content=body, headers={"Content-Type": "application/json"})
    assert refusal(answer)[0] == 400


# -- who is recognised -----------------------------------------------------------------------------------------------


def test_a_phone_without_a_token_or_with_another_is_unknown(phone: Phone) -> None:
    for headers in (
        {},
        {"Authorization": f"Bearer {phone.token}"},
        {DEVICE_HEADER: phone.device},
        {"Authorization": f"Basic {phone.token}", DEVICE_HEADER: phone.device},
        {"Authorization": f"Bearer {phone.token}x", DEVICE_HEADER: phone.device},
        {"Authorization": f"Bearer {phone.token}", DEVICE_HEADER: "' OR 1=1 --"},
    ):
        answer = phone.client.get(f"{API}/setup", headers=headers)
        assert refusal(answer) == (401, Code.DEVICE_UNKNOWN)


def test_a_revoked_phone_is_refused_everywhere(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        district.revoke_device(session, phone.device)
    for answer in (
        phone.get("/setup"),
        phone.get("/revisions"),
        phone.send(b""),
        phone.put_photo(b"x"),
        phone.get(f"/blobs/{'0' * 64}"),
    ):
        assert refusal(answer) == (403, Code.DEVICE_REVOKED)
        assert answer.json()["error"]["safe"].endswith("Everything on this phone is deleted.")


def test_a_closed_account_ends_its_phones_and_codes(home: Home, phone: Phone, client: httpx.Client) -> None:
    code = code_for(home)
    with home.database.writing() as session:
        district.deactivate_officer(session, home.officer)
    assert refusal(phone.get("/setup")) == (403, Code.DEVICE_REVOKED)
    assert refusal(Phone(client, home.officer, home.school).enrol(code)) == (410, Code.ENROL_CODE_EXPIRED)
    with home.database.writing() as session, pytest.raises(DistrictError):
        enrolment.make_code(session, home.officer)


def test_strangers_are_braked_by_address(client: httpx.Client) -> None:
    statuses = [client.get(f"{API}/setup").status_code for _ in range(brakes.STRANGER.amount + 1)]
    assert (statuses[0], statuses[-1]) == (401, 429)


def test_a_phone_that_asks_without_end_is_braked_alone(
    phone: Phone, new_phone: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.DEVICE", RateLimitItemPerMinute(3))
    statuses = [phone.get("/revisions").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert new_phone().get("/revisions").status_code == 200


def test_the_last_contact_and_the_apps_version_are_noted(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        device = session.get(Device, phone.device)
        assert device
        device.last_seen = now() - timedelta(hours=1)
    phone.get("/revisions", **{APP_HEADER: "0.2.0"})
    with home.database.reading() as session:
        device = session.get(Device, phone.device)
        assert device
        assert device.app == "0.2.0"
        assert now() - device.last_seen < timedelta(minutes=1)


def test_every_binding_leaves_a_line_in_the_audit(home: Home, phone: Phone) -> None:
    with home.database.reading() as session:
        entries = [(entry.who, entry.what) for entry in session.scalars(select(AuditEntry))]
    assert (f"device:{phone.device}", "device-enrolled") in entries
