"""Console passwords: argon2id, with the library's own parameters."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH: Final = 12
_MAX_LENGTH: Final = 1000
_hasher = PasswordHasher()
# Checked when there is no account, so that an unknown name takes as long as a wrong password.
_NOBODY: Final = _hasher.hash("nobody's password")


class PasswordError(ValueError):
    """A password that will not do; the message says why, and a console by `key` in other languages too."""

    def __init__(self, message: str, key: str, limit: int) -> None:
        super().__init__(message)
        self.key = key
        self.limit = limit


def hash_password(password: str) -> str:
    """What is kept instead of the password. Raises PasswordError when it is too short or far too long."""
    if len(password) < MIN_LENGTH:
        said = f"A password needs at least {MIN_LENGTH} characters; three or four plain words are good."
        raise PasswordError(said, "password_short", MIN_LENGTH)
    if len(password) > _MAX_LENGTH:
        raise PasswordError(f"A password may have {_MAX_LENGTH:,} characters at most.", "password_long", _MAX_LENGTH)
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether this is the password; takes the same time when there is no account (None)."""
    try:
        good = _hasher.verify(password_hash or _NOBODY, password[:_MAX_LENGTH])
    except (Argon2Error, InvalidHashError):
        return False
    return good and password_hash is not None
