"""What a file is, by its bytes; and what a finger drew, as a picture."""

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.attachments import ANY, FILES, MOST_BYTES, NotThisFile, check_file, mime_of, plain_name
from app.ink import WIDTH, png_of


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * 80)
    return out.getvalue()


def drawn(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [
        (drawn("JPEG"), "a.txt", "image/jpeg"),
        (drawn("PNG"), "", "image/png"),
        (drawn("WEBP"), "", "image/webp"),
        (wav(), "a.pdf", "audio/wav"),
        (b"%PDF-1.7 ...", "", "application/pdf"),
        (b"ID3\x04", "", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "", "audio/aac"),
        (b"OggS\0", "", "audio/ogg"),
        (b"\0\0\0\x20ftypM4A \0", "", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0", "film.mp4", ANY),
        (b"\0\0\0\x20ftypisom\0", "voice.m4a", "audio/mp4"),
        (b"a,b\n1,2\n", "list.CSV", "text/csv"),
        ("año\n".encode(), "list.exe", "text/plain"),
        (b"<script>alert(1)</script>", "page.html", "text/plain"),
        (b"MZ\x90\0\x03", "setup.exe", ANY),
        (b"PK\x03\x04\0", "letter.docx", ANY),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, mime: str) -> None:
    assert mime_of(data, name) == mime


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_the_bytes_and_the_name_are_there_is_an_answer(data: bytes, name: str) -> None:
    assert mime_of(data, name) in FILES
    kept = plain_name(name)
    assert "/" not in kept
    assert kept.isprintable()


def test_what_a_recorder_made_is_sound_and_anything_else_is_not() -> None:
    assert check_file(b"\0\0\0\x20ftypmp42\0", "a.mp4", sound=True) == "audio/mp4"
    for data, reason in ((b"", "empty"), (b"x" * (MOST_BYTES + 1), "large"), (b"%PDF-1.7", "kind")):
        with pytest.raises(NotThisFile) as refused:
            check_file(data, "a", sound=True)
        assert refused.value.reason == reason


def test_a_stroke_is_black_where_the_finger_was_and_white_elsewhere() -> None:
    picture = Image.open(io.BytesIO(png_of([[(10, 10), (110, 60)]], 200, 100)))
    assert picture.size == (WIDTH, WIDTH // 2)
    scale = WIDTH / 200
    for x, y in ((10, 10), (60, 35), (110, 60)):
        assert picture.getpixel((round(x * scale), round(y * scale))) == 0
    assert picture.getpixel((round(60 * scale), round(60 * scale))) == 255


@given(st.lists(st.lists(st.tuples(st.floats(-500, 900), st.floats(-500, 900)), max_size=5), max_size=3))
def test_a_finger_that_leaves_the_paper_draws_nothing_outside(strokes: list[list[tuple[float, float]]]) -> None:
    with Image.open(io.BytesIO(png_of(strokes, 300, 20))) as picture:
        assert picture.size == (WIDTH, 40)
        picture.load()


def test_a_tap_is_a_dot() -> None:
    assert Image.open(io.BytesIO(png_of([[(50, 50)]], 100, 100))).getextrema() == (0, 255)
