"""One generation of the journal: its file of frames, and the directory of what they hold.

`append` is the only way that anything gets on the disk: one write and one flush for a commit of any size.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final, Self

from app.cipher import Cipher, Tampered
from app.directory import UNWRITTEN, Entry, Rows
from app.files import File, FileTrouble, Folder
from app.frames import HEADER_SIZE, Op, open_frame, pack_commit, pack_header
from app.pages import EVERY, Covered, Touched, pack_page, touch

Fields = Mapping[str, Iterable[str]]

_JOURNAL: Final = "journal-{:06d}"
_DIRECTORY: Final = "directory-{:06d}"
_AHEAD: Final = 64 * 1024  # bytes of room made at once
_CLOSE: Final = 4 * 1024  # bytes of room that are not enough; a larger commit makes none, as it is no save


def numbers(names: Iterable[str]) -> list[int]:
    """The generations that a folder has files of, the newest first."""
    found = {int(tail) for head, _, tail in (name.partition("-") for name in names) if head in _KINDS and _plain(tail)}
    return sorted(found, reverse=True)


def journal_name(number: int) -> str:
    """The name of a generation's file of frames."""
    return _JOURNAL.format(number)


async def remove(folder: Folder, number: int) -> None:
    """Removes what there is of a generation; its frames first."""
    for name in (_JOURNAL, _DIRECTORY):
        await folder.remove(name.format(number))


