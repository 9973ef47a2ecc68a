"""Practice: the app as it is, on a notebook beside the real one that no road leads away from.

What is written while practising lies in files of its own (sealed with the officer's key like everything else), and is
thrown away together. The real notebook stays open underneath and its engine goes on sending; screens see only the
other one, and the mark that lies over every screen says so.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.files import File, FileTrouble, Folder
from sync.engine import State, Status

if TYPE_CHECKING:
    from app.notebook import Notebook
    from sync.engine import Engine
    from views.services import Services

log = logging.getLogger("beatbook")

PREFIX: Final = "practice-"
PREFERENCE: Final = "practice"  # kept in the real notebook: after unlocking, practice goes on
BESIDE: Final = "beside"  # the preference of the notebook that nothing is sent from
CODE: Final = "practice"  # why nothing is sent


@dataclass(frozen=True, slots=True)
class Aside:
    """A folder inside of a folder: the same files under names of their own."""

    folder: Folder

    async def open(self, name: str) -> File:
        return await self.folder.open(PREFIX + name)

    async def read(self, name: str) -> bytes | None:
        return await self.folder.read(PREFIX + name)

    async def write(self, name: str, data: bytes | AsyncIterator[bytes]) -> None:
        await self.folder.write(PREFIX + name, data)

    async def remove(self, name: str) -> None:
        await self.folder.remove(PREFIX + name)

    async def names(self) -> list[str]:
        return [name.removeprefix(PREFIX) for name in await self.folder.names() if name.startswith(PREFIX)]


class NoRoad:
    """What screens have of the engine while practising: it sends nothing and fetches nothing."""

    status: Final = Status(State.WAITING, code=CODE)

    def subscribe(self, _callback: Callable[[], None]) -> Callable[[], None]:
        """Nothing ever changes."""
        return lambda: None

    def kick(self, reason: str) -> None:
        """Nothing is sent, whatever the reason."""

    async def fetch_photo(self, _sha256: str) -> bool:
        """There is no road."""
        return False


class Practice:
    """Switches between the real notebook and the one beside it. Made when the real one is opened."""

    def __init__(
        self,
        services: "Services",
        real: "tuple[Notebook, Engine]",
        folder: Folder,
        make: "Callable[[Folder], Awaitable[Notebook]]",
    ) -> None:
        self._services = services
        self._real = real
        self._folder = Aside(folder)
        self._make = make
        self._beside: Notebook | None = None

    @property
    def on(self) -> bool:
        """Whether the officer is practising."""
        return self._beside is not None

    def kick(self, reason: str) -> None:
        """Asks the real engine for a round: real records go on to the district."""
        self._real[1].kick(reason)

    async def resume(self) -> None:
        """After unlocking: goes on practising, if that is how the phone was locked. The screens are not open yet.

        What lies aside never keeps the real notebook shut: if it does not open, practice is over.
        """
        if not self._real[0].preference(PREFERENCE):
            return
        try:
            await self._open()
        except Exception as error:
            log.error("%s while opening what was practised", type(error).__name__)
            with suppress(FileTrouble):
                self._real[0].prefer(PREFERENCE, False)

    async def start(self) -> None:
        """Begins, or goes on with what was written before. Raises FileTrouble, SetupError."""
        if self._beside is None:
            await self._open()
            self._real[0].prefer(PREFERENCE, True)
            self.show()

    def stop(self) -> None:
        """Goes back to the real notebook. What was written stays aside until it is thrown away."""
        self._real[0].prefer(PREFERENCE, False)
        self.close()
        self.show()

    async def throw_away(self) -> None:
        """Removes all that was written while practising, and begins afresh. Raises FileTrouble."""
        if self._beside is not None:
            self._beside.close()
        for name in await self._folder.names():
            await self._folder.remove(name)
        if self._beside is not None:
            await self._open()
            self.show()

    def close(self) -> None:
        """The notebook locks, or practice ends: the screens get the real one back."""
        if self._beside is not None:
            self._beside.close()
            self._beside = None
            self._services.notebook, self._services.engine = self._real

    def show(self) -> None:
        """Gives the screens the notebook that counts now, and draws all of them again."""
        services = self._services
        if self._beside is not None:
            services.notebook, services.engine = self._beside, NoRoad()  # type: ignore[assignment]  # all that screens ask
            self._beside.set_language(services.words.language)
        for changes in (services.notebook_changes, services.engine_changes, services.look_changes):
            changes.changed()

    async def _open(self) -> None:
        real = self._real[0]
        binding, body = real.binding, real.setup_body
        assert binding is not None  # or there is no screen with a button for it
        assert body is not None
        beside = await self._make(self._folder)
        try:
            if beside.binding is None:
                device, _ = beside.begin_enrolment(CODE)
                answer = {"device": device, "officer": binding.officer, "district": binding.district}
                beside.bind(binding.base_url, answer)
            beside.keep_setup(body, None)
            beside.prefer(BESIDE, True)
            if real.current_school:
                beside.set_school(real.current_school.id)
        except BaseException:
            beside.close()
            raise
        beside.subscribe(self._services.notebook_changes.changed)
        self._beside = beside
