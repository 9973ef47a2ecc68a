"""What `/api/openapi.json` says where FastAPI cannot see it: bodies that are read as they come in, and every "no"."""

from typing import Any, Final

from pydantic import BaseModel

from sync.protocol import NDJSON, Code


class Reason(BaseModel):
    """Why not: `message` is for the officer, `safe` says what is safe in spite of it."""

    code: Code
    message: str
    safe: str


class Error(BaseModel):
    """The one shape of every "no"."""

    error: Reason


Answers = dict[int | str, dict[str, Any]]

# With it FastAPI leaves out its own 422, which is never sent.
NO: Final[Answers] = {
    "4XX": {"model": Error, "description": "No, for a reason"},
    "5XX": {"model": Error, "description": "The district has trouble; nothing was changed"},
}
LINES: Final[Answers] = {200: {"description": "JSON lines", "content": {NDJSON: {"schema": {"type": "string"}}}}}


def takes(media_type: str) -> dict[str, Any]:
    """The part of a route's description that says what is sent to it as it is."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
