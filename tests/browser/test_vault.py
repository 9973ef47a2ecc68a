"""The vault in the Python that a phone runs, in real Chromium: its keys, its cipher, a passkey of a virtual phone."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from app.cipher import make_cipher
from app.escrow import make_pair, open_for_district
from tests.browser.bare import Bare, make_site, served
from tests.browser.district import ROOT
from tests.browser.finger import Finger

PIN = "271828"
OPEN = """
import json
from pyodide.code import run_js
run_js("self.beatbook = { tab: 'one' }")
from app.cipher import Tampered, make_cipher, prepare_cipher
from app.files import make_folder
from app.keys import make_keys
from app.vault import Vault
folder = make_folder("beatbook")
vault = await Vault.open(folder, make_keys(folder))
"""
NEW = OPEN + f"cipher = await vault.create({PIN!r})\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address."""
    folder = tmp_path_factory.mktemp("site")
    make_site(folder, [ROOT / "app"])
    with served(folder) as url:
        yield url


@pytest.fixture
def bare(site: str, chromium_path: str, tmp_path: Path) -> Iterator[Bare]:
    """A started browser with an empty profile."""
    with sync_playwright() as playwright:
        browser = Bare(playwright, chromium_path, tmp_path, site).start()
        try:
            yield browser
        finally:
            browser.kill()


def code(bare: Bare, work: str) -> str:
    """The code of the error that this raises."""
    bare.run(f"said = ''\ntry:\n    {work}\nexcept Exception as error:\n    said = getattr(error, 'code', repr(error))")
    return str(bare.run("said"))


def test_the_pin_opens_after_a_killed_browser_and_a_wrong_one_does_not(bare: Bare) -> None:
    bare.run(OPEN)
    assert bare.run("vault.state") == "new"
    assert code(bare, "await vault.create('123456')") == "weak-sequence"
    bare.run(
        f"sealed = (await vault.create({PIN!r})).seal(b'what Ana said', b'about'); await folder.write('s', sealed)"
    )
    bare.kill()
    bare.start()
    bare.run(OPEN)
    assert bare.run("vault.state") == "locked"
    assert code(bare, "await vault.unlock('314159')") == "wrong-secret"
    bare.run(f"cipher = await vault.unlock({PIN!r})")
    assert bare.run("cipher.open(await folder.read('s'), b'about').decode()") == "what Ana said"
    bare.run("vault.lock()")
    assert bare.attempt("cipher.open(await folder.read('s'), b'about')") == "Forgotten: The notebook is locked."


def test_both_ciphers_of_the_browser_and_the_districts_read_each_other(bare: Bare) -> None:
    bare.run(OPEN)
    data = bytes(range(256)) * 512
    theirs = make_cipher(bytes(range(32))).seal(data, b"photo")
    bare.run("await prepare_cipher(); cipher = make_cipher(bytes(range(32))); data = bytes(range(256)) * 512")
    bare.run(f"import base64; theirs = base64.b64decode({base64.b64encode(theirs).decode()!r})")
    assert bare.run("cipher.open(theirs, b'photo') == await cipher.open_large(theirs, b'photo') == data")
    for made in ("cipher.seal(data, b'photo')", "await cipher.seal_large(data, b'photo')"):
        ours = base64.b64decode(bare.run(f"base64.b64encode({made}).decode()"))
        assert make_cipher(bytes(range(32))).open(ours, b"photo") == data
    words = "Tampered: A part of this notebook is damaged, or was sealed with another key."
    for call in ("cipher.open", "await cipher.open_large"):
        for bad in ("theirs, b'other'", "theirs[:-1], b'photo'", "theirs[:20], b'photo'", "b'', b''"):
            assert bare.attempt(f"{call}({bad})") == words
    assert bare.run("cipher.seal(b'', b'') != cipher.seal(b'', b'')")
    assert bare.run("cipher.open(cipher.seal(b'', b''), b'').decode()") == ""
    assert bare.run("str('CIPHER' in repr(vars(cipher)))") == "False"
    bare.run("cipher.forget(); cipher.forget()")
    assert bare.attempt("await cipher.open_large(theirs, b'photo')").startswith("Forgotten")
    assert bare.attempt("make_cipher(b'short')") == "ValueError: a key has 32 bytes"


def test_the_devices_key_is_in_the_browser_and_never_given_away(bare: Bare) -> None:
    bare.run(NEW)
    found = bare.page.evaluate(
        """async () => {
            const open = await new Promise((done) => {
                const asked = indexedDB.open("beatbook-keys");
                asked.onsuccess = () => done(asked.result);
            });
            const key = await new Promise((done) => {
                const asked = open.transaction("keys").objectStore("keys").get("device");
                asked.onsuccess = () => done(asked.result);
            });
            open.close();
            const out = await crypto.subtle.exportKey("raw", key).catch((error) => error.name);
            return [key.extractable, key.algorithm.name, key.usages, out];
        }"""
    )
    assert found == [False, "HMAC", ["sign"], "InvalidAccessError"]


