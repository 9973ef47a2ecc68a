"""What phones say to the district (docs/protocol.md shows every message). All of it may be repeated safely."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import AwareDatetime, BaseModel, Field
from starlette.concurrency import run_in_threadpool

from app.ids import canonical
from server import district, enrolment, errors
from server.agreement import expected
from server.blobs import handed_on
from server.brakes import DEVICE, ENROL, STRANGER, address
from server.context import TheBlobs, TheBrakes, TheDatabase, TheIntake, TheSettings, TheSetupNames, TheStamper
from server.enrolment import Known
from server.errors import Refused
from server.intake import Sender
from server.log import head
from server.openapi import LINES, NO, Answers, takes
from server.photos import is_wanted, note, place_schools
from server.pull import check_history, check_told, pull
from server.records import photo_schools
from server.setup import bound, setup
from server.tables import Blob, Officer
from sync.packing import deflate, inflate
from sync.protocol import (
    API,
    AT_HEADER,
    CURSOR_HEADER,
    LINES_HEADER,
    LINKS_HEADER,
    MAX_BATCH_BYTES,
    MAX_BATCH_LINES,
    MAX_BLOB_BYTES,
    MAX_PIECE_BYTES,
    MORE_HEADER,
    NDJSON,
    SETUP_HEADER,
    STAMP_HEADER,
    Code,
    place_json,
    tally_json,
    verdict_lines,
)

router = APIRouter(prefix=API, responses=NO)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNNAMED: Final = "No record at the district names this photo."
_COMES_IN: Final[Answers] = {
    201: {"description": "All of it is here now"},
    202: {"description": "A piece of it; where to go on", "content": {"application/json": {}}},
}
_PRINTED: Final = r"^[^\x00-\x1f]*$"


class Enrol(BaseModel):
    """What a phone sends to be bound to an officer. Device id and token are its own making."""

    code: str = Field(max_length=64)
    device: str = Field(pattern=f"^{_UUID.pattern}$")
    token: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")
    name: str = Field("", max_length=200, pattern=_PRINTED)
    platform: str = Field("", max_length=40, pattern=_PRINTED)
    app: str = Field("", max_length=40, pattern=_PRINTED)


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone behind a request, and the language of its officer."""

    device: Known
    language: str

    @property
    def officer(self) -> str:
        """Whose it is."""
        return self.device.officer


def _phone(
    request: Request,
    database: TheDatabase,
    brakes: TheBrakes,
    authorization: Annotated[str, Header()] = "",
    beatbook_device: Annotated[str, Header()] = "",
    beatbook_app: Annotated[str, Header(max_length=40)] = "",
    accept_language: Annotated[str, Header()] = "",
) -> Phone:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not _UUID.fullmatch(beatbook_device):
        beatbook_device = ""
    try:
        with database.reading() as session:
            device = enrolment.recognise(session, beatbook_device, token.strip())
    except Refused:
        brakes.count(STRANGER, address(request))
        raise
    brakes.count(DEVICE, device.id)
    if enrolment.is_news(device, beatbook_app):
        with database.writing() as session:
            enrolment.note_contact(session, device.id, beatbook_app)
    return Phone(device, "es" if accept_language.lower().startswith("es") else "en")


ThePhone = Annotated[Phone, Depends(_phone)]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.post("/enrol")
def enrol(request: Request, body: Enrol, database: TheDatabase, settings: TheSettings, brakes: TheBrakes) -> Response:
    """Binds a phone to an officer with a one-time code; the same request again gets the same answer."""
    brakes.count(ENROL, address(request))
    with database.writing() as session:
        device = enrolment.enrol(session, enrolment.Enrolment(**body.model_dump()))
        officer = district.officer(session, device.officer)
        assert officer is not None
        answer = {"device": device.id, **bound(session, officer, settings.base_url)}
    return Response(canonical(answer), media_type="application/json")


