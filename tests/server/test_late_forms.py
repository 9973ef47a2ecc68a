"""Records whose form the district did not know: named and judged when the form is published, and never refused."""

from typing import Any

import pytest

from server.formbook import publish
from server.late_forms import take_up
from server.tables import Record
from tests.server.conftest import Home
from tests.server.phones import FORM, Phone

pytestmark = pytest.mark.usefixtures("client")

NEWER = {**FORM, "version": "2026112399"}


def row(home: Home, record: str) -> Record:
    with home.database.reading() as session:
        found = session.get(Record, record)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("answers", "flags"), [({"channel": "phone"}, []), ({"channel": "carrier_pigeon"}, ["answers_doubtful"])]
)
def test_a_record_that_came_before_its_form_is_taken_up_with_it(
    home: Home, phone: Phone, answers: dict[str, Any], flags: list[str]
) -> None:
    revision = phone.write(answers, form_version=NEWER["version"])
    phone.push(revision)
    assert row(home, revision.record).flags == ["form_unknown"]
    with home.database.writing() as session:
        assert take_up(session) == 0, "its form is still not here"
        publish(session, [NEWER])
        assert take_up(session) == 1
        assert take_up(session) == 0
    kept = row(home, revision.record)
    assert (kept.flags, kept.answers) == (flags, answers)
    assert kept.title != FORM["id"]
    [again] = phone.push(revision)
    assert (again.verdict, again.code) == ("accepted", None)


def test_a_class_that_the_form_does_not_have_is_put_right(home: Home, phone: Phone) -> None:
    revision = phone.write(form="tea_party", form_version="1", record_class="public")
    phone.push(revision)
    with home.database.writing() as session:
        publish(session, [{**FORM, "id": "tea_party", "version": "1"}])
        take_up(session)
    assert row(home, revision.record).record_class == FORM["class"]
