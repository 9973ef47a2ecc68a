"""How a picture is made: of a phone's screen or a web page, in its size and with few colours."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext

from tests.browser.phone import HEIGHT, WIDTH, Phone

PHONE = (WIDTH * 3 // 2, HEIGHT * 3 // 2)
DESK = (1280, 800)


def shoot(device: Phone, path: Path) -> None:
    """A picture of a phone's screen, at one and a half pixels a point and with few colours: small enough for a page."""
    device.page.mouse.move(WIDTH, HEIGHT)  # nothing lies under a mouse that no phone has
    device.page.wait_for_timeout(250)
    device.photograph(path)
    keep(path.read_bytes(), path, PHONE)


def top_and_bottom(device: Phone, folder: Path, name: str) -> None:
    """Two pictures of a screen that may be longer than the phone, one where it is not."""
    device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
    device.page.mouse.wheel(0, -5000)
    device.page.wait_for_timeout(600)
    shoot(device, folder / f"{name}.png")
    device.page.mouse.move(WIDTH / 2, HEIGHT / 2)
    device.page.mouse.wheel(0, 5000)
    device.page.wait_for_timeout(600)
    shoot(device, folder / f"{name}-below.png")
    if (folder / f"{name}.png").read_bytes() == (folder / f"{name}-below.png").read_bytes():
        (folder / f"{name}-below.png").unlink()


def page_of(context: BrowserContext, url: str, path: Path, size: tuple[int, int]) -> None:
    """A picture of a web page as it opens."""
    page = context.new_page()
    page.goto(url)
    keep(page.screenshot(), path, size)
    page.close()


def keep(data: bytes, path: Path, size: tuple[int, int]) -> None:
    """Writes a picture in this size, as a PNG with a palette."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    picture.quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)
