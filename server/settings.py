"""Every setting of the server in one place, read from the environment; a fresh clone runs with none set."""

import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

_TRIES: Final = 20
_KEY_BYTES: Final = 32
WEBAPP: Final = Path(__file__).parent.parent / ".build" / "webapp"


class SettingError(ValueError):
    """A setting cannot be used; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server needs to know before it starts.

    `data` is the folder that holds everything of a district; `base_url` is what stands in printed codes and links,
    so a district that prints tags sets BEATBOOK_BASE_URL to the address its phones and parents use. `database_url` is
    a PostgreSQL database instead of a file in the folder, `blobs_url` another folder or an object store for photos.
    """

    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8080
    base_url: str = "http://127.0.0.1:8080"
    webapp: Path = WEBAPP
    escrow_key: Path | None = None
    stamp_key: Path | None = None
    database_url: str = field(default="", repr=False)  # there may be a password in it
    blobs_url: str = ""

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads BEATBOOK_DATA, HOST, PORT, BEATBOOK_BASE_URL, BEATBOOK_WEBAPP, BEATBOOK_ESCROW_KEY,
        BEATBOOK_DATABASE_URL and BEATBOOK_BLOBS_URL. Raises SettingError.
        """
        host = environment.get("HOST", "").strip() or "127.0.0.1"
        port = _port(environment.get("PORT", "").strip() or "8080")
        base_url = environment.get("BEATBOOK_BASE_URL", "").strip().rstrip("/") or local_url(host, port)
        if not base_url.lower().startswith(("https://", "http://")):
            raise SettingError(f"BEATBOOK_BASE_URL must start with https:// (or http:// for trials), not {base_url!r}.")
        if not _is_origin(base_url):
            # The app reads no tag of an address with more in it, and what is printed cannot be taken back.
            raise SettingError(
                "BEATBOOK_BASE_URL is a host of its own, with a port at most, such as https://beatbook.example.org, "
                f"not {base_url!r}."
            )
        key = environment.get("BEATBOOK_ESCROW_KEY", "").strip()
        stamp = environment.get("BEATBOOK_STAMP_KEY", "").strip()
        database_url = environment.get("BEATBOOK_DATABASE_URL", "").strip()
        if database_url and not database_url.startswith(("postgresql://", "postgres://")):
            raise SettingError("BEATBOOK_DATABASE_URL must be postgresql://user:password@host/database, or not set.")
        blobs_url = environment.get("BEATBOOK_BLOBS_URL", "").strip()
        if blobs_url and not blobs_url.startswith(("s3://", "file:///")):
            raise SettingError(
                "BEATBOOK_BLOBS_URL must be file:///folder or s3://bucket?endpoint=https://…, or not set."
            )
        return cls(
            data=Path(environment.get("BEATBOOK_DATA", "").strip() or "var"),
            host=host,
            port=port,
            base_url=base_url,
            webapp=Path(environment.get("BEATBOOK_WEBAPP", "").strip() or WEBAPP),
            escrow_key=Path(key) if key else None,
            stamp_key=Path(stamp) if stamp else None,
            database_url=database_url,
            blobs_url=blobs_url,
        )

    @property
    def secure(self) -> bool:
        """Whether phones and browsers reach this server by HTTPS."""
        return self.base_url.lower().startswith("https://")

    @property
    def database_path(self) -> Path:
        """The SQLite file, where there is no PostgreSQL."""
        return self.data / "district.sqlite"

    @property
    def blobs_path(self) -> Path:
        """The folder of photos, where there is no object store."""
        return Path(url2pathname(urlsplit(self.blobs_url).path)) if self.blobs_url else self.data / "blobs"

    @property
    def blob_copies_path(self) -> Path:
        """The folder of copies of photos that are in an object store."""
        return self.data / "blob-copies"

    @property
    def leftovers_path(self) -> Path:
        """The folder of what wiped phones handed in, still sealed."""
        return self.data / "leftovers"

    @property
    def recovered_path(self) -> Path:
        """The folder of reports about what was opened: drafts, and what the district refused."""
        return self.data / "recovered"

    @property
    def escrow_key_path(self) -> Path:
        """The file of the escrow's private key; it may lie on a medium that is kept elsewhere."""
        return self.escrow_key or self.data / "escrow.key"

    @property
    def stamp_key_path(self) -> Path:
        """The file of the key that the log is signed with; the same for every server process of a district."""
        return self.stamp_key or self.data / "stamp.key"

    def secret_key(self) -> bytes:
        """The key that signs what the server hands to browsers; made on first use in a file of mode 600.

        Raises SettingError where the file holds anything else.
        """
        path = self.data / "secret.key"
        key = keep_secret(path, lambda: secrets.token_hex(_KEY_BYTES))
        if not re.fullmatch(rf"[0-9a-f]{{{2 * _KEY_BYTES}}}", key):
            raise SettingError(
                f"The file {path} is damaged: it should hold {2 * _KEY_BYTES} digits from 0 to f. Put a copy back, or "
                "remove it, and a new key is made: who is blocked may write again then, and pages that are open are "
                "sent once more."
            )
        return key.encode()


def _is_origin(url: str) -> bool:
    """Whether an address is a scheme, a host and perhaps a port, and nothing else."""
    try:
        parts = urlsplit(url)
        alone = url.lower() == f"{parts.scheme}://{parts.netloc}".lower() and "@" not in url
        return alone and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def local_url(host: str, port: int) -> str:
    """The address of a server on this machine, as a browser here would type it."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared with, never bound to
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def keep_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret kept in a file that only this user can read; `make` gives it the first time.

    Raises SettingError for a file without one: nothing may be signed with an empty secret.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    secret = make()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    return secret


def _read_secret(path: Path) -> str:
    for _ in range(_TRIES):
        if secret := path.read_text(encoding="utf-8", errors="replace").strip():
            return secret
        time.sleep(0.1)  # another process of the district may be about to write it
    raise SettingError(f"The file {path} is empty, after a power cut perhaps. Remove it, and a new secret is made.")


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 < port < 65536:
        raise SettingError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return port
