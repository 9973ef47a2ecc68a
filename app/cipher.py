"""Sealing what the notebook keeps: AES-256-GCM under one key, the same bytes on every kind of phone.

Sealed is a random nonce of 12 bytes, the ciphertext, and a tag of 16 bytes. Sealing and opening are synchronous, so
that a lazy store may open a frame while a query runs. The browser's twin is app/cipher_browser.py; why there are two
ways in the browser is in docs/decisions/vault.md.
"""

import os
import sys
from typing import Final, Protocol

from app.files import FileTrouble

KEY: Final = 32
NONCE: Final = 12
TAG: Final = 16
OVERHEAD: Final = NONCE + TAG


class Tampered(FileTrouble):
    """What was opened is not what this key sealed for this purpose: damaged, exchanged, or another's."""

    def __init__(self) -> None:
        super().__init__("A part of this notebook is damaged, or was sealed with another key.")


class Forgotten(FileTrouble):
    """The key was dropped: the notebook is locked, or gone."""

    def __init__(self) -> None:
        super().__init__("The notebook is locked.")


class Cipher(Protocol):
    """One key. `about` says what the data is and where it belongs; opening asks for the same.

    Nonces are random: one key may seal 2^32 times (NIST SP 800-38D, 8.3), a save every second for 136 years.
    """

    def seal(self, data: bytes, about: bytes) -> bytes:
        """The data, sealed: OVERHEAD bytes longer, and never the same twice."""

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """What was sealed. Raises Tampered."""

    async def seal_large(self, data: bytes, about: bytes) -> bytes:
        """As `seal`, and quicker for much; for a KB it is slower."""

    async def open_large(self, sealed: bytes, about: bytes) -> bytes:
        """As `open`, and quicker for much; for a KB it is slower. Raises Tampered."""

    def forget(self) -> None:
        """Drops the key; whatever is asked afterwards raises Forgotten. Twice is harmless."""


async def prepare_cipher() -> None:
    """Loads what sealing needs; to be awaited once before `make_cipher`. Raises FileTrouble when it cannot."""
    if sys.platform == "emscripten":
        from app.cipher_browser import prepare

        await prepare()


def make_cipher(key: bytes) -> Cipher:
    """The cipher of a key of 32 bytes, on this phone. Raises ValueError for a key of another length."""
    if len(key) != KEY:
        raise ValueError(f"a key has {KEY} bytes")
    if sys.platform == "emscripten":
        from app.cipher_browser import BrowserCipher

        return BrowserCipher(key)
    return NativeCipher(key)


def seal_once(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """Ciphertext and tag under a key that was derived together with its nonce, and is never used again."""
    if sys.platform == "emscripten":
        from app.cipher_browser import seal_with

        return seal_with(key, nonce, data)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).encrypt(nonce, data, None)


class NativeCipher:
    """The cipher of the package cryptography, which is OpenSSL's."""

    def __init__(self, key: bytes) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._invalid = InvalidTag
        self._aes: AESGCM | None = AESGCM(key)

    def seal(self, data: bytes, about: bytes) -> bytes:
        if self._aes is None:
            raise Forgotten
        nonce = os.urandom(NONCE)
        return nonce + self._aes.encrypt(nonce, data, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        if self._aes is None:
            raise Forgotten
        if len(sealed) < OVERHEAD:
            raise Tampered
        try:
            return self._aes.decrypt(sealed[:NONCE], sealed[NONCE:], about)
        except self._invalid:
            raise Tampered from None

    async def seal_large(self, data: bytes, about: bytes) -> bytes:
        return self.seal(data, about)

    async def open_large(self, sealed: bytes, about: bytes) -> bytes:
        return self.open(sealed, about)

    def forget(self) -> None:
        self._aes = None
