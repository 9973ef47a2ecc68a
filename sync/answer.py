"""What comes back from an address that should be the district's: a good answer of its own, or one of a few troubles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from sync.errors import DistrictTrouble, OutOfStep, Refused, SignInAgain, TooMany
from sync.protocol import TIME_HEADER, Code, read_error

MAX_RETRY_AFTER: Final = 3_600.0
# What the phone sends it has checked: so a request that the district cannot read was cut or damaged on its way.
_DAMAGED: Final = (Code.BAD_REQUEST, Code.BAD_JSON, Code.BLOB_HASH_MISMATCH)
_UNSAID: Final = {401: Code.DEVICE_UNKNOWN, 403: Code.DEVICE_REVOKED}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body came whole."""

    status: int
    headers: Mapping[str, str]  # whatever their case
    body: bytes

    def judge(self, method: str, good: tuple[int, ...], *, checked: bool) -> None:
        """Raises what it means, of the family of sync/errors.py, unless its status is one of the good ones.

        `checked`: what was sent is sound for certain.
        """
        wait = _retry_after(self.headers.get("Retry-After", ""))
        if self.status == 429:
            raise TooMany(retry_after=wait)
        if self.status >= 500:
            raise DistrictTrouble(f"status {self.status}", wait)
        if TIME_HEADER not in self.headers:
            raise DistrictTrouble(f"status {self.status} from somebody who is not the district")
        if self.status in good:
            return
        error = read_error(self.body)
        if method == "HEAD" and self.status in _UNSAID:  # an answer to HEAD has no body to say it in
            error = (_UNSAID[self.status], "")
        if error is None:
            raise DistrictTrouble(f"status {self.status} without a reason")
        if error[0] in (Code.DEVICE_UNKNOWN, Code.DEVICE_REVOKED):
            raise SignInAgain(*error)
        if error[0] in (Code.APP_TOO_OLD, Code.DISTRICT_TOO_OLD):
            raise OutOfStep(*error)
        if checked and error[0] in _DAMAGED:
            raise DistrictTrouble(f"what was sent came damaged: {error[0]}")
        raise Refused(*error)

    def number(self, header: str) -> int:
        """The number in a header. Raises DistrictTrouble where there is none."""
        text = self.headers.get(header, "")
        if not (text.isascii() and text.isdigit() and len(text) < 17):
            raise DistrictTrouble(f"the answer has no {header}")
        return int(text)

    def json(self) -> dict[str, Any]:
        """The JSON object of the body. Raises DistrictTrouble where it is something else."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise DistrictTrouble("the answer is not JSON") from None
        if not isinstance(body, dict):
            raise DistrictTrouble("the answer is not a JSON object")
        return body


def _retry_after(text: str) -> float | None:
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(wait.total_seconds(), 0.0), MAX_RETRY_AFTER)
