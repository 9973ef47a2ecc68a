"""Recording an answer with the phone's microphone: one button to begin, one to end, and the time that has passed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import flet as ft

from app.sound import LONGEST, NoMicrophone
from views.fields_frame import buttons, small_button, waiting
from views.handlers import guarded
from views.parts import drawn, message, problem
from views.services import note_activity, use_services
from views.theme import NEAR, RED

log = logging.getLogger("beatbook")

Keep = Callable[[bytes], Awaitable[None]]
SECOND = 1.0


@drawn
def Microphone(name: str, again: bool, keep: Keep) -> ft.Control:
    """The button that records, and the recording while it runs. Leaving the form switches the microphone off."""
    services = use_services()
    words, recorder = services.words, services.recorder
    state, set_state = ft.use_state("")  # "", "opening", "recording", "ending" or why nothing can be recorded
    seconds, set_seconds = ft.use_state(0)

    async def record() -> None:
        set_state("opening")
        try:
            await recorder.start()
        except NoMicrophone as error:
            set_state(error.reason)
            return
        set_seconds(0)
        set_state("recording")

    async def stop() -> None:
        set_state("ending")
        try:
            data = await recorder.stop()
        except NoMicrophone as error:
            set_state(error.reason)
            return
        set_state("")
        await keep(data)

    def cancel() -> None:
        recorder.cancel()
        set_state("")

    async def count() -> None:
        for passed in range(1, LONGEST + 1) if state == "recording" else ():
            await asyncio.sleep(SECOND)
            set_seconds(passed)
            note_activity()  # who speaks is there, and the notebook stays open
        if state == "recording":
            ft.context.page.run_task(guarded(stop))  # a task of its own: this one ends with the state it changes

    ft.use_effect(guarded(count), [state], lambda: None)
    ft.use_effect(lambda: None, [], recorder.cancel)

    parts: list[ft.Control] = []
    if state == "recording":
        said = words("form.record_running", clock=f"{seconds // 60}:{seconds % 60:02}")
        parts.append(message(said, ft.Icons.FIBER_MANUAL_RECORD, RED, "recording"))
        parts.append(
            buttons(
                [
                    small_button(f"stop-{name}", words("form.record_stop"), guarded(stop), ft.Icons.STOP),
                    small_button(f"cancel-{name}", words("form.cancel"), guarded(cancel), ft.Icons.CLOSE),
                ]
            )
        )
    elif state in ("opening", "ending"):
        parts.append(waiting(words(f"form.record_{state}")))
    else:
        if state:
            parts.append(problem(words(f"form.record_{state}")))
        verb = words("form.record_again" if again else "form.record_start")
        parts.append(buttons([small_button(f"record-{name}", verb, guarded(record), ft.Icons.MIC)]))
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
