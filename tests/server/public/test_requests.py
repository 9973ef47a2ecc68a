"""What families ask: kept once as a record of the school, refused in words, looked up by a number, and never abused."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from limits import RateLimitItemPerDay
from PIL import Image
from sqlalchemy import select

from app.ids import sha256
from app.tags import is_checked
from server import district, orders
from server.public import senders
from server.public.tickets import GOOD_FOR
from server.records import Filter, find, one
from server.tables import Blob, FamilyRequest, Officer, Record, StoredRevision, now
from sync.protocol import read_pull
from tests.server.conftest import Home
from tests.server.noted import by_hand
from tests.server.phones import Phone
from tests.server.public.family import CALL, PROBLEM, Family, open_door, reference_of, value_of


@pytest.fixture
def card(home: Home) -> str:
    """Officer Rivera's card, in a district that takes requests."""
    open_door(home)
    with home.database.writing() as session:
        return district.add_card(session, officer=home.officer).slug


@pytest.fixture
def family(client: httpx.Client) -> Family:
    """Somebody with a phone."""
    return Family(client)


def records(home: Home) -> list[Record]:
    with home.database.reading() as session:
        return list(session.scalars(select(Record).where(Record.form == "family_request").order_by(Record.first_seq)))


def only(home: Home) -> Record:
    (record,) = records(home)
    return record


def answer(home: Home, phone: Phone, **answers: Any) -> None:
    """An officer answers the only request on a phone."""
    record = only(home)
    revision = phone.write(
        answers,
        record=record.id,
        form=record.form,
        form_version=record.form_version,
        record_class=record.record_class,
        parents=tuple(record.heads),
    )
    phone.push(revision)


def test_a_wish_to_be_called_reaches_the_officers_phone_as_a_record(
    home: Home, family: Family, card: str, phone: Phone
) -> None:
    reference = reference_of(family.send(f"/c/{card}/call-back?lang=es", CALL))
    record = only(home)
    assert record.school == home.school
    assert record.open
    assert (
        record.answers.items()
        >= {
            "kind": "call_back",
            "phone": "(918) 555-0142",
            "name": "Pat Lee",
            "language": "es",
            "came_by": "Ana Rivera",
            "request_status": "new",
            "consent": "yes",
            "reference": f"{reference[:4]}-{reference[4:8]}-{reference[8:]}",
        }.items()
    )
    pulled = [sent.revision for sent in read_pull(phone.get("/revisions?after=0").content)]
    assert [revision.record for revision in pulled] == [record.id]


def test_supervisors_find_a_request_under_the_districts_name(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"/c/{card}/call-back", CALL))
    with home.database.reading() as session:
        (listed,) = find(session, Filter(form="family_request"))
        assert (listed.officer, listed.school) == ("Test district", "North Middle School")
        assert one(session, listed.record.id).officer == "Test district"  # type: ignore[union-attr]  # it is there


def test_a_problem_at_a_place_names_the_place_and_its_tag(home: Home, family: Family) -> None:
    open_door(home)
    reference_of(family.send(f"/t/{home.tag}/report", PROBLEM))
    record = only(home)
    assert (record.place, record.answers["came_by"]) == (home.place, "Door 7")
    with home.database.reading() as session:
        body = json.loads(session.scalars(select(StoredRevision.body)).one())
    assert (body["tag"], body["device"]) == (home.tag, body["author"])


def test_the_same_page_sent_twice_makes_one_record_and_one_receipt(home: Home, family: Family, card: str) -> None:
    path = f"/c/{card}/call-back"
    page = family.client.get(path).text
    first = reference_of(family.send(path, CALL, page=page))
    assert reference_of(family.send(path, CALL, page=page)) == first
    assert len(records(home)) == 1


