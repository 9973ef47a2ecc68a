"""Codes that people scan or type: how they are made, checked, shown and told apart. No screen, no network."""

import secrets
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from app.ids import sha256

# Without 0 and O, 1 and I: nobody can tell them apart on a wet sticker.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TAG_LENGTH: Final = 16
SHORT_LENGTH: Final = 8
ENROL_LENGTH: Final = 11
SLUG_LENGTH: Final = 8

Ours = Literal["tag", "short", "enrol", "card"]
Foreign = Literal["vcard", "wifi", "payment", "link", "event", "call", "message", "map", "secret"]
Kind = Literal[Ours, "other_district", "misread", Foreign, "other"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned or typed text is.

    `code` is the bare code (upper case, no dashes) of a tag, short code, enrolment code or card, and `host` the
    district that its link names (empty when the text was no link). "misread" is a code of ours with a character
    wrong or missing; what other people's codes are for is named, and "other" is none of all these.
    """

    kind: Kind
    code: str = ""
    host: str = ""


def new_code(n: int) -> str:
    """`n` random characters nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(n))


def new_tag_code() -> str:
    """The code inside a tag's QR code: 80 random bits."""
    return new_code(TAG_LENGTH)


def new_short_code() -> str:
    """The code printed under a tag for typing by hand."""
    return with_check(new_code(SHORT_LENGTH - 1))


def new_enrol_code() -> str:
    """A one-time code that binds a phone to an officer."""
    return with_check(new_code(ENROL_LENGTH - 1))


def new_slug() -> str:
    """The last part of a contact card's address."""
    return new_code(SLUG_LENGTH)


def check_character(body: str) -> str:
    """The character that makes a typing mistake show. Raises ValueError for a character outside the alphabet.

    A sum over the field GF(32), each place with another weight: one wrong character and any two swapped ones are
    always found (in codes up to 31 characters).
    """
    total = 0
    for character in body:
        total = _double(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def with_check(body: str) -> str:
    """The body followed by its check character."""
    return body + check_character(body)


def is_checked(code: str) -> bool:
    """Whether the last character of a tidy code is the check character of the rest."""
    return len(code) > 1 and _is_code(code) and check_character(code[:-1]) == code[-1]


def tidy(code: str) -> str:
    """The code as it is kept: upper case, without white space and dashes."""
    return "".join(code.upper().split()).translate(_DASHES)


def show(code: str) -> str:
    """The code as people read it, in groups of four: ABCD-EFGH."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def hash_code(code: str) -> str:
    """What phones and district keep instead of the code itself."""
    return sha256(tidy(code).encode())


def tag_url(base_url: str, code: str) -> str:
    """What a tag's QR code says: all upper case, because a QR code packs capitals and digits tighter."""
    return f"{base_url.rstrip('/')}/T/{code}".upper()


def card_url(base_url: str, slug: str) -> str:
    """Where a contact card lives."""
    return f"{base_url.rstrip('/')}/c/{slug}"


def enrol_url(base_url: str, code: str) -> str:
    """What an enrolment code's QR code says: it opens the app with the code filled in."""
    return f"{base_url.rstrip('/')}/app/enrol/{code}"


def read_scan(text: str, district_url: str) -> Scan:
    """Tells what a scanned or typed text is; never raises.

    Links count as this district's when they name the host of `district_url`; with an empty `district_url` (a phone
    that belongs to nobody yet) every host does.
    """
    text = text.strip()
    for foreign, beginnings in _FOREIGN.items():
        if text.upper().startswith(beginnings):
            return Scan(foreign)
    if "://" in text:
        return _read_link(text, _host(district_url))
    code = tidy(text)
    if not _is_code(code):
        return Scan("misread" if _nearly_code(code) else "other")
    for length, kind in _TYPED.items():
        if len(code) == length:
            good = kind == "tag" or is_checked(code)
            return Scan(kind, code) if good else Scan("misread", code)
    return Scan("misread" if len(code) <= TAG_LENGTH else "other", code)


def _read_link(text: str, district: str) -> Scan:
    host = _host(text)
    try:
        parts = [part for part in urlsplit(text).path.upper().split("/") if part]
    except ValueError:
        return Scan("other")
    if parts[:1] == ["APP"]:
        parts = parts[1:]
    if not host or len(parts) != 2 or parts[0] not in _LINKED:
        return Scan("link" if host else "other", host=host)
    kind, length = _LINKED[parts[0]]
    code = tidy(parts[1])
    good = len(code) == length and _is_code(code) and (kind != "enrol" or is_checked(code))
    if district and host != district:
        return Scan("other_district" if good else "link", host=host)
    return Scan(kind, code, host) if good else Scan("misread", host=host)


def _host(url: str) -> str:
    """Host and port of an http(s) link in lower case, without the scheme's own port; empty for anything else."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    usual = {"http": 80, "https": 443}
    if parts.scheme not in usual or not parts.hostname:
        return ""
    return parts.hostname if port in (None, usual[parts.scheme]) else f"{parts.hostname}:{port}"


def _is_code(text: str) -> bool:
    return bool(text) and all(character in ALPHABET for character in text)


def _nearly_code(text: str) -> bool:
    """A code in which a 0, O, 1 or I was read: the right length, but not of the alphabet."""
    return len(text) in _TYPED and all(character in ALPHABET + "01OI" for character in text)


def _double(value: int) -> int:
    """Times x in GF(32) with the polynomial x^5 + x^2 + 1."""
    return (value << 1) ^ (0b100101 if value & 16 else 0)


# How the contents of other people's codes begin: the URI schemes of each, de facto standards such as WIFI: and MECARD:
# (github.com/zxing/zxing/wiki/Barcode-Contents), EMVCo's merchant codes, and the EPC's and SIX's for transfers.
_FOREIGN: Final[dict[Foreign, tuple[str, ...]]] = {
    "vcard": ("BEGIN:VCARD", "MECARD:"),
    "wifi": ("WIFI:",),
    "payment": ("BITCOIN:", "ETHEREUM:", "LIGHTNING:", "UPI:", "000201", "BCD\n", "BCD\r\n", "SPC\n", "SPC\r\n"),
    "event": ("BEGIN:VEVENT", "BEGIN:VCALENDAR"),
    "call": ("TEL:",),
    "message": ("SMS:", "SMSTO:", "MMSTO:", "MAILTO:", "MATMSG:"),
    "map": ("GEO:",),
    "secret": ("OTPAUTH:", "OTPAUTH-MIGRATION:", "FIDO:"),
}
_DASHES: Final = dict.fromkeys(map(ord, "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{MINUS SIGN}"))
_TYPED: Final[dict[int, Kind]] = {SHORT_LENGTH: "short", ENROL_LENGTH: "enrol", TAG_LENGTH: "tag"}
_LINKED: Final[dict[str, tuple[Kind, int]]] = {
    "T": ("tag", TAG_LENGTH),
    "C": ("card", SLUG_LENGTH),
    "ENROL": ("enrol", ENROL_LENGTH),
}
