"""A forgotten PIN: what was never sent reaches the district all the same, once, whatever happens on the way.

The real notebook, vault, client, server and SQLite; only the screen and the socket are missing.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.files import FileTrouble
from app.ids import sha256
from app.vault_trouble import Wiped, WrongSecret
from server import district, enrolment
from server.brakes import Brakes
from server.leftovers import waiting
from sync.errors import DistrictTrouble, Refused, RoadError, Unreachable
from sync.leftovers import Progress
from tests.journeys.wiped import PIN, Home, Phone, written
from tests.server.phones import picture
from tests.sync.fakes import FAULTS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(tmp_path)
    yield home
    home.database.close()


@pytest.fixture
async def ana(home: Home, tmp_path: Path) -> Phone:
    """Ana's phone, enrolled, with the escrow on."""
    home.escrow()
    phone = Phone.at(home, tmp_path / "ana")
    await phone.enrol()
    return phone


async def capture(phone: Phone) -> dict[str, Any]:
    """Two records, one with a photo, and a draft with another; nothing is sent. Gives the answers of both photos."""
    async with phone.unlocked() as (_, notebook, _engine):
        photo = await notebook.add_photo(picture(size=(400, 300)))
        loose = await notebook.add_photo(picture(colour="red"))
        written(notebook, "First, with a picture", photo)
        written(notebook, "Second")
        written(notebook, "Never saved", loose, save=False)
    return {"photo": photo, "loose": loose}


async def forget(phone: Phone) -> None:
    """The officer says that the PIN is forgotten."""
    await (await phone.vault()).wipe()


def assert_all_there(home: Home, photos: dict[str, Any]) -> None:
    rows = {row["answers"]["summary"]: row for row in home.rows()}
    assert sorted(rows) == ["First, with a picture", "Second"]
    assert rows["First, with a picture"]["photos"] == [{**photos["photo"], "here": True}]
    assert all(row["complete"] and row["revisions"] == 1 and row["officer"]["name"] == "Ana" for row in rows.values())
    assert home.count("revisions") == 2


