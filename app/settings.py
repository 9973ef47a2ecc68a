"""What the officer set on this phone: nothing personal, so that it can be read before the notebook is open."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from app.files import FileTrouble, Folder

FILE: Final = "settings.json"
LOCK_MINUTES: Final = (1, 2, 5, 10, 15, 30)


@dataclass(frozen=True, slots=True)
class Settings:
    """`language` None follows the phone; `look` is one of views/theme.py's LOOKS.

    `lock_minutes` is how long the notebook stays open without the officer, 1 to 30 (CJIS asks for 30 at most);
    `letters` whether the keyboard for the PIN has letters, for a passphrase.
    """

    language: str | None = None
    look: str = "auto"
    lock_minutes: int = 5
    letters: bool = False


async def read_settings(folder: Folder) -> Settings:
    """The settings kept in the folder; the usual ones where there are none or they cannot be read."""
    try:
        kept = json.loads(await folder.read(FILE) or b"{}")
        texts = {name: kept[name] for name in ("language", "look") if isinstance(kept.get(name), str)}
        minutes = kept.get("lock_minutes")
        usual = Settings()
        return Settings(
            **texts,
            lock_minutes=minutes if type(minutes) is int and minutes in LOCK_MINUTES else usual.lock_minutes,
            letters=kept.get("letters") is True,
        )
    except (FileTrouble, ValueError, AttributeError):
        return Settings()


async def keep_settings(folder: Folder, settings: Settings) -> None:
    """Keeps the settings. Raises FileTrouble when the phone has no room for them."""
    await folder.write(FILE, json.dumps(asdict(settings)).encode())
