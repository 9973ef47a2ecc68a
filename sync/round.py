"""What a round does, step by step: it asks sync/plan.py what is next, does it, notes the outcome, and asks again.

What it was told is durable at once, so that the next round repeats only what got no answer; repeating is harmless.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.files import FileTrouble
from app.revisions import Revision
from app.setup import SetupError
from sync import plan
from sync.ahead import begun, dropped
from sync.errors import PHOTO_LOST, DistrictTrouble, Refused, RoadError, TooMany
from sync.protocol import MAX_BATCH_LINES, Code, Sent, Unread

if TYPE_CHECKING:
    from app.forms import Attachment
    from app.notebook import Notebook
    from sync.client import District, Page

log = logging.getLogger(__name__)

TROUBLES_A_ROUND: Final = 3
MOST_STRAIN: Final = 4
SHOWN_A_ROUND: Final = 20


@dataclass
class Line:
    """What rounds have learned of the line: `strain` counts recent failures and makes the steps smaller.

    `wanted` are photos that the district said it misses, and that were not sent since; `without` are places' photos
    that it does not have.
    """

    strain: int = 0
    wanted: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)

    def note(self, error: RoadError) -> None:
        """Something failed. A district that asks for patience gets no more requests for the same by smaller steps."""
        if not isinstance(error, TooMany):
            self.strain = min(self.strain + 1, MOST_STRAIN)


class Round:
    """One meeting of phone and district, and how far it has come: in records that were `waiting`, and photos."""

    _district: "District"

    def __init__(
        self,
        notebook: "Notebook",
        line: Line,
        holds_photos: Callable[[], bool],
        tell: Callable[[], None],
        *,
        insisted: bool,
    ) -> None:
        """`insisted`: the officer asked for it, whatever the network costs. `tell` is called after each step."""
        self.waiting = notebook.counts().waiting
        self.photos_done = 0
        self._notebook, self._line = notebook, line
        self._holds_photos, self._tell = holds_photos, tell
        self._insisted = insisted
        self._setup_asked = self._pulled = self._compared = False
        self._setup_tag: str | None = None
        self._tried: set[str] = set()  # revisions and photos: nothing is sent twice in a round
        self._outbox: list[Revision] = []
        self._left_behind = 0  # revisions that were tried and still wait
        self._troubles: list[RoadError] = []
        self._ahead: tuple[dict[str, Any], asyncio.Task[Page]] | None = None

    async def work(self, district: "District") -> None:
        """Does what there is to do. Raises RoadError for what failed last, FileTrouble for a full phone.

        What could be done is done all the same, and noted.
        """
        self._district = district
        try:
            while action := plan.decide(self._snapshot()):
                try:
                    await self._do(action)
                except (Refused, DistrictTrouble) as error:
                    log.info("a step of the round failed: %s", error.code)
                    self._troubles.append(error)
                    if error.retry_after or len(self._troubles) == TROUBLES_A_ROUND:
                        break
                self._tell()
        finally:
            await self._forget_ahead()
        if self._troubles:
            raise max(self._troubles, key=lambda error: error.retry_after or 0.0)
        if self._insisted or not self._holds_photos():
            await self._fetch_shown()

    def _snapshot(self) -> plan.Snapshot:
        # Those that were there before keep what was worked out about them.
        before = {revision.hash: revision for revision in self._outbox}
        found = self._notebook.outbox(2 * MAX_BATCH_LINES + self._left_behind)
        self._outbox = [before.get(revision.hash, revision) for revision in found]
        return plan.Snapshot(
            etag=self._notebook.setup_etag,
            cursor=self._notebook.cursor,
            setup_tag=self._setup_tag,
            outbox=self._outbox,
            photos=[] if self._holds_photos() and not self._insisted else self._notebook.photos_to_send(),
            setup_asked=self._setup_asked,
            pulled=self._pulled,
            compare=self._notebook.is_comparing_due and not self._compared,
            tried=self._tried,
            strain=self._line.strain,
        )

    async def _do(self, action: plan.Action) -> None:
        match action:
            case plan.AskSetup(etag):
                self._setup_asked = True
                before = self._notebook.cursor
                await ask_setup(self._notebook, self._district, etag)
                self._pulled = self._pulled and self._notebook.cursor == before  # a new school has older records
            case plan.Push(revisions, then):
                await self._push(revisions, then)
            case plan.SetAside(revision):
                self._tried.add(revision.hash)
                self._notebook.refuse(revision.hash, Code.TOO_BIG, "", None)
            case plan.SendPhoto(photo):
                await self._send_photo(photo)
            case plan.Pull(after, limit):
                self._pulled = True
                await self._pull(after, limit)
            case plan.Compare():
                self._compared = True
                await self._compare()

    async def _pull(self, after: int, limit: int) -> None:
        try:
            sent, cursor, more = await self._page(after, limit)
        except Refused as error:
            if error.code != Code.DISTRICT_RESTORED:
                raise
            await self._offer_again(self._district.restored)
            return
        if cursor != after:
            if more:
                await self._ask_ahead(cursor, limit)
            read = [(one.seq, one.at, one.revision) for one in sent if isinstance(one, Sent)]
            later = [(one.seq, one.at, one.hash, one.body) for one in sent if isinstance(one, Unread)]
            self._notebook.take(read, cursor, later)
            more = more or self._notebook.cursor != cursor  # what was unsealed is to come once more
        if not more:
            self._notebook.caught_up()
        self._pulled = not more and not self._notebook.begins_anew
        self._setup_tag = self._district.setup_tag
        self._notebook.keep_stamp(self._district.stamp)

    async def _page(self, after: int, limit: int) -> "Page":
        """The page from there on: the one that was asked for ahead, if it is that one."""
        wanted = self._wanted(after, limit)
        if self._ahead and self._ahead[0] == wanted:
            task, self._ahead = self._ahead[1], None
            return await task
        await self._forget_ahead()
        return await self._district.pull(**wanted, stamp=self._notebook.stamp)

    async def _ask_ahead(self, after: int, limit: int) -> None:
        """Asks for the next page, so that the district puts it together while this phone keeps the one before."""
        wanted, stamp = self._wanted(after, limit), self._district.stamp or self._notebook.stamp
        self._ahead = wanted, await begun(self._district.pull(**wanted, stamp=stamp))

    async def _forget_ahead(self) -> None:
        if self._ahead:
            task, self._ahead = self._ahead[1], None
            await dropped(task)

    def _wanted(self, after: int, limit: int) -> dict[str, Any]:
        return {
            "after": after,
            "limit": limit,
            "anew": self._notebook.begins_anew,
            "own": self._notebook.wants_own,
            "restored": self._notebook.restored if self._notebook.wants_own else None,
        }

    async def _fetch_shown(self) -> None:
        """What places look like, a few in each round: nice to have, so that nothing fails without it."""
        for sha in [sha for sha in self._notebook.photos_to_fetch() if sha not in self._line.without][:SHOWN_A_ROUND]:
            try:
                await self._notebook.keep_photo(sha, await self._district.get_blob(sha))
            except Refused:
                self._line.without.add(sha)
            except (RoadError, FileTrouble) as error:
                log.info("a place's photo did not come: %s", type(error).__name__)
                return

    async def _compare(self) -> None:
        since, until = self._notebook.compared_since, self._notebook.cursor
        theirs = await self._district.tally(since, until)
        # One that is too old to say is asked again tomorrow.
        same = theirs is None or await self._notebook.tally(since, until) == theirs
        if not self._notebook.agree(same):
            log.warning("this phone and the district do not have the same")
            await self._offer_again()

    async def _offer_again(self, restored: str | None = None) -> None:
        """The district was restored from a backup, or misses something: it is offered everything, and asked for all."""
        await self._notebook.offer_again(restored)
        self._pulled = False
        self._tried.clear()

    async def _push(self, revisions: tuple[Revision, ...], then: tuple[Revision, ...]) -> None:
        hashes = [revision.hash for revision in revisions]
        self._tried.update(hashes)
        self._notebook.sending(hashes)
        try:
            verdicts = await self._district.push(revisions, self._notebook.stamp, then)
        except RoadError as error:
            if error.code == Code.DISTRICT_RESTORED:
                await self._offer_again(self._district.restored)
                return
            if isinstance(error, Refused) and error.code != Code.NOT_FOUND and len(hashes) == 1:
                self._notebook.refuse(hashes[0], error.code, error.message, None)
                return
            self._line.note(error)
            self._left_behind += len(hashes)
            raise
        self._line.strain = max(self._line.strain - 1, 0)
        with self._notebook.batch():
            for verdict in verdicts:
                if verdict.safe:
                    number, at = verdict.seq or 0, verdict.at or ""
                    self._line.wanted.update(verdict.missing)
                    self._notebook.receipt(verdict.hash, number, at, verdict.missing, verdict.code, verdict.evidence)
                else:
                    self._notebook.refuse(verdict.hash, verdict.code or "", verdict.message or "", verdict.field)
            self._notebook.sending([])
            self._notebook.keep_stamp(self._district.stamp)

    async def _send_photo(self, photo: "Attachment") -> None:
        self._tried.add(photo.sha256)
        data = await self._notebook.photo(photo.sha256)
        try:
            if data is None:
                raise Refused(PHOTO_LOST)
            await self._send_data(photo, data)
        except Refused as error:
            self._notebook.photo_refused(photo.sha256, error.code, error.message)
        else:
            self._notebook.photo_sent(photo.sha256)
            self.photos_done += 1

    async def _send_data(self, photo: "Attachment", data: bytes) -> None:
        # A small photo that the district has just named as missing goes at once: the question would cost a round trip.
        # Else it is asked first, as the answer to an earlier try may have been lost, and much of it may be there.
        wanted = photo.sha256 in self._line.wanted and len(data) <= plan.piece(self._line.strain)
        self._line.wanted.discard(photo.sha256)
        found = None if wanted else await self._district.find_blob(photo.sha256)
        if found and found.whole:
            return
        if found is None or found.at is None:
            await self._district.put_blob(photo.sha256, data, photo.mime)
            return
        at = min(found.at, len(data))
        while at < len(data):
            try:
                at = await self._district.put_piece(photo.sha256, data, photo.mime, at, plan.piece(self._line.strain))
            except RoadError as error:
                self._line.note(error)
                raise


async def ask_setup(notebook: "Notebook", district: "District", etag: str | None) -> None:
    """Fetches the setup unless that of `etag` still holds. Raises RoadError."""
    if news := await district.setup(etag):
        try:
            notebook.keep_setup(*news)
        except SetupError:
            raise DistrictTrouble("the setup cannot be used") from None
