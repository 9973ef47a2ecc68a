"""What families send that is urgent, strange or meant to harm: answered in words, and nothing of it left behind."""

import httpx
import pytest
from sqlalchemy import select

from server import district
from server.tables import Record
from tests.server.conftest import Home
from tests.server.public.family import CALL, PROBLEM, Family, open_door, reference_of


@pytest.fixture
def family(client: httpx.Client) -> Family:
    """Somebody with a phone."""
    return Family(client)


@pytest.fixture
def card(home: Home) -> str:
    """The address of officer Rivera's card, in a district that takes requests."""
    open_door(home)
    with home.database.writing() as session:
        return f"/c/{district.add_card(session, officer=home.officer).slug}"


def records(home: Home) -> list[Record]:
    with home.database.reading() as session:
        return list(session.scalars(select(Record).where(Record.form == "family_request").order_by(Record.first_seq)))


# --- emergencies ------------------------------------------------------------------------------------------------------


def test_an_emergency_with_a_mistake_is_answered_with_911_before_the_mistake(
    home: Home, family: Family, card: str
) -> None:
    answered = family.send(f"{card}/report", {**PROBLEM, "description": "He has a gun", "consent": ""})
    assert answered.status_code == 422
    main = answered.text[answered.text.index("<main") :]
    assert main.index('href="tel:911"') < main.index('href="#consent"')
    assert "It has not been sent yet" in main
    assert records(home) == []


def test_a_telephone_number_is_no_emergency(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"{card}/call-back", {**CALL, "phone": "(918) 988-0911"}))
    reference_of(family.send(f"{card}/call-back", {**CALL, "phone": "918 911 0142"}))
    assert all("urgent" not in record.answers for record in records(home))


def test_the_alarm_of_a_receipt_stays_in_another_language(family: Family, card: str) -> None:
    answered = family.send(f"{card}/report", {**PROBLEM, "description": "He has a gun"})
    receipt = family.client.get(answered.headers["location"]).text
    assert 'href="?sent=urgent&amp;lang=es"' in receipt
    receipt = family.client.get(answered.headers["location"].partition("?")[0], params={"sent": '"><b>'}).text
    assert 'href="?lang=es"' in receipt
