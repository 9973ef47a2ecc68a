"""What lists and screens are given of the notebook: plain values, nothing to write with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.changes import Version
from app.duplicates import Near
from app.findings import Finding
from app.forms import Form
from app.grade import Evidence, is_graded
from app.ledger import Entry, Refusal
from app.records import Value
from app.revisions import Answers, Revision
from app.setup import Place, Tour
from app.tours import Progress


@dataclass(frozen=True)
class RecordRow:
    """A line of a list: a record, or a draft (`state` "draft", `id` the draft's)."""

    id: str
    state: str  # draft, waiting, sending, district, conflict, attention; deleted, sealed, expunged
    form: str
    form_title: str
    icon: str
    title: str
    at: str
    updated_at: str
    author: str
    author_name: str
    own: bool
    school: str
    school_name: str
    place_name: str | None = None
    problem: Refusal | None = None
    conflicts: int = 0
    gone: str | None = None  # how it was taken away: deleted, sealed, expunged
    due: str | None = None  # the first day on which something is owed


@dataclass(frozen=True)
class PhotoState:
    """How one photo of a record stands with the district."""

    sha256: str
    state: str
    problem: Refusal | None = None


@dataclass(frozen=True)
class RecordDetail:
    """Everything about one record."""

    row: RecordRow
    form: Form | None  # None when this phone has never had the record's form
    answers: Answers
    conflicts: dict[str, tuple[Value, ...]]
    history: tuple[Entry, ...]
    photos: tuple[PhotoState, ...]
    place: Place | None
    tag: str | None
    draft: str | None  # the open correction of this record
    deletions: tuple[Revision, ...] = ()
    contested: bool = False  # deleted by somebody who had not seen a change
    order: Revision | None = None  # the district's, to seal it or to expunge it
    versions: Mapping[str, Version] = field(default_factory=dict)  # by the revision's hash
    follows: RecordRow | None = None  # what this record follows up
    check: RecordRow | None = None  # the check that saw what was done about a finding
    same_as: RecordRow | None = None  # the complaint that this one was said to be the same as
    after: tuple[RecordRow, ...] = ()  # what followed this record, the oldest first

    @property
    def number(self) -> int | None:
        """The district's number of the newest that it has of this record, whichever came to this phone last."""
        return max((entry.number for entry in self.history if entry.number is not None), default=None)

    @property
    def evidence(self) -> Evidence | None:
        """What speaks for a check: as the phone saw it when it was saved, or the district, where that is not the same.

        None for any other record.
        """
        if not is_graded(self.form):
            return None
        told = next((entry.evidence for entry in self.history if entry.evidence), None)
        return Evidence.from_json(told) if told else Evidence.from_answers(self.answers)


@dataclass(frozen=True)
class Found:
    """What a search has found so far: new lines, and how many records of how many were looked at."""

    rows: list[RecordRow]
    looked: int
    total: int


@dataclass(frozen=True)
class FindingRow:
    """A finding as a line of a list: what is wrong, how bad, since when and until when."""

    record: RecordRow
    finding: Finding
    title: str
    due: str | None
    open: bool
    after: tuple[RecordRow, ...] = ()  # what was done about it, the oldest first


@dataclass(frozen=True)
class RequestRow:
    """A family's request that is not closed: how far it is (`new`, `answered`, `forwarded`), and if it is urgent."""

    record: RecordRow
    status: str
    urgent: bool = False


@dataclass(frozen=True)
class TourRow:
    """A tour on one of its days, as far as it is."""

    progress: Progress
    school_name: str
    draft: str | None = None  # the run that is under way
    begun: bool = False  # by an officer, who did not only say why it was missed
    ended: RecordRow | None = None  # its record
    retired: bool = False  # the district did so while somebody was on it

    @property
    def tour(self) -> Tour:
        """The tour itself."""
        return self.progress.occasion.tour

    @property
    def day(self) -> date:
        """The day on which it begins."""
        return self.progress.occasion.day

    @property
    def over(self) -> bool:
        """Whether no check counts for it any more."""
        return self.ended is not None or self.progress.now >= self.progress.occasion.over

    @property
    def unfinished(self) -> bool:
        """Whether there is no record of it yet, though it was begun or has places that must be checked."""
        return self.ended is None and (self.draft is not None or bool(self.progress.missing))


@dataclass(frozen=True)
class Alike:
    """A complaint that may be the same as another, and how near they are."""

    record: RecordRow
    near: Near


@dataclass(frozen=True)
class Counts:
    """How many there are of each state; "sending" counts as waiting."""

    draft: int = 0
    waiting: int = 0
    attention: int = 0
    district: int = 0
    conflict: int = 0  # at the district with two answers to a question


@dataclass(frozen=True)
class TagFound:
    """What a scanned or typed code is, and the place it stands for.

    `kind` is that of `app.tags.Scan`; `state` is "good", "retired", "unknown" or "typed" for a tag's two codes.
    `message_code` is empty when the place was found and nothing is wrong with its tag. `retired_place` is the name of a
    place that the district does not use any more.
    """

    kind: str
    code: str
    place: Place | None = None
    state: str | None = None
    message_code: str = ""
    retired_place: str = ""
