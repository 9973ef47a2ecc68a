"""A record that an officer saved to a file, because the district refused it, comes in by the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app.ids import sha256
from app.parcel import pack
from server import district, orders
from server.blobs import open_blobs
from server.tables import Blob, Record, StoredRevision
from sync.protocol import push_lines
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture
from tests.server.terminal import Done, Run, good, mistake

Take = Callable[[bytes], Done]


@pytest.fixture
def take(run: Run, tmp_path: Path) -> Take:
    """Runs `beatbook record take` with a file of these bytes."""

    def taken(data: bytes) -> Done:
        path = tmp_path / "beatbook-01937b10.zip"
        path.write_bytes(data)
        return run("record", "take", str(path))

    return taken


def test_a_refused_record_comes_in_with_its_photo_once_the_reason_is_gone(home: Home, phone: Phone, take: Take) -> None:
    data = picture()
    answers = {"channel": "phone", "photo": photo_answer(data)}
    revision = phone.write(answers, school=home.other_school)
    assert [verdict.code for verdict in phone.push(revision)] == ["wrong_school"]
    parcel = pack(push_lines([revision]), {sha256(data): data})
    said = mistake(take(parcel))
    assert "not one of yours" in said
    assert f"Its officer: {phone.officer}. Its school: {home.other_school}." in said
    with home.database.writing() as session:
        district.set_schools(session, home.officer, [home.school, home.other_school])
    for _ in range(2):
        good(take(parcel))
        with home.database.reading() as session:
            assert session.get_one(Record, revision.record).missing == 0
            assert session.scalars(select(StoredRevision.hash)).all() == [revision.hash]
    (verdict,) = phone.push(revision)  # as the phone does when its officer taps "Send again"
    assert verdict.verdict == "accepted"
    assert verdict.missing == ()


def test_a_photo_that_is_not_in_the_file_is_named(phone: Phone, take: Take) -> None:
    data = picture()
    revision = phone.write({"channel": "phone", "photo": photo_answer(data)})
    assert f"The photo {sha256(data)[:12]}… is not in the file." in good(take(pack(push_lines([revision]), {})))


def test_nothing_of_an_expunged_record_comes_back_with_its_file(home: Home, phone: Phone, take: Take) -> None:
    data = picture()
    revision = phone.write({"channel": "phone", "photo": photo_answer(data)})
    phone.push(revision)
    with home.database.writing() as session:
        orders.order(session, revision.record, "expunge", "Order 12-345")
    assert good(take(pack(push_lines([revision]), {sha256(data): data}))).endswith("0 new photos).\n")
    with home.database.reading() as session:
        assert session.scalars(select(Blob)).all() == []
    assert not open_blobs(home.settings).has(sha256(data))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no ZIP file", "This is not the file of a record"),
        (pack(b"", {}), "There is no record in this file."),
        (pack(b"{}\n", {}), "revision"),
        (pack(b"cut off", {}), "cut off"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(take: Take, data: bytes, why: str) -> None:
    assert why in mistake(take(data))
