"""The spot question of a place: something that only who stands there can read off, such as the number on a panel.

Phones and district keep its answer salted and hashed, never as it is. That keeps it from being read off a setup or a
table; a short answer can still be tried out by whoever has both, so it is a sign of presence and no secret.
"""

import secrets
import unicodedata

from app.ids import sha256


def hashed(answer: str) -> str:
    """An answer as it is kept. Raises ValueError for one without a letter or a digit."""
    if not _bare(answer):
        raise ValueError("the answer has no letter and no digit")
    return _hash(secrets.token_hex(8), answer)


def proof(answer: str, kept: str) -> str:
    """What a record keeps of an answer to the question whose answer is `kept`: the same text if it is right."""
    return _hash(kept.partition(":")[0], answer)


def is_right(answer: str, kept: str) -> bool:
    """Whether somebody gave the answer that is `kept`; capitals, accents, spaces and signs do not count."""
    return ":" in kept and proves(proof(answer, kept), kept)


def proves(given: str, kept: str) -> bool:
    """Whether a `proof` is that of the answer that is `kept`."""
    return secrets.compare_digest(given.encode(), kept.encode())


def _hash(salt: str, answer: str) -> str:
    return f"{salt}:{sha256(f'{salt}:{_bare(answer)}'.encode())}"


def _bare(answer: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", answer.casefold()) if one.isalnum())
