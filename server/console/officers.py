"""Officers and other accounts: who they are, their phones, and the one-time codes that bind new ones."""

from datetime import date
from typing import Any

from fastapi import Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.tags import enrol_url, hash_code, show
from server import codes, district, enrolment, leave
from server.changes import change_officer
from server.console.door import Admin, Caller, Manager, Posted, Reader, go, inside, not_found, text
from server.console.page import confirm, page, told
from server.context import TheDatabase, TheSettings
from server.district import ROLES, DistrictError
from server.leftovers import waiting
from server.tables import Device, EnrolmentCode, Officer, Posting, School, now

router = inside()
_LINES = ("name", "badge", "title", "email", "phone", "role")


@router.get("/officers")
def index(request: Request, database: TheDatabase, caller: Reader) -> Response:
    """All accounts; closed ones at the end, because what they wrote stays."""
    with database.reading() as session:
        found = session.scalars(select(Officer).order_by(Officer.active.desc(), Officer.name)).all()
        there = select(Posting.officer, School.name).join(School, School.id == Posting.school)
        schools: dict[str, list[str]] = {}
        for officer, name in session.execute(there.where(Posting.until.is_(None), School.active).order_by(School.name)):
            schools.setdefault(officer, []).append(name)
        bound = select(Device.officer, func.count()).where(Device.revoked_at.is_(None)).group_by(Device.officer)
        return page(
            request,
            "console/officers.html",
            caller,
            session,
            officers=found,
            schools_of=schools,
            phones=dict(session.execute(bound).all()),
            handed_in={hand_in.officer for hand_in in waiting(session)},
        )


@router.get("/officers/new")
def new(request: Request, database: TheDatabase, caller: Admin) -> Response:
    """The form for a new account."""
    with database.reading() as session:
        return _form(request, caller, session, None, {"role": "officer", "title": "School Resource Officer"})


@router.post("/officers/new")
def add(request: Request, database: TheDatabase, caller: Admin, form: Posted) -> Response:
    """Opens an account."""
    try:
        with database.writing() as session:
            columns = _columns(form)
            made = district.add_officer(
                session,
                columns.pop("name"),
                columns.pop("badge"),
                _schools(session, form),
                password=text(form, "password") or None,
                who=caller.id,
                **columns,
            )
    except DistrictError as error:
        return _again(request, database, caller, None, form, error)
    return go(f"/console/officers/{made.id}", "officer_added")


@router.get("/officers/{officer_id}")
def one(request: Request, database: TheDatabase, caller: Reader, officer_id: str) -> Response:
    """One account with its schools, phones and card."""
    with database.reading() as session:
        officer = _officer(session, officer_id)
        open_codes = select(func.count()).where(
            EnrolmentCode.officer == officer_id, EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > now()
        )
        return page(
            request,
            "console/officer.html",
            caller,
            session,
            officer=officer,
            schools=district.schools(session, ids=district.schools_of(session, officer_id)),
            devices=district.devices(session, officer=officer_id),
            hand_ins=waiting(session, officer_id),
            open_codes=session.scalar(open_codes) or 0,
            card=district.card_of(session, officer_id),
        )


@router.get("/officers/{officer_id}/edit")
def edit(request: Request, database: TheDatabase, caller: Admin, officer_id: str) -> Response:
    """The form of an account that is there."""
    with database.reading() as session:
        officer = _officer(session, officer_id)
        values = {name: getattr(officer, name) for name in (*_LINES, "substitute")}
        values |= {"languages": ", ".join(officer.languages), "away_until": officer.away_until or ""}
        return _form(request, caller, session, officer, values, district.schools_of(session, officer_id))


@router.post("/officers/{officer_id}/edit")
def change(request: Request, database: TheDatabase, caller: Admin, form: Posted, officer_id: str) -> Response:
    """Writes an account anew; a new password signs it out everywhere."""
    try:
        with database.writing() as session:
            officer = _officer(session, officer_id)
            change_officer(session, officer, _schools(session, form), who=caller.id, **_columns(form))
            leave.set_leave(session, officer, *_leave(session, form), who=caller.id)
            if text(form, "password"):
                district.set_password(session, officer_id, text(form, "password"), who=caller.id)
    except DistrictError as error:
        return _again(request, database, caller, officer_id, form, error)
    return go(f"/console/officers/{officer_id}", "saved")


