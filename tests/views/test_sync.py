"""The sync screen: plain words about the road to the district."""

import json
from typing import Any

import pytest

from app.parcel import unpack
from sync.engine import State
from sync.protocol import Code, read_push
from tests.app.notebooks import picture
from tests.views.headless import Screen
from tests.views.phone import Phone

pytestmark = pytest.mark.anyio


async def test_sync_now_asks_for_a_round(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/sync") as screen:
        await screen.tap("sync-now")
        assert phone.engine.kicks == ["manual"]


async def test_while_a_round_runs_the_screen_says_how_far_it_is(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/sync") as screen:
        phone.engine.set(State.SYNCING, waiting=3, done=1, total=4)
        await screen.until(lambda: screen.reads("Sending 1 of 4"), "how far")
        phone.engine.set(State.SYNCING, waiting=0, done=0, total=0, photos_done=2, photos=5)
        await screen.until(lambda: screen.reads("Sending photos, 2 of 5"), "the photos")


async def test_what_waits_and_what_went_wrong_are_listed_by_record(phone: Phone) -> None:
    refused = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "wrong_school", "", None)
    waiting = phone.save(topic="traffic")
    async with Screen(phone.main, route="/more/sync") as screen:
        assert "Refused" in " ".join(screen.texts(f"record-{refused}"))
        assert "Waiting to send" in " ".join(screen.texts(f"record-{waiting}"))
        await screen.tap(f"record-{refused}")
        assert screen.page.route == f"/records/{refused}"


async def test_what_is_on_its_way_is_listed_and_nothing_says_that_the_district_has_it(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    async with Screen(phone.main, route="/more/sync") as screen:
        phone.notebook.sending([revision.hash])
        await screen.until(lambda: "Sending" in " ".join(screen.texts(f"record-{record}")), "the record")
        assert not screen.reads("Everything you saved is at the district.")


async def test_of_many_records_that_wait_the_first_are_listed_and_the_others_counted(phone: Phone) -> None:
    saved = [phone.save(topic="praise") for _ in range(22)]
    phone.notebook.sending([phone.notebook.outbox()[0].hash])
    async with Screen(phone.main, route="/more/sync") as screen:
        assert "Sending" in " ".join(screen.texts(f"record-{saved[0]}"))
        assert len([name for name in screen.idents() if name.startswith("record-")]) == 20
        assert screen.reads("And 2 more.")


async def test_with_nothing_left_to_do_the_screen_says_so(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads("Everything you saved is at the district.")


async def test_a_phone_that_never_synced_says_so(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/sync") as screen:
        phone.engine.set(State.OFFLINE, last_success=None)
        await screen.until(lambda: screen.reads("Never synced on this phone"), "never")


async def test_a_phone_that_was_shut_out_is_led_to_a_new_code(phone: Phone) -> None:
    phone.engine.set(State.TROUBLE, code="device_revoked")
    async with Screen(phone.main, route="/more/sync") as screen:
        assert "sync-now" not in screen.idents()
        await screen.tap("enrol-again")
        assert "enrol-code" in screen.idents()


async def test_an_app_that_is_too_old_for_the_district_is_updated_from_here_and_goes_on_capturing(phone: Phone) -> None:
    phone.engine.set(State.TROUBLE, code="app_too_old", waiting=1)
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads("This app is too old for your district")
        assert screen.reads("go on writing")
        assert "update-now" not in screen.idents()
        phone.device.update_ready = True
        phone.services.device_changes.changed()
        await screen.until(lambda: "update-now" in screen.idents(), "the update")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_reason_of_the_district_has_its_own_sentence(language: str) -> None:
    from app.words import Words
    from sync import errors

    words = Words.load(language, strict=True)
    own = [value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)]
    enrolment = {Code.ENROL_CODE_WRONG, Code.ENROL_CODE_USED, Code.ENROL_CODE_EXPIRED}
    handing_in = {Code.LEFTOVERS_UNKNOWN, Code.LEFTOVERS_CHANGED}  # before there is a notebook that syncs
    for code in {*Code, *own} - enrolment - handing_in:
        assert f"sync.why.{code}" in words, code


async def test_a_round_can_be_stopped_and_says_how_far_it_is(phone: Phone) -> None:
    phone.save(topic="praise")
    async with Screen(phone.main, route="/more/sync") as screen:
        phone.engine.set(State.SYNCING, done=12, total=40, photos=3, photos_done=1)
        await screen.until(lambda: screen.reads("Sending 12 of 40 \u00b7 photo 2 of 3"), "the progress")
        await screen.tap("sync-stop")
    assert phone.engine.cancelled == 1


async def test_photos_can_be_kept_for_wifi_and_say_that_they_wait(phone: Phone) -> None:
    async with Screen(phone.main, route="/more/sync") as screen:
        await screen.tap("wifi-only")
        assert phone.notebook.preference("wifi_only") is True
        assert phone.engine.kicks == ["network"]
        phone.engine.holds_photos = True
        photo = await phone.notebook.add_photo(picture())
        phone.save(topic="praise", photo=photo)
        (revision,) = phone.notebook.outbox()
        phone.notebook.receipt(revision.hash, 101, "2026-11-23T14:06:00+00:00", [photo["sha256"]])
        await screen.until(lambda: screen.reads("1 photo waits for Wi-Fi"), "the words")
        await screen.tap("wifi-only")
        assert phone.notebook.preference("wifi_only") is False


@pytest.mark.parametrize(
    ("code", "move"),
    [
        ("answers_refused", "Your move: open it."),
        ("bad_revision", "The district's move"),
        ("not_found", "The district's move"),
    ],
)
async def test_what_went_wrong_says_whose_move_it_is(phone: Phone, code: str, move: str) -> None:
    phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, code, "", None)
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads(move)


async def test_a_reason_that_only_a_newer_app_knows_is_told_in_the_districts_words(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "moon_is_full", "Not on a full moon.", None)
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads("Not on a full moon.")
        phone.engine.set(State.TROUBLE, code="sun_is_up", said="Not while the sun is up.", attention=1)
        await screen.until(lambda: screen.reads("Not while the sun is up."), "the words")
        await screen.tap(f"record-{record}")
        await screen.until(lambda: screen.reads("Not on a full moon."), "the words")


async def test_a_refused_record_and_the_receipts_can_be_saved_to_files(phone: Phone) -> None:
    photo = await phone.notebook.add_photo(picture())
    record = phone.save(topic="praise", photo=photo)
    (revision,) = phone.notebook.outbox()
    phone.notebook.refuse(revision.hash, "answers_refused", "", None)
    saved: dict[str, bytes] = {}

    def save(arguments: dict[str, Any]) -> str:
        saved[arguments["file_name"]] = arguments["src_bytes"]
        return ""

    async with Screen(phone.main, route=f"/records/{record}", replies={"save_file": save}) as screen:
        await screen.tap("keep-record")
    lines, photos = unpack(saved.pop(f"beatbook-{record[:8]}.zip"))
    assert read_push(lines) == [revision]
    assert photos == {photo["sha256"]: await phone.notebook.photo(photo["sha256"])}

    other = phone.save(topic="praise")
    phone.receive()
    phone.notebook.keep_stamp("101.aa.sig")
    async with Screen(phone.main, route="/more/sync", replies={"save_file": save}) as screen:
        await screen.tap("keep-receipts")
    proof = json.loads(saved["beatbook-receipts.json"])
    assert [one["seq"] for one in proof["receipts"]] == [101]
    assert proof["stamps"] == ["101.aa.sig"]
    assert phone.notebook.record(other) is not None


async def test_a_form_that_only_a_newer_app_can_read_is_told(phone: Phone) -> None:
    setup = phone.notebook._shelf.body
    assert setup is not None
    newer = {**setup["forms"][0], "version": "2099010101", "fields": [{"type": "mood", "name": "mood"}]}
    phone.notebook.keep_setup({**setup, "forms": [newer, *setup["forms"][1:]]}, "e2")
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads("1 form needs a newer version of this app")


async def test_what_only_a_newer_app_can_read_is_told(phone: Phone) -> None:
    phone.notebook.take([], 3, [(3, "2026-11-23T14:06:00+00:00", "a" * 64, {"mood": "fine"})])
    async with Screen(phone.main, route="/more/sync") as screen:
        assert screen.reads("1 change by a colleague needs a newer version of this app")


async def test_a_phone_that_was_shut_out_says_whose_account_it_is_and_not_that_the_district_has_everything(
    phone: Phone,
) -> None:
    phone.engine.set(State.TROUBLE, code="device_unknown")
    async with Screen(phone.main, route="/more/sync") as screen:
        assert phone.notebook.binding
        assert screen.reads(phone.notebook.binding.officer)
        assert screen.reads("had everything when it last answered")
        assert not screen.reads("Everything you saved is at the district.")
