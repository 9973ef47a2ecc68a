"""The phone's own key material: what makes a PIN more than six digits.

The device's key never leaves the phone: in the browser WebCrypto keeps it and gives it to nobody (app/keys_browser.py).
On a desktop it is a file beside the notebook, no more than a second lock on the same door; a native build keeps it in
Keystore or Keychain behind the same protocol. A passkey's secret comes from the phone's hardware, after a fingerprint
or a face.
"""

import asyncio
import hashlib
import hmac
import os
import sys
from dataclasses import dataclass, field
from typing import Final, Protocol

from app.files import Folder, OrdinaryFolder

DEVICE_KEY: Final = "device"


class NoDeviceKey(Exception):
    """This phone has no key for the notebook (any more)."""


class PasskeyTrouble(Exception):
    """The passkey gave nothing; the PIN still works.

    `code` is one of passkey-none (this phone or browser has none that can do it), passkey-cancelled (the officer, or
    the time), passkey-unknown (not the one that belongs to this notebook) and passkey-failed.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Passkey:
    """A new passkey: its name for the phone, and the secret that it gives for the salt it was made with."""

    credential: bytes
    secret: bytes = field(repr=False)


class Keys(Protocol):
    """What the vault asks of the phone."""

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        """PBKDF2-HMAC-SHA-256: 32 bytes, slowly."""

    async def make_device_key(self) -> None:
        """A new key for this device, in place of the one before. Raises FileTrouble."""

    async def device_mac(self, data: bytes) -> bytes:
        """HMAC-SHA-256 of the data under the device's key. Raises NoDeviceKey, FileTrouble."""

    async def remove_device_key(self) -> None:
        """Forgets the device's key for good; that there is none is no error. Raises FileTrouble."""

    async def agree(self, public: bytes) -> tuple[bytes, bytes]:
        """A new P-256 pair: its public key, and the secret that it shares with `public` (both uncompressed points).

        Raises ValueError when `public` is no point of the curve.
        """

    async def has_passkeys(self) -> bool:
        """Whether this phone may have passkeys at all; that one can give a secret shows when it is made."""

    async def make_passkey(self, name: str, salt: bytes) -> Passkey:
        """Asks the officer for a new passkey. Raises PasskeyTrouble."""

    async def ask_passkey(self, credential: bytes, salt: bytes) -> bytes:
        """Asks the officer for the passkey, and gives the 32 bytes that it makes of the salt. Raises PasskeyTrouble."""


def make_keys(folder: Folder) -> Keys:
    """The keys of this phone for the notebook in that folder."""
    if sys.platform == "emscripten":
        from app.keys_browser import BrowserKeys

        return BrowserKeys()
    if not isinstance(folder, OrdinaryFolder):
        raise TypeError("a key is kept beside a folder on a disk")
    return NativeKeys(OrdinaryFolder(folder.path.with_name(f"{folder.path.name}-key")))


class NativeKeys:
    """Keys on a desktop, and wherever there is no better place: a file in a folder that only its owner can read."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        return await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", secret, salt, rounds)

    async def make_device_key(self) -> None:
        await self._folder.write(DEVICE_KEY, os.urandom(32))

    async def device_mac(self, data: bytes) -> bytes:
        key = await self._folder.read(DEVICE_KEY)
        if key is None or len(key) != 32:
            raise NoDeviceKey
        return hmac.digest(key, data, hashlib.sha256)

    async def remove_device_key(self) -> None:
        await self._folder.remove(DEVICE_KEY)

    async def agree(self, public: bytes) -> tuple[bytes, bytes]:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
        own = ec.generate_private_key(ec.SECP256R1())
        raw = own.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return raw, own.exchange(ec.ECDH(), other)

    async def has_passkeys(self) -> bool:
        return False

    async def make_passkey(self, name: str, salt: bytes) -> Passkey:  # noqa: ARG002  # the protocol's
        raise PasskeyTrouble("passkey-none")

    async def ask_passkey(self, credential: bytes, salt: bytes) -> bytes:  # noqa: ARG002  # the protocol's
        raise PasskeyTrouble("passkey-none")
