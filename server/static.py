"""Serves the built field app under /app/: finished bytes, checked again by name at each visit, and nothing foreign.

The service worker keeps a copy of every file (assets/web/sw.js), so phones come here for what is new; whoever comes
without it is answered 304 for what the browser still has.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from server.publish.listing import NAME, Listing, content_type

Message = MutableMapping[str, Any]

PREFIX: Final = "/app"

# CanvasKit and Pyodide compile WebAssembly; Flutter writes styles into the page and reads pictures from blobs.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "connect-src 'self' data: blob:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob: mediastream:",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# A worker has the policy of its own file. Flet's Python and the QR reader's loader (views/scanner_browser.py) hand
# small scripts of ours to the browser's eval; the page with the officer's screens gets no such right.
WORKER_POLICY: Final = POLICY.replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'")
WORKER: Final = "python-worker.js"

HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
}
_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Beatbook</title>
<h1>The field app is not built yet</h1><p>Whoever runs this server builds it with <code>make app</code>.
<p lang="es">La aplicación todavía no está lista en este servidor.</html>"""


def mount(app: Starlette, folder: Path) -> None:
    """Adds the field app in `folder` to a server, at /app/."""
    app.router.routes.append(Route(PREFIX, _to_the_app, methods=["GET", "HEAD"], include_in_schema=False))
    app.router.routes.append(Mount(PREFIX, WebApp(folder), name="webapp"))


class WebApp:
    """ASGI application over a built web app; a new build is noticed at the next request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: int | None = None
        self._listing: Listing | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            await self._answer(Request(scope, receive))(scope, receive, send)
        except FileNotFoundError:  # the folder is being exchanged for a newer build at this very moment
            await PlainTextResponse("Try again.", 503, {"Retry-After": "1"})(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Only GET.", 405, {"Allow": "GET, HEAD"})
        listing = self._current()
        if listing is None:
            return HTMLResponse(_NOT_BUILT, 503, {**HEADERS, "Content-Security-Policy": POLICY})
        path = request.scope["path"][len(request.scope.get("root_path", "")) :].lstrip("/")
        name = listing.find(path)
        if name is None:
            if "." in path.rsplit("/", 1)[-1]:
                return PlainTextResponse("There is no such file.", 404, HEADERS)
            name = "index.html"  # a deep link: the app knows where it leads
        entry = listing.files[name]
        ending = _choose(request.headers.get("accept-encoding", ""), entry.packed)
        headers = {
            **HEADERS,
            "Content-Security-Policy": WORKER_POLICY if name == WORKER else POLICY,
            "ETag": f'"{entry.hash[:32]}{"-" + ending if ending else ""}"',
        }
        if ending:
            headers["Content-Encoding"] = {"br": "br", "gz": "gzip"}[ending]
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        file = self._folder / (f"{name}.{ending}" if ending else name)
        return FileResponse(file, headers=headers, media_type=content_type(name), stat_result=file.stat())

    def _current(self) -> Listing | None:
        try:
            seen = (self._folder / NAME).stat().st_mtime_ns
        except OSError:
            return None
        if seen != self._seen:
            self._listing = Listing.read(self._folder)
            self._seen = seen
        return self._listing


async def _to_the_app(_request: Request) -> Response:
    return RedirectResponse(PREFIX + "/", 308)


def _choose(accepted: str, packed: tuple[str, ...]) -> str | None:
    """The ending of the smallest form that the browser reads."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        offers[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next(
        (ending for ending, name in (("br", "br"), ("gz", "gzip")) if ending in packed and offers.get(name)), None
    )
