"""Every revision the phone has: its own, chained and on their way to the district, and those of other officers.

A revision's state: "waiting" for the district's word; "district" has it (with a receipt); "refused" with a reason;
"replaced" by a correction after it was refused.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from app.facts import Facts
from app.revisions import Revision, RevisionError
from app.store import Document, Key, Store, where

INDEXES: Final = {
    "revisions": (Key("hash"), Key("record"), "state"),
    "unread": (Key("hash"),),
}


@dataclass(frozen=True)
class Refusal:
    """Why the district refused something: its stable code, its words, and the answer to blame."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True)
class Entry:
    """A revision and how it stands with the district."""

    revision: Revision
    state: str
    own: bool
    number: int | None = None  # the district's own number, from its receipt
    received_at: str | None = None
    doubt: str | None = None  # a code: the district has it, and something about it was odd
    refusal: Refusal | None = None
    evidence: dict[str, Any] | None = None  # what the district found, where this phone had found something else

    @property
    def live(self) -> bool:
        """Whether it still says what the record is."""
        return self.state != "replaced"


# A revision that a newer version wrote: number, time, hash, and the JSON that this one cannot read.
Later = tuple[int, str, str, dict[str, Any]]


class Ledger:
    """The revisions in the store."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self._table = store.table("revisions")
        self._unread = store.table("unread")
        self._facts = facts

    def end(self, device: str) -> tuple[int, str | None]:
        """Sequence number and hash of the last revision this device wrote: what the next one is chained to."""
        kept = self._facts.get("chain")
        return (kept["seq"], kept["hash"]) if kept and kept["device"] == device else (0, None)

    def last(self, device: str) -> Revision | None:
        """The last revision this device wrote, if the phone still has it."""
        row = self._table.first(where("hash") == self.end(device)[1])
        return Revision.known(row["hash"], row["body"]) if row else None

    def add(self, revision: Revision) -> None:
        """Keeps a revision of this device; it waits, and the chain goes on from it."""
        self._insert(revision, "waiting", own=True)
        self._facts.set("chain", {"device": revision.device, "seq": revision.seq, "hash": revision.hash})

    def waiting(self, limit: int) -> list[Revision]:
        """What waits for the district's word, in the order it was written."""
        rows = self._table.search(where("state") == "waiting")
        rows.sort(key=lambda row: row["body"]["seq"])
        return [Revision.known(row["hash"], row["body"]) for row in rows[:limit]]

    def receipt(
        self, name: str, number: int, at: str, doubt: str | None = None, evidence: dict[str, Any] | None = None
    ) -> str | None:
        """The district has this revision. Gives its record, or None when the revision is not known here."""
        fields = {"state": "district", "number": number, "at": at, "refusal": None}
        more = {"doubt": doubt, "evidence": evidence}
        return self._mark(name, fields | {part: value for part, value in more.items() if value})

    def refuse(self, name: str, refusal: Refusal) -> str | None:
        """The district refused this revision. Gives its record, or None when that is no news or not known here."""
        row = self._table.one("hash", name)
        if row is None or row["state"] != "waiting":
            return None
        kept = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
        return self._mark(name, {"state": "refused", "refusal": kept})

    def take(self, revision: Revision, number: int, at: str, own: bool) -> Entry | None:
        """Keeps a revision that the district has, or notes that it has one of this phone's.

        Gives its entry where it is the first of its record.
        """
        first = not self._table.has("record", revision.record)
        if self.receipt(revision.hash, number, at) is None:
            self._insert(revision, "district", own, number=number, at=at)
        return Entry(revision, "district", own, number, at) if first else None

    def knows(self, name: str) -> bool:
        """Whether there is a revision with this hash."""
        return self._table.has("hash", name)

    def put_by(self, later: Iterable[Later]) -> None:
        """Keeps what only a newer version can read."""
        for number, at, name, body in later:
            if not self._unread.contains(where("hash") == name):
                self._unread.insert({"hash": name, "number": number, "at": at, "body": body})

    def put_by_count(self) -> int:
        """How much was put by."""
        return len(self._unread)

    def take_up(self) -> list[tuple[int, str, Revision]]:
        """What was put by and can be read now; it is put by no longer."""
        found = []
        for row in self._unread.all():
            with suppress(RevisionError):
                found.append((row["number"], row["at"], Revision.from_json(row["body"])))
                self._unread.remove(doc_ids=[row.doc_id])
        return found

    def settle(self, record: str, state: str) -> None:
        """Moves the refused revisions of a record: "replaced" by a correction, or "waiting" to be sent once more."""
        self._table.update(
            {"state": state, "refusal": None}, (where("record") == record) & (where("state") == "refused")
        )

    def receipts(self) -> list[dict[str, Any]]:
        """Hash, number and time of what this phone wrote and the district has."""
        rows = self._table.search(where("state") == "district")
        mine = [{"hash": row["hash"], "seq": row["number"], "at": row["at"]} for row in rows if row["own"]]
        return sorted(mine, key=lambda one: one["seq"])

    def received(self, since: str, until: int, schools: Collection[str], left_out: Collection[str]) -> Iterator[str]:
        """The hashes of what the district has by its word, at these schools, between that time and that number.

        Without the records that are `left_out`. One is looked at after the other, while others may run.
        """
        known = (row for row in self._table if row["state"] == "district" and row["record"] not in left_out)
        for row in chain(known, self._unread):
            if row["at"] >= since and row["number"] <= until and row["body"].get("school") in schools:
                yield row["hash"]

    def own_records(self) -> list[str]:
        """The records that this phone wrote in, the oldest first."""
        rows = self._table.search(where("state") == "district")
        return list(dict.fromkeys(row["record"] for row in sorted(rows, key=_number) if row["own"]))

    def offer(self, record: str) -> None:
        """What this phone wrote of a record waits again, as if the district did not have it."""
        its = (where("record") == record) & (where("state") == "district")
        mine = [row.doc_id for row in self._table.search(its) if row["own"]]
        self._table.update({"state": "waiting"}, doc_ids=mine)

    def of(self, record: str) -> list[Entry]:
        """All revisions of a record, in the order they came to this phone."""
        return [_entry(row) for row in self._table.named("record", record)]

    def records_of(self, names: Iterable[str]) -> set[str]:
        """The records that these revisions belong to."""
        rows = (self._table.one("hash", name) for name in names)
        return {row["record"] for row in rows if row is not None}

    def unsent(self) -> bool:
        """Whether anything still waits for the district."""
        return self._table.contains(where("state") == "waiting")

    def leave(self, record: str, before: str | None = None) -> bool:
        """Lets go of a record whose every revision the district has (since before then); says no to any other.

        It may come again.
        """
        rows = self._table.named("record", record)
        if any(row["state"] != "district" or (before is not None and row["at"] >= before) for row in rows):
            return False
        self._table.remove(doc_ids=[row.doc_id for row in rows])
        return True

    def erase(self, record: str, spared: Collection[str]) -> bool:
        """Erases what was written of a record, but the acts on it and what is in one of the `spared` states.

        Says whether there was any.
        """
        rows = self._table.named("record", record)
        gone = [row.doc_id for row in rows if row["state"] not in spared and row["body"].get("act") is None]
        self._table.remove(doc_ids=gone)
        return bool(gone)

    def forget(self, name: str) -> None:
        """Forgets a revision that the district sent and has no more."""
        self._table.remove((where("hash") == name) & (where("state") == "district"))

    def records(self) -> set[str]:
        """Every record that there is a revision of."""
        return {row["record"] for row in self._table}

    def _insert(self, revision: Revision, state: str, own: bool, **receipt: Any) -> None:
        row = {"hash": revision.hash, "record": revision.record, "state": state, "own": own}
        self._table.insert({**row, "body": revision.to_json(), **receipt})

    def _mark(self, name: str, fields: dict[str, Any]) -> str | None:
        row = self._table.one("hash", name)
        if row is None:
            return None
        self._table.update(fields, doc_ids=[row.doc_id])
        return str(row["record"])


def _number(row: Document) -> int:
    return int(row["body"]["seq"])


def _entry(row: Document) -> Entry:
    refusal = Refusal(**row["refusal"]) if row.get("refusal") else None
    revision = Revision.known(row["hash"], row["body"])
    told = {"number": row.get("number"), "received_at": row.get("at"), "doubt": row.get("doubt")}
    return Entry(revision, row["state"], row["own"], **told, refusal=refusal, evidence=row.get("evidence"))
