"""From an officer's tap to the row in the district's database: the real notebook, engine, client, server and SQLite.

Only the screen and the socket are missing; tests/browser/ has those.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from app.device import PlainDevice
from app.files import OrdinaryFolder
from app.forms import Form
from app.ids import sha256
from app.notebook import Notebook
from app.photos import make_scaler
from app.store import where
from server import district, enrolment, orders, records
from server.app import create_app
from server.database import Database
from server.formbook import publish
from server.settings import Settings
from server.tables import Record, RecordPhoto, StoredRevision
from sync.client import District
from sync.engine import Engine, State
from sync.errors import Refused, Unreachable
from sync.merge import fold
from tests.app.notebooks import CIPHER
from tests.server.phones import FORM, picture
from tests.sync.fakes import FAULTS, Line, faults

pytestmark = pytest.mark.anyio
BASE_URL = "https://beatbook.example"


@dataclass(frozen=True)
class Home:
    """A district with a school and two officers."""

    app: FastAPI
    database: Database
    school: str
    officer: str
    colleague: str

    def code(self, officer: str) -> str:
        with self.database.writing() as session:
            return enrolment.make_code(session, officer)

    def rows(self) -> list[dict[str, Any]]:
        """What `beatbook records --json` prints."""
        with self.database.reading() as session:
            return list(records.export(session, records.Filter()))

    def revisions(self) -> int:
        with self.database.reading() as session:
            return records.counts(session)["revisions"]


@dataclass
class Officer:
    """An officer with a phone: the notebook in a folder, and the road over a line that tests can disturb."""

    home: Home
    folder: Path
    notebook: Notebook
    engine: Engine
    line: Line

    def tap(self, summary: str, photo: dict[str, Any] | None = None, **more: Any) -> str:
        """Fills in a parent contact, saves it and gives the record's id."""
        draft = self.notebook.start("parent_contact")
        for name, value in {"channel": "phone", "summary": summary, "photo": photo, **more}.items():
            if value is not None:
                self.notebook.answer(draft.id, name, value)
        return self.notebook.save(draft.id).id

    def state(self, record: str) -> str:
        detail = self.notebook.record(record)
        assert detail is not None
        return detail.row.state


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    app = create_app(Settings(data=tmp_path / "var", base_url=BASE_URL, webapp=tmp_path / "webapp"))
    database: Database = app.state.database
    with database.writing() as session:
        district.create(session, "Test district", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North Middle School").id
        people = [
            district.add_officer(session, name, number, [school]).id for name, number in (("Ana", "1"), ("Lee", "2"))
        ]
    yield Home(app, database, school, *people)
    database.close()


@asynccontextmanager
async def phone(home: Home, folder: Path) -> AsyncIterator[Officer]:
    """A phone whose notebook is in this folder; closed at the end, as an app is."""
    notebook = await Notebook.open(OrdinaryFolder(folder), CIPHER, make_scaler(), fold)
    line = Line(httpx.ASGITransport(home.app).handle_async_request)
    engine = Engine(
        notebook,
        PlainDevice(),
        lambda base_url, device, token: District(base_url, device, token, transport=line),
        base_url=BASE_URL,
    )
    try:
        yield Officer(home, folder, notebook, engine, line)
    finally:
        notebook.close()


@pytest.fixture
async def ana(home: Home, tmp_path: Path) -> AsyncIterator[Officer]:
    """Officer Ana, enrolled."""
    async with phone(home, tmp_path / "ana") as officer:
        await officer.engine.enrol(home.code(home.officer))
        yield officer


@pytest.fixture
async def lee(home: Home, tmp_path: Path) -> AsyncIterator[Officer]:
    """Officer Lee of the same school, enrolled."""
    async with phone(home, tmp_path / "lee") as officer:
        await officer.engine.enrol(home.code(home.colleague))
        yield officer


def down(_: httpx.Request) -> str:
    return "drop request"


def fine(_: httpx.Request) -> None:
    return None


async def test_a_tap_with_the_network_off_becomes_a_row_at_the_district(home: Home, ana: Officer) -> None:
    ana.line.fault = down
    photo = await ana.notebook.add_photo(picture())
    record = ana.tap("Called about attendance", photo, minutes=12)
    await ana.engine.round()
    assert home.rows() == []
    assert ana.state(record) == "waiting"
    assert (ana.engine.status.state, ana.engine.status.waiting) == (State.TROUBLE, 1)

    ana.line.fault = fine
    await ana.engine.round()
    (row,) = home.rows()
    assert row["id"] == record
    assert row["answers"]["summary"] == "Called about attendance"
    assert row["officer"]["name"] == "Ana"
    assert row["photos"] == [{**photo, "here": True}]
    assert row["complete"]
    assert row["flags"] == []
    assert ana.state(record) == "district"
    assert ana.engine.status.state == State.ALL_AT_DISTRICT


async def test_a_record_is_at_the_district_only_with_its_photo(home: Home, ana: Officer) -> None:
    record = ana.tap("With a picture", await ana.notebook.add_photo(picture()))
    ana.line.fault = lambda request: "drop request" if request.method == "PUT" else None
    await ana.engine.round()
    assert not home.rows()[0]["complete"]
    assert ana.state(record) == "waiting"
    assert ana.engine.status.state == State.TROUBLE
    ana.line.fault = fine
    await ana.engine.round()
    assert home.rows()[0]["complete"]
    assert ana.state(record) == "district"


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "slow"])
async def test_whatever_happens_to_any_one_request_a_record_is_there_once(home: Home, ana: Officer, fault: str) -> None:
    for step in range(6):
        photo = await ana.notebook.add_photo(picture(size=(40 + step, 30)))
        ana.tap(f"number {step}", photo)
        ana.line.fault = faults(*[None] * step, fault)
        await ana.engine.round()
        ana.line.fault = fine
        await ana.engine.round()
        assert ana.engine.status.state == State.ALL_AT_DISTRICT
    rows = home.rows()
    assert sorted(row["answers"]["summary"] for row in rows) == [f"number {step}" for step in range(6)]
    assert all(row["complete"] and row["revisions"] == 1 and row["flags"] == [] for row in rows)
    assert home.revisions() == 6


