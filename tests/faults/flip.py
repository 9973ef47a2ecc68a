"""One bit flipped anywhere in a notebook of a thousand records: at most one is lost, and then it is named.

Of a photo it is at most one piece.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, lru_cache

from app import sealed_files
from app.cipher import NativeCipher, Tampered
from app.frames import table_number
from app.store import Store
from tests.app.journals import flipped
from tests.app.simulated_disk import SimulatedDisk, run
from tests.bench.figures import Figure, tell
from tests.faults.life import CIPHER, INDEXES, KEY, document, picture
from tests.faults.runs import Outcome, figures, spread

NAME = "flip"
FLIPS = 100_000
RECORDS = 1_000
_AT_ONCE = 50
_MENDED = 20  # every so many-th store is mended and opened again, too
_PHOTO = "photo-1"
_PHOTO_SIZE = 100_000


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The flips after which something was silently wrong, or more was lost than one record."""
    tell(f"flip: one bit in a notebook of {RECORDS} records and a photo")
    enough = round(FLIPS * share)
    yield from figures(NAME, "flips-wrong", spread(work, range(-(-enough // _AT_ONCE)), enough), FLIPS)


def work(seed: int) -> Outcome:
    """Some flips, each in a store of its own."""
    outcome = Outcome()
    for number in range(seed * _AT_ONCE, (seed + 1) * _AT_ONCE):
        outcome.runs += 1
        name, place, bit = _where(random.Random(number))  # noqa: S311  # a die, not a key
        try:
            flip(name, place, bit, mended=number % _MENDED == 0)
        except Exception as error:
            outcome.wrong.append(f"flip {number}, bit {bit} of byte {place} of {name}: {error!r}")
    return outcome


def flip(name: str, place: int, bit: int, mended: bool) -> None:
    """Flips that bit and makes sure of what is left."""
    disk = SimulatedDisk()
    for other, data in _files().items():
        disk.stable[other] = data
    data = disk.stable[name] = flipped(disk.stable[name], place, bit)
    if name == _PHOTO:
        _check_photo(data)
    store = run(Store.open(disk, _Remembering(KEY), INDEXES))
    whole, left = store.report.whole, _texts(store)
    expected = _expected()
    assert left.items() <= expected.items(), "a record is silently another"
    missing = expected.keys() - left.keys()
    named = {(lost.table, lost.row) for lost in (*store.report.lost, *store.lost)}
    assert len(missing) <= 1, f"{len(missing)} are lost"
    assert named == {(table_number("records"), row) for row in missing}, f"{named} are named, {missing} are lost"
    assert whole or any(kept == data for other, kept in disk.stable.items() if other.startswith("damaged"))
    if mended:
        run(store.tidy())
        store.close()
        store = run(Store.open(disk, _Remembering(KEY), INDEXES))
        assert store.report.whole, "it is not mended"
        assert _texts(store) == left, "mending lost something"
        assert not store.lost
    store.close()


def _check_photo(data: bytes) -> None:
    true = picture(1, _PHOTO_SIZE)
    with suppress(Tampered):
        assert run(sealed_files.open_sealed(CIPHER, _PHOTO, data)) == true, "a photo is silently another"
    remains = run(sealed_files.open_remains(CIPHER, _PHOTO, data))
    assert len(remains.lost) <= 1, f"{len(remains.lost)} pieces of a photo are lost"
    for number, at in enumerate(range(0, _PHOTO_SIZE, sealed_files.PIECE)):
        piece = slice(at, at + sealed_files.PIECE)
        assert number in remains.lost or remains.data[piece] == true[piece], "a piece of a photo is silently another"


def _texts(store: Store) -> dict[int, bytes]:
    """Every record as JSON."""
    storage = store._journal_storage
    rows = list(storage.rows("records"))
    return {row: text for row in rows if (text := storage.text("records", row)) is not None}


def _where(chance: random.Random) -> tuple[str, int, int]:
    files = {name: len(data) for name, data in _files().items() if data}
    name = chance.choices(list(files), list(files.values()))[0]
    return name, chance.randrange(files[name]), chance.randrange(8)


@cache
def _files() -> dict[str, bytes]:
    """The notebook before it is damaged."""
    disk = SimulatedDisk()
    store = run(Store.open(disk, CIPHER, INDEXES))
    for number in range(RECORDS):
        store.table("records").insert(document(number, number % 300))
    run(disk.write(_PHOTO, sealed_files.seal(CIPHER, _PHOTO, picture(1, _PHOTO_SIZE))))
    store.close()
    return {name: disk.content(name) for name in disk.stable}


@cache
def _expected() -> dict[int, bytes]:
    disk = SimulatedDisk()
    for name, data in _files().items():
        disk.stable[name] = data
    store = run(Store.open(disk, CIPHER, INDEXES))
    texts = _texts(store)
    assert len(texts) == RECORDS
    return texts


class _Remembering(NativeCipher):
    """The real cipher; what it opened once and is whole, it need not open again soon."""

    def open(self, sealed: bytes, about: bytes) -> bytes:
        return _opened(sealed, about)


@lru_cache(maxsize=4 * RECORDS)
def _opened(sealed: bytes, about: bytes) -> bytes:
    return CIPHER.open(sealed, about)
