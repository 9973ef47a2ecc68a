"""What a round does next, worked out from data alone; sync/engine.py does it and asks again."""

import random
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.revisions import Revision
from sync.protocol import MAX_BATCH_BYTES, MAX_BATCH_LINES, MAX_LINE_BYTES

if TYPE_CHECKING:
    from app.forms import Attachment

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 600.0
LARGEST_PIECE: Final = 65_536
SMALLEST_PIECE: Final = 16_384


@dataclass(frozen=True, slots=True)
class AskSetup:
    """Fetch forms, schools, tags and people, unless those of `etag` are still the district's."""

    etag: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """Hand in these revisions in one request; `then` are those that come next if all goes well."""

    revisions: tuple[Revision, ...]
    then: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """Too big for any batch: the officer has to see to it."""

    revision: Revision


@dataclass(frozen=True, slots=True)
class SendPhoto:
    """Hand in a photo that a record at the district still misses."""

    photo: "Attachment"


@dataclass(frozen=True, slots=True)
class Pull:
    """Fetch what the district took in after `after`, at most `limit` revisions."""

    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Ask what this phone should have, and compare it with what it has."""


Action = AskSetup | Push | SetAside | SendPhoto | Pull | Compare


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the next step depends on: what waits, and how far this round has come.

    `etag` names the setup that is here, `setup_tag` the one that the district named when it was last asked for news.
    `tried` names the revisions and photos that this round has already sent; `strain` counts recent failures and makes
    the steps smaller, so that a bad line still makes progress and a bad record ends up alone.
    """

    etag: str | None
    cursor: int
    setup_tag: str | None = None
    outbox: Sequence[Revision] = ()
    photos: Sequence["Attachment"] = ()
    setup_asked: bool = False
    pulled: bool = False
    compare: bool = False  # that is due
    tried: Set[str] = field(default_factory=frozenset)
    strain: int = 0


def decide(s: Snapshot) -> Action | None:
    """The next step of a round; None when there is nothing left to do.

    What was written here, then what others wrote and what the district orders, then the setup where it named another
    one: with nothing new a round is one question. Pictures come last: a line that breaks at each of them holds up
    nothing else. What failed in this round is left for the next one, and the rest goes on.
    """
    if s.etag is None and not s.setup_asked:
        return AskSetup(None)
    # Nor what builds on it, which may have been written meanwhile: it would come before the beginning of its record.
    left = {revision.record for revision in s.outbox if revision.hash in s.tried}
    waiting = [revision for revision in s.outbox if revision.record not in left]
    if waiting:
        return _push(waiting, _step(s.strain))
    if not s.pulled:
        return Pull(s.cursor, max(_step(s.strain), 10))
    if s.setup_tag != s.etag and not s.setup_asked:
        return AskSetup(s.etag)
    for photo in s.photos:
        if photo.sha256 not in s.tried:
            return SendPhoto(photo)
    return Compare() if s.compare else None


def piece(strain: int) -> int:
    """Bytes of a photo that go in one request: fewer on a line that breaks."""
    return max(SMALLEST_PIECE, LARGEST_PIECE >> strain)


def pause(failures: int, chance: random.Random) -> float:
    """Seconds until the next try after so many failed rounds: growing, and spread so that phones do not come at once.

    The idea is "full jitter" of the AWS architecture blog, with a floor of two seconds and a ceiling of ten minutes.
    """
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 20))
    return max(FIRST_PAUSE, chance.uniform(0.0, ceiling))


def _push(waiting: list[Revision], most: int) -> Push | SetAside:
    batch = _batch(waiting[:most])
    if not batch:
        return SetAside(waiting[0])
    return Push(batch, _batch(waiting[len(batch) : len(batch) + most]))


def _batch(waiting: list[Revision]) -> tuple[Revision, ...]:
    """As many of these as go in one request; none where the first is too big for any."""
    size = 0
    for count, revision in enumerate(waiting):
        length = len(revision.canonical) + 100  # and its hash, and the brackets around both
        size += length
        if length > MAX_LINE_BYTES or size > MAX_BATCH_BYTES:
            return tuple(waiting[:count])
    return tuple(waiting)


def _step(strain: int) -> int:
    return max(1, MAX_BATCH_LINES >> 2 * min(strain, 10))
