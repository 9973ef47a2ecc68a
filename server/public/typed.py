"""Numbers as people type them: on any keyboard, or pasted from an address book."""

import unicodedata
from typing import Final

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


def number(text: str) -> str:
    """Digits of every script as 0 to 9, wide signs as narrow ones, without marks for the direction of reading."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(map(_sign, plain))


def _sign(sign: str) -> str:
    if unicodedata.category(sign) == "Cf":
        return ""
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
