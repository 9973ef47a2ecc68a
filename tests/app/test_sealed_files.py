"""Photos on the phone: sealed in pieces that cannot be read, exchanged, cut short or put under another name."""

import asyncio
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import sealed_files
from app.cipher import Tampered, make_cipher
from app.files import OrdinaryFolder
from app.sealed_files import PIECE
from tests.app.notebooks import CIPHER
from tests.app.simulated_disk import SimulatedDisk, run


def sealed(data: bytes, name: str = "photo-1") -> bytes:
    disk = SimulatedDisk()
    run(sealed_files.write(disk, CIPHER, name, data))
    return disk.stable[name]


def opened(data: bytes, name: str = "photo-1", cipher: Any = CIPHER) -> bytes:
    return run(sealed_files.open_sealed(cipher, name, data))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_is_opened_again_whatever_its_size(size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    kept = sealed(data)
    assert opened(kept) == data


def test_a_large_photo_needs_little_memory_beside_itself(tmp_path: Path) -> None:
    data = bytes(5_000_000)
    folder = OrdinaryFolder(tmp_path)
    asyncio.run(sealed_files.write(folder, CIPHER, "photo-0", b"once, for what is only loaded once"))
    tracemalloc.start()
    try:
        asyncio.run(sealed_files.write(folder, CIPHER, "photo-1", data))
        assert tracemalloc.get_traced_memory()[1] < 10 * PIECE
        tracemalloc.reset_peak()
        kept = (tmp_path / "photo-1").read_bytes()
        assert run(sealed_files.open_sealed(CIPHER, "photo-1", kept)) == data
        assert tracemalloc.get_traced_memory()[1] < len(kept) + len(data) + 20 * PIECE
    finally:
        tracemalloc.stop()


def test_nothing_of_a_photo_can_be_read_in_its_file() -> None:
    assert b"EXIFMARKER" not in sealed(b"EXIFMARKER" * 10_000)


@given(at=st.integers(0), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_one_flipped_bit_costs_one_piece_at_most_and_is_noticed(at: int, bit: int) -> None:
    kept = bytearray(SEALED)
    kept[at % len(kept)] ^= 1 << bit
    remains = run(sealed_files.open_remains(CIPHER, "photo-1", bytes(kept)))
    if at % len(kept) < 24:
        assert opened(bytes(kept)) == remains.data == PHOTO, "what the head says is known without it"
        return
    with pytest.raises(Tampered):
        opened(bytes(kept))
    (lost,) = remains.lost
    assert lost == (at % len(kept) - 24) // (PIECE + 28)
    assert len(remains.data) == len(PHOTO)
    assert remains.data[: lost * PIECE] == PHOTO[: lost * PIECE]
    assert remains.data[(lost + 1) * PIECE :] == PHOTO[(lost + 1) * PIECE :]
    assert not any(remains.data[lost * PIECE : (lost + 1) * PIECE])


PHOTO = b"a photo" * 20_000
SEALED = sealed(PHOTO)


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 2 * PIECE])
def test_a_lost_head_costs_nothing(size: int) -> None:
    data = b"x" * size
    kept = sealed(data)
    for head in (bytes(24), b"BEATPHOT" + b"\xff" * 16):
        if size:
            assert opened(head + kept[24:]) == data


def test_of_a_file_that_was_cut_short_the_whole_pieces_are_left() -> None:
    remains = run(sealed_files.open_remains(CIPHER, "photo-1", SEALED[: 24 + PIECE + 28 + 100]))
    assert (remains.lost, remains.pieces) == ((1, 2), 3)
    assert remains.data[:PIECE] == PHOTO[:PIECE]


@given(st.binary(max_size=300), st.booleans())
def test_of_bytes_that_were_never_sealed_nothing_is_left(data: bytes, begun: bool) -> None:
    data = SEALED[:24] + data if begun else data
    with pytest.raises(Tampered):
        run(sealed_files.open_remains(CIPHER, "photo-1", data))


def test_pieces_cannot_change_places_go_missing_or_move_to_another_name_or_key() -> None:
    kept = sealed(bytes(3 * PIECE))
    step = PIECE + 28
    head, one, two, three = kept[:24], kept[24 : 24 + step], kept[24 + step : 24 + 2 * step], kept[24 + 2 * step :]
    for other in (head + two + one + three, head + one + two, head + one + two + two, b"", head, kept + b"?"):
        with pytest.raises(Tampered):
            opened(other)
    with pytest.raises(Tampered):
        opened(kept, "photo-2")
    with pytest.raises(Tampered):
        opened(kept, cipher=make_cipher(bytes(32)))