@router.post("/officers/{officer_id}/code")
def make_code(
    request: Request, database: TheDatabase, settings: TheSettings, caller: Manager, officer_id: str
) -> Response:
    """A new one-time code, shown this once: the district keeps only its hash."""
    try:
        with database.writing() as session:
            officer = _officer(session, officer_id)
            code = enrolment.make_code(session, officer_id, who=caller.id)
            expires = session.get_one(EnrolmentCode, hash_code(code)).expires_at
    except DistrictError:
        return go(f"/console/officers/{officer_id}", "officer_is_closed")
    url = enrol_url(settings.base_url, code)
    return page(
        request,
        "console/code.html",
        caller,
        officer=officer,
        code=show(code),
        url=url,
        qr=codes.svg(url, "M", title=show(code)),
        expires=expires,
    )


@router.get("/officers/{officer_id}/devices/{device_id}/revoke")
def ask_revoke(request: Request, database: TheDatabase, caller: Manager, officer_id: str, device_id: str) -> Response:
    """Asks before a phone is refused."""
    with database.reading() as session:
        device = _device(session, officer_id, device_id)
        return confirm(
            request,
            caller,
            "revoke_device",
            f"/console/officers/{officer_id}",
            device=device.name or device.platform or device.id,
            name=_officer(session, officer_id).name,
        )


@router.post("/officers/{officer_id}/devices/{device_id}/revoke")
def revoke(database: TheDatabase, caller: Manager, officer_id: str, device_id: str) -> Response:
    """Refuses a phone from now on."""
    with database.writing() as session:
        _device(session, officer_id, device_id)
        district.revoke_device(session, device_id, who=caller.id)
    return go(f"/console/officers/{officer_id}", "device_revoked")


@router.get("/officers/{officer_id}/close")
def ask_close(request: Request, database: TheDatabase, caller: Admin, officer_id: str) -> Response:
    """Asks before an account is closed."""
    with database.reading() as session:
        name = _officer(session, officer_id).name
    if officer_id == caller.id:
        return go(f"/console/officers/{officer_id}", "not_yourself")
    return confirm(request, caller, "close_account", f"/console/officers/{officer_id}", name=name)


@router.post("/officers/{officer_id}/close")
def close(database: TheDatabase, caller: Admin, officer_id: str) -> Response:
    """Closes an account: its phones, codes and cards stop working, what it wrote stays."""
    if officer_id == caller.id:
        # Else a district could lock itself out.
        return go(f"/console/officers/{officer_id}", "not_yourself")
    with database.writing() as session:
        _officer(session, officer_id)
        district.deactivate_officer(session, officer_id, who=caller.id)
    return go(f"/console/officers/{officer_id}", "account_closed")


def _officer(session: Session, officer_id: str) -> Officer:
    found = district.officer(session, officer_id)
    if found is None:
        raise not_found()
    return found


def _device(session: Session, officer_id: str, device_id: str) -> Device:
    found = session.get(Device, device_id)
    if found is None or found.officer != officer_id:
        raise not_found()
    return found


def _columns(form: FormData) -> dict[str, Any]:
    languages = [language.strip() for language in text(form, "languages").split(",")]
    if len(languages) > 10 or any(len(language) > 40 for language in languages):
        raise DistrictError("Name at most ten languages, separated by commas.", "languages")
    return {name: text(form, name) for name in _LINES} | {"languages": [one for one in languages if one]}


def _leave(session: Session, form: FormData) -> tuple[date | None, Officer | None]:
    day = text(form, "away_until")
    try:
        until = date.fromisoformat(day) if day else None
    except ValueError:
        raise DistrictError("On leave until: write the day like 2026-12-31.", "leave_day") from None
    return until, district.officer(session, text(form, "substitute")) if text(form, "substitute") else None


def _schools(session: Session, form: FormData) -> list[str]:
    chosen = [value for value in form.getlist("school") if isinstance(value, str)]
    return [school.id for school in district.schools(session, ids=chosen)]


def _again(
    request: Request,
    database: TheDatabase,
    caller: Caller,
    officer_id: str | None,
    form: FormData,
    error: DistrictError,
) -> Response:
    """The form again with what was typed (but no password) and what is wrong with it."""
    values = {name: text(form, name) for name in (*_LINES, "languages", "away_until", "substitute")}
    with database.reading() as session:
        officer = _officer(session, officer_id) if officer_id else None
        return _form(request, caller, session, officer, values, _schools(session, form), told(request, error))


def _form(
    request: Request,
    caller: Caller,
    session: Session,
    officer: Officer | None,
    values: dict[str, Any],
    chosen: list[str] | None = None,
    problem: str = "",
) -> Response:
    return page(
        request,
        "console/officer_form.html",
        caller,
        session,
        status=422 if problem else 200,
        officer=officer,
        values=values,
        chosen=chosen or [],
        schools=district.schools(session),
        others=[one for one in district.officers(session) if officer is None or one.id != officer.id],
        roles=ROLES,
        problem=problem,
    )
