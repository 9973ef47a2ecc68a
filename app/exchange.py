"""The notebook's other side: what the engine takes from it to send, and what the district said."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.album import Album
from app.binding import Binder
from app.clock import Clock
from app.facts import Facts
from app.forms import Attachment
from app.ids import canonical
from app.ledger import Entry, Later, Ledger, Refusal
from app.orders import Orders
from app.outline import files, shas
from app.register import Register
from app.revisions import DISTRICTS_ACTS, Revision
from app.setup import Policy
from app.shelf import Shelf
from app.tally import Tally, tally

_STEP: Final = 20  # records offered at once
_AT_ONCE: Final = 100  # revisions counted before others get their turn


class Exchange:
    """The part of the notebook that speaks with the engine. Give it many verdicts at once in one `batch()`."""

    _clock: Clock
    _shelf: Shelf
    _facts: Facts
    _binder: Binder
    _ledger: Ledger
    _album: Album
    _register: Register
    _orders: Orders

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one."""
        raise NotImplementedError
        yield

    def _changed(self) -> None:
        raise NotImplementedError

    def outbox(self, limit: int = 500) -> list[Revision]:
        """What waits for the district, in the order it was written."""
        return self._ledger.waiting(limit)

    def sending(self, hashes: Iterable[str]) -> None:
        """These are on their way now; none are when a round ends. Never outlives the app."""
        self._register.under_way = frozenset(self._ledger.records_of(hashes))
        self._changed()

    def receipt(
        self,
        name: str,
        number: int,
        at: str,
        missing: Iterable[str] = (),
        doubt: str | None = None,
        evidence: dict[str, Any] | None = None,
    ) -> None:
        """The district has a revision but not the photos `missing`; `doubt` is its code of what was odd.

        `evidence` is what it found to speak for a check, where that is other than what this phone did.
        """
        with self.batch():
            record = self._ledger.receipt(name, number, at, doubt, evidence)
            if record is not None:
                lacking = set(missing)
                entry = next(e for e in self._ledger.of(record) if e.revision.hash == name)
                for file in files(entry.revision.set.values()):
                    sha = file["sha256"]
                    if sha in lacking:
                        self._album.miss(Attachment(sha, file["mime"], file["bytes"], ""), record)
                    self._album.mark(sha, "waiting" if sha in lacking else "sent")
                self._register.refold(record)

    def refuse(self, name: str, code: str, message: str, field: str | None = None) -> None:
        """The district refused a revision: its record needs attention. All others go on."""
        with self.batch():
            record = self._ledger.refuse(name, Refusal(code, message, field))
            if record is not None:
                self._register.refold(record)

    def photos_to_send(self) -> list[Attachment]:
        """The photos that the district does not have yet, of records whose answers it has: text goes first."""
        return [photo for photo, records in self._album.waiting() if any(map(self._named_there(photo), records))]

    def photo_sent(self, sha: str) -> None:
        """The district has this photo."""
        self._photo(sha, "sent")

    def photo_refused(self, sha: str, code: str, message: str) -> None:
        """The district does not take this photo: its records need attention."""
        self._photo(sha, "refused", Refusal(code, message))

    @property
    def cursor(self) -> int:
        """The district's number up to which this phone has everything."""
        return int(self._facts.get("cursor", 0))

    def take(self, sent: Iterable[tuple[int, str, Revision]], cursor: int, later: Iterable[Later] = ()) -> None:
        """Keeps what the district sent, and the cursor, in one frame. Taking it twice changes nothing.

        What a newer version wrote is kept for `later`, as number, time, hash and JSON.
        """
        with self.batch():
            self._ledger.put_by(later)
            device = binding.device if (binding := self._binder.binding) else None
            touched: dict[str, list[Entry] | None] = {}  # the entries of each record, where these are all
            unsealed = False
            first_page = self.wants_own and self.cursor == 0
            taken: list[Revision] = []
            for number, at, revision in sent:
                # One that is known came with what this phone has asked for since: asking again would never end.
                unsealed = unsealed or (revision.act == "unseal" and not self._ledger.knows(revision.hash))
                if self._is_about_nothing(revision):
                    continue
                first = self._ledger.take(revision, number, at, own=revision.device == device)
                touched[revision.record] = [first] if first else None
                taken.append(revision)
            self._orders.hear(taken, first=first_page)
            for record, entries in touched.items():
                self._register.refold(record, entries)
            self._facts.set("cursor", cursor)
            if unsealed:
                self._facts.ask_all()  # what was erased here is to come again

    @property
    def unread(self) -> int:
        """How many revisions only a newer version of the app can read."""
        return self._ledger.put_by_count()

    def read_later(self) -> None:
        """Takes what an older version of the app put by, as far as this one can read it."""
        with self.batch():
            found = self._ledger.take_up()
            self.take(found, self.cursor)

    @property
    def begins_anew(self) -> bool:
        """Whether the district is to send all that this phone is to hold, and not only what is new."""
        return self._facts.get("anew") is not None

    @property
    def wants_own(self) -> bool:
        """Whether it is to send what this phone wrote itself, too."""
        return bool(self._facts.get("anew") == "all")

    def caught_up(self) -> None:
        """The district has nothing more. What it was to send anew came, unless all of it is to come once more."""
        if self.begins_anew:
            with self.batch():
                all_came = self.wants_own
                self._facts.forget("anew")
                if not self.disagrees:  # else it is to be seen at once whether that mended it
                    self._facts.set("compared", self._clock.now().isoformat())
                if all_came:
                    self._let_orders_go(self._orders.lost())

    def _let_orders_go(self, lost: dict[str, str]) -> None:
        """These are of before the district was restored; what they kept from this phone is to come."""
        for name in lost:
            self._ledger.forget(name)
        for record in set(lost.values()):
            if self._ledger.of(record):
                self._register.refold(record)
            else:
                self._register.forget(record)
        if lost:
            self._facts.ask_all()

    def _is_about_nothing(self, revision: Revision) -> bool:
        """Whether this is an order about a record that was never here."""
        return revision.act in DISTRICTS_ACTS and not self._ledger.of(revision.record)

    def proof(self) -> bytes:
        """The receipts of this phone's own revisions and the district's newest signature, for `beatbook verify`."""
        stamps = [self.stamp] if self.stamp else []
        return json.dumps({"receipts": self._ledger.receipts(), "stamps": stamps}, indent=1).encode()

    def written(self, record: str) -> bytes:
        """What this phone has of a record, as it would be handed in (docs/protocol.md): a line a revision."""
        lines = ({"hash": e.revision.hash, "revision": e.revision.to_json()} for e in self._ledger.of(record))
        return b"".join(canonical(line) + b"\n" for line in lines)

    @property
    def is_estranged(self) -> bool:
        """Whether the district has not answered for so long that nothing may be shown before it does."""
        setup = self._shelf.setup
        if self._binder.binding is None or setup is None or not setup.policy.lock_days or not self.last_contact:
            return False
        silent = self._clock.now() - datetime.fromisoformat(self.last_contact)
        return silent > timedelta(days=setup.policy.lock_days)

    @property
    def is_comparing_due(self) -> bool:
        """Whether phone and district are to compare once more what they have: once a day is enough."""
        last = self._facts.get("compared")
        return last is None or abs(self._clock.now() - datetime.fromisoformat(last)) > timedelta(days=1)

    @property
    def compared_since(self) -> str:
        """From which time on they compare, by the district's clock: half the days that phones keep everything."""
        setup, contact = self._shelf.setup, self._facts.get("contact")
        days = (setup.policy if setup else Policy()).keep_days / 2
        ahead = timedelta(milliseconds=contact["offset"] if contact else 0)
        since = self._clock.now() + ahead - timedelta(days=days)
        return since.astimezone(UTC).isoformat(timespec="milliseconds")

    async def tally(self, since: str, until: int) -> Tally:
        """The tally of what this phone has from that time on, up to that number. Others may run in between."""
        setup = self._shelf.setup
        schools = setup.officer.schools if setup else ()
        found: list[str] = []
        for number, name in enumerate(self._ledger.received(since, until, schools, self._register.taken_away())):
            found.append(name)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return tally(found)

    def agree(self, agreed: bool) -> bool:
        """Notes what a comparison said; False when everything is to be offered and asked for again, to mend it.

        Where that was done and nothing is mended, the officer is told (`disagrees`), and it is left until tomorrow.
        """
        before = self.disagrees
        with self.batch():
            self._facts.set("disagrees", not agreed)
            if agreed or before:
                self._facts.set("compared", self._clock.now().isoformat())
        return agreed or before

    @property
    def disagrees(self) -> bool:
        """Whether the last comparison found that phone and district do not have the same."""
        return bool(self._facts.get("disagrees"))

    @property
    def stamp(self) -> str | None:
        """The newest signature of the district under the end of its log."""
        stamp = self._facts.get("stamp")
        return stamp if isinstance(stamp, str) else None

    def keep_stamp(self, stamp: str | None) -> None:
        """Keeps the newest signature; that the district gave none changes nothing."""
        if stamp and stamp != self.stamp:
            with self.batch():
                self._facts.set("stamp", stamp)

    @property
    def restored(self) -> str:
        """Which restore of the district this phone offered everything for last; empty before the first."""
        return str(self._facts.get("restored", ""))

    async def offer_again(self, restored: str | None = None) -> None:
        """The district was `restored` from a backup: what is this phone's own waits again, and all is asked for.

        Others may run in between; broken off, it is begun again at the next round.
        """
        own = self._ledger.own_records()
        for start in range(0, len(own), _STEP):
            with self.batch():
                for record in own[start : start + _STEP]:
                    self._ledger.offer(record)
                    for sha in {sha for entry in self._ledger.of(record) for sha in shas(entry.revision.set.values())}:
                        if self._album.state(sha)[0] == "sent":
                            self._album.mark(sha, "waiting")
                    self._register.refold(record)
            await asyncio.sleep(0)
        with self.batch():
            self._facts.ask_all()
            self._facts.forget("stamp")
            if restored is not None:
                self._facts.set("restored", restored)

    def note_contact(self, at: str, offset: int) -> None:
        """The district answered: when, and how far its clock is ahead of this phone's, in milliseconds."""
        with self.batch():
            self._facts.set("contact", {"at": at, "offset": offset})

    @property
    def last_contact(self) -> str | None:
        """When the district last answered."""
        contact = self._facts.get("contact")
        return contact["at"] if contact else None

    def _named_there(self, photo: Attachment) -> Callable[[str], bool]:
        """Whether a revision that names the photo is at the district, by record."""
        return lambda record: any(
            entry.state == "district" and photo.sha256 in shas(entry.revision.set.values())
            for entry in self._ledger.of(record)
        )

    def _photo(self, sha: str, state: str, refusal: Refusal | None = None) -> None:
        with self.batch():
            for record in self._album.mark(sha, state, refusal):
                self._register.refold(record)
