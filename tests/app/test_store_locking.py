"""The store under its vault against a plain dict: the same random verbs, and locking, unlocking and other PINs between
them, on both kinds of files.
"""

import random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.cipher import Cipher, Forgotten
from app.vault import Vault
from app.vault_trouble import WrongSecret
from tests.app import test_store_model as model
from tests.app.simulated_disk import PowerCut, SimulatedDisk
from tests.app.vaultkit import CheapKeys

_small_steps = model._small_steps
pins = st.sampled_from(["271828", "314159", "161803", "a long walk to school"])


class Vaulted(model.AgainstADict):
    """Opens the store with the key that a PIN unwraps."""

    def __init__(self) -> None:
        super().__init__()
        self.pin = "271828"
        self.keys = CheapKeys(SimulatedDisk())
        self.vault: Vault

    def cipher(self) -> Cipher:
        self.vault = self.run(Vault.open(self.disk, self.keys, lambda: 0.0))
        begin = self.vault.create if self.vault.state == "new" else self.vault.unlock
        return self.run(begin(self.pin))

    @rule(document=model.documents)
    def lock_and_unlock(self, document: dict[str, Any]) -> None:
        self.vault.lock()
        with pytest.raises(Forgotten):
            self.store.table("records").insert(document)
        self.store.close()
        self.reopen()
        assert self.store.report.whole

    @rule(tried=st.lists(pins, max_size=3))
    def try_other_pins(self, tried: list[str]) -> None:
        self.store.close()
        self.vault.lock()
        for pin in tried:
            if pin != self.pin:
                with pytest.raises(WrongSecret):
                    self.run(self.vault.unlock(pin))
                assert self.vault.state == "locked"
        self.reopen()

    @rule(pin=pins)
    def change_the_pin(self, pin: str) -> None:
        """The store stays open by it: its key is the same."""
        self.run(self.vault.change(self.pin, pin))
        self.pin = pin


class LockingWithTrouble(Vaulted, model.WithTrouble):
    """The same on a disk that fills up, fails and loses its power."""

    @rule(pin=pins, after=st.integers(0, 12), seed=model.seeds)
    def the_power_goes_in_a_change_of_the_pin(self, pin: str, after: int, seed: int) -> None:
        self.disk.fail(after, PowerCut())
        try:
            self.run(self.vault.change(self.pin, pin))
        except PowerCut:
            self.disk.power_cut(random.Random(seed))  # noqa: S311  # a die, not a key
            try:
                self.reopen()
            except WrongSecret:
                self.pin = pin
                self.reopen()
        else:
            self.disk.heal()
            self.pin = pin


class LockingOnARealDisk(Vaulted, model.OnARealDisk):
    """The same with ordinary files."""


TestLockingWithTrouble = LockingWithTrouble.TestCase
TestLockingWithTrouble.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLockingOnARealDisk = LockingOnARealDisk.TestCase
TestLockingOnARealDisk.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
