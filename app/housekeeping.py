"""The notebook's other hours: what is swept, forgotten and mended beside the officer's work, in small steps.

Nothing here is needed for a save, and nothing is done at opening that could wait until the first screen is drawn.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from app import register
from app.album import Album
from app.clock import Clock
from app.drafts import Drafts
from app.facts import MOVED, Facts
from app.files import FileTrouble
from app.ledger import Ledger
from app.outline import shas
from app.register import ERASED, Register
from app.setup import Policy
from app.shelf import Shelf
from app.store import Store

_STEP: Final = 20  # records forgotten at once
_AGAIN: Final = 30.0  # seconds until noting damage is tried again


class Housekeeping:
    """The part of the notebook that keeps it tidy."""

    _store: Store
    _clock: Clock
    _facts: Facts
    _drafts: Drafts
    _ledger: Ledger
    _album: Album
    _register: Register
    _shelf: Shelf
    _mended = False  # whether what opening found damaged was dealt with

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one."""
        raise NotImplementedError
        yield

    def read_later(self) -> None:
        raise NotImplementedError

    def place_photos(self) -> list[str]:
        raise NotImplementedError

    async def keep_tidy(self) -> None:
        """Tidies once, and then whenever the journal asks for it, until cancelled. A full phone is left as it is."""
        with suppress(FileTrouble):
            await self.tidy()
        while True:
            with suppress(TimeoutError):
                # What a full phone could not note must not wait for the next start, which would not know of it.
                async with asyncio.timeout(_AGAIN if self._unnoted else None):
                    await self._store.untidy()
            with suppress(FileTrouble):
                await self._mend()
                await self._leave_schools()
                await self._write_anew()

    async def tidy(self) -> None:
        """Forgets what the district has and nobody needs here, removes what nothing refers to, mends what was damaged.

        Saves may come in between. Raises NoRoom or FileTrouble: what was done until then is done.
        """
        if not self._facts.get("photos_sealed"):
            await self._album.carry_over()
            self._facts.set("photos_sealed", True)
        await self._mend()
        self.read_later()
        await self._forget_old()
        await self._leave_schools()
        await self._make_rows_anew()
        with self.batch():
            begun = {(draft.form, draft.form_version) for draft in self._drafts.shown()}
            self._shelf.sweep(lambda *form: form in begun or self._register.written_in(*form))
        await self._sweep_photos()
        await self._write_anew()

    @property
    def losses(self) -> dict[str, Any] | None:
        """What could not be read: `count`, and `at` which time it was found; until the officer has seen it."""
        found = self._facts.get("losses")
        noted = found["count"] if isinstance(found, dict) else 0
        if not noted + self._unnoted:
            return None
        at = found["at"] if noted else self._clock.now().isoformat()
        return {"count": noted + self._unnoted, "at": at}

    def losses_seen(self) -> None:
        """The officer knows."""
        with self.batch():
            self._facts.forget("losses")

    @property
    def _unnoted(self) -> int:
        """How much was found damaged that is not noted yet."""
        return len(self._store.lost) + (0 if self._mended else len(self._store.report.lost))

    async def _mend(self) -> None:
        """Notes what could not be read, asks the district for everything anew, and makes again what can be made."""
        if not self._unnoted:
            return
        there = await self._album.shas()
        with self.batch():
            self._facts.ask_all()  # the district may still have it, this phone's own too
            for record in self._ledger.records() | self._register.listed():
                self._make_again(record, there)
            self._facts.set("losses", self.losses)  # with what only looking at all of it has shown
        # Only now: what a full phone could not note is told at the next try.
        self._mended = True
        self._store.lost.clear()

    async def _write_anew(self) -> None:
        """Writes the journal anew where that is due; at once where something was erased, so that it is gone."""
        erased = bool(self._facts.get(ERASED))
        if erased:
            await self._sweep_photos()
        await self._store.tidy(anew=erased)
        if erased:
            await self._store.remove_set_aside()
            with self.batch():
                self._facts.forget(ERASED)

    async def _sweep_photos(self) -> None:
        since = self._days_ago(self._policy.keep_days)
        wanted = shas(self._drafts.values()) | {*self.place_photos()}
        await self._album.sweep(wanted, self._register.shows, since)

    def _make_again(self, record: str, photos: set[str]) -> None:
        entries = [entry for entry in self._ledger.of(record) if entry.live]
        if not entries:
            self._register.forget(record)  # until the district sends it again
            return
        folded = self._register.fold(entries)
        self._register.refold(record)
        form = self._shelf.form(folded.last.form, folded.last.form_version)
        if form and entries[0].own:
            own = [photo for photo in form.attachments(folded.answers) if photo.sha256 in photos]
            for photo in own:
                self._album.miss(photo, record)  # its row may be what was damaged
            self._album.attach(own, record)
            self._register.refold(record)

    async def _forget_old(self) -> None:
        before = self._days_ago(self._policy.keep_days)
        old = self._register.old(before)
        for start in range(0, len(old), _STEP):
            with self.batch():
                for record in old[start : start + _STEP]:
                    # Meanwhile the officer may have begun a correction: what is not at the district stays. And a
                    # record may be older than its receipt: it was long on its way, or the phone's clock was wrong.
                    if self._drafts.of(record) is None and self._ledger.leave(record, before):
                        self._register.forget(record)
            await asyncio.sleep(0)

    async def _leave_schools(self) -> None:
        """Lets go of the records of schools that are no longer this officer's, once the district has all of each."""
        if not self._facts.get(MOVED) or (setup := self._shelf.setup) is None:
            return
        own = {school.id for school in setup.schools}
        there = self._register.of_others(own)
        left = []
        for start in range(0, len(there), _STEP):
            with self.batch():
                for record in there[start : start + _STEP]:
                    if self._drafts.of(record) is None and self._register.leave(record):
                        left.append(record)
            await asyncio.sleep(0)
        if len(left) == len(there):
            with self.batch():
                self._facts.forget(MOVED)

    async def _make_rows_anew(self) -> None:
        """Makes the rows of an older version of the app again, so that lists and searches find all in them."""
        if self._facts.get("rows") == register.MAKE:
            return
        ids = self._register.ids()
        for start in range(0, len(ids), _STEP):
            with self.batch():
                for record in ids[start : start + _STEP]:
                    if self._ledger.of(record):
                        self._register.refold(record)
            await asyncio.sleep(0)
        self._facts.set("rows", register.MAKE)

    @property
    def _policy(self) -> Policy:
        setup = self._shelf.setup
        return setup.policy if setup else Policy()

    def _days_ago(self, days: int) -> str:
        return (self._clock.now() - timedelta(days=days)).isoformat(timespec="milliseconds")
