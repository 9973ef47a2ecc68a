"""Photos at the district's door and in its folder."""

import fcntl
import io
import os
import struct
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.ids import sha256
from server import pieces, places
from server.blobs import BlobError, Blobs, open_blobs
from server.changes import set_active, set_place_photo
from server.tables import Blob, Place
from sync.protocol import API, AT_HEADER, MAX_BLOB_BYTES, Code
from tests.server.conftest import Home
from tests.server.phones import Phone, picture


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def head(phone: Phone, name: str) -> int:
    return phone.client.head(f"{API}/blobs/{name}", headers=phone.headers).status_code


def pixel_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 20,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_photo_comes_in_and_goes_out_as_it_was(home: Home, phone: Phone, kind: str, mime: str) -> None:
    data = picture(kind)
    name = sha256(data)
    phone.name_photo(data, mime)
    assert head(phone, name) == 404
    assert phone.put_photo(data).status_code == 201
    assert phone.put_photo(data).status_code == 200
    assert head(phone, name) == 200
    answer = phone.get(f"/blobs/{name}")
    assert (answer.content, answer.headers["Content-Type"]) == (data, mime)
    assert "immutable" in answer.headers["Cache-Control"]
    with home.database.reading() as session:
        kept = session.get(Blob, name)
        assert kept
        assert (kept.mime, kept.bytes, kept.device) == (mime, len(data), phone.device)


@pytest.mark.parametrize("size", [(1, 1), (7, 3000), (4000, 5)])
def test_a_photo_may_be_narrow(phone: Phone, size: tuple[int, int]) -> None:
    phone.name_photo(picture(size=size))
    assert phone.put_photo(picture(size=size)).status_code == 201


