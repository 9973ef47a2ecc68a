"""Why a word with the district came to nothing: the few causes that somebody can act on.

Made near the wire; the sentences are written in views, by `code`. Nothing that waits on the phone is ever lost by one.
"""

from typing import Final

from sync.protocol import Code

# Reasons that arise on the phone; those the district gives are in `Code`.
UNREACHABLE: Final = "unreachable"
DISTRICT_TROUBLE: Final = "district_trouble"
NOT_ENROLLED: Final = "not_enrolled"
NEEDS_ATTENTION: Final = "needs_attention"
PHOTO_LOST: Final = "photo_lost"
PHONE_STORAGE: Final = "phone_storage"


class RoadError(Exception):
    """The family. `code` is one of `Code`, UNREACHABLE or DISTRICT_TROUBLE; `retry_after` is in seconds."""

    def __init__(self, code: str, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Unreachable(RoadError):
    """No connection, or it was lost or too slow: the round ends and is tried again later."""

    def __init__(self, message: str = "") -> None:
        super().__init__(UNREACHABLE, message)


class SignInAgain(RoadError):
    """The district does not know this phone or has shut it out: nothing is tried again until the officer acts."""


class OutOfStep(RoadError):
    """App and district are of ages that do not understand each other: one is to be updated, and the round ends.

    It is tried again later, by itself; nothing is set aside for it.
    """


class Refused(RoadError):
    """The district understood and said no: the same again would get the same answer."""


class DistrictTrouble(RoadError):
    """The district is not well, or the answer is not the district's (a proxy's page), or it was cut: later again."""

    def __init__(self, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(DISTRICT_TROUBLE, message, retry_after)


class TooMany(RoadError):
    """The district asks for patience: nothing is sent before `retry_after`."""

    def __init__(self, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(Code.TOO_MANY_REQUESTS, message, retry_after)
