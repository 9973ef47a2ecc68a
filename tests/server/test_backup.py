"""A district comes back from its backup as it was, on any kind of database and store; or nothing is changed."""

import json
import sqlite3
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.ids import sha256
from app.tags import hash_code
from server import district, enrolment
from server.backup import LEFT_OUT, _Pieces, back_up
from server.blobs import Blobs, open_blobs
from server.changes import set_place_photo
from server.database import Database, open_database
from server.district import DistrictError
from server.log import head, link
from server.restore import restore
from server.settings import Settings
from server.tables import AuditEntry, HandIn, Place, Record, StoredRevision, Table
from server.times import iso
from sync.protocol import RESTORED_HEADER, STAMP_HEADER, Code, push_lines
from tests.postgres import Postgres
from tests.server.client import open_client
from tests.server.conftest import BASE_URL, Home, make_home
from tests.server.dumps import SCHEMAS, load
from tests.server.phones import Phone, photo_answer, picture

Rows = dict[str, list[dict[str, Any]]]


def rows_of(database: Database) -> Rows:
    """Everything in the tables that a backup has."""
    with database.reading() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in Table.metadata.sorted_tables
            if table.name not in LEFT_OUT
        }


def restored(rows: Rows) -> Rows:
    """The same as a restore makes them: no phone was seen since, so that each is told."""
    return {**rows, "devices": [{**device, "last_seen": enrolment.UNTOLD} for device in rows["devices"]]}


def lived(home: Home) -> Home:
    """The district after a day: records, photos, one on a card, sealed files of a wiped phone."""
    with home.database.writing() as session:
        code = enrolment.make_code(session, home.officer)
        session.add(HandIn(vault="a" * 32, officer=home.officer, token_hash="", files={}))
        district.set_photo(session, home.both, _keep(home.settings, picture(colour="red")))
        door = session.get_one(Place, home.place)
        set_place_photo(session, door, _keep(home.settings, picture(colour="green")), who="test")
    with open_client(home.app, BASE_URL) as client:
        phone = Phone(client, home.officer, home.school)
        phone.enrol(code)
        first = phone.write({"channel": "phone", "photo": photo_answer(picture()), "summary": "Ünïcode \u2028 line"})
        phone.push(first, phone.write({"channel": "person"}, record=first.record, parents=(first.hash,)), phone.write())
        phone.put_photo(picture())
    sealed = home.settings.leftovers_path / ("a" * 32 + "-" + home.officer) / "journal-000001"
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"sealed")
    return home


def _keep(settings: Settings, data: bytes) -> str:
    name = sha256(data)
    with open_blobs(settings).receive() as incoming:
        incoming.write(data)
        incoming.keep(name)
    return name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "district.backup"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """A server that has nothing yet."""
    return Settings(data=tmp_path / "elsewhere", base_url=BASE_URL)


def written(home: Home, file: Path) -> Path:
    back_up(home.database, open_blobs(home.settings), home.settings, file)
    return file


def test_a_district_moves_to_another_kind_of_database_and_store(
    home: Home, file: Path, elsewhere: Settings, postgres: Postgres, bucket: str
) -> None:
    before = rows_of(lived(home).database)
    with postgres.database() as url:
        for number, there in enumerate((replace(elsewhere, database_url=url, blobs_url=bucket), elsewhere)):
            database, blobs = open_database(there), open_blobs(there)
            kept = restore(database, blobs, there, written(home, file.with_name(str(number))))
            assert (kept.rows["records"], kept.photos, kept.missing) == (2, 3, 0)
            after = rows_of(database)
            assert after.pop("audit")[:-1] == before["audit"]
            assert after.items() <= restored(before).items()
            assert blobs.path(sha256(picture())).read_bytes() == picture()
            assert blobs.path(sha256(picture(colour="red"))).read_bytes() == picture(colour="red")
            sealed = [path.read_bytes() for path in there.leftovers_path.rglob("*") if path.is_file()]
            assert sealed == [b"sealed"]
            database.close()


