"""What a wiped phone says to the district (docs/protocol.md): it has no token any more, its officer has a new code."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from server.api import whole_body
from server.brakes import DEVICE, ENROL, STRANGER, address
from server.context import TheBrakes, TheDatabase, TheLeftovers
from server.errors import Refused
from server.openapi import NO, takes
from server.tables import HandIn
from sync.protocol import API, LEFT, MAX_LEFT_FILES, MAX_PIECE_BYTES, Left, place_json, wanted_json

router = APIRouter(prefix=API, responses=NO)
JSON = "application/json"
_VAULT = r"^[0-9a-f]{32}$"
Vault = Annotated[str, Path(pattern=_VAULT)]
Name = Annotated[str, Path(pattern=f"^({LEFT.pattern})$")]


class File(BaseModel):
    """A sealed file."""

    name: str = Field(pattern=f"^({LEFT.pattern})$")
    bytes: int = Field(ge=0, lt=1 << 40)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Announced(BaseModel):
    """What a wiped phone has: its vault, a token of its own making for the pieces, and the sealed files."""

    code: str = Field(max_length=64)
    vault: str = Field(pattern=_VAULT)
    token: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")
    files: list[File] = Field(max_length=MAX_LEFT_FILES)


@router.post("/leftovers")
def announce(
    request: Request, asked: Announced, database: TheDatabase, leftovers: TheLeftovers, brakes: TheBrakes
) -> Response:
    """Says what is missing of what a wiped phone has; the same request again goes on where it was."""
    brakes.count(ENROL, address(request))
    files = [Left(file.name, file.bytes, file.sha256) for file in asked.files]
    with database.writing() as session:
        wanted = leftovers.announce(session, asked.code, asked.vault, asked.token, files)
    return Response(wanted_json(wanted), media_type=JSON)


@router.put("/leftovers/{vault}/{name}", openapi_extra=takes("application/octet-stream"))
async def put_piece(
    request: Request,
    vault: Vault,
    name: Name,
    database: TheDatabase,
    leftovers: TheLeftovers,
    brakes: TheBrakes,
    at: Annotated[int, Query(ge=0, lt=1 << 40)] = 0,
    authorization: Annotated[str, Header()] = "",
) -> Response:
    """Takes a piece of a file in; the answer says how much of it is here now, and so where to go on."""
    scheme, _, token = authorization.partition(" ")

    def find() -> HandIn:
        try:
            with database.reading() as session:
                found = leftovers.find(session, vault, token.strip() if scheme.lower() == "bearer" else "")
        except Refused:
            brakes.count(STRANGER, address(request))
            raise
        brakes.count(DEVICE, found.vault)
        return found

    hand_in = await run_in_threadpool(find)
    piece = await whole_body(request, MAX_PIECE_BYTES)
    here = await run_in_threadpool(leftovers.add, hand_in, name, at, piece)
    return Response(place_json(name, here), media_type=JSON)
