"""Open311 GeoReport v2: read by a client that others wrote, in both formats; public is only what may be."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import uvicorn
from georeport import GeoReport  # type: ignore[import-untyped]  # the library ships no type hints
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from server import district
from server.formbook import publish
from server.public import senders
from server.public.open311 import is_public
from server.tables import Place, Record
from tests.app.formkit import published
from tests.server.conftest import Home
from tests.server.phones import Phone

ADDRESS = "/open311/v2"
NOW = "2026-11-25T08:00:00.000-06:00"
REPORT = {"service_code": "LIT-NEEDLE", "description": "Needles by the fence", "address_string": "Gate 3"}
FORM = published()["community_complaint"]


@pytest.fixture
def on(home: Home) -> None:
    """The district has its forms and the interface is switched on."""
    with home.database.writing() as session:
        publish(session, [published()["family_request"], FORM])
        kept = district.the_district(session)
        kept.policy = {**kept.policy, district.OPEN311: True}
        place = session.get_one(Place, home.place)
        place.lat, place.lon = 36.15371, -95.99277


@pytest.fixture
def complain(on: None, phone: Phone, home: Home) -> Callable[..., str]:
    """An officer writes a complaint, marked public unless said otherwise."""
    del on

    def write(**answers: Any) -> str:
        usual = {"service_code": "TRF-SPEED", "reporter_kind": "resident", "status": "received", "public": "yes"}
        about = {"form": FORM["id"], "form_version": FORM["version"], "record_class": FORM["class"]}
        secret = {
            "description": "Says Mr Secret",
            "address": "12 Secret St",
            "occurred_at": "2026-11-25T08:00:00.000-06:00",
        }
        revision = phone.write({**usual, **secret, **answers}, place=home.place, **about)
        assert phone.push(revision)[0].verdict == "accepted"
        return revision.record

    return write


@pytest.fixture
def served(home: Home) -> Iterator[str]:
    """The district on a socket, for a client that knows no other way; its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        server = uvicorn.Server(uvicorn.Config(home.app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}{ADDRESS}"
        server.should_exit = True
        thread.join()


def send(client: httpx.Client, home: Home, form: str = "json", **fields: str) -> httpx.Response:
    given = {**REPORT, "attribute[school]": home.school, **fields}
    return client.post(f"{ADDRESS}/requests.{form}", data=given)


def asked(home: Home) -> list[Record]:
    with home.database.reading() as session:
        return list(session.scalars(select(Record).where(Record.form == "family_request")))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_that_others_wrote_reads_services_definitions_and_complaints(
    complain: Callable[..., str], served: str, form: str
) -> None:
    record = complain(status="closed", resolution="solved", public_notes="A sign & a <hump>")
    other = complain(service_code="LIT-DUMP")
    theirs = GeoReport(served, output_format=form)
    services = {one["service_code"]: one for one in theirs.get_service_list()}
    assert len(services) == 20
    assert services["NOI-LOUD"]["service_name"] == "Noise: loud music or voices"
    assert services["NOI-LOUD"]["group"] == "Noise"
    definition = theirs.get_service_definition("NOI-LOUD")
    attributes = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [one["code"] for one in attributes] == ["school", "when_happens"]
    listed = {one["service_request_id"]: one for one in theirs.get_service_requests()}
    assert listed.keys() == {record, other}
    (only,) = [theirs.get_service_request(record)]
    assert only == listed[record]
    assert (only["status"], only["status_notes"]) == ("closed", "A sign & a <hump>")
    assert (float(only["lat"]), float(only["long"])) == (36.15, -95.99)
    assert only["address"] == "North Middle School"
    assert [one["service_request_id"] for one in _many(theirs.get_service_requests(service_code="LIT-DUMP"))] == [other]
    assert [one["service_request_id"] for one in _many(theirs.get_service_requests(status="closed"))] == [record]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("status", ["open,done", "received"])
def test_a_status_that_there_is_not_is_refused_with_those_that_there_are(
    complain: Callable[..., str], client: httpx.Client, form: str, status: str
) -> None:
    complain()
    answer = client.get(f"{ADDRESS}/requests.{form}?status={status}")
    assert answer.status_code == 400
    assert errors_of(answer, form) == ["400"]
    assert "status: say open, closed, or both" in answer.text
    assert "service_code" in client.get(f"{ADDRESS}/requests.{form}?status=Open, closed,").text


def _many(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(
    "answers",
    [
        {"service_code": "DRG-SALE"},
        {"reporter_kind": "student"},
        {"public": "no"},
    ],
)
def test_what_is_not_marked_or_never_may_be_public_is_not_shown(
    complain: Callable[..., str], client: httpx.Client, home: Home, answers: dict[str, str]
) -> None:
    record = complain()
    with home.database.writing() as session:  # as an older form, or another program, might have kept it
        kept = session.get_one(Record, record)
        assert is_public(kept)
        kept.answers = {**kept.answers, **answers}
    assert client.get(f"{ADDRESS}/requests.json").json() == []
    assert client.get(f"{ADDRESS}/requests/{record}.json").status_code == 404
    assert client.get(f"{ADDRESS}/requests.json?service_request_id={record}").json() == []


def test_no_text_name_or_exact_place_of_a_complaint_gets_out(
    complain: Callable[..., str], client: httpx.Client
) -> None:
    complain(
        **{"gps": {"lat": 36.123456, "lon": -95.98765}, "anonymous": "no", "reporter_name": "Secret"},
        **{"notes": "Secret", "status": "looking", "status_notes": "Secret"},
    )
    for form in ("json", "xml"):
        text = client.get(f"{ADDRESS}/requests.{form}").text
        assert "Secret" not in text
        assert "36.12" in text
        assert "36.123" not in text


def test_a_report_becomes_a_request_of_the_school_and_its_number_says_how_far_it_is(
    on: None, client: httpx.Client, home: Home
) -> None:
    del on
    answer = send(client, home, first_name="Pat", last_name="Lee", lat="36.1", long="-95.9")
    assert answer.status_code == 200
    (said,) = answer.json()
    assert "911" in said["service_notice"]
    (record,) = asked(home)
    assert record.school == home.school
    assert (
        record.answers.items()
        >= {
            "kind": "problem",
            "service_code": "LIT-NEEDLE",
            "address": "Gate 3",
            "name": "Pat Lee",
            "gps": {"lat": 36.1, "lon": -95.9},
            "came_by": "Open311",
        }.items()
    )
    assert client.get(f"{ADDRESS}/requests/{said['service_request_id']}.json").json() == [
        {"service_request_id": said["service_request_id"], "status": "open", "status_notes": ""}
    ]
    assert client.get(f"/r/{said['service_request_id']}").status_code == 200
    assert client.get(f"{ADDRESS}/requests.json").json() == []


def test_a_report_sent_again_is_the_same_one(on: None, client: httpx.Client, home: Home) -> None:
    del on
    assert send(client, home).json() == send(client, home).json()
    assert send(client, home, description="Others").json() != send(client, home).json()
    assert len(asked(home)) == 2


def test_words_that_sound_urgent_are_answered_with_911(on: None, client: httpx.Client, home: Home) -> None:
    del on
    answer = send(client, home, "xml", description="He has a gun")
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    assert root.tag == "service_requests"
    assert "Call 911" in (root.findtext("request/service_notice") or "")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"attribute[school]": "nowhere"}, "attribute[school]: say which school"),
        ({"service_code": "NO-SUCH"}, "service_code: Please choose one"),
        ({"description": ""}, "description: Say in a few words"),
        ({"lat": "north", "long": "1"}, "lat, long: these are no numbers"),
        ({"lat": "91", "long": "1"}, "gps: "),
        ({"media_url": "https://pictures.example/1.jpg"}, "media_url: pictures are not fetched"),
        ({"description": "x" * 200_000}, "no answer of such length"),
        ({"phone": "call me"}, "phone: Write the number"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_with_a_mistake_is_refused_with_the_argument_and_the_reason(
    on: None, client: httpx.Client, home: Home, fields: dict[str, str], says: str, form: str
) -> None:
    del on
    given = {**REPORT, "attribute[school]": home.school, **fields}
    answer = client.post(f"{ADDRESS}/requests.{form}", data=given, files={} if len(str(given)) < 9_999 else {"a": b""})
    assert answer.status_code == 400
    if form == "json":
        (error,) = answer.json()
        assert error["code"] == 400
        assert says in error["description"]
    else:
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
        assert (root.tag, root.findtext("error/code")) == ("errors", "400")
        assert says in (root.findtext("error/description") or "")
    assert asked(home) == []


@pytest.mark.parametrize(
    ("method", "path", "accepted", "status", "form"),
    [
        ("GET", "", "*/*", 404, "json"),
        ("GET", "/nothing.xml", "*/*", 404, "xml"),
        ("GET", "/nothing", "text/xml", 404, "xml"),
        ("GET", "/nothing", "text/html,application/xhtml+xml", 404, "json"),
        ("GET", "/services/LIT-NEEDLE/more.json", "*/*", 404, "json"),
        ("GET", "/requests/%00.xml", "*/*", 404, "xml"),
        ("GET", "/services.csv", "*/*", 404, "json"),
        ("DELETE", "/requests.json", "*/*", 405, "json"),
        ("PUT", "/requests/1.xml", "*/*", 405, "xml"),
        ("POST", "/discovery.json", "*/*", 405, "json"),
    ],
)
def test_every_other_address_and_method_is_refused_with_a_list_of_errors(
    on: None, client: httpx.Client, method: str, path: str, accepted: str, status: int, form: str
) -> None:
    del on
    answer = client.request(method, f"{ADDRESS}{path}", headers={"Accept": accepted})
    assert answer.status_code == status
    assert errors_of(answer, form) == [str(status)]
    assert ("allow" in answer.headers) == (status == 405)


def errors_of(answer: httpx.Response, form: str) -> list[str]:
    if form == "json":
        return [str(error["code"]) for error in answer.json() if error["description"]]
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    return [one.findtext("code") or "" for one in root.iter("error") if one.findtext("description")]


def test_a_report_larger_than_any_may_be_is_refused_with_a_list_of_errors(on: None, client: httpx.Client) -> None:
    del on
    answer = client.post(f"{ADDRESS}/requests.xml", content=b"x" * 11_000_000)
    assert answer.status_code == 413
    assert errors_of(answer, "xml") == ["413"]


def test_whoever_reads_again_and_again_waits_a_minute(
    on: None, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    del on
    monkeypatch.setattr("server.public.open311.STRANGER", RateLimitItemPerMinute(2))
    answers = [client.get(f"{ADDRESS}/requests.xml") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert errors_of(answers[2], "xml") == ["429"]


def test_no_character_makes_an_answer_that_is_no_xml(on: None, client: httpx.Client) -> None:
    del on
    answer = client.get(f"{ADDRESS}/services/%EF%BF%BF%EF%BF%BE%01.xml")
    assert errors_of(answer, "xml") == ["404"]


def test_what_may_be_read_may_be_asked_about_without_a_body(on: None, client: httpx.Client) -> None:
    del on
    answer = client.head(f"{ADDRESS}/services.json")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"attribute[school]": "nowhere"}, 400),
        ({"service_code": "NO-SUCH"}, 400),
        ({"lat": "north", "long": "1"}, 400),
        ({"media_url": "https://pictures.example/1.jpg"}, 400),
        ({"last_name": "x" * 200}, 400),
        ({"again": "much"}, 429),
    ],
)
def test_a_refused_report_that_sounds_urgent_is_answered_with_911_too(
    on: None, client: httpx.Client, home: Home, fields: dict[str, str], status: int
) -> None:
    del on
    for number in range(4 if status == 429 else 0):
        send(client, home, description=f"Needles {number}")
    answer = send(client, home, **{"description": "He has a gun", **fields})
    assert answer.status_code == status
    said = answer.json()[0]["description"]
    assert "nobody may be reading it" in said
    assert "Call 911" in said
    assert "988" in said
    calm = send(client, home, **{"phone": "911", **fields})
    assert (calm.status_code, "Call 911" in calm.text) == (status, False)


