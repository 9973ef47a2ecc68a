"""Photos on the phone: sealed in pieces that cannot be read, exchanged, cut short or put under another name."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import sealed_files
from app.cipher import Tampered, make_cipher
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
    assert sealed_files.is_sealed(kept)
    assert opened(kept) == data


def test_nothing_of_a_photo_can_be_read_in_its_file() -> None:
    assert b"EXIFMARKER" not in sealed(b"EXIFMARKER" * 10_000)


@given(at=st.integers(0), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_one_flipped_bit_anywhere_is_noticed(at: int, bit: int) -> None:
    kept = bytearray(SEALED)
    kept[at % len(kept)] ^= 1 << bit
    with pytest.raises(Tampered):
        opened(bytes(kept))


SEALED = sealed(b"a photo" * 20_000)


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