async def test_what_waits_survives_the_end_of_the_app(home: Home, ana: Officer) -> None:
    ana.line.fault = down
    record = ana.tap("Before the battery went flat")
    await ana.engine.round()
    ana.notebook.close()
    async with phone(home, ana.folder) as again:
        assert again.engine.status.waiting == 1
        await again.engine.round()
        assert again.state(record) == "district"
    assert len(home.rows()) == 1


async def test_a_second_phone_sees_what_the_first_wrote_and_both_end_with_the_same_record(
    home: Home, ana: Officer, lee: Officer
) -> None:
    record = ana.tap("First words")
    await ana.engine.round()
    await lee.engine.round()
    detail = lee.notebook.record(record)
    assert detail is not None
    assert (detail.row.author_name, detail.answers["summary"]) == ("Ana", "First words")
    assert not detail.row.own

    # Both change it without seeing each other: Ana the minutes and the words, Lee the words.
    for officer, changes in ((ana, {"minutes": 5, "summary": "Ana's words"}), (lee, {"summary": "Lee's words"})):
        draft = officer.notebook.correct(record)
        for name, value in changes.items():
            officer.notebook.answer(draft.id, name, value)
        officer.notebook.save(draft.id)
    for officer in (ana, lee, ana):
        await officer.engine.round()
    views = [officer.notebook.record(record) for officer in (ana, lee)]
    (row,) = home.rows()
    assert row["revisions"] == 3
    for view in views:
        assert view is not None
        assert view.answers == row["answers"]
        assert view.answers["minutes"] == 5
        assert {value.value for value in view.conflicts["summary"]} == {"Ana's words", "Lee's words"}
    assert {value["value"] for value in row["conflicts"]["summary"]} == {"Ana's words", "Lee's words"}


async def test_a_record_that_was_unsealed_comes_back_to_every_phone_in_one_round(
    home: Home, ana: Officer, lee: Officer
) -> None:
    record = ana.tap("First words")
    for act in ("seal", "unseal"):
        for officer in (ana, lee):
            await officer.engine.round()
        with home.database.writing() as session:
            orders.order(session, record, act, "Order 12-345")
    for officer in (ana, lee):
        asked: list[httpx.Request] = []

        def note(request: httpx.Request, asked: list[httpx.Request] = asked) -> str | None:
            asked.append(request)
            return "drop request" if len(asked) == 9 else None

        officer.line.fault = note
        await officer.engine.round()
        assert len(asked) == 2, "what is new, and then everything once"
        detail = officer.notebook.record(record)
        assert detail is not None
        assert (detail.row.state, detail.answers["summary"]) == ("district", "First words")
        assert officer.engine.status.state == State.ALL_AT_DISTRICT


