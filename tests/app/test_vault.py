"""The vault: the right PIN on the right phone opens it, and nothing else does; whatever happens, one key remains."""

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cipher import Forgotten, Tampered, make_cipher
from app.escrow import make_pair, open_for_district
from app.files import FileTrouble, Locked, NoRoom
from app.ids import canonical, sha256
from app.keys import PasskeyTrouble
from app.secret_rules import WeakSecret
from app.vault import Vault
from app.vault_file import FILE
from app.vault_trouble import DamagedVault, MustWait, NewerVault, OtherDevice, Wiped, WrongSecret
from tests.app.simulated_disk import PowerCut, run
from tests.app.vaultkit import OTHER, PIN, Phone

ABOUT = b"a test"


def made(pin: str = PIN) -> tuple[Phone, bytes]:
    """A phone with a vault, and something that its cipher sealed."""
    phone = Phone()
    return phone, run(run(phone.open()).create(pin)).seal(b"what Ana said", ABOUT)


def opens(phone: Phone, pin: str, sealed: bytes) -> bool:
    """Whether the PIN opens the vault after a restart, and what was sealed with it."""
    try:
        cipher = run(run(phone.open()).unlock(pin))
    except WrongSecret:
        return False
    return cipher.open(sealed, ABOUT) == b"what Ana said"


