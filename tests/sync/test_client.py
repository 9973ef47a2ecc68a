"""The client believes nothing: whatever comes back is either a good answer or one of a few named troubles."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ids import sha256
from sync import client
from sync.client import District
from sync.errors import DistrictTrouble, Refused, RoadError, SignInAgain, TooMany, Unreachable
from sync.packing import deflate_small, inflate
from sync.protocol import (
    CURSOR_HEADER,
    LINES_HEADER,
    LINKS_HEADER,
    MORE_HEADER,
    TIME_HEADER,
    Code,
    Sent,
    Verdict,
    error_json,
    pull_lines,
    push_lines,
    read_push,
    read_push_line,
    split,
    verdict_lines,
)
from tests.sync.fakes import DEVICE, SETUP, FakeDistrict, Line, answer, ndjson, revision

pytestmark = pytest.mark.anyio
ONE, TWO = revision(1), revision(2)


def district(say: httpx.Response | Callable[[httpx.Request], Awaitable[httpx.Response]], **more: Any) -> District:
    """A client whose every request gets this answer."""

    async def always(_: httpx.Request) -> httpx.Response:
        assert isinstance(say, httpx.Response)
        return say

    return District("http://district.test", DEVICE, "secret", Line(say if callable(say) else always), **more)


def accepted(*hashes: str) -> bytes:
    return verdict_lines(Verdict(h, "accepted", n, "2026-11-23T10:00:00Z") for n, h in enumerate(hashes, 1))


def page(*sent: Sent, cursor: int, more: int = 0, lines: int | None = None) -> httpx.Response:
    count = len(sent) if lines is None else lines
    headers = {CURSOR_HEADER: str(cursor), MORE_HEADER: str(more), LINES_HEADER: str(count)}
    return ndjson(pull_lines(sent), **headers)


def sent(seq: int) -> Sent:
    return Sent(seq, "2026-11-23T10:00:00Z", revision(seq))


async def test_the_next_batch_is_packed_while_the_district_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def packed(body: bytes) -> bytes:
        told.append("packed")
        return deflate_small(body)

    async def slow(request: httpx.Request) -> httpx.Response:
        told.append("asked")
        await asyncio.sleep(1)
        told.append("answered")
        lines = split(inflate(request.content, 1_000_000))
        return ndjson(accepted(*(read_push_line(line).hash for line in lines)))

    monkeypatch.setattr(client, "deflate_small", packed)
    async with district(slow) as there:
        await there.push([ONE], then=[TWO])
        await there.push([TWO])
        await there.push([TWO])
    assert told == ["packed", "asked", "packed", "answered", "asked", "answered", "packed", "asked", "answered"]


@pytest.mark.parametrize("reads", [True, False])
async def test_only_a_district_that_said_so_is_sent_lines_that_leave_out_what_the_line_before_says(reads: bool) -> None:
    bodies: list[bytes] = []

    async def listens(request: httpx.Request) -> httpx.Response:
        bodies.append(inflate(request.content, 1_000_000))
        said = {LINKS_HEADER: "1"} if reads else {}
        return ndjson(accepted(*(revision.hash for revision in read_push(bodies[-1]))), **said)

    third = revision(3, prev=TWO.hash)
    async with district(listens) as there:
        for _ in range(2):
            await there.push([TWO, third])
    whole = push_lines([TWO, third])
    assert bodies == [whole, push_lines([TWO, third], linked=True) if reads else whole]


async def test_a_push_that_is_broken_off_while_the_next_batch_is_to_be_packed_leaves_nothing_behind() -> None:
    ended: list[str] = []

    async def never(_: httpx.Request) -> httpx.Response:
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append("request")
        raise AssertionError

    async with district(never) as there:
        pushing = asyncio.create_task(there.push([ONE], then=[TWO]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        pushing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pushing
        assert ended == ["request"]


async def test_what_is_pushed_comes_back_with_a_verdict_for_each() -> None:
    verdicts = await district(FakeDistrict()).push([ONE, TWO])
    assert [(v.hash, v.verdict, v.seq) for v in verdicts] == [(ONE.hash, "accepted", 1), (TWO.hash, "accepted", 2)]


async def test_every_request_says_who_asks_and_a_batch_goes_packed() -> None:
    seen: list[httpx.Request] = []
    inner = FakeDistrict()

    async def look(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return await inner(request)

    await district(look).push([revision(n) for n in range(1, 101)])
    (request,) = seen
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.headers["Beatbook-Device"] == DEVICE
    assert request.headers["Content-Type"] == "application/x-ndjson"
    assert len(request.content) * 3 < len(gzip.decompress(request.content))


async def test_the_enrolment_code_travels_with_the_token_and_without_a_sign_in() -> None:
    seen: list[httpx.Request] = []
    inner = FakeDistrict()

    async def look(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return await inner(request)

    enrolled = await district(look).enrol("GOOD", "Pixel", "android")
    assert enrolled["officer"]["name"] == "Ana Ruiz"
    assert "Authorization" not in seen[0].headers
    assert b'"token":"secret"' in seen[0].content


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (accepted(ONE.hash), "one is missing"),
        (accepted(TWO.hash, ONE.hash), "another order"),
        (accepted(ONE.hash, ONE.hash), "twice the same"),
        (accepted(ONE.hash, TWO.hash)[:-1], "The last line is cut"),
        (b"", "nothing at all"),
        (b"[]\n[]\n", "not objects"),
        (verdict_lines([Verdict(ONE.hash, "accepted"), Verdict(TWO.hash, "accepted")]), "no receipt"),
        (verdict_lines([Verdict(ONE.hash, "refused"), Verdict(TWO.hash, "refused")]), "no reason"),
        (verdict_lines([Verdict(h, "perhaps", 1, "now") for h in (ONE.hash, TWO.hash)]), "an unknown word"),
    ],
)
async def test_verdicts_that_do_not_answer_what_was_sent_are_not_believed(body: bytes, why: str) -> None:
    with pytest.raises(DistrictTrouble):
        await district(ndjson(body)).push([ONE, TWO])
    assert why


async def test_a_newer_district_may_say_more_than_we_understand() -> None:
    line = accepted(ONE.hash).replace(b"{", b'{"weather":"fine",', 1)
    (verdict,) = await district(ndjson(line)).push([ONE])
    assert verdict.safe


async def test_a_page_of_revisions_comes_with_the_next_cursor() -> None:
    found, cursor, more = await district(page(sent(3), sent(5), cursor=9, more=1)).pull(2)
    assert ([s.seq for s in found], cursor, more) == ([3, 5], 9, True)


async def test_what_is_older_may_come_with_what_is_new_about_it() -> None:
    found, cursor, _ = await district(page(sent(2), sent(7), cursor=9)).pull(5)
    assert ([s.seq for s in found], cursor) == ([2, 7], 9)


@pytest.mark.parametrize(
    "response",
    [
        page(sent(3), sent(3), cursor=9),
        page(sent(5), sent(3), cursor=9),
        page(sent(5), cursor=4),
        page(cursor=1),
        page(cursor=2, more=1),
        page(sent(3), cursor=9, lines=2),
        ndjson(b""),
        ndjson(pull_lines([sent(3)]).replace(b"topic 3", b"topic 4"), **{CURSOR_HEADER: "3", MORE_HEADER: "0"}),
        ndjson(pull_lines([sent(3)]), **{CURSOR_HEADER: "soon", MORE_HEADER: "0", LINES_HEADER: "1"}),
    ],
    ids=[
        "twice",
        "falling",
        "cursor behind",
        "cursor back",
        "no way on",
        "cut",
        "no cursor",
        "changed",
        "words",
    ],
)
async def test_a_page_that_cannot_be_right_is_not_taken(response: httpx.Response) -> None:
    with pytest.raises(DistrictTrouble):
        await district(response).pull(2)


async def test_the_setup_is_fetched_only_when_it_has_changed() -> None:
    client = district(FakeDistrict())
    assert await client.setup(None) == (SETUP, '"1"')
    assert await client.setup('"1"') is None


@pytest.mark.parametrize("body", [{}, [], {**SETUP, "forms": []}, {**SETUP, "officer": None}, {**SETUP, "tags": {}}])
async def test_an_empty_setup_is_a_question_and_not_an_instruction_to_forget(body: Any) -> None:
    with pytest.raises(DistrictTrouble):
        await district(answer(200, body)).setup(None)


async def test_a_photo_goes_out_and_comes_back_under_its_hash() -> None:
    inner = FakeDistrict()
    client = district(inner)
    name = sha256(b"jpg")
    assert await client.find_blob(name) == (False, 0)
    await client.put_blob(name, b"jpg", "image/jpeg")
    assert (await client.find_blob(name)).whole
    assert await client.get_blob(name) == b"jpg"
    inner.blobs[name] = b"other"
    with pytest.raises(DistrictTrouble):
        await client.get_blob(name)


async def test_a_photo_that_was_damaged_on_the_phone_is_not_sent() -> None:
    inner = FakeDistrict()
    with pytest.raises(Refused) as caught:
        await district(inner).put_blob(sha256(b"jpg"), b"jpx", "image/jpeg")
    assert caught.value.code == Code.BLOB_HASH_MISMATCH
    assert inner.asked == []


async def test_a_photo_that_was_damaged_on_its_way_is_sent_again_later() -> None:
    damaged = answer(422, error_json(Code.BLOB_HASH_MISMATCH, "changed on the way"))
    with pytest.raises(DistrictTrouble):
        await district(damaged).put_blob(sha256(b"jpg"), b"jpg", "image/jpeg")
    with pytest.raises(DistrictTrouble):
        await district(damaged).put_piece(sha256(b"jpg"), b"jpg", "image/jpeg", 0, 2)


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (answer(403, error_json(Code.DEVICE_REVOKED, "out")), SignInAgain, "device_revoked"),
        (answer(401, error_json(Code.DEVICE_UNKNOWN, "who?")), SignInAgain, "device_unknown"),
        (answer(400, error_json(Code.ENROL_CODE_USED, "used")), Refused, "enrol_code_used"),
        (answer(413, error_json(Code.TOO_BIG, "too big")), Refused, "too_big"),
        (answer(400, error_json(Code.BAD_REQUEST, "cut")), DistrictTrouble, "district_trouble"),
        (answer(400, error_json(Code.BAD_JSON, "cut")), DistrictTrouble, "district_trouble"),
        (httpx.Response(429, headers={"Retry-After": "12"}), TooMany, "too_many_requests"),
        (httpx.Response(502, headers=HTML, content=b"<h1>Bad gateway"), DistrictTrouble, "district_trouble"),
        (answer(500, error_json(Code.INTERNAL, "oops")), DistrictTrouble, "district_trouble"),
        (httpx.Response(200, headers=HTML, content=b"<html>"), DistrictTrouble, "district_trouble"),
        (answer(200, **HTML), DistrictTrouble, "district_trouble"),
        (httpx.Response(302, headers={"Location": "http://portal.test"}), DistrictTrouble, "district_trouble"),
        (httpx.Response(401, headers=HTML, content=b"<html>"), DistrictTrouble, "district_trouble"),
        (httpx.Response(404, headers=HTML, content=b"<html>"), DistrictTrouble, "district_trouble"),
        (answer(403, {"detail": "no"}), DistrictTrouble, "district_trouble"),
        (answer(204), DistrictTrouble, "district_trouble"),
    ],
)
async def test_every_no_becomes_one_of_a_few_causes(
    response: httpx.Response, error: type[RoadError], code: str
) -> None:
    with pytest.raises(error) as caught:
        await district(response).setup(None)
    assert type(caught.value) is error
    assert caught.value.code == code


async def test_a_portal_that_says_yes_to_a_photo_is_not_the_district() -> None:
    with pytest.raises(DistrictTrouble):
        await district(httpx.Response(200, headers=HTML, content=b"<html>")).put_blob(sha256(b"a"), b"a", "image/jpeg")


@pytest.mark.parametrize(("status", "code"), [(401, "device_unknown"), (403, "device_revoked")])
async def test_a_phone_is_told_that_it_is_shut_out_even_where_an_answer_has_no_body(status: int, code: str) -> None:
    with pytest.raises(SignInAgain) as caught:
        await district(answer(status)).find_blob(sha256(b"a"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (httpx.ConnectError("x"), Unreachable),
        (httpx.ReadError("x"), Unreachable),
        (httpx.RemoteProtocolError("x"), DistrictTrouble),
        (httpx.DecodingError("x"), DistrictTrouble),
    ],
)
async def test_a_broken_line_and_a_broken_answer_are_told_apart(error: Exception, cause: type[RoadError]) -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(cause):
        await district(fail).setup(None)


async def test_a_district_that_does_not_answer_in_time_is_unreachable() -> None:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1_000)
        raise AssertionError("nobody waits that long")

    with pytest.raises(Unreachable):
        await district(never).setup(None)


async def test_a_slow_answer_is_waited_for_as_long_as_it_moves() -> None:
    class Slow(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            for letter in b'{"a":1}':
                await asyncio.sleep(20)
                yield bytes([letter])

    headers = {TIME_HEADER: "1", "Content-Type": "application/json"}
    with pytest.raises(DistrictTrouble, match="incomplete"):  # it was read to the end, and found too short
        await district(httpx.Response(200, headers=headers, stream=Slow())).setup(None)


async def test_an_answer_without_end_is_not_kept_in_memory() -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            while True:
                yield bytes(1_000_000)

    with pytest.raises(DistrictTrouble, match="too long"):
        await district(httpx.Response(200, headers={TIME_HEADER: "1"}, stream=Endless())).setup(None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("12", 12), ("999999999", 3600), ("soon", None), ("", None), ("-5", None), ("²", None)],
)
async def test_the_patience_that_is_asked_for_is_understood(header: str, seconds: float | None) -> None:
    with pytest.raises(TooMany) as caught:
        await district(httpx.Response(429, headers={b"Retry-After": header.encode()})).setup(None)
    assert caught.value.retry_after == seconds


async def test_the_patience_may_be_given_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with pytest.raises(DistrictTrouble) as caught:
        await district(httpx.Response(503, headers={"Retry-After": soon})).setup(None)
    assert caught.value.retry_after == pytest.approx(90, abs=3)


async def test_the_clock_offset_comes_from_the_quickest_exchange() -> None:
    times = iter([100.0, 101.0, 200.0, 200.2, 300.0, 305.0])
    replies = iter([answer(304, **{TIME_HEADER: str(t)}) for t in (110_500, 210_100, 399_000)])

    async def reply(_: httpx.Request) -> httpx.Response:
        return next(replies)

    client = district(reply, clock=lambda: next(times))
    offsets = []
    for _ in range(3):
        await client.setup('"1"')
        offsets.append(client.offset)
    assert offsets == [10_000, 10_000, 10_000]


def test_an_address_that_is_none_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        District("http://[::", DEVICE, "secret", Line(FakeDistrict()))


@given(st.binary(max_size=300), st.sampled_from(["application/json", "application/x-ndjson", "text/html", ""]))
def test_any_bytes_at_all_end_in_the_family_and_never_in_a_crash(body: bytes, kind: str) -> None:
    headers = {TIME_HEADER: "1", "Content-Type": kind, CURSOR_HEADER: "1", MORE_HEADER: "0", LINES_HEADER: "0"}

    async def ask() -> None:
        for verb in ("setup", "push", "enrol"):
            client = district(httpx.Response(200, headers=headers, content=body))
            argument: Any = {"setup": None, "push": [ONE], "enrol": "GOOD"}[verb]
            with pytest.raises(RoadError):
                await getattr(client, verb)(argument)

    asyncio.run(ask())
