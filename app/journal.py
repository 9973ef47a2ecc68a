"""The notebook's journal: generations of one append-only file, of which there is always a complete one.

A save is one append and one flush. A generation that is mostly about what was since replaced is copied, alive, into
the next one beside it, in small steps between which saves go on; the next one counts only once it is complete, and
the old one is emptied only after that. docs/decisions/journal.md says why, docs/store-format.md how it looks.
"""

import asyncio
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Self

from app import journal_plain
from app.cipher import Cipher
from app.files import File, FileTrouble, Folder
from app.frames import FORMAT, HEADER_SIZE, NewerFormat, Op, check_key, read_header
from app.generation import Fields, Generation, journal_name, numbers, remove
from app.pages import Covered, Stale, Touched, read_pages, touch
from app.scan import Lost, Scan, scan, written

_PIECE: Final = 32 * 1024  # bytes copied between two saves
_STEP: Final = 4 * 1024 * 1024  # bytes that a file which is done with is cut by at once
_SMALL: Final = 64_000  # a file that is smaller is left as it is
_ASIDE: Final = "damaged-"
_DEAD: Final = 0.45  # share of a file that may be about what is gone


@dataclass(frozen=True)
class Report:
    """What opening found. All empty: everything that was ever confirmed is there."""

    cut: int = 0  # bytes cut from the end: a save that was under way when the power went, never confirmed
    lost: tuple[Lost, ...] = ()  # what could not be read; at least this
    set_aside: str | None = None  # the damaged file's copy, kept untouched

    @property
    def whole(self) -> bool:
        """Whether nothing confirmed is missing."""
        return not self.lost and self.set_aside is None


