"""Deleting a record, bringing it back, and what is shown of one that the district took away."""

from dataclasses import replace
from typing import Any

import pytest

from app.revisions import Revision
from tests.views.headless import Screen
from tests.views.phone import OTHER, Phone

pytestmark = pytest.mark.anyio

THERE = "2026-11-23T15:00:00+00:00"


def act(of: Revision, name: str) -> Revision:
    """What a colleague, or the district, does to the record without having seen more of it than this."""
    device = "01937a00-3000-7000-8000-0000000000ff"
    about: dict[str, Any] = {"author": OTHER, "device": device, "seq": 1, "prev": None, "parents": (of.hash,)}
    return replace(of, **about, set={}, act=name, reason="Order 12-345")


async def test_deleting_asks_why_and_undo_brings_the_record_back(phone: Phone) -> None:
    record = phone.save(topic="praise")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        await screen.tap("delete")
        await screen.tap("reason-twice")
        assert screen.page.route == "/records"
        assert not [name for name in screen.idents() if name.startswith("record-")]
        assert phone.notebook.outbox()[-1].reason == "Written twice"
        await screen.tap("notice-action")
        assert [name for name in screen.idents() if name.startswith("record-")] == [f"record-{record}"]
    assert phone.engine.kicks == ["saved", "saved"]


async def test_a_deleted_record_says_who_and_why_and_comes_back(phone: Phone) -> None:
    record = phone.save(topic="praise", name="Alex")
    phone.notebook.delete(record, "Written twice")
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Written twice")
        assert screen.reads("Alex"), "its answers are still there to be read"
        assert "correct" not in screen.idents()
        await screen.tap("restore")
        assert "correct" in screen.idents()


async def test_a_deletion_that_missed_a_change_is_put_to_the_officer(phone: Phone) -> None:
    record = phone.save(topic="praise")
    (first,) = phone.notebook.outbox()
    phone.receive()
    draft = phone.notebook.correct(record, "More is known now")
    phone.notebook.answer(draft.id, "topic", "attendance")
    phone.notebook.save(draft.id)
    phone.receive()
    phone.notebook.take([(300, THERE, act(first, "delete"))], 300)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("deleted by somebody who had not seen a change")
        await screen.tap("restore")
        assert not screen.reads("deleted by somebody who had not seen a change")
        phone.notebook.take([(301, THERE, act(first, "seal"))], 301)
    assert phone.notebook.outbox()[-1].act == "restore"


@pytest.mark.parametrize(("order", "words"), [("seal", "sealed this record"), ("expunge", "expunged this record")])
async def test_what_the_district_took_away_says_so_and_shows_nothing_else(phone: Phone, order: str, words: str) -> None:
    record = phone.save(topic="praise", name="Alex")
    (first,) = phone.notebook.outbox()
    phone.receive()
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("Alex")
        phone.notebook.take([(300, THERE, act(first, order))], 300)
        await screen.until(lambda: screen.reads(words), "the order")
        assert screen.reads("Order 12-345")
        for gone in ("Alex", "Praise"):
            assert not screen.reads(gone)
        assert {"correct", "share", "delete", "restore"}.isdisjoint(screen.idents())


def corrected(phone: Phone) -> tuple[str, Revision]:
    """A record that the district has, but for a correction that waits; and its first revision."""
    record = phone.save(topic="praise", name="Alex")
    (first,) = phone.notebook.outbox()
    phone.receive()
    draft = phone.notebook.correct(record)
    phone.notebook.answer(draft.id, "name", "Sasha")
    phone.notebook.save(draft.id)
    return record, first


async def test_what_was_refused_of_a_sealed_record_can_be_sent_again_and_kept_in_a_file(phone: Phone) -> None:
    record, first = corrected(phone)
    (late,) = phone.notebook.outbox()
    phone.notebook.refuse(late.hash, "answers_refused", "Not so.", "name")
    phone.notebook.take([(300, THERE, act(first, "seal"))], 300)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("sealed this record")
        assert not screen.reads("Praise")
        assert "correct" not in screen.idents()
        assert "keep-record" in screen.idents()
        await screen.tap("send-again")
        await screen.until(lambda: phone.notebook.outbox() == [late], "what was refused to wait again")
        assert "send-again" not in screen.idents()


async def test_a_sealed_record_says_that_its_content_is_here_until_what_waits_is_sent(phone: Phone) -> None:
    record, first = corrected(phone)
    phone.notebook.take([(300, THERE, act(first, "seal"))], 300)
    async with Screen(phone.main, route=f"/records/{record}") as screen:
        assert screen.reads("What waits here is sent first")
        phone.receive()
        await screen.until(lambda: screen.reads("not on this phone any more"), "its content to leave")
