"""The rounds between phone and district: started often, safe to break off anywhere, and honest about where things are.

sync/round.py does one; here it is decided when, and told what came of it.
"""

import asyncio
import logging
import math
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.clock import Clock, PhoneClock
from app.files import FileTrouble
from sync import plan
from sync.errors import (
    NEEDS_ATTENTION,
    NOT_ENROLLED,
    PHONE_STORAGE,
    DistrictTrouble,
    OutOfStep,
    Refused,
    RoadError,
    SignInAgain,
)
from sync.protocol import Code
from sync.round import Line, Round, ask_setup

if TYPE_CHECKING:
    from app.device import Device
    from app.notebook import Notebook
    from sync.client import District

log = logging.getLogger(__name__)

Connect = Callable[[str, str, str], "District"]
PATIENT: Final = ("save", "start")  # reasons that wait for the end of a pause; the others are news, and end it
OFFLINE_LOOK: Final = 30.0
WIFI_ONLY: Final = "wifi_only"  # the preference: photos wait for a network that does not count bytes


class State(StrEnum):
    """What the badge says in a word."""

    OFFLINE = "offline"
    WAITING = "waiting"
    SYNCING = "syncing"
    ALL_AT_DISTRICT = "all_at_district"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Status:
    """Where the officer's records are. `code` says why, where `state` is trouble (or the last round failed); `said` are
    the district's words for it, should only a newer app know the code.

    `waiting` and `attention` count records; `done` of `total` records and `photos_done` of `photos` tell how far the
    round under way has come; `last_success` is when a round last got through (ISO 8601).
    """

    state: State
    waiting: int = 0
    attention: int = 0
    done: int = 0
    total: int = 0
    photos_done: int = 0
    photos: int = 0
    code: str | None = None
    said: str = ""
    last_success: str | None = None


def connect(base_url: str, device: str, token: str) -> "District":
    """The real district. httpx takes half a second to import on a phone: here, not before the first screen."""
    from sync.client import District

    return District(base_url, device, token)