class Journal:
    """The open journal of a folder. Made by `Journal.open`; `now` is the generation in use."""

    def __init__(self, folder: Folder, now: Generation) -> None:
        self.now = now
        self.lost: list[Lost] = []  # what was found damaged since opening
        self.damaged = False  # whether some of that is still in the file
        self._folder = folder
        self._meanwhile: dict[str, Touched] | None = None  # what happened while a copy is under way
        self._tried = 0  # the size at which copying was tried last, and failed
        self._abandoned: Generation | None = None  # a copy that was given up and may yet count
        self._rewriting = asyncio.Lock()

    @classmethod
    async def open(cls, folder: Folder, cipher: Cipher, fields: Fields) -> tuple[Self, Report]:
        """Opens the journal of a folder; `fields` are what is indexed in each table.

        The caller must hold the folder's lock. Raises Locked, WrongKey, NewerFormat, NoRoom (there is damage, and no
        room to set the damaged file aside); nothing has been changed then.
        """
        names = await folder.names()
        found = numbers(names)
        chosen = await _choose(folder, found, names)
        if chosen is None:
            now = await Generation.open(folder, 1, cipher, fields)
            journal, report = cls(folder, now), Report()
            with _closing(now):
                now.begin()
                now.count()
        elif chosen.format == 1:
            journal, report = await cls._carry_over(folder, chosen.number, cipher, fields)
        else:
            journal, report = await cls._resume(folder, chosen.number, cipher, fields)
        with _closing(journal.now):
            for other in found:
                if other != journal.now.number:
                    await remove(folder, other)
        return journal, report

    def append(self, ops: list[Op]) -> None:
        """Keeps one commit: on the disk when this returns. Raises NoRoom or FileTrouble; nothing is kept then."""
        self._forget_abandoned()
        self.now.append(ops)
        if self._meanwhile is not None:
            for table, row, document in ops:
                touch(self._meanwhile, table, row, document)

    def read(self, table: str, place: int) -> bytes | None:
        """The document of a place as JSON; None when it is damaged, which `lost` says then."""
        document = self.now.read(table, place)
        if document is None:
            self.damaged = True
            self.lost.append(Lost(0, zlib.crc32(table.encode()), self.now.tables[table].ids[place]))
        return document

    @property
    def crowded(self) -> bool:
        """Whether so much of the file is about what is gone that it is time for `rewrite`."""
        size = self.now.end
        return size > max(_SMALL, self._tried) and self.now.live < size * (1 - _DEAD)

    async def rewrite(self) -> None:
        """Copies what is alive into the next generation and goes on there. Saves may come in between.

        Asked for again meanwhile it waits, and has nothing left to do. Raises NoRoom or FileTrouble; the present
        generation goes on then.
        """
        before = self.now
        async with self._rewriting:
            if self.now is before:
                await self._rewrite()

    async def _rewrite(self) -> None:
        self._forget_abandoned()
        old = self.now
        new = await Generation.open(self._folder, old.number + 1, old.cipher, old.fields)
        self._meanwhile = {}
        try:
            new.begin()
            await self._write(new, self._copied(old, new))
            while self._meanwhile:
                meanwhile, self._meanwhile = self._meanwhile, {}
                await self._write(new, self._followed(old, new, meanwhile))
            new.count()
        except BaseException:
            self._tried = old.end * 5 // 4
            self._abandoned = new
            with suppress(FileTrouble):
                self._forget_abandoned()
                await remove(self._folder, new.number)
            raise
        finally:
            self._meanwhile = None
        self.now, self._tried, self.damaged = new, 0, False
        # Its header goes first: an old generation that is whole always means that the next was never used.
        # Should anything of this fail, the next opening does it.
        try:
            with suppress(FileTrouble):
                old.file.write(0, bytes(HEADER_SIZE))
                old.file.flush()
                # A large file at once would keep a save waiting.
                for size in range(old.end - _STEP, 0, -_STEP):
                    old.file.truncate(size)
                    await asyncio.sleep(0)
        finally:
            old.close()
        with suppress(FileTrouble):
            await remove(self._folder, old.number)

    async def set_aside(self) -> str:
        """Copies the file as it is now, for whoever can still read something in it. Gives the copy's name.

        It takes the place of the copy before: a phone that goes on damaging its files does not fill up with them.
        """
        return await _set_aside(self._folder, self.now.number, self.now.file)

    async def remove_set_aside(self) -> None:
        """Removes every such copy. Raises FileTrouble."""
        for name in await self._folder.names():
            if name.startswith(_ASIDE):
                await self._folder.remove(name)

    def close(self) -> None:
        """Lets go of the files."""
        self.now.close()
        if self._abandoned:
            self._abandoned.close()

    def _forget_abandoned(self) -> None:
        """Empties a copy that was given up: a whole one would be taken for the journal, and later saves be lost."""
        if self._abandoned:
            self._abandoned.file.truncate(0)
            self._abandoned.file.flush()
            self._abandoned.close()
            self._abandoned = None

    async def _write(self, new: Generation, ops: Iterable[Op]) -> None:
        """Writes to the new generation, piece by piece; after each full one saves may come."""
        piece: list[Op] = []
        size = 0
        for op in ops:
            piece.append(op)
            size += len(op[2] or b"")
            if size > _PIECE:
                new.append(piece)
                piece, size = [], 0
                await asyncio.sleep(0)
        if piece:
            new.append(piece)

    def _copied(self, old: Generation, new: Generation) -> Iterator[Op]:
        """Everything that is there, put into the new generation."""
        for table in list(old.tables):
            new.rows(table)
            yield table, 0, b"{}"
        for table, row in old.everything():
            document = self._put_again(old, new, table, row)
            if document is not None:
                yield table, row, document

    def _put_again(self, old: Generation, new: Generation, table: str, row: int) -> bytes | None:
        """Notes a document of the old generation in the new one; None when it is gone, damaged or not written yet."""
        rows = old.tables.get(table)
        place = rows.place(row) if rows else None
        document = None if rows is None or place is None or rows.fresh(place) else self.read(table, place)
        if rows is not None and place is not None and document is not None:
            new.unwritten(table, row, {name: column[place] for name, column in rows.columns.items()})
        return document

    def _followed(self, old: Generation, new: Generation, meanwhile: Mapping[str, Touched]) -> Iterator[Op]:
        """What was done in the old generation meanwhile, done in the new one."""
        for table, touched in meanwhile.items():
            if touched.anew:
                new.tables.pop(table, None)
                yield table, 0, None
            if table in old.tables:
                new.rows(table)
                yield table, 0, b"{}"
            for row, removed in touched.rows.items():
                if removed and table in new.tables:
                    new.tables[table].remove(row)
                    yield table, row, None
                document = self._put_again(old, new, table, row)
                if document is not None:
                    yield table, row, document

    @classmethod
    async def _resume(cls, folder: Folder, number: int, cipher: Cipher, fields: Fields) -> tuple[Self, Report]:
        now = await Generation.open(folder, number, cipher, fields)
        journal = cls(folder, now)
        with _closing(now):
            found = journal._read()
            if not found.damaged:
                if found.cut:
                    now.cut()
                now.settle()
                return journal, Report(found.cut)
            aside = await journal.set_aside()
            await journal.rewrite()
            return journal, Report(0, (*found.lost, *journal.lost), aside)

    @classmethod
    async def _carry_over(cls, folder: Folder, number: int, cipher: Cipher, fields: Fields) -> tuple[Self, Report]:
        """Takes over a journal of format 1, which was not sealed."""
        data = await folder.read(journal_name(number)) or b""
        found = journal_plain.read(data, number)
        aside = None
        if found.damaged:
            # Kept as it is, but sealed like everything else.
            aside = f"{_aside_name(number, zlib.crc32(data))}-sealed"
            await folder.write(aside, await cipher.seal_large(data, aside.encode()))
        now = await Generation.open(folder, number + 1, cipher, fields)
        try:
            now.begin()
            for table, rows in found.tables.items():
                now.rows(table)
                ops: list[Op] = [(table, 0, b"{}")]
                for row, document in rows.items():
                    now.unwritten(table, row, now.cells(table, document))
                    ops.append((table, row, document))
                now.append(ops)
            now.count()
        except BaseException:
            now.close()
            with suppress(FileTrouble):
                await remove(folder, now.number)
            raise
        return cls(folder, now), Report(found.cut, tuple(Lost(0) for _ in range(found.lost)), aside)

    def _read(self) -> Scan:
        """Fills the tables: from the directory's pages as far as they are good, and from the frames behind them."""
        now, start = self.now, Covered(0, HEADER_SIZE, 0)
        data = now.file.read(0, HEADER_SIZE)
        header = read_header(data)
        covered = start
        if header and header.generation == now.number:
            check_key(now.cipher, data)
            with suppress(Stale):
                covered = read_pages(now.directory, now.cipher, now.number, now.tables, now.fields, HEADER_SIZE)
        known = covered.frames  # a page is written when its frames are on the disk
        if covered.end > written(now.file, HEADER_SIZE) or not covered.frames:
            now.tables.clear()
            covered = start
        now.resume(covered.frames, covered.end, covered)
        found = scan(now.file, now.cipher, now.number, covered.end, covered.frames, now.take)
        if header is None or header.generation != now.number:
            found.damaged = True
        else:
            missing = range(found.frames + 1, max(header.snapshot, known) + 1)
            found.lost += map(Lost, missing)
            found.damaged |= bool(missing)
        now.resume(found.frames, found.end, covered)
        return found


