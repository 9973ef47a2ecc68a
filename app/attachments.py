"""Files that are answers: what kind of file the bytes are (never what their name claims), and how large one may be.

Pure, the same on the phone and at the district's door.
"""

from pathlib import PurePath
from typing import Final

MOST_BYTES: Final = 10_000_000
IMAGES: Final = ("image/jpeg", "image/png", "image/webp")
SOUNDS: Final = (
    *("audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/aac", "audio/amr", "audio/flac"),
)
ANY: Final = "application/octet-stream"  # kept and handed on, never opened by Beatbook
FILES: Final = (*IMAGES, *SOUNDS, "application/pdf", "text/csv", "text/plain", ANY)
# How the name of such a file ends, where it has none of its own.
ENDINGS: Final = {
    **{"application/pdf": ".pdf", "text/csv": ".csv", "text/plain": ".txt", "audio/mp4": ".m4a", "audio/mpeg": ".mp3"},
    **{"audio/ogg": ".ogg", "audio/wav": ".wav", "audio/webm": ".webm", "audio/aac": ".aac", "audio/amr": ".amr"},
    "audio/flac": ".flac",
}

_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "audio/webm"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_MP4_SOUNDS: Final = (".m4a", ".m4b", ".3gp")


class NotThisFile(ValueError):
    """A file that cannot be an answer; `reason` is "empty", "large" or "kind"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def mime_of(data: bytes, name: str = "", *, sound: bool = False) -> str:
    """The MIME type of a file, told by its first bytes; the name only tells a table from a text.

    With `sound`, a container that may hold pictures or sound is taken for sound: it comes from a recorder.
    """
    for start, mime in _STARTS:
        if data.startswith(start):
            return mime
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], ANY)
    if data[4:8] == b"ftyp":
        heard = sound or data[8:11] == b"M4A" or name.lower().endswith(_MP4_SOUNDS)
        return "audio/mp4" if heard else ANY
    if data[:1] == b"\xff" and data[1:2] and data[1] & 0xE0 == 0xE0:
        return "audio/mpeg" if data[1] & 0x06 else "audio/aac"  # layer 0 is what AAC writes there
    if _is_text(data):
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    return ANY


def check_file(data: bytes, name: str, *, sound: bool = False) -> str:
    """The MIME type of a file that is to be kept. Raises NotThisFile."""
    if not data:
        raise NotThisFile("empty")
    if len(data) > MOST_BYTES:
        raise NotThisFile("large")
    mime = mime_of(data, name, sound=sound)
    if sound and mime not in SOUNDS:
        raise NotThisFile("kind")
    return mime


def plain_name(name: str) -> str:
    """A file's own name as it may be kept: no folders, nothing that no keyboard makes, 120 characters at most."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-120:].strip()


def _is_text(data: bytes) -> bool:
    try:
        text = data[:65_536].decode("utf-8", "strict" if len(data) <= 65_536 else "ignore")
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text)