def test_without_the_devices_key_the_pin_opens_nothing_and_costs_no_try(bare: Bare) -> None:
    bare.run(NEW)
    bare.page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('beatbook-keys').onsuccess = done; })")
    for _ in range(6):
        assert code(bare, f"await vault.unlock({PIN!r})") == "other-device"


def test_ten_wrong_pins_leave_nothing_in_the_browser(bare: Bare) -> None:
    bare.run(NEW + "await folder.write('journal-000001', b'x')")
    bare.run("now = 0.0\nvault = await Vault.open(folder, make_keys(folder), lambda: now)\n")
    said = []
    while "wiped" not in said:
        said.append(code(bare, "await vault.unlock('314159')"))
        bare.run("now += 600")
    assert said == ["wrong-secret"] * 9 + ["wiped"]
    assert bare.run("' '.join(await folder.names())") == ""
    assert bare.run("vault.state") == "new"
    assert bare.attempt("await make_keys(folder).device_mac(b'')").startswith("NoDeviceKey")


def test_a_full_phone_refuses_a_first_pin_in_words_and_takes_it_once_there_is_room(bare: Bare) -> None:
    bare.run(OPEN)
    quota = bare.browser.contexts[0].new_cdp_session(bare.page)
    origin = bare.url.rstrip("/")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    for work in (f"await vault.create({PIN!r})", "await make_keys(folder).make_device_key()"):
        assert bare.attempt(work) == "NoRoom: This phone has no room left for Beatbook."
    quota.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    bare.run(f"cipher = await vault.create({PIN!r})")
    assert bare.run("vault.state") == "open"


def test_a_second_tab_waits_its_turn_and_sees_what_the_first_one_counted(bare: Bare) -> None:
    bare.run(NEW)
    second = bare.another_tab()
    bare.run(OPEN, second)
    bare.run("held = await folder.open('guesses')")
    assert bare.attempt("await vault.unlock('314159')", second) == "Locked: Beatbook is already open in another tab."
    bare.run("held.close()")
    for page in (bare.page, second, bare.page):
        bare.run(
            "said = 0\ntry:\n    await vault.unlock('314159')\nexcept Exception as error:\n    said = error.tries_left",
            page,
        )
    assert bare.run("said") == 7


def test_what_a_phone_escrows_the_district_opens(bare: Bare) -> None:
    private, public = make_pair()
    bare.run(NEW)
    bare.run(f"await vault.set_escrow(bytes.fromhex({public.hex()!r}))")
    sealed, vault = (bytes.fromhex(bare.run(f"vault.{name}.hex()")) for name in ("escrowed", "id"))
    data_key = open_for_district(private, sealed, vault)
    written = bytes.fromhex(bare.run("cipher.seal(b'what Ana said', b'about').hex()"))
    assert make_cipher(data_key).open(written, b"about") == b"what Ana said"
    assert bare.attempt("await vault.set_escrow(b'\\x04' * 65)").startswith("ValueError: the district's key")


def test_a_finger_opens_the_notebook_and_another_one_does_not(bare: Bare) -> None:
    finger = Finger(bare.page)
    bare.run(NEW + "await folder.write('s', cipher.seal(b'what Ana said', b'about'))")
    assert bare.run("await vault.has_passkeys()")
    bare.run("await vault.add_passkey('Beatbook')")
    bare.page.reload()
    bare.run(OPEN)
    assert bare.run("vault.has_passkey and vault.state == 'locked'")
    bare.run("cipher = await vault.unlock_with_passkey()")
    assert bare.run("cipher.open(await folder.read('s'), b'about').decode()") == "what Ana said"
    bare.run("vault.lock()")
    bare.run("await vault.change('271828', '314159')")
    bare.run("cipher = await vault.unlock_with_passkey(); vault.lock()")
    finger.another()
    assert code(bare, "await vault.unlock_with_passkey()") == "passkey-cancelled"
    assert bare.run("vault.state") == "locked"
    kept = json.loads(bare.run("(await folder.read('vault.json')).decode()"))
    assert sorted(slot["kind"] for slot in kept["slots"]) == ["passkey", "pin"]


def test_where_the_passkey_is_gone_the_pin_works_on(bare: Bare) -> None:
    finger = Finger(bare.page)
    bare.run(NEW + "await vault.add_passkey('Beatbook'); vault.lock()")
    finger.forget()
    assert code(bare, "await vault.unlock_with_passkey()") == "passkey-cancelled"
    bare.run(f"cipher = await vault.unlock({PIN!r})")


def test_a_passkey_without_secrets_is_refused_and_the_pin_works_on(bare: Bare) -> None:
    Finger(bare.page, prf=False)
    bare.run(NEW)
    assert code(bare, "await vault.add_passkey('Beatbook')") == "passkey-none"
    assert not bare.run("vault.has_passkey")
    bare.run(f"vault.lock(); cipher = await vault.unlock({PIN!r})")


def test_a_phone_without_an_authenticator_says_so_and_a_page_that_does_not_answer_is_not_waited_for(bare: Bare) -> None:
    bare.run(NEW)
    assert bare.run("await vault.has_passkeys()") is False
    bare.run("run_js(\"self.beatbook = { tab: 'another' }\")")
    assert code(bare, "await vault.add_passkey('Beatbook')") == "passkey-failed"
