"""A stolen phone: nothing that was typed, photographed or handed to it can be read from its browser's profile."""

import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Request

from tests.browser import capture
from tests.browser.conftest import Phones, enrol
from tests.browser.district import District
from tests.browser.phone import Phone, wait_until

TYPED = ("Quillfeather", "Zanzibarsson", "the Ottoman letter")
# What the district sends and only an unlocked notebook may show.
HANDED = ("Dana Reyes", "555-0100", "Door 7")

EVERYTHING = """async () => {
    const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const walk = async (folder) => {
        for await (const entry of folder.values()) {
            if (entry.kind === "directory") { await walk(entry); continue; }
            const bytes = new Uint8Array(await (await entry.getFile()).arrayBuffer());
            texts.push(entry.name, new TextDecoder("latin1").decode(bytes));
        }
    };
    await walk(await navigator.storage.getDirectory());
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            texts.push(request.url);
            if (!/[.](wasm|js|mjs|tar|zip|woff2|otf|png)$/.test(new URL(request.url).pathname)) {
                texts.push(await (await cache.match(request)).text());
            }
        }
    }
    for (const { name } of await indexedDB.databases()) {
        const base = await new Promise((done) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
        });
        for (const store of base.objectStoreNames) {
            const rows = await new Promise((done) => {
                const asked = base.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
            });
            texts.push(name, store, JSON.stringify(rows));
        }
    }
    return texts.join("\\n");
}"""


def test_nothing_of_the_notebook_can_be_read_on_a_phone_that_was_taken_away(
    district: District, phones: Phones, photo: Path
) -> None:
    phone = phones()
    enrol(phone, district)
    tokens = listen(phone)
    written(phone, photo)
    wait_until(lambda: tokens, "a request with the phone's token")
    secrets = (*TYPED, *HANDED, "SECRET-MARKER", *tokens)
    seen = phone.page.evaluate(EVERYTHING)
    assert "journal-000001" in seen, "the look reaches the notebook's files"
    assert_sealed(seen.encode("utf-8", "replace"), secrets)

    profile = phone.profile
    phone.kill()
    read = [file.read_bytes() for file in profile.rglob("*") if file.is_file() and file.stat().st_size]
    assert any(b"BEATBOOK" in data for data in read), "the files of the killed phone are among them"
    for data in read:
        assert_sealed(data, secrets)

    phone.lets_in = False
    phone.start(f"{district.url}/app/records", offline=False)
    phone.at("unlock").wait_for(state="attached")
    assert not phone.like("record-").count()
    assert_sealed(phone.page.evaluate(EVERYTHING).encode("utf-8", "replace"), secrets)


def written(phone: Phone, photo: Path) -> None:
    """A saved parent contact with a photo, and a draft."""
    phone.tap("open-parent_contact")
    phone.choose("topic", "praise")
    phone.type("field-name", TYPED[0], scroll=True)
    capture.take_in(phone, "photo", photo)
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone"))
    phone.tap("open-parent_contact")
    phone.type("field-summary", TYPED[2], scroll=True)
    phone.type("field-name", TYPED[1], scroll=True)
    phone.choose_and_keep("direction", "in")
    phone.reload()
    phone.holds("field-summary", TYPED[2])


def listen(phone: Phone) -> set[str]:
    """The tokens that the phone says to the district from now on."""
    found: set[str] = set()

    def note(request: Request) -> None:
        said = request.headers.get("authorization", "")
        if said.startswith("Bearer "):
            found.add(said.removeprefix("Bearer "))

    phone.page.on("request", note)
    return found


def assert_sealed(data: bytes, secrets: Iterable[str]) -> None:
    """None of the words, in either of the encodings that browsers keep text in."""
    for word in secrets:
        for encoding in ("utf-8", "utf-16-le"):
            assert word.encode(encoding) not in data, word