def test_a_photo_is_given_only_to_officers_of_a_school_whose_record_names_it(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    data = picture()
    both = new_phone(home.both, home.other_school)
    both.name_photo(data)
    assert code(both.get(f"/blobs/{sha256(data)}")) == (404, Code.NOT_FOUND)
    both.put_photo(data)
    assert both.get(f"/blobs/{sha256(data)}").status_code == 200
    assert code(phone.get(f"/blobs/{sha256(data)}")) == (404, Code.NOT_FOUND)


def test_a_places_photo_is_given_to_the_officers_of_its_school_while_it_is_in_use(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    data, both = picture(), new_phone(home.both, home.other_school)
    with open_blobs(home.settings).receive() as incoming:
        incoming.write(data)
        incoming.keep(sha256(data))
    with home.database.writing() as session:
        there = places.add_place(session, home.other_school, "Stage door")
        set_place_photo(session, there, sha256(data), who="test")
    assert both.get("/setup").json()["places"][-1]["photo"] == sha256(data)
    given = both.get(f"/blobs/{sha256(data)}")
    assert (given.content, given.headers["Content-Type"]) == (data, "image/jpeg")
    assert code(phone.get(f"/blobs/{sha256(data)}")) == (404, Code.NOT_FOUND)
    with home.database.writing() as session:
        set_active(session, session.get_one(Place, there.id), False, who="test")
    assert code(both.get(f"/blobs/{sha256(data)}")) == (404, Code.NOT_FOUND)


def test_the_last_piece_that_comes_several_times_at_once_makes_one_whole_photo(tmp_path: Path) -> None:
    blobs, together = Blobs(tmp_path), threading.Barrier(4)
    pictures = [picture(size=(40, 40 + number)) for number in range(60)]

    def send_last(data: bytes) -> bool:
        """Whether it was told that it is all there."""
        name, half = sha256(data), len(data) // 2
        together.wait()
        if blobs.add(name, "a phone", half, data[half:], len(data)) < len(data) and not blobs.has(name):
            return False
        assert blobs.complete(name, "a phone", "image/jpeg") == ("image/jpeg", len(data))
        return True

    with ThreadPoolExecutor(4) as requests:
        for data in pictures:
            half = len(data) // 2
            assert blobs.add(sha256(data), "a phone", 0, data[:half], len(data)) == half
            assert any(requests.map(send_last, [data] * 4))
            assert blobs.read(sha256(data)) == data
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets another request do something between opening the file of pieces and having it locked."""

    def comes(does: Callable[[], object]) -> None:
        todo = [does]

        def late(file: int, how: int) -> None:
            if todo:
                todo.pop()()
            flock(file, how)

        monkeypatch.setattr("server.pieces.fcntl.flock", late)

    flock = fcntl.flock
    return comes


def test_a_piece_that_comes_when_its_file_has_just_been_kept_touches_nothing(
    tmp_path: Path, twin: Callable[[Callable[[], object]], None]
) -> None:
    part, kept = tmp_path / "part", tmp_path / "kept"
    part.write_bytes(b"half")
    twin(lambda: part.rename(kept))
    assert pieces.add(part, 4, b"more", 8) == 0
    assert (kept.read_bytes(), part.exists()) == (b"half", False)


def test_an_empty_file_of_a_twin_never_takes_the_place_of_one_that_is_kept(
    tmp_path: Path, twin: Callable[[Callable[[], object]], None]
) -> None:
    blobs, data = Blobs(tmp_path), b"%PDF-1.7 a letter"
    name = sha256(data)
    blobs.add(name, "a phone", 0, data, len(data))
    part, place = blobs._part(name, "a phone"), blobs.path(name)

    def keeps_it_and_begins_anew() -> None:
        place.parent.mkdir()
        part.rename(place)
        part.touch()

    twin(keeps_it_and_begins_anew)
    with pytest.raises(BlobError):
        blobs.complete(name, "a phone", "application/pdf")
    assert blobs.read(name) == data


@pytest.mark.parametrize("piece", [None, 100, 10_000_000])
def test_a_photo_that_no_record_names_is_not_kept(home: Home, phone: Phone, piece: int | None) -> None:
    data = picture()
    answer = send(phone, data, 0, piece) if piece else phone.put_photo(data)
    assert code(answer) == (404, Code.NOT_FOUND)
    assert (head(phone, sha256(data)), there(phone, sha256(data))) == (404, "0")
    assert [path for path in home.settings.data.rglob("*") if path.name.endswith(sha256(data))] == []


def test_a_photo_that_is_not_its_name_is_refused(phone: Phone) -> None:
    assert code(phone.put_photo(picture(), name="0" * 64)) == (422, Code.BLOB_HASH_MISMATCH)
    assert head(phone, "0" * 64) == 404


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture()[:-300],
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        moving(),
        pixel_bomb(),
    ],
    ids=["empty", "text", "svg", "cut", "gif", "bmp", "tiff", "moving", "bomb"],
)
def test_what_is_no_still_photo_is_refused_and_not_kept(home: Home, phone: Phone, data: bytes) -> None:
    assert code(phone.put_photo(data)) == (422, Code.NOT_AN_IMAGE)
    assert head(phone, sha256(data)) == 404
    assert [path for path in home.settings.blobs_path.rglob("*") if path.is_file()] == []


def test_a_photo_that_is_too_big_is_refused(home: Home, phone: Phone) -> None:
    assert code(phone.put_photo(b"\xff\xd8" * (MAX_BLOB_BYTES // 2 + 1))) == (413, Code.TOO_BIG)
    assert [path for path in home.settings.blobs_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["xyz", "A" * 64, "0" * 63, "..%2f..%2fsecret.key", "0" * 65])
def test_a_name_that_is_no_hash_reaches_no_file(phone: Phone, name: str) -> None:
    assert code(phone.get(f"/blobs/{name}"))[0] in (400, 404)
    assert phone.put_photo(picture(), name=name).status_code in (400, 404, 405)


def send(phone: Phone, data: bytes, at: int, most: int, name: str = "", size: int = 0) -> httpx.Response:
    address = f"{API}/blobs/{name or sha256(data)}?at={at}&size={size or len(data)}"
    return phone.client.put(
        address, content=data[at : at + most], headers={**phone.headers, "Content-Type": "image/jpeg"}
    )


def there(phone: Phone, name: str) -> str | None:
    at: str | None = phone.client.head(f"{API}/blobs/{name}", headers=phone.headers).headers.get(AT_HEADER)
    return at


def test_a_photo_comes_in_piece_by_piece_and_goes_on_where_it_was(home: Home, phone: Phone) -> None:
    data = picture(size=(400, 300))
    name = sha256(data)
    phone.name_photo(data)
    first = send(phone, data, 0, 1000)
    assert (first.status_code, first.json()) == (202, {"name": name, "at": 1000})
    assert there(phone, name) == "1000"
    for late in (0, 2000):  # again, and one whose turn it is not
        assert send(phone, data, late, 500).json()["at"] == 1000
    assert send(phone, data, 1000, 10_000_000).status_code == 201
    assert (there(phone, name), head(phone, name)) == (None, 200)
    assert send(phone, data, 0, 1000).status_code == 200, "it is here already"
    assert list(home.settings.data.rglob("part-*")) == []


def test_pieces_that_are_not_what_their_name_says_are_forgotten(home: Home, phone: Phone) -> None:
    data = picture()
    for named in (b"other", b"no picture"):
        phone.name_photo(named)
    assert code(send(phone, data, 0, 10_000, name=sha256(b"other"))) == (422, Code.BLOB_HASH_MISMATCH)
    assert code(send(phone, b"no picture", 0, 10_000)) == (422, Code.NOT_AN_IMAGE)
    assert there(phone, sha256(b"other")) == "0"
    assert list(home.settings.data.rglob("part-*")) == []


def test_nobody_can_spoil_what_another_phone_sends_in_pieces(phone: Phone, new_phone: Callable[..., Phone]) -> None:
    data = picture(size=(400, 300))
    other = new_phone()
    phone.name_photo(data)
    send(other, b"x" * len(data), 0, 1000, name=sha256(data))
    assert there(phone, sha256(data)) == "0"
    send(phone, data, 0, 1000)
    assert send(phone, data, 1000, len(data)).status_code == 201


@pytest.mark.parametrize("query", ["at=-1&size=5", "at=0&size=99999999", "at=0", "at=0&size=0", "at=x", f"at={10**30}"])
def test_a_piece_of_nothing_that_can_be_is_refused(phone: Phone, query: str) -> None:
    answer = phone.client.put(f"{API}/blobs/{sha256(b'a')}?{query}", content=b"a", headers=phone.headers)
    assert code(answer) == (400, Code.BAD_REQUEST)


def test_what_a_killed_server_left_behind_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    blobs = Blobs(folder)
    half = folder / "incoming" / "half"
    half.write_bytes(b"half a photo")
    long_ago = time.time() - 2 * 3600
    os.utime(half, (long_ago, long_ago))
    blobs.sweep()
    assert list((folder / "incoming").iterdir()) == []


def test_a_second_server_that_starts_on_the_same_data_leaves_what_the_first_is_getting(tmp_path: Path) -> None:
    data = picture()
    with Blobs(tmp_path).receive() as incoming:
        incoming.write(data[:100])
        Blobs(tmp_path).sweep()
        incoming.write(data[100:])
        incoming.keep(sha256(data))
    assert Blobs(tmp_path).has(sha256(data))


def test_a_photo_that_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    with blobs.receive() as incoming:
        incoming.write(picture())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_recording_comes_in_and_is_only_ever_handed_on(phone: Phone) -> None:
    data = b"OggS\0 a voice"
    assert code(phone.put_photo(data)) == (422, "not_an_image"), "what is sent as a picture must be one"
    phone.name_photo(data)
    assert phone.put_photo(data, mime="audio/ogg").status_code == 201
    answer = phone.get(f"/blobs/{sha256(data)}")
    assert (answer.content, answer.headers["Content-Type"]) == (data, "audio/ogg")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_what_a_file_is_said_to_be_changes_nothing_of_what_it_is(phone: Phone) -> None:
    for data, told in ((b"<script>alert(1)</script>", "text/plain; charset=utf-8"), (picture("PNG"), "image/png")):
        phone.name_photo(data)
        assert phone.put_photo(data, mime="text/html").status_code == 201
        answer = phone.get(f"/blobs/{sha256(data)}")
        assert answer.headers["Content-Type"] == told
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_picture_is_kept_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    good = bytearray(picture(data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    blobs, name = Blobs(tmp_path), sha256(bytes(good))
    with blobs.receive() as incoming:
        incoming.write(bytes(good))
        refused = None
        try:
            incoming.keep(name)
        except BlobError as error:
            refused = error.code
    if refused is None:
        assert blobs.path(name).read_bytes() == bytes(good)
    else:
        assert refused == Code.NOT_AN_IMAGE
        assert not blobs.has(name)
