"""Reading the QR code in a picture, on this phone and without a network."""

import sys
from typing import Protocol


class Scanner(Protocol):
    """Reads QR codes in pictures."""

    def available(self) -> bool:
        """Whether this phone has a reader at all."""

    async def decode(self, picture: bytes) -> str | None:
        """What the QR code in the picture says; None when there is none. Raises ScannerTrouble."""


class ScannerTrouble(Exception):
    """The reader could not be loaded; typing the code still works."""


class NoScanner:
    """For machines without a reader: the code is typed."""

    def available(self) -> bool:
        return False

    async def decode(self, picture: bytes) -> str | None:  # noqa: ARG002  # the protocol's
        return None


def make_scanner() -> Scanner:
    """The scanner of this phone."""
    if sys.platform == "emscripten":
        from views.scanner_browser import BrowserScanner

        return BrowserScanner()
    return NoScanner()
