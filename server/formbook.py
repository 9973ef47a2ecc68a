"""The forms of the district: every version that was ever published, parsed once."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.forms import Form, FormError
from server.district import DistrictError, audit
from server.tables import PublishedForm


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


def knows(session: Session, form_id: str) -> bool:
    """Whether any version of this form was ever published here."""
    return session.scalar(select(PublishedForm.id).where(PublishedForm.id == form_id).limit(1)) is not None


def active_forms(session: Session) -> list[dict[str, Any]]:
    """The JSON of the forms that phones get, by id."""
    query = select(PublishedForm.json).where(PublishedForm.active).order_by(PublishedForm.id)
    return list(session.scalars(query))


def publish(session: Session, forms: Iterable[dict[str, Any]], *, who: str = "cli") -> list[str]:
    """Makes these the active versions of their forms and returns the ids that changed.

    Raises DistrictError for JSON that is no form, and when a version is published again with another content: records
    made with it would mean something else from then on.
    """
    changed = []
    for body in forms:
        try:
            form = Form.parse(body)
        except FormError as error:
            raise DistrictError(f"A form cannot be published: {error}") from None
        kept = session.get(PublishedForm, (form.id, form.version))
        if kept is not None and kept.json != body:
            raise DistrictError(
                f"The form {form.id!r} was changed but still has version {form.version}. Give it a new version."
            )
        if kept is not None and kept.active:
            continue
        session.execute(update(PublishedForm).where(PublishedForm.id == form.id).values(active=False))
        if kept is not None:
            kept.active = True
        else:
            session.add(PublishedForm(id=form.id, version=form.version, json=body))
        session.flush()
        audit(session, who, "form-published", f"{form.id} {form.version}")
        changed.append(form.id)
    return changed
