"""What every request passes through: a limit on its size, headers that protect browsers, a log without names, and a
net that turns whatever goes wrong inside into a plain answer."""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from server import errors
from server.console.door import error as console_error
from server.errors import Refused
from server.public import open311_forms
from server.public.page import error_page
from sync.protocol import MAX_BLOB_BYTES, TIME_HEADER, Code

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

MAX_BODY_BYTES: Final = MAX_BLOB_BYTES + 100_000

# For answers that do not say otherwise; pages and the web app set stricter or other ones themselves.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_HSTS: Final = "max-age=31536000"

access: Final = logging.getLogger("beatbook.access")
trouble: Final = logging.getLogger("beatbook.trouble")


class TooBig(Exception):
    """The body is larger than any request may be."""


class Nowhere(Exception):
    """An address with a character that stands in no name: PostgreSQL would refuse to look for it."""


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: App, secure: bool = False) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Answer(scope, send, self._secure)
        try:
            if _declared(scope) > MAX_BODY_BYTES:
                raise TooBig
            if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
                raise Nowhere
            await self._app(scope, answer.limited(receive), answer.send)
        except ClientDisconnect:
            pass  # a phone in a tunnel; it sends again
        except Nowhere:
            await answer.instead(Refused(Code.NOT_FOUND, "There is nothing at this address."), 404)
        except TooBig:
            await answer.instead(Refused(Code.TOO_BIG, "This is more than the district takes in one piece."), 413)
        except Exception as error:
            # Where, not what: the message of an exception may quote what somebody wrote.
            trouble.error("%s in %s", type(error).__name__, errors.where(error))
            await answer.instead(Refused(Code.INTERNAL, "The district has trouble. Please try again later."), 500)
        took = (time.perf_counter() - began) * 1000
        why = errors.noted(scope)
        access.info("%s %s %s %.0f ms%s", scope["method"], _route(scope), answer.status, took, why)


class _Answer:
    """Puts the headers on an answer, and can give another one while none has begun."""

    def __init__(self, scope: MutableMapping[str, Any], send: Send, secure: bool) -> None:
        self._scope = scope
        self._send = send
        self._secure = secure
        self._is_a_phones = any(name == b"authorization" for name, _ in scope["headers"])
        self._too_big = False
        self.status = 0

    def limited(self, receive: Receive) -> Receive:
        """The same body, but not more of it than a request may have."""
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                self._too_big = True
                raise TooBig
            return message

        return limited

    async def send(self, message: Message) -> None:
        """Sends on; raises TooBig where a framework made another answer of it."""
        if self._too_big and not self.status:
            self._too_big = False
            raise TooBig
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            api = self._scope["path"].startswith("/api/")
            # What is asked for with a token no page can show or load; every byte goes over a phone's line each time.
            for name, value in () if api and self._is_a_phones else HEADERS.items():
                headers.setdefault(name, value)
            if self._secure:
                headers.setdefault("Strict-Transport-Security", _HSTS)
            if api:
                headers[TIME_HEADER] = str(time.time_ns() // 1_000_000)
                if self._scope["method"] in ("GET", "HEAD"):  # nothing keeps the answers to others
                    headers.setdefault("Cache-Control", "no-store")
        await self._send(message)

    async def instead(self, refused: Refused, status: int) -> None:
        """Sends this refusal, unless an answer has begun."""
        self._too_big = False
        if self.status:
            return  # too late: the server cuts the connection, and the other end sees that the answer is not whole
        request = Request(self._scope)
        if self._scope["path"].startswith("/api/"):
            response: Response = errors.answer(refused, self._scope)
        elif open311_forms.is_here(request):
            response = open311_forms.refuse(request, status)
        elif status == 413 and request.url.path.startswith("/console/"):
            response = console_error(request, "too_big", status)
        else:
            response = error_page(request, status)
        await response(self._scope, _nothing, self.send)


def _declared(scope: MutableMapping[str, Any]) -> int:
    size = dict(scope["headers"]).get(b"content-length", b"0")
    return int(size[:20]) if size.isdigit() else 0


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _route(scope: MutableMapping[str, Any]) -> str:
    """The pattern of the address, never the address: it may hold a code or an id."""
    pattern: str | None = getattr(scope.get("route"), "path", None)
    return pattern or ("/app/…" if scope["path"].startswith("/app/") else "/…")
