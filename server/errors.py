"""Every "no" of the API: a stable code, words for the officer, and what is safe."""

import re
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

from fastapi.responses import JSONResponse

from sync.protocol import API, Code, error_json

STATUS: Final = {
    Code.TOO_BIG: 413,
    Code.NOT_FOUND: 404,
    Code.APP_TOO_OLD: 410,
    Code.DISTRICT_TOO_OLD: 404,
    Code.TOO_MANY_REQUESTS: 429,
    Code.INTERNAL: 500,
    Code.ENROL_CODE_WRONG: 404,
    Code.ENROL_CODE_USED: 409,
    Code.ENROL_CODE_EXPIRED: 410,
    Code.DISTRICT_RESTORED: 409,
    Code.DEVICE_UNKNOWN: 401,
    Code.DEVICE_REVOKED: 403,
    Code.BLOB_HASH_MISMATCH: 422,
    Code.NOT_AN_IMAGE: 422,
    Code.LEFTOVERS_UNKNOWN: 404,
    Code.LEFTOVERS_CHANGED: 422,
}
_VERSIONED: Final = re.compile(r"/api/v([0-9]{1,4})/")
_NOTED: Final = "beatbook.refused"  # where a request's scope has the codes
SAFE: Final = "Everything on this phone stays on this phone."
_ELSEWHERE: Final = {  # where that is not so
    Code.DEVICE_REVOKED: "What the district has is safe there. Everything on this phone is deleted.",
}


class Refused(Exception):
    """The district says no to a request; the handler in server.app turns it into an answer."""

    def __init__(
        self, code: Code, message: str, *, retry_after: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.headers = dict(headers or {})


def nothing_at(path: str) -> Refused:
    """Why there is nothing at an address of the API: where another version was asked for, who has to be updated."""
    found, ours = _VERSIONED.match(path), int(API.removeprefix("/api/v"))
    asked = int(found[1]) if found else ours
    if asked > ours:
        message = f"This district's server does not speak version {asked} yet, but {ours}. It has to be updated."
        return Refused(Code.DISTRICT_TOO_OLD, message)
    if asked < ours:
        message = (
            f"This district's server does not speak version {asked} any more, but {ours}. The app has to be updated."
        )
        return Refused(Code.APP_TOO_OLD, message)
    return Refused(Code.NOT_FOUND, "The district has nothing at this address.")


def answer(refused: Refused, scope: MutableMapping[str, Any]) -> JSONResponse:
    """The refusal as the wire says it, noted for the log; whatever has no status of its own is a bad request (400)."""
    note(scope, [refused.code])
    headers = refused.headers | ({"Retry-After": str(refused.retry_after)} if refused.retry_after else {})
    body = error_json(refused.code, refused.message, _ELSEWHERE.get(refused.code, SAFE))
    return JSONResponse(body, STATUS.get(refused.code, 400), headers)


def note(scope: MutableMapping[str, Any], codes: Iterable[str]) -> None:
    """Says in the log why a request was refused, or lines of it: by the codes, which tell nothing of anybody."""
    scope.setdefault(_NOTED, Counter()).update(map(str, codes))


def noted(scope: MutableMapping[str, Any]) -> str:
    """What was noted of a request, for the end of its line: each code, with how often where that is more than once."""
    found: Counter[str] = scope.get(_NOTED, Counter())
    return "".join(f" {code} x{times}" if times > 1 else f" {code}" for code, times in sorted(found.items()))


def where(error: BaseException) -> str:
    """Where in the code an error nobody foresaw came up, innermost first, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
