"""The vault: the notebook's data key, wrapped by the officer's PIN or passkey together with the device's own key.

The data key is random and never changes; a new PIN wraps it anew. It leaves this module inside a Cipher only, is in
vault.json only wrapped, and is in no message and no log. A try is counted durably before it is made.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, Literal, Self

from app import guesses
from app.cipher import Cipher, Forgotten, Tampered, make_cipher, prepare_cipher
from app.escrow import seal_for_district
from app.files import FileTrouble, Folder, Locked, NoRoom
from app.guesses import LIMIT, WARN_FROM, Guesses
from app.keys import Keys, PasskeyTrouble
from app.secret_rules import check
from app.vault_file import FILE, PASSKEY, PIN, Slot, VaultFile, data, text
from app.vault_trouble import DamagedVault, MustWait, NewerVault, OtherDevice, Wiped, WrongSecret
from app.wrapping import (
    device_answer,
    is_of_this_device,
    unwrap_with_passkey,
    unwrap_with_secret,
    wrap_with_passkey,
    wrap_with_secret,
)

log = logging.getLogger(__name__)

State = Literal["new", "locked", "open", "wiped"]


class Vault:
    """The vault of one folder. Its verbs run one at a time, across tabs too (Locked), and each is whole or not at all.

    `state` is "new" before a PIN is set, and "wiped" while the keys are gone and sealed files wait for the district.
    """

    def __init__(self, folder: Folder, keys: Keys, monotonic: Callable[[], float]) -> None:
        self._folder = folder
        self._keys = keys
        self._guesses = Guesses(folder, monotonic)
        self._one = asyncio.Lock()
        self._file: VaultFile | None = None
        self._data_key: bytes | None = None
        self._cipher: Cipher | None = None

    @classmethod
    async def open(cls, folder: Folder, keys: Keys, monotonic: Callable[[], float] = time.monotonic) -> Self:
        """The vault of a folder, locked; finishes a wipe that was cut off.

        Raises DamagedVault, NewerVault, Locked, FileTrouble.
        """
        await prepare_cipher()
        vault = cls(folder, keys, monotonic)
        with suppress(Wiped):
            async with vault._held():
                pass
        return vault

    @classmethod
    async def start_over(cls, folder: Folder, keys: Keys) -> None:
        """Wipes a vault that is damaged and given up, without reading it. Raises Locked, FileTrouble.

        What could not be removed goes at the next opening.
        """
        vault = cls(folder, keys, time.monotonic)
        async with vault._guesses.held():
            vault._guesses.condemn()
        await cls.open(folder, keys)

    @property
    def state(self) -> State:
        """Where the vault stands."""
        if self._file is None:
            return "new"
        if not self._file.slots:
            return "wiped"
        return "locked" if self._cipher is None else "open"

    @property
    def id(self) -> bytes | None:
        """The vault's name, which the district needs to open an escrow; None while there is no vault."""
        return self._file.id if self._file else None

    @property
    def has_passkey(self) -> bool:
        """Whether a passkey opens it too."""
        return self._file is not None and self._file.slot(PASSKEY) is not None

    @property
    def escrowed(self) -> bytes | None:
        """The data key, sealed to the district's public key; None while that is not switched on."""
        return data(self._file.escrow, "sealed") if self._file and self._file.escrow else None

    @property
    def escrow_key(self) -> bytes | None:
        """The district's public key that the data key is sealed to; None while that is not switched on."""
        return data(self._file.escrow, "public") if self._file and self._file.escrow else None

    async def create(self, secret: str, badge: str | None = None) -> Cipher:
        """First use: makes the keys and sets the PIN or passphrase. Raises WeakSecret, FileTrouble."""
        check(secret, badge)
        async with self._held():
            if self._file is not None:
                raise FileTrouble("This notebook already has a PIN.")
            await self._keys.make_device_key()
            vault, data_key = os.urandom(16), os.urandom(32)
            file = VaultFile(vault, await device_answer(self._keys, vault))
            slot = await wrap_with_secret(self._keys, file, secret, data_key)
            self._guesses.begin()
            await self._keep(file.with_slot(PIN, slot))
            self._forgive()
            return self._opened(data_key)

    async def unlock(self, secret: str) -> Cipher:
        """Opens with the PIN or passphrase.

        Raises WrongSecret, MustWait, Wiped, OtherDevice; FileTrouble where the try could not be counted, nor made.
        """
        async with self._held():
            return self._opened(await self._try(secret))

    async def change(self, old: str, new: str, badge: str | None = None) -> None:
        """Another PIN or passphrase for the same data key. Raises WeakSecret, and then what `unlock` raises."""
        check(new, badge)
        async with self._held():
            data_key = await self._try(old)
            file = self._need()
            await self._keep(file.with_slot(PIN, await wrap_with_secret(self._keys, file, new, data_key)))

    async def has_passkeys(self) -> bool:
        """Whether this phone may have passkeys at all."""
        return await self._keys.has_passkeys()

    async def add_passkey(self, name: str) -> None:
        """Lets a passkey of this phone open the vault too; the phone's own list shows it under that name.

        Raises PasskeyTrouble, Wiped, FileTrouble; Forgotten while the vault is locked.
        """
        self._need_data_key()
        prf_salt = os.urandom(32)
        made = await self._keys.make_passkey(name, prf_salt)  # an officer takes a while: nothing is held meanwhile
        async with self._held():
            file, data_key = self._need(), self._need_data_key()
            slot = await wrap_with_passkey(self._keys, file, made.credential, prf_salt, made.secret, data_key)
            await self._keep(file.with_slot(PASSKEY, slot))

    async def remove_passkey(self) -> None:
        """The passkey opens the vault no more; the phone's own list keeps it until the officer removes it there."""
        async with self._held():
            await self._keep(self._need().with_slot(PASSKEY, None))

    async def unlock_with_passkey(self) -> Cipher:
        """Opens with a fingerprint or a face, and forgives wrong PINs. Raises PasskeyTrouble, Wiped, OtherDevice."""
        slot = self._file.slot(PASSKEY) if self._file else None
        if slot is None:
            raise PasskeyTrouble("passkey-unknown")
        secret = await self._keys.ask_passkey(data(slot, "credential"), data(slot, "prf_salt"))
        async with self._held():
            file = self._need()
            await self._need_device(file)
            if file.slot(PASSKEY) != slot:
                raise PasskeyTrouble("passkey-unknown")
            try:
                data_key = await unwrap_with_passkey(self._keys, file, slot, secret)
            except Tampered:
                raise PasskeyTrouble("passkey-unknown") from None
            self._forgive()
            return self._opened(data_key)

    async def set_escrow(self, public: bytes | None) -> None:
        """Seals the data key to the district's public key, or takes that back with None.

        Raises ValueError for a key that is none, Forgotten while the vault is locked, Wiped, FileTrouble.
        """
        async with self._held():
            file, data_key = self._need(), self._need_data_key()
            escrow: Slot | None = None
            if public is not None:
                sealed = await seal_for_district(public, data_key, file.id, self._keys.agree)
                escrow = {"public": text(public), "sealed": text(sealed)}
            await self._keep(replace(file, escrow=escrow))

    async def look(self) -> None:
        """Sees what another tab did meanwhile. Raises Wiped, DamagedVault, NewerVault; Locked, FileTrouble."""
        async with self._held():
            self._need()

    async def wait_seconds(self) -> float:
        """Seconds until the next try; a lock screen asks every second, which keeps what has passed."""
        if self._guesses.due():
            with suppress(Locked, NoRoom):  # then it is kept a little later
                async with self._held():
                    self._guesses.settle()
        return self._guesses.left()

    @property
    def last_tries(self) -> int:
        """After how many more wrong ones everything goes, once it is time to warn of that; 0 before."""
        return LIMIT - self._guesses.wrong if self._guesses.wrong >= WARN_FROM else 0

    def lock(self) -> None:
        """Drops the data key; the cipher that was given out works no more."""
        if self._cipher is not None:
            self._cipher.forget()
        self._cipher = self._data_key = None

    async def wipe(self) -> None:
        """Makes what is sealed unreadable here for good: keys first, then the files.

        With an escrow the sealed files stay until `discard`. What could not be removed goes at the next opening.
        """
        with suppress(Wiped):
            async with self._held():
                with suppress(FileTrouble):  # it only serves to go on after a flat battery
                    self._guesses.condemn()
                await self._destroy()

    async def discard(self) -> None:
        """After a wipe: the district has what was left, so it goes too. Raises FileTrouble."""
        async with self._held():
            if self.state != "wiped":
                raise FileTrouble("Nothing here waits for the district.")
            for name in await self._folder.names():
                if name not in (FILE, guesses.FILE):
                    await self._folder.remove(name)
            await self._folder.remove(FILE)
            self._file = None

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        """Holds the vault, read afresh: another tab may have changed it. Raises Wiped when everything has to go."""
        async with self._one:
            try:
                async with self._guesses.held():
                    condemned = self._guesses.wrong >= LIMIT
                    await self._load(forgiving=condemned)
                    if condemned:
                        await self._destroy()
                    yield
            except Wiped:
                if self._guesses.forgotten:
                    await _did(self._folder.remove(guesses.FILE))
                raise

    async def _load(self, *, forgiving: bool) -> None:
        written = await self._folder.read(FILE)
        before, self._file = self.id, None
        try:
            if written is not None:
                self._file = VaultFile.read(written)
            elif self._guesses.used:
                raise DamagedVault
        except (DamagedVault, NewerVault):
            if not forgiving:
                raise
        finally:
            if self.id != before or self.state == "wiped":
                self.lock()
        if self._file is not None and self._file.slots:
            self._guesses.expect()

    async def _keep(self, file: VaultFile) -> None:
        await self._folder.write(FILE, file.to_bytes())
        self._file = file

    async def _try(self, secret: str) -> bytes:
        """The data key, for the right PIN. One try."""
        file = self._need()
        await self._need_device(file)
        if left := self._guesses.left():
            self._guesses.settle()
            raise MustWait(left)
        self._guesses.add()
        slot = file.slot(PIN)
        assert slot is not None  # vault_file reads no other
        try:
            data_key = await unwrap_with_secret(self._keys, file, slot, secret)
        except Tampered:
            wrong = self._guesses.wrong
            if wrong >= LIMIT:
                await self._destroy()
            raise WrongSecret(LIMIT - wrong, self._guesses.left()) from None
        self._forgive()
        return data_key

    def _forgive(self) -> None:
        """A right one: the count begins anew. That it cannot be written keeps nobody out."""
        try:
            self._guesses.reset()
        except FileTrouble as error:
            log.warning("vault: the count was not reset: %s", type(error).__name__)

    def _opened(self, data_key: bytes) -> Cipher:
        if self._cipher is None or self._data_key != data_key:
            self.lock()
            self._data_key, self._cipher = data_key, make_cipher(data_key)
        return self._cipher

    def _need(self) -> VaultFile:
        if self._file is None or not self._file.slots:
            raise Wiped(escrowed=self._file is not None)
        return self._file

    def _need_data_key(self) -> bytes:
        if self._data_key is None:
            raise Forgotten
        return self._data_key

    async def _need_device(self, file: VaultFile) -> None:
        if not await is_of_this_device(self._keys, file):
            raise OtherDevice

    async def _destroy(self) -> None:
        """Keys first, then the files; raises Wiped. What fails is left for the next opening, and the rest goes on."""
        self.lock()
        kept = replace(self._file, slots=()) if self._file and self._file.escrow else None
        done = await _did(self._keys.remove_device_key())
        if kept is not None:
            done &= await _did(self._folder.write(FILE, kept.to_bytes()))
        else:
            done &= await _did(self._folder.remove(FILE))
            for name in await self._folder.names():
                if name != guesses.FILE:
                    done &= await _did(self._folder.remove(name))
        self._file = kept
        if done:
            self._guesses.forget()
        raise Wiped(escrowed=kept is not None)


async def _did(work: Coroutine[Any, Any, None]) -> bool:
    try:
        await work
    except FileTrouble as error:
        log.warning("vault: a step of the wipe failed: %s", type(error).__name__)
        return False
    return True
