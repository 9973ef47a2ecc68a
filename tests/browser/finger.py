"""A phone's fingerprint reader for a page: Chromium's virtual authenticator."""

from playwright.sync_api import Page


class Finger:
    """A phone's authenticator, and a finger on it."""

    def __init__(self, page: Page, *, prf: bool = True) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "hasPrf": prf,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = made["authenticatorId"]

    def another(self) -> None:
        """It is somebody else's finger from now on."""
        self._session.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False})

    def forget(self) -> None:
        """The officer removes every passkey in the phone's settings."""
        self._session.send("WebAuthn.clearCredentials", {"authenticatorId": self._id})
