"""A record in one file, with its photos: how it comes to the district where the road did not take it.

A ZIP file with `record.jsonl`, the lines of POST /revisions (docs/protocol.md), and `photos/`, each under its SHA-256.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from app.attachments import MOST_BYTES
from app.ids import sha256

_RECORD: Final = "record.jsonl"
_PHOTO: Final = re.compile(r"photos/([0-9a-f]{64})")
_MOST_FILES: Final = 200
_MOST_RECORD: Final = 20_000_000
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What reading a ZIP file of which a byte was changed may raise.
DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, IndexError, KeyError, OSError, RuntimeError, ValueError),
)


class NotAParcel(ValueError):
    """A file that is no parcel, or that is damaged; the message says in a sentence what is wrong with it."""


def pack(lines: bytes, photos: Mapping[str, bytes]) -> bytes:
    """The file of a record: its revisions as they would be handed in, and its photos by hash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(zipfile.ZipInfo(_RECORD), lines, zipfile.ZIP_DEFLATED)
        for name, data in photos.items():
            file.writestr(zipfile.ZipInfo(f"photos/{name}"), data)
    return out.getvalue()


def unpack(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """What `pack` was given. Raises NotAParcel; nothing larger than a phone writes is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = file.infolist()
            names = [one.filename for one in parts]
            packed = all(one.compress_type in _PACKED for one in parts)
            if _RECORD not in names or len(names) > _MOST_FILES or not packed:
                raise NotAParcel("This is not the file of a record.")
            lines = _read(file, _RECORD, _MOST_RECORD)
            photos = {found[1]: _read(file, name, MOST_BYTES) for name in names if (found := _PHOTO.fullmatch(name))}
    except NotAParcel:
        raise
    except DAMAGE as error:
        raise NotAParcel(f"This is not the file of a record, or it is damaged ({type(error).__name__}).") from None
    for name, photo in photos.items():
        if sha256(photo) != name:
            raise NotAParcel(f"The photo {name[:12]}… is damaged.")
    return lines, photos


def _read(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    with file.open(name) as part:
        data = part.read(most + 1)
    if len(data) > most:
        raise NotAParcel(f"{name} is larger than a phone writes.")
    return data
