"""What families send that is urgent, strange or meant to harm: answered in words, and nothing of it left behind."""

import asyncio
import contextlib
import io
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from limits import RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from PIL import Image
from sqlalchemy import select
from starlette.requests import Request

from server import district, orders
from server.brakes import address
from server.database import Database
from server.formbook import withdraw
from server.public import pictures, senders
from server.tables import FamilyRequest, Officer, Record, now
from tests.server.conftest import Home
from tests.server.noted import by_hand
from tests.server.phones import Phone
from tests.server.public.family import CALL, PROBLEM, Family, open_door, reference_of, value_of

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@pytest.fixture
def family(client: httpx.Client) -> Family:
    """Somebody with a phone."""
    return Family(client)


@pytest.fixture
def card(home: Home) -> str:
    """The address of officer Rivera's card, in a district that takes requests."""
    open_door(home)
    with home.database.writing() as session:
        return f"/c/{district.add_card(session, officer=home.officer).slug}"


def records(home: Home) -> list[Record]:
    with home.database.reading() as session:
        return list(session.scalars(select(Record).where(Record.form == "family_request").order_by(Record.first_seq)))


# --- emergencies ------------------------------------------------------------------------------------------------------


def test_an_emergency_with_a_mistake_is_answered_with_911_before_the_mistake(
    home: Home, family: Family, card: str
) -> None:
    answered = family.send(f"{card}/report", {**PROBLEM, "description": "He has a gun", "consent": ""})
    assert answered.status_code == 422
    main = answered.text[answered.text.index("<main") :]
    assert main.index('href="tel:911"') < main.index('href="#consent"')
    assert "It has not been sent yet" in main
    assert records(home) == []


def left(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Officer, home.officer).active = False