def test_numbers_go_on_behind_those_of_the_backup(home: Home, file: Path) -> None:
    written(lived(home), file)
    restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    with home.database.writing() as session:
        district.audit(session, "cli", "looked-at", "it")
        session.flush()
        numbers = list(session.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq)))
        assert numbers == sorted(set(numbers))
        code = enrolment.make_code(session, home.officer)
    with open_client(home.app, BASE_URL) as client:
        phone = Phone(client, home.officer, home.school)
        phone.enrol(code)
        assert [verdict.seq for verdict in phone.push(phone.write())] == [4]


def test_a_phone_that_was_told_more_than_the_backup_has_hears_of_it(home: Home, file: Path, phone: Phone) -> None:
    kept, lost = phone.write(), phone.write()
    phone.push(kept)
    known = phone.get("/revisions?after=0").headers[STAMP_HEADER].rpartition(".")[0]
    written(home, file)
    phone.push(lost)
    told = phone.get("/revisions?after=1").headers[STAMP_HEADER].rpartition(".")[0]
    restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    assert phone.get("/revisions?after=2").status_code == 409
    assert phone.get("/revisions?after=0&own=true").status_code == 200
    assert phone.get("/revisions?after=1", **{STAMP_HEADER: known}).status_code == 200
    phone.push(phone.write())
    answer = phone.get("/revisions?after=2", **{STAMP_HEADER: told})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, Code.DISTRICT_RESTORED)
    before = phone.send(push_lines([kept]), **{STAMP_HEADER: told})
    assert (before.status_code, before.json()["error"]["code"]) == (409, Code.DISTRICT_RESTORED)
    assert [verdict.seq for verdict in phone.push(kept, lost)] == [1, 3]


def test_every_phone_hears_of_a_restore_until_it_offers_everything_again(home: Home, file: Path, phone: Phone) -> None:
    phone.push(phone.write())
    told = {STAMP_HEADER: phone.get("/revisions?after=0").headers[STAMP_HEADER].rpartition(".")[0]}
    written(home, file)
    restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    assert phone.get("/revisions?after=1&own=false", **told).status_code == 409
    for _ in range(2):  # the log is as long as before, and an answer may be lost
        answer = phone.get("/revisions?after=1", **told)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, Code.DISTRICT_RESTORED)
        assert phone.get("/setup").status_code == 200
    assert phone.get("/revisions?after=0&own=true").status_code == 200
    assert phone.get("/revisions?after=1", **told).status_code == 200


def test_of_each_restore_a_phone_hears_even_of_a_second_one_of_the_same_backup(
    home: Home, file: Path, phone: Phone
) -> None:
    phone.push(phone.write())
    written(home, file)
    names: list[str] = []
    for _ in range(2):
        restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
        known = names[-1] if names else ""
        answer = phone.get(f"/revisions?after=0&own=true&restored={known}")
        assert answer.status_code == 409, "it asks for its own because of another restore, or of something else"
        names.append(answer.headers[RESTORED_HEADER])
    assert names[0] != names[1]
    assert phone.get(f"/revisions?after=0&own=true&restored={names[1]}").status_code == 200
    assert phone.get("/revisions?after=1").status_code == 200


def test_records_are_replaced_only_where_that_was_asked_for(home: Home, file: Path) -> None:
    written(lived(home), file)
    blobs = open_blobs(home.settings)
    before = rows_of(home.database)
    with pytest.raises(DistrictError, match="--replace"):
        restore(home.database, blobs, home.settings, file)
    assert rows_of(home.database) == before
    restore(home.database, blobs, home.settings, file, replace=True)
    assert {name: rows for name, rows in rows_of(home.database).items() if name != "audit"}.items() <= restored(
        before
    ).items()


