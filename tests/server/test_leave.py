"""Leave and substitutes: a post's card follows them without a new print, an officer's own card says so."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from server import district
from server.cards import CardFacts, card_facts
from server.district import DistrictError
from server.leave import is_away, set_leave, today
from server.tables import Card, Officer
from tests.server.conftest import BASE_URL, Home

TOMORROW, YESTERDAY = today() + timedelta(days=1), today() - timedelta(days=1)


@pytest.fixture
def cards(home: Home) -> tuple[str, str]:
    """The slugs of the card of the post at the first school, and of officer Rivera's own."""
    with home.database.writing() as session:
        district.set_schools(session, home.both, [home.other_school])
        post = district.add_card(session, school=home.school).slug
        return post, district.add_card(session, officer=home.officer).slug


def said(home: Home, slug: str) -> CardFacts:
    with home.database.reading() as session:
        found = card_facts(session, session.get_one(Card, slug), BASE_URL)
        assert found
        return found


def leaves(home: Home, officer: str, substitute: str | None = None) -> None:
    with home.database.writing() as session:
        other = session.get_one(Officer, substitute) if substitute else None
        set_leave(session, session.get_one(Officer, officer), TOMORROW, other)


def test_a_posts_card_shows_who_stands_in_and_then_the_officer_again(home: Home, cards: tuple[str, str]) -> None:
    assert said(home, cards[0]).name == "Ana Rivera"
    leaves(home, home.officer, home.both)
    assert said(home, cards[0]).name == "Lee Ng"
    with home.database.writing() as session:
        set_leave(session, session.get_one(Officer, home.officer), None)
    assert said(home, cards[0]).name == "Ana Rivera"


def test_a_colleague_at_the_school_comes_before_a_substitute(home: Home, cards: tuple[str, str]) -> None:
    with home.database.writing() as session:
        third = district.add_officer(session, "Kim Day", "103", [home.school]).id
    leaves(home, home.officer, home.both)
    assert said(home, cards[0]).name == "Kim Day"
    leaves(home, third)
    assert said(home, cards[0]).name == "Lee Ng"


def test_a_post_that_nobody_stands_in_for_has_the_programmes_line(home: Home, cards: tuple[str, str]) -> None:
    leaves(home, home.officer)
    assert (said(home, cards[0]).name, said(home, cards[0]).phone) == ("School Resource Officer", "(918) 245-8777")


def test_substitutes_who_are_away_too_are_asked_for_theirs_and_never_in_a_circle(
    home: Home, cards: tuple[str, str]
) -> None:
    with home.database.writing() as session:
        third = district.add_officer(session, "Kim Day", "103", [home.other_school]).id
    leaves(home, home.officer, home.both)
    leaves(home, home.both, third)
    assert said(home, cards[0]).name == "Kim Day"
    leaves(home, third, home.officer)
    assert said(home, cards[0]).name == "School Resource Officer"


def test_an_officers_own_card_says_until_when_and_whom_to_call(
    home: Home, cards: tuple[str, str], client: httpx.Client
) -> None:
    leaves(home, home.officer, home.both)
    page = client.get(f"/c/{cards[1]}").text
    assert "Ana Rivera is on leave until" in page
    assert "In the meantime: Lee Ng" in page
    assert "está de licencia hasta" in client.get(f"/c/{cards[1]}?lang=es").text
    assert "leave" not in client.get(f"/c/{cards[0]}").text


def test_a_leave_ends_by_itself_after_its_last_day(home: Home) -> None:
    officer = Officer(away_until=today())
    assert is_away(officer)
    officer.away_until = YESTERDAY
    assert not is_away(officer)
    assert not is_away(Officer())
    del home


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda session, one: set_leave(session, one, YESTERDAY), "Name today or a later day"),
        (lambda session, one: set_leave(session, one, TOMORROW, one), "cannot stand in for themselves"),
    ],
)
def test_a_leave_that_cannot_be_is_refused_in_words(home: Home, change: Callable[..., None], says: str) -> None:
    with home.database.writing() as session, pytest.raises(DistrictError, match=says):
        change(session, session.get_one(Officer, home.officer))
