"""The district as the phone sees it: every request of the protocol, and nothing believed without a look.

Importing httpx takes over half a second on a phone, so this module is imported at the first round, not at the start.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, Self

import httpx

from app.ids import canonical, sha256
from app.revisions import Revision
from app.tally import Tally
from sync.ahead import begun
from sync.answer import Answer
from sync.errors import DistrictTrouble, Refused, Unreachable
from sync.packing import deflate_small
from sync.protocol import (
    API,
    APP_HEADER,
    APP_VERSION,
    AT_HEADER,
    CURSOR_HEADER,
    DEVICE_HEADER,
    LINES_HEADER,
    LINKS_HEADER,
    MAX_BATCH_LINES,
    MORE_HEADER,
    NDJSON,
    RESTORED_HEADER,
    RUNS_HEADER,
    SETUP_HEADER,
    STAMP_HEADER,
    TIME_HEADER,
    Code,
    Left,
    Sent,
    Unread,
    Verdict,
    Wanted,
    WireError,
    leftovers_json,
    push_lines,
    read_place,
    read_pull_line,
    read_tally,
    read_verdicts,
    read_wanted,
    split,
)
from sync.transport import make_transport

PATIENCE: Final = 30.0
SLOWEST: Final = 2_500  # bytes a second: slower than this, a line counts as dead
MAX_ANSWER_BYTES: Final = 64_000_000
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"

# Revisions that the district sent, where to go on, and whether there is more.
Page = tuple[list[Sent | Unread], int, bool]


class Found(NamedTuple):
    """Whether the district has a photo, and else how many bytes of it; None where it takes no pieces (an older one)."""

    whole: bool
    at: int | None


class District:
    """One district, spoken to as one device. Every method raises the family of sync/errors.py and nothing else.

    `offset` is the last known difference "district minus phone" in milliseconds, None before the first answer; `stamp`
    the district's signature under the end of its log, as it last gave it; `setup_tag` the ETag of the setup that this
    phone should have, as the last page of revisions named it; `restored` which restore from a backup it last told of.
    """

    def __init__(
        self,
        base_url: str,
        device: str = "",
        token: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.stamp: str | None = None
        self.setup_tag: str | None = None
        self.restored: str | None = None
        self.offset: int | None = None
        self._device = device
        self._token = token
        self._clock = clock
        self._quickest = float("inf")
        self._packed: dict[tuple[str, ...], bytes] = {}  # by the hashes of what is in it
        self._linked = False  # whether the district reads lines that leave out what the line before says
        try:
            address = httpx.URL(base_url.rstrip("/") + API)
        except httpx.InvalidURL:
            raise Unreachable("this is not an address") from None
        self._http = httpx.AsyncClient(
            base_url=address,
            headers={APP_HEADER: APP_VERSION},
            timeout=None,  # noqa: S113 - _send sets a deadline that also holds in the browser
            transport=transport or make_transport(),
        )
        for name in ("Accept", "Connection", "User-Agent"):  # they say nothing here, and would go with every request
            del self._http.headers[name]
        self._http.headers["Accept-Encoding"] = "gzip"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._http.aclose()

    async def enrol(self, code: str, name: str = "", platform: str = "") -> dict[str, Any]:
        """Binds this device with a one-time code. Repeating it with the same code and token is harmless."""
        body = {
            "code": code,
            "device": self._device,
            "token": self._token,
            "name": name,
            "platform": platform,
            "app": APP_VERSION,
        }
        answer = await self._ask("POST", "/enrol", body=canonical(body), type_sent=JSON, type_wanted=JSON, known=False)
        enrolled = answer.json()
        if enrolled.get("device") != self._device or not _named(enrolled, "officer", "district"):
            raise DistrictTrouble("the answer to the enrolment is incomplete")
        return enrolled

    async def setup(self, etag: str | None = None) -> tuple[dict[str, Any], str | None] | None:
        """What this phone is to know (forms, schools, tags, …) and its ETag; None when `etag` still holds."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = await self._ask("GET", "/setup", headers=headers, type_wanted=JSON, good=(200, 304))
        if answer.status == 304:
            return None
        setup = answer.json()
        # An empty answer is a question, not an instruction to forget.
        lists = ("schools", "places", "tags", "people", "forms")
        if not _named(setup, "district", "officer") or not all(isinstance(setup.get(part), list) for part in lists):
            raise DistrictTrouble("the setup is incomplete")
        if not setup["forms"]:
            raise DistrictTrouble("the setup has no forms")
        return setup, answer.headers.get("ETag")

    async def push(
        self, revisions: Sequence[Revision], stamp: str | None = None, then: Sequence[Revision] = ()
    ) -> list[Verdict]:
        """Hands in revisions and gives one verdict for each, in the same order; `stamp` as in `pull`.

        `then` is what would be handed in next: it is packed while the district is at work, and sent by the next call.
        """
        hashes = [revision.hash for revision in revisions]
        body = self._packed.pop(tuple(hashes), b"") or self._pack(revisions)
        self._packed.clear()
        asked = self._ask(
            "POST",
            "/revisions",
            body=body,
            headers={"Content-Encoding": "gzip", RUNS_HEADER: "1", **_knows(stamp)},
            type_sent=NDJSON,
            type_wanted=NDJSON,
        )
        if then:
            task = await begun(asked)
            self._packed[tuple(revision.hash for revision in then)] = self._pack(then)
            answer = await task
        else:
            answer = await asked
        try:
            verdicts = read_verdicts(answer.body, hashes)
        except WireError as error:
            raise DistrictTrouble(str(error)) from None
        if [verdict.hash for verdict in verdicts] != hashes:
            raise DistrictTrouble("the verdicts are not about what was sent")
        self.stamp = answer.headers.get(STAMP_HEADER, self.stamp)
        self._linked = LINKS_HEADER in answer.headers
        return verdicts

    async def pull(
        self,
        after: int,
        limit: int = MAX_BATCH_LINES,
        stamp: str | None = None,
        *,
        anew: bool = False,
        own: bool = False,
        restored: str | None = None,
    ) -> Page:
        """What the district took in after its number `after`: the revisions, the next cursor, whether there is more.

        What is new about a record that this phone may have let go of comes with all that is older. A phone that begins
        `anew` is sent only what it is to hold; with `own`, what it wrote itself comes too. With the `stamp` that this
        phone was given last, and the name of the last restore that it was told of, a district that was restored from a
        backup says so: Refused, and `restored` is which.
        """
        ways = "".join(f"&{way}=1" for way, wanted in (("whole", not anew), ("anew", anew), ("own", own)) if wanted)
        few = f"&limit={limit}" if limit != MAX_BATCH_LINES else ""
        ways += f"&{httpx.QueryParams({'restored': restored})}" if restored is not None else ""
        answer = await self._ask(
            "GET", f"/revisions?after={after}{few}{ways}", headers=_knows(stamp), type_wanted=NDJSON
        )
        found: list[Sent | Unread] = []
        try:
            for number, line in enumerate(split(answer.body)):
                if number % 25 == 24:
                    await asyncio.sleep(0)  # one thread for everything: the screen gets its turn
                found.append(read_pull_line(line))
        except WireError as error:
            raise DistrictTrouble(str(error)) from None
        if answer.number(LINES_HEADER) != len(found):
            raise DistrictTrouble("the answer was cut between two lines")
        cursor, more = answer.number(CURSOR_HEADER), answer.number(MORE_HEADER)
        numbers = [sent.seq for sent in found]
        if any(late <= early for early, late in pairwise(numbers)) or cursor < max([after, *numbers]):
            raise DistrictTrouble("the district's numbers do not rise")
        if more and cursor == after:
            raise DistrictTrouble("the district promises more and gives nothing")
        self.stamp = answer.headers.get(STAMP_HEADER, self.stamp)
        self.setup_tag = answer.headers.get(SETUP_HEADER)
        return found, cursor, bool(more)

    async def tally(self, since: str, until: int) -> Tally | None:
        """What this phone should have of what came in since then, up to that number; None from an older district."""
        query = httpx.QueryParams({"since": since, "until": until})
        try:
            return read_tally((await self._ask("GET", f"/tally?{query}", type_wanted=JSON)).body)
        except Refused as error:
            if error.code != Code.NOT_FOUND:
                raise
            return None
        except WireError as error:
            raise DistrictTrouble(str(error)) from None

    async def find_blob(self, name: str) -> Found:
        """What the district has of the photo with this SHA-256."""
        answer = await self._ask("HEAD", f"/blobs/{name}", good=(200, 404))
        return Found(answer.status == 200, answer.number(AT_HEADER) if AT_HEADER in answer.headers else None)

    async def put_blob(self, name: str, data: bytes, mime: str) -> None:
        """Hands in a photo as a whole. Raises Refused without asking when the bytes are not what `name` says."""
        _check(name, data)
        await self._ask("PUT", f"/blobs/{name}", body=data, type_sent=mime, good=(200, 201))

    async def put_piece(self, name: str, data: bytes, mime: str, at: int, most: int) -> int:
        """Hands in the piece of a photo that begins at `at`, of at most that many bytes; gives where to go on from.

        That is the end of the photo once the district has all of it. Raises Refused like `put_blob`.
        """
        _check(name, data)
        path = f"/blobs/{name}?at={at}&size={len(data)}"
        answer = await self._ask("PUT", path, body=data[at : at + most], type_sent=mime, good=(200, 201, 202))
        if answer.status != 202:
            return len(data)
        try:
            about, here = read_place(answer.body)
        except WireError as error:
            raise DistrictTrouble(str(error)) from None
        if about != name or not 0 <= here < len(data):
            raise DistrictTrouble("the answer is about another photo")
        return here

    async def get_blob(self, name: str) -> bytes:
        """Fetches a photo, checked against its name."""
        data = (await self._ask("GET", f"/blobs/{name}", type_wanted="image/")).body
        if sha256(data) != name:
            raise DistrictTrouble("the photo is not what its name says")
        return data

    async def announce_leftovers(self, code: str, vault: str, token: str, files: Sequence[Left]) -> Wanted:
        """Says what a wiped phone still has, and asks what of it the district misses. The code is not used up by it."""
        body = leftovers_json(code, vault, token, files)
        answer = await self._ask("POST", "/leftovers", body=body, type_sent=JSON, type_wanted=JSON, known=False)
        try:
            return read_wanted(answer.body)
        except WireError as error:
            raise DistrictTrouble(str(error)) from None

    async def put_leftover(self, vault: str, token: str, name: str, at: int, piece: bytes) -> int:
        """Hands in the piece of a sealed file that begins at `at`; gives how much of the file the district has now."""
        path, headers = f"/leftovers/{vault}/{name}?at={at}", {"Authorization": f"Bearer {token}"}
        answer = await self._ask(
            "PUT", path, body=piece, headers=headers, type_sent=BYTES, type_wanted=JSON, known=False
        )
        try:
            about, here = read_place(answer.body)
        except WireError as error:
            raise DistrictTrouble(str(error)) from None
        if about != name:
            raise DistrictTrouble("the answer is about another file")
        return here

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        type_sent: str = "",
        type_wanted: str = "",
        good: tuple[int, ...] = (200,),
        known: bool = True,
    ) -> Answer:
        """One request, and its answer if it is a good one of the district's; any other is put into the family."""
        sent = dict(headers or {})
        if type_sent:
            sent["Content-Type"] = type_sent
        if known:
            sent.update({"Authorization": f"Bearer {self._token}", DEVICE_HEADER: self._device})
        before = self._clock()
        answer = await self._send(self._http.build_request(method, path, content=body or None, headers=sent))
        self.restored = answer.headers.get(RESTORED_HEADER, self.restored)
        answer.judge(method, good, checked=known)
        self._learn_time(answer, before, self._clock())
        kind = answer.headers.get("Content-Type", "")
        if type_wanted and answer.status == 200 and not kind.startswith(type_wanted):
            raise DistrictTrouble(f"the answer is of another kind: {kind[:40]}")
        return answer

    async def _send(self, request: httpx.Request) -> Answer:
        loop = asyncio.get_running_loop()
        size = int(request.headers.get("Content-Length", 0))
        try:
            async with asyncio.timeout(PATIENCE + size / SLOWEST) as deadline:
                answer = await self._http.send(request, stream=True)
                try:
                    body = bytearray()
                    async for piece in answer.aiter_bytes():
                        body += piece
                        if len(body) > MAX_ANSWER_BYTES:
                            raise DistrictTrouble("the answer is too long")
                        deadline.reschedule(loop.time() + PATIENCE)
                finally:
                    await answer.aclose()
                return Answer(answer.status_code, answer.headers, bytes(body))
        except TimeoutError:
            raise Unreachable("no answer in time") from None
        except (httpx.DecodingError, httpx.RemoteProtocolError) as error:
            raise DistrictTrouble(f"the answer was cut: {type(error).__name__}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from None

    def _pack(self, revisions: Sequence[Revision]) -> bytes:
        return deflate_small(push_lines(revisions, linked=self._linked))

    def _learn_time(self, answer: Answer, before: float, after: float) -> None:
        # The quickest exchange tells the time best.
        if 0 <= after - before < self._quickest:
            self._quickest = after - before
            self.offset = round(answer.number(TIME_HEADER) - (before + after) * 500)


def _knows(stamp: str | None) -> dict[str, str]:
    # Without the signature: it is the district's own word, and a round with nothing new is to be short.
    return {STAMP_HEADER: stamp.rpartition(".")[0]} if stamp else {}


def _check(name: str, data: bytes) -> None:
    if sha256(data) != name:
        raise Refused(Code.BLOB_HASH_MISMATCH, "the photo on this phone is damaged")


def _named(body: dict[str, Any], *parts: str) -> bool:
    return all(isinstance(body.get(part), dict) and body[part].get("id") for part in parts)
