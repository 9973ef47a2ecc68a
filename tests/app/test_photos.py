"""Pictures are made fit to be kept: small, upright, and silent about where and with what they were taken."""

import asyncio
import io

import pytest
from PIL import Image, PngImagePlugin

from app import photos
from app.outline import shas
from app.photos import NotAPhoto, PillowScaler


def taken(size: tuple[int, int], orientation: int = 1, kind: str = "JPEG") -> bytes:
    """A photo as phones take them: the left half blue, the right half red, and a lot written into it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "MAKER-MARK"
    exif[0x9286] = b"ASCII\0\0\0USER-MARK"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    out = io.BytesIO()
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "TEXT-MARK")
        picture.save(out, kind, exif=exif, pnginfo=text)
    else:
        picture.save(out, kind, exif=exif, comment=b"COMMENT-MARK", xmp=b"<x:xmpmeta>XMP-MARK</x:xmpmeta>")
    return out.getvalue()


def scaled(data: bytes, max_px: int = 100) -> bytes:
    return asyncio.run(PillowScaler().scale(data, max_px, 0.8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    before = taken((400, 300), kind=kind)
    assert b"MARK" in before
    after = scaled(before)
    assert b"MARK" not in after
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("orientation", "size"), [(1, (100, 50)), (6, (50, 100)), (3, (100, 50))])
def test_a_photo_is_scaled_and_turned_upright(orientation: int, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(scaled(taken((400, 200), orientation)))) as picture:
        assert picture.size == size
        corner = picture.convert("RGB").resize((10, 10)).tobytes()[:3]
    blue_first = corner[2] > 200 > 50 > corner[0]
    assert blue_first == (orientation != 3)


def test_a_small_photo_keeps_its_size() -> None:
    with Image.open(io.BytesIO(scaled(taken((40, 20))))) as picture:
        assert picture.size == (40, 20)


@pytest.mark.parametrize("kind", ["RGBA", "P", "L", "CMYK", "1"])
def test_every_kind_of_picture_becomes_a_photo(kind: str) -> None:
    out = io.BytesIO()
    Image.new(kind, (30, 30)).save(out, "TIFF")
    with Image.open(io.BytesIO(scaled(out.getvalue()))) as picture:
        assert picture.mode == "RGB"


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7 not a picture", b"\xff\xd8\xff\xe0 cut", taken((400, 200))[:700], b"\0" * 1000]
)
def test_a_file_that_is_no_picture_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(NotAPhoto, match="not a picture"):
        scaled(data)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAX_PIXELS", 1000)
    with pytest.raises(NotAPhoto, match="too large"):
        scaled(taken((40, 40)))


def test_photos_in_repeats_are_found_among_answers() -> None:
    photo = {"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 3}
    assert shas([[{"picture": photo, "rooms": [{"picture": {**photo, "sha256": "cd" * 32}}]}], "x", 3]) == {
        "ab" * 32,
        "cd" * 32,
    }
