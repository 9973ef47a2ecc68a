"""Contact cards for parents: of an officer, or of a school's post."""

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from server import codes, district
from server.cards import card_facts
from server.changes import change_card, set_active
from server.console.door import Caller, Manager, Posted, Reader, go, inside, not_found, text
from server.console.page import confirm, page, told
from server.context import TheDatabase, TheSettings
from server.district import DistrictError
from server.tables import Card

router = inside()


@router.get("/cards")
def index(request: Request, database: TheDatabase, settings: TheSettings, caller: Reader) -> Response:
    """All cards; retired ones at the end."""
    with database.reading() as session:
        found = session.scalars(select(Card).order_by(Card.active.desc(), Card.created_at, Card.slug)).all()
        cards = [(card, card_facts(session, card, settings.base_url), _of(session, card)) for card in found]
        return page(request, "console/cards.html", caller, session, cards=cards)


@router.get("/cards/new")
def new(request: Request, database: TheDatabase, caller: Manager) -> Response:
    """The form for a new card."""
    with database.reading() as session:
        return _form(request, caller, session)


@router.post("/cards/new")
def add(request: Request, database: TheDatabase, caller: Manager, form: Posted) -> Response:
    """Makes a card of an officer or of a school's post."""
    kind, _, chosen = text(form, "of").partition(":")
    try:
        with database.writing() as session:
            officer = district.officer(session, chosen) if kind == "officer" else None
            school = district.school(session, chosen) if kind == "school" else None
            if not (officer and officer.active) and not (school and school.active):
                raise DistrictError("Choose whose card it is.", "card_whose")
            made = district.add_card(
                session,
                officer=officer.id if officer else None,
                school=school.id if school else None,
                notes=text(form, "notes"),
                who=caller.id,
            )
    except DistrictError as error:
        with database.reading() as session:
            return _form(request, caller, session, text(form, "of"), text(form, "notes"), told(request, error))
    return go(f"/console/cards/{made.slug}", "card_added")


@router.get("/cards/{slug}")
def one(request: Request, database: TheDatabase, settings: TheSettings, caller: Reader, slug: str) -> Response:
    """One card: what it says today, and its codes."""
    with database.reading() as session:
        return _one(request, settings.base_url, caller, session, _card(session, slug))


@router.post("/cards/{slug}")
def change(
    request: Request, database: TheDatabase, settings: TheSettings, caller: Manager, form: Posted, slug: str
) -> Response:
    """Writes what stands on the card beside the officer."""
    try:
        with database.writing() as session:
            change_card(session, _card(session, slug), text(form, "notes"), who=caller.id)
    except DistrictError as error:
        with database.reading() as session:
            card = _card(session, slug)
            return _one(request, settings.base_url, caller, session, card, text(form, "notes"), told(request, error))
    return go(f"/console/cards/{slug}", "saved")


@router.get("/cards/{slug}/retire")
def ask_retire(request: Request, database: TheDatabase, caller: Manager, slug: str) -> Response:
    """Asks before a card is retired."""
    with database.reading() as session:
        name = _of(session, _card(session, slug))
    return confirm(request, caller, "retire_card", f"/console/cards/{slug}", name=name)


@router.post("/cards/{slug}/retire")
def retire(database: TheDatabase, caller: Manager, slug: str) -> Response:
    """Takes a card out of use: whoever scans it is told whom to call instead."""
    with database.writing() as session:
        set_active(session, _card(session, slug), False, who=caller.id)
    return go(f"/console/cards/{slug}", "retired")


@router.post("/cards/{slug}/restore")
def restore(request: Request, database: TheDatabase, settings: TheSettings, caller: Manager, slug: str) -> Response:
    """Takes a retired card back into use, unless another one took its place."""
    try:
        with database.writing() as session:
            card = _card(session, slug)
            if not card.active:
                district.check_no_card(session, card.officer, card.school)
            set_active(session, card, True, who=caller.id)
    except DistrictError as error:
        with database.reading() as session:
            return _one(request, settings.base_url, caller, session, _card(session, slug), problem=told(request, error))
    return go(f"/console/cards/{slug}", "restored")


def _card(session: Session, slug: str) -> Card:
    found = district.card(session, slug)
    if found is None:
        raise not_found()
    return found


def _of(session: Session, card: Card) -> str:
    """Whose card it is, whether it is in use or not."""
    row = district.officer(session, card.officer) if card.officer else district.school(session, card.school or "")
    return row.name if row else card.slug


def _one(
    request: Request,
    base_url: str,
    caller: Caller,
    session: Session,
    card: Card,
    notes: str | None = None,
    problem: str = "",
) -> Response:
    facts = card_facts(session, card, base_url)
    return page(
        request,
        "console/card.html",
        caller,
        session,
        status=422 if problem else 200,
        card=card,
        of=_of(session, card),
        facts=facts,
        notes=card.notes if notes is None else notes,
        problem=problem,
        link_qr=codes.svg(facts.qr_url, "M", title=facts.url) if facts else "",
        contact_qr=codes.svg(facts.vcard, "M", title=facts.name) if facts else "",
    )


def _form(
    request: Request, caller: Caller, session: Session, of: str = "", notes: str = "", problem: str = ""
) -> Response:
    return page(
        request,
        "console/card_form.html",
        caller,
        session,
        status=422 if problem else 200,
        officers=[one for one in district.officers(session) if one.role == "officer"],
        schools=district.schools(session),
        of=of,
        notes=notes,
        problem=problem,
    )
