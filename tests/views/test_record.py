"""One record: answers in words, where it is, what went wrong, how it came about."""

import io
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from app.ids import sha256
from app.revisions import Revision
from tests.app.formkit import small
from tests.app.journals import flipped
from tests.views.headless import Screen
from tests.views.phone import OTHER, Phone, make_phone, other_record

pytestmark = pytest.mark.anyio


async def test_answers_are_shown_with_the_words_of_the_form_in_the_officers_language(phone: Phone) -> None:
    record = phone.save(topic="internet_safety", name="Alex P.", follow_up_due="2031-05-06")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        for words in ("What was it about?", "Internet safety", "Alex P.", "May 6, 2031", "With whom"):
            assert screen.reads(words), words
        await phone.services.set_language("es")
        await screen.until(lambda: screen.reads("Seguridad en internet"), "Spanish")
        assert screen.reads("6 may 2031")


async def test_numbers_are_read_as_they_were_typed_and_quoted_answers_stand_in_every_label(tmp_path: Path) -> None:
    pets = {"name": "pet", "label": {"en": "Pet of ${who}", "es": "Mascota de ${who}"}}
    form = small({"name": "who"}, {"name": "weight", "type": "decimal"}, {"name": "count", "type": "decimal"}, pets)
    phone = await make_phone(tmp_path, forms=[form.json], language="es")
    record = phone.save("small", who="Ana", weight=2.5, count=4.0, pet="Rex")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        for words in ("2,5", "4", "Mascota de Ana"):
            assert words in screen.texts(), words
        draft = phone.notebook.correct(record, "typing")
        phone.notebook.answer(draft.id, "pet", "Max")
        phone.notebook.save(draft.id)
        await screen.until(lambda: screen.reads("Mascota de …"), "the correction")
        assert not screen.reads("${")
    phone.notebook.close()


async def test_a_record_says_where_it_is(phone: Phone) -> None:
    record = phone.save(topic="praise")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Saved on this phone. It goes to the district by itself.")
        phone.receive()
        await screen.until(lambda: screen.reads("The district has it, number 101."), "the receipt")


