"""What both ends say, and that docs/protocol.md says the same: its examples are read with the code that speaks."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forms import Form
from app.grade import Evidence
from app.ids import canonical, sha256
from app.revisions import Revision
from app.setup import Setup
from app.tally import Tally
from server.api import Enrol
from server.app import create_app
from server.errors import STATUS
from server.leftovers_api import Announced
from server.settings import Settings
from sync.client import District
from sync.packing import deflate, inflate
from sync.protocol import (
    API,
    APP_VERSION,
    CURSOR_HEADER,
    LINES_HEADER,
    MAX_BATCH_LINES,
    MORE_HEADER,
    Code,
    Left,
    Sent,
    Unread,
    Verdict,
    WireError,
    error_json,
    leftovers_json,
    place_json,
    pull_lines,
    push_lines,
    read_error,
    read_place,
    read_pull,
    read_pull_line,
    read_push,
    read_push_line,
    read_tally,
    read_verdicts,
    read_wanted,
    split,
    tally_json,
    verdict_lines,
    wanted_json,
)
from tests.sync.fakes import Line, answer, ndjson, revision

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
VERDICT = Verdict(revision(1).hash, "accepted", 1, "2026-11-23T10:00:00Z")


def example(name: str) -> bytes:
    """The example of this name in the document."""
    (found,) = re.findall(rf"^```(?:nd)?json {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found).encode()


def phone(response: httpx.Response, device: str = "") -> District:
    async def always(_: httpx.Request) -> httpx.Response:
        return response

    return District("http://district.test", device, "secret", Line(always))


# The document


def test_the_documents_revisions_are_what_their_hashes_say() -> None:
    first, second = (read_push_line(line) for line in split(example("push")))
    assert second.prev == first.hash
    assert second.parents == (first.hash,)
    assert push_lines([first, second]) == example("push")
    assert push_lines([first, second], linked=True) == example("linked")
    assert read_push(example("linked")) == [first, second]


def test_the_documents_act_is_one_of_its_record() -> None:
    [first, *_] = [read_push_line(line) for line in split(example("push"))]
    [act] = [read_push_line(line) for line in split(example("act"))]
    assert (act.act, act.record, act.set) == ("delete", first.record, {})


@pytest.mark.anyio
async def test_the_documents_verdicts_answer_its_batch() -> None:
    revisions = [read_push_line(line) for line in split(example("push"))]
    accepted, refused = await phone(ndjson(example("verdicts"))).push(revisions)
    assert accepted.safe
    assert accepted.missing == (revisions[0].set["door"]["sha256"],)
    assert not refused.safe
    assert refused.code in set(Code)
    assert verdict_lines([accepted, refused]) == example("verdicts")
    (found,) = read_verdicts(example("found"))
    assert Evidence.from_json(found.evidence or {}).grade == "D"
    assert verdict_lines([found], runs=True) == example("found")
    more = [Verdict(revision(n).hash, "accepted", 40 + n, str(accepted.at)) for n in (1, 2, 3)]
    assert verdict_lines(more, runs=True) == example("runs")
    assert read_verdicts(example("runs"), [verdict.hash for verdict in more]) == more


@pytest.mark.anyio
async def test_the_documents_page_of_revisions_can_be_taken() -> None:
    headers = {CURSOR_HEADER: "44", MORE_HEADER: "0", LINES_HEADER: "1"}
    found, cursor, more = await phone(ndjson(example("pull"), **headers)).pull(40)
    assert (found[0].seq, cursor, more) == (41, 44, False)
    assert pull_lines(one for one in found if isinstance(one, Sent)) == example("pull")


@pytest.mark.anyio
async def test_the_documents_enrolment_is_what_the_phone_sends_and_takes() -> None:
    asked, enrolled = Enrol(**json.loads(example("enrol"))), json.loads(example("enrolled"))
    assert asked.device == enrolled["device"]
    assert await phone(answer(200, enrolled), asked.device).enrol(asked.code) == enrolled


@pytest.mark.anyio
async def test_the_documents_setup_can_be_used() -> None:
    setup = json.loads(example("setup"))
    assert await phone(answer(200, setup)).setup(None) == (setup, None)
    parsed = Setup.parse(setup)
    assert parsed.tags[0].place == setup["places"][0]["id"]
    assert parsed.places[0].asks("es") == "¿Qué número está en el panel?"
    assert parsed.places[0].asks("vi") == parsed.places[0].asks("en") == "Which number is on the panel?"
    assert parsed.places[0].photo == setup["places"][0]["photo"]
    assert parsed.retired_place_by_id[parsed.tags[1].place].name == "Portable 3"
    assert Form.parse(setup["forms"][0]).id == "parent_contact"


@pytest.mark.anyio
async def test_the_documents_hand_in_is_what_a_wiped_phone_says_and_takes() -> None:
    asked, answers = json.loads(example("leftovers")), json.loads(example("wanted"))
    announced = Announced(**asked)
    files = [Left(file.name, file.bytes, file.sha256) for file in announced.files]
    assert json.loads(leftovers_json(announced.code, announced.vault, announced.token, files)) == asked
    wanted = await phone(answer(200, answers)).announce_leftovers(
        announced.code, announced.vault, announced.token, files
    )
    assert json.loads(wanted_json(wanted)) == answers
    assert wanted.missing.keys() <= {file.name for file in files}
    name, here = read_place(example("place"))
    piece = await phone(answer(200, json.loads(place_json(name, here)))).put_leftover("a", "b", name, 0, b"")
    assert piece == here


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"officer":"Ana","missing":{}}',
        b'{"officer":"Ana","missing":[1]}',
        b'{"officer":7,"missing":[]}',
        b'{"officer":"Ana","missing":[{"name":"vault.json"}]}',
        b'{"officer":"Ana","missing":[{"name":"vault.json","at":-1}]}',
        b'{"officer":"Ana","missing":[{"name":"vault.json","at":true}]}',
    ],
)
def test_half_an_answer_about_what_is_missing_is_none(body: bytes) -> None:
    with pytest.raises(WireError):
        read_wanted(body)


def test_the_documents_no_is_the_shape_of_every_no() -> None:
    body = json.loads(example("error"))
    code, message = read_error(example("error")) or ("", "")
    assert body == error_json(Code(code), message, body["error"]["safe"])


def test_the_document_explains_every_code_and_its_status() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w ]+) \| .+ \|$", PAGE, re.MULTILINE))
    assert set(rows) == set(Code)
    for code, status in rows.items():
        assert status == "in a verdict" or int(status) == STATUS.get(Code(code), 400), code


def test_the_document_has_every_address_of_the_api(tmp_path: Path) -> None:
    paths: dict[str, Any] = create_app(Settings(data=tmp_path)).openapi()["paths"]
    served = {
        (verb.upper(), path.removeprefix(API))
        for path, verbs in paths.items()
        if path.startswith(API)
        for verb in verbs
    }
    told = set()
    for heading in re.findall(r"^## .*: (.*)$", PAGE, re.MULTILINE):
        address = re.search(r"/[\w/{}]*", heading)
        assert address
        told |= {(verb, address[0]) for verb in re.findall(r"\b[A-Z]{3,}\b", heading)}
    assert told == served


# The words themselves


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == APP_VERSION


def test_a_batch_is_read_as_it_was_written() -> None:
    revisions = [revision(n) for n in range(1, MAX_BATCH_LINES)]
    assert read_push(inflate(deflate(push_lines(revisions)), 10_000_000)) == revisions


@given(st.lists(st.sampled_from(["next", "first", "gap"]), min_size=2, max_size=8), st.text(max_size=20))
def test_a_batch_that_leaves_out_what_the_line_before_says_is_read_as_it_was_written(
    kinds: list[str], text: str
) -> None:
    revisions: list[Revision] = []
    for number, kind in enumerate(kinds, 1):
        last = revisions[-1].hash if revisions else None
        prev = {"next": last, "first": None, "gap": "f" * 64}[kind]
        said = {"topic": f'"prev":"{last}",{text}', "prev": last}  # what an answer says is not left out
        revisions.append(revision(number, prev=prev, set=said, reason=said["topic"]))
    body = push_lines(revisions, linked=True)
    assert read_push(body) == revisions
    following = sum(late.prev == early.hash for early, late in pairwise(revisions))
    assert len(push_lines(revisions)) - len(body) == following * len(f'"prev":"{"f" * 64}",')


def test_the_first_line_says_what_it_follows() -> None:
    linked = push_lines([revision(2, prev=revision(1).hash)], linked=True)
    assert linked == push_lines([revision(2, prev=revision(1).hash)])
    with pytest.raises(WireError, match="prev: is missing"):
        read_push(linked.replace(b'"prev":"%s",' % revision(1).hash.encode(), b""))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda line: line.replace(b"topic 1", b"topic 2"), Code.HASH_MISMATCH),
        (lambda line: line.replace(b'"seq":1', b'"seq":"1"'), Code.BAD_REVISION),
        (lambda line: b"[]", Code.BAD_JSON),  # noqa: ARG005
        (lambda line: line[:-2], Code.BAD_JSON),
        (lambda line: b"[" * 100_000, Code.BAD_JSON),  # noqa: ARG005
    ],
)
def test_a_line_that_was_changed_on_the_way_is_named(change: Any, code: Code) -> None:
    with pytest.raises(WireError) as caught:
        read_push_line(change(push_lines([revision(1)]).rstrip()))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "line",
    [
        b'{"hash":"a","verdict":"accepted"}\n',
        b'{"hash":"a","verdict":"accepted","seq":true,"at":"x"}\n',
        b'{"hash":"a","verdict":"accepted","seq":0,"at":"x"}\n',
        b'{"hash":"a","verdict":"refused"}\n',
        b'{"hash":"a","verdict":["known"],"seq":1,"at":"x"}\n',
        b'{"hash":"a","verdict":"known","seq":1,"at":"x","missing":"abc"}\n',
        b'{"verdict":"known","seq":1,"at":"x"}\n',
        b"{}\n",
    ],
)
def test_half_a_verdict_is_none(line: bytes) -> None:
    with pytest.raises(WireError):
        read_verdicts(line)


def test_a_verdict_travels_as_it_is() -> None:
    refused = Verdict("b", "refused", code=Code.TOO_BIG, message="no", field="topic")
    late = Verdict("c", "accepted", 2, "2026-11-23T10:00:00Z", ("d",), Code.CLOCK_AHEAD, "set the clock")
    assert read_verdicts(verdict_lines([VERDICT, refused, late])) == [VERDICT, refused, late]


def _verdicts(*kinds: str) -> list[Verdict]:
    """Verdicts on so many revisions, each of one kind; the district numbers those that it takes in."""
    usual = {"verdict": "accepted", "at": "2026-11-23T10:00:00Z"}
    odd: dict[str, dict[str, Any]] = {
        "photo": {"missing": ("d",)},
        "doubt": {"code": Code.CLOCK_AHEAD, "message": "set the clock"},
        "refused": {"verdict": "refused", "seq": None, "at": None, "code": Code.TOO_BIG, "message": "no"},
        "again": {"seq": 4711, "at": "2026-11-22T10:00:00Z"},
    }
    hashes = (sha256(str(at).encode()) for at in range(len(kinds)))
    return [
        Verdict(**{**usual, "hash": name, "seq": at, **odd.get(kind, {})})
        for at, (name, kind) in enumerate(zip(hashes, kinds, strict=True), 41)
    ]


@given(st.lists(st.sampled_from(["good", "good", "good", "photo", "doubt", "refused", "again"])))
def test_verdicts_in_runs_say_what_they_say_one_by_one(kinds: list[str]) -> None:
    verdicts = _verdicts(*kinds)
    told = verdict_lines(verdicts, runs=True)
    assert read_verdicts(told, [verdict.hash for verdict in verdicts]) == verdicts
    assert len(told) <= len(verdict_lines(verdicts)) + 20 * len(verdicts)


def test_five_hundred_good_verdicts_are_one_line() -> None:
    assert verdict_lines(_verdicts(*["good"] * 500), runs=True).count(b"\n") == 1


def test_a_run_about_something_else_than_was_sent_is_none() -> None:
    verdicts = _verdicts("good", "good", "good")
    told, sent = verdict_lines(verdicts, runs=True), [verdict.hash for verdict in verdicts]
    for other in (sent[:2], [*sent[:2], "f" * 64], sent[::-1], []):
        with pytest.raises(WireError):
            read_verdicts(told, other)
    for false in (b"0", b"-3", b"true", b'"3"', b"null"):
        with pytest.raises(WireError):
            read_verdicts(told.replace(b'"count":3', b'"count":' + false), sent)


@pytest.mark.parametrize("number", ["0", "-1", "true", '"1"', "null", "1.5"])
def test_a_revision_without_a_number_of_the_district_is_not_taken(number: str) -> None:
    line = push_lines([revision(1)]).rstrip()[:-1] + f',"seq":{number},"at":"2026-11-23T10:00:00Z"}}\n'.encode()
    with pytest.raises(WireError):
        read_pull(line)


def test_what_a_newer_version_wrote_is_kept_whole_to_be_read_later() -> None:
    [line] = pull_lines([Sent(7, "2026-11-23T10:00:01Z", revision(1))]).splitlines()
    newer = json.loads(line)["revision"] | {"mood": "fine"}
    name = sha256(canonical(newer))
    read = read_pull_line(canonical({**json.loads(line), "hash": name, "revision": newer}))
    assert read == Unread(7, "2026-11-23T10:00:01Z", name, newer)
    with pytest.raises(WireError):  # changed on the way
        read_pull_line(canonical({**json.loads(line), "revision": newer}))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"error":1}', b'{"error":{"code":7}}'])
def test_what_is_no_no_of_the_district_has_no_code(body: bytes) -> None:
    assert read_error(body) is None


@pytest.mark.anyio
async def test_a_phone_reads_the_tally_of_the_page() -> None:
    told = read_tally(example("tally"))
    assert tally_json(told) == example("tally").strip()
    ours = await phone(answer(200, json.loads(example("tally")))).tally("2026-10-26T09:15:02.310+00:00", 41)
    assert ours == told == Tally(2, told.sum)
    older = answer(404, error_json(Code.NOT_FOUND, "no such address"))
    assert await phone(older).tally("2026-10-26T09:15:02.310+00:00", 41) is None
