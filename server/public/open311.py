"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2/), where the district's policy switches it on.

Anybody may read the complaints that officers marked public: what, how far, and on a grid of about a kilometre where; no
text but the one that was written for everybody, no name, nothing about drug sales or students whatever the mark says.
Anybody may report a problem: it becomes a family's request (server/public/keeping.py), of which nobody reads more here
than whether it is open.
"""

import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.forms import Form
from app.ids import canonical, uuid7_about
from app.requests import is_open
from app.tags import tidy
from server import district
from server.brakes import STRANGER, address
from server.context import TheDatabase, TheForms, TheSettings
from server.errors import Refused
from server.posted import read_form
from server.public import questions, senders, translated, typed
from server.public.doors import Door
from server.public.emergency import UNREAD, alarm, sounds_urgent
from server.public.keeping import keep
from server.public.open311_forms import FORMATS, PREFIX, Trouble, refuse, write
from server.public.page import READ, Gone, words_of
from server.tables import FamilyRequest, Place, Record, School, now
from server.times import iso
from server.words import Words

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
COMPLAINT: Final = "community_complaint"
MOST: Final = 1_000  # requests in one answer, as the specification proposes
SPAN: Final = timedelta(days=90)  # the longest time between start_date and end_date
GRID: Final = 2  # decimals of a degree: about a kilometre
NEVER: Final = ("DRG-SALE",)
_STATES: Final = frozenset({"open", "closed"})
_STUDENT: Final = "student"  # who reported it: then it is about a student, or may be
_DOOR: Final = "/open311"
_CHANGED: Final = "2026-11-25T00:00:00+00:00"  # when what this file offers was last changed
_LONGEST: Final = 100_000


class _Route(APIRoute):
    """Says every "no" as the specification has it: a list of errors, each with a code and a description."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Trouble as trouble:
                code, text = trouble.status, str(trouble)
            except Refused:
                code, text = 429, "Too many requests came at once. Please try again later, or call."
            except Gone:
                code, text = 403, "Nothing is taken from where you are. Please call."
            if alarm := getattr(request.state, "alarm", ""):
                text = f"{text} {words_of(request)(alarm)}"
            return refuse(request, code, text)

        return handle


def _switched_on(database: TheDatabase) -> None:
    with database.reading() as session:
        if not district.the_district(session).policy.get(district.OPEN311):
            raise Trouble(404, "This district does not publish reports by Open311.")


def _not_too_often(request: Request) -> None:
    if request.method != "POST":  # those have a limit of their own, and are read first: they may be urgent
        request.app.state.brakes.count(STRANGER, f"open311 {address(request)}")


router = APIRouter(
    prefix=PREFIX,
    route_class=_Route,
    include_in_schema=False,
    dependencies=[Depends(_not_too_often), Depends(_switched_on)],
)


async def _posted(request: Request) -> FormData:
    request.state.alarm = UNREAD
    try:
        posted = await read_form(request, max_fields=60, max_part_size=_LONGEST)
    except HTTPException:
        raise Trouble(400, "The report cannot be read: only UTF-8, no file, no answer of such length.") from None
    request.state.alarm = await run_in_threadpool(alarm, posted)
    return posted


@router.api_route("/discovery.{form}", methods=READ)
def discovery(settings: TheSettings, form: str) -> Response:
    """Where the services are, and in which formats."""
    kinds = ["text/xml", "application/json"]
    url = f"{settings.base_url}{PREFIX}"
    about = {"specification": SPECIFICATION, "url": url, "changeset": _CHANGED}
    endpoint = {**about, "type": "production", "formats": kinds}
    body = {
        "changeset": _CHANGED,
        "contact": f"{settings.base_url}/",
        "key_service": "No key is needed.",
        "endpoints": [endpoint],
    }
    return write("discovery", body, form)


@router.api_route("/services.{form}", methods=READ)
def services(request: Request, database: TheDatabase, forms: TheForms, form: str) -> Response:
    """What can be reported."""
    with database.reading() as session:
        codes = _codes(_form(session, forms, questions.FORM), words_of(request))
    return write("services", [_service(code, name) for code, name in codes.items()], form)


@router.api_route("/services/{code}.{form}", methods=READ)
def service(request: Request, database: TheDatabase, forms: TheForms, code: str, form: str) -> Response:
    """What is asked of a report of this kind, beside what the specification has."""
    words = words_of(request)
    with database.reading() as session:
        asked = _form(session, forms, questions.FORM)
        if code not in _codes(asked, words):
            raise Trouble(404, f"service_code: there is no service {code[:40]}.")
        schools = {school.id: school.name for school in district.schools(session)}
    when = asked.field("when_happens")
    attributes = [_attribute(1, "school", "School", "singlevaluelist", schools, needed=True)]
    if when:
        names = {choice.name: translated.choice(words, when, choice) for choice in when.choices}
        attributes.append(_attribute(2, when.name, translated.label(words, when), "multivaluelist", names))
    return write("service_definition", {"service_code": code, "attributes": attributes}, form)


