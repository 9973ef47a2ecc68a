"""The phone follows its district's setup: the data key is sealed to it, to its new key, or to nobody any more."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from app.escrow import make_pair, open_for_district
from app.escrow_switch import follow_escrow
from app.files import OrdinaryFolder
from app.setup import Setup
from app.vault import Vault
from tests.app.notebooks import SETUP
from tests.journeys.wiped import PIN, CheapKeys

pytestmark = pytest.mark.anyio
BASE = Setup.parse(SETUP)


def setup(key: str | None) -> Setup:
    return replace(BASE, policy=replace(BASE.policy, escrow_key=key))


async def vault(folder: Path) -> Vault:
    made = await Vault.open(OrdinaryFolder(folder / "notebook"), CheapKeys(OrdinaryFolder(folder / "key")))
    await made.create(PIN)
    return made


def test_a_setup_without_a_key_or_with_null_means_that_the_escrow_is_off() -> None:
    assert BASE.policy.escrow_key is None
    assert Setup.parse({**SETUP, "policy": {"escrow_key": None}}).policy.escrow_key is None
    assert Setup.parse({**SETUP, "policy": {"escrow_key": "BA=="}}).policy.escrow_key == "BA=="


async def test_it_is_switched_on_changed_and_off_as_the_setup_says(tmp_path: Path) -> None:
    phone = await vault(tmp_path)
    keys = set()
    for private, public in (make_pair(), make_pair()):
        await follow_escrow(phone, setup(base64.b64encode(public).decode()))
        assert phone.escrow_key == public
        assert phone.escrowed
        assert phone.id
        keys.add(open_for_district(private, phone.escrowed, phone.id))
    assert len(keys) == 1
    await follow_escrow(phone, None)
    assert phone.escrowed  # before the first setup nothing is known
    await follow_escrow(phone, setup(None))
    assert phone.escrowed is None is phone.escrow_key


@pytest.mark.parametrize("key", ["not base64!", "AAAA", base64.b64encode(b"\x04" + b"\x07" * 64).decode()])
async def test_a_key_that_is_none_leaves_all_as_it_is(tmp_path: Path, key: str) -> None:
    phone = await vault(tmp_path)
    await follow_escrow(phone, setup(key))
    assert phone.escrowed is None
    _, public = make_pair()
    await follow_escrow(phone, setup(base64.b64encode(public).decode()))
    await follow_escrow(phone, setup(key))
    assert phone.escrow_key == public


async def test_a_locked_vault_is_left_alone(tmp_path: Path) -> None:
    phone = await vault(tmp_path)
    phone.lock()
    await follow_escrow(phone, setup(base64.b64encode(make_pair()[1]).decode()))
    assert phone.escrowed is None