async def test_a_photo_that_waits_goes_with_the_record_that_was_expunged(home: Home, ana: Officer) -> None:
    photo = await ana.notebook.add_photo(picture())
    record = ana.tap("With a picture", photo)
    ana.line.fault = lambda request: "drop request" if request.method == "PUT" else None
    await ana.engine.round()
    with home.database.writing() as session:
        orders.order(session, record, "expunge", "Order 12-345")
    ana.line.fault = fine
    await ana.engine.round()
    assert ana.state(record) == "expunged"
    assert ana.engine.status.state == State.ALL_AT_DISTRICT
    await ana.notebook.tidy()
    assert await ana.notebook.photo(photo["sha256"]) is None
    assert not home.app.state.blobs.has(photo["sha256"])


async def test_a_photo_that_waits_arrives_at_a_restored_district_that_lost_its_record(home: Home, ana: Officer) -> None:
    lost = ana.tap("Before the backup")
    await ana.engine.round()
    record = ana.tap("After the backup", await ana.notebook.add_photo(picture()))
    ana.line.fault = lambda request: "drop request" if request.method == "PUT" else None
    await ana.engine.round()
    with home.database.writing() as session:  # what a backup of before does not have
        for table, column in ((RecordPhoto, RecordPhoto.record), (Record, Record.id)):
            session.execute(delete(table).where(column == record))
        session.execute(delete(StoredRevision).where(StoredRevision.record == record))
    ana.line.fault = fine
    await ana.engine.round()
    assert [ana.state(one) for one in (lost, record)] == ["district", "district"]
    assert all(row["complete"] for row in home.rows())
    assert len(home.rows()) == 2


async def test_a_photo_of_a_colleague_can_be_fetched(ana: Officer, lee: Officer) -> None:
    photo = await ana.notebook.add_photo(picture())
    ana.tap("Look at this", photo)
    await ana.engine.round()
    await lee.engine.round()
    assert await lee.notebook.photo(photo["sha256"]) is None
    assert await lee.engine.fetch_photo(photo["sha256"])
    data = await lee.notebook.photo(photo["sha256"])
    assert data is not None
    assert sha256(data) == photo["sha256"]
    assert not await lee.engine.fetch_photo(sha256(b"unheard of"))


async def test_a_record_the_district_refuses_can_be_corrected_and_the_others_go_on(home: Home, ana: Officer) -> None:
    bad, good = ana.tap("Too long a talk"), ana.tap("Fine")
    # The phone checks with the same form, so only a district that knows it differently can bring this about.
    strict = {**FORM, "fields": [{**field, "required": True} for field in FORM["fields"] if field["name"] != "photo"]}
    home.app.state.intake._forms._parsed[FORM["id"], FORM["version"]] = Form.parse(strict)
    draft = ana.notebook.correct(good)
    ana.notebook.answer(draft.id, "minutes", 3)
    ana.notebook.save(draft.id)
    await ana.engine.round()
    assert ana.state(bad) == "attention"
    assert (ana.engine.status.state, ana.engine.status.code) == (State.TROUBLE, "needs_attention")
    detail = ana.notebook.record(bad)
    assert detail is not None
    assert detail.row.problem is not None
    assert (detail.row.problem.code, detail.row.problem.field) == ("answers_refused", "minutes")
    draft = ana.notebook.correct(bad)
    ana.notebook.answer(draft.id, "minutes", 7)
    ana.notebook.save(draft.id)
    await ana.engine.round()
    assert ana.state(bad) == "district"


async def test_a_revoked_phone_loses_nothing_and_sends_after_it_is_enrolled_again(home: Home, ana: Officer) -> None:
    binding = ana.notebook.binding
    assert binding is not None
    record = ana.tap("Written before it knew")
    with home.database.writing() as session:
        district.revoke_device(session, binding.device)
    await ana.engine.round()
    assert (ana.engine.status.state, ana.engine.status.code) == (State.TROUBLE, "device_revoked")
    assert ana.engine.status.waiting == 1
    assert home.rows() == []
    await ana.engine.enrol(home.code(home.officer))
    await ana.engine.round()
    assert ana.state(record) == "district"
    assert len(home.rows()) == 1