async def test_a_record_taken_with_a_doubt_says_so_and_asks_for_nothing_else(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.receipt(revision.hash, 101, "2026-11-23T14:06:00+00:00", doubt="clock_ahead")
    phone.notebook.receipt(revision.hash, 101, "2026-11-23T14:06:00+00:00")  # sent again
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("This phone's clock was ahead")
        assert "send-again" not in screen.idents()


async def test_a_refused_record_says_why_and_offers_to_correct_it_or_send_it_again(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "wrong_school", "", None)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("You are not assigned to this record's school")
        await screen.tap("send-again")
        assert phone.notebook.counts().waiting == 1
        assert phone.engine.kicks == ["manual"]


async def test_a_refused_answer_is_named_with_its_question(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "answers_refused", "Choose one of the answers.", "topic")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads('The district did not take the answer to "What was it about?": Choose one of the answers.')


async def test_correcting_asks_why_and_opens_the_form_with_what_the_record_says_now(phone: Phone) -> None:
    record = phone.save(topic="praise")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("correct")
        await screen.tap("reason-typing")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert (draft.record, draft.answers["topic"]) == (record, "praise")
        assert draft.reason == "Typing mistake"


async def test_a_reason_of_ones_own_is_kept_and_the_history_says_what_changed(phone: Phone) -> None:
    record = phone.save(topic="praise", name="Alex")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("correct")
        await screen.type("reason", "The mother called back ")
        await screen.tap("reason-own")
        draft = screen.page.route.removeprefix("/form/")
        phone.notebook.answer(draft, "topic", "traffic")
        phone.notebook.answer(draft, "name", None)
        phone.notebook.save(draft)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Reason: The mother called back")
        assert screen.reads("was: Praise / now: Traffic at school")
        assert screen.reads("was: Alex / now: nothing")
        assert not screen.reads("Hide")
        await screen.tap("version-0")
        await screen.until(lambda: screen.reads("Hide"), "the record as it was")
        assert screen.texts().count("Alex") == 1


async def test_a_correction_that_was_begun_goes_on_without_asking_again(phone: Phone) -> None:
    record = phone.save(topic="praise")
    draft = phone.notebook.correct(record, "Typing mistake")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("correct")
        assert screen.page.route == f"/form/{draft.id}"


async def test_a_refused_record_may_be_corrected_because_the_district_asked(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "answers_refused", "Too long.", "topic")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("correct")
        assert "reason-district" in screen.idents()


async def test_a_follow_up_begins_with_the_same_people_and_both_records_name_each_other(phone: Phone) -> None:
    first = phone.save(topic="bullying", name="Alex")
    async with Screen(phone.main, route=f"/records/{first}") as screen:
        await screen.tap("follow-up")
        draft = phone.notebook.draft(screen.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.answers["name"] == "Alex"
        second = phone.notebook.save(draft.id).id
    async with Screen(phone.main, route=f"/records/{first}") as screen:
        assert screen.reads("What followed")
        await screen.tap(f"record-{second}")
        assert screen.page.route == f"/records/{second}"
        assert screen.reads("This follows up")
        assert not screen.reads(first), "no bare ids among the answers"


async def test_a_complaint_that_looks_like_another_says_so_and_can_be_linked(phone: Phone) -> None:
    spot = {"lat": 36.0, "lon": -95.9, "acc": 5}
    first = phone.save("community_complaint", **(_COMPLAINT | {"gps": spot}))
    second = phone.save("community_complaint", **(_COMPLAINT | {"gps": spot | {"lat": 36.0005}}))
    async with Screen(phone.main, route=f"/records/{second}") as screen:
        assert screen.reads("56 m away")
        assert f"alike-{first}" in screen.idents()
        await screen.tap(f"same-{first}")
        await screen.until(lambda: screen.reads("The same as"), "the link")
        assert f"alike-{first}" not in screen.idents()
        assert screen.reads("Reason: The same matter was reported before")
        assert phone.engine.kicks == ["saved"]


async def test_a_walkthroughs_findings_are_lines_of_their_own(phone: Phone) -> None:
    record = phone.save("walkthrough", areas=["GR"], GR2="no", GR2_severity="3")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap(f"finding-{record}-GR2")
        assert screen.page.route == f"/records/findings/{record}/GR2"


async def test_the_history_names_who_changed_what_and_why(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (first,) = phone.notebook.outbox()
    phone.receive()
    change = _change(first, 1, "traffic", reason="Wrong topic")
    phone.notebook.take([(201, change.at, change)], 201)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Lee Park")
        assert screen.reads("Reason: Wrong topic")


@pytest.mark.parametrize("shares", [True, False])
async def test_a_file_is_handed_to_the_phone_and_one_that_is_elsewhere_is_told(tmp_path: Path, shares: bool) -> None:
    form = small({"name": "paper", "type": "file"}, {"name": "other", "type": "file"})
    phone = await make_phone(tmp_path, forms=[form.json])
    kept = await phone.notebook.add_file(b"%PDF-1.7 a letter", "letter.pdf")
    away = {"sha256": "ef" * 32, "mime": "application/pdf", "bytes": 99}
    record = phone.save("small", paper=kept, other=away)
    replies = {"share_files": {"status": "success", "raw": "mail"} if shares else RuntimeError("no share list")}
    async with Screen(phone.main, route=f"/records/{record}", replies=replies) as screen:
        await screen.tap(f"open-{kept['sha256'][:8]}")
        wanted = "share_files" if shares else "save_file"
        await screen.until(lambda: wanted in [name for name, _ in screen.calls], "the file")
        args = next(args for name, args in screen.calls if name == wanted)
        if shares:
            (file,) = args["files"]
            assert (file.name, file.mime_type, file.data) == ("letter.pdf", "application/pdf", b"%PDF-1.7 a letter")
        else:
            assert (args["file_name"], args["src_bytes"]) == ("letter.pdf", b"%PDF-1.7 a letter")
        await screen.until(lambda: screen.reads("The file was handed to the phone."), "the notice")
        await screen.tap("open-efefefef")
        await screen.until(lambda: screen.reads("This file is not on this phone."), "the news")
    phone.notebook.close()


async def test_a_photo_is_shown_and_one_that_is_elsewhere_is_told(phone: Phone) -> None:
    image = await phone.notebook.add_photo(_picture())
    record = phone.save("community_complaint", **(_COMPLAINT | {"photo": image}))
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.until(lambda: screen.all(ft.Image), "the photo")
    phone.notebook.photo = _none  # type: ignore[method-assign]
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.until(lambda: screen.reads("This photo is not on this phone"), "the words")
        await screen.tap("fetch-photo")
        assert phone.engine.fetched == [image["sha256"]]
        assert screen.reads("The photo cannot be had now")


async def test_of_a_damaged_photo_what_is_left_is_shown_and_it_is_fetched_again(phone: Phone, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(out, "JPEG", quality=95)
    sha = sha256(out.getvalue())
    await phone.notebook.keep_photo(sha, out.getvalue())
    image = {"sha256": sha, "mime": "image/jpeg", "bytes": len(out.getvalue())}
    record = phone.save("community_complaint", **(_COMPLAINT | {"photo": image}))
    _damage(tmp_path, f"photo-{sha}")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.until(lambda: screen.reads("This photo is damaged"), "the words")
        assert screen.all(ft.Image)
        await screen.tap("fetch-photo")
        assert phone.engine.fetched == [sha]


async def test_a_record_that_is_not_here_says_so(phone: Phone) -> None:
    async with Screen(phone.main, route=f"/records/{other_record()}") as screen:
        assert screen.reads("Not on this phone")
        await screen.tap("records")
        assert screen.page.route == "/records"


_COMPLAINT: dict[str, Any] = {"service_code": "NOI-LOUD", "description": "Music", "address": "1 Elm St"}


def _damage(folder: Path, name: str) -> None:
    (kept,) = folder.rglob(name)
    kept.write_bytes(flipped(kept.read_bytes(), kept.stat().st_size - 1, 0))


def _change(first: Revision, seq: int, topic: str, reason: str | None = None) -> Revision:
    body = first.to_json() | {
        "author": OTHER,
        "device": f"018f0000-0000-7000-8000-0000000000c{seq}",
        "parents": [first.hash],
        "prev": None,
        "seq": 1,
        "set": {"topic": topic},
        "reason": reason,
    }
    return Revision.from_json(body)


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#224466").save(out, "JPEG")
    return out.getvalue()


async def _none(sha: str) -> bytes | None:
    assert len(sha) == len(sha256(b""))
    return None


async def test_a_walkthrough_tells_what_has_changed_since_the_last_visit(phone: Phone) -> None:
    first = phone.save("walkthrough", areas=["BD"], BD1="no", BD2="yes", BD3="no")
    second = phone.save("walkthrough", areas=["BD"], BD1="yes", BD2="no", BD3="no")
    async with Screen(phone.main, route=f"/records/{first}") as screen:
        assert "since" not in screen.idents()
    async with Screen(phone.main, route=f"/records/{second}") as screen:
        said = screen.texts("since")
        assert [text for text in said if text.startswith(("Put right", "New", "Still there"))] == [
            "Put right: 1",
            "New: 1",
            "Still there: 1",
        ]
        assert "33 before, 33 now" in said
