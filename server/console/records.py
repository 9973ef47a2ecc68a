"""The district's records: the list with its filters, one record, and its photos."""

import json
from datetime import date, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.grade import Evidence
from app.records import ORDERED_AWAY
from server import district, records
from server.blobs import handed_on
from server.console.answers import is_told, label_of, sections
from server.console.door import Caller, TheCaller, inside, not_found
from server.console.page import page, words_of
from server.context import TheBlobs, TheDatabase
from server.district import audit
from server.formbook import FormBook
from server.html import FILE_HEADERS
from server.records import STATES, TAKEN_AWAY, Filter, State
from server.tables import Blob, Device, District, Officer, PublishedForm, Record, StoredRevision
from server.times import day_start
from server.words import Words

PER_PAGE: Final = 50

router = inside()


class Asked(BaseModel):
    """The filters as they stand in the address; what is empty does not filter."""

    model_config = ConfigDict(frozen=True)

    form: str = Field("", max_length=100)
    school: str = Field("", max_length=100)
    officer: str = Field("", max_length=100)
    since: str = Field("", alias="from", max_length=20)
    until: str = Field("", alias="to", max_length=20)
    state: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=100_000)

    def filter(self, caller: Caller) -> Filter:
        """What to look for, within what this caller may see."""
        since, until = _day(self.since), _day(self.until)
        return Filter(
            form=self.form or None,
            school=self.school or None,
            officer=self.officer or None,
            since=day_start(since) if since else None,
            until=day_start(until + timedelta(days=1)) if until else None,
            schools=caller.schools,
            state=self.state if self.state in STATES else None,
            hidden=caller.may("admin"),
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name, value in self.model_dump(by_alias=True, exclude={"page"}).items() if value}

    def address(self, page: int) -> str:
        """The address of a page of this list."""
        return "?" + urlencode({**self.filters, **({"page": str(page)} if page > 1 else {})})


@router.get("/records")
def index(request: Request, database: TheDatabase, caller: TheCaller, asked: Annotated[Asked, Query()]) -> Response:
    """Records, newest first, fifty on a page."""
    titles_in = words_of(request).language
    with database.reading() as session:
        which = asked.filter(caller)
        total = records.count(session, which)
        pages = max(1, -(-total // PER_PAGE))
        number = min(asked.page, pages)
        found = records.find(session, which, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        titles = _form_titles(session, titles_in)
        return page(
            request,
            "console/records.html",
            caller,
            session,
            rows=[(one, state_of(one.record), titles.get(one.record.form, one.record.form)) for one in found],
            total=total,
            asked=asked,
            number=number,
            pages=pages,
            forms=titles,
            schools=district.schools(session, ids=caller.schools),
            officers=_writers(session, caller),
            states=[state for state in STATES if caller.may("admin") or state not in ORDERED_AWAY],
        )


@router.get("/records/{record_id}")
def one(request: Request, database: TheDatabase, caller: TheCaller, record_id: str) -> Response:
    """One record with all its answers, photos and revisions. Reading it is noted in the audit."""
    words = words_of(request)
    with database.reading() as session:
        found = records.one(session, record_id, caller.schools, hidden=caller.may("admin"))
        if found is None:
            raise not_found()
        record = found.record
        form = FormBook().form(session, record.form, record.form_version)
        kept = records.history(session, record_id)
        names = _names(session)
        writers = {revision.hash: names.get(revision.author, "") for revision in kept}
        answer = page(
            request,
            "console/record.html",
            caller,
            session,
            one=found,
            state=state_of(record),
            evidence=Evidence.from_json(record.evidence) if record.evidence else None,
            proof=Words.load("grade", words.language),
            form_title=form.title(words.language) if form else record.form,
            sections=sections(form, record.answers, record.conflicts, lambda by: writers.get(by, ""), words),
            here_photos={
                photo.sha256 for photo in records.photos(session, [record_id]).get(record_id, []) if photo.here
            },
            history=[_revision(session, revision, names, form, words) for revision in kept],
        )
    with database.writing() as session:
        audit(session, caller.id, "record-read", record_id)
    return answer


@router.get("/photos/{sha256}")
def photo(database: TheDatabase, blobs: TheBlobs, caller: TheCaller, sha256: str) -> Response:
    """A photo, for those who may see a record that names it."""
    with database.reading() as session:
        schools = records.photo_schools(session, sha256, hidden=caller.may("admin"))
        blob = session.get(Blob, sha256)
    seen = schools if caller.schools is None else schools.intersection(caller.schools)
    if not seen or blob is None or not blobs.has(sha256):
        raise not_found()
    with database.writing() as session:
        audit(session, caller.id, "photo-read", sha256)
    headers = {**FILE_HEADERS, "Cache-Control": "private, max-age=600"}
    return handed_on(blobs.path(sha256), blob.mime, headers)


def state_of(record: Record) -> State:
    """How a record was taken away, or the first thing that it still needs."""
    if record.standing in TAKEN_AWAY:
        return record.standing
    if record.conflicts:
        return "conflict"
    if record.flags:
        return "doubt"
    return "photos" if record.missing else "complete"


def _revision(session: Session, kept: StoredRevision, names: dict[str, str], form: Any, words: Words) -> dict[str, Any]:
    # Of an expunged record only the proof is left.
    body = json.loads(kept.body) if kept.body else {"set": {}, "unset": (), "parents": (), "reason": None}
    device = session.get(Device, kept.device)
    return {
        "seq": kept.seq,
        "hash": kept.hash,
        "received_at": kept.received_at,
        "captured_at": kept.captured_at,
        "clock": kept.at,
        "author": names.get(kept.author, kept.author),
        "device": (device.name or device.platform) if device else names.get(kept.device, kept.device),
        "changed": [
            label_of(form, name, words.language) for name in (*body["set"], *body["unset"]) if is_told(form, name)
        ],
        "first": not body["parents"],
        "erased": not kept.body,
        "act": kept.act,
        "reason": body["reason"],
        "flags": [words(f"flag.{flag}") if f"flag.{flag}" in words else flag for flag in kept.flags],
    }


def _form_titles(session: Session, language: str) -> dict[str, str]:
    """The titles of all forms that were ever published, by id."""
    query = select(PublishedForm.id, PublishedForm.json).order_by(PublishedForm.published_at)
    titles = {form: body["title"].get(language) or body["title"]["en"] for form, body in session.execute(query)}
    return dict(sorted(titles.items(), key=lambda pair: pair[1]))


def _names(session: Session) -> dict[str, str]:
    query = select(Officer.id, Officer.name).union_all(select(District.id, District.name))
    return dict(session.execute(query).all())


def _writers(session: Session, caller: Caller) -> list[Officer]:
    """Those who wrote what this caller may see; closed accounts too, because their records stay."""
    wrote = select(Record.author)
    if caller.schools is not None:
        wrote = wrote.where(Record.school.in_(caller.schools))
    return list(session.scalars(select(Officer).where(Officer.id.in_(wrote)).order_by(Officer.name)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