async def test_a_code_works_once_and_says_what_is_wrong_otherwise(home: Home, tmp_path: Path) -> None:
    code = home.code(home.officer)
    with home.database.writing() as session:
        old = enrolment.make_code(session, home.officer, hours=-1)
    async with phone(home, tmp_path / "one") as one, phone(home, tmp_path / "two") as two:
        one.line.fault = faults("lose answer")
        with pytest.raises(Unreachable):
            await one.engine.enrol(code)
        await one.engine.enrol(code)  # the answer was lost, not the enrolment
        assert one.notebook.setup is not None
        assert one.engine.status.state == State.ALL_AT_DISTRICT
        for wrong, why in ((code, "used"), (old, "expired"), ("ABCDEFGHJKL", "wrong")):
            with pytest.raises(Refused) as caught:
                await two.engine.enrol(wrong)
            assert caught.value.code == f"enrol_code_{why}"
        assert two.notebook.binding is None


async def test_six_hundred_records_go_over_in_two_batches(home: Home, ana: Officer) -> None:
    asked: list[str] = []

    def note(request: httpx.Request) -> None:
        asked.append(f"{request.method} {request.url.path}")

    with ana.notebook.batch():  # one flush instead of 2,400, for the test's sake
        for number in range(600):
            ana.tap(f"number {number}")
    ana.line.fault = note
    await ana.engine.round()
    assert asked.count("POST /api/v1/revisions") == 2
    assert len(asked) == 3
    assert len(home.rows()) == 600
    assert ana.engine.status.state == State.ALL_AT_DISTRICT


def a_day_ago(officer: Officer) -> None:
    """The phone compared with the district so long ago that it is to do so again."""
    officer.notebook._facts.set("compared", (datetime.now(UTC) - timedelta(days=2)).isoformat())


async def test_what_a_phone_misses_unnoticed_is_found_and_fetched(ana: Officer, lee: Officer) -> None:
    record = ana.tap("Seen by both")
    for officer in (ana, lee):
        await officer.engine.round()
    lee.notebook._ledger._table.remove(where("record") == record)
    await lee.engine.round()
    assert not lee.notebook._ledger.of(record), "nothing is compared every time"
    a_day_ago(lee)
    await lee.engine.round()
    assert lee.state(record) == "district"
    assert (lee.notebook.disagrees, lee.notebook.is_comparing_due) == (True, True)
    await lee.engine.round()
    assert (lee.notebook.disagrees, lee.notebook.is_comparing_due) == (False, False)


async def test_a_phone_of_before_there_were_comparisons_compares_once(ana: Officer) -> None:
    ana.tap("Before")
    await ana.engine.round()
    ana.notebook._facts.forget("compared")
    asked: list[str] = []
    ana.line.fault = lambda request: asked.append(request.url.path)
    for _ in range(2):
        await ana.engine.round()
    assert [path for path in asked if path.endswith("/tally")] == ["/api/v1/tally"]


async def test_what_the_district_misses_unnoticed_is_found_and_offered_again(
    home: Home, ana: Officer, lee: Officer
) -> None:
    record = ana.tap("Lost by the district")
    await ana.engine.round()
    lee.tap("Not lost")
    await lee.engine.round()
    await ana.engine.round()
    with home.database.writing() as session:
        session.execute(delete(Record).where(Record.id == record))
        session.execute(delete(StoredRevision).where(StoredRevision.record == record))
    a_day_ago(ana)
    await ana.engine.round()
    assert record in {row["id"] for row in home.rows()}
    await ana.engine.round()
    assert not ana.notebook.disagrees


async def test_a_difference_that_cannot_be_mended_is_told_and_left_until_tomorrow(ana: Officer) -> None:
    ana.tap("Whatever")
    await ana.engine.round()
    row = ana.notebook._ledger._table.all()[0]
    ana.notebook._ledger._table.update({"hash": "f" * 64, "own": False}, doc_ids=[row.doc_id])
    a_day_ago(ana)
    for _ in range(3):
        await ana.engine.round()
    assert (ana.notebook.disagrees, ana.notebook.is_comparing_due) == (True, False)


async def test_a_batch_that_had_to_be_sent_again_leaves_no_doubt_about_the_next(home: Home, ana: Officer) -> None:
    ana.engine._line.strain = 4  # a record at a time
    for number in range(3):
        ana.tap(f"number {number}")
    ana.line.fault = faults("500")
    await ana.engine.round()
    await ana.engine.round()
    assert [row["flags"] for row in home.rows()] == [[], [], []]
