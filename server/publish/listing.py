"""The list of what a built web app consists of: written by the build, read by whoever serves it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

NAME: Final = "files.json"

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".otf": "font/otf",
    ".zip": "application/zip",
    ".tar": "application/x-tar",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: the hash of its content, and the endings of its compressed forms ("br", "gz") that lie beside it."""

    hash: str
    packed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything of one build. `version` names its contents, `inputs` what it was made of."""

    version: str
    inputs: str
    files: Mapping[str, Entry]
    prefixes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The list of a built web app; None where there is none (or one of another time)."""
        try:
            found = json.loads((folder / NAME).read_text("utf-8"))
            return cls(
                found["version"],
                found["inputs"],
                {name: Entry(entry["hash"], tuple(entry["packed"])) for name, entry in found["files"].items()},
                tuple((beginning, name) for beginning, name in found["prefixes"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Writes the list beside the files."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), "utf-8")

    def find(self, path: str) -> str | None:
        """The file that stands for a path: itself, or the one that its beginning stands for."""
        if path in self.files:
            return path
        return next((name for beginning, name in self.prefixes if path.startswith(beginning)), None)


def content_type(name: str) -> str:
    """The media type of a file by its ending."""
    return TYPES.get(Path(name).suffix, "application/octet-stream")