def test_the_same_page_sent_with_other_words_loses_neither(home: Home, family: Family, card: str) -> None:
    path = f"/c/{card}/call-back"
    page = family.client.get(path).text
    first = reference_of(family.send(path, CALL, page=page))
    other = {**CALL, "name": "Pat Leeds"}
    second = reference_of(family.send(path, other, page=page))
    assert reference_of(family.send(path, other, page=page)) == second != first
    assert [record.answers["name"] for record in records(home)] == ["Pat Lee", "Pat Leeds"]


@pytest.mark.parametrize(
    ("fields", "wrong", "says"),
    [
        ({**CALL, "phone": ""}, "phone", "a phone number or an e-mail is needed"),
        ({**CALL, "phone": "call me"}, "phone", "Write the number with digits"),
        ({**CALL, "consent": ""}, "consent", "Without your consent nothing is kept."),
        ({**CALL, "consent": "no"}, "consent", "Without your consent nothing is kept."),
        ({**CALL, "topic": "made-up"}, "topic", "Please choose one of the answers shown."),
        ({**CALL, "name": "x" * 141}, "name", "At most 140 characters."),
    ],
)
def test_a_mistake_is_named_and_what_was_written_stays(
    home: Home, family: Family, card: str, fields: dict[str, str], wrong: str, says: str
) -> None:
    answered = family.send(f"/c/{card}/call-back", fields)
    assert answered.status_code == 422
    assert f'href="#{wrong}"' in answered.text
    assert says in answered.text
    if wrong != "name":
        assert 'value="Pat Lee"' in answered.text
    assert records(home) == []
    good = family.send(f"/c/{card}/call-back", CALL, page=answered.text)
    reference_of(good)


def test_somebody_who_stays_unnamed_leaves_nothing_that_names_them(home: Home, family: Family, card: str) -> None:
    given = {**PROBLEM, "anonymous": "yes", "name": "Pat", "phone": "(918) 555-0142", "email": "pat@example.org"}
    reference_of(family.send(f"/c/{card}/report", given))
    assert only(home).answers.keys().isdisjoint({"name", "phone", "email", "wants_reply"})
    with home.database.reading() as session:
        assert "Pat" not in session.scalars(select(StoredRevision.body)).one()


def test_what_sounds_like_an_emergency_is_kept_and_answered_with_911_before_anything_else(
    home: Home, family: Family, card: str
) -> None:
    given = {**PROBLEM, "description": "Alguien tiene una PISTOLA <b>aquí</b>"}
    answered = family.send(f"/c/{card}/report", given)
    receipt = family.client.get(answered.headers["location"]).text
    main = receipt[receipt.index("<main") :]
    assert main.index('href="tel:911"') < main.index("<h1>")
    assert "nobody may be reading it" in main
    assert only(home).answers["urgent"] == "yes"


def test_an_ordinary_request_has_no_alarm(home: Home, family: Family, card: str) -> None:
    answered = family.send(f"/c/{card}/report", PROBLEM)
    assert 'role="alert"' not in family.client.get(answered.headers["location"]).text
    assert "urgent" not in only(home).answers


def test_the_number_shows_open_then_closed_with_notes_and_nothing_else(
    home: Home, family: Family, card: str, phone: Phone
) -> None:
    reference = reference_of(family.send(f"/c/{card}/call-back", CALL))
    assert is_checked(reference)
    page = family.client.get(f"/r/{reference.lower()}")
    assert "<strong>Open</strong>" in page.text
    answer(home, phone, request_status="closed", status_notes="We <called> back.", notes="Secret")
    page = family.client.get("/r", params={"reference": f" {reference[:4]}-{reference[4:]} "}, follow_redirects=True)
    assert "<strong>Closed</strong>" in page.text
    assert "We &lt;called&gt; back." in page.text
    assert page.headers["cache-control"] == "no-store"
    for hidden in ("Pat", "555", "bullying", "Secret", "Rivera", "North Middle"):
        assert hidden not in page.text, hidden


def test_a_number_with_a_mistake_leads_nowhere_and_says_so(family: Family, card: str) -> None:
    reference = reference_of(family.send(f"/c/{card}/call-back", CALL))
    wrong = ("X" if reference[0] != "X" else "Y") + reference[1:]
    assert family.client.get("/r", params={"reference": wrong}).status_code == 404
    assert "No such number" in family.client.get(f"/r/{wrong}").text


