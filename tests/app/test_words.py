"""The app's sentences: the same keys in both languages, all of them used, none missing."""

import ast
import json
import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.words import FILES, FOLDER, LANGUAGES, Words, nearest

ROOT = Path(__file__).parents[2]
SOURCES = [*ROOT.glob("views/*.py"), ROOT / "main.py", ROOT / "app" / "words.py"]


def texts(name: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((FOLDER / name).read_text("utf-8"))
    return loaded


def all_keys() -> set[str]:
    return {*texts("en.json"), *texts("form.en.json"), *texts("grade.en.json")}


@pytest.mark.parametrize("name", ["{}.json", "form.{}.json", "grade.{}.json"])
def test_both_languages_say_the_same_things(name: str) -> None:
    english, spanish = (texts(name.format(language)) for language in LANGUAGES)
    assert english.keys() == spanish.keys()
    for key in english:
        assert _holes(english[key]) == _holes(spanish[key]), key


def test_no_sentence_is_in_two_files() -> None:
    files = [texts(name.format("en")) for name in FILES]
    assert len(all_keys()) == sum(map(len, files))


def test_every_key_that_the_screens_name_has_a_sentence() -> None:
    keys = all_keys()
    for name in _named():  # whole, or the beginning of keys that are put together: home.nothing, .title
        assert name in keys or any(key.startswith(f"{name}.") for key in keys), name


def test_every_sentence_is_said_somewhere() -> None:
    named, patterns = _named(), _patterns()
    for key in all_keys():
        plain = re.sub(r"\.(one|many)$", "", key)
        assert key in named or plain in named or any(p.fullmatch(key) or p.fullmatch(plain) for p in patterns), key


def test_our_own_words_use_only_letters_that_the_phone_has() -> None:
    for language in LANGUAGES:
        for name in (f"{language}.json", f"form.{language}.json", f"grade.{language}.json"):
            for key, text in texts(name).items():
                assert not re.search(r"[^\x20-\x7e\u00a0-\u00ff\u2013\u2014\u2018-\u201d\u2026]", text), (key, text)


def test_english_is_american() -> None:
    british = re.compile(r"\b(programme|colour|behaviour|centre|metre)", re.IGNORECASE)
    for name in ("en.json", "form.en.json", "grade.en.json", "public.en.json", "console.en.json"):
        for key, text in texts(name).items():
            said = re.sub(r"\{\w+\}", "", text)
            assert not british.search(said), (key, text)


def test_a_missing_key_is_shown_in_the_field_and_an_error_in_tests() -> None:
    assert Words("en", {})("no.such.key") == "no.such.key"
    with pytest.raises(KeyError):
        Words("en", {}, strict=True)("no.such.key")


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es"), ("en_US", "en"), ("ES", "es"), ("fr-FR", "en"), ("", "en"), (None, "en")]
)
def test_the_nearest_language_is_taken(tag: str | None, language: str) -> None:
    assert nearest(tag) == language
    assert Words.load(tag or "").language == language


def test_one_thing_and_many_things_are_said_differently() -> None:
    words = Words.load("en")
    assert words.count("sync.waiting", 1) == "1 waits to send"
    assert words.count("sync.waiting", 7) == "7 wait to send"


def test_times_are_said_as_people_say_them() -> None:
    zone = timezone(timedelta(hours=-6))
    now = datetime(2026, 11, 23, 15, 0, tzinfo=zone)
    english, spanish = (Words.load(language, strict=True) for language in LANGUAGES)
    assert english.moment(now.replace(hour=9, minute=5), now) == "09:05"
    assert english.moment(now - timedelta(days=1), now) == "yesterday, 15:00"
    assert spanish.moment(now - timedelta(days=40), now) == "14 oct, 15:00"
    assert english.day(date(2025, 1, 2), now.date()) == "Jan 2, 2025"
    assert english.day(date(2026, 11, 24), now.date()) == "Nov 24"


def test_on_paper_every_day_is_said_in_full() -> None:
    now = datetime(2026, 11, 23, 15, 0, tzinfo=timezone(timedelta(hours=-6)))
    words = Words.load("en", strict=True).dated()
    assert words.moment(now, now) == "Nov 23, 2026, 15:00"
    assert words.day(now.date(), now.date()) == "Nov 23, 2026"
    assert Words.load("es", strict=True).dated().moment(now, now) == "23 nov 2026, 15:00"


def _holes(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def _named() -> set[str]:
    """Every string in the screens that looks like a key."""
    groups = {key.split(".")[0] for key in all_keys()}
    nodes = [node for source in SOURCES for node in ast.walk(ast.parse(source.read_text("utf-8")))]
    pieces = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and id(node) not in pieces
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+(\.[a-z0-9_]+)+", node.value)
        and node.value.split(".")[0] in groups
        and not node.value.endswith((".json", ".py", ".md"))
    }


def _patterns() -> list[re.Pattern[str]]:
    """Every key that the screens put together from parts, as a pattern."""
    found = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[^.]+" for part in node.values
                ]
                if parts and not parts[0].startswith("[^"):
                    found.append(re.compile("".join(parts) + r"(\.(title|text))?"))
    return found