@router.api_route("/requests.{form}", methods=READ)
def reports(
    request: Request,
    database: TheDatabase,
    forms: TheForms,
    form: str,
    service_request_id: str = "",
    service_code: str = "",
    start_date: str = "",
    end_date: str = "",
    status: str = "",
) -> Response:
    """The public complaints of the last 90 days, or of a span of at most as many, the newest first."""
    with database.reading() as session:
        names = _codes(_form(session, forms, COMPLAINT), words_of(request))
        if service_request_id:
            ids = service_request_id.split(",")[:50]
            found = [one for one in (_report(session, name.strip(), names) for name in ids) if one]
            return write("service_requests", found, form)
        codes, states = _listed(service_code), _listed(status.lower())
        if not states <= _STATES:
            raise Trouble(400, "status: say open, closed, or both with a comma between them.")
        since, until = _span(start_date, end_date)
        query = select(Record).where(Record.form == COMPLAINT, Record.occurred_at.between(since, until))
        records = session.scalars(query.order_by(Record.occurred_at.desc()).execution_options(yield_per=200))
        shown = (_shown(session, record, names) for record in records if is_public(record))
        wanted = (
            one
            for one in shown
            if (not codes or one["service_code"] in codes) and (not states or one["status"] in states)
        )
        return write("service_requests", [one for one, _ in zip(wanted, range(MOST), strict=False)], form)


@router.api_route("/requests/{name}.{form}", methods=READ)
def report(request: Request, database: TheDatabase, forms: TheForms, name: str, form: str) -> Response:
    """A public complaint by its id, or how far a report is by its reference number."""
    with database.reading() as session:
        found = _report(session, name, _codes(_form(session, forms, COMPLAINT), words_of(request)))
    if found is None:
        raise Trouble(404, "service_request_id: there is no such report that may be shown.")
    return write("service_requests", [found], form)


@router.post("/requests.{form}")
def take(
    request: Request, database: TheDatabase, forms: TheForms, form: str, posted: Annotated[FormData, Depends(_posted)]
) -> Response:
    """Takes a report in; the same one sent again on the same day is the same report."""
    state, words = request.app.state, words_of(request)
    if form not in FORMATS:
        raise Trouble(404, "There are only .xml and .json.")
    sender = senders.sender_of(state.settings.secret_key(), address(request))
    if state.crowd.is_near(sender, _DOOR):
        raise Trouble(429, "Too many reports came at once. Please try again later, or call.")
    with database.reading() as session:
        asked = _form(session, forms, questions.FORM)
        schools = {school.id for school in district.schools(session)}
    school = questions.text(posted, "attribute[school]")
    if school not in schools:
        raise Trouble(400, "attribute[school]: say which school it is about, by its key in the service's definition.")
    if questions.text(posted, "media_url"):
        raise Trouble(400, "media_url: pictures are not fetched from other addresses. Leave it out.")
    sheet = questions.sheet(asked, "problem", words)
    sheet.given |= _answers(posted)
    more: dict[str, Any] = {
        **{"came_by": "Open311", "language": words.language, "request_status": "new", "occurred_at": iso(now())},
        "consent": "yes",  # who calls this interface sends a report to be kept; there is nobody to ask again
    }
    urgent = sounds_urgent(*questions.words(sheet))
    if urgent:
        more["urgent"] = "yes"
    answers = questions.check(sheet, more, now())
    if sheet.problems:
        name, text = next(iter(sheet.problems.items()))
        raise Trouble(400, f"{name}: {text}")
    record = uuid7_about(_today(), canonical([sheet.given, school, sender]))
    reference = keep(state, Door(_DOOR, "Open311", ()), asked, answers, record=record, school=school, sender=sender)
    notice = words("status.urgent_text") if urgent else words("ask.not_now")
    return write(
        "service_requests", [{"service_request_id": reference, "service_notice": notice, "account_id": ""}], form
    )


def is_public(record: Record) -> bool:
    """Whether everybody may see that there is this complaint: an officer marked it, and nothing forbids it."""
    answers = record.answers
    forbidden = answers.get("service_code") in NEVER or answers.get("reporter_kind") == _STUDENT
    return record.standing == "live" and answers.get("public") == "yes" and not forbidden


def _form(session: Session, forms: TheForms, name: str) -> Form:
    found = forms.in_use(session, name)
    if found is None:
        raise Trouble(404, "This district takes no reports by Open311.")
    return found


