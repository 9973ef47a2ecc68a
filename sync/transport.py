"""How httpx gets its bytes across: sockets where there are some, the browser's own fetch where there are none."""

import sys

import httpx


def make_transport() -> httpx.AsyncBaseTransport:
    """The way out of this machine. In the browser it is fetch (sync/transport_browser.py)."""
    if sys.platform == "emscripten":
        from sync.transport_browser import FetchTransport

        return FetchTransport()
    return httpx.AsyncHTTPTransport()