def test_a_backup_has_no_keys_no_codes_and_no_sign_ins_and_is_for_this_user_only(home: Home, file: Path) -> None:
    home.settings.secret_key()
    with home.database.writing() as session:
        code = enrolment.make_code(session, home.officer)
    written(lived(home), file)
    with tarfile.open(file) as tar:
        names = tar.getnames()
        said = b"".join(part.read() for name in names if (part := tar.extractfile(name)))
    assert not {name for name in names if "key" in name or any(left in name for left in LEFT_OUT)}
    assert hash_code(code).encode() not in said
    assert home.settings.secret_key() not in said
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_no_file_and_leaves_no_half_of_one(
    home: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"mine")
    with pytest.raises(DistrictError, match="overwrites nothing"):
        written(home, file)
    assert file.read_bytes() == b"mine"
    monkeypatch.setattr("server.backup._tables", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        written(home, file.with_name("other"))
    assert list(file.parent.glob("other*")) == []


class Whole:
    """A backup, and what is in it. No dataclass: Hypothesis shows what a test that fails was given, and would warn of
    30 kB of it instead of saying what failed.
    """

    def __init__(self, data: bytes, rows: Rows) -> None:
        self.data, self.rows = data, rows


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A backup, and what is in it."""
    folder = tmp_path_factory.mktemp("whole")
    home = lived(make_home(Settings(data=folder / "var", base_url=BASE_URL)))
    made = Whole(written(home, folder / "file").read_bytes(), rows_of(home.database))
    home.database.close()
    return made


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 1 << 32), bit=st.integers(0, 7), cut=st.booleans())
def test_a_backup_that_is_cut_off_or_damaged_changes_nothing(
    home: Home, file: Path, whole: Whole, where: int, bit: int, cut: bool
) -> None:
    good = whole.data
    at = where % len(good)
    file.write_bytes(good[:at] + (b"" if cut else bytes([good[at] ^ 1 << bit]) + good[at + 1 :]))
    before = rows_of(home.database)
    said = ""
    try:
        restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    except DistrictError as error:
        said = str(error)
    if said:
        assert "Nothing was changed" in said
        assert rows_of(home.database) == before
    else:  # what was hit says nothing of what is in it: gzip's head, or the padding between the pieces
        after = rows_of(home.database)
        assert all(after[name] == rows for name, rows in restored(whole.rows).items() if name != "audit")


def test_a_backup_of_a_newer_version_is_refused(home: Home, file: Path) -> None:
    with tarfile.open(file, "w:gz") as tar:
        pieces = _Pieces(tar)
        pieces.add("about.json", json.dumps({"format": 1, "app": "9.9", "tables": "9999"}).encode())
        pieces.add("sums.json", json.dumps(pieces.sums).encode())
    with pytest.raises(DistrictError, match="newer Beatbook"):
        restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)


def test_a_backup_of_an_older_version_becomes_todays(home: Home, file: Path, tmp_path: Path) -> None:
    load((SCHEMAS / "0001.sql").read_text("utf-8"), tmp_path / "old.sqlite")
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as old, tarfile.open(file, "w:gz") as tar:
        old.row_factory = sqlite3.Row
        pieces = _Pieces(tar)
        about = {"format": 1, "app": "0.1.0", "tables": "0001", "at": "2026-11-25T04:30:00.000Z"}
        pieces.add("about.json", json.dumps(about).encode())
        for table in (
            "officers",
            "schools",
            "district",
            "forms",
            "postings",
            "devices",
            "revisions",
            "records",
            "audit",
        ):
            rows = [_plain(dict(row)) for row in old.execute(f"SELECT * FROM {table}")]  # noqa: S608
            pieces.add(f"tables/{table}/000000.ndjson", b"".join(json.dumps(row).encode() + b"\n" for row in rows))
        pieces.add("sums.json", json.dumps(pieces.sums).encode())
    restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    with home.database.reading() as session:
        assert head(session).seq == 2
        assert [record.standing for record in session.scalars(select(Record))] == ["live", "live"]
        assert district.the_district(session).name == "Test district"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of SQLite's as a backup has it."""
    for name, value in row.items():
        if isinstance(value, str) and name not in ("body", "title") and value[:1] in ("[", "{"):
            row[name] = json.loads(value)
        elif name.endswith("_at") or name in ("at", "since", "last_seen"):
            row[name] = value and (value if "+" in value or "Z" in value else value + "+00:00")
        elif name in ("active", "demo"):
            row[name] = bool(value)
    return row


def test_a_backup_taken_under_load_is_one_moment_and_has_all_that_was_accepted_before(
    home: Home, file: Path, elsewhere: Settings, new_phone: Callable[..., Phone]
) -> None:
    phones = [new_phone() for _ in range(3)]
    accepted: list[str] = []
    go_on = True

    def work(phone: Phone) -> None:
        while go_on:
            accepted.extend(verdict.hash for verdict in phone.push(*(phone.write() for _ in range(3))))

    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(work, phone) for phone in phones]
        while len(accepted) < 30:
            assert not any(one.done() for one in working)
        before = set(accepted)
        written(home, file)
        go_on = False
        for one in working:
            one.result()
    database = open_database(elsewhere)
    restore(database, open_blobs(elsewhere), elsewhere, file)
    with database.reading() as session:
        entries = list(session.scalars(select(StoredRevision).order_by(StoredRevision.seq)))
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        end = ""
        for entry in entries:
            end = link(end, entry.seq, iso(entry.received_at), entry.hash)
            assert entry.link == end
        assert before <= {entry.hash for entry in entries} <= set(accepted)
        assert {entry.record for entry in entries} == set(session.scalars(select(Record.id)))
    database.close()


