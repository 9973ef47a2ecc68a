"""Values as the cells of a spreadsheet: nothing in them is taken for a formula."""

import json
from typing import Any, Final

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection), East Asian full-width forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")


def cell(value: Any) -> str | int | float:
    """A value as a spreadsheet may hold it: a text that would be taken for a formula gets a ' in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def uncell(text: str) -> str:
    """What `cell` made of a text, taken back."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(_FORMULA) else text
