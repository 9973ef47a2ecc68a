"""httpx over the browser's fetch: Python in a web worker has no sockets."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx

# Fetch sets these itself and forbids them, or has already done what they say (it unpacks the answer).
_OURS: Final = {"host", "content-length", "connection", "accept-encoding", "user-agent"}
_THEIRS: Final = {"content-encoding", "content-length", "transfer-encoding"}


class FetchTransport(httpx.AsyncBaseTransport):
    """One fetch a request, past the browser's cache and without cookies. Timeouts are the caller's (it cancels)."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request and gives the answer as it comes in. Raises httpx.ConnectError when there is none."""
        from pyodide.http import AbortError, pyfetch

        body = await request.aread()
        options: dict[str, Any] = {"body": body} if body else {}
        try:
            answer = await pyfetch(
                str(request.url),
                method=request.method,
                headers={name: value for name, value in request.headers.items() if name not in _OURS},
                cache="no-store",
                credentials="omit",
                redirect="manual",
                **options,
            )
        except (AbortError, OSError) as error:
            raise httpx.ConnectError(type(error).__name__, request=request) from None
        if answer.type == "opaqueredirect":
            return httpx.Response(302, request=request)
        headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _THEIRS]
        return httpx.Response(answer.status, headers=headers, stream=_Body(answer), request=request)


class _Body(httpx.AsyncByteStream):
    """The body of an answer, piece by piece, so that a slow line is told from a dead one."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        from pyodide.ffi import JsException

        stream = self._answer.js_response.body
        if stream is None:
            return
        reader = stream.getReader()
        try:
            while not (piece := await reader.read()).done:
                yield piece.value.to_bytes()
        except JsException as error:
            raise httpx.ReadError(str(error.name)) from None

    async def aclose(self) -> None:
        """Ends a transfer that nobody reads any more."""
        self._answer.abort()
