"""What only a browser shows of answers that are more than text: a finger that draws, a photo with a blurred face."""

import io
import re
from pathlib import Path

from PIL import Image

from app.attachments import mime_of
from tests.browser.conftest import Phones
from tests.browser.district import District
from tests.browser.phone import Phone, wait_until

FORM = """
| survey |
| | type | name | label::English (en) | label::Español (es) | appearance |
| | image | photo | Photo | Foto | |
| | image | name | Signature | Firma | signature |
| | file | paper | Paper | Papel | |
| | audio | said | What was said | Lo que se dijo | |

| settings |
| | form_title | translated_title::Español (es) | form_id | default_language | \
record_class | role | goal | icon | order |
| | Papers | Papeles | papers | English (en) | public | community | collaboration | draw | 1 |
"""


def test_a_blurred_face_and_a_signature_reach_the_district_as_they_were_drawn(
    district: District, dana: Phones, tmp_path: Path
) -> None:
    (tmp_path / "papers.md").write_text(FORM, encoding="utf-8")
    district.beatbook("forms", "import", str(tmp_path / "papers.md"))
    phone = dana()
    phone.tap("open-papers")
    phone.pick("photo-photo", faces(tmp_path), scroll=True)
    left, top, width, height = place(phone, "review")
    phone.drag((left + width * 0.05, top + height * 0.1), (left + width * 0.45, top + height * 0.9))
    phone.sees("One place will be blurred for good.")
    phone.tap("use-photo")
    phone.at("use-photo").wait_for(state="detached")
    phone.tap("sign-name", scroll=True)
    left, top, width, height = place(phone, "paper")
    phone.drag((left + 30, top + height - 40), (left + width - 30, top + 40))
    phone.tap("signed")
    phone.at("signed").wait_for(state="detached")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 a letter")
    phone.pick("file-paper", tmp_path / "letter.pdf", scroll=True)
    phone.sees("letter.pdf · PDF · 1 kB")
    phone.tap("record-said", scroll=True)
    phone.sees("Recording · 0:01")
    phone.tap("stop-said", scroll=True)
    phone.at("record-said").wait_for(state="attached")
    phone.sees(re.compile(r"Recording · \d+ kB"))
    phone.tap("save")
    photo, signature, paper, said = kept(district)
    grey = Image.open(io.BytesIO(photo)).convert("L")
    assert spread(grey, 0.1, 0.4) < 90, "nothing finer than a few blocks is left of the face on the left"
    assert spread(grey, 0.6, 0.9) > 200, "the one on the right is as it was"
    assert Image.open(io.BytesIO(signature)).getextrema() == (0, 255)
    assert paper == b"%PDF-1.7 a letter"
    assert mime_of(said, sound=True) in ("audio/mp4", "audio/webm")
    assert phone.strangers == []


def kept(district: District) -> list[bytes]:
    """The photo, the signature, the paper and the recording, once the district has all of them."""

    def there() -> list[bytes] | None:
        found = [record for record in district.records() if record["form"] == "papers"]
        if not found:
            return None
        files = [found[0]["answers"][name]["sha256"] for name in ("photo", "name", "paper", "said")]
        paths = [district.folder / "blobs" / sha[:2] / sha for sha in files]
        return [path.read_bytes() for path in paths] if all(path.is_file() for path in paths) else None

    found: list[bytes] = wait_until(there, "the files at the district", 60)
    return found


def place(phone: Phone, identifier: str) -> tuple[float, float, float, float]:
    """Where a control rests."""
    box = phone.resting_place(identifier)
    return box["x"], box["y"], box["width"], box["height"]


def spread(picture: Image.Image, left: float, right: float) -> int:
    """How far the darkest is from the brightest, in the middle of this part of the picture."""
    width, height = picture.size
    part = picture.crop((int(left * width), int(height * 0.35), int(right * width), int(height * 0.65))).tobytes()
    return max(part) - min(part)


def faces(folder: Path) -> Path:
    """Two faces beside each other, in a finer pattern than any block."""
    picture = Image.new("RGB", (800, 400), "white")
    dark = Image.new("RGB", (4, 4), "black")
    for across in range(0, 800, 8):
        for down in range(0, 400, 8):
            picture.paste(dark, (across, down))
    path = folder / "faces.jpg"
    picture.save(path, quality=95)
    return path
