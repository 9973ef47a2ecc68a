"""A photo that somebody sends: taken small, without what a camera writes into it, and refused in words."""

import io
import threading
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base

MOST_BYTES: Final = 10_000_000
MIME: Final = "image/jpeg"
LONGEST_PX: Final = 1_600
# A JPEG is read at a part of its size; all others are unpacked as a whole.
_MOST_PIXELS: Final = {"JPEG": 110_000_000, "MPO": 110_000_000, "PNG": 26_000_000, "WEBP": 26_000_000, "GIF": 4_000_000}
_ONE_BY_ONE: Final = threading.Lock()  # a large picture takes 400 MB while it is unpacked
_HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypmsf1", b"ftypavif")


class PictureError(ValueError):
    """A file that is not taken; `reason` names the sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture as it is kept, a JPEG without any description, and where it was taken if it said so."""

    data: bytes
    place: dict[str, float] | None  # latitude and longitude, as answers have them


def take(data: bytes, longest: int = LONGEST_PX) -> Taken:
    """The picture made small and plain; of one that moves the first frame. Raises PictureError."""
    if not data:
        raise PictureError("empty")
    if len(data) > MOST_BYTES:
        raise PictureError("large")
    if data[4:12] in _HEIC:
        raise PictureError("heic")
    try:
        with _ONE_BY_ONE, Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > _MOST_PIXELS[picture.format or ""]:
                raise PictureError("large")
            place = _place(picture)
            picture.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest, longest))
            plain = Image.new("RGB", upright.size, "white")
            plain.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    except PictureError:
        raise
    except Exception:  # Pillow's decoders raise many kinds of errors on bytes that somebody made up
        raise PictureError("kind") from None
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=80, optimize=True)
    return Taken(out.getvalue(), place)


def _place(picture: Image.Image) -> dict[str, float] | None:
    """Where the picture says that it was taken; None where it does not, or says nonsense."""
    if Base.GPSInfo not in picture.getexif():
        return None
    gps = picture.getexif().get_ifd(IFD.GPSInfo)
    try:
        lat = _degrees(gps[GPS.GPSLatitude]) * (-1 if gps.get(GPS.GPSLatitudeRef) == "S" else 1)
        lon = _degrees(gps[GPS.GPSLongitude]) * (-1 if gps.get(GPS.GPSLongitudeRef) == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return {"lat": round(lat, 6), "lon": round(lon, 6)} if abs(lat) <= 90 and abs(lon) <= 180 else None


def _degrees(parts: tuple[float, float, float]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
