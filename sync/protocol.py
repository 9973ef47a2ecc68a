"""What phone and district say to each other, written once and imported by both ends (docs/protocol.md shows each)."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from app.attachments import MOST_BYTES
from app.ids import canonical, sha256
from app.revisions import Revision, RevisionError
from app.tally import Tally

API: Final = "/api/v1"
APP_VERSION: Final = "0.1.0"
DEVICE_HEADER: Final = "Beatbook-Device"
APP_HEADER: Final = "Beatbook-App"
TIME_HEADER: Final = "Beatbook-Time"
CURSOR_HEADER: Final = "Beatbook-Cursor"
MORE_HEADER: Final = "Beatbook-More"
LINES_HEADER: Final = "Beatbook-Lines"  # how many lines were sent: a proxy can cut an answer between two of them
STAMP_HEADER: Final = "Beatbook-Stamp"  # the signed end of the district's log: number, link and signature
SETUP_HEADER: Final = "Beatbook-Setup"  # the ETag of the setup that this phone should have
RUNS_HEADER: Final = "Beatbook-Runs"  # this phone reads one verdict for a run of revisions that were taken in together
RESTORED_HEADER: Final = "Beatbook-Restored"  # which restore a phone is told of, when it is
LINKS_HEADER: Final = "Beatbook-Links"  # this district reads a line without the hash that the line before it has
AT_HEADER: Final = "Beatbook-At"  # how many bytes of a photo that comes in pieces are there
NDJSON: Final = "application/x-ndjson"

MAX_BATCH_LINES: Final = 500
MAX_BATCH_BYTES: Final = 4_000_000
MAX_LINE_BYTES: Final = 256_000
MAX_BLOB_BYTES: Final = MOST_BYTES
MAX_PIECE_BYTES: Final = 1_000_000
MAX_LEFT_FILES: Final = 20_000
MAX_LEFT_BYTES: Final = 2_000_000_000

# What a wiped phone hands in: the vault, the journal in all its generations, the photos.
LEFT: Final = re.compile(r"vault\.json|journal-[0-9]{6,10}|photo-[0-9a-f]{64}")


class Code(StrEnum):
    """Every reason for a "no", stable for ever: phones of any age read them."""

    BAD_REQUEST = "bad_request"
    BAD_JSON = "bad_json"
    TOO_BIG = "too_big"
    NOT_FOUND = "not_found"
    APP_TOO_OLD = "app_too_old"
    DISTRICT_TOO_OLD = "district_too_old"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL = "internal"
    ENROL_CODE_WRONG = "enrol_code_wrong"
    ENROL_CODE_USED = "enrol_code_used"
    ENROL_CODE_EXPIRED = "enrol_code_expired"
    DISTRICT_RESTORED = "district_restored"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_REVOKED = "device_revoked"
    BAD_REVISION = "bad_revision"
    HASH_MISMATCH = "hash_mismatch"
    WRONG_AUTHOR = "wrong_author"
    WRONG_SCHOOL = "wrong_school"
    WRONG_CLASS = "wrong_class"
    FORM_UNKNOWN = "form_unknown"
    FORM_VERSION_UNKNOWN = "form_version_unknown"
    ANSWERS_REFUSED = "answers_refused"
    ACT_REFUSED = "act_refused"
    RECORD_EXPUNGED = "record_expunged"
    CLOCK_AHEAD = "clock_ahead"
    CHAIN_BROKEN = "chain_broken"
    BLOB_HASH_MISMATCH = "blob_hash_mismatch"
    NOT_AN_IMAGE = "not_an_image"
    TAG_UNKNOWN = "tag_unknown"
    LEFTOVERS_UNKNOWN = "leftovers_unknown"
    LEFTOVERS_CHANGED = "leftovers_changed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The district's word on one line of a batch.

    `verdict` is "accepted" or "refused" (an older district also says "known" of what was sent before). Accepted
    carries the receipt (`seq`, the district's own number, and `at`, its time) and the hashes of photos still
    `missing`, and may carry the `code` of a doubt and the `evidence` for a check where the district finds it to be
    other than the phone did (app/grade.py); refused carries `code` and `message`, and `field` where one answer
    is to blame.
    """

    hash: str
    verdict: str
    seq: int | None = None
    at: str | None = None
    missing: tuple[str, ...] = ()
    code: str | None = None
    message: str | None = None
    field: str | None = None
    evidence: dict[str, Any] | None = None

    @property
    def told(self) -> bool:
        """Whether there is more to say of an accepted one than its receipt."""
        return bool(self.code or self.missing or self.evidence)

    def follows(self, last: "Verdict") -> bool:
        """Whether the district took this one in right after the last, and has no more to say of either."""
        quiet = not (self.told or self.message or self.field or last.told)
        return quiet and self.verdict == "accepted" and self.at == last.at and self.seq == (last.seq or 0) + 1

    @property
    def safe(self) -> bool:
        """Whether the district has this revision."""
        return self.verdict in ("accepted", "known")

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Reads one line; parts that a newer district added are left aside. Raises WireError."""
        fields: dict[str, Any] = {"missing": [], **{name: body[name] for name in _VERDICT_CHECKS if name in body}}
        for name, value in fields.items():
            if not _VERDICT_CHECKS[name](value):
                raise WireError(Code.BAD_REQUEST, f"{name} of a verdict has a wrong value")
        needed = ("hash", "code") if fields.get("verdict") == "refused" else ("hash", "verdict", "seq", "at")
        if any(fields.get(name) is None for name in needed):
            raise WireError(Code.BAD_REQUEST, "a verdict is incomplete")
        return cls(**{**fields, "missing": tuple(fields["missing"])})


@dataclass(frozen=True, slots=True)
class Sent:
    """One revision on its way from the district to a phone."""

    seq: int
    at: str
    revision: Revision


@dataclass(frozen=True, slots=True)
class Unread:
    """A revision on its way to a phone that is too old to read it: whole, for its hash holds, and to be read later."""

    seq: int
    at: str
    hash: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """A sealed file that a wiped phone still has."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the district still misses of what a wiped phone has, by name, and how much of each it has already.

    `officer` is the name of the one whose code was used. Empty `missing`: the district has all of it, durably.
    """

    officer: str
    missing: dict[str, int]


class WireError(ValueError):
    """A message that cannot be read; `code` is what the other end is told."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


