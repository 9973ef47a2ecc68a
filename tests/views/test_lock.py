"""What stands before the notebook: the lock, waiting, the wipe, a fingerprint, and the way out of a forgotten PIN."""

import asyncio
from functools import partial

import pytest

from app.keys import PasskeyTrouble
from app.tags import new_enrol_code, show
from app.vault import Vault
from app.vault_file import FILE
from sync.leftovers import Progress, Tell
from tests.app.vaultkit import OTHER, PIN
from tests.views.gatekit import Start, appears, choose_pin, fail, unlock
from tests.views.headless import Screen
from views import gate

pytestmark = pytest.mark.anyio

CODE = new_enrol_code()


async def test_a_wrong_pin_is_said_and_the_right_one_still_opens(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen, OTHER)
        await screen.until(lambda: screen.reads("That is not the PIN"), "the words")
        assert not screen.reads("deleted")
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_a_pin_may_be_typed_with_spaces_and_sent_with_the_enter_key(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "unlock")
        await screen.type("pin", "27 18 28 ")
        await screen.fire(screen.field("pin"), "submit", "27 18 28 ")
        await appears(screen, "open-parent_contact")


async def test_after_five_wrong_ones_the_button_waits_and_the_time_is_counted_down(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await fail(start, screen, 5)
        await appears(screen, "wait")
        assert screen.texts("wait-left") == ["0:30"]
        with pytest.raises(AssertionError, match="switched off"):
            await screen.tap("unlock")
        start.now += 12
        await screen.until(lambda: screen.texts("wait-left") == ["0:18"], "the countdown")
        start.now += 18
        await screen.until(lambda: "wait" not in screen.idents(), "the end of the wait")
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_a_wait_goes_on_after_a_restart_whatever_the_clock_says(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await fail(start, screen, 6)
        await appears(screen, "wait")
        start.now += 20
        await screen.until(lambda: screen.texts("wait-left") == ["0:40"], "the countdown")
    start.now -= 365 * 86_400
    async with Screen(start.main) as screen:
        await appears(screen, "wait")
        assert screen.texts("wait-left") == ["0:40"]
        assert start.keys.tries == 7


async def test_from_the_seventh_each_wrong_one_says_how_many_are_left_and_the_tenth_deletes_everything(
    start: Start,
) -> None:
    await start.fill()
    async with Screen(start.main, route="/records") as screen:
        await fail(start, screen, 6)
        assert not screen.reads("everything on this phone is deleted")
        for left in ("After 3 more", "After 2 more", "After one more"):
            await fail(start, screen, 1)
            await screen.until(partial(screen.reads, left), left)
        await fail(start, screen, 1)
        await appears(screen, "gone")
        assert screen.reads("Every record that the district has is safe there")
        assert set(start.disk.names_now) <= {"guesses"}
        await screen.tap("begin")
        await choose_pin(screen, OTHER)
        await appears(screen, "enrol-code")


@pytest.mark.parametrize(
    ("wrong", "warned"), [(6, ""), (7, "After 3 more wrong tries"), (9, "After one more wrong try")]
)
async def test_whoever_starts_the_app_again_is_warned_before_the_next_try(
    start: Start, wrong: int, warned: str
) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await fail(start, screen, wrong)
    async with Screen(start.main) as screen:
        await appears(screen, "wait")
        assert ("problem" in screen.idents()) == bool(warned)
        assert screen.reads(warned)


async def test_with_an_escrow_a_wiped_phone_asks_for_the_code_that_hands_its_records_in(start: Start) -> None:
    await start.fill(escrow=True)
    async with Screen(start.main) as screen:
        await fail(start, screen, 10)
        await appears(screen, "hand-in")
        assert start.gate.stage == "wiped"
        assert any(name.startswith("journal-") for name in start.disk.names_now)
    async with Screen(start.main) as screen:  # and again after a restart
        await appears(screen, "hand-in")
        await screen.tap("give-up")
        await screen.tap("give-up-really")
        await choose_pin(screen)
        await appears(screen, "enrol-code")


async def test_a_wiped_phone_takes_its_new_code_from_the_camera_by_hand_or_from_a_link(start: Start) -> None:
    await start.fill(escrow=True)
    await (await Vault.open(start.disk, start.keys)).wipe()
    async with Screen(start.main) as screen:
        await appears(screen, "scan-code")
        await screen.tap("scan-code")
        assert screen.reads("There is no scanner on this device")
        await screen.type("type-code", f"HTTPS://DISTRICT.EXAMPLE/T/{'A' * 16}")
        await screen.tap("use-code")
        assert screen.reads("A place's tag")
        await screen.back()
        await screen.tap("scan-code")
        await screen.type("type-code", show(CODE).lower())
        await screen.tap("use-code")
        assert show(CODE) in screen.texts("enrol-code")
        assert start.gate.stage == "wiped"
    async with Screen(start.main, route=f"/enrol/{CODE}") as screen:
        await appears(screen, "hand-in")
        assert show(CODE) in screen.texts("enrol-code")


async def test_whoever_looks_at_the_emergency_card_meanwhile_finds_the_hand_in_going_on_or_done(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start.fill(escrow=True)
    vault = await Vault.open(start.disk, start.keys)
    await vault.wipe()
    codes, go_on = [], asyncio.Event()

    async def hand_in(vault: Vault, _folder: object, code: str, _url: str, *, tell: Tell) -> None:
        codes.append(code)
        tell(Progress("Dana Reyes", 1, 4))
        await go_on.wait()
        await vault.discard()

    monkeypatch.setattr(gate, "hand_in", hand_in)
    async with Screen(start.main, route=f"/enrol/{CODE}") as screen:
        await appears(screen, "hand-in")
        first = asyncio.create_task(screen.tap("hand-in"))
        await screen.until(lambda: screen.reads("25 percent"), "the progress")
        await screen.tap("emergency")
        await screen.tap("back")
        second = asyncio.create_task(screen.tap("hand-in"))
        await screen.settle()
        go_on.set()
        await appears(screen, "handed-in")
        await asyncio.gather(first, second)
        assert codes == [CODE]
        await screen.tap("begin")
        await choose_pin(screen)
        await screen.until(lambda: show(CODE) in screen.texts("enrol-code"), "the same code")


async def test_a_phone_that_is_wiped_while_the_scanner_was_open_shows_the_code_and_no_camera(start: Start) -> None:
    await start.fill(escrow=True)
    async with Screen(start.main, route="/scan") as screen:
        await fail(start, screen, 10)
        await appears(screen, "hand-in")
        assert "type-code" not in screen.idents()


# -- the PIN is forgotten -------------------------------------------------------------------------------------------


async def test_a_forgotten_pin_is_asked_about_twice_and_then_the_phone_is_new(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "forgot")
        await screen.tap("forgot")
        assert screen.reads("What was not sent yet is lost")
        assert screen.reads("What the district has stays there")
        await screen.tap("wipe")
        assert "sure" in screen.idents()
        assert start.vault.state == "locked"
        await screen.tap("wipe")
        await appears(screen, "gone")
        assert start.keys.device is None
        await screen.tap("begin")
        await choose_pin(screen)
        await appears(screen, "enrol-code")


async def test_with_an_escrow_it_is_said_that_nothing_unsent_is_lost(start: Start) -> None:
    await start.fill(escrow=True)
    async with Screen(start.main) as screen:
        await appears(screen, "forgot")
        await screen.tap("forgot")
        assert screen.reads("With your new code the district takes it over")
        assert not screen.reads("is lost")
        await screen.tap("wipe")
        await screen.tap("wipe")
        await appears(screen, "hand-in")


@pytest.mark.parametrize("way", ["keep", "back"])
async def test_whoever_thinks_again_is_back_at_the_lock_of_where_they_were(start: Start, way: str) -> None:
    record = await start.fill()
    async with Screen(start.main, route=f"/records/{record}") as screen:
        await appears(screen, "forgot")
        await screen.tap("forgot")
        await screen.tap(way)
        assert screen.page.route == f"/records/{record}"
        await unlock(screen)
        await appears(screen, "correct")


async def test_from_inside_it_is_said_how_much_was_not_sent(start: Start) -> None:
    await start.fill()
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "lock-now")
        await screen.tap("forgot")
        assert screen.reads("One record or draft is not at the district yet")
        await screen.tap("wipe")
        await screen.tap("wipe")
        await appears(screen, "gone")
        assert not start.services.is_open
        assert set(start.disk.names_now) <= {"guesses"}


async def test_a_wipe_that_another_tab_holds_up_says_so_and_deletes_nothing(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "forgot")
        await screen.tap("forgot")
        held = await start.disk.open("guesses")
        await screen.tap("wipe")
        await screen.tap("wipe")
        await screen.until(lambda: screen.reads("already open in another tab"), "the words")
        assert "vault.json" in start.disk.names_now
        held.close()


async def test_a_notebook_of_another_device_says_so_and_costs_no_try(start: Start) -> None:
    await start.fill()
    start.keys.device = bytes(32)
    async with Screen(start.main) as screen:
        for _ in range(6):
            await unlock(screen)
            await screen.until(lambda: screen.reads("made on another device"), "the words")
        assert "wait" not in screen.idents()
        assert "forgot" in screen.idents()


async def test_another_tab_that_wiped_the_phone_is_noticed(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "unlock")
        await (await Vault.open(start.disk, start.keys)).wipe()
        await unlock(screen)
        await appears(screen, "gone")


async def test_a_notebook_that_another_tab_wipes_under_the_officer_closes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LOOK_AT_CLOCK", 0.01)
    await start.fill()
    async with Screen(start.main) as screen:
        await unlock(screen)
        await appears(screen, "open-parent_contact")
        await (await Vault.open(start.disk, start.keys)).wipe()
        await appears(screen, "gone")
        assert not start.services.is_open


# -- the key is damaged ----------------------------------------------------------------------------------------------


async def test_a_damaged_key_says_what_is_lost_and_can_be_given_up_after_asking_twice(start: Start) -> None:
    await start.fill()
    start.disk.stable[FILE] = start.disk.stable[FILE][:-30]
    async with Screen(start.main, route="/records") as screen:
        await appears(screen, "try-again")
        assert screen.reads("The notebook's key is damaged")
        await screen.tap("try-again")
        await appears(screen, "forgot")
        await screen.tap("forgot")
        assert screen.reads("What was not sent yet is lost")
        assert screen.reads("What the district has stays there and comes back")
        await screen.tap("keep")
        await screen.tap("forgot")
        await screen.tap("wipe")
        assert "sure" in screen.idents()
        assert FILE in start.disk.names_now
        await screen.tap("wipe")
        await appears(screen, "gone")
        assert set(start.disk.names_now) <= {"guesses"}
        await screen.tap("begin")
        await choose_pin(screen)
        await appears(screen, "enrol-code")


async def test_a_key_that_is_damaged_behind_the_lock_is_told_and_no_new_pin_is_asked_for(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "unlock")
        whole = start.disk.stable[FILE]
        start.disk.stable[FILE] = whole[:-30]
        await unlock(screen)
        await screen.until(lambda: screen.reads("The notebook's key is damaged"), "the words")
        assert "forgot" in screen.idents()
        start.disk.stable[FILE] = whole
        await screen.tap("try-again")
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_a_key_that_is_damaged_behind_the_lock_can_be_given_up_from_there(start: Start) -> None:
    await start.fill()
    async with Screen(start.main) as screen:
        await appears(screen, "forgot")
        start.disk.stable[FILE] = bytes(200)
        await screen.tap("forgot")
        await screen.tap("wipe")
        await screen.tap("wipe")
        await appears(screen, "gone")
        assert set(start.disk.names_now) <= {"guesses"}


async def test_a_key_that_is_damaged_while_the_pin_is_changed_locks_the_notebook(start: Start) -> None:
    await start.fill()
    async with Screen(start.main, route="/more/pin") as screen:
        await unlock(screen)
        await appears(screen, "pin-old")
        whole = start.disk.stable[FILE]
        start.disk.stable[FILE] = bytes(200)
        for field, text in (("pin-old", PIN), ("pin", OTHER), ("pin-again", OTHER)):
            await screen.type(field, text)
        await screen.tap("save-pin")
        await screen.until(lambda: screen.reads("The notebook's key is damaged"), "the words")
        assert not start.services.is_open
        assert not screen.reads("The PIN is changed")
        start.disk.stable[FILE] = whole
        await screen.tap("try-again")
        await unlock(screen)
        await appears(screen, "pin-old")


# -- fingerprint or face --------------------------------------------------------------------------------------------


async def test_a_fingerprint_opens_the_notebook_once_it_was_allowed_and_the_phone_asks_for_it_at_the_start(
    start: Start,
) -> None:
    await start.fill()
    async with Screen(start.main, route="/more") as screen:
        await appears(screen, "unlock")
        assert "passkey" not in screen.idents()
        await unlock(screen)
        await appears(screen, "switch-passkey")
        await screen.tap("switch-passkey")
        await screen.until(lambda: start.vault.has_passkey, "the passkey")
        await screen.tap("lock-now")
        await appears(screen, "passkey")
        await screen.rest(0.05)
        assert start.gate.stage == "locked"  # after a lock it is not asked for by itself
        await screen.tap("passkey")
        await appears(screen, "lock-now")
    async with Screen(start.main) as screen:
        await appears(screen, "open-parent_contact")
        assert start.keys.tries == 2


async def test_a_finger_that_is_not_confirmed_leaves_the_pin(start: Start) -> None:
    await _with_passkey(start)
    start.keys.passkeys.clear()
    async with Screen(start.main) as screen:
        await appears(screen, "passkey")
        await screen.settle()
        assert not screen.reads("Not confirmed")  # nobody asked: the phone did
        await screen.tap("passkey")
        await screen.until(lambda: screen.reads("Not confirmed"), "the words")
        await unlock(screen)
        await appears(screen, "open-parent_contact")


async def test_the_passkey_is_switched_off_again(start: Start) -> None:
    await _with_passkey(start)
    async with Screen(start.main, route="/more") as screen:
        await appears(screen, "switch-passkey")
        assert screen.reads("No longer open with fingerprint or face")
        await screen.tap("switch-passkey")
        await screen.until(lambda: screen.reads("Only the PIN opens the notebook now"), "the words")
        await screen.tap("lock-now")
        await appears(screen, "unlock")
        assert "passkey" not in screen.idents()


async def test_a_phone_that_cannot_do_it_says_so_and_the_pin_works_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: object) -> None:
        raise PasskeyTrouble("passkey-none")

    monkeypatch.setattr(start.keys, "make_passkey", none)
    await start.fill()
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "switch-passkey")
        await screen.tap("switch-passkey")
        await screen.until(lambda: screen.reads("cannot open the notebook with a fingerprint"), "the words")
        assert screen.reads("Open with fingerprint or face")


async def test_a_phone_without_passkeys_offers_none(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no() -> bool:
        return False

    monkeypatch.setattr(start.keys, "has_passkeys", no)
    await start.fill()
    async with Screen(start.main, route="/more") as screen:
        await unlock(screen)
        await appears(screen, "lock-now")
        await screen.settle()
        assert "switch-passkey" not in screen.idents()


async def _with_passkey(start: Start) -> None:
    await start.fill()
    vault = await Vault.open(start.disk, start.keys)
    await vault.unlock(PIN)
    await vault.add_passkey("Beatbook")
    vault.lock()