async def test_a_forgotten_pin_loses_no_record_and_no_photo(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    await forget(ana)
    vault = await ana.vault()
    assert vault.state == "wiped"
    code, told = home.code(), list[Progress]()
    await ana.hand_in(code, told.append)
    assert (await ana.vault()).state == "new"
    assert ana.names() == []
    assert (told[0].officer, told[-1].done) == ("Ana", told[-1].total)
    assert home.rows() == []

    [opened] = await home.open()
    assert (opened.taken, opened.known, opened.refused, opened.photos, opened.drafts) == (2, 0, 0, 1, 1)
    assert opened.lost.total() == 0
    assert_all_there(home, photos)
    assert list(home.settings.leftovers_path.iterdir()) == []
    assert await home.open() == []

    await ana.enrol(code)  # the code was not used up
    async with ana.unlocked() as (_, notebook, engine):
        await engine.round()
        assert len(notebook.records()) == 2


async def test_drafts_come_in_a_report_that_only_this_user_can_read(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    await forget(ana)
    await ana.hand_in(home.code())
    [opened] = await home.open()
    assert opened.report
    body = json.loads(opened.report.read_text("utf-8"))
    assert body["officer"] == {"name": "Ana", "badge": "1"}
    [draft] = body["drafts"]
    answers = {answer["name"]: answer for answer in draft["answers"]}
    assert (draft["title"], draft["school"], draft["correction"]) == ("Parent contact", "North Middle School", False)
    assert (answers["summary"]["question"], answers["summary"]["answer"]) == ("Summary", "Never saved")
    loose = opened.report.parent / answers["photo"]["photo"]
    assert sha256(loose.read_bytes()) == photos["loose"]["sha256"]
    for path in (opened.report, loose):
        assert path.stat().st_mode & 0o077 == 0
    assert home.settings.escrow_key_path.stat().st_mode & 0o077 == 0


async def test_ten_wrong_pins_end_the_same_way(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    vault = await ana.vault()
    for _ in range(10):
        with pytest.raises((WrongSecret, Wiped)):
            await vault.unlock("314159")
        ana.now += 3600
    assert (await ana.vault()).state == "wiped"
    with pytest.raises(Wiped):
        await (await ana.vault()).unlock(PIN)
    await ana.hand_in(home.code())
    await home.open()
    assert_all_there(home, photos)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "slow"])
async def test_whatever_happens_to_any_one_request_all_arrives_once(
    home: Home, ana: Phone, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.leftovers.MAX_PIECE_BYTES", 1500)  # many requests
    photos = await capture(ana)
    await forget(ana)
    code, hit = home.code(), set[str]()

    def once(request: httpx.Request) -> str | None:
        name = f"{request.method} {request.url}"
        if name in hit:
            return None
        hit.add(name)
        return fault

    ana.line.fault = once
    for _ in range(100):
        try:
            await ana.hand_in(code)
            break
        except RoadError:
            home.app.state.brakes = Brakes()  # ten minutes have passed
    assert (await ana.vault()).state == "new"
    assert len(hit) > 5
    await home.open()
    assert_all_there(home, photos)


async def test_what_was_sent_before_a_cut_is_not_sent_again(
    home: Home, ana: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.leftovers.MAX_PIECE_BYTES", 1000)
    photos = await capture(ana)
    await forget(ana)
    size = sum((ana.folder.path / name).stat().st_size for name in ana.names())
    sent, cut, code = [0], [4], home.code()

    def note(request: httpx.Request) -> str | None:
        if request.method == "PUT":
            cut[0] -= 1
            if cut[0] == 0:
                cut[0] = 4
                return "drop request"
            sent[0] += len(request.content)
        return None

    ana.line.fault = note
    breaks = 0
    while (await ana.vault()).state == "wiped":
        try:
            await ana.hand_in(code)
        except Unreachable:
            breaks += 1
            home.restart()  # the district's server is killed each time, too
    assert breaks > 3
    assert sent[0] == size
    await home.open()
    assert_all_there(home, photos)


async def test_a_server_killed_after_the_last_byte_and_before_the_name_goes_on(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    await forget(ana)
    code = home.code()
    ana.line.fault = lambda request: "lose answer" if "/vault.json" in str(request.url) else None
    with pytest.raises(Unreachable):
        await ana.hand_in(code)
    [folder] = home.settings.leftovers_path.iterdir()
    (folder / "vault.json").rename(folder / "vault.json.part")
    home.restart()
    ana.line.fault = lambda _: None
    await ana.hand_in(code)
    await home.open()
    assert_all_there(home, photos)


async def test_opening_that_breaks_off_goes_on_where_it_was(
    home: Home, ana: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = await capture(ana)
    await forget(ana)
    await ana.hand_in(home.code())
    for broken in ("server.photos.note", "server.escrow.Recovered.write", "server.escrow.audit"):
        with monkeypatch.context() as patch:
            patch.setattr(broken, _flat_battery)
            with pytest.raises(OSError, match="flat battery"):
                await home.open()
        home.restart()
    [opened] = await home.open()
    assert (opened.taken, opened.known) == (0, 2)
    assert_all_there(home, photos)


def _flat_battery(*_: object) -> None:
    raise OSError("flat battery")


async def test_records_that_the_district_has_are_known_and_their_late_photo_still_comes(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    ana.line.fault = lambda request: "drop request" if request.method in ("PUT", "HEAD") else None
    async with ana.unlocked() as (_, _notebook, engine):
        await engine.round()
    ana.line.fault = lambda _: None
    assert [row["complete"] for row in home.rows()].count(False) == 1
    await forget(ana)
    await ana.hand_in(home.code())
    [opened] = await home.open()
    assert (opened.taken, opened.known, opened.photos) == (0, 0, 1)
    assert_all_there(home, photos)


async def test_a_photo_that_the_district_has_is_not_sent(home: Home, ana: Phone) -> None:
    photos = await capture(ana)
    async with ana.unlocked() as (_, _notebook, engine):
        await engine.round()
    await forget(ana)
    asked: list[str] = []
    ana.line.fault = lambda request: asked.append(str(request.url))
    await ana.hand_in(home.code())
    assert not any(photos["photo"]["sha256"] in url for url in asked)
    await home.open()
    assert_all_there(home, photos)


async def test_a_wrong_a_used_and_an_old_code_hand_nothing_in_and_lose_nothing(home: Home, ana: Phone) -> None:
    await capture(ana)
    await forget(ana)
    before = ana.names()
    with home.database.writing() as session:
        old = enrolment.make_code(session, home.officer, hours=-1)
    other = Phone.at(home, home.folder / "other")
    used = home.code()
    await other.enrol(used)
    for code, why in (("ABCDEFGHJKL", "wrong"), (used, "used"), (old, "expired")):
        with pytest.raises(Refused) as caught:
            await ana.hand_in(code)
        assert caught.value.code == f"enrol_code_{why}"
    assert ana.names() == before
    assert not home.settings.leftovers_path.exists()


async def test_guessing_codes_is_braked_as_at_the_enrolment(ana: Phone) -> None:
    await forget(ana)
    codes = []
    for _ in range(30):
        with pytest.raises(RoadError) as caught:
            await ana.hand_in("ABCDEFGHJKL")
        codes.append(caught.value.code)
    assert codes == ["enrol_code_wrong"] * 29 + ["too_many_requests"]  # the enrolment was the first


async def test_without_an_escrow_a_wipe_leaves_nothing(home: Home, tmp_path: Path) -> None:
    phone = Phone.at(home, tmp_path / "ana")
    await phone.enrol()
    await capture(phone)
    await forget(phone)
    assert phone.names() == []
    assert (await phone.vault()).state == "new"
    with pytest.raises(FileTrouble, match="Nothing here waits"):
        await phone.hand_in(home.code())


async def test_switching_the_escrow_off_takes_the_sealed_key_back_and_a_new_key_replaces_it(
    home: Home, ana: Phone
) -> None:
    async def refreshed() -> bytes | None:
        async with ana.unlocked() as (vault, _, engine):
            await engine.round()
        async with ana.unlocked() as (vault, _, _engine):
            return vault.escrow_key

    first = await refreshed()
    assert first
    before = (ana.folder.path / "vault.json").read_bytes()
    assert await refreshed() == first
    assert (ana.folder.path / "vault.json").read_bytes() == before  # nothing is written for nothing
    home.escrow(False)
    assert await refreshed() is None
    home.settings.escrow_key_path.unlink()
    home.escrow()
    assert await refreshed() not in (None, first)


async def test_a_notebook_handed_in_with_another_officers_code_is_taken_in_for_nobody_until_it_is_moved(
    home: Home, ana: Phone
) -> None:
    photos = await capture(ana)
    await forget(ana)
    await ana.hand_in(home.code(home.colleague))
    with pytest.raises(district.DistrictError, match=r"Ana's \(1\) notebook"):
        await home.open()
    assert home.rows() == []
    with home.database.writing() as session:
        home.leftovers.move(session, waiting(session)[0], home.officer)
    await home.open()
    assert_all_there(home, photos)


async def test_a_district_that_asks_for_other_files_gets_nothing(home: Home, ana: Phone) -> None:
    async def lying(request: httpx.Request) -> httpx.Response:
        answer = await home.answer(request)
        await answer.aread()
        body = answer.content.replace(b'"vault.json"', b'"settings.json"')
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)

    await forget(ana)
    ana.line.district = lying
    with pytest.raises(RoadError) as caught:
        await ana.hand_in(home.code())
    assert isinstance(caught.value, DistrictTrouble | Unreachable)
    assert (await ana.vault()).state == "wiped"
