"""What a wiped phone hands in: piece by piece, for whoever has a code, and for nobody else."""

import secrets
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute

from app.ids import sha256
from server import enrolment
from server.brakes import Brakes
from server.leftovers import waiting
from sync.protocol import API, MAX_LEFT_BYTES, MAX_PIECE_BYTES, Code
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture

VAULT = "0123456789abcdef0123456789abcdef"
FILES = {"vault.json": b"a vault", "journal-000001": bytes(range(256)) * 20, "journal-000002": b""}


class Wiped:
    """A wiped phone, as far as the wire sees it."""

    def __init__(self, home: Home, client: httpx.Client, files: dict[str, bytes] | None = None) -> None:
        self.client = client
        self.vault = VAULT
        self.token = secrets.token_urlsafe(32)
        self.files = FILES if files is None else files
        with home.database.writing() as session:
            self.code = enrolment.make_code(session, home.officer)

    def announce(self, **changes: Any) -> httpx.Response:
        files = [{"name": n, "bytes": len(data), "sha256": sha256(data)} for n, data in self.files.items()]
        body = {"code": self.code, "vault": self.vault, "token": self.token, "files": files, **changes}
        return self.client.post(f"{API}/leftovers", json=body)

    def missing(self) -> dict[str, int]:
        answer = self.announce()
        assert answer.status_code == 200, answer.text
        return {file["name"]: file["at"] for file in answer.json()["missing"]}

    def put(self, name: str, at: int, piece: bytes, token: str | None = None, vault: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.client.put(f"{API}/leftovers/{vault or self.vault}/{name}?at={at}", content=piece, headers=headers)

    def put_all(self) -> None:
        for name in self.missing():
            assert self.put(name, 0, self.files[name]).json() == {"name": name, "at": len(self.files[name])}


@pytest.fixture
def wiped(home: Home, client: httpx.Client) -> Wiped:
    """A wiped phone of officer Rivera, with a new code."""
    return Wiped(home, client)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"]


def here(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.settings.leftovers_path.rglob("*") if path.is_file()}


def test_all_of_it_arrives_and_asking_again_says_so(home: Home, wiped: Wiped) -> None:
    assert wiped.missing() == dict.fromkeys(FILES, 0)
    wiped.put_all()
    assert wiped.missing() == {} == wiped.missing()
    assert here(home) == FILES
    with home.database.reading() as session:
        [hand_in] = waiting(session, home.officer)
    assert hand_in.complete_at
    assert all(p.stat().st_mode & 0o077 == 0 for p in home.settings.leftovers_path.rglob("*") if p.is_file())


def test_the_code_still_binds_a_phone_afterwards(wiped: Wiped, client: httpx.Client) -> None:
    wiped.put_all()
    assert Phone(client, "", "").enrol(wiped.code).status_code == 200
    assert refusal(wiped.announce()) == (409, Code.ENROL_CODE_USED)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.data())
def test_pieces_in_any_order_and_twice_make_the_file_once_they_fit(
    home: Home, wiped: Wiped, data: st.DataObject
) -> None:
    whole = FILES["journal-000001"]
    home.app.state.brakes, wiped.vault = Brakes(), secrets.token_hex(16)
    now = wiped.missing()["journal-000001"]
    for at in data.draw(st.lists(st.integers(0, len(whole) + 5) | st.just(-1), max_size=6)):
        at, size = now if at < 0 else at, data.draw(st.integers(0, 3000))
        answer = wiped.put("journal-000001", at, whole[at : at + size])
        after = answer.json()["at"]
        assert after == (now + len(whole[at : at + size]) if at == now else now)
        now = after
    kept = [path.read_bytes() for path in home.settings.leftovers_path.glob(f"{wiped.vault}-*/journal-000001*")]
    assert b"".join(kept) == whole[:now]


def test_a_file_that_was_changed_on_the_way_begins_anew(wiped: Wiped) -> None:
    wiped.missing()
    assert refusal(wiped.put("vault.json", 0, b"b vault")) == (422, Code.LEFTOVERS_CHANGED)
    assert wiped.missing()["vault.json"] == 0
    assert wiped.put("vault.json", 0, b"a vault").status_code == 200


def test_a_file_announced_with_other_bytes_takes_the_place_of_the_one_before(home: Home, wiped: Wiped) -> None:
    wiped.put_all()
    wiped.files = {**FILES, "journal-000001": b"another"}
    assert wiped.missing() == {"journal-000001": 0}
    wiped.put("journal-000001", 0, b"another")
    assert wiped.missing() == {}
    assert here(home)["journal-000001"] == b"another"


