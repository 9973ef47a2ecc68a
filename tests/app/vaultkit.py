"""A vault on the simulated disk, with keys that cost nothing and a clock that the test moves."""

import asyncio
import hashlib
import hmac
import os
import random
from collections.abc import Callable

from app.files import FileTrouble
from app.keys import NativeKeys, NoDeviceKey, Passkey, PasskeyTrouble
from app.vault import Vault
from tests.app.simulated_disk import SimulatedDisk

PIN = "271828"
OTHER = "314159"


class CheapKeys(NativeKeys):
    """The phone's keys in memory. `tries` counts what was stretched: every one is a PIN that was really tried."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk
        self.device: bytes | None = None
        self.tries = 0
        self.before_trying: Callable[[], None] = lambda: None
        self.passkeys: dict[bytes, bytes] = {}
        self.stuck = False
        self.slow = False  # lets others come between; needs an event loop

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        self.before_trying()
        self.tries += 1
        if self.slow:
            await asyncio.sleep(0)
        return hashlib.sha256(salt + secret + bytes([rounds % 256])).digest()

    async def make_device_key(self) -> None:
        self._disk.step("write", "device-key")
        self.device = os.urandom(32)

    async def device_mac(self, data: bytes) -> bytes:
        if self.device is None:
            raise NoDeviceKey
        return hmac.digest(self.device, data, "sha256")

    async def remove_device_key(self) -> None:
        self._disk.step("write", "device-key")
        if self.stuck:
            raise FileTrouble("stuck")
        self.device = None

    async def has_passkeys(self) -> bool:
        return True

    async def make_passkey(self, name: str, salt: bytes) -> Passkey:
        credential = name.encode()
        self.passkeys[credential] = os.urandom(32)
        return Passkey(credential, await self.ask_passkey(credential, salt))

    async def ask_passkey(self, credential: bytes, salt: bytes) -> bytes:
        if credential not in self.passkeys:
            raise PasskeyTrouble("passkey-cancelled")
        return hmac.digest(self.passkeys[credential], salt, "sha256")


class Phone:
    """A disk, its device's keys, and the time since the app was opened, in seconds."""

    def __init__(self) -> None:
        self.disk = SimulatedDisk()
        self.keys = CheapKeys(self.disk)
        self.now = 100.0

    async def open(self) -> Vault:
        """The vault as the app opens it after a start."""
        self.disk.open_files.clear()
        return await Vault.open(self.disk, self.keys, lambda: self.now)

    def lose_power(self, seed: int = 0) -> None:
        """A flat battery: of what was not flushed, anything may be left."""
        self.disk.power_cut(random.Random(seed))  # noqa: S311 - chance that can be had again