def far_too_many(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(senders.MANY, "sender", RateLimitItemPerDay(0))


def photo_after_photo(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.public.asking.PHOTO", RateLimitItemPerMinute(1))


def too_old(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.public.tickets.GOOD_FOR", -1)


def near_a_limit(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(senders.FEW, "sender", RateLimitItemPerHour(0))


def no_form(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    with home.database.writing() as session:
        withdraw(session, "family_request")


def trouble(_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("made up")

    monkeypatch.setattr("server.public.asking.keep", broken)


def blocked(home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    with home.database.writing() as session:
        record = session.scalars(select(Record).where(Record.form == "family_request")).one()
        record.answers = {**record.answers, "abuse": "yes"}


def nothing(_home: Home, _monkeypatch: pytest.MonkeyPatch) -> None:
    pass


@pytest.mark.parametrize(
    ("happens", "fields", "photo", "status"),
    [
        (nothing, {}, b"<svg>", 422),
        (nothing, {}, b"x" * 10_000_001, 422),
        (nothing, {"website": "filled in by a helpful program"}, b"", 400),
        (left, {}, b"", 410),
        (no_form, {}, b"", 410),
        (blocked, {}, b"", 403),
        (far_too_many, {}, b"", 429),
        (photo_after_photo, {}, b"<svg>", 429),
        (too_old, {}, b"", 422),
        (near_a_limit, {}, b"", 422),
        (trouble, {}, b"", 500),
    ],
)
def test_an_emergency_that_is_not_kept_is_answered_with_911_before_the_reason(
    home: Home,
    family: Family,
    card: str,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Home, pytest.MonkeyPatch], None],
    fields: dict[str, str],
    photo: bytes,
    status: int,
) -> None:
    path = f"{card}/report"
    page = family.client.get(path).text
    reference_of(family.send(path, PROBLEM))
    family.send(path, {**PROBLEM, "consent": ""}, {"photo": ("photo.jpg", b"", "image/jpeg")})
    happens(home, monkeypatch)
    sent = {"photo": ("photo.jpg", photo, "image/jpeg")} if photo else None
    if happens is photo_after_photo:
        family.send(path, {**PROBLEM, "consent": ""}, sent, page)
    for description, urgent in (("He has a gun", True), ("Broken glass", False)):
        answered = family.send(path, {**PROBLEM, "description": description, **fields}, sent, page)
        assert answered.status_code == status
        main = answered.text[answered.text.index("<main") :]
        assert ("What you wrote sounds urgent" in main) == urgent
        if urgent:
            assert main.index('href="tel:911"') < main.index("<h1>")
            assert main.index('href="tel:988"') < main.index("<h1>")
            assert "nobody may be reading it" in main
    assert len(records(home)) == 1


@pytest.mark.parametrize(("much", "status"), [(200_000, 400), (11_000_000, 413)])
def test_what_cannot_be_read_is_answered_with_911_in_case_it_was_urgent(
    family: Family, card: str, much: int, status: int
) -> None:
    answered = family.send(f"{card}/report", {**PROBLEM, "description": "x" * much})
    assert answered.status_code == status
    main = answered.text[answered.text.index("<main") :]
    assert "In danger call 911, in a crisis call or text 988" in main


def test_a_telephone_number_is_no_emergency(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"{card}/call-back", {**CALL, "phone": "(918) 988-0911"}))
    reference_of(family.send(f"{card}/call-back", {**CALL, "phone": "918 911 0142"}))
    assert all("urgent" not in record.answers for record in records(home))


def test_the_alarm_of_a_receipt_stays_in_another_language(family: Family, card: str) -> None:
    answered = family.send(f"{card}/report", {**PROBLEM, "description": "He has a gun"})
    receipt = family.client.get(answered.headers["location"]).text
    assert 'href="?sent=urgent&amp;lang=es"' in receipt
    receipt = family.client.get(answered.headers["location"].partition("?")[0], params={"sent": '"><b>'}).text
    assert 'href="?lang=es"' in receipt


# --- what is meant to harm --------------------------------------------------------------------------------------------


def picture(shade: int) -> dict[str, tuple[str, bytes, str]]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 0, 0)).save(out, "PNG")
    return {"photo": ("photo.png", out.getvalue(), "image/png")}


def test_of_a_blocked_sender_no_photo_is_kept_either(home: Home, family: Family, card: str, phone: Phone) -> None:
    reference_of(family.send(f"{card}/report", PROBLEM))
    (record,) = records(home)
    about = {"form": record.form, "form_version": record.form_version, "record_class": record.record_class}
    answers = {"abuse": "yes", "request_status": "closed"}
    phone.push(phone.write(answers, record=record.id, parents=tuple(record.heads), **about))
    refused = family.send(f"{card}/report", {**PROBLEM, "description": "More"}, picture(1))
    assert refused.status_code == 403
    assert [path for path in home.settings.blobs_path.rglob("*") if path.is_file()] == []


def test_photos_are_unpacked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[int] = []
    most: list[int] = []
    both = threading.Barrier(2)
    place = pictures._place

    def watch(one: Image.Image) -> Any:
        inside.append(1)
        most.append(len(inside))
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)  # the other one comes in here, unless something keeps it out
        inside.pop()
        return place(one)

    monkeypatch.setattr(pictures, "_place", watch)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda shade: pictures.take(picture(shade)["photo"][1]), (1, 2)))
    assert most == [1, 1]


def test_photos_that_wait_for_each_other_hold_up_no_page(
    home: Home, family: Family, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.public.asking.PHOTO", RateLimitItemPerMinute(1_000))
    looking, go_on = threading.Event(), threading.Event()

    def look(_data: bytes) -> pictures.Taken:
        looking.set()
        assert go_on.wait(60)
        raise pictures.PictureError("kind")

    monkeypatch.setattr(pictures, "take", look)
    path = f"{card}/report"
    fields = {**PROBLEM, "ticket": value_of(family.client.get(path).text, "ticket")}

    async def send_all() -> set[int]:
        transport = httpx.ASGITransport(home.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://beatbook.example") as many:
            sent = [asyncio.create_task(many.post(path, data=fields, files=picture(1))) for _ in range(60)]
            await asyncio.to_thread(looking.wait)
            try:
                async with asyncio.timeout(30):
                    return {(await many.get("/")).status_code for _ in range(100)}
            finally:
                go_on.set()
                await asyncio.gather(*sent)

    assert asyncio.run(send_all()) == {200}


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 422), ("same-site", 422), ("same-origin", 303), ("none", 303)]
)
def test_a_form_on_another_website_sends_nothing_in_anybodys_name(
    home: Home, family: Family, card: str, site: str, status: int
) -> None:
    family.client.headers["Sec-Fetch-Site"] = site
    answered = family.send(f"{card}/report", PROBLEM)
    assert answered.status_code == status
    assert len(records(home)) == (status == 303)
    if status == 422:
        assert "This form came from another website." in answered.text
        family.client.headers["Sec-Fetch-Site"] = "same-origin"
        reference_of(family.send(f"{card}/report", PROBLEM, page=answered.text))


