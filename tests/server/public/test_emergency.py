"""Words that sound like an emergency are found as people type them, and ordinary worries are left alone."""

import json

import pytest

from server.public.emergency import sounds_urgent
from server.words import FOLDER

LISTS = json.loads((FOLDER / "emergency.json").read_text("utf-8"))


@pytest.mark.parametrize("language", LISTS)
def test_every_word_of_every_language_is_found_in_a_sentence(language: str) -> None:
    assert len(LISTS[language]) > 5
    for word in LISTS[language]:
        assert sounds_urgent(f"… {word}, please"), word
        assert sounds_urgent(word.upper()), word


@pytest.mark.parametrize(
    "text",
    [
        "SUICIDIO",
        "I want to  DIE",
        "el no respira",
        "He can\u2019t breathe",
        "she cant breathe",
        "he can\u00b4t breathe",
        "i wanna die",
        "a g\u200bun",
        "a gun!",
        "她说想死怎么办",
        "죽고 싶어요",
        "أريد أن أموت",
    ],
)
def test_capitals_missing_marks_and_missing_spaces_hide_nothing(text: str) -> None:
    assert sounds_urgent("", text)


@pytest.mark.parametrize(
    "text",
    [
        "My son begun to like school",
        "The gunnery street crossing",
        "Cars drive too fast",
        "Mi hijo está triste",
        "",
        "fire drill",
    ],
)
def test_ordinary_words_raise_no_alarm(text: str) -> None:
    assert not sounds_urgent(text)
