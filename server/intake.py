"""The district's door: judges every revision of a batch, keeps the good ones, folds them into records.

A batch is one transaction; a verdict is given only once the transaction has ended well, and one bad line never holds
up another. Sending a batch twice is harmless: what is here already gets the verdict and the receipt that it had.

What a phone could never put right is noted and not refused (docs/decisions/intake.md): a clock that was off, a gap in
a device's chain, a tag that was replaced, a form that this district does not know. Such doubts are `flags` of the
revision and of its record.
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.forms import Form
from app.grade import is_graded
from app.ids import sha256
from app.owed import promises
from app.records import Folded
from app.revisions import DISTRICTS_ACTS, Answers, Revision
from server.batch import Batch, Kept, Seen
from server.clocks import AHEAD, captured
from server.database import Database
from server.evidence import found_otherwise
from server.formbook import FormBook, class_of
from server.log import Head, head
from server.photos import Photo, PhotoError, absent, photos_in
from server.pull import check_history
from server.tables import now
from server.times import iso
from sync.merge import fold
from sync.protocol import MAX_BATCH_LINES, MAX_LINE_BYTES, Code, Verdict, WireError, read_push_line, split

log = logging.getLogger("beatbook.intake")

CLOCK_WORDS: Final = (
    "The district has this record, but this phone's clock was ahead when it was written. Set the phone's clock."
)
FORM_WORDS: Final = "The district keeps this record. It does not know this version of its form yet and looks into it."
EXPUNGED_WORDS: Final = "The district expunged this record by order. Nothing of its content is kept."
UNKNOWN_FORM: Final = "form_unknown"  # the flag
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_HASH = re.compile(r"[0-9a-f]{64}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose phone sends; `language` is the one that words about answers come in."""

    device: str
    officer: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Taken:
    """What the district says to a batch, and the end of its log with that in it."""

    verdicts: list[Verdict]
    end: Head