def test_a_report_that_cannot_be_read_names_911_in_case_it_was_urgent(
    on: None, client: httpx.Client, home: Home
) -> None:
    del on
    given = {**REPORT, "attribute[school]": home.school, "description": "x" * 200_000}
    answer = client.post(f"{ADDRESS}/requests.json", data=given, files={"a": b""})
    assert "In danger call 911" in answer.json()[0]["description"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("start_date=yesterday", "start_date: write the time"),
        ("end_date=0001-01-02", "end_date: write the time"),
        ("start_date=9999-12-31", "start_date: write the time"),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z", "at most 90 days"),
        ("start_date=2026-11-01T00:00:00Z&end_date=2026-10-01T00:00:00Z", "the end after the start"),
    ],
)
def test_a_span_of_time_that_is_none_is_refused(on: None, client: httpx.Client, query: str, says: str) -> None:
    del on
    answer = client.get(f"{ADDRESS}/requests.json?{query}")
    assert answer.status_code == 400
    assert says in answer.json()[0]["description"]


def test_floods_are_refused_and_counted_by_sender(
    on: None, client: httpx.Client, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    del on
    monkeypatch.setitem(senders.FEW, "door", senders.FEW["sender"])
    for number in range(4):
        assert send(client, home, description=f"Needles {number}").status_code == 200
    refused = send(client, home, description="One more")
    assert refused.status_code == 429
    assert len(asked(home)) == 4


def test_a_district_that_has_not_switched_it_on_has_no_such_address(client: httpx.Client, home: Home) -> None:
    for path in ("discovery.json", "services.xml", "requests.json", "requests/1.json"):
        assert client.get(f"{ADDRESS}/{path}").status_code == 404
    assert send(client, home).status_code == 404


def test_discovery_names_the_address_and_both_formats(on: None, client: httpx.Client) -> None:
    del on
    body = client.get(f"{ADDRESS}/discovery.json").json()
    assert body["endpoints"][0]["url"] == "https://beatbook.example/open311/v2"
    assert body["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    root = ElementTree.fromstring(client.get(f"{ADDRESS}/discovery.xml").content)  # noqa: S314 - our own answer
    assert [one.text for one in root.iter("format")] == ["text/xml", "application/json"]
    assert client.get(f"{ADDRESS}/discovery.csv").status_code == 404


def test_maps_of_other_pages_may_read_what_is_public(on: None, client: httpx.Client, home: Home) -> None:
    del on
    headers = client.get(f"{ADDRESS}/requests.json").headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get(f"/t/{home.tag}").headers
