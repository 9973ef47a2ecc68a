"""What IT does with a hand-in: `beatbook escrow`, on what real phones left, whole, damaged and not theirs."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from app.escrow import make_pair
from app.ids import canonical, sha256
from app.notebook import Notebook
from server import district
from server.cli import beatbook
from server.district import DistrictError
from server.leftovers import waiting
from server.tables import AuditEntry, District, Posting
from tests.journeys.wiped import Home, Phone, written
from tests.server.phones import picture

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Desk:
    """IT at a terminal."""

    home: Home

    async def run(self, *words: str, **environment: str) -> str:
        """What `beatbook` prints. Raises DistrictError, which it prints as a sentence."""
        settings = {"BEATBOOK_DATA": str(self.home.settings.data), **environment}
        done = await asyncio.to_thread(CliRunner().invoke, beatbook, list(words), env=settings)
        if done.exception is not None:
            assert isinstance(done.exception, DistrictError), done.exception
            raise done.exception
        return done.output

    async def refuses(self, *words: str, **environment: str) -> str:
        """The sentence of a command that does nothing."""
        with pytest.raises(DistrictError) as caught:
            await self.run(*words, **environment)
        return str(caught.value)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(tmp_path)
    yield home
    home.database.close()


@pytest.fixture
def desk(home: Home) -> Desk:
    return Desk(home)


async def handed_in(
    home: Home, name: str = "ana", fill: Callable[[Notebook], object] = lambda _: None, *, photos: int = 1
) -> Path:
    """A phone of Ana's with a record and some photos, wiped and handed in; gives the folder at the district."""
    phone = Phone.at(home, home.folder / name)
    await phone.enrol()
    async with phone.unlocked() as (_, notebook, _engine):
        for number in range(photos):
            written(notebook, f"number {number}", await notebook.add_photo(picture(size=(40 + number, 30))))
        fill(notebook)
    await (await phone.vault()).wipe()
    before = set(home.settings.leftovers_path.glob("*"))
    await phone.hand_in(home.code())
    [folder] = set(home.settings.leftovers_path.glob("*")) - before
    return folder


def journal(folder: Path) -> Path:
    [found] = folder.glob("journal-*")
    return found


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


async def test_the_escrow_is_switched_on_looked_at_and_off(home: Home, desk: Desk) -> None:
    assert "escrow is off" in await desk.run("escrow", "status")
    said = await desk.run("escrow", "on")
    [name] = re.findall(r"key ((?:[0-9a-f]{4}-){3}[0-9a-f]{4})", said)
    key = home.settings.escrow_key_path
    before = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert name in await desk.run("escrow", "on")
    assert key.read_bytes() == before
    assert name in await desk.run("escrow", "status")
    key.rename(key.with_name("elsewhere"))
    assert "is not in" in await desk.run("escrow", "status")
    assert "BEATBOOK_ESCROW_KEY" in await desk.refuses("escrow", "on")
    elsewhere = str(key.with_name("elsewhere"))
    assert "its private key is in" in await desk.run("escrow", "status", BEATBOOK_ESCROW_KEY=elsewhere)
    await desk.run("escrow", "off")
    assert "escrow is off" in await desk.run("escrow", "status")
    assert name not in await desk.run("escrow", "on")
    assert "switch the escrow off first" in await desk.refuses("escrow", "on", BEATBOOK_ESCROW_KEY=elsewhere)


async def test_the_private_key_is_in_no_table_and_in_no_setup(home: Home) -> None:
    home.escrow()
    body = b"".join(home.settings.escrow_key_path.read_bytes().splitlines()[1:-1])
    for path in home.settings.data.glob("district.sqlite*"):
        assert body not in path.read_bytes().replace(b"\n", b"")
    with home.database.reading() as session:
        assert body[:40].decode() not in json.dumps(district.the_district(session).policy)


async def test_a_hand_in_is_seen_opened_and_noted(home: Home, desk: Desk) -> None:
    home.escrow()
    assert "Nothing waits" in await desk.run("escrow", "open")
    folder = await handed_in(home, fill=lambda notebook: written(notebook, "a draft", save=False))
    vault = folder.name[:32]
    assert f"{vault}  Ana (1)" in await desk.run("escrow", "status")
    assert "Nothing waits" in await desk.run("escrow", "open", "--officer", "2")
    said = await desk.run("escrow", "open", "--officer", "1")
    assert "Taken in: 1 change of records, 1 photo." in said
    assert "Drafts that were never saved: 1." in said
    assert "All of the notebook could be read." in said
    assert "The sealed files are gone." in said
    assert not folder.exists()
    assert "Nothing waits" in await desk.run("escrow", "open")
    with home.database.reading() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.what == "escrow-opened"))
    assert entry.who == "cli"
    assert entry.subject.startswith(f"{vault} {home.officer} 1 taken")
    for path in home.settings.data.rglob("*"):  # in the clear are the tables, the photos and the report, no more
        clear = ("district.sqlite", "escrow.key", "secret.key", "stamp.key")
        assert path.is_dir() or path.parts[-2] == "recovered" or path.name.startswith(clear) or "blobs" in path.parts


async def test_another_key_opens_nothing_and_says_which_it_needs(home: Home, desk: Desk, tmp_path: Path) -> None:
    home.escrow()
    folder = await handed_in(home)
    other = tmp_path / "other.pem"
    other.write_bytes(make_pair()[0])
    said = await desk.refuses("escrow", "open", BEATBOOK_ESCROW_KEY=str(other))
    assert re.search(r"sealed to the key (\S+), and this is (\S+): it is an earlier key", said)
    other.write_text("no key at all")
    assert "holds no key" in await desk.refuses("escrow", "open", BEATBOOK_ESCROW_KEY=str(other))
    assert "There is no key" in await desk.refuses("escrow", "open", BEATBOOK_ESCROW_KEY=str(tmp_path / "nothing"))
    assert folder.exists()
    assert home.rows() == []
    await desk.run("escrow", "open")
    assert len(home.rows()) == 1


