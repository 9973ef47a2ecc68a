"""The other ends of the road, in memory: a notebook, a phone, a district, and a line as bad as one likes."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.device import Device, PlainDevice
from app.ids import sha256
from app.revisions import Revision
from app.tally import Tally
from server.errors import STATUS
from sync.client import District
from sync.engine import Engine
from sync.packing import inflate
from sync.protocol import (
    AT_HEADER,
    CURSOR_HEADER,
    LINES_HEADER,
    LINKS_HEADER,
    MORE_HEADER,
    NDJSON,
    SETUP_HEADER,
    STAMP_HEADER,
    TIME_HEADER,
    Code,
    Sent,
    Verdict,
    error_json,
    pull_lines,
    read_push,
    verdict_lines,
)

SCHOOL = "01912d68-783e-7a03-8467-5661c1243ad4"
AUTHOR = "01912d68-783e-7a03-8467-5661c1243ad5"
DEVICE = "01912d68-783e-7a03-8467-5661c1243ad6"
SETUP: dict[str, Any] = {
    "district": {"id": SCHOOL, "name": "Demo"},
    "officer": {"id": AUTHOR, "name": "Ana Ruiz", "schools": [SCHOOL]},
    "schools": [],
    "places": [],
    "tags": [],
    "people": [],
    "forms": [{"id": "parent_contact"}],
    "card": None,
    "policy": {},
}


def revision(number: int, device: str = DEVICE, photos: Sequence[str] = (), **changes: Any) -> Revision:
    """The first revision of record `number`."""
    answers: dict[str, Any] = {"topic": f"topic {number}"}
    for place, name in enumerate(photos):
        answers[f"photo{place}"] = {"sha256": name, "mime": "image/jpeg", "bytes": 3}
    body: dict[str, Any] = {
        "record": f"{number:08x}{device[8:]}",
        "form": "parent_contact",
        "form_version": "2026112301",
        "record_class": "education",
        "school": SCHOOL,
        "author": AUTHOR,
        "device": device,
        "seq": number,
        "at": "2026-11-23T10:00:00+00:00",
        "mono": number,
        "set": answers,
    }
    return Revision(**{**body, **changes})


def dice(seed: int) -> random.Random:
    """Chance that can be repeated."""
    return random.Random(seed)  # noqa: S311 - decides nothing secret


def photos_of(revision: Revision) -> list[str]:
    return [value["sha256"] for value in revision.set.values() if isinstance(value, dict) and "sha256" in value]


@dataclass(frozen=True)
class Photo:
    """Stands for app.forms.Attachment."""

    sha256: str
    mime: str = "image/jpeg"
    bytes: int = 3
    field: str = "photo0"


@dataclass(frozen=True)
class Bound:
    """Stands for app.notebook.Binding."""

    device: str
    token: str
    base_url: str


@dataclass(frozen=True)
class Counted:
    """Stands for app.notebook.Counts."""

    waiting: int
    attention: int


class FakeNotebook:
    """What the engine needs of a notebook, kept in dictionaries."""

    def __init__(self, device: str = DEVICE, bound: bool = True) -> None:
        self.device = device
        self.binding = Bound(device, "secret", "http://district.test") if bound else None
        self.unbind_reason: str | None = None
        self.setup: dict[str, Any] | None = None
        self.setup_etag: str | None = None
        self.saved: dict[str, Revision] = {}
        self.receipts: dict[str, tuple[int, str]] = {}
        self.doubts: dict[str, str | None] = {}
        self.refusals: dict[str, str] = {}
        self.on_the_way: list[str] = []
        self.missing: set[str] = set()
        self.pictures: dict[str, bytes] = {}
        self.shown: list[str] = []  # at places
        self.pictures_refused: dict[str, str] = {}
        self.taken: dict[str, Revision] = {}
        self.cursor = 0
        self.stamp: str | None = None
        self.later: list[Any] = []
        self.preferences: dict[str, Any] = {}
        self.last_contact: str | None = None
        self.offset: int | None = None
        self.frames = 0
        self._listeners: list[Callable[[], None]] = []

    def save(self, *revisions: Revision) -> None:
        self.saved.update({revision.hash: revision for revision in revisions})
        self._tell()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def counts(self) -> Counted:
        refused = {h for h in self.saved if h in self.refusals or self._pictures(h) & set(self.pictures_refused)}
        waiting = [h for h in self.saved if h not in refused and not self.at_district(h)]
        return Counted(len(waiting), len(refused))

    def at_district(self, name: str) -> bool:
        return name in self.receipts and not self._pictures(name) & self.missing

    def outbox(self, limit: int = 500) -> list[Revision]:
        waiting = [r for h, r in self.saved.items() if h not in self.receipts and h not in self.refusals]
        return sorted(waiting, key=lambda r: r.seq)[:limit]

    def sending(self, hashes: Sequence[str]) -> None:
        self.on_the_way = list(hashes)
        self._tell()

    @contextmanager
    def batch(self) -> Iterator[None]:
        yield
        self.frames += 1
        self._tell()

    def receipt(
        self,
        name: str,
        seq: int,
        at: str,
        missing: Sequence[str],
        doubt: str | None,
        evidence: dict[str, Any] | None,  # noqa: ARG002
    ) -> None:
        self.receipts[name] = (seq, at)
        self.doubts[name] = doubt
        self.missing |= set(missing) - set(self.pictures_refused)

    def refuse(self, name: str, code: str, message: str, field: str | None) -> None:  # noqa: ARG002
        self.refusals[name] = code
        self._tell()

    def photos_to_send(self) -> list[Photo]:
        return [Photo(name) for name in sorted(self.missing)]

    def photos_to_fetch(self) -> list[str]:
        return [name for name in self.shown if name not in self.pictures]

    async def keep_photo(self, name: str, data: bytes) -> None:
        self.pictures[name] = data

    async def photo(self, name: str) -> bytes | None:
        return self.pictures.get(name)

    def photo_sent(self, name: str) -> None:
        self.missing.discard(name)
        self._tell()

    def photo_refused(self, name: str, code: str, message: str) -> None:  # noqa: ARG002
        self.missing.discard(name)
        self.pictures_refused[name] = code
        self._tell()

    def take(self, sent: Sequence[tuple[int, str, Revision]], cursor: int, later: Sequence[Any] = ()) -> None:
        self.later += later
        self.taken.update({revision.hash: revision for _, _, revision in sent})
        self.cursor = cursor
        self._tell()

    def keep_setup(self, setup: dict[str, Any], etag: str | None) -> None:
        self.setup, self.setup_etag = setup, etag

    def begin_enrolment(self, code: str) -> tuple[str, str]:
        return self.device, f"token for {code}"

    def bind(self, base_url: str, answer: dict[str, Any]) -> None:
        self.binding = Bound(answer["device"], "secret", base_url)

    def unbind(self, reason: str) -> None:
        self.binding, self.unbind_reason = None, reason

    def preference(self, name: str, default: Any = None) -> Any:
        return self.preferences.get(name, default)

    def keep_stamp(self, stamp: str | None) -> None:
        self.stamp = stamp or self.stamp

    begins_anew = wants_own = is_comparing_due = False
    restored = ""
    compared_since = "2026-10-26T09:15:02.310+00:00"

    async def tally(self, since: str, until: int) -> Tally:  # noqa: ARG002
        return Tally()

    def agree(self, agreed: bool) -> bool:
        self.is_comparing_due = False
        return agreed

    def caught_up(self) -> None:
        self.begins_anew = False

    async def offer_again(self, restored: str | None = None) -> None:
        self.restored = restored or self.restored
        self.receipts.clear()
        self.cursor, self.stamp = 0, None
        self._tell()

    def note_contact(self, at: str, offset: int | None) -> None:
        self.last_contact, self.offset = at, offset

    def _pictures(self, name: str) -> set[str]:
        return set(photos_of(self.saved[name]))

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


@dataclass
class FakeDistrict:
    """A district behind httpx: idempotent, and as strict as the real one about what it is given."""

    revisions: list[Revision] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)  # record -> code
    doubt: dict[str, str] = field(default_factory=dict)  # record -> code that comes with "accepted"
    poison: set[str] = field(default_factory=set)  # records that make the server stumble
    parts: dict[str, bytearray] = field(default_factory=dict)
    bytes_taken: int = 0
    shut_out: Code | None = None
    setup_tag: str = '"1"'
    epoch: str = "a"  # what stands for the log's links: another one after a backup was restored
    asked: list[str] = field(default_factory=list)
    stored_twice: int = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        self.asked.append(f"{request.method} {path.split('/')[1]}")
        if path == "/enrol":
            return self._enrol(json.loads(request.content))
        if self.shut_out:
            return answer(STATUS[self.shut_out], error_json(self.shut_out, "no"))
        if path == "/setup":
            if request.headers.get("If-None-Match") == self.setup_tag:
                return answer(304)
            return answer(200, SETUP, ETag=self.setup_tag)
        if path == "/revisions" and request.headers.get(STAMP_HEADER, self.epoch) != self.epoch:
            return answer(409, error_json(Code.DISTRICT_RESTORED, "restored"))
        if path == "/revisions" and request.method == "POST":
            return self._intake(
                inflate(request.content, 10_000_000), {STAMP_HEADER: f"{self.epoch}.signed", LINKS_HEADER: "1"}
            )
        if path == "/revisions":
            return self._page(int(request.url.params["after"]), int(request.url.params.get("limit", 500)))
        return self._blob(request, path.removeprefix("/blobs/"))

    def _enrol(self, body: dict[str, Any]) -> httpx.Response:
        if body["code"] != "GOOD":
            return answer(400, error_json(Code.ENROL_CODE_WRONG, "no such code"))
        return answer(200, {"device": body["device"], "officer": SETUP["officer"], "district": SETUP["district"]})

    def _intake(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        revisions = read_push(body)
        if any(revision.record in self.poison for revision in revisions):
            return answer(500, error_json(Code.INTERNAL, "we stumbled"))
        return ndjson(verdict_lines(map(self._judge, revisions)), **headers)

    def _judge(self, revision: Revision) -> Verdict:
        if code := self.refuse.get(revision.record):
            return Verdict(revision.hash, "refused", code=code, message="no")
        known = {r.hash: seq for seq, r in enumerate(self.revisions, 1)}
        if revision.hash not in known:
            self.revisions.append(revision)
        missing = tuple(name for name in photos_of(revision) if name not in self.blobs)
        seq = known.get(revision.hash, len(self.revisions))
        doubt = self.doubt.get(revision.record)
        return Verdict(revision.hash, "accepted", seq, "2026-11-23T10:00:01Z", missing, code=doubt)

    def _page(self, after: int, limit: int) -> httpx.Response:
        found = [Sent(seq, "2026-11-23T10:00:01Z", r) for seq, r in enumerate(self.revisions, 1) if seq > after][:limit]
        cursor = found[-1].seq if found else after
        headers = {
            CURSOR_HEADER: str(cursor),
            MORE_HEADER: str(int(cursor < len(self.revisions))),
            LINES_HEADER: str(len(found)),
            SETUP_HEADER: self.setup_tag,
            STAMP_HEADER: f"{self.epoch}.signed",
        }
        return ndjson(pull_lines(found), **headers)

    def _blob(self, request: httpx.Request, name: str) -> httpx.Response:
        if request.method == "PUT" and "at" in request.url.params:
            return self._piece(request, name)
        if request.method == "PUT":
            if sha256(request.content) != name:
                return answer(422, error_json(Code.BLOB_HASH_MISMATCH, "changed on the way"))
            if request.content == b"no image":
                return answer(422, error_json(Code.NOT_AN_IMAGE, "this is no image"))
            self.stored_twice += name in self.blobs
            self.blobs[name] = request.content
            return answer(201)
        if name not in self.blobs and request.method == "HEAD":
            return answer(404, **{AT_HEADER: str(len(self.parts.get(name, b"")))})
        if name not in self.blobs:
            return answer(404, error_json(Code.NOT_FOUND, "no such photo"))
        if request.method == "HEAD":
            return answer(200)
        return httpx.Response(200, headers={TIME_HEADER: "1", "Content-Type": "image/jpeg"}, content=self.blobs[name])

    def _piece(self, request: httpx.Request, name: str) -> httpx.Response:
        at, size = int(request.url.params["at"]), int(request.url.params["size"])
        self.bytes_taken += len(request.content)
        part = self.parts.setdefault(name, bytearray())
        if at == len(part):
            part += request.content
        if len(part) < size:
            return answer(202, {"name": name, "at": len(part)})
        whole = bytes(self.parts.pop(name))
        if sha256(whole) != name:
            return answer(422, error_json(Code.BLOB_HASH_MISMATCH, "changed on the way"))
        self.blobs[name] = whole
        return answer(201)


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """An answer as the district gives it."""
    content = b"" if body is None else json.dumps(body).encode()
    return httpx.Response(
        status, headers={TIME_HEADER: "1763892000000", "Content-Type": "application/json", **headers}, content=content
    )


def ndjson(body: bytes, **headers: str) -> httpx.Response:
    """NDJSON as the district gives it."""
    return httpx.Response(200, headers={TIME_HEADER: "1763892000000", "Content-Type": NDJSON, **headers}, content=body)


FAULTS = ("drop request", "lose answer", "cut answer", "cut line", "429", "503", "500", "page", "slow", "twice")


def faults(*plan: str | None) -> Callable[[httpx.Request], str | None]:
    """These faults, one a request, and none after them."""
    left = list(plan)
    return lambda _: left.pop(0) if left else None


class Line(httpx.AsyncBaseTransport):
    """The line to a district; `fault` says for each request what goes wrong with it, if anything."""

    def __init__(self, district: Any, fault: Callable[[httpx.Request], str | None] = lambda _: None) -> None:
        self.district = district
        self.fault = fault

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        fault = self.fault(request)
        match fault:
            case "drop request":
                raise httpx.ConnectError("no way")
            case "429" | "503":
                return httpx.Response(int(fault), headers={"Retry-After": "7"}, content=b"")
            case "500":
                return httpx.Response(500, content=b"Internal Server Error")
            case "page":
                return httpx.Response(200, headers={"Content-Type": "text/html"}, content=b"<html>Welcome!")
            case "twice":
                await self.district(request)
        response: httpx.Response = await self.district(request)
        if fault == "lose answer":
            raise httpx.ReadError("gone")
        if fault == "slow":
            await asyncio.sleep(100)
        if fault in ("cut answer", "cut line") and await response.aread():
            # A proxy that packs anew may cut without breaking HTTP: only the words themselves can show it.
            lines = response.content.splitlines(keepends=True)
            kept = b"".join(lines[:-1]) if fault == "cut line" else response.content[: len(response.content) // 2]
            headers = {
                k: v for k, v in response.headers.items() if k.lower() not in ("content-length", "content-encoding")
            }
            return httpx.Response(response.status_code, headers=headers, content=kept)
        return response


def engine(
    notebook: Any, line: Line, phone: Device | None = None, seed: int = 1, base_url: str = "http://district.test"
) -> Engine:
    """The real engine and the real client between the two."""
    return Engine(
        notebook,
        phone or PlainDevice(),
        lambda base_url, device, token: District(base_url, device, token, transport=line, clock=lambda: 0.0),
        base_url=base_url,
        chance=dice(seed),
    )
