"""An object store of the tests' own: moto's S3, in a process of its own, on this machine only."""

import contextlib
import os
import subprocess
import sys
import time
from types import TracebackType
from typing import Final, Self

import httpx

from tests.browser.district import free_port

_PATIENCE: Final = 60.0
# What moto lets in; obstore takes it from the environment, as a district's would.
SECRETS: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class FakeStore:
    """A store without buckets."""

    def __init__(self) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        port = self.address.rpartition(":")[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
            env={**os.environ, **SECRETS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _PATIENCE
        while not self._answers():
            assert self._process.poll() is None
            assert time.monotonic() < until
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()

    def bucket(self, name: str) -> str:
        """The URL of a new, empty bucket."""
        self._put(name, b"")
        return f"s3://{name}/photos?endpoint={self.address}"

    def write(self, bucket: str, name: str, data: bytes) -> None:
        """Puts any bytes where a photo is, without asking anybody."""
        self._put(f"{bucket.removeprefix('s3://').partition('?')[0]}/{name}", data)

    def _put(self, path: str, data: bytes) -> None:
        who = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"}
        httpx.put(f"{self.address}/{path}", content=data, headers=who).raise_for_status()

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.address}/moto-api/").status_code < 500
        return False