def test_an_expunged_request_has_no_page_any_more(home: Home, family: Family, card: str) -> None:
    reference = reference_of(family.send(f"/c/{card}/call-back", CALL))
    with home.database.writing() as session:
        orders.order(session, only(home).id, "expunge", "Order 1")
    assert family.client.get(f"/r/{reference}").status_code == 404


# --- abuse ------------------------------------------------------------------------------------------------------------


def test_near_a_limit_a_plain_question_is_asked_and_must_be_right(home: Home, family: Family, card: str) -> None:
    path = f"/c/{card}/report"
    for number in range(4):
        reference_of(family.send(path, {**PROBLEM, "description": f"Needles {number}"}))
    unasked = family.send(path, PROBLEM, page='name="ticket" value="nothing"')
    assert unasked.status_code == 422
    page = family.client.get(path).text
    assert family.send(path, {**PROBLEM, "sum": "99"}, page=page).status_code == 422
    wrong = family.send(path, {**PROBLEM, "sum": ""}, page=page)
    assert "Needles by the fence" in wrong.text
    numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    asked = re.search(r"how much is (\w+) plus (\w+)", wrong.text)
    assert asked
    total = sum(numbers.index(word) + 1 for word in asked.groups())
    reference_of(family.send(path, {**PROBLEM, "sum": str(total)}, page=wrong.text))
    assert len(records(home)) == 5


def test_far_beyond_the_limit_nothing_is_taken_for_a_while(
    family: Family, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(senders.MANY, "sender", RateLimitItemPerDay(4))
    for number in range(4):
        reference_of(family.send(f"/c/{card}/report", {**PROBLEM, "description": f"Needles {number}"}))
    answered = family.send(f"/c/{card}/report", PROBLEM)
    assert answered.status_code == 429
    assert "tel:911" in answered.text


def test_a_field_that_nobody_sees_catches_programs(home: Home, family: Family, card: str) -> None:
    answered = family.send(f"/c/{card}/report", {**PROBLEM, "website": "https://spam.example"})
    assert answered.status_code == 400
    assert "so nothing was kept" in answered.text
    assert records(home) == []


def test_a_blocked_sender_is_told_and_nothing_is_kept(home: Home, family: Family, card: str, phone: Phone) -> None:
    reference_of(family.send(f"/c/{card}/report", PROBLEM))
    answer(home, phone, abuse="yes", request_status="closed")
    refused = family.send(f"/c/{card}/report", {**PROBLEM, "description": "More"})
    assert refused.status_code == 403
    assert "Nothing was kept" in refused.text
    assert len(records(home)) == 1
    answer(home, phone, abuse="no")
    reference_of(family.send(f"/c/{card}/report", {**PROBLEM, "description": "More"}))


def test_who_sent_is_a_scrambled_number_and_forgotten_in_time(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"/c/{card}/report", PROBLEM))
    with home.database.writing() as session:
        kept = session.scalars(select(FamilyRequest)).one()
        assert kept.sender
        assert re.fullmatch(r"[0-9a-f]{32}", kept.sender)
        kept.asked_at = now() - senders.REMEMBERED * 1.01
        session.flush()
        senders.forget(session)
        session.refresh(kept)
        assert kept.sender is None


