"""vault.json: the data key in its wrappings, and nothing that opens them. The format is in docs/store-format.md."""

import base64
import binascii
import json
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from app.ids import canonical, sha256
from app.vault_trouble import DamagedVault, NewerVault

FILE: Final = "vault.json"
FORMAT: Final = 1
ROUNDS: Final = 600_000  # OWASP Password Storage Cheat Sheet, for PBKDF2-HMAC-SHA-256
_MOST_ROUNDS: Final = 100_000_000
PIN: Final = "pin"  # or a passphrase
PASSKEY: Final = "passkey"

Slot = dict[str, Any]

# What this version reads in a slot, by kind: bytes by how many there must be (None: any), and whole numbers.
_SALT: Final = 16
_WRAPPED: Final = 60  # a key of 32 bytes, sealed
_FIELDS: Final[dict[str, dict[str, int | None]]] = {
    PIN: {"salt": _SALT, "sealed": _WRAPPED},
    PASSKEY: {"salt": _SALT, "sealed": _WRAPPED, "prf_salt": 32, "credential": None},
}


@dataclass(frozen=True, slots=True)
class VaultFile:
    """What vault.json says. Slots and fields of kinds that this version does not know are kept as they are."""

    id: bytes
    device: bytes  # the device's key answers to the vault's id with this, or it is another device's
    slots: tuple[Slot, ...] = ()
    escrow: Slot | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Reads the file's bytes. Raises NewerVault, and DamagedVault unless every bit is as it was written."""
        try:
            whole = json.loads(data)
            written = whole.pop("sum")
            if sha256(canonical(whole)) != written or canonical({**whole, "sum": written}) != data:
                raise DamagedVault
            if whole.pop("format") > FORMAT:
                raise NewerVault
            slots = tuple(whole.pop("slots"))
            escrow = whole.pop("escrow", None)
            found = cls(_bytes(whole.pop("id"), 16), _bytes(whole.pop("device"), 32), slots, escrow, whole)
            _check(found)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
            raise DamagedVault from None
        return found

    def to_bytes(self) -> bytes:
        """The file's bytes: canonical JSON with a sum over all of the rest."""
        whole = {
            **self.more,
            "format": FORMAT,
            "id": text(self.id),
            "device": text(self.device),
            "slots": list(self.slots),
            **({"escrow": self.escrow} if self.escrow is not None else {}),
        }
        return canonical({**whole, "sum": sha256(canonical(whole))})

    def slot(self, kind: str) -> Slot | None:
        """The slot of that kind, if there is one."""
        return next((slot for slot in self.slots if slot["kind"] == kind), None)

    def with_slot(self, kind: str, slot: Slot | None) -> Self:
        """The same with that slot, or without; the others keep their places."""
        kept = [other for other in self.slots if other["kind"] != kind]
        return replace(self, slots=(*kept, *([slot] if slot else [])))

    def purpose(self, kind: str) -> bytes:
        """What a wrapping is for: a slot moved elsewhere, or to another vault, opens nothing."""
        return b"beatbook vault 1 " + kind.encode() + b" " + self.id


def text(data: bytes) -> str:
    """Bytes as the file writes them."""
    return base64.b64encode(data).decode()


def data(slot: Slot, name: str) -> bytes:
    """A field's bytes."""
    return base64.b64decode(slot[name])


def _bytes(written: Any, length: int | None) -> bytes:
    found = base64.b64decode(written, validate=True)
    if length is not None and len(found) != length:
        raise ValueError("a field of another length")
    return found


def _check(file: VaultFile) -> None:
    for slot in file.slots:
        for name, length in _FIELDS.get(slot["kind"], {}).items():
            _bytes(slot[name], length)
        if slot["kind"] == PIN and not (type(slot["rounds"]) is int and 0 < slot["rounds"] <= _MOST_ROUNDS):
            raise ValueError("no number of rounds")
    if file.escrow is not None:
        _bytes(file.escrow["public"], None)
        _bytes(file.escrow["sealed"], None)
    # Either a PIN opens it, or it was wiped and waits for the district.
    if file.slot(PIN) is None and (file.slots or file.escrow is None):
        raise ValueError("nothing opens it")
