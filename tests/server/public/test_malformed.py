"""Requests that no browser makes: whatever is sent to a public address, the answer is in words and never a 500."""

import itertools
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import httpx
import pytest

from server import district
from server.formbook import publish
from tests.app.formkit import published
from tests.server.conftest import BASE_URL, Home
from tests.server.public.family import PROBLEM, value_of
from tests.server.public.test_open311 import ADDRESS, REPORT
from tests.server.visitor import hash_quickly

SIGN_IN = "/console/sign-in"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
URL_ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
STRANGE = [
    "a\0b",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\U0010ffff",
    "x" * 5_000,
    "%s{0}{}",
    "1e400",
    "nan",
    "-inf",
    "9" * 30,
]


@pytest.fixture
def doors(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address by which anybody may send something, with no limit on how often."""
    hash_quickly(monkeypatch)
    monkeypatch.setattr("server.brakes.Brakes.is_full", lambda *_: False)
    monkeypatch.setattr("server.brakes.Brakes.hit", lambda *_: True)
    with home.database.writing() as session:
        publish(session, [published()["family_request"], published()["community_complaint"]])
        kept = district.the_district(session)
        kept.policy = {**kept.policy, district.OPEN311: True}
        card = district.add_card(session, officer=home.both).slug
    return [
        f"/c/{card}/report",
        f"/t/{home.tag}/report",
        f"{ADDRESS}/requests.json",
        f"{ADDRESS}/requests.xml",
        SIGN_IN,
    ]


def good(client: httpx.Client, home: Home, door: str) -> dict[str, str]:
    """Fields with which this address has no trouble."""
    if door == SIGN_IN:
        return {"csrf": value_of(client.get(door).text, "csrf"), "name": "101", "password": "x"}
    if door.startswith(ADDRESS):
        given = {**REPORT, "attribute[school]": home.school, "lat": "36.1", "long": "-95.9", "phone": "", "email": ""}
        return {**given, "attribute[when_happens]": "lunch", "first_name": "", "media_url": ""}
    given = {**PROBLEM, "ticket": value_of(client.get(door).text, "ticket"), "school": home.school, "sum": ""}
    return {**given, "when_happens": "lunch", "phone": "", "email": "", "name": "", "anonymous": "", "keep_place": ""}


def parts(fields: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """The fields as a browser sends a form with a file."""
    each = (f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    return "".join(each).encode(charset) + b"--x--\r\n"


def is_in_words(answer: httpx.Response, door: str) -> bool:
    """Whether this is an answer that the address gives on purpose."""
    if answer.status_code >= 500:
        return False
    if door.startswith(ADDRESS) and answer.status_code != 200:
        return "<errors>" in answer.text if door.endswith("xml") else answer.json()[0]["description"] != ""
    return answer.status_code == 303 or "<h1" in answer.text or answer.status_code == 200


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_in_any_field(client: httpx.Client, home: Home, doors: list[str], text: str) -> None:
    for door in doors:
        fields = good(client, home, door)
        for name in fields:
            strange = {**fields, name: text}
            assert is_in_words(client.post(door, content=parts(strange), headers=FORM), door), (door, name)
            encoded = urlencode(strange).encode()
            assert is_in_words(client.post(door, content=encoded, headers=URL_ENCODED), door), (door, name)


@pytest.mark.parametrize(
    "charset", ["utf-7", "utf-16", "idna", "punycode", "undefined", "hex", "unicode_escape", "made up", "utf-8\0"]
)
def test_a_charset_that_no_page_of_ours_has_is_refused(
    client: httpx.Client, home: Home, doors: list[str], charset: str
) -> None:
    for door in doors:
        body = parts(
            {**good(client, home, door), "description": "+2AA- xn--\u00ff-a \\ud800", "name": "+2AA-"}, "latin-1"
        )
        answer = client.post(door, content=body, headers={"Content-Type": f"{FORM['Content-Type']}; charset={charset}"})
        assert answer.status_code == 400, door
        assert is_in_words(answer, door), door


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "utf8"])
def test_the_charset_of_our_pages_is_taken(client: httpx.Client, home: Home, doors: list[str], charset: str) -> None:
    body = parts(good(client, home, doors[0]))
    kind = f"{FORM['Content-Type']}; charset={charset}"
    assert client.post(doors[0], content=body, headers={"Content-Type": kind}).status_code == 303


def part(head: bytes) -> bytes:
    """A form of one part with this head."""
    return b"--x\r\n" + head + b"\r\n\r\nb\r\n--x--\r\n"


NAMED = b"Content-Disposition: form-data; name="
BODIES = [
    ("multipart/form-data", part(NAMED + b'"a"')),
    ('multipart/form-data; boundary="', part(NAMED + b'"a"')),
    (f"multipart/form-data; boundary={'y' * 300}", part(NAMED + b'"a"')),
    ("multipart/form-data; boundary=x; boundary=y", part(NAMED + b'"a"')),
    *(
        (FORM["Content-Type"], body)
        for body in (
            *(b"", b"--x", b"garbage", part(NAMED + b'"a"')[:-9]),
            *(part(head) for head in (b"", b": x", b"\xff: \xff", b"Content-Disposition", NAMED, NAMED + b'"')),
            part(NAMED + b'"photo"; filename=""'),
            part(NAMED + b'"photo"; filename="\0"'),
            part(NAMED + b'"photo"; filename="' + b"x" * 9_000 + b'"'),
            part(NAMED + b"\"photo\"; filename*=undefined''x"),
            part(NAMED + b'"ticket"; filename="a"'),
            part(NAMED + b'"\xff"'),
            part(NAMED + b'"photo"; filename="a.jpg"\r\nContent-Type: \xff'),
            part(NAMED + b'"photo"; filename="a.jpg"')[:-8] * 5 + b"\r\n--x--",
            parts({f"field{number}": "1" for number in range(1_000)}),
        )
    ),
    (URL_ENCODED["Content-Type"], b"a=%zz&b=%&=&&&;\0\xff"),
    (URL_ENCODED["Content-Type"], b"&".join(b"field%d=1" % number for number in range(1_000))),
    (URL_ENCODED["Content-Type"], b"consent=yes&description=x&ticket=x&" * 1_000),
    *((kind, b"{}") for kind in ("application/json", "multipart/mixed; boundary=x", "", ";;;", "\u00ff")),
]


@pytest.mark.parametrize("at", range(5))
def test_a_body_that_is_no_form(client: httpx.Client, doors: list[str], at: int) -> None:
    for kind, body in BODIES:
        answer = client.post(doors[at], content=body, headers=[(b"Content-Type", kind.encode("latin-1"))])
        assert is_in_words(answer, doors[at]), (kind, body[:90])


TIMES = ["0001-01-01", "9999-12-31T23:59:59Z", "0000-00-00", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00+23:59"]
TIMES += [
    "9998-12-31T23:59:59-23:59",
    "2026-W01",
    "1" * 20,
    "1e400",
    "nan",
    "\N{ARABIC-INDIC DIGIT ONE}",
    "x" * 4_000,
    "",
]


def test_times_at_the_ends_of_all_calendars(client: httpx.Client, doors: list[str]) -> None:
    del doors
    for start, end in itertools.product(TIMES, TIMES):
        asked = {"start_date": start, "end_date": end, "page": "1" + "0" * 30, "page_size": "-1"}
        assert client.get(f"{ADDRESS}/requests.json", params=asked).status_code in (200, 400), asked


ODD = ["%ED%A0%80", "%FF", "%", "%zz", "%2e%2e%2f", "x" * 5_000, "%0d%0aX:y", "%D9%A1", "%00", "..", ".json", "*", "[]"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_addresses_that_are_none(client: httpx.Client, doors: list[str], odd: str) -> None:
    del doors
    for path in (
        *(
            f"/c/{odd}",
            f"/C/{odd}",
            f"/c/{odd}.vcf",
            f"/c/{odd}.jpg",
            f"/c/x/link.{odd}",
            f"/c/{odd}/report",
            f"/t/{odd}",
        ),
        *(f"/t/{odd}/report", f"/r/{odd}", f"/r?reference={odd}&lang={odd}&sent={odd}", f"/{odd}", f"/console/{odd}"),
        *(f"{ADDRESS}/requests/{odd}.json", f"{ADDRESS}/services/{odd}.xml", f"{ADDRESS}/{odd}", f"/?x={odd}&x"),
        f"{ADDRESS}/requests.json?service_request_id={odd}&status={odd}&service_code={odd}",
    ):
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PROPFIND"):
            url = httpx.URL(BASE_URL).copy_with(raw_path=quote(path, safe="%/[]*?=&").encode())
            assert client.send(httpx.Request(method, url)).status_code < 500, (method, path[:80])


HEADERS = [
    *(("Host", value) for value in (b"", b"[", b"[::1", b"a b", b"\xff", b"a@b:c", b"x:99999999")),
    *(("Accept-Language", value) for value in (b"en;q=nan,es;q=1e400,x;q=-inf", b";;q==,,", b"\xff", b"x," * 4_000)),
    *(("Cookie", value) for value in (b"=;=;=", b"beatbook-console=\xff", b"beatbook-console=" + b"x" * 4_000)),
    *(("Content-Length", value) for value in (b"x", b"-1", b"\xd9\xa1")),
    *(("Accept", b"\xff"), ("Range", b"bytes=9-1,a-b"), ("If-None-Match", b'"'), ("Authorization", b"Bearer \xff")),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_headers_that_no_browser_sends(client: httpx.Client, doors: list[str], method: str) -> None:
    for path in ("/", doors[0], f"{ADDRESS}/services.json", f"{ADDRESS}/nothing", "/nothing", "/c/NOSUCH", "/console/"):
        for name, value in HEADERS:
            answer = client.request(method, path, headers=[(name.encode(), value)])
            assert answer.status_code < 500, (path, name, value[:30])
