"""The demo district whose screens are photographed, and an officer's day at it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from tests.browser import capture
from tests.browser.district import ROOT, free_port
from tests.browser.phone import Phone, wait_until


@dataclass(frozen=True)
class Demo:
    """The demo district as `make run` prints it, and the folder with its data."""

    folder: Path
    url: str
    app: str
    name: str
    password: str
    card: str
    tag: str
    place: str
    short: str

    def beatbook(self, *words: str) -> str:
        """Runs the command line on the demo's data."""
        command = [sys.executable, "-m", "server.cli", *words]
        environment = {**os.environ, "BEATBOOK_DATA": str(self.folder), "BEATBOOK_BASE_URL": self.url}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    def code(self) -> str:
        """A new one-time code for its second officer."""
        return self.beatbook("enrol", "102", "--code-only").strip()


@contextmanager
def demo(folder: Path, webapp: Path) -> Iterator[Demo]:
    """A demo district that is being served, with an address as a real one would have it in its pages."""
    port = free_port()
    environment = {
        **os.environ,
        "BEATBOOK_DATA": str(folder),
        "BEATBOOK_WEBAPP": str(webapp),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    log = (folder.parent / "demo.log").open("w")
    command = [sys.executable, "-m", "server.cli", "demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        path = folder.parent / "demo.log"
        wait_until(lambda: "Ctrl-C" in path.read_text(), "the demo", 240)
        said = path.read_text()
        yield Demo(
            folder,
            f"http://127.0.0.1:{port}",
            *re.findall(r"Field app\s+(\S+)", said),
            *re.findall(r"sign in: (\S+)\s+password: (\S+)", said)[0],
            *re.findall(r"Card\s+(\S+)", said),
            *re.findall(r"Place tag\s+(\S+)\s+(.+), typed: (\S+)", said)[0],
        )
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def door(folder: Path) -> Path:
    """A picture to send along: a door that does not latch, drawn."""
    picture = Image.new("RGB", (1600, 1200), (201, 196, 186))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 900, 1600, 1200), fill=(128, 122, 112))
    draw.rectangle((560, 120, 1060, 1000), fill=(52, 78, 110), outline=(30, 44, 66), width=16)
    draw.rectangle((640, 210, 760, 520), fill=(168, 196, 214), outline=(30, 44, 66), width=8)
    draw.ellipse((950, 560, 1010, 620), fill=(210, 180, 90))
    path = folder / "door.jpg"
    picture.save(path, quality=85)
    return path


def day(device: Phone, demo: Demo, photo: Path) -> None:
    """An officer's day: enrolled, three records written and at the district."""
    device.start(demo.app)
    device.tap("enrol")
    device.tap("begin")
    device.at("open-location_check").wait_for(state="attached")
    capture.location_check(device, demo.short, photo, demo.place)
    capture.parent_contact(device, photo)
    capture.community_complaint(device, photo)
    at_rest(device)


def at_rest(device: Phone) -> None:
    """Waits until the district has everything and the line that said "saved" has left."""
    device.sees(re.compile("All at the district"), timeout=60_000)
    wait_until(lambda: not device.page.get_by_text("Saved on this phone").count(), "the line to leave", 20)
