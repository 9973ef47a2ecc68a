import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from app import tags
from server import codes
from server.vcards import Contact, vcard

BASE = "https://beatbook.sandsprings.example.org"
TAG = tags.tag_url(BASE, "ABCDEFGHJKLMNPQR")
CARD = vcard(
    Contact(
        name="María José Ñúñez-O'Brien",
        organization="Police Department; Schools, North",
        title="School Resource Officer",
        phone="(918) 245-8777",
        email="maria@example.org",
        url=tags.card_url(BASE, "ABCDEFGH"),
    )
)

Decode = Callable[[Image.Image], str]


def with_zxing(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture)
    assert len(found) == 1, "zxing-cpp finds one code"
    return found[0].bytes.decode()


@pytest.fixture
def with_zbar(zbarimg_path: str, tmp_path: Path) -> Decode:
    def decode(picture: Image.Image) -> str:
        path = tmp_path / "code.png"
        picture.save(path)
        command = [zbarimg_path, "--quiet", "--raw", "--nodbus", "-Sbinary", str(path)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, f"zbar finds a code: {done.stderr.decode()}"
        return done.stdout.decode()

    return decode


def drawn(svg: str, scale: int = 6) -> Image.Image:
    """The SVG as pixels, drawn from nothing but the numbers of its path."""
    box = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    path = re.search(r'stroke="#000" d="([^"]+)"', svg)
    assert box
    assert path
    picture = Image.new("L", (int(box[1]) * scale,) * 2, 255)
    pen = ImageDraw.Draw(picture)
    x = y = 0
    for move, dx, top, run in re.findall(r"([Mm])(\d+) (\d+)(?:\.5)?h(\d+)", path[1]):
        x, y = (int(dx), int(top)) if move == "M" else (x + int(dx), y)
        pen.rectangle((x * scale, y * scale, (x + int(run)) * scale - 1, (y + 1) * scale - 1), fill=0)
        x += int(run)
    return picture


@pytest.mark.parametrize(("text", "level"), [(TAG, "Q"), (CARD, "M"), (tags.card_url(BASE, "ABCDEFGH"), "M")])
def test_a_code_is_read_back_by_two_decoders(text: str, level: codes.Level, with_zbar: Decode) -> None:
    for picture in (drawn(codes.svg(text, level, title="x")), Image.open(io.BytesIO(codes.png(text, level)))):
        assert with_zxing(picture.convert("L")) == text
        assert with_zbar(picture) == text


def test_a_tag_is_read_turned_small_and_with_a_tenth_covered(with_zbar: Decode) -> None:
    picture = drawn(codes.svg(TAG, "Q", title="x"))
    side = picture.width
    turned = picture.rotate(17, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    # 150 dpi at the smallest module that we print.
    small = picture.resize((round(side / 6 * 0.5 / 25.4 * 150),) * 2, Image.Resampling.BOX)
    covered = picture.copy()
    patch = round((0.1 * side * side) ** 0.5 * 0.8)
    ImageDraw.Draw(covered).rectangle((side // 2, side // 2, side // 2 + patch, side // 2 + patch), fill=255)
    for damaged in (turned, small, covered):
        assert with_zxing(damaged) == TAG
        assert with_zbar(damaged) == TAG


def test_a_tag_stays_small_enough_for_a_door() -> None:
    # Version 4 at level Q: 33 modules and the margin of 4 on both sides.
    assert codes.modules(TAG, "Q") == 33 + 8


def test_the_margin_is_white_and_four_modules_wide() -> None:
    picture = drawn(codes.svg(TAG, "Q", title="x"), scale=1)
    box = picture.point(lambda value: 255 - value).getbbox()
    assert box == (4, 4, picture.width - 4, picture.height - 4)


def test_runs_are_what_the_picture_shows() -> None:
    picture = Image.new("1", (codes.modules(TAG, "Q"),) * 2, 1)
    for x, y, length in codes.runs(TAG, "Q"):
        picture.paste(0, (x, y, x + length, y + 1))
    assert picture.convert("L").tobytes() == drawn(codes.svg(TAG, "Q", title="x"), scale=1).tobytes()


def test_the_title_of_a_code_cannot_break_out_of_it() -> None:
    svg = codes.svg(TAG, "Q", title='"><script>alert(1)</script>')
    assert "<script" not in svg


@pytest.mark.parametrize("make", [codes.png, codes.modules])
def test_a_text_that_does_not_fit_is_refused(make: Callable[[str, codes.Level], object]) -> None:
    with pytest.raises(codes.TooLong):
        make("x" * 3000, "Q")


def test_a_terminal_shows_a_code_that_can_be_read() -> None:
    lines = codes.terminal(TAG).splitlines()
    scale = 6
    picture = Image.new("L", (len(lines[0]) * scale, len(lines) * 2 * scale), 0)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            for half in (0, 1):
                if block == "█" or block == "▀▄"[half]:
                    left, top = column * scale, (2 * row + half) * scale
                    pen.rectangle((left, top, left + scale - 1, top + scale - 1), fill=255)
    assert with_zxing(picture) == TAG
