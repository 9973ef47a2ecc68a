"""A file of the notebook's, handed to the officer: to be saved where they like."""

from collections.abc import Callable
from contextlib import suppress

import flet as ft

from views.parts import drawn, notice, secondary_button
from views.services import use_services


@drawn
def KeepRecord(record: str) -> ft.Control:
    """What this phone has of a record that the district did not take, to be brought there in another way."""
    services = use_services()
    label, file = services.words("record.keep"), f"beatbook-{record[:8]}.jsonl"
    return _KeepFile("keep-record", label, file, lambda: services.notebook.written(record), ft.Icons.SAVE_ALT)


@drawn
def KeepReceipts() -> ft.Control:
    """The proof of what the district has (docs/custody.md)."""
    services = use_services()
    label = services.words("sync.proof")
    return _KeepFile("keep-receipts", label, "beatbook-receipts.json", services.notebook.proof, ft.Icons.VERIFIED)


@drawn
def _KeepFile(identifier: str, label: str, file: str, make: Callable[[], bytes], icon: ft.IconData) -> ft.Control:
    """The button; `make` gives the file's bytes when it is tapped."""
    words = use_services().words
    picker = ft.use_memo(ft.FilePicker, [])

    async def keep() -> None:
        with suppress(TimeoutError):  # the browser says nothing when it has put the file away
            await picker.save_file(file_name=file, src_bytes=make())
        notice(words("sync.file_kept"))

    return secondary_button(identifier, label, keep, icon)
