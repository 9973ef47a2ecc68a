"""Handing a file to the phone: to its share list, or into its own files."""

import logging
from contextlib import suppress

import flet as ft

log = logging.getLogger("beatbook")


class Handing:
    """What a screen hands files out with; make it once for a screen (`ft.use_memo(Handing, [])`)."""

    def __init__(self) -> None:
        self._share = ft.Share()
        self._picker = ft.FilePicker()

    async def share(self, data: bytes, mime: str, name: str) -> bool:
        """Opens the share list, or saves where there is none; False where the officer closed the list again."""
        try:
            done = await self._share.share_files([ft.ShareFile.from_bytes(data, mime_type=mime, name=name)])
        except Exception as error:  # no share list in this browser, or it was closed
            log.info("%s while sharing", type(error).__name__)
            await self.save(data, name)
            return True
        return bool(done.status != ft.ShareResultStatus.DISMISSED)

    async def save(self, data: bytes, name: str) -> None:
        """Puts it among the phone's own files."""
        with suppress(TimeoutError):  # the browser says nothing when it has put the file away
            await self._picker.save_file(file_name=name, src_bytes=data)
