"""The count of wrong PINs: no restart, no clock, no killed app and no crowd of tries gives one more guess."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.guesses import LIMIT, LOST, STEP, WAITS
from app.vault import Vault
from app.vault_trouble import MustWait, Wiped, WrongSecret
from tests.app.simulated_disk import PowerCut, run
from tests.app.vaultkit import OTHER, PIN, Phone


def wrong(vault: Vault, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(WrongSecret):
            run(vault.unlock(OTHER))


def waits(vault: Vault) -> float:
    """What a try is told to wait for; the right PIN, so that it shows that nothing is tried."""
    with pytest.raises(MustWait) as told:
        run(vault.unlock(PIN))
    return told.value.seconds


@pytest.fixture
def phone() -> Phone:
    phone = Phone()
    run(run(phone.open()).create(PIN))
    return phone


def test_a_wait_goes_on_where_a_restart_left_it(phone: Phone) -> None:
    vault = run(phone.open())
    wrong(vault, 5)
    phone.now += 12
    assert run(vault.wait_seconds()) == 18  # a lock screen looks, and that keeps it
    phone.now += 50_000_000  # the app was closed for a year and a half
    again = run(phone.open())
    assert waits(again) == 18
    phone.now = 3.0  # the phone was started anew, its clock with it
    again = run(phone.open())
    assert waits(again) == 18
    phone.now += 18
    run(again.unlock(PIN))


def test_a_screen_that_looks_every_second_loses_no_more_than_a_step_to_a_restart(phone: Phone) -> None:
    vault = run(phone.open())
    wrong(vault, 5)
    for second in range(30):
        assert run(vault.wait_seconds()) == 30 - second
        left = waits(run(phone.open()))
        assert 30 - second <= left < 30 - second + STEP
        phone.disk.open_files.clear()
        phone.now += 1
    assert run(vault.wait_seconds()) == 0
    run(run(phone.open()).unlock(PIN))


def test_a_clock_that_goes_back_lengthens_no_wait_and_shortens_none(phone: Phone) -> None:
    vault = run(phone.open())
    wrong(vault, 5)
    phone.now -= 1_000
    assert run(vault.wait_seconds()) == 30
    assert waits(vault) == 30
    phone.now += 29
    assert waits(vault) == 1


def test_two_tabs_together_wait_no_shorter(phone: Phone) -> None:
    one = run(phone.open())
    wrong(one, 5)
    two = run(phone.open())
    for _ in range(10):
        phone.now += 2.5
        for tab in (one, two):
            run(tab.wait_seconds())
    assert waits(run(phone.open())) >= 5
    assert waits(one) >= 5


def test_a_wait_that_another_tab_earned_holds_in_this_one_too(phone: Phone) -> None:
    one = run(phone.open())
    wrong(one, 5)
    two = run(phone.open())
    phone.now += 30
    wrong(two)
    assert waits(one) == 60


def test_an_app_that_is_killed_while_it_tries_has_had_its_try(phone: Phone) -> None:
    def kill() -> None:
        raise PowerCut

    vault = run(phone.open())
    phone.keys.before_trying = kill
    with pytest.raises(PowerCut):
        run(vault.unlock(OTHER))
    phone.keys.before_trying = lambda: None
    phone.lose_power(1)
    with pytest.raises(WrongSecret) as said:
        run(run(phone.open()).unlock(OTHER))
    assert said.value.tries_left == LIMIT - 2


@pytest.mark.parametrize("spoilt", [None, b"", bytes(1000), b"BBG1" * 200])
def test_a_count_that_is_gone_or_spoilt_counts_as_seven(phone: Phone, spoilt: bytes | None) -> None:
    phone.disk.stable.pop("guesses")
    if spoilt is not None:
        phone.disk.stable["guesses"] = spoilt
    vault = run(phone.open())
    assert waits(vault) == WAITS[LOST]
    phone.now += WAITS[LOST]
    with pytest.raises(WrongSecret) as said:
        run(vault.unlock(OTHER))
    assert said.value.tries_left == LIMIT - LOST - 1
    phone.now += WAITS[LOST + 1]
    run(vault.unlock(PIN))


def test_one_flipped_bit_in_the_count_gives_at_most_the_try_before_back(phone: Phone) -> None:
    wrong(run(phone.open()), 4)
    good = phone.disk.stable["guesses"]
    for at in range(len(good) * 8):
        spoilt = bytearray(good)
        spoilt[at // 8] ^= 1 << at % 8
        phone.disk.stable["guesses"] = bytes(spoilt)
        with pytest.raises(WrongSecret) as said:
            run(run(phone.open()).unlock(OTHER))
        assert said.value.tries_left <= LIMIT - 4


class Thief(RuleBasedStateMachine):
    """Tries PINs, restarts, kills, cuts the power, and turns clocks.

    `opened` is the time for which the app was open, all in all; only the rules here know it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.phone = Phone()
        run(run(self.phone.open()).create(PIN))
        self.vault = run(self.phone.open())
        self.opened = 0.0
        self.tried: list[float] = []  # when a PIN was really tried since the last right one
        self.gone = False
        self.phone.keys.before_trying = self.note

    def note(self) -> None:
        self.tried.append(self.opened)

    def attempt(self, pin: str) -> None:
        try:
            run(self.vault.unlock(pin))
            self.tried = []
        except (WrongSecret, MustWait):
            pass
        except Wiped:
            self.gone = True

    @precondition(lambda self: not self.gone)
    @rule()
    def types_a_wrong_pin(self) -> None:
        self.attempt(OTHER)

    @precondition(lambda self: not self.gone)
    @rule()
    def remembers(self) -> None:
        self.attempt(PIN)

    @precondition(lambda self: not self.gone)
    @rule(count=st.integers(2, 30))
    def types_many_at_once(self, count: int) -> None:
        async def crowd() -> list[object]:
            self.vault = await self.phone.open()
            return await asyncio.gather(*(self.vault.unlock(OTHER) for _ in range(count)), return_exceptions=True)

        self.phone.keys.slow = True
        self.gone = any(isinstance(said, Wiped) for said in asyncio.run(crowd()))
        self.phone.keys.slow = False

    @rule(seconds=st.sampled_from([0.5, 4.9, 5, 29, 30, 61, 130, 599, 601]), look=st.booleans())
    def waits_with_the_app_open(self, seconds: float, look: bool) -> None:
        self.phone.now += seconds
        self.opened += seconds
        if look and not self.gone:
            run(self.vault.wait_seconds())

    @rule(now=st.sampled_from([0.0, 1.0, 100.0, 5_000.0, 1e9]))
    def restarts_with_any_clock(self, now: float) -> None:
        self.phone.now = now
        self.vault = run(self.phone.open())

    @rule(seconds=st.floats(0, 1e6))
    def turns_the_clock_back(self, seconds: float) -> None:
        self.phone.now -= seconds

    @precondition(lambda self: not self.gone)
    @rule(after=st.integers(0, 8), seed=st.integers(0, 1000), now=st.sampled_from([0.0, 1e6]))
    def pulls_the_battery_while_it_tries(self, after: int, seed: int, now: float) -> None:
        self.phone.disk.fail(after, PowerCut())
        try:
            run(self.vault.unlock(OTHER))
        except (WrongSecret, MustWait, PowerCut):
            pass
        except Wiped:
            self.gone = True
        self.phone.lose_power(seed)
        self.phone.now = now
        self.vault = run(self.phone.open())
        self.gone = self.gone or self.vault.state == "new"

    @invariant()
    def no_more_tries_than_there_are(self) -> None:
        assert len(self.tried) <= LIMIT
        if len(self.tried) == LIMIT:
            assert self.gone
            assert self.phone.keys.device is None

    @invariant()
    def no_try_came_before_its_wait_was_over(self) -> None:
        for number, (before, after) in enumerate(zip(self.tried, self.tried[1:], strict=False), 1):
            assert after - before >= WAITS.get(number, 0) - 1e-6


Thief.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_a_thief_gets_ten_tries_and_waits_for_them = Thief.TestCase
