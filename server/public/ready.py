"""Cards and tags that are finished already: a whole class scans one poster, and nothing on it has changed.

A page that anybody may keep (its Cache-Control says so) is given again for as long as the database holds exactly what
it held before the page was made, in whatever process it may be changed, and only on the same day: a leave ends by
itself. So nobody is ever shown who was there before (docs/decisions/fast-pages.md).
"""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from server import leave
from server.database import Database
from server.guard import App, Message, Receive, Send
from server.public.page import words_of

MOST: Final = 500  # pages, of about 8 KB each
_ADDRESS: Final = re.compile(r"/[CT]/[A-Z0-9-]{1,40}")

# What a page depends on beside its address and language.
State = tuple[str, date]


@dataclass(frozen=True, slots=True)
class _Page:
    state: State
    route: Any  # for the log
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Ready:
    """ASGI middleware inside the guard, which puts its headers on these pages as on all others."""

    def __init__(self, app: App, database: Database) -> None:
        self._app = app
        self._database = database
        self._pages: dict[tuple[str, str], _Page] = {}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serves one request."""
        address = scope["path"].upper() if scope["type"] == "http" and scope["method"] == "GET" else ""
        if not _ADDRESS.fullmatch(address):
            await self._app(scope, receive, send)
            return
        key = address, words_of(Request(scope)).language
        state = await self._state()
        page = self._pages.get(key)
        if page is None or page.state != state:
            await self._make(key, state, scope, receive, send)
            return
        scope["route"] = page.route
        await send({"type": "http.response.start", "status": page.status, "headers": page.headers})
        await send({"type": "http.response.body", "body": page.body})

    async def _state(self) -> State | None:
        """What pages depend on now; None where the database does not tell."""
        today = leave.today()
        moment = self._database.moment
        now = moment() if self._database.tells_at_once else await run_in_threadpool(moment)
        return None if now is None else (now, today)

    async def _make(
        self,
        key: tuple[str, str],
        state: State | None,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
    ) -> None:
        """Has the page made, and keeps it where it may be kept."""
        sent: list[Message] = []

        async def note(message: Message) -> None:
            sent.append({**message, "headers": tuple(message.get("headers", ()))})
            await send(message)

        await self._app(scope, receive, note)
        if state is None or not _may_be_kept(sent):
            return
        start, body = sent
        self._pages.pop(key, None)
        self._pages[key] = _Page(state, scope.get("route"), start["status"], start["headers"], body["body"])
        if len(self._pages) > MOST:
            del self._pages[next(iter(self._pages))]


def _may_be_kept(sent: list[Message]) -> bool:
    """Whether this answer is whole, good, and for everybody: no refusal, no form, no receipt says so of itself."""
    if len(sent) != 2 or sent[0]["status"] != 200:
        return False
    return any(name == b"cache-control" and value.startswith(b"public") for name, value in sent[0]["headers"])
