"""The way into the notebook and out of it: opens the vault, lets the officer in, and locks again.

Where the officer is shows in `stage`; views/shell.py draws it:

    trouble  the vault or the notebook does not open; `trouble` says why, and `again` tries once more
    new      no PIN yet            locked  a PIN is there       wiped  sealed files wait for the district
    opening  the key is there, the notebook is being opened          open  it is, and the engine runs
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Literal, TypeVar

from app import emergency
from app.cipher import Cipher
from app.device import Device
from app.escrow_switch import follow_escrow
from app.files import FileTrouble, Folder, Locked
from app.keys import Keys
from app.notebook import Notebook
from app.vault import Vault
from app.vault_trouble import Wiped
from sync.engine import Engine
from sync.leftovers import Tell, hand_in
from views.services import Services

log = logging.getLogger("beatbook")

T = TypeVar("T")
Stage = Literal["trouble", "new", "locked", "wiped", "opening", "open"]

LOOK_AGAIN: Final = 2.0  # seconds until a notebook that another tab holds is tried again
LOOK_AT_CLOCK: Final = 10.0  # seconds between two looks at whether the officer has left


class Gate:
    """One phone's way in. `begin` opens the notebook for a cipher, and gives it with its engine."""

    def __init__(
        self,
        folder: Folder,
        keys: Keys,
        services: Services,
        begin: Callable[[Cipher], Awaitable[tuple[Notebook, Engine]]],
    ) -> None:
        self.stage: Stage = "opening"
        self.trouble: Exception | None = None
        self.vault: Vault
        self._folder = folder
        self._keys = keys
        self._services = services
        self._begin = begin
        self._again = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []
        self._one = asyncio.Lock()
        self._touched = _now()
        device: Device = services.device
        device.on_activity(self.touch)
        device.on_resume(self.look_at_clock)

    async def open(self) -> None:
        """Opens the vault; returns once a screen can ask for the PIN."""
        self.vault = await self._insist(lambda: Vault.open(self._folder, self._keys))
        self._to(self._closed)

    async def create(self, secret: str) -> None:
        """First use. Raises WeakSecret, FileTrouble."""
        await self._enter(self.vault.create(secret))

    async def unlock(self, secret: str) -> None:
        """Lets the officer in. Raises WrongSecret, MustWait, FileTrouble; a wipe changes the stage."""
        await self._enter(self.vault.unlock(secret))

    async def unlock_with_passkey(self) -> None:
        """Lets the officer in. Raises PasskeyTrouble, FileTrouble."""
        await self._enter(self.vault.unlock_with_passkey())

    async def lock(self) -> None:
        """Ends what runs, closes the notebook, and drops the key and everything that it opened."""
        async with self._one:
            if self.stage != "open":
                return
            notebook = self._services.notebook
            await self._end_work()
            self._to("locked")
            self._services.close()
            notebook.close()
            self.vault.lock()

    async def wipe(self) -> None:
        """Makes everything here unreadable for good, after the officer was asked twice."""
        await self.vault.wipe()
        self._to(self._closed)

    async def hand_in(self, code: str, tell: Tell) -> None:
        """Gives the district what was left after a wipe. Raises RoadError, FileTrouble."""
        await hand_in(self.vault, self._folder, code, self._services.base_url, tell=tell)

    async def discard(self) -> None:
        """Gives up what was left after a wipe. Raises FileTrouble."""
        await self.vault.discard()
        self.start_over()

    def start_over(self) -> None:
        """Goes on as a new phone after a wipe."""
        self._to(self._closed)

    def again(self) -> None:
        """Tries once more what did not open."""
        self._again.set()

    def touch(self) -> None:
        """The officer is there."""
        self._touched = _now()

    def look_at_clock(self) -> None:
        """Locks when the officer was away for too long; timers may have slept meanwhile."""
        idle = 60 * self._services.settings.lock_minutes
        if self.stage == "open" and any(now - then >= idle for now, then in zip(_now(), self._touched, strict=True)):
            self._start(self.lock())

    def close(self) -> None:
        """The app goes."""
        for task in self._work:
            task.cancel()
        if self.stage == "open":
            self._services.notebook.close()
        if hasattr(self, "vault"):
            self.vault.lock()
        self._services.end()

    async def _enter(self, opening: Coroutine[Any, Any, Cipher]) -> None:
        async with self._one:
            try:
                cipher = await opening
            except Wiped:
                self._to(self._closed)
                return
            # Beside the screen that asked: it is gone by then, and what does not open may take long to open.
            self._to("opening")
            self._start(self._open_notebook(cipher))

    async def _open_notebook(self, cipher: Cipher) -> None:
        notebook, engine = await self._insist(lambda: self._begin(cipher))
        self._services.open(notebook, engine)
        self.touch()
        self._to("open")
        for work in (engine.run(), notebook.keep_tidy(), self._follow_setup(notebook), self._watch()):
            self._start(work)
        engine.kick("start")

    async def _insist(self, work: Callable[[], Awaitable[T]]) -> T:
        """Does it, as soon as it can be done; until then a screen says what is the matter."""
        before = self.stage
        while True:
            try:
                done = await work()
            except Exception as error:  # whatever it is, the officer gets words and not a crash
                log.error("the notebook does not open: %s", type(error).__name__)
                self.trouble = error
                self._to("trouble")
                # Another tab may close at any moment; everything else waits for the officer.
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN if isinstance(error, Locked) else None):
                        await self._again.wait()
                self._again.clear()
            else:
                self.trouble = None
                self.stage = before
                return done

    async def _follow_setup(self, notebook: Notebook) -> None:
        """Does outside of the notebook what the district's setup asks for, whenever there is a new one."""
        changed, seen = asyncio.Event(), None
        changed.set()
        stop = notebook.subscribe(changed.set)
        try:
            while True:
                await changed.wait()
                changed.clear()
                if notebook.setup is None or notebook.setup is seen:
                    continue
                seen = notebook.setup
                with suppress(FileTrouble, Wiped):  # a full phone keeps the old card; the next start tries again
                    await emergency.follow(self._folder, seen)
                    await follow_escrow(self.vault, seen)
        finally:
            stop()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AT_CLOCK)
            self.look_at_clock()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = [task for task in self._work if not task.done()]
        self._work.append(asyncio.get_running_loop().create_task(work))

    async def _end_work(self) -> None:
        ending = [task for task in self._work if task is not asyncio.current_task()]
        self._work = []
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    @property
    def _closed(self) -> Stage:
        state = self.vault.state
        return "locked" if state == "open" else state

    def _to(self, stage: Stage) -> None:
        self.stage = stage
        self._services.look_changes.changed()


def _now() -> tuple[float, float]:
    """Two clocks: one stands still while some phones sleep, the other can be set. Whichever says more counts."""
    return time.monotonic(), time.time()
