"""Forms at the district: versions stay, changes need a new version."""

import pytest

from server.district import DistrictError
from server.formbook import FormBook, active_forms, knows, publish, published, withdraw
from tests.server.conftest import Home
from tests.server.phones import FORM


def test_a_new_version_takes_over_and_the_old_one_stays_known(home: Home) -> None:
    with home.database.writing() as session:
        assert publish(session, [{**FORM, "version": "2"}]) == ["parent_contact 2"]
        assert [form["version"] for form in active_forms(session)] == ["2"]
        book = FormBook()
        for version in ("2", FORM["version"]):
            form = book.form(session, "parent_contact", version)
            assert form
            assert form.version == version
        assert book.form(session, "parent_contact", "3") is None
        assert knows(session, "parent_contact")
        assert not knows(session, "tea_party")


def test_phones_get_the_forms_in_the_order_that_they_ask_for(home: Home) -> None:
    names = {"zebra": 10, "ant": 20, "bee": None}
    with home.database.writing() as session:
        publish(session, [{**FORM, "id": n, **({"order": o} if o else {})} for n, o in names.items()])
        assert [form["id"] for form in active_forms(session)] == ["zebra", "ant", "bee", "parent_contact"]


def test_publishing_the_same_again_changes_nothing(home: Home) -> None:
    with home.database.writing() as session:
        assert publish(session, [FORM]) == []


def test_an_older_version_can_be_brought_back(home: Home) -> None:
    with home.database.writing() as session:
        publish(session, [{**FORM, "version": "2"}])
        assert publish(session, [FORM]) == [f"parent_contact {FORM['version']}"]
        assert [form["version"] for form in active_forms(session)] == [FORM["version"]]


def test_what_was_published_never_changes_and_another_content_gets_a_version_of_its_own(home: Home) -> None:
    changed = {**FORM, "icon": "home"}
    with home.database.writing() as session:
        [name] = publish(session, [changed])
        assert publish(session, [changed]) == []
        [active] = active_forms(session)
        assert name == f"parent_contact {active['version']}"
        assert active["version"] != FORM["version"]
        assert active["icon"] == "home"
        book = FormBook()
        assert book.form(session, "parent_contact", active["version"]) != book.form(
            session, "parent_contact", FORM["version"]
        )


def test_what_is_no_form_is_not_published(home: Home) -> None:
    with home.database.writing() as session, pytest.raises(DistrictError, match="cannot be published"):
        publish(session, [{**FORM, "fields": "none"}])


def test_a_withdrawn_form_is_offered_no_more_and_stays_known(home: Home) -> None:
    with home.database.writing() as session:
        assert withdraw(session, "parent_contact") == f"parent_contact {FORM['version']}"
        assert active_forms(session) == []
        assert FormBook().form(session, "parent_contact", FORM["version"])
        assert published(session, "parent_contact") is None
        assert published(session, "parent_contact", FORM["version"]) == FORM
        with pytest.raises(DistrictError, match="No form parent_contact is in use"):
            withdraw(session, "parent_contact")
        assert publish(session, [FORM]) == [f"parent_contact {FORM['version']}"]
