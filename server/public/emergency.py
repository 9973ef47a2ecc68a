"""Words that sound like an emergency: whoever writes them is told of 911 and 988 before anything else.

A word too many costs a look at two numbers; a word too few may cost more. assets/words/emergency.json has the words, by
language; each is looked for in every text, whatever the page's language is.
"""

import json
import re
import unicodedata
from functools import cache
from typing import Final

from starlette.datastructures import FormData

from server.words import FOLDER

URGENT: Final = "ask.urgent_text"  # the sentence for what was sent, sounds urgent and is not kept
UNREAD: Final = "ask.not_now"  # the one for what was sent and cannot be read
# Of these numbers and keys 911 may be a part, and nobody writes words there.
_NUMBERS: Final = ("phone", "lat", "long", "ticket", "sum", "api_key", "device_id", "account_id")
_MOST: Final = 20_000  # characters that are looked at
_APOSTROPHES: Final = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u0060"), "'")

_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # written without spaces between words


def sounds_urgent(*texts: str) -> bool:
    """Whether any of the texts has a word or phrase of the list in it."""
    return any(_words().search(_plain(text)) for text in texts if text)


def alarm(posted: FormData) -> str:
    """The sentence about 911 and 988 that a refusal of what was sent begins with; empty where it is not urgent."""
    texts = [text for name, text in posted.multi_items() if isinstance(text, str) and name not in _NUMBERS]
    return URGENT if sounds_urgent("\n".join(texts)[:_MOST]) else ""


@cache
def _words() -> re.Pattern[str]:
    lists: dict[str, list[str]] = json.loads((FOLDER / "emergency.json").read_text("utf-8"))
    words = sorted({_plain(word) for words in lists.values() for word in words}, key=len, reverse=True)
    # Apostrophes are left out in a hurry. The words of a kind stand together, so that only beginnings are looked at.
    spaced = "|".join(re.escape(word).replace("'", "'?") for word in words if not _UNSPACED.search(word))
    return re.compile(rf"\b(?:{spaced})\b|{'|'.join(re.escape(word) for word in words if _UNSPACED.search(word))}")


def _plain(text: str) -> str:
    """Small letters without marks and what is not seen, one space between words: how people type in a hurry."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    bare = "".join(one for one in letters if not unicodedata.combining(one) and unicodedata.category(one) != "Cf")
    return " ".join(unicodedata.normalize("NFC", bare).split())