def test_another_language_in_the_middle_takes_along_what_was_written(home: Home, family: Family) -> None:
    open_door(home)
    with home.database.writing() as session:
        slug = district.add_card(session, officer=home.both).slug
    path, written = f"/c/{slug}/report", {**PROBLEM, "school": home.other_school, "other_language": "es"}
    page = family.client.get(path).text
    assert (
        '<button type="submit" form="ticket" formaction="?lang=es" formnovalidate name="other_language" value="es"'
        in page
    )
    assert page.index('form="ticket"') == page.index('form="ticket" tabindex="-1"'), "Enter presses the first: send"

    spanish = family.send(f"{path}?lang=es", written)
    assert spanish.status_code == 200
    assert '<html lang="es"' in spanish.text
    assert "Needles by the fence</textarea>" in spanish.text
    assert f'value="{home.other_school}" selected' in spanish.text
    assert 'role="alert"' not in spanish.text
    assert records(home) == []

    chosen = {"photo": ("fence.jpg", photo(), "image/jpeg")}
    assert "Elija la foto otra vez" in family.send(f"{path}?lang=es", written, chosen).text
    reference_of(family.send(f"{path}?lang=es", {**PROBLEM, "school": home.other_school}, page=spanish.text))
    assert only(home).answers["description"] == "Needles by the fence"


def test_what_sounds_urgent_is_answered_in_the_other_language_too(family: Family, card: str) -> None:
    written = {**PROBLEM, "description": "he has a gun", "other_language": "es"}
    answered = family.send(f"/c/{card}/report?lang=es", written).text
    main = answered[answered.index("<main") :]
    assert main.index('href="tel:911"') < main.index("<h1>")


def test_a_page_of_yesterday_is_asked_for_once_more_and_keeps_the_words(
    family: Family, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/c/{card}/report"
    page = family.client.get(path).text
    monkeypatch.setattr("server.public.tickets.GOOD_FOR", -GOOD_FOR)
    answered = family.send(path, PROBLEM, page=page)
    assert answered.status_code == 422
    assert "Needles by the fence" in answered.text
    monkeypatch.undo()
    reference_of(family.send(path, PROBLEM, page=answered.text))


def test_a_ticket_of_another_page_or_a_forged_one_is_none(home: Home, family: Family, card: str) -> None:
    other = family.client.get(f"/t/{home.tag}/report").text
    for page in (other, 'name="ticket" value="forged"', 'name="ticket" value=""'):
        assert family.send(f"/c/{card}/report", PROBLEM, page=page).status_code == 422
    assert records(home) == []


@pytest.mark.parametrize("text", ["x" * 1_000_000, "x" * 6_000])
def test_a_text_far_too_long_is_refused_in_words(home: Home, family: Family, card: str, text: str) -> None:
    answered = family.send(f"/c/{card}/report", {**PROBLEM, "description": text})
    assert answered.status_code in (400, 422)
    assert "too long" in answered.text or "At most 1,000 characters" in answered.text
    assert len(answered.content) < 40_000
    assert records(home) == []


def test_markup_in_an_answer_is_shown_as_it_was_typed(family: Family, card: str) -> None:
    answered = family.send(f"/c/{card}/report", {**PROBLEM, "service_code": "", "description": "<script>x</script>"})
    assert answered.status_code == 422
    assert "<script>" not in answered.text
    assert "&lt;script&gt;x&lt;/script&gt;" in answered.text


# --- photos -----------------------------------------------------------------------------------------------------------


def photo(size: tuple[int, int] = (2_000, 1_000), kind: str = "JPEG", place: bool = True) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    if place:
        exif[0x8825] = {1: "N", 2: (36.0, 8.0, 24.0), 3: "W", 4: (96.0, 6.0, 36.0)}
    out = io.BytesIO()
    Image.new("RGB", size, "olive").save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(("tick", "gps"), [("", None), ("yes", {"lat": 36.14, "lon": -96.11})])
def test_a_photo_is_kept_small_and_bare_and_its_place_only_when_asked(
    home: Home, family: Family, card: str, tick: str, gps: dict[str, float] | None
) -> None:
    sent = {"photo": ("photo.jpg", photo(), "image/jpeg")}
    reference_of(family.send(f"/c/{card}/report", {**PROBLEM, "keep_place": tick}, sent))
    record = only(home)
    assert record.missing == 0
    assert record.answers.get("gps") == gps
    name = record.answers["photo"]["sha256"]
    data = (home.settings.blobs_path / name[:2] / name).read_bytes()
    assert sha256(data) == name
    assert b"SECRET-MAKER" not in data
    with Image.open(io.BytesIO(data)) as kept:
        assert (kept.size, kept.format, dict(kept.getexif())) == ((1600, 800), "JPEG", {})
    with home.database.reading() as session:
        assert session.get(Blob, name) is not None


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def test_of_a_picture_that_moves_the_first_frame_is_kept(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"/c/{card}/report", PROBLEM, {"photo": ("a.gif", moving(), "image/gif")}))
    assert only(home).answers["photo"]["mime"] == "image/jpeg"


