"""The device's key on a disk, and what a desktop cannot do."""

import asyncio
import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from app.files import OrdinaryFolder
from app.keys import Keys, NativeKeys, NoDeviceKey, Passkey, PasskeyTrouble, make_keys
from app.vault import Vault
from app.vault_file import FILE, ROUNDS
from app.vault_trouble import OtherDevice
from tests.app.simulated_disk import SimulatedDisk

PIN = "271828"


@pytest.fixture
def folder(tmp_path: Path) -> OrdinaryFolder:
    return OrdinaryFolder(tmp_path / "notebook")


def test_the_devices_key_lies_beside_the_notebook_for_its_owner_alone(folder: OrdinaryFolder, tmp_path: Path) -> None:
    keys = make_keys(folder)
    with pytest.raises(NoDeviceKey):
        asyncio.run(keys.device_mac(b"x"))
    asyncio.run(keys.make_device_key())
    assert stat.S_IMODE((tmp_path / "notebook-key").stat().st_mode) == 0o700
    key = (tmp_path / "notebook-key" / "device").read_bytes()
    assert asyncio.run(make_keys(folder).device_mac(b"x")) == hmac.digest(key, b"x", hashlib.sha256)
    asyncio.run(keys.remove_device_key())
    asyncio.run(keys.remove_device_key())
    with pytest.raises(NoDeviceKey):
        asyncio.run(keys.device_mac(b"x"))


def test_stretching_takes_todays_number_of_rounds() -> None:
    assert ROUNDS >= 600_000
    keys = NativeKeys(OrdinaryFolder(Path("unused")))
    # RFC 7914, section 11
    found = asyncio.run(keys.stretch(b"Password", b"NaCl", 80_000))
    assert found.hex() == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"


def test_a_vault_on_a_disk_opens_with_its_key_and_not_without(folder: OrdinaryFolder, tmp_path: Path) -> None:
    async def make() -> bytes:
        return (await (await Vault.open(folder, make_keys(folder))).create(PIN)).seal(b"hello", b"")

    async def open_it() -> bytes:
        return (await (await Vault.open(folder, make_keys(folder))).unlock(PIN)).open(sealed, b"")

    sealed = asyncio.run(make())
    assert asyncio.run(open_it()) == b"hello"
    assert sorted(path.name for path in folder.path.iterdir()) == ["guesses", FILE]
    (tmp_path / "notebook-key" / "device").unlink()
    with pytest.raises(OtherDevice):
        asyncio.run(open_it())


def test_a_desktop_says_that_it_has_no_passkeys(folder: OrdinaryFolder) -> None:
    keys: Keys = make_keys(folder)
    assert not asyncio.run(keys.has_passkeys())
    for work in (keys.make_passkey("Ana", bytes(32)), keys.ask_passkey(b"id", bytes(32))):
        with pytest.raises(PasskeyTrouble, match="passkey-none"):
            asyncio.run(work)
    assert "secret" not in repr(Passkey(b"id", b"S" * 32))
    with pytest.raises(TypeError):
        make_keys(SimulatedDisk())
