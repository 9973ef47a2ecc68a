"""The manual of forms is run, not trusted."""

import re
from pathlib import Path

import pytest

from app.form_json import GOALS, ROLES
from app.forms import Form
from app.logic import ARITY
from app.revisions import RECORD_CLASSES
from server.publish.expressions import FUNCTIONS
from server.publish.forms import APPEARANCES, OWN_SETTINGS, SETTINGS, TYPES, FormMistake, publish

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


@pytest.mark.parametrize(
    "word", sorted({*FUNCTIONS, *APPEARANCES, *SETTINGS, *OWN_SETTINGS, *RECORD_CLASSES, *ROLES, *GOALS})
)
def test_every_function_and_setting_is_in_the_manual(word: str) -> None:
    assert f"`{word}" in MANUAL or f"`jr:{word}`" in MANUAL


@pytest.mark.parametrize("kind", sorted(set(TYPES.values()) - {"group"}))
def test_every_type_of_question_is_in_the_manual(kind: str) -> None:
    assert re.search(rf"^\|[^|]*`{kind}[ `]", MANUAL, re.MULTILINE)


def test_every_function_in_the_manual_exists() -> None:
    listed = re.search(r"\| Functions \|.*?\n\n", MANUAL, re.DOTALL)
    assert listed
    assert {word.removeprefix("jr:") for word in re.findall(r"`([a-z:-]+)`", listed[0])} <= set(ARITY)
