"""Pictures of labels: files beside the form that are made small and travel inside of it."""

import base64
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from app.form_json import MOST_PICTURE_BYTES, MOST_PICTURES_BYTES

MOST_SIDE: Final = 1_000  # pixels: twice what a phone's screen shows
_MOST_PIXELS: Final = 50_000_000


class PictureError(ValueError):
    """A picture that cannot be used; the message says why, in words for the form's author."""


@dataclass(slots=True)
class Pictures:
    """The pictures of one form by a name made from their content, as phones get them."""

    folder: Path
    kept: dict[str, str] = field(default_factory=dict)
    _bytes: int = 0

    def read(self, file: str) -> str:
        """Takes in a file that lies beside the form; gives its name in the form. Raises PictureError."""
        name = Path(file).name
        if name != file or not (self.folder / name).is_file():
            raise PictureError(f"there is no picture {file} beside the form")
        data = _small(self.folder / name)
        key = hashlib.sha256(data).hexdigest()[:16]
        if key not in self.kept:
            self._bytes += len(data)
            if self._bytes > MOST_PICTURES_BYTES:
                raise PictureError(f"the pictures of a form may have {MOST_PICTURES_BYTES // 1000} kB together")
            self.kept[key] = base64.b64encode(data).decode()
        return key


def _small(path: Path) -> bytes:
    """The picture without metadata and at most MOST_SIDE wide and high: a drawing as PNG, a photo as JPEG."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise PictureError(f"{path.name} has far too many pixels")
            drawing = opened.format == "PNG"
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if drawing else "RGB")
    except PictureError:
        raise
    except Exception:  # Pillow's decoders raise many kinds of errors on bytes that somebody made up
        raise PictureError(f"{path.name} is no JPEG, PNG or WebP picture, or it is damaged") from None
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    data = _saved(picture, "PNG") if drawing else _saved(picture, "JPEG")
    if len(data) > MOST_PICTURE_BYTES:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A") if drawing else None)
        data = _saved(paper, "JPEG")
    if len(data) > MOST_PICTURE_BYTES:
        raise PictureError(f"{path.name} has more than {MOST_PICTURE_BYTES // 1000} kB, even made smaller")
    return data


def _saved(picture: Image.Image, kind: str) -> bytes:
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, kind, optimize=True, **({"quality": 75} if kind == "JPEG" else {}))
    return out.getvalue()