def push_lines(revisions: Iterable[Revision], *, linked: bool = False) -> bytes:
    """The body of POST /revisions: one line a revision, `linked` without what the line before says already."""
    lines, before = [], None
    for revision in revisions:
        body = revision.canonical
        if linked and before and revision.prev == before:
            body = body.replace(b'"prev":"%s",' % before.encode(), b"", 1)
        before = revision.hash
        lines.append(b'{"hash":"%s","revision":%s}\n' % (before.encode(), body))  # as canonical JSON is written
    return b"".join(lines)


def read_push(body: bytes) -> list[Revision]:
    """Reads a batch of which every line is good. Raises WireError like `read_push_line`."""
    found: list[Revision] = []
    for line in split(body):
        found.append(read_push_line(line, found[-1].hash if found else None))
    return found


def read_push_line(line: bytes, before: str | None = None) -> Revision:
    """Reads one pushed line, after the one with the hash `before`.

    Raises WireError when it is no JSON, no revision or not what its hash says.
    """
    fields = _json(line)
    body = fields.get("revision")
    if before and isinstance(body, dict):
        body.setdefault("prev", before)
    return _revision(fields)


def verdict_lines(verdicts: Iterable[Verdict], *, runs: bool = False) -> bytes:
    """The answer to POST /revisions: one line a verdict, in the order of the request; or one a run, if that is read."""
    return _lines(_in_runs(verdicts) if runs else map(_verdict_json, verdicts))


def read_verdicts(body: bytes, sent: Sequence[str] = ()) -> list[Verdict]:
    """Reads the answer to POST /revisions, about what was sent by these hashes.

    Raises WireError when it is cut or is something else.
    """
    found: list[Verdict] = []
    for fields in map(_json, split(body)):
        if "count" in fields:
            found += _run(fields, sent[len(found) :])
        else:
            found.append(Verdict.from_json(fields))
    return found


def pull_lines(sent: Iterable[Sent]) -> bytes:
    """The answer to GET /revisions."""
    return _lines({"seq": s.seq, "at": s.at, "hash": s.revision.hash, "revision": s.revision.to_json()} for s in sent)


def read_pull(body: bytes) -> list[Sent]:
    """Reads the answer to GET /revisions, all that this version can read. Raises WireError like `read_push_line`."""
    return [sent for line in split(body) if isinstance(sent := read_pull_line(line), Sent)]


def read_pull_line(line: bytes) -> Sent | Unread:
    """Reads one line of the answer to GET /revisions. Raises WireError like `read_push_line`.

    What a newer district's other phones wrote may be Unread: whole, and nothing that this version can read.
    """
    fields = _json(line)
    if not _count(fields.get("seq")) or not _text(fields.get("at")):
        raise WireError(Code.BAD_REQUEST, "a line has no number or time")
    try:
        return Sent(fields["seq"], fields["at"], _revision(fields))
    except WireError as error:
        name, body = fields.get("hash"), fields.get("revision")
        if error.code != Code.BAD_REVISION or not isinstance(body, dict) or sha256(canonical(body)) != name:
            raise
        return Unread(fields["seq"], fields["at"], name, body)


def leftovers_json(code: str, vault: str, token: str, files: Iterable[Left]) -> bytes:
    """The body of POST /leftovers."""
    return canonical({"code": code, "vault": vault, "token": token, "files": [asdict(file) for file in files]})


def wanted_json(wanted: Wanted) -> bytes:
    """The answer to POST /leftovers."""
    missing = [{"name": name, "at": at} for name, at in wanted.missing.items()]
    return canonical({"officer": wanted.officer, "missing": missing})


