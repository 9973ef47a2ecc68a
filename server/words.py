"""What the district's own pages say: assets/words/public.*.json and console.*.json, one file a language."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

FOLDER: Final = Path(__file__).parent.parent / "assets" / "words"
ENGLISH: Final = "en"
_RIGHT_TO_LEFT: Final = ("ar", "fa", "he", "ps", "ur")
_FROM_HERE: Final = "\N{FIRST STRONG ISOLATE}"
_TO_HERE: Final = "\N{POP DIRECTIONAL ISOLATE}"


class Words:
    """The sentences of one language, by key; what a translation lacks is said in English."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    @classmethod
    def load(cls, part: str, language: str) -> Self:
        """Reads one part ("public" or "console") in one of its `languages`."""
        return cls(language, _with_english(part, language))

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key with {names} filled in. Raises KeyError for a key that nobody wrote.

        In a sentence that is read from the right what is filled in keeps its own direction: a number would be turned.
        """
        text = self._texts[key]
        if self.direction == "rtl":
            values = {name: f"{_FROM_HERE}{value}{_TO_HERE}" for name, value in values.items()}
        return text.format(**values) if values else text

    def count(self, key: str, n: int) -> str:
        """The sentence for a number of things: `<key>.one` or `<key>.many`, with {n} filled in."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=f"{n:,}")

    def day(self, day: date) -> str:
        """A date: month in letters, because 3/4 is two days in two countries."""
        return self("time.day", month=self(f"time.month.{day.month}"), day=day.day, year=day.year)

    def moment(self, at: datetime) -> str:
        """A moment in the district's own time zone, which is the server's."""
        at = at.astimezone()
        return self("time.moment", day=self.day(at.date()), clock=f"{at:%H:%M}")

    @property
    def direction(self) -> str:
        """Which way this language is written, as HTML's `dir` wants it."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def __contains__(self, key: str) -> bool:
        return key in self._texts


@lru_cache
def languages(part: str) -> tuple[str, ...]:
    """The languages that a part is written in, English first: a new file is a new language."""
    found = sorted(path.name.split(".")[1] for path in FOLDER.glob(f"{part}.*.json"))
    return (ENGLISH, *(language for language in found if language != ENGLISH))


def choose(part: str, asked: str | None, accepted: str | None) -> str:
    """The language of a page: the one asked for in its address, else the browser's best, else English."""
    known = languages(part)
    for tag in (asked, *_by_preference(accepted or "")):
        language = (tag or "").replace("_", "-").split("-")[0].lower()
        if language in known:
            return language
    return ENGLISH


def _by_preference(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first; parts that are no such thing are left out."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:
            wanted.append((-quality, tag.strip()))
    return [tag for _, tag in sorted(wanted, key=lambda pair: pair[0])]


@lru_cache
def _with_english(part: str, language: str) -> Mapping[str, str]:
    return _texts(part, ENGLISH) | _texts(part, language)


@lru_cache
def _texts(part: str, language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((FOLDER / f"{part}.{language}.json").read_text("utf-8"))
    return texts
