"""The chain of custody: what was signed holds, and whatever is changed afterwards is found."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.ids import canonical, sha256
from server import district, orders
from server.blobs import open_blobs
from server.cli import main
from server.custody import NotAnExport, Report, verify, write
from server.log import head
from server.stamp import Stamp, Stamper, holds
from server.tables import StoredRevision
from sync.protocol import STAMP_HEADER, Code, push_lines
from tests.server.conftest import Home
from tests.server.phones import Phone, photo_answer, picture

pytestmark = pytest.mark.usefixtures("client")
_NO_PHOTO = "No photo came along; the entries name 1."


@pytest.fixture
def filled(home: Home, phone: Phone) -> Home:
    """A district with six entries, a photo among them."""
    data = picture()
    first = phone.write({"channel": "phone", "photo": photo_answer(data)})
    second = phone.write({"channel": "person"}, record=first.record, parents=(first.hash,))
    phone.push(first, second, *(phone.write() for _ in range(4)))
    phone.put_photo(data)
    return home


def export(home: Home, path: Path, *, photos: bool = False) -> Path:
    with home.database.reading() as session:
        stamper = Stamper.of(home.settings.stamp_key_path)
        write(session, stamper, path, open_blobs(home.settings) if photos else None)
    return path


def changed(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> Path:
    """The same file with another log."""
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "log.ndjson":
                entries = [json.loads(line) for line in data.splitlines()]
                change(entries)
                data = b"".join(canonical(entry) + b"\n" for entry in entries)
            new.writestr(name, data)
    return out


def problems(path: Path, **known: Any) -> list[str]:
    return verify(path, **known).problems


def test_an_untouched_export_holds_with_its_photos(filled: Home, tmp_path: Path) -> None:
    report = verify(export(filled, tmp_path / "log.zip", photos=True))
    assert report == Report("Test district", report.key, entries=6, photos=1)


def test_an_export_without_its_photos_says_how_many_there_should_be(filled: Home, tmp_path: Path) -> None:
    report = verify(export(filled, tmp_path / "log.zip"))
    assert (report.problems, report.notes) == ([], [_NO_PHOTO])


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_changed_removed_put_in_or_moved_is_found(filled: Home, tmp_path: Path, seed: int) -> None:
    path, chance = export(filled, tmp_path / "log.zip"), random.Random(seed)  # noqa: S311 - picks what to break

    def breaks(entries: list[dict[str, Any]]) -> None:
        at = chance.randrange(len(entries))
        match seed % 6:
            case 0:
                entries[at]["revision"]["set"]["channel"] = "letter"
            case 1:
                del entries[at]
            case 2:
                entries.insert(at, {**entries[at], "hash": sha256(b"x")})
            case 3:
                other = (at + 1) % len(entries)
                entries[at], entries[other] = entries[other], entries[at]
            case 4:
                entries[at]["at"] = "2020-01-01T00:00:00.000+00:00"
            case _:
                entries[at]["revision"] = None

    assert problems(changed(path, breaks))


def test_an_entry_that_was_put_under_another_record_is_found(filled: Home, tmp_path: Path) -> None:
    path = export(filled, tmp_path / "log.zip")
    moved = changed(path, lambda entries: entries[3].update(record=entries[0]["record"]))
    assert problems(moved) == ["Entry 4 stands under another record than its content says."]


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff", b'{"seq": 3}', b'{"seq": "3"}', b"null"])
def test_a_line_that_cannot_be_read_any_more_is_found_and_the_others_are_checked(
    filled: Home, tmp_path: Path, line: bytes
) -> None:
    path, out = export(filled, tmp_path / "log.zip"), tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("manifest.json", old.read("manifest.json"))
        lines = old.read("log.ndjson").splitlines()
        new.writestr("log.ndjson", b"\n".join([*lines[:2], line, *lines[3:], b""]))
    report = verify(out)
    assert report.problems[:2] == [
        "A line after entry 2 cannot be read: it was changed.",
        "Entry 3 is missing: entry 4 comes after 2.",
    ]
    assert report.entries == 6


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"revision":{', b'"revision":{"set":{"summary":"put in"},'),  # of a name that is there twice the last is read
        (b'"seq":3}', b'"seq":3 }'),
    ],
)
def test_a_line_that_is_not_as_the_district_writes_it_is_found(
    filled: Home, tmp_path: Path, before: bytes, after: bytes
) -> None:
    path, out = export(filled, tmp_path / "log.zip"), tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("manifest.json", old.read("manifest.json"))
        lines = old.read("log.ndjson").splitlines()
        new.writestr("log.ndjson", b"\n".join([*lines[:2], lines[2].replace(before, after, 1), *lines[3:], b""]))
    assert verify(out).problems[0] == "A line after entry 2 cannot be read: it was changed."


def test_a_byte_that_was_changed_in_the_file_is_never_a_crash(filled: Home, tmp_path: Path) -> None:
    path = export(filled, tmp_path / "log.zip", photos=True)
    whole, told = path.read_bytes(), 0
    for at in range(0, len(whole), 7):
        broken = bytearray(whole)
        broken[at] ^= 1 << at % 8
        path.write_bytes(broken)
        try:
            told += bool(verify(path).problems)
        except NotAnExport:
            told += 1
    assert told > len(whole) // 7 * 0.8  # the others hit what nobody reads: times and rights of the files in the ZIP


def test_a_log_that_was_chained_anew_is_not_what_was_signed(filled: Home, tmp_path: Path) -> None:
    from server.log import link

    path = export(filled, tmp_path / "log.zip")

    def forge(entries: list[dict[str, Any]]) -> None:
        del entries[2]
        before = ""
        for seq, entry in enumerate(entries, 1):
            before = link(before, seq, entry["at"], entry["hash"])
            entry.update(seq=seq, link=before)

    assert "the district signed its end at 6" in " ".join(problems(changed(path, forge)))


def test_another_key_than_the_one_you_know_is_told(filled: Home, tmp_path: Path) -> None:
    path = export(filled, tmp_path / "log.zip")
    known = Stamper.of(filled.settings.stamp_key_path).public
    other = Stamper.of(tmp_path / "other.key").public
    assert problems(path, key=known) == []
    assert "It was signed with the key" in problems(path, key=other)[0]


def test_a_receipt_proves_what_the_district_had(filled: Home, phone: Phone, tmp_path: Path) -> None:
    revision = phone.write()
    answer = phone.send(push_lines([revision]))
    stamp = answer.headers[STAMP_HEADER]
    [verdict] = [json.loads(line) for line in answer.content.splitlines()]
    receipts = tmp_path / "receipts.json"
    kept = {"hash": revision.hash, "seq": verdict["seq"], "at": verdict["at"]}
    receipts.write_text(json.dumps({"receipts": [kept], "stamps": [stamp]}))
    phone.push(phone.write())
    assert problems(export(filled, tmp_path / "log.zip"), receipts=receipts) == []

    with filled.database.writing() as session:  # somebody with the database removes the end of the log
        session.execute(delete(StoredRevision).where(StoredRevision.seq >= verdict["seq"]))
    found = " ".join(problems(export(filled, tmp_path / "log.zip"), receipts=receipts))
    assert f"A receipt was given for a revision that is not here: {revision.hash}" in found
    assert f"The log ends before entry {verdict['seq']}, which the district signed" in found


def test_a_row_that_was_edited_in_the_database_is_found(filled: Home, tmp_path: Path) -> None:
    with filled.database.writing() as session:
        session.execute(update(StoredRevision).where(StoredRevision.seq == 3).values(hash=sha256(b"x")))
    assert problems(export(filled, tmp_path / "log.zip"))


def test_a_clock_that_was_set_back_is_worth_a_note(filled: Home, phone: Phone, tmp_path: Path) -> None:
    phone.push(phone.write(mono=10_000), phone.write(mono=10_000_000))
    report = verify(export(filled, tmp_path / "log.zip"))
    assert (report.problems, report.notes) == ([], ["Entry 8: its device's clock was set back before it.", _NO_PHOTO])


def test_expunged_content_is_missing_by_order_and_by_nothing_else(filled: Home, tmp_path: Path) -> None:
    with filled.database.reading() as session:
        record = session.get_one(StoredRevision, 1).record
    with filled.database.writing() as session:
        orders.order(session, record, "expunge", "Order 12-345")
    report = verify(export(filled, tmp_path / "log.zip"))
    assert (report.problems, report.erased) == ([], 1)
    with filled.database.writing() as session:
        session.execute(update(StoredRevision).where(StoredRevision.seq == 4).values(body=""))
    assert "has no content, and no order" in problems(export(filled, tmp_path / "log.zip"))[0]


def test_the_chain_of_a_phone_goes_on_behind_what_was_expunged(filled: Home, phone: Phone, tmp_path: Path) -> None:
    first = phone.write()
    phone.push(first, phone.write())
    with filled.database.writing() as session:
        orders.order(session, first.record, "expunge", "Order 12-345")
    report = verify(export(filled, tmp_path / "log.zip"))
    assert (report.problems, report.notes, report.erased) == ([], [_NO_PHOTO], 1)


@pytest.mark.parametrize(
    "said", ["[]", "{", '{"receipts": [{"hash": 1}]}', '{"receipts": 5}', '{"stamps": ["x"]}', '{"stamps": 1}', "\xff"]
)
def test_what_is_no_file_of_receipts_is_named(filled: Home, tmp_path: Path, said: str) -> None:
    receipts = tmp_path / "receipts.json"
    receipts.write_bytes(said.encode("latin-1"))
    with pytest.raises(NotAnExport, match=r"receipts\.json is no file of receipts"):
        verify(export(filled, tmp_path / "log.zip"), receipts=receipts)


@pytest.mark.parametrize("key", ["", "junk", "x", "ü", "A" * 43])
def test_what_is_no_key_is_named(filled: Home, tmp_path: Path, key: str) -> None:
    with pytest.raises(NotAnExport, match="no public key"):
        verify(export(filled, tmp_path / "log.zip"), key=key)


def test_a_photo_that_was_changed_is_found(filled: Home, tmp_path: Path) -> None:
    path = export(filled, tmp_path / "log.zip", photos=True)
    out = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"x" if name.startswith("photos/") else b""))
    assert problems(out)[0].startswith("The photo")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_export_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(NotAnExport, match="is no export of beatbook custody"):
        verify(path)


def test_the_commands_write_check_and_tell(
    filled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEATBOOK_DATA", str(filled.settings.data))

    def run(*words: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        return ended.value.code or 0

    path = str(tmp_path / "log.zip")
    assert run("custody", path, "--photos") == 0
    assert run("verify", path) == 0
    assert "6 entries, 1 photos, 0 expunged" in capsys.readouterr().out
    broken = changed(Path(path), lambda entries: entries.pop(1))
    assert run("verify", str(broken)) == 1
    assert "PROBLEM: Entry 2 is missing" in capsys.readouterr().out
    assert run("custody") == 0
    assert Stamper.of(filled.settings.stamp_key_path).public in capsys.readouterr().out
    assert run("verify", str(filled.settings.stamp_key_path)) == 2


def test_every_answer_with_revisions_is_signed(filled: Home, phone: Phone) -> None:
    public = Stamper.of(filled.settings.stamp_key_path).public
    with filled.database.reading() as session:
        home, end = district.the_district(session).id, head(session)
    stamp = Stamp.read(phone.get("/revisions?after=0").headers[STAMP_HEADER])
    assert (stamp.seq, stamp.link) == (end.seq, end.link)
    assert holds(stamp, home, public)
    assert not holds(stamp, filled.school, public)


def test_a_phone_ahead_of_a_restored_district_is_told_so(filled: Home, phone: Phone) -> None:
    seen = phone.get("/revisions?after=0").headers[STAMP_HEADER].rpartition(".")[0]
    assert phone.get("/revisions?after=6", **{STAMP_HEADER: seen}).status_code == 200
    with filled.database.writing() as session:  # an older backup
        session.execute(delete(StoredRevision).where(StoredRevision.seq > 4))
    for address, headers in (("/revisions?after=0", {STAMP_HEADER: seen}), ("/revisions?after=6", {})):
        answer = phone.get(address, **headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, Code.DISTRICT_RESTORED)
    assert phone.get("/revisions?after=0", **{STAMP_HEADER: "no stamp"}).status_code == 400
