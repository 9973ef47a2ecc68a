"""What families ask: "ask for a call back" and "report a problem here", the receipt, and how far it is.

No script and no cookie. Nobody learns more of a request here than whether it is open, and what the officers wrote for
the family to read.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.requests import is_open
from app.tags import is_checked, show, tidy
from server.brakes import STRANGER, address
from server.context import TheDatabase, TheSettings
from server.html import NO_STORE
from server.posted import read_form
from server.public import questions, typed
from server.public.asking import SENT, URGENT, Asking
from server.public.doors import Door, card_door, tag_door
from server.public.emergency import UNREAD, alarm
from server.public.page import READ, Gone, PageRoute, page, words_of
from server.tables import FamilyRequest, Record

_MOST_FIELDS: Final = 60
_LONGEST_PART: Final = 100_000  # bytes of one answer; what is longer than the form allows is told below that

router = APIRouter(route_class=PageRoute, include_in_schema=False)


def _card(database: TheDatabase, settings: TheSettings, slug: str) -> Door:
    with database.reading() as session:
        return card_door(session, slug, settings.base_url)


def _tag(database: TheDatabase, code: str) -> Door:
    with database.reading() as session:
        return tag_door(session, code)


async def _posted(request: Request) -> AsyncIterator[FormData]:
    request.state.alarm = UNREAD
    try:
        posted = await read_form(request, max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_PART)
    except HTTPException:
        raise Gone("ask_unreadable", 400) from None
    request.state.alarm = await run_in_threadpool(alarm, posted)
    yield posted
    await posted.close()


ByCard = Annotated[Door, Depends(_card)]
ByTag = Annotated[Door, Depends(_tag)]
# Before the door: whoever writes of an emergency to an officer who left reads of 911 all the same.
Posted = Annotated[FormData, Depends(_posted)]


@router.api_route("/c/{slug}/call-back", methods=READ)
def call_back(request: Request, door: ByCard) -> HTMLResponse:
    """The form by which a family asks an officer to call."""
    return Asking(request, door, "call_back").show()


@router.api_route("/c/{slug}/report", methods=READ)
def report_by_card(request: Request, door: ByCard) -> HTMLResponse:
    """The form by which somebody reports a problem to the officer of a card."""
    return Asking(request, door, "problem").show()


@router.api_route("/t/{code}/report", methods=READ)
def report_by_tag(request: Request, door: ByTag) -> HTMLResponse:
    """The form by which somebody reports a problem at a place."""
    return Asking(request, door, "problem").show()


@router.post("/c/{slug}/call-back")
async def ask_for_a_call_back(request: Request, posted: Posted, door: ByCard) -> Response:
    """Takes a wish to be called."""
    return await _take(request, posted, door, "call_back")


@router.post("/c/{slug}/report")
async def report_to_an_officer(request: Request, posted: Posted, door: ByCard) -> Response:
    """Takes a problem that somebody reports by a card."""
    return await _take(request, posted, door, "problem")


@router.post("/t/{code}/report")
async def report_a_place(request: Request, posted: Posted, door: ByTag) -> Response:
    """Takes a problem that somebody reports by a place's tag."""
    return await _take(request, posted, door, "problem")


async def _take(request: Request, posted: FormData, door: Door, kind: questions.Kind) -> Response:
    """Takes what was asked. Photos wait for each other outside of the threads by which all pages are made."""

    def take() -> Response:
        return Asking(request, door, kind).take(posted)

    darkroom = request.app.state.darkroom if questions.upload(posted) else None
    return await to_thread.run_sync(take, limiter=darkroom)


@router.api_route("/r", methods=READ)
def look_up(request: Request, reference: str = "") -> Response:
    """Asks for a reference number and leads to its page."""
    code = tidy(typed.number(reference))
    if code and is_checked(code):
        return RedirectResponse(f"/r/{code}?{urlencode({'lang': words_of(request).language})}", 303, NO_STORE)
    return page(request, "public/look_up.html", alone=True, given=reference[:40], status=404 if code else 200)


@router.api_route("/r/{reference}", methods=READ)
def status(request: Request, database: TheDatabase, reference: str, sent: str = "") -> HTMLResponse:
    """How far a request is, in Open311's words, and what the family may read of it; nothing else."""
    request.app.state.brakes.count(STRANGER, f"status {address(request)}")
    code = tidy(typed.number(reference))
    with database.reading() as session:
        named = select(Record).join(FamilyRequest, FamilyRequest.record == Record.id)
        record = session.scalar(named.where(FamilyRequest.reference == code))
        if record is None or record.standing != "live":
            raise Gone("ask_unknown")
        return page(
            request,
            "public/status.html",
            session,
            alone=True,
            reference=show(code),
            open=is_open(record.answers),
            notes=record.answers.get("status_notes", ""),
            sent=sent if sent in (SENT, URGENT) else "",
        )