class Intake:
    """Takes batches of revisions in."""

    def __init__(self, database: Database, forms: FormBook, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._forms = forms
        self._clock = clock

    def take(self, sender: Sender, body: bytes, stamp: str = "") -> Taken:
        """A verdict for each line of the body, in its order; what is "accepted" is durably kept when this returns.

        Raises WireError for a body that is no batch at all: cut off in a line, or with too many lines; Refused where
        the sender has a `stamp` that is not of this log. Nothing is kept then.
        """
        lines = list(split(body))
        if len(lines) > MAX_BATCH_LINES:
            raise WireError(Code.TOO_BIG, f"A batch may have {MAX_BATCH_LINES} lines at most.")
        read = list(_read(lines))
        received = self._clock()
        with self._database.writing() as session:
            check_history(session, stamp)
            batch = Batch(session, sender.officer, [one for one in read if isinstance(one, Revision)])
            judge = _Judge(session, batch, self._forms, sender, received)
            judged = [judge.verdict(one) if isinstance(one, Revision) else one for one in read]
            batch.keep(received, lambda folded: seen(session, self._forms, folded))
            safe = [one for one in judged if isinstance(one, _Safe)]
            missing = absent(session, {sha256 for one in safe for sha256 in one.photos})
            found = found_otherwise(session, (one.revision for one in safe))
            end = batch.end or head(session)
        return Taken([_receipt(one, batch, missing, found) if isinstance(one, _Safe) else one for one in judged], end)


@dataclass(frozen=True, slots=True)
class _Safe:
    """A line whose revision the district has once the batch is kept."""

    revision: Revision
    photos: tuple[str, ...] = ()
    doubt: Code | None = None
    words: str = ""


class _Refusal(Exception):
    def __init__(self, code: Code, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class _Judge:
    """Judges one revision after another; what it accepts is added to the batch."""

    def __init__(self, session: Session, batch: Batch, forms: FormBook, sender: Sender, received: datetime) -> None:
        self._session = session
        self._batch = batch
        self._forms = forms
        self._sender = sender
        self._received = received

    def verdict(self, revision: Revision) -> _Safe | Verdict:
        """The verdict on a revision; a refusal names its reason, and never is an exception."""
        try:
            return self._judge(revision)
        except _Refusal as no:
            return Verdict(revision.hash, "refused", code=no.code, message=no.message, field=no.field)
        except Exception as error:
            # One record that nobody foresaw must not hold up the others. The type only: a message may quote answers.
            log.error("a revision of form %s could not be judged: %s", revision.form[:40], type(error).__name__)
            return Verdict(
                revision.hash, "refused", code=Code.INTERNAL, message="The district could not read this record."
            )

    def _judge(self, revision: Revision) -> _Safe:
        self._check_writer(revision)
        photos = self._photos(revision)
        hashes = tuple(sorted(photos))
        if self._batch.is_expunged(revision.record):
            self._keep(revision, (), {})
            return _Safe(revision, doubt=Code.RECORD_EXPUNGED, words=EXPUNGED_WORDS)
        if revision.hash in self._batch.receipts or self._batch.is_new(revision.hash):
            return _Safe(revision, hashes, *self._doubt(self._batch.flags(revision)))
        form = self._forms.form(self._session, revision.form, revision.form_version)
        self._check_record(revision, form)
        if revision.act in DISTRICTS_ACTS:
            raise _Refusal(Code.ACT_REFUSED, "Only the district seals and expunges records.", "act")
        if form is not None and revision.act is None:
            self._check_answers(revision, form)
        flags = self._keep(revision, () if form else (UNKNOWN_FORM,), photos)
        return _Safe(revision, hashes, *self._doubt(flags))

    def _keep(self, revision: Revision, found: tuple[str, ...], photos: dict[str, Photo]) -> tuple[str, ...]:
        """Adds the revision to the batch unless it is there already, and gives its flags."""
        if revision.hash in self._batch.receipts or self._batch.is_new(revision.hash):
            return ()
        enrolled = self._batch.devices.get(revision.device, _EVER)
        captured_at, doubts = captured(revision.at, revision.offset, self._received, enrolled)
        flags = (*found, *doubts, *self._batch.doubts(revision))
        self._batch.add(Kept(revision, captured_at, flags), photos.values())
        return flags

    def _doubt(self, flags: Collection[str]) -> tuple[Code | None, str]:
        """What the officer is told of what was odd: the phone's clock can be set, a form may be missing here."""
        if UNKNOWN_FORM in flags:
            return Code.FORM_VERSION_UNKNOWN, FORM_WORDS
        return (Code.CLOCK_AHEAD, CLOCK_WORDS) if AHEAD in flags else (None, "")

    def _check_writer(self, revision: Revision) -> None:
        # An earlier phone of the same officer is fine: its notebook may have moved to this one with work unsent. So is
        # one that nobody knows: this district may have been restored from a backup of before it was enrolled.
        if revision.author != self._sender.officer or revision.device in self._batch.others:
            field = "author" if revision.author != self._sender.officer else "device"
            raise _Refusal(Code.WRONG_AUTHOR, "This record was written by somebody else, or on another's phone.", field)

    def _check_record(self, revision: Revision, form: Form | None) -> None:
        record_class = form.record_class if form else class_of(self._session, revision.form)
        if record_class not in (None, revision.record_class):
            raise _Refusal(Code.WRONG_CLASS, f"Records of this form are of class {record_class}.", "record_class")
        if revision.school not in self._batch.schools:
            raise _Refusal(Code.WRONG_SCHOOL, "This school is not one of yours. Ask your supervisor.", "school")
        if self._batch.is_of_another(revision):
            raise _Refusal(Code.BAD_REVISION, "This change builds on another record.", "parents")
        for kept in self._batch.history(revision.record).values():
            if kept.revision.school != revision.school:
                raise _Refusal(Code.WRONG_SCHOOL, "This record belongs to another school.", "school")
            if kept.revision.form != revision.form:
                raise _Refusal(Code.BAD_REVISION, "This record was made with another form.", "form")

    def _photos(self, revision: Revision) -> dict[str, Photo]:
        try:
            return photos_in(revision.set)
        except PhotoError as error:
            raise _Refusal(Code.ANSWERS_REFUSED, f"A photo cannot be taken in: {error}.", error.field) from None

    def _check_answers(self, revision: Revision, form: Form) -> None:
        """Refuses answers that the form refuses.

        The form judges what the writer saw, at the time that the writer's phone showed, as it did on the phone.
        """
        seen, whole = self._seen(revision)
        at = datetime.fromisoformat(revision.at)
        problems = form.check(seen, self._sender.language, now=at, strict=not revision.parents)
        for name, problem in problems.items():
            # Where an earlier revision is not here yet, only the answers of this one can be judged.
            # An answer in a repeat is judged with the repeat: `children/2/age` came in `children`.
            if name.partition("/")[0] in revision.set or (problem.code == "required" and whole):
                raise _Refusal(Code.ANSWERS_REFUSED, problem.message, name)

    def _seen(self, revision: Revision) -> tuple[Answers, bool]:
        """The answers as their writer saw them, and whether every revision behind them is here."""
        if not revision.parents:
            return {name: value for name, value in revision.set.items() if value is not None}, True
        history = self._batch.history(revision.record)
        chosen, todo, whole = [revision], list(revision.parents), True
        done: set[str] = set()
        while todo:
            name = todo.pop()
            if name in done:
                continue
            done.add(name)
            if name in history:
                chosen.append(history[name].revision)
                todo.extend(history[name].revision.parents)
            else:
                whole = False
        return fold(chosen).answers, whole


def seen(session: Session, forms: FormBook, folded: Folded) -> Seen:
    """What a record's form makes of it; nothing of one that was expunged."""
    if folded.standing == "expunged":
        return Seen("", {})
    form = forms.form(session, folded.last.form, folded.last.form_version)
    if form is None:
        return Seen(folded.last.form, {})
    title = form.summary(folded.answers, form.languages[0], now=datetime.fromisoformat(folded.first.at))
    return Seen(title, promises(form, folded) if folded.standing == "live" else {}, is_graded(form))


def _read(lines: Iterable[bytes]) -> Iterator[Revision | Verdict]:
    before = None
    for line in lines:
        one = _read_line(line, before)
        before = one.hash
        yield one


def _read_line(line: bytes, before: str | None) -> Revision | Verdict:
    """The revision of a line, or why there is none, under the hash that the line claims."""
    try:
        if len(line) > MAX_LINE_BYTES:
            raise WireError(Code.TOO_BIG, f"A record may have {MAX_LINE_BYTES // 1000} kB at most, without its photos.")
        revision = read_push_line(line, before)
        if b"\\u0000" in revision.canonical and _NUL.search(revision.canonical):
            raise WireError(Code.BAD_REVISION, "A text has a NUL character in it, which no database keeps.")
        return revision
    except WireError as error:
        return Verdict(_claimed(line), "refused", code=error.code, message=str(error))
    except (ValueError, RecursionError):  # half a character outside `set`, or nesting that nobody would write
        return Verdict(_claimed(line), "refused", code=Code.BAD_REVISION, message="This record cannot be read.")


def _claimed(line: bytes) -> str:
    """The hash that the line says its revision has; of a line that says none, its own."""
    try:
        body = json.loads(line)
    except (ValueError, RecursionError):
        body = None
    claimed = body.get("hash") if isinstance(body, dict) else None
    return claimed if isinstance(claimed, str) and _HASH.fullmatch(claimed) else sha256(line)


def _receipt(safe: _Safe, batch: Batch, missing: set[str], found: dict[str, dict[str, Any]]) -> Verdict:
    seq, at = batch.receipts[safe.revision.hash]
    return Verdict(
        safe.revision.hash,
        "accepted",
        seq=seq,
        at=iso(at),
        missing=tuple(sha256 for sha256 in safe.photos if sha256 in missing),
        code=safe.doubt,
        message=safe.words or None,
        evidence=found.get(safe.revision.hash),
    )
