"""Schools, officers, phones and cards: what may be done and what is remembered."""

import pytest
from sqlalchemy import select

from server import district
from server.cards import holder as holder_of
from server.database import open_database
from server.district import DistrictError
from server.tables import AuditEntry, Posting
from tests.server.conftest import Home


def test_there_is_one_district(home: Home) -> None:
    with home.database.writing() as session, pytest.raises(DistrictError, match="already"):
        district.create(session, "Another", "1")


def test_a_failed_command_leaves_nothing(home: Home) -> None:
    def add(*names: str) -> None:
        with home.database.writing() as session:
            for name in names:
                district.add_school(session, name)

    with pytest.raises(DistrictError):
        add("East School", "EAST SCHOOL")
    with home.database.reading() as session:
        assert [school.name for school in district.schools(session)] == ["North Middle School", "South High School"]


def test_an_officer_is_found_by_badge_name_and_address(home: Home) -> None:
    with home.database.reading() as session:
        for text in ("101", "ana rivera", "Rivera@Example.org", home.officer):
            assert district.find_officer(session, text).id == home.officer
        for text in ("", "nobody"):
            with pytest.raises(DistrictError, match="There is no officer"):
                district.find_officer(session, text)


def test_two_officers_of_one_name_are_told_apart_by_badge(home: Home) -> None:
    with home.database.writing() as session:
        district.add_officer(session, "Ana Rivera", "555", [])
        with pytest.raises(DistrictError, match="several"):
            district.find_officer(session, "Ana Rivera")


def test_only_an_account_with_a_password_signs_in(home: Home) -> None:
    with home.database.writing() as session:
        assert district.officer_by_sign_in(session, "101") is None
        district.set_password(session, home.officer, "four plain words here")
        for text in ("101", " RIVERA@example.org "):
            found = district.officer_by_sign_in(session, text)
            assert found
            assert found.id == home.officer
        assert district.officer_by_sign_in(session, "") is None


def test_an_ended_posting_is_remembered_and_can_begin_again(home: Home) -> None:
    with home.database.writing() as session:
        district.set_schools(session, home.officer, [home.other_school])
        assert district.schools_of(session, home.officer) == [home.other_school]
        assert set(district.schools_of(session, home.officer, ever=True)) == {home.school, home.other_school}
        assert [one.id for one in district.officers(session, school=home.school)] == [home.both]
        district.set_schools(session, home.officer, [home.school])
        assert district.schools_of(session, home.officer) == [home.school]
        assert len(session.scalars(select(Posting).where(Posting.officer == home.officer)).all()) == 2


def test_a_posts_card_follows_whoever_holds_the_post(home: Home) -> None:
    with home.database.writing() as session:
        card = district.add_card(session, school=home.school)
        holder = holder_of(session, card)
        assert holder
        assert holder.id == home.officer
        district.deactivate_officer(session, home.officer)
        holder = holder_of(session, card)
        assert holder
        assert holder.id == home.both


def test_an_officers_card_ends_with_the_account(home: Home) -> None:
    with home.database.writing() as session:
        card = district.add_card(session, officer=home.officer)
        assert district.card(session, card.slug.lower()) is card
        district.deactivate_officer(session, home.officer)
        session.refresh(card)
        assert holder_of(session, card) is None


def test_a_card_belongs_to_exactly_one(home: Home) -> None:
    with home.database.writing() as session:
        for wrong in ({}, {"officer": home.officer, "school": home.school}):
            with pytest.raises(DistrictError, match="one officer or"):
                district.add_card(session, **wrong)


def test_every_change_leaves_a_line_and_no_content(home: Home) -> None:
    with home.database.writing() as session:
        district.add_school(session, "East School", who=home.officer)
    with home.database.reading() as session:
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
    assert (entries[-1].who, entries[-1].what) == (home.officer, "school-added")
    assert "East" not in "".join(entry.subject for entry in entries)


def test_a_database_opened_again_has_everything_and_flushes_every_commit(home: Home) -> None:
    again = open_database(home.settings)
    with again.reading() as session:
        assert district.the_district(session).name == "Test district"
        connection = session.connection()
        if again.kind == "sqlite":
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
    assert again.answers()
    again.close()
