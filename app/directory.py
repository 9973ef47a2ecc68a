"""Where each document lies in the journal, and what it can be found by: kept in memory in place of the documents.

A table is a row of columns, one place for each document, in the order in which they came. A column is plain bytes, so
that a hundred thousand documents take some megabytes, come from the disk as they are, and are searched by the
processor's own search for bytes. A place whose document was removed stays, empty, until half of the places are.
"""

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

KEY: Final = 8  # bytes that stand for a value
ORDER: Final = 24  # bytes of a text that is kept in order: one, and a time to the millisecond
ABSENT: Final = bytes(KEY)  # the field is not there
NOT_THERE: Final = bytes(ORDER)
NO_TEXT: Final = bytes(ORDER - 1) + b"\1"
_OTHER: Final = b"\xff" * KEY  # a list or an object: found by looking at it
UNWRITTEN: Final = (0, 1)  # offset and length of a document that is not on the disk yet
_FEW: Final = 64
_HASH: Final = hashlib.blake2b(digest_size=KEY, person=b"beatbook")  # a copy is made in a third of the time


class Key(str):
    """A field whose values name a row or a few: found in one step, however many rows there are."""


class Order(str):
    """A field of texts, times mostly, that rows are sorted by and asked for as "up to" and "from"."""


def value_key(value: Any) -> bytes:
    """The bytes that stand for a value in a column: the same for all that Python takes for equal, never ABSENT."""
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
    elif isinstance(value, int | float):
        text = b"\0%d" % hash(value)  # 1, 1.0 and True are equal, and so are their hashes
    elif value is None:
        text = b"\0null"
    else:
        return _OTHER
    made = _HASH.copy()
    made.update(text)
    return made.digest()


def order_key(value: Any) -> bytes:
    """The beginning of a text, so that what is less never has a greater one; below any text, NO_TEXT."""
    if not isinstance(value, str):
        return NO_TEXT
    return (b"\1" + value.encode("utf-8", "surrogatepass"))[:ORDER].ljust(ORDER, b"\0")