def _codes(form: Form, words: Words) -> dict[str, str]:
    field = form.field("service_code")
    return {choice.name: translated.choice(words, field, choice) for choice in field.choices} if field else {}


def _service(code: str, name: str) -> dict[str, Any]:
    about = {"service_code": code, "service_name": name, "description": name, "metadata": True}
    return {**about, "type": "realtime", "keywords": "", "group": name.partition(":")[0]}


def _attribute(
    order: int, code: str, name: str, kind: str, values: dict[str, str], *, needed: bool = False
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": needed,
        "datatype_description": "",
        "order": order,
        "description": name,
        "values": [{"key": key, "name": value} for key, value in values.items()],
    }


def _answers(posted: FormData) -> dict[str, Any]:
    """The answers of the request's form that a report of the specification's words gives."""
    name = " ".join(filter(None, (questions.text(posted, "first_name"), questions.text(posted, "last_name"))))
    where = questions.text(posted, "address_string")
    lat, lon = questions.text(posted, "lat"), questions.text(posted, "long")
    given: dict[str, Any] = {
        "service_code": questions.text(posted, "service_code"),
        "description": questions.text(posted, "description"),
        "address": where,
        "name": name,
        "phone": typed.number(questions.text(posted, questions.PHONE)),
        "email": questions.text(posted, "email"),
        "when_happens": [
            text for key in ("attribute[when_happens]", "attribute[when_happens][]") for text in posted.getlist(key)
        ],
    }
    if lat or lon:
        try:
            given["gps"] = {"lat": float(lat), "lon": float(lon)}
        except ValueError:
            raise Trouble(400, "lat, long: these are no numbers.") from None
    return {key: value for key, value in given.items() if value}


def _report(session: Session, name: str, names: dict[str, str]) -> dict[str, Any] | None:
    named = select(Record).join(FamilyRequest, FamilyRequest.record == Record.id)
    asked = session.scalar(named.where(FamilyRequest.reference == tidy(name[:40])))
    if asked is not None and asked.standing == "live":
        status = "open" if is_open(asked.answers) else "closed"
        notes = asked.answers.get("status_notes", "")
        return {"service_request_id": tidy(name), "status": status, "status_notes": notes}
    record = session.get(Record, name)
    if record is None or record.form != COMPLAINT or not is_public(record):
        return None
    return _shown(session, record, names)


def _shown(session: Session, record: Record, names: dict[str, str]) -> dict[str, Any]:
    """A public complaint in the specification's words."""
    answers = record.answers
    code = str(answers.get("service_code", ""))
    lat, lon = _where(session, record)
    school = session.get(School, record.school)
    return {
        "service_request_id": record.id,
        "status": "closed" if answers.get("status") == "closed" else "open",
        "status_notes": answers.get("public_notes", ""),
        "service_name": names.get(code, code),
        "service_code": code,
        "description": "",
        "agency_responsible": district.the_district(session).name,
        "service_notice": "",
        "requested_datetime": _second(record.occurred_at),
        "updated_datetime": _second(record.updated_at),
        "expected_datetime": "",
        "address": school.name if school else "",
        "address_id": "",
        "zipcode": "",
        "lat": lat,
        "long": lon,
        "media_url": "",
    }


def _where(session: Session, record: Record) -> tuple[float | str, float | str]:
    """Where it is on the grid: of the complaint's own position, else of its place; empty where neither says."""
    point = record.answers.get("gps")
    if isinstance(point, dict):
        return round(point["lat"], GRID), round(point["lon"], GRID)
    place = session.get(Place, record.place) if record.place else None
    if place is None or place.lat is None or place.lon is None:
        return "", ""
    return round(place.lat, GRID), round(place.lon, GRID)


def _span(start: str, end: str) -> tuple[datetime, datetime]:
    until = _moment("end_date", end) if end else now()
    since = _moment("start_date", start) if start else until - SPAN
    if not end and start:
        until = min(until, since + SPAN)
    if not timedelta(0) <= until - since <= SPAN:
        raise Trouble(400, "start_date, end_date: at most 90 days, and the end after the start.")
    return since, until


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min
    if not 1970 <= moment.year < 9999:  # beyond are times that cannot be reckoned with
        raise Trouble(400, f"{name}: write the time like 2026-01-31T00:00:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _listed(text: str) -> set[str]:
    return {part.strip() for part in text.split(",") if part.strip()}


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _today() -> str:
    """The beginning of this day as the time of an id."""
    milliseconds = int(time.time()) // 86_400 * 86_400_000
    value = f"{milliseconds:012x}{'0' * 20}"
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