def read_wanted(body: bytes) -> Wanted:
    """Reads the answer to POST /leftovers. Raises WireError."""
    fields = _json(body)
    missing, officer = fields.get("missing"), fields.get("officer")
    if not isinstance(missing, list) or not isinstance(officer, str):
        raise WireError(Code.BAD_REQUEST, "the answer does not say what is missing")
    return Wanted(officer, dict(map(_place, missing)))


def place_json(name: str, at: int) -> bytes:
    """The answer to PUT /leftovers: how much of the file the district has now."""
    return canonical({"name": name, "at": at})


def read_place(body: bytes) -> tuple[str, int]:
    """Reads the answer to PUT /leftovers. Raises WireError."""
    return _place(_json(body))


def tally_json(tally: Tally) -> bytes:
    """The answer to GET /tally."""
    return canonical({"count": tally.count, "sum": tally.sum})


def read_tally(body: bytes) -> Tally:
    """Reads the answer to GET /tally. Raises WireError."""
    fields = _json(body)
    count, total = fields.get("count"), fields.get("sum")
    if not isinstance(count, int) or not isinstance(total, str):
        raise WireError(Code.BAD_REQUEST, "the answer does not say how much there is")
    return Tally(count, total)


def error_json(code: Code, message: str, safe: str = "") -> dict[str, Any]:
    """The body of every "no": a stable code, words for the officer, and what is safe in spite of it."""
    return {"error": {"code": code, "message": message, "safe": safe}}


def read_error(body: bytes) -> tuple[str, str] | None:
    """Code and message of a "no", or None when the body is something else (a proxy's page)."""
    try:
        error = _json(body).get("error")
    except WireError:
        return None
    if not isinstance(error, dict) or not _text(error.get("code")):
        return None
    return error["code"], str(error.get("message") or "")


def split(body: bytes) -> Iterator[bytes]:
    """The lines of an NDJSON body. Raises WireError when the last line was cut (it has no line end)."""
    if body and not body.endswith(b"\n"):
        raise WireError(Code.BAD_JSON, "The last line is cut off.")
    return (line for line in body.split(b"\n") if line)


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    values = ((name, getattr(verdict, name)) for name in _VERDICT_CHECKS)
    return {name: value for name, value in values if value not in (None, ())}


def _in_runs(verdicts: Iterable[Verdict]) -> Iterator[dict[str, Any]]:
    """One verdict for what was accepted together without a doubt, under numbers that follow each other."""

    def told() -> Iterator[dict[str, Any]]:
        if len(run) > 1:
            first, names = run[0], "".join(one.hash for one in run)
            yield {**_verdict_json(first), "count": len(run), "hash": sha256(names.encode())}
        else:
            yield from map(_verdict_json, run)

    run: list[Verdict] = []
    for verdict in verdicts:
        if run and not verdict.follows(run[-1]):
            yield from told()
            run = []
        run.append(verdict)
    yield from told()


def _run(fields: dict[str, Any], sent: Sequence[str]) -> list[Verdict]:
    count, first = fields["count"], Verdict.from_json(fields)
    if not _count(count) or count > len(sent) or not _count(first.seq):
        raise WireError(Code.BAD_REQUEST, "a verdict is about more than was sent")
    if sha256("".join(sent[:count]).encode()) != first.hash:
        raise WireError(Code.BAD_REQUEST, "a verdict is about something else than was sent")
    return [replace(first, hash=name, seq=number) for number, name in enumerate(sent[:count], first.seq or 0)]


def _revision(fields: dict[str, Any]) -> Revision:
    try:
        revision = Revision.from_json(fields.get("revision"))
    except RevisionError as error:
        raise WireError(Code.BAD_REVISION, str(error)) from None
    if revision.hash != fields.get("hash"):
        raise WireError(Code.HASH_MISMATCH, "The record is not what its hash says: it was changed on the way.")
    return revision


def _lines(bodies: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(canonical(body) + b"\n" for body in bodies)


def _json(line: bytes) -> dict[str, Any]:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError):
        raise WireError(Code.BAD_JSON, "A line is not JSON.") from None
    if not isinstance(body, dict):
        raise WireError(Code.BAD_JSON, "A line is not a JSON object.")
    return body


def _place(fields: Any) -> tuple[str, int]:
    name, at = (fields.get("name"), fields.get("at")) if isinstance(fields, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(at, int) or isinstance(at, bool) or at < 0:
        raise WireError(Code.BAD_REQUEST, "the answer does not say how far a file has come")
    return name, at


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


_VERDICT_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "hash": _text,
    "verdict": lambda value: value in ("accepted", "known", "refused"),
    "seq": lambda value: value is None or _count(value),
    "at": lambda value: value is None or _text(value),
    "missing": lambda value: isinstance(value, list | tuple) and all(map(_text, value)),
    "code": lambda value: value is None or _text(value),
    "message": lambda value: value is None or isinstance(value, str),
    "field": lambda value: value is None or isinstance(value, str),
    "evidence": lambda value: value is None or isinstance(value, dict),
}
