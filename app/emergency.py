"""The emergency card: what an officer needs at once, before any PIN. It lies in the clear: no person is named in it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from app.files import FileTrouble, Folder
from app.setup import Setup

FILE: Final = "emergency.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Site:
    """A school, for whoever has to say where it is."""

    name: str
    address: str = ""
    phone: str = ""
    reunification: str = ""  # where families and children meet again


@dataclass(frozen=True, slots=True)
class Emergency:
    """Numbers and places; 911 and 988 are always there and not part of it."""

    district: str = ""
    dispatch: str = ""  # the police's line that is not 911
    tip_line: str = ""
    programme: str = ""
    sites: tuple[Site, ...] = ()

    @classmethod
    def of(cls, setup: Setup) -> Self:
        """What a district's setup says for emergencies."""
        district = setup.district
        sites = tuple(Site(school.name, school.address, school.phone, school.reunification) for school in setup.schools)
        return cls(district.name, district.non_emergency or "", district.tip_line or "", district.phone, sites)


async def read(folder: Folder) -> Emergency:
    """The card that is kept; an empty one where there is none or it cannot be read."""
    try:
        kept = json.loads(await folder.read(FILE) or b"{}")
        if not isinstance(kept, dict) or kept.pop("format", None) != FORMAT:
            return Emergency()
        return Emergency(**_texts(kept, but="sites"), sites=tuple(Site(**_texts(site)) for site in kept["sites"]))
    except (FileTrouble, ValueError, TypeError, KeyError, AttributeError):
        return Emergency()


def _texts(body: dict[str, Any], but: str = "") -> dict[str, str]:
    if not all(isinstance(value, str) for name, value in body.items() if name != but):
        raise ValueError("an emergency card has texts only")
    return {name: value for name, value in body.items() if name != but}


async def keep(folder: Folder, emergency: Emergency) -> None:
    """Keeps the card. Raises FileTrouble."""
    body: dict[str, Any] = {"format": FORMAT, **asdict(emergency)}
    await folder.write(FILE, json.dumps(body).encode())


async def follow(folder: Folder, setup: Setup) -> None:
    """Keeps the card as a setup says; writes only what is different. Raises FileTrouble."""
    now = Emergency.of(setup)
    if now != await read(folder):
        await keep(folder, now)
