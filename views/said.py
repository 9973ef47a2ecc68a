"""Files and paths in words, for the form and for reading a record."""

from typing import TYPE_CHECKING, Any, Final

from app import geo

if TYPE_CHECKING:
    from app.words import Words

KINDS: Final = {
    "application/pdf": "PDF",
    "text/csv": "CSV",
    "text/plain": "TXT",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
}


def file_said(answer: dict[str, Any], words: "Words") -> str:
    """A kept file in words: its name where it has one, its kind, its size."""
    mime, size = str(answer.get("mime", "")), answer.get("bytes")
    kind = words("form.file_sound") if mime.startswith("audio/") else KINDS.get(mime, words("form.file_any"))
    parts = [str(answer.get("name") or ""), kind, _size(size) if isinstance(size, int) else ""]
    return " · ".join(part for part in parts if part)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"


def measured(kind: str, points: list[dict[str, Any]], words: "Words") -> str:
    """How long the path is or how large the area, in words."""
    corners = [(float(point["lat"]), float(point["lon"])) for point in points]
    if kind == "geoshape":
        metres = geo.area(corners)
        return words("form.trace_area", metres=f"{metres:.0f}", feet=f"{metres * 10.7639:.0f}")
    metres = geo.distance(corners)
    return words("form.trace_length", metres=f"{metres:.0f}", feet=f"{metres * 3.28084:.0f}")