class Generation:
    """An open generation. `tables` says where every document lies; `frames` and `end` where the next one goes."""

    def __init__(self, number: int, file: File, directory: File, cipher: Cipher, fields: Fields) -> None:
        self.number = number
        self.file = file
        self.cipher = cipher
        self.fields = {name: list(of) for name, of in fields.items()}
        self.tables: dict[str, Rows] = {}
        self.frames = 0
        self.end = HEADER_SIZE
        self._directory = directory
        self._size = 0  # of the file, with the room ahead
        self._pages: Covered | None = Covered(0, HEADER_SIZE, 0)  # None once they cannot be kept any more
        self._touched: dict[str, Touched] = {}
        self._untidy = False  # whether a failed save may have left bytes behind the end

    @classmethod
    async def open(cls, folder: Folder, number: int, cipher: Cipher, fields: Fields) -> Self:
        """Opens the two files of a generation, made empty if they are not there. Reads nothing yet."""
        file = await folder.open(_JOURNAL.format(number))
        try:
            return cls(number, file, await folder.open(_DIRECTORY.format(number)), cipher, fields)
        except BaseException:
            file.close()
            raise

    @property
    def directory(self) -> File:
        """The file of the directory's pages."""
        return self._directory

    @property
    def live(self) -> int:
        """Bytes of the file that are about what is there now."""
        return HEADER_SIZE + sum(rows.bytes for rows in self.tables.values())

    def begin(self) -> None:
        """Empties the files: frames come next, and `count` last."""
        self.file.truncate(0)
        # On the disk at once: pages that an abandoned try left would be taken for this one's.
        self._directory.truncate(0)
        self._directory.flush()

    def count(self) -> None:
        """Makes the file a journal, with all its frames on the disk: nothing of it counted before."""
        self.file.write(0, pack_header(self.cipher, self.number, self.frames))
        self.file.flush()

    def resume(self, frames: int, end: int, pages: Covered | None) -> None:
        """Goes on behind what was read."""
        self.frames, self.end, self._pages = frames, end, pages
        self._size = self.file.size()

    def rows(self, table: str) -> Rows:
        """The rows of a table, made if it is not there."""
        rows = self.tables.get(table)
        if rows is None:
            rows = self.tables[table] = Rows(self.fields.get(table, ()))
        return rows

    def unwritten(self, table: str, row: int, cells: Mapping[str, bytes]) -> tuple[int, Entry]:
        """Notes a document whose frame comes with the next `append`; gives what `Rows.put` gives."""
        return self.rows(table).put(row, *UNWRITTEN, cells)

    def append(self, ops: list[Op]) -> None:
        """Keeps one commit: on the disk when this returns. `tables` must say already what it makes of them.

        Raises NoRoom or FileTrouble; the commit is not kept then, and everything before it is as it was.
        """
        data, lengths = pack_commit(self.cipher, self.number, self.frames + 1, ops)
        try:
            if self._untidy:
                self.cut()
            self.file.write(self.end, data)
            self.file.flush()
        except BaseException:
            # What was not confirmed must not come back at the next opening.
            self._untidy = True
            with suppress(FileTrouble):
                self.cut()
            raise
        self.frames += len(ops)
        for (table, row, document), length in zip(ops, lengths, strict=True):
            self._note(table, row, document, length)
            self.end += length
        if len(data) < _CLOSE:
            self._make_room()
        self.settle()

    def settle(self) -> None:
        """Writes a page of the directory, when there is enough for one."""
        if self._pages and self.frames - self._pages.frames >= EVERY:
            self._write_page(self._pages)

    def cut(self) -> None:
        """Cuts off what a save that was not confirmed left behind the end. Raises FileTrouble."""
        self.file.truncate(self.end)
        self._size = self.end
        self.file.flush()
        self._untidy = False

    def read(self, table: str, place: int) -> bytes | None:
        """The document of a place as JSON; None when its frame is damaged."""
        rows = self.tables[table]
        frame = self.file.read(rows.offsets[place], rows.lengths[place])
        with suppress(Tampered, UnicodeDecodeError):
            name, row, document = open_frame(self.cipher, self.number, frame)
            # A frame is whole in itself; here it must also be the one that was looked for.
            if (name, row) == (table, rows.ids[place]):
                return document
        return None

    def cells(self, table: str, document: bytes) -> Mapping[str, bytes]:
        """What a document has in the columns of its table."""
        rows = self.rows(table)
        return rows.cells_of(json.loads(document)) if rows.columns else {}

    def take(self, op: Op, offset: int, length: int) -> None:
        """Takes over a frame that was read from the disk."""
        table, row, document = op
        if row == 0 and document is None:
            self.tables.pop(table, None)
        elif row == 0:
            self.rows(table)
        elif document is None:
            self.rows(table).remove(row)
        else:
            self.rows(table).put(row, offset, length, self.cells(table, document))
        touch(self._touched, table, row, document)

    def everything(self) -> Iterator[tuple[str, int]]:
        """Every document that is there now, as table and row; what comes or goes meanwhile does no harm."""
        now = [(table, rows.ids[:], rows.lengths[:]) for table, rows in self.tables.items()]
        return ((table, row) for table, ids, lengths in now for row, length in zip(ids, lengths, strict=True) if length)

    def close(self) -> None:
        """Lets go of the files."""
        self.file.close()
        self._directory.close()

    def _make_room(self) -> None:
        """Makes room ahead: a disk flushes what goes into room that is there quicker than a file that grows.

        The size is remembered, not asked for: since Linux 6.13 asking makes the next write set a time that has to be
        flushed too.
        """
        if self._size < self.end + _CLOSE:
            with suppress(FileTrouble):
                size = max(self._size, self.end)
                self.file.write(size, bytes(_AHEAD))
                self._size = size + _AHEAD

    def _note(self, table: str, row: int, document: bytes | None, length: int) -> None:
        if row and document is not None and (rows := self.tables.get(table)) is not None:
            place = rows.place(row)
            if place is not None:
                rows.lies(place, self.end, length)
        touch(self._touched, table, row, document)

    def _write_page(self, covered: Covered) -> None:
        page = pack_page(
            self.cipher, self.number, covered.frames + 1, self.frames, self.end, self._touched, self.tables
        )
        try:
            self._directory.write(covered.size, page)
            self._pages = Covered(self.frames, self.end, covered.size + len(page))
        except FileTrouble:
            self._pages = None  # the frames will be read at the next opening
        self._touched = {}


_KINDS: Final = {name.partition("-")[0] for name in (_JOURNAL, _DIRECTORY)}


def _plain(tail: str) -> bool:
    return tail.isascii() and tail.isdecimal()
