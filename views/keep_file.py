"""A file of the notebook's, handed to the officer: to be saved where they like."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import flet as ft

from views.handlers import notice
from views.parts import drawn, secondary_button
from views.services import use_services


@drawn
def KeepRecord(record: str) -> ft.Control:
    """What this phone has of a record that the district did not take, to be brought there in another way."""
    services = use_services()
    notebook = services.notebook

    async def packed() -> bytes:
        from app.parcel import pack  # few records ever need it, and every start would wait for it

        detail = notebook.record(record)
        names = [photo.sha256 for photo in detail.photos] if detail else []
        photos = {name: data for name in names if (data := await notebook.photo(name)) is not None}
        return pack(notebook.written(record), photos)

    return _KeepFile(
        "keep-record", services.words("record.keep"), f"beatbook-{record[:8]}.zip", packed, ft.Icons.SAVE_ALT
    )


@drawn
def KeepReceipts() -> ft.Control:
    """The proof of what the district has (docs/custody.md)."""
    services = use_services()

    async def proof() -> bytes:
        return services.notebook.proof()

    return _KeepFile("keep-receipts", services.words("sync.proof"), "beatbook-receipts.json", proof, ft.Icons.VERIFIED)


@drawn
def _KeepFile(
    identifier: str, label: str, file: str, make: Callable[[], Awaitable[bytes]], icon: ft.IconData
) -> ft.Control:
    """The button; `make` gives the file's bytes when it is tapped."""
    words = use_services().words
    picker = ft.use_memo(ft.FilePicker, [])

    async def keep() -> None:
        data = await make()
        with suppress(TimeoutError):  # the browser says nothing when it has put the file away
            await picker.save_file(file_name=file, src_bytes=data)
        notice(words("sync.file_kept"))

    return secondary_button(identifier, label, keep, icon)
