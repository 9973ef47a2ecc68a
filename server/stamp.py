"""The district's signature under the end of its log: who has it can prove what the district had taken in by then.

The log is chained (server/log.py), so a stamp on its newest entry covers every entry before it. Phones keep the newest
stamp they were given beside their receipts; `beatbook verify` holds both against an export. The key is Ed25519
(RFC 8032), in a file that every server process of the district reads.
"""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.ids import canonical, sha256
from server.log import Head
from server.settings import SettingError, keep_secret

_STAMP: Final = re.compile(r"[0-9]{1,15}\.([0-9a-f]{64})?\.[A-Za-z0-9_=-]{88}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The end of a log, signed by its district."""

    seq: int
    link: str
    signature: str

    def __str__(self) -> str:
        return f"{self.seq}.{self.link}.{self.signature}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads what `str` gave. Raises ValueError."""
        if not _STAMP.fullmatch(text):
            raise ValueError("this is no stamp")
        seq, link, signature = text.split(".")
        return cls(int(seq), link, signature)


def statement(district: str, seq: int, link: str) -> bytes:
    """What is signed: that this district's log ends so."""
    return canonical({"district": district, "link": link, "seq": seq})


class Stamper:
    """The private key at work."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def of(cls, path: Path) -> Self:
        """The key of a file; made on first use, mode 600. Raises SettingError when the file holds no such key."""
        kept = keep_secret(path, _new_key).encode()
        try:
            private = serialization.load_pem_private_key(kept, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise SettingError(
                f"The file {path} is damaged: it holds no key that signs the log. Put your copy back. Only where there "
                "is none, move it away, and a new key is made: what the old one signed, its public key still proves."
            )
        return cls(private)

    @property
    def public(self) -> str:
        """The public key, 32 bytes in Base64."""
        return base64.b64encode(self._private.public_key().public_bytes_raw()).decode()

    def stamp(self, district: str, head: Head) -> Stamp:
        """Signs the end of the log."""
        signature = self._private.sign(statement(district, head.seq, head.link))
        return Stamp(head.seq, head.link, base64.urlsafe_b64encode(signature).decode())


def holds(stamp: Stamp, district: str, public: str) -> bool:
    """Whether a stamp was made with the private half of this key, for this district."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        key.verify(base64.urlsafe_b64decode(stamp.signature), statement(district, stamp.seq, stamp.link))
    except (ValueError, InvalidSignature):
        return False
    return True


def is_key(public: str) -> bool:
    """Whether this is a public key in Base64."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
    except ValueError:
        return False
    return True


def fingerprint(public: str) -> str:
    """A public key's short name, for comparing by eye."""
    name = sha256(base64.b64decode(public))[:16]
    return "-".join(name[at : at + 4] for at in range(0, 16, 4))


def _new_key() -> str:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()
