"""The phone's camera as screens use it: found, opened, one picture at a time, and words for when it cannot be."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Literal

import flet as ft

if TYPE_CHECKING:
    from flet_camera import Camera, CameraDescription

log = logging.getLogger("beatbook")

Reason = Literal["unsupported", "denied", "missing", "busy"]
# A picture takes a tenth of a second; a camera that was put to sleep with the phone never answers.
PATIENCE: Final = 6.0


class NoCamera(Exception):
    """The camera cannot be used now; `reason` says why, in a word that has its sentences in assets/words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def has_camera(page: ft.Page) -> bool:
    """Whether Flet draws a camera on this kind of machine at all; its desktop client cannot."""
    return bool(page.web) or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


class Lens:
    """One camera on one screen: put `draw()` on the screen, then `open` it and ask for pictures.

    Kept over redraws with `ft.use_memo`; the control is a new one in each redraw, as Flet wants it.
    """

    def __init__(self) -> None:
        self._control: Camera | None = None
        self._cameras: list[CameraDescription] = []
        self._at = 0
        self.has_light = False
        self.lit = False

    def draw(self, content: ft.Control | None = None) -> ft.Control:
        """What the camera sees, with something over it."""
        from flet_camera import Camera  # here and not above: most screens start without it

        camera: ft.Control = Camera(content=content, expand=True)
        self._control = camera
        return camera

    @property
    def control(self) -> "Camera":
        """The control that is on the screen now."""
        assert self._control is not None, "draw the lens before it is used"
        return self._control

    async def open(self) -> None:
        """Opens the camera on the back, else the first. Raises NoCamera."""
        from flet_camera import CameraLensDirection

        try:
            async with asyncio.timeout(PATIENCE * 5):
                self._cameras = await self.control.get_available_cameras()
        except Exception as error:
            raise NoCamera(_reason(error)) from error
        if not self._cameras:
            raise NoCamera("missing")
        self._cameras.sort(key=lambda camera: camera.lens_direction is not CameraLensDirection.BACK)
        await self._use(self._at % len(self._cameras))

    async def switch(self) -> None:
        """Opens the next camera. Raises NoCamera."""
        await self._use((self._at + 1) % len(self._cameras))

    @property
    def several(self) -> bool:
        """Whether there is a camera to switch to."""
        return len(self._cameras) > 1

    async def light(self, on: bool) -> None:
        """Switches the camera's lamp; where it has none, `has_light` is False afterwards and nothing else happens."""
        from flet_camera import FlashMode

        self.has_light = self.lit = False
        try:
            async with asyncio.timeout(PATIENCE):
                await self.control.set_flash_mode(FlashMode.TORCH if on else FlashMode.OFF)
        except Exception as error:
            log.info("camera light: %s", type(error).__name__)
        else:
            self.has_light, self.lit = True, on

    async def picture(self) -> bytes:
        """What the camera sees now, as a JPEG. Raises NoCamera."""
        try:
            # Not wait_for: it starts a task, and a redraw in between leaves the task with a control that is gone.
            async with asyncio.timeout(PATIENCE):
                picture: bytes = await self.control.take_picture()
                return picture
        except Exception as error:
            raise NoCamera(_reason(error)) from error

    async def _use(self, at: int) -> None:
        from flet_camera import ResolutionPreset

        try:
            # Asking may mean that the phone asks its owner first: give them time to read.
            async with asyncio.timeout(PATIENCE * 10):
                await self.control.initialize(self._cameras[at], ResolutionPreset.HIGH, enable_audio=False)
        except Exception as error:
            raise NoCamera(_reason(error)) from error
        self._at = at
        await self.light(False)  # there is no other way to learn whether it has a lamp


def _reason(error: Exception) -> Reason:
    """Browsers and phones name the same trouble differently; what is told apart is what the officer can do about it."""
    text = str(error).lower()
    log.info("camera: %s", type(error).__name__)
    if any(word in text for word in ("denied", "notallowed", "permission", "security")):
        return "denied"
    if any(word in text for word in ("notfound", "nocamera", "no camera", "not found", "overconstrained")):
        return "missing"
    return "busy"
