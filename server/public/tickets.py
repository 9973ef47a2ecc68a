"""What a page for asking carries, signed: sent twice with the same words it makes one record, with others another."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from app.ids import uuid7, uuid7_about
from app.tags import ALPHABET, with_check
from server.public import typed

GOOD_FOR: Final = 24 * 3600  # seconds
REFERENCE_LENGTH: Final = 12
_SALT: Final = "family request"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One page that was given out: for which door, and the sum that it asks for."""

    id: str
    door: str
    sum: str = ""  # a keyed hash of the answer; empty where nothing is asked
    expired: bool = False

    def record(self, content: bytes) -> str:
        """The id of the record that this page makes of this content."""
        return uuid7_about(self.id, content)


class Tickets:
    """Gives tickets out and takes them back, with the district's key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._signer = URLSafeTimedSerializer(secret, salt=_SALT)

    def new(self, door: str, answer: int | None = None) -> str:
        """A ticket for this door, with the answer that is asked for."""
        name = uuid7()
        return self._signer.dumps([name, door, "" if answer is None else self._keyed(name, str(answer))])

    def read(self, text: str, door: str) -> Ticket | None:
        """The ticket; None for one that is not ours, or for another door."""
        expired = False
        try:
            name, its, keyed = self._signer.loads(text, max_age=GOOD_FOR)
        except SignatureExpired as old:
            expired = True
            name, its, keyed = self._signer.load_payload(old.payload or b"")
        except (BadData, ValueError):
            return None
        return Ticket(name, door, keyed, expired) if its == door else None

    def is_right(self, ticket: Ticket, answer: str) -> bool:
        """Whether what was asked is answered; always where nothing was asked."""
        tidy = typed.number(answer).strip().lstrip("0") or "0"
        return not ticket.sum or hmac.compare_digest(self._keyed(ticket.id, tidy), ticket.sum)

    def reference(self, record: str) -> str:
        """The number by which a family finds its request again: 55 bits that say nothing, and a check character."""
        digest = hmac.new(self._secret, f"reference {record}".encode(), hashlib.sha256).digest()
        return with_check("".join(ALPHABET[byte % 32] for byte in digest[: REFERENCE_LENGTH - 1]))

    def _keyed(self, ticket: str, answer: str) -> str:
        return hmac.new(self._secret, f"sum {ticket} {answer}".encode(), hashlib.sha256).hexdigest()[:16]
