"""The vault of docs/store-format.md: opened as the page says with plain cryptography, and by us."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from app.escrow import open_for_district
from app.files import OrdinaryFolder
from app.keys import make_keys
from app.vault import Vault

PAGE = Path(__file__).parents[2] / "docs" / "store-format.md"


@pytest.fixture(scope="module")
def vector() -> dict[str, str]:
    """The example on the page."""
    (found,) = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    example: dict[str, str] = json.loads(found)
    return example


def b64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def opened(key: bytes, sealed: bytes, about: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], about)


def unwrapped(vector: dict[str, str], kind: str) -> bytes:
    """The data key, by the page alone: nothing of app/ is used."""
    whole = json.loads(vector["vault.json"])
    (slot,) = [slot for slot in whole["slots"] if slot["kind"] == kind]
    device, salt = bytes.fromhex(vector["device_key"]), b64(slot["salt"])
    if kind == "pin":
        text = "".join(unicodedata.normalize("NFC", vector["pin"]).split())
        known = PBKDF2HMAC(hashes.SHA256(), 32, salt, slot["rounds"]).derive(text.encode())
    else:
        known = bytes.fromhex(vector["prf_output"])
    purpose = f"beatbook vault 1 {kind} ".encode() + b64(whole["id"])
    wrapper = HKDF(hashes.SHA256(), 32, salt, purpose).derive(known + hmac.digest(device, salt, "sha256"))
    return opened(wrapper, b64(slot["sealed"]), purpose)


@pytest.mark.parametrize("kind", ["pin", "passkey"])
def test_another_program_opens_the_vault_with_what_the_page_says(vector: dict[str, str], kind: str) -> None:
    data_key = unwrapped(vector, kind)
    assert data_key.hex() == vector["data_key"]
    assert opened(data_key, bytes.fromhex(vector["sealed"]), vector["about"].encode()).decode() == vector["opened"]


def test_sum_and_device_are_what_the_page_says(vector: dict[str, str]) -> None:
    whole: dict[str, Any] = json.loads(vector["vault.json"])
    written = whole.pop("sum")
    rest = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert written == hashlib.sha256(rest).hexdigest()
    answer = hmac.digest(bytes.fromhex(vector["device_key"]), b"beatbook vault 1 device " + b64(whole["id"]), "sha256")
    assert b64(whole["device"]) == answer


def test_any_library_for_hpke_opens_the_escrow(vector: dict[str, str]) -> None:
    whole = json.loads(vector["vault.json"])
    private = ec.derive_private_key(int(vector["escrow_private_key"], 16), ec.SECP256R1())
    sealed, vault = b64(whole["escrow"]["sealed"]), b64(whole["id"])
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    assert suite.decrypt(sealed, private, b"beatbook escrow 1 " + vault).hex() == vector["data_key"]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert open_for_district(pem, sealed, vault).hex() == vector["data_key"]


def test_we_open_it_too(vector: dict[str, str], tmp_path: Path) -> None:
    folder = OrdinaryFolder(tmp_path / "notebook")

    clock = [0.0]

    async def read() -> bytes:
        await folder.write("vault.json", vector["vault.json"].encode())
        await OrdinaryFolder(tmp_path / "notebook-key").write("device", bytes.fromhex(vector["device_key"]))
        vault = await Vault.open(folder, make_keys(folder), lambda: clock[0])
        clock[0] += await vault.wait_seconds()  # the example has no count of wrong tries
        return (await vault.unlock(vector["pin"])).open(bytes.fromhex(vector["sealed"]), vector["about"].encode())

    assert asyncio.run(read()).decode() == vector["opened"]
