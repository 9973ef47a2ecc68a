"""The family's form in a language that only a file with words speaks: questions, hints, choices and mistakes."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server import district
from server.formbook import publish
from server.words import Words
from tests.app.formkit import published
from tests.server.conftest import Home
from tests.server.public.arabic import ARABIC, add_arabic
from tests.server.public.family import CALL, PROBLEM, Family, open_door, reference_of
from tests.server.public.test_open311 import ADDRESS


@pytest.fixture(autouse=True)
def arabic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from add_arabic(tmp_path, monkeypatch)


@pytest.fixture
def card(home: Home) -> str:
    """The address of officer Rivera's card, in a district that takes requests."""
    open_door(home)
    with home.database.writing() as session:
        return f"/c/{district.add_card(session, officer=home.officer).slug}"


def test_questions_hints_and_choices_are_asked_in_the_words_of_the_file(client: httpx.Client, card: str) -> None:
    said: dict[str, tuple[str, ...]] = {
        "call-back": ("topic", "topic.bullying", "phone"),
        "report": ("service_code", "service_code.LIT-NEEDLE", "description", "description.hint", "phone"),
    }
    for path, keys in said.items():
        page = client.get(f"{card}/{path}?lang=ar").text
        for key in keys:
            assert ARABIC[f"question.{key}"] in page, key
    assert "What should we know?" not in page
    assert "E-mail" in page, "what the file lacks is asked in the form's first language"


def test_a_language_of_the_form_is_the_forms(client: httpx.Client, card: str) -> None:
    assert "¿Qué debemos saber?" in client.get(f"{card}/report?lang=es").text
    assert Words.load("public", "ar")("question.description") not in client.get(f"{card}/report?lang=es").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"phone": "call me"}, "question.phone.mistake.constraint"),
        ({"consent": ""}, "question.consent.mistake.required"),
        ({"topic": "made-up"}, "mistake.choice"),
        ({"name": "x" * 141}, "mistake.constraint"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_file(
    card: str, client: httpx.Client, fields: dict[str, str], says: str
) -> None:
    answered = Family(client).send(f"{card}/call-back?lang=ar", {**CALL, **fields})
    assert answered.status_code == 422
    (name,) = fields
    label = ARABIC.get(f"question.{name}", "Name")
    colon = "" if label.endswith("؟") else ":"
    assert f'<a href="#{name}"><bdi>{label}{colon}</bdi> <bdi>{ARABIC[says]}</bdi></a>' in answered.text
    assert "digits" not in answered.text
    assert "Without your consent" not in answered.text


def test_a_sentence_that_the_file_lacks_is_the_forms_own(client: httpx.Client, card: str) -> None:
    answered = Family(client).send(f"{card}/call-back?lang=ar", {**CALL, "phone": ""})
    assert "a phone number or an e-mail is needed" in answered.text


def test_the_language_stays_with_the_request_and_its_receipt(client: httpx.Client, card: str) -> None:
    answered = Family(client).send(f"{card}/report?lang=ar", PROBLEM)
    reference_of(answered)
    receipt = client.get(answered.headers["location"]).text
    assert '<html lang="ar" dir="rtl">' in receipt
    assert ARABIC["status.reference"] in receipt


def test_other_programs_are_told_the_same_words(client: httpx.Client, home: Home) -> None:
    with home.database.writing() as session:
        publish(session, [published()["family_request"]])
        kept = district.the_district(session)
        kept.policy = {**kept.policy, district.OPEN311: True}
    services = client.get(f"{ADDRESS}/services.json?lang=ar").json()
    assert ARABIC["question.service_code.LIT-NEEDLE"] in [one["service_name"] for one in services]
