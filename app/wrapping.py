"""The keys that wrap the data key: from a PIN or a passkey, and always from the device's own key too."""

import hmac
import os
from typing import Final

from app.cipher import make_cipher
from app.hkdf import hkdf
from app.keys import Keys, NoDeviceKey
from app.secret_rules import tidy
from app.vault_file import PASSKEY, PIN, ROUNDS, Slot, VaultFile, data, text

_CHECK: Final = b"beatbook vault 1 device "


async def device_answer(keys: Keys, vault: bytes) -> bytes:
    """What this device's key makes of a vault's id. Raises NoDeviceKey, FileTrouble."""
    return await keys.device_mac(_CHECK + vault)


async def is_of_this_device(keys: Keys, file: VaultFile) -> bool:
    """Whether the vault was made with the key of this device. Raises FileTrouble."""
    try:
        return hmac.compare_digest(await device_answer(keys, file.id), file.device)
    except NoDeviceKey:
        return False


async def wrap_with_secret(keys: Keys, file: VaultFile, secret: str, data_key: bytes) -> Slot:
    """The slot of a PIN or passphrase. Raises NoDeviceKey, FileTrouble."""
    salt = os.urandom(16)
    key = await _secret_key(keys, file, secret, salt, ROUNDS)
    sealed = make_cipher(key).seal(data_key, file.purpose(PIN))
    return {"kind": PIN, "salt": text(salt), "rounds": ROUNDS, "sealed": text(sealed)}


async def unwrap_with_secret(keys: Keys, file: VaultFile, slot: Slot, secret: str) -> bytes:
    """The data key. Raises Tampered when this is not the PIN; NoDeviceKey, FileTrouble."""
    key = await _secret_key(keys, file, secret, data(slot, "salt"), slot["rounds"])
    return make_cipher(key).open(data(slot, "sealed"), file.purpose(PIN))


async def wrap_with_passkey(
    keys: Keys, file: VaultFile, credential: bytes, prf_salt: bytes, secret: bytes, data_key: bytes
) -> Slot:
    """The slot of a passkey that makes `secret` of `prf_salt`. Raises NoDeviceKey, FileTrouble."""
    salt = os.urandom(16)
    key = await _key(keys, file, PASSKEY, secret, salt)
    return {
        "kind": PASSKEY,
        "credential": text(credential),
        "prf_salt": text(prf_salt),
        "salt": text(salt),
        "sealed": text(make_cipher(key).seal(data_key, file.purpose(PASSKEY))),
    }


async def unwrap_with_passkey(keys: Keys, file: VaultFile, slot: Slot, secret: bytes) -> bytes:
    """The data key. Raises Tampered when this is not the passkey's secret; NoDeviceKey, FileTrouble."""
    key = await _key(keys, file, PASSKEY, secret, data(slot, "salt"))
    return make_cipher(key).open(data(slot, "sealed"), file.purpose(PASSKEY))


async def _secret_key(keys: Keys, file: VaultFile, secret: str, salt: bytes, rounds: int) -> bytes:
    stretched = await keys.stretch(tidy(secret).encode(errors="surrogatepass"), salt, rounds)
    return await _key(keys, file, PIN, stretched, salt)


async def _key(keys: Keys, file: VaultFile, kind: str, secret: bytes, salt: bytes) -> bytes:
    return hkdf(secret + await keys.device_mac(salt), salt, file.purpose(kind))
