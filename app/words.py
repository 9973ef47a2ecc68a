"""What the app says, in the officer's language: every sentence comes from assets/words."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, Self

LANGUAGES: Final = ("en", "es")
FOLDER: Final = Path(__file__).parent.parent / "assets" / "words"
# The shell's words, the forms', and of grades, which the district's console says too; the files of its own pages stay
# at the district.
FILES: Final = ("{}.json", "form.{}.json", "grade.{}.json")


class Words:
    """The sentences of one language, by key.

    A key that is missing is shown as it is rather than ending the screen; with `strict` (the tests) it raises KeyError.
    """

    def __init__(self, language: str, texts: Mapping[str, str], *, strict: bool = False) -> None:
        self.language = language
        self._texts = texts
        self._strict = strict

    @classmethod
    def load(cls, language: str, *, strict: bool = False) -> Self:
        """Reads a language from assets/words; `language` may be a tag such as "es-MX", an unknown one gives English."""
        chosen = nearest(language)
        texts: dict[str, str] = {}
        for name in FILES:
            file = FOLDER / name.format(chosen)
            if file.exists():
                texts |= json.loads(file.read_text("utf-8"))
        return cls(chosen, texts, strict=strict)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with {names} filled in."""
        text = self._texts.get(key)
        if text is None:
            if self._strict:
                raise KeyError(key)
            return key
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def count(self, key: str, n: int, **values: object) -> str:
        """The sentence for a number of things: `<key>.one` or `<key>.many`, with {n} filled in."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=n, **values)

    def day(self, day: date, today: date) -> str:
        """A date as one says it: today, yesterday, else day and month, with the year when it is another one."""
        if (today - day).days in (0, 1):
            return self("time.yesterday" if (today - day).days else "time.today")
        month = self(f"time.month.{day.month}")
        key = "time.day" if day.year == today.year else "time.day_and_year"
        return self(key, day=day.day, month=month, year=day.year)

    def moment(self, at: datetime, now: datetime) -> str:
        """A time as one says it: only the clock for today, else with the day. Both in the phone's own zone."""
        clock = f"{at:%H:%M}"
        if at.date() == now.date():
            return clock
        return self("time.moment", day=self.day(at.date(), now.date()), clock=clock)

    def dated(self) -> "Words":
        """The same words with every day in full: for paper, which is read on another day."""
        return _Dated(self.language, self._texts, strict=self._strict)


class _Dated(Words):
    def day(self, day: date, today: date) -> str:
        return super().day(day, date.min if day.year > 1 else today)

    def moment(self, at: datetime, now: datetime) -> str:
        return self("time.moment", day=self.day(at.date(), now.date()), clock=f"{at:%H:%M}")


def nearest(tag: str | None) -> str:
    """The language of ours for a tag such as "es-MX" or "en_US"; English where there is none."""
    language = (tag or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]
