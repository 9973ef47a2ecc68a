"""Names for things: time-ordered ids, content hashes, and the one way to write JSON that is hashed."""

import hashlib
import json
import os
import time
import uuid
from typing import Any, Final

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def uuid7() -> str:
    """A new time-ordered id (RFC 9562, version 7) in its usual 36-character form.

    Time-ordered, because random keys make the district's inserts several times slower once a table is large.
    """
    return _version7(time.time_ns() // 1_000_000, os.urandom(10))


def uuid7_about(like: str, content: bytes) -> str:
    """The id of the same time as `like` that belongs to this content: the same content gives the same one again."""
    return _version7(uuid.UUID(like).int >> 80, hashlib.sha256(like.encode() + content).digest()[:10])


def _version7(milliseconds: int, rest: bytes) -> str:
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(rest)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=value))


def canonical(value: Any) -> bytes:
    """The bytes that a hash is taken over: sorted keys, no white space, UTF-8, no NaN.

    Raises ValueError for what JSON cannot hold.
    """
    try:
        return _ENCODER.encode(value).encode()
    except (TypeError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None


def sha256(data: bytes) -> str:
    """SHA-256 of the bytes as 64 lowercase hexadecimal characters."""
    return hashlib.sha256(data).hexdigest()
