"""What the officer set on this phone: nothing personal, so that it can be read before the notebook is open."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from app.files import FileTrouble, Folder

FILE: Final = "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """`language` None follows the phone; `look` is one of views/theme.py's LOOKS."""

    language: str | None = None
    look: str = "auto"


async def read_settings(folder: Folder) -> Settings:
    """The settings kept in the folder; the usual ones where there are none or they cannot be read."""
    try:
        kept = json.loads(await folder.read(FILE) or b"{}")
        return Settings(**{name: kept[name] for name in ("language", "look") if isinstance(kept.get(name), str)})
    except (FileTrouble, ValueError, AttributeError):
        return Settings()


async def keep_settings(folder: Folder, settings: Settings) -> None:
    """Keeps the settings. Raises FileTrouble when the phone has no room for them."""
    await folder.write(FILE, json.dumps(asdict(settings)).encode())