async def test_another_districts_notebook_is_taken_in_for_nobody(home: Home, desk: Desk) -> None:
    home.escrow()
    folder = await handed_in(home)
    with home.database.writing() as session:
        here = district.the_district(session)
        columns = {c.name: getattr(here, c.name) for c in District.__table__.columns if c.name != "id"}
        session.delete(here)
        session.flush()
        session.add(District(**columns))
    assert "notebook of another district" in await desk.refuses("escrow", "open")
    assert folder.exists()
    assert home.rows() == []


def _without_escrow(whole: dict[str, object]) -> None:
    whole["slots"] = [{"kind": "pin", "salt": "A" * 22 + "==", "rounds": 1, "sealed": "A" * 80}]
    del whole["escrow"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "vault is garbled"),
        (_without_escrow, "never sealed to a district"),
        (lambda whole: whole.update(id="A" * 22 + "=="), "another one than was announced"),
        (lambda whole: whole.update(format=2), "newer version"),
        (lambda whole: whole["escrow"].update(sealed="A" * 152), "is garbled"),
        (lambda whole: whole["escrow"].update(sealed=""), "is garbled"),
    ],
)
async def test_a_vault_that_cannot_be_used_is_named_and_nothing_is_removed(
    home: Home, desk: Desk, change: Callable[[dict[str, object]], None] | None, said: str
) -> None:
    home.escrow()
    folder = await handed_in(home)
    path = folder / "vault.json"
    whole = json.loads(path.read_bytes())
    del whole["sum"]
    if change is None:
        flip(path, 30)
    else:
        change(whole)
        path.write_bytes(canonical({**whole, "sum": sha256(canonical(whole))}))
    assert said in await desk.refuses("escrow", "open")
    assert folder.exists()
    assert home.rows() == []


async def test_of_a_damaged_notebook_all_that_is_readable_comes_and_the_rest_is_counted(home: Home, desk: Desk) -> None:
    home.escrow()
    folder = await handed_in(home, photos=4)
    data = journal(folder).read_bytes()
    flip(journal(folder), len(data) // 2)
    one, *_ = folder.glob("photo-*")
    flip(one, 100)
    said = await desk.run("escrow", "open")
    assert re.search(r"Not readable: \d parts? \(.*1 in photos", said)
    assert len(home.rows()) >= 3
    assert sum(row["complete"] for row in home.rows()) >= 2


async def test_one_hand_in_that_cannot_be_opened_holds_up_no_other(home: Home, desk: Desk) -> None:
    home.escrow()
    bad, good = await handed_in(home, "bad"), await handed_in(home, "good")
    flip(bad / "vault.json", 30)
    assert "vault is garbled" in await desk.refuses("escrow", "open")
    assert bad.exists()
    assert not good.exists()
    assert len(home.rows()) == 1


async def test_what_came_of_an_unfinished_hand_in_can_be_opened_and_the_rest_later(home: Home, desk: Desk) -> None:
    home.escrow()
    phone = Phone.at(home, home.folder / "ana")
    await phone.enrol()
    async with phone.unlocked() as (_, notebook, _engine):
        written(notebook, "Words", await notebook.add_photo(picture()))
    await (await phone.vault()).wipe()
    phone.line.fault = lambda request: "drop request" if "photo-" in str(request.url) else None
    code = home.code()
    with pytest.raises(Exception, match="unreachable"):
        await phone.hand_in(code)
    assert "1 of 3 files are still to come" in await desk.run("escrow", "status")
    assert "Still coming in: 1" in await desk.run("escrow", "open")
    assert home.rows() == []
    assert "The sealed files stay" in await desk.run("escrow", "open", "--incomplete")
    assert [row["complete"] for row in home.rows()] == [False]
    phone.line.fault = lambda _: None
    await phone.hand_in(code)
    await desk.run("escrow", "open")
    assert [(row["complete"], row["revisions"]) for row in home.rows()] == [(True, 1)]


async def test_what_the_district_refuses_is_in_the_report_with_its_reason_and_its_photo(home: Home, desk: Desk) -> None:
    home.escrow()
    folder = await handed_in(home)
    with home.database.writing() as session:
        session.execute(delete(Posting))  # it was a mistake and never so
    said = await desk.run("escrow", "open")
    assert "Refused: 1 change" in said
    [report] = home.settings.recovered_path.glob("*.json")
    [refused] = json.loads(report.read_text("utf-8"))["refused"]
    assert refused["why"]["code"] == "wrong_school"
    answers = {answer["name"]: answer for answer in refused["answers"]}
    assert answers["summary"]["answer"] == "number 0"
    assert (report.parent / answers["photo"]["photo"]).exists()
    assert not folder.exists()


async def test_a_mixed_up_code_is_put_right_with_move(home: Home, desk: Desk) -> None:
    home.escrow()
    phone = Phone.at(home, home.folder / "ana")
    await phone.enrol()
    async with phone.unlocked() as (_, notebook, _engine):
        written(notebook, "Mine")
    await (await phone.vault()).wipe()
    await phone.hand_in(home.code(home.colleague))
    said = await desk.refuses("escrow", "open")
    [words] = re.findall(r"beatbook (escrow move \S+ \S+)", said)
    assert "There is no hand-in" in await desk.refuses("escrow", "move", "f" * 32, "1")
    assert "Ana's now" in await desk.run(*words.split())
    await desk.run("escrow", "open")
    assert [row["officer"]["name"] for row in home.rows()] == ["Ana"]
    with home.database.reading() as session:
        assert waiting(session) == []
