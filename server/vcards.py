"""vCard 3.0 and MECARD: the contact that a parent's phone saves, with or without a network."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MEDIA_TYPE: Final = "text/vcard"

# In every card, whatever a district sets: a saved contact must never look like a line that somebody watches.
NOTICE: Final = "Emergency: 911. Not watched 24 hours. Crisis: call or text 988."

_FOLD: Final = 75
# Emoji and several scripts are written with these two invisible characters.
_JOINERS: Final = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


@dataclass(frozen=True, slots=True)
class Contact:
    """What a card says about an officer or a post. Empty parts are left out."""

    name: str
    organization: str
    title: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""


def vcard(contact: Contact) -> str:
    """The contact as vCard 3.0: CRLF line ends, lines folded at 75 bytes, the notice always in it."""
    given, family = split_name(contact.name)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_text(family)};{_text(given)};;;",
        f"FN:{_text(contact.name)}",
        f"ORG:{_text(contact.organization)}",
    ]
    if contact.title:
        lines.append(f"TITLE:{_text(contact.title)}")
    if contact.phone:
        lines.append(f"TEL;TYPE=WORK,VOICE:{_text(dialled(contact.phone))}")
    if contact.email:
        lines.append(f"EMAIL;TYPE=INTERNET:{_text(contact.email)}")
    if contact.url:
        lines.append(f"URL:{_line(contact.url)}")
    lines += [f"NOTE:{_text(NOTICE)}", "END:VCARD"]
    return "".join(_fold(line) + "\r\n" for line in lines)


def mecard(contact: Contact) -> str:
    """The contact as MECARD (NTT DoCoMo's format, which phones read as they read vCards): shorter than a vCard.

    It has no field for a title, and no line ends; the organization and the notice are in its note.
    """
    given, family = split_name(contact.name)
    fields = [
        ("N", ",".join(_escaped(part) for part in (family, given) if part)),
        ("TEL", _escaped(dialled(contact.phone))),
        ("EMAIL", _escaped(contact.email)),
        ("URL", _escaped(contact.url)),
        ("NOTE", _escaped(f"{contact.organization}. {NOTICE}")),
    ]
    return "MECARD:" + "".join(f"{name}:{value};" for name, value in fields if value) + ";"


def split_name(name: str) -> tuple[str, str]:
    """Given and family name. The last word is taken for the family name, as most English and US lists do."""
    words = _line(name).split()
    return " ".join(words[:-1]), words[-1] if words else ""


def dialled(phone: str) -> str:
    """The number as a phone dials it: digits, and `+1` before a full US number without country code.

    What is no number stays as it is.
    """
    number, extension = _EXTENSION.fullmatch(phone.strip()).groups()  # type: ignore[union-attr]  # matches any text
    digits = re.sub(r"[^\d]", "", number)
    if len(digits) < 3 or re.search(r"[A-Za-z]", number):
        return _line(phone)
    plus = number.lstrip().startswith("+")
    if not plus and len(digits) == 10:
        digits, plus = f"1{digits}", True
    elif not plus and len(digits) == 11 and digits.startswith("1"):
        plus = True
    # A comma is the pause that phones make before they dial an extension.
    return f"{'+' if plus else ''}{digits}{',' + extension if extension else ''}"


_EXTENSION: Final = re.compile(r"(.*?)(?:\s*(?:ext\.?|x|#)\s*(\d+))?", re.IGNORECASE | re.DOTALL)


def _escaped(value: str) -> str:
    return re.sub(r'([\\;:,"])', r"\\\1", _line(value))


def _text(value: str) -> str:
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _controls("\\n".join(re.split(r"\r\n|\r|\n", value)))


def _line(value: str) -> str:
    return _controls(" ".join(value.split()))


def _controls(value: str) -> str:
    return "".join(c for c in value if c == "\t" or not unicodedata.category(c).startswith("C") or c in _JOINERS)


def _fold(line: str) -> str:
    """Folds at 75 bytes, never inside a character: an old phone would show the halves."""
    parts, part, size = [], "", 0
    for character in line:
        width = len(character.encode(errors="replace"))
        # The space that begins a continued line counts.
        if size + width > _FOLD:
            parts.append(part)
            part, size = "", 1
        part += character
        size += width
    return "\r\n ".join([*parts, part])
