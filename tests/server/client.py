"""An httpx client that speaks to the server's application without a socket, for tests that are not async."""

from types import TracebackType
from typing import Self

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI


class AppTransport(httpx.BaseTransport):
    """Runs the application on an event loop of its own, in a thread of its own."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app)
        self._starting = start_blocking_portal()
        self._portal: BlockingPortal = self._starting.__enter__()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self._starting.__exit__(None, None, None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Asks the application and waits for the whole answer."""
        return self._portal.call(self._handle, request)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        request.stream = httpx.ByteStream(request.read())
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([piece async for piece in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


def open_client(app: FastAPI, base_url: str) -> httpx.Client:
    """A client to be used as a context manager."""
    return httpx.Client(transport=AppTransport(app), base_url=base_url)
