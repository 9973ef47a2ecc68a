"""The manual of forms is run, not trusted."""

import re
from pathlib import Path

import pytest

from app.form_json import GOALS, ROLES
from app.forms import Form
from app.revisions import RECORD_CLASSES
from server.publish.expressions import ABSENT, FUNCTIONS, ExpressionError, parse
from server.publish.forms import OWN_SETTINGS, SETTINGS, FormMistake, publish
from server.publish.outline import Outline
from server.publish.questions import APPEARANCES, TYPES

MANUAL = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")


def block(language: str, holding: str) -> str:
    """The first code block of this language that holds this text."""
    blocks: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", MANUAL, re.DOTALL | re.MULTILINE)
    return next(text for kind, text in blocks if kind == language and holding in text)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "visit.md"
    path.write_text(block("markdown", "| survey |"), encoding="utf-8")
    return path


def test_the_form_in_the_manual_is_published(example: Path) -> None:
    form = Form.parse(publish(example))
    assert form.summary({"mood": "tense", "what": "Shouting"}, "es") == "Tenso · Shouting"


def test_the_python_in_the_manual_does_what_it_says(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(example.parent)
    found: dict[str, object] = {}
    exec(block("python", "Form.parse"), found)  # noqa: S102 - our own manual
    assert [str(problem.code) for problem in found["problems"].values()] == ["required"]  # type: ignore[attr-defined]
    assert found["problems"]["what"].message == "Falta esta respuesta."  # type: ignore[index]
    assert found["title"] == "Tense"


def test_the_mistakes_in_the_manual_are_told_in_these_words(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    text = (
        text.replace("string-length(.) <= 140", "shout(.)")
        .replace("| Cuándo |", "| |")
        .replace("| public |", "| secret |")
    )
    example.write_text(text, encoding="utf-8")
    with pytest.raises(FormMistake) as refused:
        publish(example)
    assert str(refused.value).splitlines() == block("", "visit.md:").splitlines()


@pytest.mark.parametrize("word", sorted({*APPEARANCES, *SETTINGS, *OWN_SETTINGS, *RECORD_CLASSES, *ROLES, *GOALS}))
def test_every_appearance_and_setting_is_in_the_manual(word: str) -> None:
    assert f"`{word}" in MANUAL or f"`jr:{word}`" in MANUAL


@pytest.mark.parametrize("kind", sorted(set(TYPES.values()) - {"group", "repeat"}))
def test_every_type_of_question_is_in_the_manual(kind: str) -> None:
    assert re.search(rf"^\|[^|]*`{kind}[ `]", MANUAL, re.MULTILINE)


def test_the_manual_ticks_exactly_the_functions_that_a_form_may_use() -> None:
    rows = re.findall(r"^\| `(?:jr:)?([a-z0-9-]+)\(.*?\)` \| (✓|no) \| (.*?) ?\|$", MANUAL, re.MULTILINE)
    assert len(rows) == len({name for name, _, _ in rows})
    assert {name for name, tick, _ in rows if tick == "✓"} == FUNCTIONS
    assert {name: reason for name, tick, reason in rows if tick == "no"} == ABSENT


# Every name that the three known engines implement (ODK's xpath package, Enketo's, JavaRosa), written down in 2026-11.
KNOWN = """
boolean ceiling concat contains count current false floor id lang last local-name name namespace-uri normalize-space
not number position round starts-with string string-length substring substring-after substring-before sum translate true
abs acos area asin atan atan2 base64-decode boolean-from-string checklist coalesce concat cos count-non-empty
count-selected date decimal-date-time decimal-time digest distance ends-with exp exp10 format-date format-date-time
geofence if indexed-repeat instance int join log log10 max min now once pi position pow pulldata random randomize regex
round selected selected-at sin sqrt substr tan today uuid weighted-checklist choice-name itext date-time
depend enclosed-area extract-signed is-selected property version
"""


def test_every_function_of_the_known_engines_is_here_or_refused_with_a_reason() -> None:
    assert set(KNOWN.split()) == FUNCTIONS | set(ABSENT)


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_a_function_that_is_not_here_is_refused_with_its_reason(name: str) -> None:
    prefix = "jr:" if name == "itext" else ""
    with pytest.raises(ExpressionError, match=re.escape(ABSENT[name])):
        parse(f"{prefix}{name}(1)", Outline.flat())
