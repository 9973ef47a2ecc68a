"""Answers that are a recording or any other file, chosen from the phone and kept as they are."""

from typing import TYPE_CHECKING

import flet as ft

from app.attachments import MOST_BYTES, NotThisFile
from app.files import NoRoom
from views.fields_frame import Asking, buttons, question, shown_value, small_button, waiting, widget
from views.fields_sound import Microphone
from views.handlers import guarded
from views.keeping import use_keeping
from views.parts import problem, quiet
from views.said import file_said
from views.services import use_services
from views.theme import NEAR

if TYPE_CHECKING:
    from views.filling import Filling


def file_trouble(error: Exception) -> str:
    """The key of the sentence for a file that could not be kept."""
    if isinstance(error, NotThisFile):
        return f"form.file_not.{error.reason}"
    return "form.file_not.room" if isinstance(error, NoRoom) else "form.file_not.kept"


def _file(filling: "Filling", asking: Asking) -> ft.Control:
    services = use_services()
    words = services.words
    name, sound = asking.address, asking.field.type == "audio"
    kept = use_keeping(filling, name, file_trouble, "form.file_removed")
    answer = filling.value(name)
    there = isinstance(answer, dict)

    async def picked(event: ft.FilePickerResultEvent) -> None:
        if not event.files:
            return
        file = event.files[0]
        if file.size > MOST_BYTES:
            kept.say("form.file_not.large")
        else:
            await keep(file.bytes or b"", file.name)

    async def keep(data: bytes, called: str = "") -> None:
        await kept.keep(services.notebook.add_file(data, called, sound=sound))

    async def record(data: bytes) -> None:
        await keep(data)

    recorded = ft.use_callback(record, [])
    picker = ft.use_memo(lambda: ft.FilePicker(on_result=guarded(picked)), [])
    parts: list[ft.Control] = []
    if there:
        icon = ft.Icons.AUDIO_FILE if sound else ft.Icons.ATTACH_FILE
        parts.append(shown_value(file_said(answer, words), icon=icon))
    elif asking.readonly:
        parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    if kept.busy:
        parts.append(waiting(words("form.file_busy")))
    elif kept.trouble:
        parts.append(problem(words(kept.trouble, most=MOST_BYTES // 1_000_000)))
    if not asking.readonly and not kept.busy:
        if sound and services.recorder.available():
            parts.append(Microphone(name, there, recorded))
        verb = "audio_" if sound else "file_"
        row = [
            small_button(
                f"file-{name}",
                words(f"form.{verb}other" if there else f"form.{verb}choose"),
                None,
                ft.Icons.AUDIO_FILE if sound else ft.Icons.ATTACH_FILE,
                # Opened by the phone itself within the tap: Safari lets no later answer open it.
                action=ft.PickFiles(
                    picker,
                    file_type=ft.FilePickerFileType.AUDIO if sound else ft.FilePickerFileType.ANY,
                    with_data=True,
                ),
            )
        ]
        if there:
            row.append(
                small_button(f"remove-{name}", words("form.photo_remove"), guarded(kept.remove), ft.Icons.DELETE)
            )
        parts.append(buttons(row))
        if not there:
            parts.append(quiet(words("form.file_most", most=MOST_BYTES // 1_000_000)))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


File = widget(_file)
