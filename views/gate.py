"""The way into the notebook and out of it: opens the vault, lets the officer in, and locks again.

Where the officer stands is in `stage`; views/shell.py draws it:

    starting nothing is known yet
    trouble  the vault or the notebook does not open; `trouble` says why, and `again` tries once more
    new      no PIN yet            locked  a PIN is there       wiped  sealed files wait for the district
    opening  the key is there, the notebook is being opened     open   it is, and the engine runs
    estranged  it is, but nothing is shown before the district has answered: too long since it last did
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
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
from app.vault_trouble import DamagedVault, NewerVault, Wiped
from sync.engine import Engine
from sync.leftovers import Tell, hand_in
from sync.protocol import Code
from views.services import Services

log = logging.getLogger("beatbook")

T = TypeVar("T")
Stage = Literal["starting", "trouble", "new", "locked", "wiped", "opening", "estranged", "open"]

LOOK_AGAIN: Final = 2.0  # seconds until a notebook that another tab holds is tried again
LOOK_AT_CLOCK: Final = 10.0  # seconds between two looks at whether the officer has left
PATIENCE: Final = 2.0  # seconds that work under way gets to end before the notebook is closed under it


class Gate:
    """One phone's way in. `begin` opens the notebook for a cipher, and gives it with its engine."""

    def __init__(
        self,
        folder: Folder,
        keys: Keys,
        services: Services,
        begin: Callable[[Cipher], Awaitable[tuple[Notebook, Engine]]],
    ) -> None:
        self.stage: Stage = "starting"
        self.trouble: Exception | None = None
        self.vault: Vault | None = None
        self.deleted = False  # everything that was here, since the app was started
        self.revoked = False  # it was the district that had everything deleted
        self.handed_in = ""  # the code with which the district got what a wipe had left
        self.fresh = True  # nobody was inside since the app was started
        self.asks_passkey = True  # by itself, once: after a start, not after every lock
        self._folder = folder
        self._keys = keys
        self._services = services
        self._begin = begin
        self._cipher: Cipher | None = None
        self._aside: dict[str, bytes] = {}
        self._again = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []
        self._one = asyncio.Lock()
        self._seen = _now()
        device: Device = services.device
        device.on_activity(self.touch)
        device.on_resume(self.look_at_clock)

    # -- in --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Opens the vault; returns once a screen can ask for the PIN."""
        vault = await self._insist(lambda: Vault.open(self._folder, self._keys))
        assert vault is not None  # which it only is with a key in memory
        self.vault = vault
        self._to(self._closed)

    async def create(self, secret: str) -> None:
        """First use. Raises WeakSecret, FileTrouble."""
        await self._enter(self._need.create(secret))

    async def unlock(self, secret: str) -> None:
        """Lets the officer in. Raises WrongSecret, MustWait, FileTrouble; a wipe or damage changes the stage."""
        await self._enter(self._need.unlock(secret))

    async def unlock_with_passkey(self) -> None:
        """Lets the officer in. Raises PasskeyTrouble, FileTrouble."""
        await self._enter(self._need.unlock_with_passkey())

    def again(self) -> None:
        """Tries once more what did not open."""
        self._again.set()

    # -- out -------------------------------------------------------------------------------------------------------

    async def lock(self) -> None:
        """Ends what runs, closes the notebook, and drops the key and everything that it opened."""
        async with self._one:
            if self.stage != "open":
                return
            try:
                self._services.locking.changed()  # drafts keep what was typed
            except Exception as error:  # nothing keeps a notebook open
                log.error("%s before locking", type(error).__name__)
            self._services.leave_practice()
            notebook = self._services.notebook
            self._to("locked")
            await self._end_work()
            self._services.close()
            notebook.close()
            self._cipher = None
            self._need.lock()

    async def change(self, old: str, new: str, badge: str | None) -> bool:
        """Another PIN. Raises WeakSecret, and what `unlock` raises; False after a wipe or damage: the stage is new."""
        return await self._while_inside(self._need.change(old, new, badge))

    async def start_over(self) -> None:
        """Makes everything here unreadable for good, after the officer was asked twice. Raises Locked, FileTrouble."""
        await self.lock()
        try:
            if self.vault is None:
                raise DamagedVault
            await self.vault.wipe()
        except (DamagedVault, NewerVault):  # it cannot be read, and need not be
            await Vault.start_over(self._folder, self._keys)
        self._emptied()

    async def wipe_revoked(self) -> None:
        """The district took this phone out of service: nothing on it can be read from now on."""
        self.revoked = True
        with suppress(FileTrouble):  # tried again at the next start, which asks for the PIN and meets the same no
            await self.start_over()

    async def hand_in(self, code: str, tell: Tell) -> None:
        """Gives the district what was left after a wipe, once: whoever came back to the screen waits for the first.

        Raises RoadError, FileTrouble.
        """
        async with self._one:
            if not self.handed_in:
                await hand_in(self._need, self._folder, code, self._services.base_url, tell=tell)
                self.handed_in = code
        self._services.look_changes.changed()

    async def discard(self) -> None:
        """Gives up what was left after a wipe. Raises FileTrouble."""
        await self._need.discard()

    def begin_anew(self) -> None:
        """Goes on as a new phone after a wipe."""
        self.deleted, self.revoked, self.handed_in = False, False, ""
        self._to(self._closed)

    def touch(self) -> None:
        """The officer is there; after too long a time it is somebody, and the notebook locks."""
        if not self.look_at_clock():
            self._seen = _now()

    def look_at_clock(self) -> bool:
        """Locks when the officer was away for too long; timers may have slept meanwhile. Whether it does."""
        if self.stage == "open" and self._away:
            self._start(self.lock())
            return True
        return False

    def close(self) -> None:
        """The app goes."""
        for task in self._work:
            task.cancel()
        if self.stage == "open":
            self._services.leave_practice()
            self._services.notebook.close()
        if self.vault is not None:
            self.vault.lock()
        self._services.end()

    # -- what the phone could not keep while it is locked ------------------------------------------------------------

    def set_aside(self, draft: str, answers: Mapping[str, Any]) -> None:
        """Holds answers that a full phone would not take until the officer is back: in memory, and sealed."""
        if self._cipher is not None:
            self._aside[draft] = self._cipher.seal(json.dumps(answers).encode(), draft.encode())

    def take_back(self, draft: str) -> dict[str, Any]:
        """The answers of a draft that were set aside."""
        sealed = self._aside.pop(draft, None)
        if sealed is None or self._cipher is None:
            return {}
        answers: dict[str, Any] = json.loads(self._cipher.open(sealed, draft.encode()))
        return answers

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _enter(self, opening: Coroutine[Any, Any, Cipher]) -> None:
        try:
            cipher = await opening  # nothing is held meanwhile: an officer may take a while to find the right finger
        except Wiped:
            self._emptied()
            return
        except (DamagedVault, NewerVault):  # since it was opened: the screen for that says more than a line would
            self._start(self.open())
            return
        except Exception:
            if self._closed != self.stage:  # another tab was here first
                self._to(self._closed)
            raise
        if self.stage in ("opening", "open"):
            return
        # Beside the screen that asked: it is gone by then, and what does not open may take long to open.
        self._seen = _now()
        self._to("opening")
        self._start(self._open_notebook(cipher))

    async def _open_notebook(self, cipher: Cipher) -> None:
        opened = await self._insist(lambda: self._begin(cipher), unlocked=True)
        if opened is None:
            self._to(self._closed)
            return
        notebook, engine = opened
        self._start(engine.run())
        engine.kick("start")
        if not await self._is_expected(notebook, engine):
            return
        self._cipher = cipher
        self.fresh = self.asks_passkey = False
        self._services.open(notebook, engine)
        self._to("open")
        for work in (notebook.keep_tidy(), self._follow_setup(notebook), self._watch()):
            self._start(work)

    async def _is_expected(self, notebook: Notebook, engine: Engine) -> bool:
        """Waits, after too long a time without the district, until it has answered; False when it said no, or nothing.

        What waits on the phone is sent meanwhile. When the officer leaves, it locks as always.
        """
        before = notebook.last_contact
        if not notebook.is_estranged:
            return True
        self._to("estranged")
        while notebook.last_contact == before:
            if self._again.is_set():
                self._again.clear()
                engine.kick("manual")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._again.wait()
            if notebook.unbind_reason or self._away:
                await self._end_work()
                revoked = notebook.unbind_reason == Code.DEVICE_REVOKED
                notebook.close()
                self._need.lock()
                self._to("locked")
                if revoked:
                    await self.wipe_revoked()
                return False
        return True

    async def _insist(self, work: Callable[[], Awaitable[T]], *, unlocked: bool = False) -> T | None:
        """Does it, as soon as it can be done; until then a screen says what is the matter.

        `unlocked`: the key is in memory meanwhile, and is dropped when the officer leaves; None then.
        """
        while True:
            try:
                return await work()
            except Exception as error:  # whatever it is, the officer gets words and not a crash
                log.error("the notebook does not open: %s", type(error).__name__)
                self.trouble = error
                self._to("trouble")
                busy = isinstance(error, Locked)
            while not self._again.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await self._again.wait()
                if unlocked and self._away:
                    self._need.lock()
                    return None
                if busy:  # another tab may close at any moment; everything else waits for the officer
                    break
            self._again.clear()
            if unlocked and self._need.state != "open":
                return None

    async def _follow_setup(self, notebook: Notebook) -> None:
        """Does outside of the notebook what the district's setup asks for, whenever there is a new one."""
        changed, seen = asyncio.Event(), None
        changed.set()
        stop = notebook.subscribe(changed.set)
        try:
            while True:
                await changed.wait()
                changed.clear()
                if notebook.unbind_reason == Code.DEVICE_REVOKED:
                    self._start(self.wipe_revoked())
                    return
                if notebook.setup is None or notebook.setup is seen:
                    continue
                seen = notebook.setup
                with suppress(FileTrouble, Wiped):  # a full phone keeps the old card; the next start tries again
                    await emergency.follow(self._folder, seen)
                    await follow_escrow(self._need, seen)
        finally:
            stop()

    async def _watch(self) -> None:
        inside = True
        while inside:
            await asyncio.sleep(LOOK_AT_CLOCK)
            self.look_at_clock()
            with suppress(FileTrouble):  # another tab is at it this very moment
                # It may have wiped the keys: what is saved here from then on nobody could ever read.
                inside = await self._while_inside(self._need.look())

    async def _while_inside(self, work: Coroutine[Any, Any, None]) -> bool:
        """Does something with the vault of an open notebook; False after a wipe or damage: the stage is new."""
        try:
            await work
            return True
        except Wiped:
            await self.lock()
            self._emptied()
        except (DamagedVault, NewerVault):
            await self.lock()
            self._start(self.open())
        return False

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = [task for task in self._work if not task.done()]
        self._work.append(asyncio.get_running_loop().create_task(work))

    async def _end_work(self) -> None:
        ending = [task for task in self._work if task is not asyncio.current_task()]
        self._work = []
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=PATIENCE)

    def _emptied(self) -> None:
        """There is nothing here any more, or nothing that can be read."""
        self.deleted = True
        self._aside.clear()
        if self.stage == "trouble":
            self.again()
        else:
            self._to(self._closed)

    @property
    def _need(self) -> Vault:
        assert self.vault is not None, "there is no screen for this before the vault is open"
        return self.vault

    @property
    def _closed(self) -> Stage:
        state = self._need.state
        return "locked" if state == "open" else state

    @property
    def _away(self) -> bool:
        idle = 60 * self._services.settings.lock_minutes
        return any(now - then >= idle for now, then in zip(_now(), self._seen, strict=True))

    def _to(self, stage: Stage) -> None:
        self.stage = stage
        self._services.look_changes.changed()
        if stage not in ("starting", "opening"):
            self._services.device.ready()


def _now() -> tuple[float, float]:
    """Two clocks: one stands still while some phones sleep, the other can be set. Whichever says more counts."""
    return time.monotonic(), time.time()
