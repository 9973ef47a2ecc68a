"""A record's file is read back as it was packed, and whatever else it is, it is refused in words."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attachments import MOST_BYTES
from app.ids import sha256
from app.parcel import NotAParcel, pack, unpack

PHOTO = b"a photo"


@given(st.binary(), st.lists(st.binary(max_size=100), max_size=4))
def test_it_is_read_back_as_it_was_packed(lines: bytes, photos: list[bytes]) -> None:
    named = {sha256(photo): photo for photo in photos}
    assert unpack(pack(lines, named)) == (lines, named)


@given(st.data())
def test_a_changed_byte_is_never_taken_for_the_record(data: st.DataObject) -> None:
    whole = bytearray(pack(b"a line", {sha256(PHOTO): PHOTO}))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        lines, photos = unpack(bytes(whole))
    except NotAParcel:
        return
    assert lines == b"a line"
    assert photos in ({sha256(PHOTO): PHOTO}, {}), "its name may be one of no photo"


def test_no_changed_byte_is_more_than_a_refusal() -> None:
    whole = pack(b"a line", {sha256(PHOTO): PHOTO})
    for at, byte in enumerate(whole):
        for bit in range(8):
            with contextlib.suppress(NotAParcel):
                assert unpack(whole[:at] + bytes([byte ^ 1 << bit]) + whole[at + 1 :])[0] == b"a line"


@given(st.binary(max_size=200))
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(NotAParcel):
        unpack(data)


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("record.jsonl", b"a line")
        file.writestr(f"photos/{'a' * 64}", bytes(MOST_BYTES + 1))
    with pytest.raises(NotAParcel, match="larger than a phone writes"):
        unpack(out.getvalue())


def test_a_photo_that_is_not_what_its_name_says_is_named() -> None:
    with pytest.raises(NotAParcel, match="The photo aaaaaaaaaaaa"):
        unpack(pack(b"a line", {"a" * 64: PHOTO}))