class Column:
    """The bytes of one field for every place; `width` of them each."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.ordered = isinstance(field, Order)
        self.width = ORDER if self.ordered else KEY
        self.absent = bytes(self.width)
        self.cells = bytearray()

    def cell_of(self, row: Mapping[str, Any]) -> bytes:
        """What a document has in this column."""
        if self.field not in row:
            return self.absent
        return order_key(row[self.field]) if self.ordered else value_key(row[self.field])

    def __getitem__(self, place: int) -> bytes:
        return bytes(self.cells[place * self.width : (place + 1) * self.width])

    def __setitem__(self, place: int, cell: bytes) -> None:
        self.cells[place * self.width : (place + 1) * self.width] = cell

    def places(self, cell: bytes) -> Iterator[int]:
        """The places that have exactly this cell."""
        width, find, at = self.width, self.cells.find, self.cells.find(cell)
        while at >= 0:
            if at % width:
                at = find(cell, at + 1)
            else:
                yield at // width
                at = find(cell, at + width)

    def having(self, cell: bytes, places: Iterable[int]) -> list[int]:
        """Those of the places that have exactly this cell."""
        if self.ordered:
            return [place for place in places if self[place] == cell]
        number = int.from_bytes(cell, sys.byteorder)
        with memoryview(self.cells) as cells, cells.cast("Q") as numbers:
            return [place for place in places if numbers[place] == number]


class Rows:
    """One table: for every document its place, where its frame lies and how long it is, and its columns.

    `length` 0 is an empty place. Nothing here is written to the disk; app/pages.py does that.
    """

    def __init__(self, fields: Iterable[str]) -> None:
        self.ids = array("I")
        self.offsets = array("Q")
        self.lengths = array("I")
        self.columns = {str(field): Column(field) for field in fields}
        self.live = 0
        self.bytes = 0  # of the frames of live documents
        self._keys = {str(field): None for field in fields if isinstance(field, Key)}
        self._found: dict[str, Found] = {}  # of Key fields, made when first asked for
        self._tallies: dict[str, Counter[bytes]] = {}  # of other fields, likewise
        self._place: dict[int, int] | None = None  # needed only where the ids are not in order

    def __len__(self) -> int:
        return self.live

    def __iter__(self) -> Iterator[int]:
        """The ids, in the order in which their documents came."""
        lengths = self.lengths
        return (row for place, row in enumerate(self.ids) if lengths[place])

    def place(self, row: int) -> int | None:
        """Where a document stands; None when there is none of that id."""
        if self._place is not None:
            return self._place.get(row)
        place = bisect_left(self.ids, row)
        return place if place < len(self.ids) and self.ids[place] == row and self.lengths[place] else None

    @property
    def make(self) -> list[str]:
        """What the columns are, for whoever keeps them."""
        return [f"{name}:{column.width}" for name, column in self.columns.items()]

    @property
    def highest(self) -> int:
        """The highest id, 0 when there is no document."""
        return max(self, default=0) if self._place is not None else next(self._backwards(), 0)

    def put(self, row: int, offset: int, length: int, cells: Mapping[str, bytes]) -> tuple[int, "Entry"]:
        """A document came or was changed. Gives its place and what was there, for `restore`."""
        place = self.place(row)
        if place is None:
            return self._append(row, offset, length, cells), None
        before = self._entry(place)
        self._write(place, offset, length, cells)
        return place, before

    def remove(self, row: int) -> tuple[int, "Entry"] | None:
        """A document went. Gives its place and what was there, for `restore`."""
        place = self.place(row)
        if place is None:
            return None
        before = self._entry(place)
        self._clear(place)
        return place, before

    def restore(self, place: int, before: "Entry") -> None:
        """Takes a `put` or `remove` back; the last one first."""
        if before is None:
            self._clear(place)
            return
        offset, length, cells = before
        if not self.lengths[place]:
            self._revive(place)
        self._write(place, offset, length, cells)

    def fresh(self, place: int) -> bool:
        """Whether a document is not on the disk yet: the batch that it came in is still open."""
        return self.lengths[place] == UNWRITTEN[1]

    def lies(self, place: int, offset: int, length: int) -> None:
        """The document of a place is on the disk now, there."""
        self.bytes += length - self.lengths[place]
        self.offsets[place], self.lengths[place] = offset, length

    def find(self, field: str, cell: bytes) -> "list[int] | Iterator[int]":
        """The places that have that cell in an indexed field, in order: those of its value, and few others."""
        column = self.columns[field]
        return _places(self._by_key(field), cell) if field in self._keys else column.places(cell)

    def tally(self, field: str, cell: bytes) -> int:
        """How many documents `find` finds."""
        if field in self._keys:
            return len(_places(self._by_key(field), cell))
        if field not in self._tallies:
            cells = memoryview(self.columns[field].cells).cast("Q")
            self._tallies[field] = Counter({cell.to_bytes(KEY, "little"): n for cell, n in _count(cells).items()})
        return self._tallies[field][cell]

    def sparse(self) -> bool:
        """Whether most places are empty."""
        return len(self.ids) > _FEW and self.live * 2 < len(self.ids)

    def pack(self) -> None:
        """Gives up the empty places; places change by it."""
        kept = [place for place, length in enumerate(self.lengths) if length]
        for name in ("ids", "offsets", "lengths"):
            old = getattr(self, name)
            setattr(self, name, array(old.typecode, [old[place] for place in kept]))
        for column in self.columns.values():
            column.cells = bytearray(b"".join([column[place] for place in kept]))
        self._found, self._tallies = {}, {}
        self._place = None if _rising(self.ids, 0) else {row: place for place, row in enumerate(self.ids)}

    def extend(
        self, ids: "array[int]", offsets: "array[int]", lengths: "array[int]", cells: Mapping[str, bytes]
    ) -> bool:
        """Takes many new documents over at once, where their ids follow those that are there; else says no."""
        if self._place is not None or not _rising(ids, self.ids[-1] if self.ids else 0):
            return False
        self.ids += ids
        self.offsets += offsets
        self.lengths += lengths
        for name, column in self.columns.items():
            column.cells += cells[name]
        self.live += len(ids)
        self.bytes += sum(lengths)
        self._found, self._tallies = {}, {}
        return True

    def cells_of(self, row: Mapping[str, Any]) -> dict[str, bytes]:
        """What a document has in every column."""
        return {name: column.cell_of(row) for name, column in self.columns.items()}

    def _append(self, row: int, offset: int, length: int, cells: Mapping[str, bytes]) -> int:
        place = len(self.ids)
        if self._place is None and self.ids and row <= self.ids[-1]:
            self._place = {old: at for at, old in enumerate(self.ids) if self.lengths[at]}
        if self._place is not None:
            self._place[row] = place
        self.ids.append(row)
        self.offsets.append(offset)
        self.lengths.append(length)
        for name, column in self.columns.items():
            cell = cells[name]
            column.cells += cell
            if name in self._found and cell not in self._found[name] and cell != ABSENT:
                self._found[name][cell] = place
            else:
                self._noted(name, place, cell, 1)
        self.live += 1
        self.bytes += length
        return place

    def _write(self, place: int, offset: int, length: int, cells: Mapping[str, bytes]) -> None:
        self.bytes += length - self.lengths[place]
        self.offsets[place], self.lengths[place] = offset, length
        for name, column in self.columns.items():
            old = column[place]
            if old != cells[name]:
                self._noted(name, place, old, -1)
                column[place] = cells[name]
                self._noted(name, place, cells[name], 1)

    def _clear(self, place: int) -> None:
        if self._place is not None:
            del self._place[self.ids[place]]
        self.live -= 1
        self.bytes -= self.lengths[place]
        self.lengths[place] = 0
        for name, column in self.columns.items():
            self._noted(name, place, column[place], -1)
            column[place] = bytes(column.width)
            self._noted(name, place, column[place], 1)

    def _revive(self, place: int) -> None:
        self.live += 1
        if self._place is not None:
            self._place[self.ids[place]] = place

    def _entry(self, place: int) -> "Entry":
        return (
            self.offsets[place],
            self.lengths[place],
            {name: column[place] for name, column in self.columns.items()},
        )

    def _noted(self, name: str, place: int, cell: bytes, change: int) -> None:
        """Keeps what was made from a column true. `change` is 1 or -1."""
        if name in self._tallies:
            self._tallies[name][cell] += change
        elif name in self._found and cell != ABSENT:
            places = [place] if change > 0 else []
            places += [other for other in _places(self._found[name], cell) if other != place]
            _keep(self._found[name], cell, sorted(places))

    def _by_key(self, field: str) -> "Found":
        if field not in self._found:
            found: Found = {}
            cells = bytes(self.columns[field].cells)
            for place in range(len(self.ids)):
                cell = cells[place * KEY : place * KEY + KEY]
                if cell in found:
                    _keep(found, cell, [*_places(found, cell), place])
                elif cell != ABSENT:
                    found[cell] = place
            self._found[field] = found
        return self._found[field]

    def _backwards(self) -> Iterator[int]:
        return (self.ids[place] for place in range(len(self.ids) - 1, -1, -1) if self.lengths[place])


# The places of each cell of a Key field; one place, mostly, so it is not worth a list.
Found = dict[bytes, int | list[int]]
# What a place held before: offset, length and cells; None when the document was not there.
Entry = tuple[int, int, Mapping[str, bytes]] | None


def _places(found: Found, cell: bytes) -> list[int]:
    places = found.get(cell, [])
    return [places] if isinstance(places, int) else places


def _keep(found: Found, cell: bytes, places: list[int]) -> None:
    if places:
        found[cell] = places[0] if len(places) == 1 else places
    else:
        found.pop(cell, None)


def _count(cells: memoryview) -> Counter[int]:
    return Counter(cells.tolist())


def _rising(ids: "array[int]", above: int) -> bool:
    listed = ids.tolist()
    return not listed or (listed[0] > above and all(map(int.__lt__, listed, listed[1:])))
