"""An ASGI application served beside a test, in a thread, on a port of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.browser.phone import wait_until


@contextmanager
def serving(app: Any, listener: socket.socket | None = None) -> Iterator[int]:
    """Serves it until the block ends, and gives the port: the listener's, where one is given."""
    with listener or socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        wait_until(lambda: server.started, "the server to start")
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join()
