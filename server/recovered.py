"""The report about a hand-in: what could not become a record, in the clear, for the officer who wrote it."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from app.revisions import Answers, Revision
from server import district, places
from server.formbook import FormBook
from server.sealed_notebook import Row
from server.tables import HandIn, now
from server.times import iso
from sync.protocol import Verdict

_ABOUT: Final = (
    "What was on a phone that was wiped and could not be taken in as records: drafts, and what the district refused. "
    "Give it to the officer, who writes it again; then delete this file and the photos beside it."
)


class Recovered:
    """One report, a JSON file that only this user can read; its photos lie beside it."""

    def __init__(self, folder: Path, hand_in: HandIn, language: str) -> None:
        self._folder = folder
        self._hand_in = hand_in
        self._language = language
        self._photos: dict[str, str] = {}

    def add_photo(self, name: str, picture: bytes) -> None:
        """A photo that no record has."""
        file = f"{self._hand_in.vault}-{name[:16]}.jpg"
        self._keep(file, picture)
        self._photos[name] = file

    def write(
        self,
        session: Session,
        refused: Iterable[tuple[Revision, Verdict]],
        drafts: Iterable[Row],
        lost: Mapping[str, int],
    ) -> Path | None:
        """Writes the report, in place of the one before; None when there is nothing to say."""
        said = {
            "drafts": [self._draft(session, draft) for draft in drafts],
            "refused": [self._refused(session, revision, verdict) for revision, verdict in refused],
        }
        if not any(said.values()):
            return None
        officer = district.officer(session, self._hand_in.officer)
        body = {
            "about": _ABOUT,
            "officer": {"name": officer.name, "badge": officer.badge} if officer else None,
            "vault": self._hand_in.vault,
            "opened_at": iso(now()),
            **said,
            "unreadable": dict(lost),
        }
        badge = re.sub(r"[^A-Za-z0-9]+", "", officer.badge if officer else "")
        return self._keep(
            f"{badge or 'officer'}-{self._hand_in.vault}.json",
            (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode(errors="backslashreplace"),
        )

    def _draft(self, session: Session, draft: Row) -> dict[str, Any]:
        return {
            "record": draft.get("record"),
            "correction": bool(draft.get("seen")),
            "started_at": draft.get("started_at"),
            "updated_at": draft.get("updated_at"),
            **self._where(session, draft),
            **self._what(session, str(draft.get("form")), str(draft.get("form_version")), draft["answers"]),
        }

    def _refused(self, session: Session, revision: Revision, verdict: Verdict) -> dict[str, Any]:
        return {
            "record": revision.record,
            "hash": revision.hash,
            "why": {"code": verdict.code, "message": verdict.message, "field": verdict.field},
            "at": revision.at,
            "unset": list(revision.unset),
            **self._where(session, revision.to_json()),
            **self._what(session, revision.form, revision.form_version, revision.set),
        }

    def _where(self, session: Session, row: Row) -> dict[str, Any]:
        school, place = (
            district.school(session, str(row.get("school"))),
            places.place(session, str(row.get("place"))),
        )
        return {
            "school": school.name if school else row.get("school"),
            "place": place.name if place else row.get("place"),
            "reason": row.get("reason"),
        }

    def _what(self, session: Session, form_id: str, version: str, answers: Answers) -> dict[str, Any]:
        """The answers under the questions that the officer was asked, as far as the district has the form."""
        form = FormBook().form(session, form_id, version)
        found = []
        for name, value in answers.items():
            field = form.field(name) if form else None
            asked = field.label(self._language) if field else name
            photo = self._photos.get(value["sha256"]) if isinstance(value, dict) and "sha256" in value else None
            found.append({"question": asked, "name": name, "answer": value, **({"photo": photo} if photo else {})})
        return {"form": form_id, "title": form.title(self._language) if form else form_id, "answers": found}

    def _keep(self, name: str, content: bytes) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path, part = self._folder / name, self._folder / f"{name}.part"
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return path