def test_a_piece_beyond_the_announced_end_adds_nothing(home: Home, wiped: Wiped) -> None:
    wiped.missing()
    assert wiped.put("vault.json", 0, b"a vault and more").json()["at"] == 0
    assert wiped.put("vault.json", 1 << 30, b"x").json()["at"] == 0
    assert here(home) == {}


def test_nobody_adds_without_the_token_of_the_last_announcement(wiped: Wiped) -> None:
    before = wiped.token
    wiped.missing()
    wiped.token = secrets.token_urlsafe(32)
    wiped.missing()
    for token in (before, "", "x" * 43):
        assert refusal(wiped.put("vault.json", 0, b"a vault", token or " ")) == (404, Code.LEFTOVERS_UNKNOWN)
    assert refusal(wiped.put("vault.json", 0, b"a vault", vault="f" * 32)) == (404, Code.LEFTOVERS_UNKNOWN)


def test_two_officers_hand_in_the_same_vault_beside_each_other(home: Home, client: httpx.Client, wiped: Wiped) -> None:
    other = Wiped(home, client, {"vault.json": b"made up"})
    with home.database.writing() as session:
        other.code = enrolment.make_code(session, home.both)
    wiped.put_all()
    other.put_all()
    assert wiped.missing() == {} == other.missing()
    with home.database.reading() as session:
        assert {one.officer for one in waiting(session)} == {home.officer, home.both}


@pytest.mark.parametrize(
    "name",
    ["settings.json", "../../secret.key", "journal-1", "photo-abc", "vault.json.part", "vault.json\n", "lock", ""],
)
def test_files_that_no_phone_hands_in_are_refused(wiped: Wiped, name: str) -> None:
    wiped.files = {**FILES, name: b"x"}
    assert refusal(wiped.announce()) == (400, Code.BAD_REQUEST)
    assert wiped.put(quote(name or "x"), 0, b"x").status_code in (400, 404)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"files": []}, Code.BAD_REQUEST),
        ({"files": [{"name": "vault.json", "bytes": -1, "sha256": "0" * 64}]}, Code.BAD_REQUEST),
        ({"files": [{"name": "vault.json", "bytes": 100_001, "sha256": "0" * 64}]}, Code.TOO_BIG),
        ({"vault": "../" + "0" * 29}, Code.BAD_REQUEST),
        ({"vault": VAULT.upper()}, Code.BAD_REQUEST),
        ({"token": "short"}, Code.BAD_REQUEST),
        ({"code": "ABCDEFGHJKL"}, Code.ENROL_CODE_WRONG),
    ],
)
def test_an_announcement_that_is_none_changes_nothing(home: Home, wiped: Wiped, change: Any, code: Code) -> None:
    assert refusal(wiped.announce(**change))[1] == code
    with home.database.reading() as session:
        assert waiting(session) == []


def test_more_than_a_phone_can_have_is_refused_before_it_is_sent(wiped: Wiped) -> None:
    vault = {"name": "vault.json", "bytes": 7, "sha256": sha256(b"a vault")}

    def announce(name: str, size: int) -> tuple[int, str]:
        return refusal(wiped.announce(files=[vault, {"name": name, "bytes": size, "sha256": "0" * 64}]))

    assert announce("journal-000001", MAX_LEFT_BYTES) == (413, Code.TOO_BIG)
    assert announce("photo-" + "a" * 64, 12_000_000) == (413, Code.TOO_BIG)
    wiped.missing()
    assert refusal(wiped.put("journal-000001", 0, bytes(MAX_PIECE_BYTES + 1))) == (413, Code.TOO_BIG)


def test_a_photo_among_the_records_is_not_asked_for(home: Home, client: httpx.Client, phone: Phone) -> None:
    photo = picture()
    phone.push(phone.write({"channel": "phone", "photo": photo_answer(photo)}))
    assert phone.put_photo(photo).status_code == 201
    wiped = Wiped(home, client, {"vault.json": b"a vault", f"photo-{sha256(photo)}": b"sealed"})
    assert wiped.missing() == {"vault.json": 0}


def test_guessing_tokens_is_braked(wiped: Wiped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.leftovers_api.STRANGER", RateLimitItemPerMinute(2))
    wiped.missing()
    seen = [wiped.put("vault.json", 0, b"a vault", "x" * 43).status_code for _ in range(3)]
    assert seen == [404, 404, 429]


def test_the_access_log_names_no_vault(wiped: Wiped, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "beatbook.access"):
        wiped.put_all()
    assert VAULT not in caplog.text
    assert wiped.code not in caplog.text
