"""What phones are told: setup, what others wrote, errors, and the headers around it all."""

import gzip
import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from app.forms import Form
from app.tags import hash_code
from server import changes, district, places
from server.district import POLICY
from server.formbook import publish
from server.guard import MAX_BODY_BYTES
from server.openapi import Error
from sync.packing import deflate
from sync.protocol import (
    API,
    CURSOR_HEADER,
    LINES_HEADER,
    MAX_BATCH_BYTES,
    MORE_HEADER,
    NDJSON,
    RUNS_HEADER,
    SETUP_HEADER,
    STAMP_HEADER,
    TIME_HEADER,
    Code,
    Sent,
    pull_lines,
    push_lines,
    read_pull,
    read_verdicts,
)
from tests.server.conftest import BASE_URL, Home
from tests.server.phones import FORM, Phone


def pulled(answer: httpx.Response) -> list[Sent]:
    assert answer.status_code == 200
    sent = read_pull(answer.content)
    assert answer.headers[LINES_HEADER] == str(len(sent))
    return sent


# -- setup -----------------------------------------------------------------------------------------------------------


def test_setup_holds_what_a_phone_needs_and_nothing_of_other_schools(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        places.add_place(session, home.other_school, "Stage door")
        card = district.add_card(session, officer=home.officer)
        school = district.school(session, home.school)
        assert school
        school.reunification = "Community Center"
    body = phone.get("/setup").json()
    assert body["district"]["name"] == "Test district"
    assert body["officer"]["id"] == home.officer
    assert [(one["id"], one["reunification"]) for one in body["schools"]] == [(home.school, "Community Center")]
    assert [place["name"] for place in body["places"]] == ["Door 7"]
    assert body["tags"] == [
        {
            "place": home.place,
            "version": 1,
            "state": "active",
            "code": hash_code(home.tag),
            "short": hash_code(home.short),
        }
    ]
    assert {person["id"] for person in body["people"]} == {home.officer, home.both}
    assert [Form.parse(form).id for form in body["forms"]] == [FORM["id"]]
    assert body["card"]["url"] == f"{BASE_URL}/c/{card.slug}"
    assert "FN:Ana Rivera" in body["card"]["vcard"]
    assert body["policy"] == POLICY


def test_setup_names_the_places_that_are_retired_and_their_tags(home: Home, phone: Phone) -> None:
    with home.database.writing() as session:
        here = places.place(session, home.place)
        assert here
        changes.set_active(session, here, False, who="test")
        there = places.add_place(session, home.other_school, "Stage door")
        changes.set_active(session, there, False, who="test")
    body = phone.get("/setup").json()
    assert (body["places"], body["retired_places"]) == ([], [{"id": home.place, "name": "Door 7"}])
    assert [(tag["place"], tag["state"], tag["code"]) for tag in body["tags"]] == [
        (home.place, "retired", hash_code(home.tag))
    ]


def test_setup_gives_no_tag_away(home: Home, phone: Phone) -> None:
    text = phone.get("/setup").text
    assert home.tag not in text
    assert home.short not in text


def test_setup_without_a_card_says_so(phone: Phone) -> None:
    assert phone.get("/setup").json()["card"] is None


def test_setup_is_sent_once_until_something_changes(home: Home, phone: Phone) -> None:
    etag = phone.get("/setup").headers["ETag"]
    same = phone.get("/setup", **{"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    with home.database.writing() as session:
        publish(session, [{**FORM, "version": "2026112302"}])
    changed = phone.get("/setup", **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert [form["version"] for form in changed.json()["forms"]] == ["2026112302"]


# -- what others wrote -----------------------------------------------------------------------------------------------


def test_a_phone_gets_what_others_wrote_and_not_its_own(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    other = new_phone(home.both)
    mine, theirs = phone.write(), other.write()
    phone.push(mine)
    other.push(theirs)
    answer = phone.get("/revisions?after=0")
    assert [sent.revision for sent in pulled(answer)] == [theirs]
    assert (answer.headers[CURSOR_HEADER], answer.headers[MORE_HEADER]) == ("2", "0")
    assert pulled(phone.get("/revisions?after=2")) == []


def test_a_new_phone_of_an_officer_gets_what_the_old_one_wrote(phone: Phone, new_phone: Callable[..., Phone]) -> None:
    revision = phone.write()
    phone.push(revision)
    assert [sent.revision for sent in pulled(new_phone().get("/revisions"))] == [revision]


def test_nothing_of_another_school_comes_down(home: Home, phone: Phone, new_phone: Callable[..., Phone]) -> None:
    other = new_phone(home.both, home.other_school)
    other.push(other.write())
    answer = phone.get("/revisions")
    assert pulled(answer) == []
    assert answer.headers[CURSOR_HEADER] == "1"


def test_pages_follow_each_other_without_a_gap(phone: Phone, new_phone: Callable[..., Phone]) -> None:
    revisions = [phone.write() for _ in range(7)]
    phone.push(*revisions)
    reader, after, found, more = new_phone(), "0", [], "1"
    while more == "1":
        answer = reader.get(f"/revisions?after={after}&limit=3")
        found += [sent.revision for sent in pulled(answer)]
        after, more = answer.headers[CURSOR_HEADER], answer.headers[MORE_HEADER]
    assert found == revisions


def test_a_page_is_bounded_in_bytes_too(
    phone: Phone, new_phone: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.pull.MAX_BATCH_BYTES", 5_000)
    phone.push(*[phone.write({"channel": "phone", "summary": "x" * 1_000}) for _ in range(20)])
    answer = new_phone().get("/revisions")
    assert answer.headers[MORE_HEADER] == "1"
    assert len(pulled(answer)) == 4


def test_the_lines_are_what_the_protocol_would_write(phone: Phone, new_phone: Callable[..., Phone]) -> None:
    phone.push(phone.write({"channel": "phone", "summary": 'José says: "ño" \n\u2028'}))
    answer = new_phone().get("/revisions", **{"Accept-Encoding": "identity"})
    assert answer.content == pull_lines(read_pull(answer.content))


def test_answers_come_packed_to_whoever_can_unpack(phone: Phone, new_phone: Callable[..., Phone]) -> None:
    written = [phone.write() for _ in range(5)]
    phone.push(*written)
    reader = new_phone()
    packed = reader.get("/revisions", **{"Accept-Encoding": "gzip"})
    plain = reader.get("/revisions", **{"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    verdicts = phone.send(push_lines(written), **{"Accept-Encoding": "gzip"})
    assert verdicts.headers["Content-Encoding"] == "gzip"
    assert [verdict.hash for verdict in read_verdicts(verdicts.content)] == [revision.hash for revision in written]


def test_only_a_phone_that_reads_runs_is_told_in_runs(phone: Phone) -> None:
    written = [phone.write() for _ in range(5)]
    hashes = [revision.hash for revision in written]
    told = phone.send(push_lines(written), **{RUNS_HEADER: "1"})
    assert told.content.count(b"\n") == 1
    again = phone.send(push_lines(written))
    assert again.content.count(b"\n") == 5
    assert read_verdicts(told.content, hashes) == read_verdicts(again.content)


def test_a_phone_that_has_the_newest_stamp_is_not_sent_it_again(phone: Phone) -> None:
    phone.push(phone.write())
    known = phone.get("/revisions").headers[STAMP_HEADER].rpartition(".")[0]
    assert STAMP_HEADER not in phone.get("/revisions", **{STAMP_HEADER: known}).headers
    phone.push(phone.write())
    assert phone.get("/revisions", **{STAMP_HEADER: known}).headers[STAMP_HEADER] > known


def test_a_form_that_is_published_changes_the_setups_name(home: Home, phone: Phone) -> None:
    before = phone.get("/setup").headers["ETag"]
    assert phone.get("/revisions").headers[SETUP_HEADER] == before
    with home.database.writing() as session:
        publish(session, [{**FORM, "title": {"en": "Another", "es": "Otro"}}])
    after = phone.get("/revisions").headers[SETUP_HEADER]
    assert after != before
    assert phone.get("/setup").headers["ETag"] == after


def test_a_cursor_that_this_district_never_gave_is_refused(phone: Phone) -> None:
    answer = phone.get("/revisions?after=99")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, Code.DISTRICT_RESTORED)


def test_a_phone_that_asks_without_end_is_told_to_wait_and_disturbs_no_other(
    phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    answers = [phone.get("/tally?since=2026-11-25T00:00:00Z&until=0") for _ in range(650)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert 40 <= len(limited) <= 60, "six hundred a minute are allowed"
    assert limited[0].json()["error"]["code"] == Code.TOO_MANY_REQUESTS
    assert limited[0].json()["error"]["message"]
    assert 1 <= int(limited[0].headers["Retry-After"]) <= 60
    other = new_phone()
    assert [verdict.verdict for verdict in other.push(other.write())] == ["accepted"]


def test_a_phone_that_catches_up_gets_its_own_revisions_too(phone: Phone) -> None:
    revision = phone.write()
    phone.push(revision)
    assert read_pull(phone.get("/revisions?after=0").content) == []
    assert [sent.revision for sent in read_pull(phone.get("/revisions?after=0&own=true").content)] == [revision]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1e9", "limit=0", "limit=501", f"after={10**30}"])
def test_a_cursor_or_limit_that_is_none_is_refused(phone: Phone, query: str) -> None:
    answer = phone.get(f"/revisions?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, Code.BAD_REQUEST)


# -- errors and headers ----------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_is_unpacked(phone: Phone) -> None:
    bomb = gzip.compress(b"\n" * 100_000_000, 9)
    began = time.perf_counter()
    answer = phone.send(bomb, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, Code.TOO_BIG)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("body", "encoding", "code"),
    [
        (b"not gzip", "gzip", Code.BAD_REQUEST),
        (deflate(b"{}\n")[:-3], "gzip", Code.BAD_REQUEST),
        (b"{}\n", "br", Code.BAD_REQUEST),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(phone: Phone, body: bytes, encoding: str, code: Code) -> None:
    answer = phone.send(body, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_batch_that_is_too_big_is_refused(phone: Phone) -> None:
    answer = phone.send(b"x" * (MAX_BATCH_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, Code.TOO_BIG)


def test_no_request_may_be_larger_than_the_largest(client: httpx.Client) -> None:
    answer = client.post(f"{API}/enrol", content=b"x" * (MAX_BODY_BYTES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, Code.TOO_BIG)
    assert TIME_HEADER in answer.headers


def test_a_body_that_does_not_say_its_length_is_counted(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1_000_000 + 2):
            yield b"x" * 1_000_000

    answer = client.post(f"{API}/enrol", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, Code.TOO_BIG)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{API}/nothing", 404, Code.NOT_FOUND),
        ("POST", "/api/v2/revisions", 404, Code.DISTRICT_TOO_OLD),
        ("POST", "/api/v0/revisions", 410, Code.APP_TOO_OLD),
        ("GET", "/api/v12345/revisions", 404, Code.NOT_FOUND),
        ("GET", "/api/vain/", 404, Code.NOT_FOUND),
        ("PATCH", f"{API}/revisions", 405, Code.BAD_REQUEST),
        ("GET", f"{API}/blobs/xyz", 401, Code.DEVICE_UNKNOWN),
        ("POST", f"{API}/enrol", 400, Code.BAD_REQUEST),
    ],
)
def test_the_api_says_no_in_json(client: httpx.Client, method: str, path: str, status: int, code: Code) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_every_answer_of_the_api_tells_the_districts_time(phone: Phone, client: httpx.Client) -> None:
    for answer in (phone.get("/setup"), client.get(f"{API}/nothing"), phone.send(b"x")):
        assert abs(int(answer.headers[TIME_HEADER]) - time.time() * 1000) < 60_000


def test_every_answer_protects_browsers(client: httpx.Client) -> None:
    for path in ("/healthz", f"{API}/setup", "/", "/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_trouble_inside_reaches_nobody_as_a_traceback(
    phone: Phone, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("secret-of-a-family")

    monkeypatch.setattr("server.api.setup", explode)
    monkeypatch.setattr("server.app.counts", explode)
    answer = phone.get("/setup")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, Code.INTERNAL)
    page = client.get("/healthz")
    assert page.status_code == 500
    for text in (answer.text, page.text, caplog.text):
        assert "secret-of-a-family" not in text
        assert "Traceback" not in text
    assert "RuntimeError" in caplog.text


def test_the_access_log_has_no_codes_ids_or_addresses(
    home: Home, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    phone.get("/revisions?after=0")
    phone.get(f"/blobs/{'a' * 64}")
    phone.client.get(f"/t/{home.tag}")
    phone.client.get("/app/enrol/23456789ABC")
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("beatbook"))
    assert f"GET {API}/revisions 200" in logged
    for secret in (home.tag, "a" * 64, "23456789ABC", phone.device, phone.token):
        assert secret not in logged


def test_the_access_log_says_why_something_was_refused_and_nothing_of_whom(
    home: Home, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    theirs = [
        phone.write({"channel": "smoke-of-a-family"}),
        phone.write(author=home.both),
        phone.write(author=home.both),
    ]
    phone.send(push_lines([phone.write(), *theirs]) + b"no JSON\n")
    phone.send(push_lines(theirs)[:-9])
    phone.get("/revisions?after=999")
    phone.client.get("/api/v2/setup")
    logged = [record.getMessage() for record in caplog.records if record.name == "beatbook.access"]
    assert [line.partition(" ms")[2] for line in logged] == [
        " answers_refused bad_json wrong_author x2",
        " bad_json",
        " district_restored",
        " district_too_old",
    ]
    for secret in ("smoke", phone.device, phone.token, home.both, phone.officer, theirs[0].record, theirs[0].hash):
        assert secret not in "\n".join(logged)


def test_healthz_counts_and_names_nobody(home: Home, phone: Phone, client: httpx.Client) -> None:
    phone.push(phone.write())
    answer = client.get("/healthz")
    assert answer.json() == {
        "status": "ok",
        "version": "0.1.0",
        "database": "postgresql" if home.settings.database_url else "sqlite",
        "counts": {"records": 1, "revisions": 1, "photos": 0, "officers": 2, "devices": 1},
    }
    assert client.head("/healthz").status_code == 200


def test_the_api_describes_every_no_and_what_is_read_as_it_comes(client: httpx.Client, phone: Phone) -> None:
    described = client.get("/api/openapi.json").json()
    operations = {(verb, path): told for path, verbs in described["paths"].items() for verb, told in verbs.items()}
    for told in operations.values():
        assert {"200", "4XX", "5XX"} <= told["responses"].keys(), "and no 422 of the framework, which is never sent"
        assert "422" not in told["responses"]
        refused = told["responses"]["4XX"]["content"]["application/json"]["schema"]["$ref"]
        assert refused == "#/components/schemas/Error"
    assert set(described["components"]["schemas"]["Code"]["enum"]) == set(Code)
    batch = operations["post", f"{API}/revisions"]
    assert set(batch["requestBody"]["content"]) == set(batch["responses"]["200"]["content"]) == {NDJSON}
    for verb, path in operations:
        if verb in ("put", "post"):
            assert operations[verb, path]["requestBody"]["required"], path
    Error.model_validate(phone.send(b"{").json())


def test_the_api_describes_itself(client: httpx.Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {f"{API}/enrol", f"{API}/setup", f"{API}/revisions", f"{API}/blobs/{{sha256}}"} <= set(paths)
    assert json.dumps(paths).count("/console") == 0
    assert client.get("/docs").status_code == 404