@dataclass(frozen=True, slots=True)
class _Chosen:
    number: int
    format: int


async def _choose(folder: Folder, found: list[int], names: list[str]) -> _Chosen | None:
    """The newest generation with a whole header, else the oldest with a damaged one, else the oldest that holds
    anything, else None. Raises NewerFormat.
    """
    sizes: dict[int, int] = {}
    damaged: list[int] = []
    for number in found:
        if journal_name(number) not in names:
            continue
        file = await folder.open(journal_name(number))
        try:
            sizes[number] = file.size()
            begun = file.read(0, HEADER_SIZE)
            header = read_header(begun)
        finally:
            file.close()
        if header and header.format > FORMAT:
            raise NewerFormat
        if header:
            return _Chosen(number, header.format)
        if any(begun):
            damaged.append(number)
    # The very first header may have been torn; nothing can have been saved then.
    if not any(sizes.values()) or (list(sizes) == [1] and sizes[1] <= HEADER_SIZE):
        return None
    # A header of zeros is that of a copy that was not finished, or of a generation that was done with.
    number = min(damaged or [number for number in sizes if sizes[number]])
    plain = journal_plain.read(await folder.read(journal_name(number)) or b"", number)
    return _Chosen(number, 1 if plain.tables else FORMAT)


async def _set_aside(folder: Folder, number: int, file: File) -> str:
    size = file.size()
    crc = 0
    for at in range(0, size, _PIECE):
        crc = zlib.crc32(file.read(at, _PIECE), crc)
    name = _aside_name(number, crc)  # the same damage, found again, is one file
    copy = await folder.open(name)
    try:
        copy.truncate(0)
        for at in range(0, size, _PIECE):
            copy.write(at, file.read(at, _PIECE))
        copy.flush()
    except BaseException:
        copy.close()
        with suppress(FileTrouble):
            await folder.remove(name)
        raise
    copy.close()
    for other in await folder.names():  # what could be read of those before is in the journal since
        if other.startswith(_ASIDE) and other != name:
            with suppress(FileTrouble):
                await folder.remove(other)
    return name


def _aside_name(number: int, crc: int) -> str:
    return f"{_ASIDE}{number:06d}-{crc:08x}"


@contextmanager
def _closing(generation: Generation) -> Iterator[None]:
    """Closes a generation when what is done with it fails."""
    try:
        yield
    except BaseException:
        generation.close()
        raise