class Engine:
    """Brings what waits in the notebook to the district and what others wrote into the notebook."""

    def __init__(
        self,
        notebook: "Notebook",
        device: "Device",
        connect: Connect = connect,
        base_url: str = "",
        clock: Clock | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._notebook = notebook
        self._device = device
        self._connect = connect
        self._base_url = base_url
        self._clock = clock or PhoneClock()
        self._chance = chance or random.Random()  # noqa: S311 - spreads pauses, keeps no secret
        self._listeners: list[Callable[[], None]] = []
        self._told: Status | None = None
        self._one_at_a_time = asyncio.Lock()
        self._round: Round | None = None
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._asked = False
        self._insisted = False
        self._by_hand = False  # the round under way, or the next one
        self._not_before = 0.0
        self._told_to_wait_until = 0.0
        self._failures = 0
        self._line = Line()
        self._error: RoadError | None = None
        self._unproved = False
        notebook.subscribe(self._changed)

    @property
    def status(self) -> Status:
        """Where the officer's records are, as far as this phone knows for certain."""
        counts = self._notebook.counts()
        status = Status(
            State.WAITING,
            waiting=counts.waiting,
            attention=counts.attention,
            code=self._error.code if self._error else None,
            said=self._error.message if isinstance(self._error, Refused) else "",
            last_success=self._notebook.last_contact,
        )
        if self._round:
            total = max(self._round.waiting, counts.waiting)
            photos = self._round.photos_done + len(self._notebook.photos_to_send())
            return replace(
                status,
                state=State.SYNCING,
                done=total - counts.waiting,
                total=total,
                photos_done=self._round.photos_done,
                photos=photos,
            )
        if self._notebook.binding is None:
            return replace(status, state=State.TROUBLE, code=self._notebook.unbind_reason or NOT_ENROLLED)
        if isinstance(self._error, SignInAgain):
            return replace(status, state=State.TROUBLE)
        if not self._device.online():
            return replace(status, state=State.OFFLINE)
        pending = counts.waiting > 0 or self._unproved
        if self._error and (pending or isinstance(self._error, OutOfStep)):
            return replace(status, state=State.TROUBLE)
        if counts.attention and not pending:
            return replace(status, state=State.TROUBLE, code=NEEDS_ATTENTION)
        if pending or status.last_success is None:
            return status
        return replace(status, state=State.ALL_AT_DISTRICT)

    @property
    def holds_photos(self) -> bool:
        """Whether photos wait for another network: the officer wants them to, and this one counts bytes."""
        return bool(self._notebook.preference(WIFI_ONLY, False)) and self._device.metered()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls `callback` after every change of `status`, until the function given back is called."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def kick(self, reason: str) -> None:
        """Asks for a round: "save", "start", "resume", "network", "manual". During one, it asks for one more.

        After failures a save waits for the end of the pause; what may have changed the line ends it. A district that
        asked for patience is only asked earlier by hand. "network" is the news that it returned or went; when it
        went, the round waits for it, and `status` says so.
        """
        if reason not in PATIENT:
            self._failures = 0
            self._not_before = 0.0 if reason == "manual" else self._told_to_wait_until
        self._insisted = self._insisted or reason == "manual"
        self._asked = True
        self._woken.set()
        self._changed()

    def cancel(self) -> None:
        """Breaks off the round under way, if there is one. What it has already been told stays."""
        if self._task:
            self._task.cancel()

    async def run(self) -> None:
        """Does rounds when they are due, for ever; to be started once, as a task. Cancelled, it ends the round too."""
        try:
            while True:
                await self._until_due()
                self._task = asyncio.create_task(self.round())
                await asyncio.wait({self._task})  # a round that was cancelled does not end the loop
        finally:
            if self._task and not self._task.done():
                self._task.cancel()
                await asyncio.wait({self._task})  # it still writes into the notebook, which may be closed next

    async def round(self) -> None:
        """One round now, or after the one under way. Raises nothing of the road's: `status` tells what came of it."""
        async with self._one_at_a_time:
            binding = self._notebook.binding
            if binding is None:
                return
            self._round = Round(
                self._notebook, self._line, lambda: self.holds_photos, self._changed, insisted=self._by_hand
            )
            self._by_hand = False
            self._changed()
            try:
                async with self._connect(binding.base_url, binding.device, binding.token) as district:
                    await self._round.work(district)
                    self._succeeded(district)
            except RoadError as error:
                self._failed(error)
            except FileTrouble as error:
                log.warning("the phone's storage stopped a round: %s", type(error).__name__)
                self._failed(RoadError(PHONE_STORAGE))
            except asyncio.CancelledError:
                if not isinstance(self._error, SignInAgain):
                    self._error = None  # what went wrong before is not what ended this one, and it is not tried again
                raise
            except Exception as error:  # a mistake of ours must not end syncing for good; its text may be personal
                log.error("a round ended by %s", type(error).__name__)
                self._failed(RoadError(Code.INTERNAL))
            finally:
                self._round = None
                self._notebook.sending([])
                self._changed()

    async def enrol(self, code: str, base_url: str = "") -> None:
        """Binds this phone to officer and district with a one-time code, and fetches the forms.

        Raises RoadError; Refused has code enrol_code_wrong, enrol_code_used or enrol_code_expired. Doing it again
        with the same code after a lost answer is harmless. AnotherOwner: somebody else's records are on this phone.
        """
        address = base_url or self._base_url
        device, token = self._notebook.begin_enrolment(code)
        async with self._connect(address, device, token) as district:
            answer = await district.enrol(code, self._device.name, self._device.platform)
            try:
                self._notebook.bind(address, answer)
            except ValueError:
                raise DistrictTrouble("the answer to the enrolment cannot be used") from None
            self._error = None
            self._notebook.note_contact(self._now(), district.offset or 0)
            with suppress(RoadError):  # the first round asks again
                await ask_setup(self._notebook, district, None)
        self.kick("enrolled")

    async def fetch_photo(self, sha256: str) -> bool:
        """Fetches a colleague's photo for looking at into the notebook; False when it cannot be had now."""
        binding = self._notebook.binding
        if binding is None:
            return False
        try:
            async with self._connect(binding.base_url, binding.device, binding.token) as district:
                await self._notebook.keep_photo(sha256, await district.get_blob(sha256))
        except RoadError as error:
            log.info("a photo could not be fetched: %s", error.code)
            return False
        return True

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            wait: float | None = None
            if self._asked and self._not_before < math.inf:
                wait = self._not_before - loop.time()
                if not self._device.online() and not self._insisted:
                    wait = OFFLINE_LOOK  # should the news of being online not reach us
                elif wait <= 0:
                    self._by_hand = self._insisted
                    self._asked = self._insisted = False
                    return
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    def _succeeded(self, district: "District") -> None:
        self._failures = self._line.strain = 0
        self._error = None
        self._unproved = False
        self._not_before = self._told_to_wait_until = 0.0
        self._notebook.note_contact(self._now(), district.offset or 0)

    def _failed(self, error: RoadError) -> None:
        log.info("a round failed: %s", error.code)
        self._error = error
        self._unproved = self._unproved or self._had_pending()
        self._failures += 1
        now = asyncio.get_running_loop().time()
        if isinstance(error, SignInAgain):
            self._not_before = math.inf
            if error.code == Code.DEVICE_REVOKED:  # which is final; that a phone is unknown may be a mistake
                self._notebook.unbind(error.code)
            return
        self._told_to_wait_until = now + (error.retry_after or 0.0)
        self._not_before = max(now + plan.pause(self._failures, self._chance), self._told_to_wait_until)
        self._asked = True

    def _had_pending(self) -> bool:
        return (self._round is not None and self._round.waiting > 0) or self._notebook.counts().waiting > 0

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")

    def _changed(self, *_: object) -> None:
        status = self.status
        if status != self._told:
            self._told = status
            for listener in list(self._listeners):
                listener()