def test_a_picture_of_forty_megapixels_is_taken_small(home: Home, family: Family, card: str) -> None:
    large = photo((8_000, 5_000))
    reference_of(family.send(f"/c/{card}/report", PROBLEM, {"photo": ("a.jpg", large, "image/jpeg")}))
    assert only(home).answers["photo"]["bytes"] < 1_000_000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\0\0\0\x20ftypheic" + b"\0" * 40, "HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a photo"),
        (photo()[:300], "not a photo"),
        (b"GIF89a", "not a photo"),
        (b"x" * 10_000_001, "at most 10 MB"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_in_words_and_the_text_stays(
    home: Home, family: Family, card: str, data: bytes, says: str
) -> None:
    answered = family.send(f"/c/{card}/report", PROBLEM, {"photo": ("photo.jpg", data, "image/jpeg")})
    assert answered.status_code == 422
    assert says in answered.text
    assert "Needles by the fence" in answered.text
    assert records(home) == []


def test_a_call_back_takes_no_photo(home: Home, family: Family, card: str) -> None:
    reference_of(family.send(f"/c/{card}/call-back", CALL, {"photo": ("a.jpg", photo(), "image/jpeg")}))
    assert "photo" not in only(home).answers


# --- doors ------------------------------------------------------------------------------------------------------------


def test_an_officer_with_two_schools_is_asked_about_which(home: Home, family: Family) -> None:
    open_door(home)
    with home.database.writing() as session:
        slug = district.add_card(session, officer=home.both).slug
    assert family.send(f"/c/{slug}/call-back", CALL).status_code == 422
    assert family.send(f"/c/{slug}/call-back", {**CALL, "school": home.place}).status_code == 422
    reference_of(family.send(f"/c/{slug}/call-back", {**CALL, "school": home.other_school}))
    assert only(home).school == home.other_school


def leaves(home: Home) -> None:
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Officer, home.officer).active = False


def loses_schools(home: Home) -> None:
    with home.database.writing() as session:
        district.set_schools(session, home.officer, [])


@pytest.mark.parametrize("happens", [leaves, loses_schools])
def test_the_card_of_an_officer_who_left_takes_nothing_and_says_whom_to_call(
    home: Home, family: Family, card: str, happens: Callable[[Home], None]
) -> None:
    path = f"/c/{card}/call-back"
    page = family.client.get(path).text
    happens(home)
    assert family.client.get(path).status_code == 410
    answered = family.send(path, CALL, page=page)
    assert answered.status_code == 410
    assert "(918) 245-8777" in answered.text
    assert records(home) == []


def test_a_district_that_takes_no_requests_shows_no_way_to_them(home: Home, client: httpx.Client) -> None:
    with home.database.writing() as session:
        slug = district.add_card(session, officer=home.officer).slug
    assert "call-back" not in client.get(f"/c/{slug}").text
    assert client.get(f"/c/{slug}/call-back").status_code == 410
    open_door(home)
    assert f"/c/{slug}/call-back?lang=es" in client.get(f"/c/{slug}?lang=es").text
    assert f"/t/{home.tag}/report?lang=en" in client.get(f"/t/{home.tag}").text


def test_the_form_is_kept_by_nobody_on_its_way(client: httpx.Client, card: str) -> None:
    page = client.get(f"/c/{card}/call-back")
    assert page.headers["cache-control"] == "no-store"
    assert value_of(page.text, "ticket")
