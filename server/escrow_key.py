"""The district's key for the escrow: the private half in a file, the public half in the setup of every phone."""

import base64
from pathlib import Path

from sqlalchemy.orm import Session

from app.escrow import make_pair, public_of
from app.ids import sha256
from server import district
from server.district import DistrictError, audit
from server.settings import keep_secret


def in_use(session: Session) -> bytes | None:
    """The public key that phones seal to; None while the escrow is off."""
    kept = district.the_district(session).policy.get("escrow_key")
    return base64.b64decode(kept) if kept else None


def switch_on(session: Session, path: Path) -> bytes:
    """Phones seal to the key of this file from now on; it is made where there is none. Gives the public key.

    Raises DistrictError when the escrow is on already with a key that is not in this file.
    """
    used = in_use(session)
    if used is not None and not path.exists():
        raise DistrictError(
            f"The escrow is on, but its key {fingerprint(used)} is not in {path}. Name its file with "
            "BEATBOOK_ESCROW_KEY; for a new key, switch the escrow off first."
        )
    keep_secret(path, lambda: make_pair()[0].decode())
    public = read_public(path)
    if used is not None and used != public:
        raise DistrictError(
            f"The escrow is on with the key {fingerprint(used)}, and {path} holds {fingerprint(public)}. "
            "For that one, switch the escrow off first."
        )
    if used is None:
        _keep(session, base64.b64encode(public).decode())
        audit(session, "cli", "escrow-on", fingerprint(public))
    return public


def switch_off(session: Session) -> None:
    """Phones take their sealed keys back when they next get the setup. The key's file stays, for what waits."""
    used = in_use(session)
    if used is not None:
        _keep(session, None)
        audit(session, "cli", "escrow-off", fingerprint(used))


def read_private(path: Path) -> bytes:
    """The private key of a file, as it is there. Raises DistrictError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DistrictError(f"There is no key in {path}. Name its file with BEATBOOK_ESCROW_KEY.") from None


def read_public(path: Path) -> bytes:
    """The public key that belongs to the private one in a file. Raises DistrictError."""
    private = read_private(path)
    try:
        return public_of(private)
    except ValueError:
        raise DistrictError(f"{path} holds no key of the escrow (PEM, P-256, without a password).") from None


def fingerprint(public: bytes) -> str:
    """A key's short name for people."""
    name = sha256(public)[:16]
    return "-".join(name[at : at + 4] for at in range(0, 16, 4))


def _keep(session: Session, key: str | None) -> None:
    home = district.the_district(session)
    policy = {name: value for name, value in home.policy.items() if name != "escrow_key"}
    home.policy = {**policy, "escrow_key": key} if key else policy
