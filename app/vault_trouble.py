"""What a vault may have to say. Each has a `code` that the screens have words for; none says anything of the keys."""

from app.files import FileTrouble
from app.guesses import LIMIT, WARN_FROM


class WrongSecret(Exception):
    """Not the PIN or passphrase. `warn` from the seventh in a row: after the last of `tries_left` everything goes."""

    code = "wrong-secret"

    def __init__(self, tries_left: int, wait_seconds: float) -> None:
        super().__init__(self.code)
        self.tries_left = tries_left
        self.wait_seconds = wait_seconds
        self.warn = LIMIT - tries_left >= WARN_FROM


class MustWait(Exception):
    """Too many wrong ones: nothing was tried, and nothing will be for that many seconds of the app being open."""

    code = "must-wait"

    def __init__(self, seconds: float) -> None:
        super().__init__(self.code)
        self.seconds = seconds


class Wiped(Exception):
    """The keys are gone, and what they sealed with them. `escrowed`: sealed files are left for the district."""

    code = "wiped"

    def __init__(self, escrowed: bool) -> None:
        super().__init__(self.code)
        self.escrowed = escrowed


class OtherDevice(FileTrouble):
    """The device's key is not the one that this vault was made with: the files came from elsewhere, or the key is gone.

    No try is counted and nothing is deleted.
    """

    code = "other-device"

    def __init__(self) -> None:
        super().__init__("This notebook was made on another device, or its key was removed from this one.")


class DamagedVault(FileTrouble):
    """vault.json is not what was written. Nothing is deleted: where there is an escrow, the district can help."""

    code = "vault-damaged"

    def __init__(self) -> None:
        super().__init__("The key to this notebook is damaged. Nothing was deleted; your district can help.")


class NewerVault(FileTrouble):
    """A later version of Beatbook wrote vault.json; this one leaves it alone."""

    code = "vault-newer"

    def __init__(self) -> None:
        super().__init__("This notebook was written by a newer version of Beatbook. Update the app to open it.")
