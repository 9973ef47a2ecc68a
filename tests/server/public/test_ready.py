"""Finished pages are given again, and never for longer than what stands on them is true."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

import server
from server import district, leave, places
from server.leave import set_leave, today
from server.public import pages, ready
from server.public.page import Gone, page
from server.tables import Officer, Place
from tests.server.conftest import Home
from tests.server.noted import by_hand
from tests.server.public.family import PROBLEM, Family, open_door, reference_of

ROOT = Path(server.__file__).parent.parent


@pytest.fixture
def card(home: Home) -> str:
    """The address of the card of the post at the first school, which officer Rivera alone holds."""
    with home.database.writing() as session:
        district.set_schools(session, home.both, [home.other_school])
        return f"/c/{district.add_card(session, school=home.school).slug}"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that were made, as opposed to given again."""
    names: list[str] = []
    make: Callable[..., object] = page

    def note(request: object, template: str, *rest: object, **values: object) -> object:
        names.append(template)
        return make(request, template, *rest, **values)

    monkeypatch.setattr(pages, "page", note)
    return names


def beatbook(home: Home, *words: str) -> None:
    """A command, in a process of its own, while the district is served."""
    settings = {"BEATBOOK_DATA": str(home.settings.data), "BEATBOOK_DATABASE_URL": home.settings.database_url}
    subprocess.run(
        [sys.executable, "-m", "server.cli", *words], cwd=ROOT, env={**os.environ, **settings}, check=True, timeout=60
    )


def test_a_card_and_a_tag_are_made_once_and_look_the_same_again(
    home: Home, client: httpx.Client, card: str, made: list[str]
) -> None:
    for path in (card, f"/t/{home.tag}"):
        first = client.get(path)
        for again in (path, path.upper(), f"{path}?lang=en", f"{path}?from=poster"):
            answer = client.get(again)
            assert (answer.status_code, answer.text) == (200, first.text)
            assert answer.headers.raw == first.headers.raw, "the guard's headers are there once, and none is lost"
    assert made == ["public/card.html", "public/tag.html"]


def test_a_change_by_a_command_in_another_process_is_on_the_next_page(
    home: Home, client: httpx.Client, card: str
) -> None:
    assert all("Ana Rivera" in client.get(card).text for _ in range(2))
    until = (today() + timedelta(days=3)).isoformat()
    beatbook(home, "officer", "leave", "101", "--until", until, "--substitute", "102")
    assert "Lee Ng" in client.get(card).text
    beatbook(home, "officer", "remove", "102")
    vacant = client.get(card).text
    assert "Lee Ng" not in vacant
    assert "Ana Rivera" not in vacant


def test_every_change_in_this_process_is_on_the_next_page(home: Home, client: httpx.Client, card: str) -> None:
    for number in range(20):
        with home.database.writing() as session:
            by_hand(session)
            session.get_one(Officer, home.officer).name = f"Officer {number}."
        assert all(f"Officer {number}." in client.get(card).text for _ in range(2))


def test_a_replaced_tag_is_gone_at_once(home: Home, client: httpx.Client) -> None:
    assert client.get(f"/t/{home.tag}").status_code == 200
    with home.database.writing() as session:
        places.new_tag(session, home.place)
    assert client.get(f"/t/{home.tag}").status_code == 410


def test_what_changes_while_a_page_is_made_is_on_the_next_one(
    home: Home, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = places.place

    def find_late(session: Session, name: str) -> Place | None:
        found = find(session, name)
        monkeypatch.undo()
        with home.database.writing() as other:
            by_hand(other)
            other.get_one(Place, home.place).name = "Door 8"
        return found

    monkeypatch.setattr(places, "place", find_late)
    assert "Door 7" in client.get(f"/t/{home.tag}").text
    assert "Door 8" in client.get(f"/t/{home.tag}").text


def test_a_leave_ends_with_its_day_although_nobody_changes_anything(
    home: Home, client: httpx.Client, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.database.writing() as session:
        away, other = (session.get_one(Officer, name) for name in (home.officer, home.both))
        set_leave(session, away, today(), other)
    assert all("Lee Ng" in client.get(card).text for _ in range(2))
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr(leave, "today", lambda: tomorrow)
    assert "Ana Rivera" in client.get(card).text


def test_each_language_has_its_own_page(client: httpx.Client, card: str, made: list[str]) -> None:
    for _ in range(2):
        for asked in ({"params": {"lang": "es"}}, {"headers": {"Accept-Language": "es-MX"}}):
            assert '<html lang="es"' in client.get(card, **asked).text  # type: ignore[arg-type]
        assert '<html lang="en"' in client.get(card).text
    assert len(made) == 2


def test_no_form_receipt_or_refusal_is_kept(
    home: Home, client: httpx.Client, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_door(home)
    door = f"/t/{home.tag}/report"
    forms = {client.get(door).text for _ in range(2)}
    assert len(forms) == 2, "each has a ticket of its own"
    receipt = f"/r/{reference_of(Family(client).send(door, PROBLEM))}?sent=1"
    kept: list[object] = []
    monkeypatch.setattr(ready, "_Page", lambda *values: kept.append(values))
    for path in (door, receipt, "/t/NOSUCHCODE", "/c/NOSUCH", "/console/sign-in", f"{card}.vcf", f"{card}/link.svg"):
        client.get(path)
        assert not kept, path
    client.head(card)
    assert not kept, "HEAD has no page"
    client.get(card)
    assert kept


def test_a_page_that_failed_is_made_again(client: httpx.Client, card: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise Gone("card_retired", 410)

    with monkeypatch.context() as patch:
        patch.setattr(pages, "the_card", broken)
        assert client.get(card).status_code == 410
    assert client.get(card).status_code == 200


def test_a_database_that_does_not_tell_makes_every_page_anew(
    home: Home, client: httpx.Client, card: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home.database, "moment", lambda: None)
    assert all(client.get(card).status_code == 200 for _ in range(2))
    assert len(made) == 2


def test_no_more_pages_are_kept_than_fit(
    home: Home, client: httpx.Client, card: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "MOST", 1)
    for path in (card, f"/t/{home.tag}", card):
        assert client.get(path).status_code == 200
    assert len(made) == 3
    client.get(card)
    assert len(made) == 3


def test_the_log_names_the_kind_of_page_that_is_given_again(
    client: httpx.Client, card: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "beatbook.access"):
        for _ in range(2):
            client.get(card)
    assert [record.getMessage().split(" 200 ")[0] for record in caplog.records] == ["GET /c/{slug}"] * 2


def test_a_moment_is_the_same_only_while_nothing_is_committed(home: Home) -> None:
    before = home.database.moment()
    assert before is not None
    with home.database.reading() as session:
        district.the_district(session)
    assert home.database.moment() == before
    with home.database.writing() as session:
        district.audit(session, "cli", "test", "")
        session.flush()
        during = home.database.moment()
    after = home.database.moment()
    assert after not in (before, during)
    assert home.database.moment() == after
