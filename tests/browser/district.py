"""A district for the journeys: the real server in a process of its own, that can be stopped and started again."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.browser.phone import wait_until

ROOT = Path(__file__).resolve().parents[2]


class District:
    """`beatbook serve` on a port of its own, with its data in `folder` and the field app from `webapp`, if any."""

    def __init__(self, folder: Path, webapp: Path | None = None, port: int = 0, *, database_url: str = "") -> None:
        self.folder = folder
        self._database_url = database_url
        self._webapp = webapp
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.short_code = ""  # what is printed under the tag of its place
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts serving; returns once the district answers."""
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve"], cwd=ROOT, env=self._environment(), stdout=log, stderr=log
        )
        log.close()
        wait_until(self.answers, "the district to answer", 60)

    def stop(self) -> None:
        """Ends the server's process."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=20)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait(timeout=20)

    def memory(self, *, peak: bool = False) -> int:
        """What its process has in memory now, or the most that it had since that was asked last: bytes (Linux)."""
        assert self._process
        folder = Path(f"/proc/{self._process.pid}")
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        if not peak:
            (folder / "clear_refs").write_text("5")
        return int(lines["VmHWM" if peak else "VmRSS"].split()[0]) * 1024

    def answers(self) -> bool:
        """Whether /healthz says ok."""
        assert self._process is None or self._process.poll() is None, (self.folder / "server.log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(json.load(answer)["status"] == "ok")
        except (urllib.error.URLError, OSError):
            return False

    def beatbook(self, *words: str) -> str:
        """Runs the command line as an administrator would and gives what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", *words],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"beatbook {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def records(self) -> list[dict[str, Any]]:
        """What `beatbook records --json` prints."""
        found: list[dict[str, Any]] = json.loads(self.beatbook("records", "--json"))
        return found

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "BEATBOOK_DATA": str(self.folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BEATBOOK_BASE_URL": self.url,
            **({"BEATBOOK_WEBAPP": str(self._webapp)} if self._webapp else {}),
            **({"BEATBOOK_DATABASE_URL": self._database_url} if self._database_url else {}),
        }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