def rewrite(phone: Phone, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes vault.json as another program that knows the format would."""
    whole = json.loads(phone.disk.stable[FILE])
    del whole["sum"]
    change(whole)
    phone.disk.stable[FILE] = canonical({**whole, "sum": sha256(canonical(whole))})


def test_the_pin_opens_what_was_sealed_after_a_restart() -> None:
    phone, sealed = made()
    vault = run(phone.open())
    assert vault.state == "locked"
    assert opens(phone, PIN, sealed)
    assert opens(phone, " 271 828 ", sealed)
    assert not opens(phone, OTHER, sealed)


def test_a_passphrase_opens_however_its_accents_are_typed() -> None:
    phone, sealed = made("la señora del patio")
    assert opens(phone, "la sen\u0303ora del patio ", sealed)
    assert not opens(phone, "La señora del patio", sealed)


def test_a_weak_pin_is_refused_and_nothing_is_made() -> None:
    phone = Phone()
    vault = run(phone.open())
    with pytest.raises(WeakSecret):
        run(vault.create("123456"))
    with pytest.raises(WeakSecret):
        run(vault.create("004711", badge="4711"))
    assert vault.state == "new"
    assert FILE not in phone.disk.stable
    assert phone.keys.device is None


def test_locking_drops_the_key() -> None:
    phone, sealed = made()
    vault = run(phone.open())
    cipher = run(vault.unlock(PIN))
    assert run(vault.unlock(PIN)) is cipher
    vault.lock()
    assert vault.state == "locked"
    with pytest.raises(Forgotten):
        cipher.open(sealed, ABOUT)
    with pytest.raises(Forgotten):
        run(vault.set_escrow(make_pair()[1]))
    with pytest.raises(Forgotten):
        run(vault.add_passkey("Ana"))


def test_another_devices_key_opens_nothing_and_costs_no_try() -> None:
    phone, sealed = made()
    own = phone.keys.device
    for device in (bytes(32), None):
        phone.keys.device = device
        for _ in range(12):
            with pytest.raises(OtherDevice, match="another device"):
                run(run(phone.open()).unlock(PIN))
    phone.keys.device = own
    assert phone.keys.tries == 1
    assert opens(phone, PIN, sealed)


def test_another_folders_vault_opens_nothing_on_this_device_and_costs_no_try() -> None:
    phone, _ = made()
    other, _ = made()
    phone.disk.stable[FILE] = other.disk.stable[FILE]
    with pytest.raises(OtherDevice):
        run(run(phone.open()).unlock(PIN))


@pytest.mark.parametrize("part", ["slots", "id", "device"])
def test_parts_of_another_vault_of_the_same_device_open_nothing(part: str) -> None:
    phone, _ = made()
    other = Phone()
    other.keys.device = phone.keys.device
    other.keys.make_device_key = _nothing  # type: ignore[method-assign]  # the same browser, a second folder
    run(run(other.open()).create(PIN))
    foreign = json.loads(other.disk.stable[FILE])[part]
    rewrite(phone, lambda whole: whole.update({part: foreign}))
    with pytest.raises((OtherDevice, WrongSecret)):
        run(run(phone.open()).unlock(PIN))


async def _nothing() -> None:
    pass


def test_a_slot_of_another_kind_opens_nothing() -> None:
    phone, _ = made()
    vault = run(phone.open())
    run(vault.unlock(PIN))
    run(vault.add_passkey("Ana"))

    def swap(whole: dict[str, Any]) -> None:
        one, two = whole["slots"]
        for name in ("salt", "sealed"):
            one[name], two[name] = two[name], one[name]

    rewrite(phone, swap)
    with pytest.raises(WrongSecret):
        run(run(phone.open()).unlock(PIN))
    with pytest.raises(PasskeyTrouble, match="unknown"):
        run(run(phone.open()).unlock_with_passkey())


def test_one_bit_anywhere_in_the_file_is_damage_and_never_a_key() -> None:
    phone, sealed = made()
    good = phone.disk.stable[FILE]
    for at in range(len(good)):
        for bit in range(8):
            phone.disk.stable[FILE] = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
            with pytest.raises(DamagedVault, match="your district can help"):
                run(phone.open())
    phone.disk.stable[FILE] = good
    assert opens(phone, PIN, sealed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda good: bytes(len(good)),
        lambda good: good[: len(good) // 2],
        lambda good: good + b"\n",
        lambda _: b"[]",
        lambda _: b'{"sum":1}',
        lambda _: b"[" * 100_000,
        lambda _: None,
    ],
)
def test_a_spoilt_or_missing_file_is_told_and_nothing_is_deleted(spoil: Callable[[bytes], bytes | None]) -> None:
    phone, _ = made()
    phone.disk.stable["journal-000001"] = b"sealed"
    spoilt = spoil(phone.disk.stable.pop(FILE))
    if spoilt is not None:
        phone.disk.stable[FILE] = spoilt
    before = dict(phone.disk.stable)
    with pytest.raises(DamagedVault):
        run(phone.open())
    assert phone.disk.stable == before
    run(Vault.start_over(phone.disk, phone.keys))
    assert not phone.disk.stable.keys() - {"guesses"}
    assert phone.keys.device is None
    assert run(phone.open()).state == "new"


@pytest.mark.parametrize(
    ("name", "value"),
    [("salt", "AAAA"), ("salt", 7), ("salt", None), ("sealed", "AAAA"), ("rounds", 0), ("rounds", True), ("kind", 4)],
)
def test_a_slot_that_cannot_be_is_damage_though_its_sum_is_right(name: str, value: object) -> None:
    phone, _ = made()
    rewrite(phone, lambda whole: whole["slots"][0].update({name: value}))
    with pytest.raises(DamagedVault):
        run(phone.open())


def test_a_newer_format_is_left_alone() -> None:
    phone, _ = made()
    rewrite(phone, lambda whole: whole.update(format=2, slots={"as": "they like"}))
    before = dict(phone.disk.stable)
    with pytest.raises(NewerVault, match="newer version"):
        run(phone.open())
    assert phone.disk.stable == before


def test_slots_and_fields_that_this_version_does_not_know_are_kept() -> None:
    phone, sealed = made()
    hello = {"kind": "hello", "sealed": "b64"}
    rewrite(phone, lambda whole: whole.update(slots=[hello, *whole["slots"]], note={"any": 1}))
    run(run(phone.open()).change(PIN, OTHER))
    whole = json.loads(phone.disk.stable[FILE])
    assert hello in whole["slots"]
    assert whole["note"] == {"any": 1}
    assert opens(phone, OTHER, sealed)


def test_a_changed_pin_opens_the_same_key_and_the_old_one_does_not() -> None:
    phone, sealed = made()
    phone.disk.stable["journal-000001"] = sealed
    run(run(phone.open()).change(PIN, OTHER))
    assert opens(phone, OTHER, sealed)
    assert not opens(phone, PIN, sealed)
    assert phone.disk.stable["journal-000001"] == sealed


def test_changing_the_pin_counts_wrong_tries_and_refuses_weak_ones_first() -> None:
    phone, _ = made()
    vault = run(phone.open())
    with pytest.raises(WeakSecret):
        run(vault.change(PIN, "111111"))
    assert phone.keys.tries == 1
    with pytest.raises(WrongSecret) as wrong:
        run(vault.change(OTHER, "161803"))
    assert (wrong.value.tries_left, wrong.value.warn) == (9, False)


@pytest.mark.parametrize("after", range(24))
def test_a_flat_battery_while_the_pin_changes_leaves_the_old_or_the_new_one(after: int) -> None:
    phone, sealed = made()
    vault = run(phone.open())
    phone.disk.fail(after, PowerCut())
    cut = fails_with(PowerCut, vault.change(PIN, OTHER))
    phone.lose_power(after)
    assert opens(phone, PIN, sealed) + opens(phone, OTHER, sealed) == 1
    assert cut or opens(phone, OTHER, sealed)


@pytest.mark.parametrize("after", range(24))
def test_a_flat_battery_at_first_use_leaves_no_vault_or_a_whole_one(after: int) -> None:
    phone = Phone()
    vault = run(phone.open())
    phone.disk.fail(after, PowerCut())
    cut = fails_with(PowerCut, vault.create(PIN))
    phone.lose_power(after)
    again = run(phone.open())
    assert again.state in (("new", "locked") if cut else ("locked",))
    run(again.create(OTHER) if again.state == "new" else again.unlock(PIN))
    assert again.state == "open"


def fails_with(kind: type[BaseException], work: Coroutine[Any, Any, object]) -> bool:
    try:
        run(work)
    except kind:
        return True
    return False


def test_a_full_phone_still_opens() -> None:
    phone, sealed = made()
    phone.disk.room = sum(map(len, phone.disk.stable.values()))
    assert not opens(phone, OTHER, sealed)
    assert opens(phone, PIN, sealed)
    vault = run(phone.open())
    with pytest.raises(NoRoom):
        run(vault.change(PIN, OTHER))
    phone.disk.room = None
    assert opens(phone, PIN, sealed)


def test_a_try_that_cannot_be_counted_is_not_made() -> None:
    phone, sealed = made()
    vault = run(phone.open())
    for after in (0, 1):  # the write, the flush
        phone.disk.fail(after, FileTrouble("broken"))
        with pytest.raises(FileTrouble, match="broken"):
            run(vault.unlock(PIN))
        phone.disk.heal()
    assert phone.keys.tries == 1
    assert opens(phone, PIN, sealed)


def test_nothing_that_opens_the_notebook_is_written_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    phone, _ = made("a phrase for Ana")
    vault = run(phone.open())
    cipher = run(vault.unlock("a phrase for Ana"))
    run(vault.add_passkey("Ana"))
    run(vault.set_escrow(make_pair()[1]))
    data_key = vault._data_key
    assert data_key is not None
    with pytest.raises(WrongSecret) as wrong:
        run(vault.unlock("a phrase for Ben"))
    shown = repr(vault) + repr(cipher) + repr(vault._file) + repr(wrong.value) + caplog.text
    shown += "".join(repr(error) for error in (wrong.value.__cause__, wrong.value.__context__))
    for word in (b"a phrase for", data_key, phone.keys.device or b"", *phone.keys.passkeys.values()):
        for form in (word, base64.b64encode(word)[:-2], word.hex().encode(), repr(word)[2:-1].encode()):
            assert form not in b"".join(phone.disk.stable.values())
            assert form not in shown.encode()


def test_a_passkey_opens_it_together_with_the_device_and_forgives_wrong_pins() -> None:
    phone, sealed = made()
    vault = run(phone.open())
    assert not vault.has_passkey
    run(vault.unlock(PIN))
    run(vault.add_passkey("Ana"))
    assert not any(opens(phone, OTHER, sealed) for _ in range(5))
    vault = run(phone.open())
    assert vault.has_passkey
    with pytest.raises(MustWait):
        run(vault.unlock(PIN))
    assert run(vault.unlock_with_passkey()).open(sealed, ABOUT) == b"what Ana said"
    assert opens(phone, PIN, sealed)

    own, phone.keys.device = phone.keys.device, bytes(32)
    with pytest.raises(OtherDevice):
        run(run(phone.open()).unlock_with_passkey())
    phone.keys.device = own
    phone.keys.passkeys[b"Ana"] = bytes(32)
    with pytest.raises(PasskeyTrouble, match="unknown"):
        run(run(phone.open()).unlock_with_passkey())


def test_a_passkey_that_was_removed_opens_nothing_in_any_tab() -> None:
    phone, _ = made()
    vault = run(phone.open())
    run(vault.unlock(PIN))
    run(vault.add_passkey("Ana"))
    other = run(phone.open())
    run(vault.remove_passkey())
    assert not vault.has_passkey
    with pytest.raises(PasskeyTrouble):
        run(other.unlock_with_passkey())
    with pytest.raises(PasskeyTrouble):
        run(vault.unlock_with_passkey())


def wrong_until_wiped(phone: Phone) -> list[tuple[int, float, bool]]:
    """Types wrong PINs, waiting as told: what was said each time."""
    said = []
    vault = run(phone.open())
    while True:
        try:
            run(vault.unlock(OTHER))
        except WrongSecret as wrong:
            said.append((wrong.tries_left, wrong.wait_seconds, wrong.warn))
        except MustWait as wait:
            phone.now += wait.seconds
        except Wiped:
            return said


def test_wrong_pins_wait_longer_are_warned_and_in_the_end_wipe() -> None:
    phone, _ = made()
    phone.disk.stable.update({"journal-000001": b"x", "photo-ab": b"x", "settings.json": b"{}"})
    assert wrong_until_wiped(phone) == [
        (9, 0, False),
        (8, 0, False),
        (7, 0, False),
        (6, 0, False),
        (5, 30, False),
        (4, 60, False),
        (3, 120, True),
        (2, 300, True),
        (1, 600, True),
    ]
    assert phone.keys.tries == 1 + 10
    assert phone.disk.stable == {}
    assert phone.keys.device is None
    vault = run(phone.open())
    assert vault.state == "new"
    run(vault.create(PIN))


def test_with_an_escrow_a_wipe_leaves_the_sealed_files_for_the_district_alone() -> None:
    phone, sealed = made()
    private, public = make_pair()
    vault = run(phone.open())
    run(vault.unlock(PIN))
    run(vault.set_escrow(public))
    run(vault.add_passkey("Ana"))
    phone.disk.stable["journal-000001"] = sealed
    wrong_until_wiped(phone)

    vault = run(phone.open())
    assert vault.state == "wiped"
    assert phone.keys.device is None
    assert json.loads(phone.disk.stable[FILE])["slots"] == []
    for work in (vault.unlock(PIN), vault.change(PIN, OTHER), vault.set_escrow(None)):
        with pytest.raises(Wiped) as wiped:
            run(work)
        assert wiped.value.escrowed
    with pytest.raises(FileTrouble, match="already"):
        run(vault.create(PIN))
    with pytest.raises(PasskeyTrouble):
        run(vault.unlock_with_passkey())

    assert vault.escrowed is not None
    assert vault.id is not None
    data_key = open_for_district(private, vault.escrowed, vault.id)
    assert make_cipher(data_key).open(phone.disk.stable["journal-000001"], ABOUT) == b"what Ana said"
    run(vault.discard())
    assert run(phone.open()).state == "new"
    assert not phone.disk.stable.keys() - {"guesses"}
    run(vault.create(OTHER))


def test_only_a_wiped_vault_is_discarded() -> None:
    phone, sealed = made()
    with pytest.raises(FileTrouble, match="waits for the district"):
        run(run(phone.open()).discard())
    assert opens(phone, PIN, sealed)


def test_escrow_is_switched_off_again_and_a_key_that_is_none_is_refused() -> None:
    phone, _ = made()
    vault = run(phone.open())
    run(vault.unlock(PIN))
    run(vault.set_escrow(make_pair()[1]))
    run(vault.set_escrow(None))
    assert vault.escrowed is None
    assert b"escrow" not in phone.disk.stable[FILE]
    for bad in (b"", b"\x04" + bytes(64), make_pair()[1][:64]):
        with pytest.raises(ValueError):  # noqa: PT011  # whatever OpenSSL calls it
            run(vault.set_escrow(bad))


@pytest.mark.parametrize("escrow", [False, True])
@pytest.mark.parametrize("after", range(30))
def test_a_wipe_that_is_cut_off_has_taken_the_keys_first_and_is_finished_at_the_next_opening(
    after: int, escrow: bool
) -> None:
    phone, _ = made()
    vault = run(phone.open())
    run(vault.unlock(PIN))
    if escrow:
        run(vault.set_escrow(make_pair()[1]))
    phone.disk.stable.update({"journal-000001": b"x", "photo-ab": b"x"})
    phone.disk.fail(after, PowerCut())
    fails_with(PowerCut, vault.wipe())
    phone.lose_power(after)
    whole = "journal-000001" in phone.disk.stable and "photo-ab" in phone.disk.stable
    slots = json.loads(phone.disk.stable.get(FILE, b'{"slots": []}'))["slots"]
    assert whole or (phone.keys.device is None and not slots), "keys go before files"

    again = run(phone.open())
    if phone.keys.device is not None:  # the wish to wipe was not yet on the disk
        assert again.state == "locked"
        assert opens(phone, PIN, run(again.unlock(PIN)).seal(b"what Ana said", ABOUT))
        return
    assert again.state == ("wiped" if escrow else "new")
    assert ("journal-000001" in phone.disk.stable) == escrow


def test_a_step_of_the_wipe_that_fails_does_not_stop_the_others_and_is_tried_again() -> None:
    phone, _ = made()
    phone.disk.stable["journal-000001"] = b"x"
    phone.keys.stuck = True
    run(run(phone.open()).wipe())
    assert phone.disk.stable.keys() == {"guesses"}
    assert phone.keys.device is not None
    phone.keys.stuck = False
    assert run(phone.open()).state == "new"
    assert phone.keys.device is None


def test_one_tab_at_a_time_tries_and_each_sees_what_the_other_changed() -> None:
    phone, sealed = made()
    one, two = run(phone.open()), run(phone.open())
    held = run(phone.disk.open("guesses"))
    with pytest.raises(Locked):
        run(one.unlock(PIN))
    held.close()
    assert phone.keys.tries == 1
    run(one.change(PIN, OTHER))
    with pytest.raises(WrongSecret):
        run(two.unlock(PIN))
    cipher = run(two.unlock(OTHER))
    run(one.wipe())
    with pytest.raises(Wiped):
        run(two.unlock(OTHER))
    with pytest.raises(Forgotten):
        cipher.open(sealed, ABOUT)
    assert two.state == "new"


def test_ten_thousand_tries_at_once_are_five() -> None:
    phone, _ = made()

    async def guess() -> list[object]:
        phone.keys.slow = True
        vault = await phone.open()
        return await asyncio.gather(
            *(vault.unlock(f"{500_000 + number}") for number in range(10_000)), return_exceptions=True
        )

    said = asyncio.run(guess())
    assert phone.keys.tries == 1 + 5
    assert sum(isinstance(answer, WrongSecret) for answer in said) == 5
    assert sum(isinstance(answer, MustWait) for answer in said) == 9_995


@given(st.binary(max_size=200))
def test_no_bytes_at_all_are_taken_for_a_vault(junk: bytes) -> None:
    phone = Phone()
    phone.disk.stable[FILE] = junk
    with pytest.raises(DamagedVault):
        run(phone.open())


def test_what_is_sealed_by_one_vault_opens_in_no_other() -> None:
    _, sealed = made()
    phone, _ = made()
    with pytest.raises(Tampered):
        run(run(phone.open()).unlock(PIN)).open(sealed, ABOUT)
