"""Follows the district's setup in one thing: whether the notebook's key is also sealed to the district."""

import base64
import binascii
import logging

from app.setup import Setup
from app.vault import Vault

log = logging.getLogger(__name__)


async def follow_escrow(vault: Vault, setup: Setup | None) -> None:
    """Seals the data key to the district's public key, to a new one, or takes that back, as the setup says.

    To be called after each unlocking and after each new setup; it writes only what is different. While the vault is
    not open, before the first setup, and for a key that is none, it leaves everything as it is. Raises FileTrouble,
    Wiped.
    """
    if vault.state != "open" or setup is None:
        return
    try:
        wanted = base64.b64decode(setup.policy.escrow_key, validate=True) if setup.policy.escrow_key else None
        if wanted != vault.escrow_key:
            await vault.set_escrow(wanted)
    except (ValueError, binascii.Error):
        log.warning("the district's escrow key cannot be used")
