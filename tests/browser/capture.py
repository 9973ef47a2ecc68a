"""The four forms filled in as an officer does, on any phone of the harness."""

import io
import re
from pathlib import Path

from PIL import Image

from tests.browser.phone import Phone


def location_check(phone: Phone, code: str, photo: Path, place: str = "Door 7") -> None:
    """Types a place's code, says that all is well and takes a photo."""
    phone.tap("open-location_check")
    phone.tap("type-tag_code")
    phone.type("type-code", code)
    use_code(phone, place)
    phone.tap("choice-result-ok", scroll=True)
    take_in(phone, "photo", photo)
    save(phone)


def use_code(phone: Phone, place: str) -> None:
    """Uses the code that was typed, until the place is there."""
    phone.tap("use-code", scroll=True)
    try:
        phone.sees(place, timeout=10_000)
    except AssertionError:  # on a busy machine a tap was lost while the form was drawn; nobody would not tap again
        phone.tap("use-code", scroll=True)
        phone.sees(place)


def take_in(phone: Phone, field: str, photo: Path) -> None:
    """Chooses a photo, looks at it and uses it."""
    phone.pick(f"photo-{field}", photo, scroll=True)
    phone.tap("use-photo")
    phone.at("use-photo").wait_for(state="detached")


def walkthrough(phone: Phone, photo: Path) -> None:
    """Goes through doors and locks: one finding with its photo and advice, one item in order."""
    begin_walkthrough(phone, photo)
    phone.tap("choice-BD2-yes", scroll=True)
    save(phone)


def begin_walkthrough(phone: Phone, photo: Path) -> None:
    """The same up to the finding, not saved."""
    phone.tap("open-walkthrough")
    phone.choose("areas", "BD")
    phone.tap("choice-BD1-no", scroll=True)
    take_in(phone, "BD1_photo", photo)
    phone.type("field-BD1_advice", "Adjust the closer", scroll=True)


def parent_contact(phone: Phone, photo: Path) -> None:
    """A good word for a student, with a photo of the letter about it."""
    phone.tap("open-parent_contact")
    phone.choose("topic", "praise")
    take_in(phone, "photo", photo)
    save(phone)


def community_complaint(phone: Phone, photo: Path) -> None:
    """Speeding at the school, with a photo."""
    phone.tap("open-community_complaint")
    phone.choose("service_code", "TRF-SPEED")
    take_in(phone, "photo", photo)
    save(phone)


def save(phone: Phone) -> None:
    """Saves, and waits for the promise and for Home."""
    phone.tap("save")
    phone.sees(re.compile("Saved on this phone|Guardado en este teléfono"))
    phone.at("open-location_check").wait_for(state="attached")


def film(frame: Image.Image, file: Path) -> Path:
    """A file that Chromium shows as a camera's picture, over and over; its name must end in .mjpeg."""
    data = io.BytesIO()
    frame.save(data, "JPEG", quality=85)
    file.write_bytes(data.getvalue() * 2)
    return file
