"""The server as a process: starts, says where, stops at Ctrl-C without a traceback, and says why it cannot start."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from app.ids import sha256
from server import enrolment
from server.blobs import Blobs
from server.cli import main
from server.database import open_sqlite
from server.serving import ServingError, bind, check_certificate
from server.tables import Record, StoredRevision
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def served(home: Home, free_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`beatbook serve` on the district of `home`, and its address."""
    environment = {**os.environ, "BEATBOOK_DATA": str(home.settings.data), "PORT": str(free_port)}
    environment["BEATBOOK_WEBAPP"] = str(home.settings.webapp)
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    assert "Ctrl-C stops" in process.stdout.readline()
    assert "beatbook app" in process.stdout.readline(), "whoever serves without the field app is told"
    while "Application startup complete" not in (line := process.stdout.readline()):
        assert line, "the server ended before it had started"
    yield process, f"http://127.0.0.1:{free_port}"
    watchdog.cancel()
    process.kill()
    process.wait()
    process.stdout.close()


def test_ctrl_c_stops_cleanly(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    assert httpx.get(f"{url}/healthz").json()["status"] == "ok"
    process.send_signal(signal.SIGINT)
    assert process.stdout
    rest = process.stdout.read()
    assert process.wait(30) == 0
    assert rest.rstrip().endswith("Stopped.")
    assert "Traceback" not in rest


def test_what_was_accepted_is_there_after_the_server_was_killed(
    home: Home, served: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = served
    with home.database.writing() as session:
        code = enrolment.make_code(session, home.officer)
    with httpx.Client(base_url=url) as client:
        phone = Phone(client, home.officer, home.school)
        assert phone.enrol(code).status_code == 200
        data = picture()
        batch = [phone.write({"channel": "phone", "photo": photo_answer(data)}) for _ in range(20)]
        accepted = {verdict.hash for verdict in phone.push(*batch) if verdict.safe}
        assert phone.put_photo(data).status_code == 201
        process.kill()
        process.wait()
    again = open_sqlite(home.settings.database_path)
    with again.reading() as session:
        assert set(session.scalars(select(StoredRevision.hash))) == accepted == {one.hash for one in batch}
        assert set(session.scalars(select(Record.missing))) == {0}
    again.close()
    assert Blobs(home.settings.blobs_path).path(sha256(data)).read_bytes() == data


def test_a_second_server_on_the_port_is_told_in_a_sentence(
    home: Home, served: tuple[subprocess.Popen[str], str]
) -> None:
    port = served[1].rsplit(":", 1)[1]
    environment = {**os.environ, "BEATBOOK_DATA": str(home.settings.data), "PORT": port}
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "kept", [b"\0" * 65, b"0123abc\n", b"\xff\xfe\0", b"x" * 64], ids=["zeros", "cut", "bytes", "text"]
)
@pytest.mark.parametrize("name", ["secret.key", "stamp.key"])
def test_a_damaged_key_is_refused_at_the_start_with_its_file_and_what_to_do(
    home: Home,
    free_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    kept: bytes,
) -> None:
    (home.settings.data / name).write_bytes(kept)
    monkeypatch.setenv("BEATBOOK_DATA", str(home.settings.data))
    monkeypatch.setenv("PORT", str(free_port))
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"The file {home.settings.data / name} is damaged" in said
    assert "a new key is made" in said


def test_the_command_line_works_beside_a_running_server(home: Home, served: tuple[subprocess.Popen[str], str]) -> None:
    environment = {**os.environ, "BEATBOOK_DATA": str(home.settings.data)}
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "records", "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert httpx.get(f"{served[1]}/healthz").status_code == 200


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])  # the second is nobody's (RFC 5737)
def test_an_address_that_is_not_here_is_a_sentence(free_port: int, host: str) -> None:
    with pytest.raises(ServingError, match="HOST"), bind(host, free_port):
        pass


def test_a_certificate_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).write_text("nonsense")
    with pytest.raises(ServingError, match="cannot be used"):
        check_certificate(tmp_path / "certificate.pem", tmp_path / "key.pem")
