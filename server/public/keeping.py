"""Keeps what a family asks: as a record of the school, written by the district's own hand.

So it reaches the officers' phones by the same road as every other record.
"""

from typing import Any

from starlette.datastructures import State

from app.forms import Form
from app.ids import sha256
from app.revisions import Answers
from app.tags import show
from server import district, hand
from server.photos import Photo, note
from server.public import pictures, senders
from server.public.doors import Door
from server.public.page import Gone
from server.tables import FamilyRequest


def known(state: State, record: str) -> str | None:
    """The reference number of a request that is here already."""
    with state.database.reading() as session:
        found = session.get(FamilyRequest, record)
        return found.reference if found else None


def keep(
    state: State,
    door: Door,
    form: Form,
    answers: Answers,
    *,
    record: str,
    school: str,
    sender: str,
    photo: pictures.Taken | None = None,
) -> str:
    """Writes the record, its photo first, and gives its reference number; the same record twice is kept once.

    `state` has the parts of the server that is running. Raises Gone for a sender whom an officer blocked.
    """
    reference: str = state.tickets.reference(record)
    with state.database.reading() as session:
        if senders.is_blocked(session, sender):  # before anything of theirs is kept, their photo too
            raise Gone("ask_blocked", 403)
    if photo:
        with state.blobs.receive() as incoming:
            incoming.write(photo.data)
            incoming.keep(sha256(photo.data))
    with state.database.writing() as session:
        kept: FamilyRequest | None = session.get(FamilyRequest, record)
        if kept:  # sent twice at the same moment
            return kept.reference
        named = [Photo(sha256(photo.data), pictures.MIME, len(photo.data))] if photo else []
        for one in named:
            note(session, one.sha256, one.mime, one.bytes, district.the_district(session).id)
        about: dict[str, Any] = {"form": form.id, "form_version": form.version, "record_class": form.record_class}
        hand.write(
            session,
            state.forms,
            photos=named,
            record=record,
            school=school,
            place=door.place,
            tag=door.tag,
            set={**answers, "reference": show(reference)},
            **about,
        )
        session.add(FamilyRequest(record=record, reference=reference, sender=sender))
        senders.forget(session)
    state.crowd.count(sender, door.path)
    return reference
