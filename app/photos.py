"""Making a picture fit to be kept: turned upright, scaled down, a JPEG without any of its metadata.

The browser's twin is app/photos_browser.py.
"""

import asyncio
import io
import sys
from typing import Final, Protocol

MIME: Final = "image/jpeg"
# Larger pictures than any phone takes are an attack on its memory, not a photo.
MAX_PIXELS: Final = 120_000_000


class NotAPhoto(ValueError):
    """The bytes are no picture that can be read; the message says so in words."""

    def __init__(self, message: str = "This file is not a picture that Beatbook can read.") -> None:
        super().__init__(message)


class Scaler(Protocol):
    """Makes pictures fit to be kept."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        """A JPEG of at most `max_px` on its longer side, upright, without metadata. Raises NotAPhoto."""


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
