"""HKDF with SHA-256 (RFC 5869): keys for one purpose each, out of what is secret but no key yet."""

import hashlib
import hmac


def extract(salt: bytes, secret: bytes) -> bytes:
    """A key of 32 bytes that holds what is secret in `secret`."""
    return hmac.digest(salt or bytes(32), secret, hashlib.sha256)


def expand(key: bytes, info: bytes, length: int = 32) -> bytes:
    """`length` bytes for the purpose that `info` names."""
    out = block = b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([number]), hashlib.sha256)
        out += block
    return out[:length]


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """A key of 32 bytes for one purpose."""
    return expand(extract(salt, secret), info)
