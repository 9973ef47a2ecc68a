"""Runs the server in this process until it is told to stop."""

import errno
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.settings import Settings

_PATIENCE = 10  # seconds that requests get to end when the server stops


class ServingError(Exception):
    """The server cannot start; the message is a sentence that says why and what to do."""


@contextmanager
def bind(host: str, port: int) -> Iterator[socket.socket]:
    """The door itself, taken before anything slow is done. Raises ServingError when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise _not_here(host) from None
    door = socket.socket(family, kind, protocol)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(address)
        door.listen(128)  # two servers may bind with SO_REUSEADDR, but only one may listen
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise _not_here(host) from None
        raise ServingError(
            f"Port {port} on {host} cannot be used ({error.strerror}). "
            f"Is a server running already? Another port: PORT={port + 1 if port < 65535 else 8081}"
        ) from None
    with door:
        yield door


def _not_here(host: str) -> ServingError:
    return ServingError(f"There is no address {host!r} on this machine. Set HOST to one that is here.")


def serve(settings: Settings, door: socket.socket, certificate: Path | None = None, key: Path | None = None) -> None:
    """Serves until Ctrl-C, lets running requests end, and returns; SIGTERM ends the process after them."""
    # The web framework takes most of a second to import, and the other commands do without it.
    import uvicorn

    from server.app import create_app

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    config = uvicorn.Config(
        create_app(settings),
        # The access log is server/guard.py's: uvicorn's would write addresses, and codes are part of some.
        access_log=False,
        log_config=None,
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=_PATIENCE,
    )
    with suppress(KeyboardInterrupt):  # uvicorn has stopped cleanly and hands the signal on
        uvicorn.Server(config).run(sockets=[door])


def check_certificate(certificate: Path | None, key: Path | None) -> None:
    """Raises ServingError unless there are both or none, and they can be used."""
    if (certificate is None) != (key is None):
        raise ServingError("HTTPS needs both: --certificate FILE and --key FILE.")
    if certificate is None or key is None:
        return
    for path in (certificate, key):
        if not path.is_file():
            raise ServingError(f"There is no file {path}.")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise ServingError(f"The certificate and key cannot be used: {error}.") from None
