"""What can be printed of a school, a place and a card: the ways to choose from, and the PDFs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session

from server import district, places
from server.cards import CardFacts, card_facts
from server.console.door import Caller, Manager, Reader, inside, not_found
from server.console.page import page, told
from server.context import TheDatabase, TheSettings
from server.database import Database
from server.district import DistrictError, audit
from server.html import HEADERS, NO_STORE
from server.layouts import BADGES_ON_A_PAGE
from server.pdf import PAPERS, Paper
from server.sheets import CARD_KINDS, TAG_KINDS, CardKind, Sheets, TagKind, card_sheets, only_here, tag_sheets

router = inside()
OnPaper = Annotated[Paper, Query()]


@router.get("/schools/{school_id}/print")
def of_school(
    request: Request, database: TheDatabase, settings: TheSettings, caller: Manager, school_id: str
) -> Response:
    """The ways to print a school's tags."""
    with database.reading() as session:
        name = _school(session, school_id)
    return _choice(request, settings.base_url, caller, name, TAG_KINDS)


@router.get("/schools/{school_id}/tags.pdf")
def tags_of_school(
    request: Request,
    database: TheDatabase,
    settings: TheSettings,
    caller: Manager,
    school_id: str,
    kind: Annotated[TagKind, Query()] = "labels",
    paper: OnPaper = "letter",
) -> Response:
    """A school's tags. It is noted who saw them: whoever has a tag's code can make a copy of it."""
    with database.reading() as session:
        name = _school(session, school_id)
        try:
            made = tag_sheets(session, settings.base_url, kind, paper, school=school_id)
        except DistrictError as error:
            return _choice(request, settings.base_url, caller, name, TAG_KINDS, told(request, error))
    return _seen(database, caller, school_id, made, kind)


@router.get("/places/{place_id}/print")
def of_place(
    request: Request, database: TheDatabase, settings: TheSettings, caller: Manager, place_id: str
) -> Response:
    """The ways to print a place's tag."""
    with database.reading() as session:
        name = _place(session, place_id)
    return _choice(request, settings.base_url, caller, name, TAG_KINDS)


@router.get("/places/{place_id}/tags.pdf")
def tag_of_place(
    request: Request,
    database: TheDatabase,
    settings: TheSettings,
    caller: Manager,
    place_id: str,
    kind: Annotated[TagKind, Query()] = "labels",
    paper: OnPaper = "letter",
) -> Response:
    """One place's tag; noted like a school's."""
    with database.reading() as session:
        name = _place(session, place_id)
        try:
            made = tag_sheets(session, settings.base_url, kind, paper, place=place_id)
        except DistrictError as error:
            return _choice(request, settings.base_url, caller, name, TAG_KINDS, told(request, error))
    return _seen(database, caller, place_id, made, kind)


@router.get("/cards/{slug}/print")
def of_card(request: Request, database: TheDatabase, settings: TheSettings, caller: Reader, slug: str) -> Response:
    """The ways to print a contact card."""
    with database.reading() as session:
        facts = _card(session, settings.base_url, slug)
    return _choice(request, settings.base_url, caller, facts.name, CARD_KINDS)


@router.get("/cards/{slug}/cards.pdf")
def print_card(
    request: Request,
    database: TheDatabase,
    settings: TheSettings,
    caller: Reader,
    slug: str,
    kind: Annotated[CardKind, Query()] = "posters",
    paper: OnPaper = "letter",
) -> Response:
    """One card: a poster, or a page full of badges."""
    with database.reading() as session:
        facts = _card(session, settings.base_url, slug)
    try:
        made = card_sheets([facts] * (BADGES_ON_A_PAGE if kind == "badges" else 1), kind, paper)
    except DistrictError as error:
        return _choice(request, settings.base_url, caller, facts.name, CARD_KINDS, told(request, error))
    return _pdf(made, kind)


def _school(session: Session, school_id: str) -> str:
    found = district.school(session, school_id)
    if found is None:
        raise not_found()
    return found.name


def _place(session: Session, place_id: str) -> str:
    found = places.place(session, place_id)
    if found is None:
        raise not_found()
    return found.name


def _card(session: Session, base_url: str, slug: str) -> CardFacts:
    found = district.card(session, slug)
    facts = card_facts(session, found, base_url) if found else None
    if facts is None:
        raise not_found()
    return facts


def _choice(
    request: Request, base_url: str, caller: Caller, name: str, kinds: Sequence[str], problem: str = ""
) -> Response:
    above = request.url.path.rpartition("/")[0]
    return page(
        request,
        "console/print.html",
        caller,
        status=422 if problem else 200,
        name=name,
        above=above,
        file=f"{above}/{'tags' if 'labels' in kinds else 'cards'}.pdf",
        kinds=kinds,
        papers=PAPERS,
        local=only_here(base_url),
        problem=problem,
    )


def _seen(database: Database, caller: Caller, what: str, made: Sheets, kind: str) -> Response:
    # Noted after it was drawn: hundreds of codes take seconds, and phones that send wait for whoever writes.
    with database.writing() as session:
        audit(session, caller.id, "tags-shown", what)
    return _pdf(made, kind)


def _pdf(made: Sheets, kind: str) -> Response:
    headers = {**HEADERS, **NO_STORE, "Content-Disposition": f'inline; filename="{kind}.pdf"'}
    return Response(made.pdf, headers=headers, media_type="application/pdf")