def test_somebody_who_sends_photo_after_photo_waits_a_minute(family: Family, card: str) -> None:
    path = f"{card}/report"
    page = family.client.get(path).text
    wrong = {**PROBLEM, "consent": ""}
    said = [family.send(path, wrong, picture(shade), page).status_code for shade in range(13)]
    assert said == [422] * 12 + [429]


ARABIC_INDIC, DEVANAGARI, WIDE = (
    dict(zip("0123456789", map(chr, range(zero, zero + 10)), strict=True)) for zero in (0x660, 0x966, 0xFF10)
)


@pytest.mark.parametrize("script", [ARABIC_INDIC, DEVANAGARI, WIDE])
def test_digits_of_other_keyboards_are_digits(
    home: Home, family: Family, card: str, script: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "puzzle", lambda: (8, 9))
    monkeypatch.setattr("server.public.asking.Asking._is_near_a_limit", lambda _self: True)
    written = "".join(
        script.get(sign, sign) for sign in "\N{LEFT-TO-RIGHT EMBEDDING}(918) 555-0142\N{POP DIRECTIONAL FORMATTING}"
    ).replace("-", "\N{EN DASH}")
    total = "".join(script[sign] for sign in "17")
    reference = reference_of(family.send(f"{card}/call-back", {**CALL, "phone": written, "sum": total}))
    assert records(home)[0].answers["phone"] == "(918) 555-0142"
    typed = "".join(script.get(sign, sign) for sign in reference)
    answered = family.client.get("/r", params={"reference": f"{typed[:4]}\N{EN DASH}{typed[4:]}"})
    assert answered.headers["location"].startswith(f"/r/{reference}?")
    assert family.client.get(f"/r/{typed}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/r/A%00", "/c/%00", "/t/%00/report", "/r?reference=%00", "/api/v1/revisions?after=%00"]
)
def test_an_address_with_a_nul_leads_nowhere(client: httpx.Client, path: str) -> None:
    answered = client.get(path)
    assert answered.status_code == 404
    assert "nothing at this address" in answered.text


def test_one_answered_sum_is_not_good_for_many_requests(home: Home, family: Family, card: str) -> None:
    path = f"{card}/report"
    for number in range(4):
        reference_of(family.send(path, {**PROBLEM, "description": f"Needles {number}"}))
    page = family.client.get(path).text
    asked = re.search(r"how much is (\w+) plus (\w+)", page)
    assert asked
    total = str(sum(NUMBERS.index(word) + 1 for word in asked.groups()))
    reference = reference_of(family.send(path, {**PROBLEM, "sum": total}, page=page))
    assert reference_of(family.send(path, {**PROBLEM, "sum": total}, page=page)) == reference
    again = family.send(path, {**PROBLEM, "description": "Buy now", "sum": total}, page=page)
    assert again.status_code == 422
    assert "how much is" in again.text
    assert len(records(home)) == 5


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("made up", "made up"),
    ],
)
def test_a_household_is_one_sender_although_it_has_many_addresses(host: str, name: str) -> None:
    assert address(Request({"type": "http", "client": (host, 1)})) == name


def test_who_sent_is_forgotten_although_nobody_sends_anything_more(
    home: Home, family: Family, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference_of(family.send(f"{card}/report", PROBLEM))
    with home.database.writing() as session:
        session.scalars(select(FamilyRequest)).one().asked_at = now() - senders.REMEMBERED * 1.01

    async def serve_until_it_is_forgotten() -> None:
        done, loop = asyncio.Event(), asyncio.get_running_loop()

        def forget_and_tell(database: Database) -> None:
            forget_old(database)
            loop.call_soon_threadsafe(done.set)

        monkeypatch.setattr(senders, "forget_old", forget_and_tell)
        async with home.app.router.lifespan_context(home.app), asyncio.timeout(10):
            await done.wait()
            assert sender(home) is None

    forget_old = senders.forget_old
    asyncio.run(serve_until_it_is_forgotten())


def test_of_an_expunged_request_nobody_knows_who_sent_it(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"{card}/report", PROBLEM))
    assert sender(home) is not None
    with home.database.writing() as session:
        orders.order(session, records(home)[0].id, "expunge", "Order 1")
    assert sender(home) is None


def sender(home: Home) -> str | None:
    with home.database.reading() as session:
        return session.scalars(select(FamilyRequest)).one().sender
