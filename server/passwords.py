"""Console passwords: argon2id, with the library's own parameters."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH: Final = 12
_hasher = PasswordHasher()
# Checked when there is no account, so that an unknown name takes as long as a wrong password.
_NOBODY: Final = _hasher.hash("nobody's password")


class PasswordError(ValueError):
    """A password that will not do; the message says why."""


def hash_password(password: str) -> str:
    """What is kept instead of the password. Raises PasswordError when it is too short or far too long."""
    if len(password) < MIN_LENGTH:
        raise PasswordError(f"A password needs at least {MIN_LENGTH} characters; three or four plain words are good.")
    if len(password) > 1000:
        raise PasswordError("A password may have 1,000 characters at most.")
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; takes the same time when there is no account (None)."""
    try:
        good = _hasher.verify(password_hash or _NOBODY, password[:1000])
    except (Argon2Error, InvalidHashError):
        return False
    return good and password_hash is not None