@router.get("/setup")
def get_setup(
    request: Request,
    phone: ThePhone,
    database: TheDatabase,
    settings: TheSettings,
    names: TheSetupNames,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Everything a phone needs to work offline; 304 when it has that already."""
    with database.reading() as session:
        name = names.name(session, phone.officer, settings.base_url)
        headers = {"ETag": name, "Cache-Control": "private, no-cache"}
        if name in if_none_match:
            return Response(status_code=304, headers=headers)
        body = setup(session, session.get_one(Officer, phone.officer), settings.base_url)
    return _packed(request, canonical(body), "application/json", headers)


@router.post("/revisions", response_class=Response, responses=LINES, openapi_extra=takes(NDJSON))
async def push(
    request: Request,
    phone: ThePhone,
    intake: TheIntake,
    stamper: TheStamper,
    beatbook_stamp: Annotated[str, Header(max_length=300)] = "",
    beatbook_runs: Annotated[str, Header()] = "",
) -> Response:
    """Takes a batch of revisions in: NDJSON, gzip or plain; the answer has a verdict for each line, and is stamped.

    A phone that was told more than this district knows, because it was restored from a backup, hears of that first.
    """
    body = await whole_body(request, MAX_BATCH_BYTES)
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise Refused(Code.BAD_REQUEST, "A batch comes plain or as gzip.")

    def take() -> tuple[bytes, str]:
        lines = inflate(body, MAX_BATCH_BYTES) if encoding == "gzip" else body
        taken = intake.take(Sender(phone.device.id, phone.officer, phone.language), lines, beatbook_stamp)
        stamp = stamper.stamp(phone.device.district, taken.end)
        errors.note(request.scope, (one.code for one in taken.verdicts if one.code and not one.safe))
        return verdict_lines(taken.verdicts, runs=beatbook_runs == "1"), str(stamp)

    answer, stamp = await run_in_threadpool(take)
    return _packed(request, answer, NDJSON, {STAMP_HEADER: stamp, LINKS_HEADER: "1"})


@router.get("/revisions", response_class=Response, responses=LINES)
def get_revisions(
    request: Request,
    phone: ThePhone,
    database: TheDatabase,
    stamper: TheStamper,
    settings: TheSettings,
    names: TheSetupNames,
    beatbook_stamp: Annotated[str, Header(max_length=300)] = "",
    after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_BATCH_LINES)] = MAX_BATCH_LINES,
    own: bool = False,
    anew: bool = False,
    whole: bool = False,
    restored: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """What others (with `own`, this phone too) wrote at this officer's schools since a cursor, and where to go on.

    With `anew`, only what phones are to hold; with `whole`, all of a record that a phone may have let go of comes with
    what is new about it. `restored` names the restore that the phone was told of last.
    """
    with database.reading() as session:
        check_told(session, phone.device, own=own, restored=restored)
        check_history(session, beatbook_stamp)
        page = pull(session, phone.device, after, limit, own=own, anew=anew, whole=whole)
        stamp = str(stamper.stamp(phone.device.district, head(session)))
        tag = names.name(session, phone.officer, settings.base_url)
    if enrolment.is_untold(phone.device):
        with database.writing() as session:
            enrolment.note_contact(session, phone.device.id, phone.device.app)
    headers = {
        SETUP_HEADER: tag,
        **({} if stamp.startswith(f"{beatbook_stamp}.") else {STAMP_HEADER: stamp}),
        CURSOR_HEADER: str(page.cursor),
        MORE_HEADER: str(int(page.more)),
        LINES_HEADER: str(page.lines),
    }
    return _packed(request, page.body, NDJSON, headers)


@router.get("/tally")
def get_tally(
    phone: ThePhone, database: TheDatabase, since: AwareDatetime, until: Annotated[int, Query(ge=0, lt=1 << 53)]
) -> Response:
    """How many revisions this phone should have from that time on, up to that number, and the sum of their hashes."""
    with database.reading() as session:
        return Response(tally_json(expected(session, phone.officer, since, until)), media_type="application/json")


@router.head("/blobs/{sha256}", response_class=Response)
def has_blob(phone: ThePhone, sha256: Sha256, database: TheDatabase, blobs: TheBlobs) -> Response:
    """Whether the district has a photo; of one that this phone sends in pieces, how much of it."""
    with database.reading() as session:
        known = session.get(Blob, sha256)
    if known and blobs.has(sha256):
        return Response()
    return Response(status_code=404, headers={AT_HEADER: str(blobs.here(sha256, phone.device.id))})


@router.put("/blobs/{sha256}", response_class=Response, responses=_COMES_IN, openapi_extra=takes("*/*"))
async def put_blob(
    request: Request,
    phone: ThePhone,
    sha256: Sha256,
    database: TheDatabase,
    blobs: TheBlobs,
    at: Annotated[int | None, Query(ge=0, le=MAX_BLOB_BYTES)] = None,
    size: Annotated[int, Query(ge=0, le=MAX_BLOB_BYTES)] = 0,
) -> Response:
    """Takes a photo or another file in: 201, or 200 when it was here; the body must be what its name says.

    With `at`, the body is the piece that begins there of a file of `size` bytes: 202 says where to go on. Only what is
    sent as something else than a picture may be something else. What no record names is not kept: phones send it after
    its record, so that record was expunged since.
    """
    sent_as = request.headers.get("Content-Type") or "image/"
    device = phone.device.id

    def keep(mime: str, taken: int) -> Response:
        with database.writing() as session:
            if not is_wanted(session, sha256):
                blobs.remove(sha256)
                raise Refused(Code.NOT_FOUND, _UNNAMED)
            return Response(status_code=201 if note(session, sha256, mime, taken, device) else 200)

    def add(piece: bytes, at: int) -> Response:
        with database.reading() as session:
            known, wanted = session.get(Blob, sha256), is_wanted(session, sha256)
        if known and blobs.has(sha256):
            return Response()
        if not wanted:
            raise Refused(Code.NOT_FOUND, _UNNAMED)
        here = blobs.add(sha256, device, at, piece, size)
        if here < size and not blobs.has(sha256):
            return Response(place_json(sha256, here), 202, media_type="application/json")
        return keep(*blobs.complete(sha256, device, sent_as))

    if at is not None:
        if not size:
            raise Refused(Code.BAD_REQUEST, "A piece comes with the size of the whole file.")
        return await run_in_threadpool(add, await whole_body(request, MAX_PIECE_BYTES), at)
    with blobs.receive() as incoming:
        async for piece in request.stream():
            incoming.write(piece)
        mime = await run_in_threadpool(incoming.keep, sha256, sent_as)
    return await run_in_threadpool(keep, mime, incoming.bytes)


@router.get("/blobs/{sha256}", response_class=FileResponse)
def get_blob(phone: ThePhone, sha256: Sha256, database: TheDatabase, blobs: TheBlobs) -> Response:
    """A photo that a record of this officer's schools names, or one of their places shows."""
    with database.reading() as session:
        known = session.get(Blob, sha256)
        mine = set(district.schools_of(session, phone.officer))
        named, shown = mine & photo_schools(session, sha256), mine & place_schools(session, sha256)
    if not ((known and named) or shown) or not blobs.has(sha256):
        raise Refused(Code.NOT_FOUND, "The district has no such photo for you.")
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return handed_on(blobs.path(sha256), known.mime if known else "image/jpeg", headers)


async def whole_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises Refused as soon as it is longer than the limit."""
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > limit:
            raise Refused(Code.TOO_BIG, f"A request of this kind may have {limit // 1_000_000} MB at most.")
    return bytes(pieces)


def _packed(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    if len(body) <= 500:
        return Response(body, headers=headers, media_type=media_type)
    headers = {**headers, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "").lower():
        return Response(deflate(body), headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)
