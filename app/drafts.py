"""Records being written: kept with every answer, back after a crash, never sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any, Final

from app.ids import uuid7
from app.revisions import Answers
from app.store import Document, JournalTable, Key, Store, where

INDEXES: Final = {"drafts": (Key("id"), Key("record"), "shown"), "answers": (Key("draft"), "name")}


@dataclass(frozen=True)
class Draft:
    """A record being written; `seen` are the revisions its writer had in view (none for a new record)."""

    id: str
    record: str
    form: str
    form_version: str
    school: str
    started_at: str
    updated_at: str
    place: str | None = None
    tag: str | None = None
    reason: str | None = None
    seen: tuple[str, ...] = ()
    answers: Answers = field(default_factory=dict)
    touched: frozenset[str] = frozenset()

    @property
    def correction(self) -> bool:
        """Whether this changes a record that is there already."""
        return bool(self.seen)


class NoSuchDraft(KeyError):
    """The draft was saved or thrown away meanwhile."""


class Drafts:
    """The drafts of the store. Every answer is a row of its own, so that typing costs little."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._drafts = store.table("drafts")
        self._answers = store.table("answers")
        self._places: dict[tuple[str, ...], int] = {}  # where rows were found last

    def start(
        self,
        form: str,
        form_version: str,
        school: str,
        at: str,
        answers: Answers,
        *,
        place: str | None = None,
        tag: str | None = None,
        record: str | None = None,
        reason: str | None = None,
        seen: Sequence[str] = (),
    ) -> Draft:
        """A new draft. Until something is answered it is not shown among the drafts, unless a tag began it."""
        draft = uuid7()
        row = {
            "id": draft,
            "record": record or uuid7(),
            "form": form,
            "form_version": form_version,
            "school": school,
            "started_at": at,
            "updated_at": at,
            "place": place,
            "tag": tag,
            "reason": reason,
            "seen": list(seen),
            "shown": "yes" if tag else "no",
        }
        with self._store.batch():
            self._drafts.insert(row)
            self._answers.insert_multiple(
                {"draft": draft, "name": name, "value": value, "touched": False} for name, value in answers.items()
            )
        return self.need(draft)

    def get(self, draft: str) -> Draft | None:
        """The draft, or None when it was saved or thrown away."""
        row = self._row(draft)
        if row is None or row["shown"] == "discarded":
            return None
        return self._draft(row)

    def need(self, draft: str) -> Draft:
        """The draft. Raises NoSuchDraft."""
        found = self.get(draft)
        if found is None:
            raise NoSuchDraft(draft)
        return found

    def shown(self) -> list[Draft]:
        """The drafts with something in them, the one written last first."""
        rows = self._drafts.page(where("shown") == "yes", newest="updated_at", limit=1000)
        return [self._draft(row) for row in rows]

    def count(self) -> int:
        """How many drafts have something in them."""
        return self._drafts.count(where("shown") == "yes")

    def of(self, record: str) -> Draft | None:
        """The open correction of a record."""
        found = self._drafts.first((where("record") == record) & (where("shown") != "discarded"))
        return None if found is None else self._draft(found)

    def answer(self, draft: str, name: str, value: Any, at: str) -> None:
        """Keeps one answer, or removes it with None. Raises NoSuchDraft."""
        with self._store.batch():
            self.change(draft, at)
            row = self._answer(draft, name)
            if row is None:
                self._answers.insert({"draft": draft, "name": name, "value": value, "touched": True})
            elif row["value"] != value or not row["touched"]:
                self._answers.update({"value": value, "touched": True}, doc_ids=[row.doc_id])

    def change(self, draft: str, at: str, **fields: Any) -> None:
        """Changes the draft itself (school, place, tag, reason). Raises NoSuchDraft."""
        row = self._row(draft)
        if row is None or row["shown"] == "discarded":
            raise NoSuchDraft(draft)
        # The time of the last keystroke is worth a write only once a minute.
        fresh = row["updated_at"][:16] == at[:16] and row["shown"] == "yes"
        if fields or not fresh:
            self._drafts.update({**fields, "shown": "yes", "updated_at": at}, doc_ids=[row.doc_id])

    def discard(self, draft: str) -> None:
        """Throws a draft away; it can be had back until the app is next opened."""
        self._drafts.update({"shown": "discarded"}, where("id") == draft)

    def undo_discard(self, draft: str) -> None:
        """Takes a discarded draft back. Raises NoSuchDraft when it is gone for good."""
        if not self._drafts.update({"shown": "yes"}, where("id") == draft):
            raise NoSuchDraft(draft)

    def remove(self, draft: str) -> None:
        """Removes a draft with its answers."""
        self._drafts.remove(where("id") == draft)
        self._answers.remove(where("draft") == draft)

    def sweep(self) -> None:
        """Removes what was discarded, and what was opened and never answered."""
        for row in self._drafts.all():
            if row["shown"] != "yes":
                self.remove(row["id"])

    def values(self) -> Iterator[Any]:
        """Every answer of every draft, discarded ones included: what photos may not be thrown away."""
        return (row["value"] for row in self._answers)

    def _row(self, draft: str) -> Document | None:
        return self._found(self._drafts, {"id": draft})

    def _answer(self, draft: str, name: str) -> Document | None:
        return self._found(self._answers, {"draft": draft, "name": name})

    def _found(self, table: JournalTable, wanted: dict[str, str]) -> Document | None:
        """The row that says so; looked for where it was found last, as one answer is typed letter by letter."""
        key = tuple(wanted.values())
        row = table.document(self._places.get(key, 0))
        if row is None or any(row.get(name) != value for name, value in wanted.items()):
            tests = [where(name) == value for name, value in wanted.items()]
            row = table.first(reduce(and_, tests))
            if row is not None:
                self._places[key] = row.doc_id
        return row

    def _draft(self, row: dict[str, Any]) -> Draft:
        answers = self._answers.search(where("draft") == row["id"])
        fields = {name: value for name, value in row.items() if name != "shown"}
        return Draft(
            **{**fields, "seen": tuple(row["seen"])},
            answers={answer["name"]: answer["value"] for answer in answers if answer["value"] is not None},
            touched=frozenset(answer["name"] for answer in answers if answer["touched"]),
        )
