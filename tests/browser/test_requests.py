"""A parent's way with a small phone and no scripts: from the poster to the officer's inbox, and to "closed"."""

import re
from pathlib import Path

from playwright.sync_api import Playwright

from tests.browser.conftest import Phones
from tests.browser.district import District
from tests.browser.phone import wait_until
from tests.server.printed import codes_on, pages
from tests.server.test_codes import Decode, with_zbar

__all__ = ["with_zbar"]


def test_from_the_poster_to_the_officers_inbox_and_to_a_closed_status(
    district: District, dana: Phones, playwright: Playwright, chromium_path: str, with_zbar: Decode, tmp_path: Path
) -> None:
    district.beatbook("cards", "--add", "4711", "--pdf", str(tmp_path / "posters.pdf"))
    (poster,) = pages((tmp_path / "posters.pdf").read_bytes())
    read = [with_zbar(code.picture) for code in codes_on(poster)]

    browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    parent = browser.new_context(locale="es-US", java_script_enabled=False, viewport={"width": 320, "height": 568})
    page = parent.new_page()
    page.goto(next(text for text in read if not text.startswith("BEGIN")))
    page.get_by_role("link", name="Pedir que me llamen").click()
    page.get_by_label("¿De qué se trata?").select_option("bullying")
    page.get_by_label("Nombre").fill("Pat Núñez")
    page.get_by_label("Los agentes de esta escuela pueden guardar").check()
    page.get_by_role("button", name="Enviar").click()
    assert "hace falta un teléfono o un correo" in page.get_by_role("alert").inner_text()
    page.get_by_label("Teléfono").fill("(918) 555-0142")
    page.get_by_role("button", name="Enviar").click()
    page.screenshot(path=tmp_path / "receipt.png", full_page=True)
    assert page.get_by_role("heading", name="Se envió").is_visible()
    receipt = page.url
    assert page.get_by_text("Abierto", exact=True).is_visible()

    phone = dana()
    phone.tap("sync-badge")
    phone.tap("sync-now")
    phone.go("/")
    phone.at("requests").wait_for(state="attached")
    phone.photograph(tmp_path / "home.png")
    phone.tap("requests")
    phone.sees(re.compile("Pat Núñez"))
    district.stop()
    phone.set_offline(True)
    (name,) = [one for one in phone.names() if one.startswith("record-")]
    phone.tap(name)
    phone.tap("write-parent_contact", scroll=True)
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone"))
    phone.tap("requests")
    phone.tap(name)
    phone.tap("request-closed", scroll=True)
    phone.type("field-status_notes", "Hablamos por teléfono.", scroll=True)
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone"))
    phone.photograph(tmp_path / "closed.png")

    district.start()
    phone.set_offline(False)

    def closed() -> bool:
        page.goto(receipt)
        return page.get_by_text("Cerrado", exact=True).is_visible()

    wait_until(closed, "the parent to see that it is closed", 90)
    assert page.get_by_text("Hablamos por teléfono.").is_visible()
    assert page.get_by_text("Núñez").count() == 0
    rows = {row["form"]: row for row in district.records()}
    assert rows["parent_contact"]["answers"]["follows"] == rows["family_request"]["id"]
    assert rows["parent_contact"]["answers"]["topic"] == "bullying"
    browser.close()
    assert phone.strangers == []