def test_a_photo_that_is_not_in_the_backup_is_asked_for_again(home: Home, file: Path, phone: Phone) -> None:
    revision = phone.write({"channel": "phone", "photo": photo_answer(picture())})
    phone.push(revision)
    phone.put_photo(picture())
    blobs = open_blobs(home.settings)
    blobs.remove(sha256(picture()))
    assert back_up(home.database, blobs, home.settings, file).missing == 1
    assert restore(home.database, blobs, home.settings, file, replace=True).missing == 1
    (verdict,) = phone.push(revision)
    assert (verdict.safe, verdict.seq, verdict.missing) == (True, 1, (sha256(picture()),))
    assert phone.put_photo(picture()).status_code == 201
    with home.database.reading() as session:
        assert list(session.scalars(select(Record.missing))) == [0]


@pytest.mark.parametrize("damage", [b"", b"another"])
def test_a_damaged_photo_is_named_and_spoils_neither_backup_nor_restore(
    home: Home, file: Path, phone: Phone, damage: bytes
) -> None:
    whole, spoiled = picture(), picture(size=(30, 20))
    revisions = [phone.write({"channel": "phone", "photo": photo_answer(data)}) for data in (whole, spoiled)]
    phone.push(*revisions)
    for data in (whole, spoiled):
        phone.put_photo(data)
    blobs, name = open_blobs(home.settings), sha256(spoiled)
    before = file.with_name("before")
    blobs.path(name).write_bytes(damage)
    with pytest.MonkeyPatch.context() as patch:  # as the first version wrote it
        patch.setattr(Blobs, "read", lambda blobs, sha256: blobs.path(sha256).read_bytes())
        written(home, before)
    assert back_up(home.database, blobs, home.settings, file).damaged == [name]
    for backup in (file, before):
        kept = restore(home.database, blobs, home.settings, backup, replace=True)
        assert (kept.photos, kept.missing, kept.damaged) == (1, 1, [name] if backup == before else [])
        assert blobs.read(sha256(whole)) == whole
        assert [verdict.missing for verdict in phone.push(*revisions)] == [(), (name,)]
    assert phone.put_photo(spoiled).status_code == 201
    assert blobs.read(name) == spoiled


def test_an_account_and_a_school_of_after_the_backup_come_back_under_their_ids(
    home: Home, file: Path, client: httpx.Client
) -> None:
    written(home, file)

    def add(lost: dict[str, str]) -> tuple[str, str, str]:
        with home.database.writing() as session:
            school = district.add_school(session, "East", lost_id=lost.get("school")).id
            officer = district.add_officer(session, "Kim Ash", "777", [school], lost_id=lost.get("officer")).id
            return school, officer, enrolment.make_code(session, officer)

    school, officer, code = add({})
    phone = Phone(client, officer, school)
    phone.enrol(code)
    record = phone.write()
    assert [verdict.safe for verdict in phone.push(record)] == [True]
    restore(home.database, open_blobs(home.settings), home.settings, file, replace=True)
    assert phone.send(push_lines([record])).json()["error"]["code"] == Code.DEVICE_UNKNOWN
    with home.database.writing() as session, pytest.raises(DistrictError, match="no id"):
        district.add_school(session, "East", lost_id="East")
    *_, code = add({"school": school, "officer": officer})
    with home.database.writing() as session, pytest.raises(DistrictError, match="here already"):
        district.add_officer(session, "Kim Ash", "778", [], lost_id=officer)
    assert phone.enrol(code).status_code == 200
    assert [verdict.safe for verdict in phone.push(record)] == [True]
