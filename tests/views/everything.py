"""A form with one question of every type, and each of them asked in more than one way."""

from pathlib import Path
from typing import Any, Final

from app.tags import hash_code, with_check
from tests.views.phone import DOOR, SOUTH, Phone, make_phone, setup_json


def _both(en: str, es: str = "") -> dict[str, str]:
    return {"en": en, "es": es or f"{en} (es)"}


def _choices(*names: str) -> list[dict[str, Any]]:
    return [{"name": name.lower().replace(" ", "_"), "label": _both(name)} for name in names]


_STREETS: Final = tuple(f"{name} Street" for name in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Holly", "Ivy"))

# A PNG of one pixel.
DOT: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

EVERYTHING: Final[dict[str, Any]] = {
    "id": "everything",
    "last_time": True,
    "version": "2026112301",
    "title": _both("Everything", "Todo"),
    "languages": ["en", "es"],
    "class": "administrative",
    "role": "community",
    "goal": "collaboration",
    "icon": "list_alt",
    "pictures": {"dot": DOT},
    "fields": [
        {
            "type": "note",
            "name": "intro",
            "label": _both("One of each."),
            "hint": _both("Nothing here is sent."),
            "picture": {"en": "dot"},
        },
        {
            "type": "text",
            "name": "line",
            "label": _both("One line"),
            "picture": {"es": "dot"},
            "hint": _both("A few words."),
            "required": True,
            "required_message": _both("Write a line."),
        },
        {"type": "text", "name": "lines", "label": _both("Many lines"), "appearance": "multiline"},
        {
            "type": "text",
            "name": "fixed",
            "label": _both("Set by the district"),
            "default": "as it is",
            "readonly": True,
        },
        {
            "type": "integer",
            "name": "count",
            "label": _both("How many"),
            "constraint": ["<=", ["self"], 10],
            "constraint_message": _both("At most ten."),
        },
        {"type": "decimal", "name": "miles", "label": _both("How far")},
        {"type": "date", "name": "day", "label": _both("Which day")},
        {"type": "time", "name": "clock", "label": _both("What time")},
        {"type": "dateTime", "name": "moment", "label": _both("When")},
        {
            "type": "group",
            "name": "choosing",
            "label": _both("Choosing", "Elegir"),
            "fields": [
                {
                    "type": "select_one",
                    "name": "answer",
                    "label": _both("Is the door latched?"),
                    "required": True,
                    "choices": _choices("Yes", "No", "Partly", "Does not exist here", "Could not observe"),
                },
                {
                    "type": "text",
                    "name": "finding",
                    "label": _both("What is wrong"),
                    "relevant": ["or", ["=", ["ref", "answer"], "no"], ["=", ["ref", "answer"], "partly"]],
                    "required": True,
                },
                {
                    "type": "select_one",
                    "name": "street",
                    "label": _both("Which street"),
                    "choices": _choices(*_STREETS, "Zoo"),
                },
                {
                    "type": "select_multiple",
                    "name": "when",
                    "label": _both("When does it happen?"),
                    "choices": _choices("Before school", "During school", "After school", "At night"),
                },
            ],
        },
        {
            "type": "select_multiple",
            "name": "ways",
            "label": _both("Ways in"),
            "appearance": "minimal",
            "choices": _choices("Gate", "Door", "Por el túnel"),
        },
        {"type": "image", "name": "photo", "label": _both("Photo")},
        {"type": "barcode", "name": "tag_code", "label": _both("Tag")},
        {"type": "text", "name": "place_name", "label": _both("Place"), "readonly": True},
        {"type": "barcode", "name": "label", "label": _both("Any code")},
        {"type": "geopoint", "name": "gps", "label": _both("Position")},
        {
            "type": "rank",
            "name": "worries",
            "label": _both("What worries you most?"),
            "choices": _choices("Cars", "Doors", "Strangers"),
        },
        {"type": "image", "name": "signed", "label": _both("Signature"), "appearance": "signature"},
        {"type": "audio", "name": "said", "label": _both("Recording")},
        {"type": "file", "name": "paper", "label": _both("Any file")},
        {"type": "geotrace", "name": "path", "label": _both("Path walked")},
        {"type": "geoshape", "name": "field", "label": _both("Play field")},
        {"type": "acknowledge", "name": "sure", "label": _both("I looked at it myself.")},
        {
            "type": "range",
            "name": "score",
            "label": _both("How safe, from 0 to 10"),
            "parameters": {"start": 0, "end": 10, "step": 1},
        },
        {
            "type": "repeat",
            "name": "witnesses",
            "label": _both("Witness", "Testigo"),
            "fields": [
                {"type": "text", "name": "witness", "label": _both("Name"), "required": True},
                {"type": "note", "name": "heard", "label": _both("What did ${witness} see?")},
            ],
        },
        {"type": "audit", "name": "audit", "parameters": {"track-changes": "yes"}},
        {"type": "calculate", "name": "heads", "calculation": ["count", ["all", "witnesses"]]},
        {
            "type": "text",
            "name": "all_heads",
            "label": _both("Everybody"),
            "calculation": ["join", ", ", ["all", "witness"]],
            "readonly": True,
        },
    ],
}

TAG: Final = "23456789ABCDEFGH"
OLD_TAG: Final = "ABCDEFGHJKLMNPQR"
GONE_TAG: Final = "BCDEFGHJKLMNPQRS"
SHORT: Final = with_check("ABCDEFG")
GATE: Final = "018f0000-0000-7000-8000-0000000000b2"


async def make_full_phone(folder: Path, language: str = "en") -> Phone:
    """A phone whose district has the form of everything, a tag on Door 7, an old one on Gate B, a retired place's."""
    usual = setup_json()
    return await make_phone(
        folder,
        language=language,
        forms=[*usual["forms"], EVERYTHING],
        places=[*usual["places"], {"id": GATE, "school": SOUTH, "name": "Gate B"}],
        tags=[
            {"place": DOOR, "version": 1, "state": "active", "code": hash_code(TAG), "short": hash_code(SHORT)},
            {"place": GATE, "version": 1, "state": "retired", "code": hash_code(OLD_TAG)},
            {"place": "b9", "version": 1, "state": "retired", "code": hash_code(GONE_TAG)},
        ],
        retired_places=[{"id": "b9", "name": "Portable 3"}],
    )
