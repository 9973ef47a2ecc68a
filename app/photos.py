"""Making a picture fit to be kept: turned upright, scaled down, a JPEG without any of its metadata, faces blurred.

The browser's twin is app/photos_browser.py.
"""

import asyncio
import io
import sys
from collections.abc import Sequence
from typing import Final, Protocol

MIME: Final = "image/jpeg"
# Larger pictures than any phone takes are an attack on its memory, not a photo.
MAX_PIXELS: Final = 120_000_000


# What is blurred: left, top, width and height as parts of the picture, 0 to 1.
Area = tuple[float, float, float, float]
# How many blocks the longer side of a blurred area keeps. So few tell no face from another, and cannot be undone.
BLOCKS: Final = 7


class NotAPhoto(ValueError):
    """The bytes are no picture that can be read; the message says so in words."""

    def __init__(self, message: str = "This file is not a picture that Beatbook can read.") -> None:
        super().__init__(message)


class Scaler(Protocol):
    """Makes pictures fit to be kept."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        """A JPEG of at most `max_px` on its longer side, upright, without metadata. Raises NotAPhoto."""

    async def blur(self, picture: bytes, areas: Sequence[Area], quality: float) -> bytes:
        """The JPEG with these areas as a few blocks of colour; nothing finer of them is in it. Raises NotAPhoto."""


def make_scaler() -> Scaler:
    """The scaler of this phone."""
    if sys.platform == "emscripten":
        from app.photos_browser import BrowserScaler

        return BrowserScaler()
    return PillowScaler()


class PillowScaler:
    """Scales with Pillow, which only the desktop and the tests have."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        return await asyncio.to_thread(_scale, data, max_px, quality)

    async def blur(self, picture: bytes, areas: Sequence[Area], quality: float) -> bytes:
        return await asyncio.to_thread(_blur, picture, areas, quality)


def pixels(area: Area, width: int, height: int) -> tuple[int, int, int, int, int, int]:
    """An area in a picture of this size: left, top, width, height in pixels, and how many blocks across and down."""
    left, top = (
        min(max(round(part * side), 0), side - 1) for part, side in zip(area[:2], (width, height), strict=True)
    )
    right = min(max(round((area[0] + area[2]) * width), left + 1), width)
    bottom = min(max(round((area[1] + area[3]) * height), top + 1), height)
    across, down = right - left, bottom - top
    block = max(across, down) / BLOCKS
    return left, top, across, down, max(1, round(across / block)), max(1, round(down / block))


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, from its frame header (ITU-T T.81, B.2.2). Raises NotAPhoto."""
    at = 2
    while at + 9 < len(jpeg) and jpeg[at] == 0xFF:
        kind, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(jpeg[at + 7 : at + 9], "big"), int.from_bytes(jpeg[at + 5 : at + 7], "big")
        at += 2 + length
    raise NotAPhoto


def _scale(data: bytes, max_px: int, quality: float) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPhoto("This picture is too large.")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise error if isinstance(error, NotAPhoto) else NotAPhoto() from None
    upright.thumbnail((max_px, max_px))
    # A new picture takes the pixels along and nothing else.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=round(quality * 100), optimize=True)
    return out.getvalue()


def _blur(picture: bytes, areas: Sequence[Area], quality: float) -> bytes:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            blurred = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NotAPhoto from None
    for area in areas:
        left, top, across, down, blocks_across, blocks_down = pixels(area, *blurred.size)
        face = blurred.crop((left, top, left + across, top + down))
        coarse = face.resize((blocks_across, blocks_down), Image.Resampling.BOX)
        blurred.paste(coarse.resize((across, down), Image.Resampling.NEAREST), (left, top))
    out = io.BytesIO()
    blurred.save(out, "JPEG", quality=round(quality * 100), optimize=True)
    return out.getvalue()
