"""The forms of the district: every version that was ever published, parsed once."""

import math
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.forms import Form, FormError
from app.ids import canonical, sha256
from server.district import DistrictError, audit
from server.tables import PublishedForm

# Made once: every card and tag asks whether families can write there.
_IN_USE: Final = select(PublishedForm.version).where(PublishedForm.id == bindparam("form"), PublishedForm.active)


class FormBook:
    """Parsed forms by id and version. A published version never changes, so one process may keep it for good."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str], Form] = {}

    def form(self, session: Session, form_id: str, version: str) -> Form | None:
        """The form, withdrawn or not, or None when this version was never published here."""
        key = (form_id, version)
        if key not in self._parsed:
            found = session.get(PublishedForm, key)
            if found is None:
                return None
            self._parsed[key] = Form.parse(found.json)
        return self._parsed[key]

    def in_use(self, session: Session, form_id: str) -> Form | None:
        """The form in the version that is in use, or None where it was withdrawn or never published."""
        version = session.scalar(_IN_USE, {"form": form_id})
        return self.form(session, form_id, version) if version else None


def knows(session: Session, form_id: str) -> bool:
    """Whether any version of this form was ever published here."""
    return session.scalar(select(PublishedForm.id).where(PublishedForm.id == form_id).limit(1)) is not None


def class_of(session: Session, form_id: str) -> str | None:
    """The class of a form's records, the same in all its versions; None where no version is known here."""
    query = select(PublishedForm.json).where(PublishedForm.id == form_id).order_by(PublishedForm.published_at.desc())
    newest = session.scalar(query.limit(1))
    return str(newest["class"]) if newest else None


def active_forms(session: Session) -> list[dict[str, Any]]:
    """The JSON of the forms that phones get, in the order that they ask for; those that ask for none come last."""
    query = select(PublishedForm.json).where(PublishedForm.active).order_by(PublishedForm.id)
    return sorted(session.scalars(query), key=lambda form: form.get("order", math.inf))


def active_versions(session: Session) -> list[tuple[str, str]]:
    """Id and version of each form in use, by id."""
    query = select(PublishedForm.id, PublishedForm.version).where(PublishedForm.active).order_by(PublishedForm.id)
    return [(form, version) for form, version in session.execute(query)]


def published(session: Session, form_id: str, version: str | None = None) -> dict[str, Any] | None:
    """A form's JSON in this version, withdrawn or not; without one, in the version in use."""
    query = select(PublishedForm.json).where(PublishedForm.id == form_id)
    query = query.where(PublishedForm.version == version if version else PublishedForm.active)
    return session.scalar(query)


def withdraw(session: Session, form_id: str, *, who: str = "cli") -> str:
    """Takes a form out of use and returns its name; records and drafts made with it are finished and taken in.

    Raises DistrictError where no such form is in use.
    """
    form = session.scalar(select(PublishedForm).where(PublishedForm.id == form_id, PublishedForm.active))
    if form is None:
        raise DistrictError(f"No form {form_id} is in use.")
    form.active = False
    session.flush()
    name = f"{form.id} {form.version}"
    audit(session, who, "form-withdrawn", name)
    return name


def publish(session: Session, forms: Iterable[dict[str, Any]], *, who: str = "cli") -> list[str]:
    """Makes these the active versions of their forms and returns the names (id and version) of those that changed.

    What was published once never changes, because records made with it would mean something else from then on: a form
    with another content under a version that is taken gets a version of its own. Raises DistrictError for no form.
    """
    changed = []
    for body in forms:
        try:
            form = Form.parse(body)
        except FormError as error:
            raise DistrictError(f"A form cannot be published: {error}") from None
        kept = session.get(PublishedForm, (form.id, form.version))
        if kept is not None and kept.json != body:
            body = {**body, "version": f"{form.version}-{sha256(canonical(body))[:8]}"}
            kept = session.get(PublishedForm, (form.id, body["version"]))
        if kept is not None and kept.active:
            continue
        session.execute(update(PublishedForm).where(PublishedForm.id == form.id).values(active=False))
        if kept is not None:
            kept.active = True
        else:
            session.add(PublishedForm(id=form.id, version=body["version"], json=body))
        session.flush()
        name = f"{form.id} {body['version']}"
        audit(session, who, "form-published", name)
        changed.append(name)
    return changed
