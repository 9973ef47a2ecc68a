import re

import pytest
from sqlalchemy import func, select

from server.tables import Card, Officer
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.noted import by_hand
from tests.server.printed import words_on
from tests.server.visitor import Visitor


def test_a_card_is_made_written_on_printed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    assert "No contact cards yet" in admin.get("/console/cards").text
    made = admin.send("/console/cards/new", {"of": f"officer:{staffed.officer}", "notes": "Office 12"})
    path = made.headers["location"].split("?")[0]
    slug = path.rsplit("/", 1)[1]
    assert "Ana Rivera" in admin.get(path).text
    admin.send(path, {"notes": "Office 14"})
    assert "Office 14" in admin.get(f"/c/{slug}").text
    assert f'href="{path}/print"' in admin.get(path).text
    for way in re.findall(r'href="([^"]+\.pdf[^"]*)"', admin.get(f"{path}/print").text):
        [said] = words_on(admin.get(way.replace("&amp;", "&")).content)
        assert said.count("Ana Rivera") == (4 if "badges" in way else 1), way
    admin.send(f"{path}/retire")
    assert admin.get(f"/c/{slug}").status_code == 410
    assert {admin.get(f"{path}/{file}").status_code for file in ("print", "cards.pdf")} == {404}
    assert "Retired" in admin.get("/console/cards").text
    admin.send(f"{path}/restore", page=path)
    assert admin.get(f"/c/{slug}").status_code == 200
    for what in ("card-made", "card-changed", "card-retired", "card-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), slug), what


def test_a_posts_card_shows_in_the_console_who_holds_the_post(staffed: Home, admin: Visitor) -> None:
    made = admin.send("/console/cards/new", {"of": f"school:{staffed.other_school}"})
    assert "Lee Ng" in admin.get(made.headers["location"]).text
    assert "Card of a school&#39;s post" in admin.get("/console/cards").text


def test_nobody_has_two_cards_in_use(staffed: Home, admin: Visitor) -> None:
    of = {"of": f"officer:{staffed.officer}"}
    path = admin.send("/console/cards/new", of).headers["location"].split("?")[0]
    again = admin.send("/console/cards/new", of)
    assert again.status_code == 422
    assert "There is a card of this officer already." in again.text
    admin.send(f"{path}/retire")
    assert admin.send("/console/cards/new", of).status_code == 303
    restored = admin.send(f"{path}/restore", page=path)
    assert restored.status_code == 422
    assert "There is a card of this officer already." in restored.text
    assert admin.get(f"/c/{path.rsplit('/', 1)[1]}").status_code == 410


@pytest.mark.parametrize("of", ["", "officer:", "school:nowhere", "king:x", "officer:nobody"])
def test_a_card_of_nobody_gets_words(staffed: Home, admin: Visitor, of: str) -> None:
    answer = admin.send("/console/cards/new", {"of": of, "notes": "Typed already"})
    assert answer.status_code == 422
    assert "Choose whose card it is." in answer.text
    assert "Typed already" in answer.text
    with staffed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 0


def test_too_long_a_note_on_a_card_gets_words(staffed: Home, admin: Visitor) -> None:
    path = admin.send("/console/cards/new", {"of": f"officer:{staffed.officer}"}).headers["location"].split("?")[0]
    answer = admin.send(path, {"notes": "x" * 1001})
    assert answer.status_code == 422
    assert "longer than 1000" in answer.text


def test_a_card_too_long_for_its_code_gets_words_on_the_page(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        by_hand(session)
        session.get_one(Officer, staffed.officer).name = "Ñ" * 200
        session.get_one(Officer, staffed.officer).email = "x" * 180 + "@x.org"
    path = admin.send("/console/cards/new", {"of": f"officer:{staffed.officer}"}).headers["location"].split("?")[0]
    answer = admin.get(f"{path}/cards.pdf?kind=badges")
    assert answer.status_code == 422
    assert "its code is too long for badges" in answer.text
