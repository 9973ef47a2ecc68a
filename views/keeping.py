"""What questions answered with a file share: keeping it, saying why not, and taking it away with a way back."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flet as ft

from views.handlers import notice
from views.services import use_services

if TYPE_CHECKING:
    from views.filling import Filling

log = logging.getLogger("beatbook")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How it stands with the file of one question."""

    busy: bool
    trouble: str
    """The key of the sentence that says why it could not be kept; empty while all is well."""
    say: Callable[[str], None]
    keep: Callable[[Awaitable[Any]], Awaitable[None]]
    """Takes what is being kept as the answer once it is."""
    remove: Callable[[], None]


def use_keeping(filling: "Filling", name: str, trouble_of: Callable[[Exception], str], removed: str) -> Keeping:
    """For the answer of that address; `removed` is the key of the line that says it was taken away."""
    words = use_services().words
    _, redraw = ft.use_state(0)
    busy, set_busy = ft.use_state(False)
    trouble, say = ft.use_state("")
    answer = filling.value(name)

    async def keep(kept: Awaitable[Any]) -> None:
        set_busy(True)
        say("")
        try:
            filling.answer(name, await kept)
        except Exception as error:  # too large, no room: the officer chooses what to do
            log.error("%s while keeping a file", type(error).__name__)
            say(trouble_of(error))
        finally:
            set_busy(False)
            redraw(lambda n: n + 1)

    def remove() -> None:
        filling.answer(name, None)
        redraw(lambda n: n + 1)
        notice(words(removed), words("form.undo"), lambda: filling.fill({name: answer}))

    return Keeping(busy, trouble, say, keep, remove)
