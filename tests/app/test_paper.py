"""The PDF of a record, read back with the reader that desktops have."""

import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from app.ink import png_of
from app.paper import NotAPicture, Paper, measure
from app.typeface import BOLD, GROUPS, REGULAR, Face, NoTypeface, Typeface, file_name, make_reader, typefaces
from tests.app.papers import images_of, roboto, words_of
from tests.app.simulated_disk import run

NOW = datetime(2026, 11, 24, 8, 0)


def paper(text: str = "") -> Paper:
    regular, bold = run(typefaces(text + "Page 0123456789", roboto))
    return Paper(regular, bold, "A record", "en")


@pytest.mark.parametrize(
    "text",
    [
        "Puerta trabada · ¿Qué ocurrió? ¡Señor Núñez! “gimnasio”",
        "Nguyễn Thị Hạnh and Đặng Văn Ước",
        "Łukasz Żółć, Dvořák, Ağaoğlu, Ştefan",
        "Γιώργος Παπαδόπουλος",
        "Борщ Щукин Ґалаґан",
        "5 €, ½, ≤ 280",
    ],
)
def test_letters_of_many_languages_are_printed_and_can_be_copied(text: str, tmp_path: Path) -> None:
    page = paper(text)
    page.text(text)
    page.text(text, bold=True)
    said = words_of(page.finish(["Page {page} of {pages}"], NOW), tmp_path)
    assert said.count(text) == 2
    assert "Page 1 of 1" in said


def test_a_letter_that_the_app_has_not_is_a_question_mark_and_is_told(tmp_path: Path) -> None:
    regular, bold = run(typefaces("a 日 b", roboto))
    page = Paper(regular, bold, "A record", "en")
    page.text("a 日 b")
    assert regular.missing == {"日"}
    assert "a" in words_of(page.finish([], NOW), tmp_path)


def test_long_text_is_broken_into_lines_and_pages_and_nothing_is_lost(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(3000)]
    page = paper("word")
    page.text(" ".join(words))
    page.text("x" * 700)
    page.text("one\n\ntwo")
    data = page.finish(["Page {page} of {pages}"], NOW)
    assert page.pages > 3
    said = words_of(data, tmp_path, "-raw")
    assert re.findall(r"word\d+", said) == words
    assert said.count("x") == 700
    assert f"Page {page.pages} of {page.pages}" in said
    for word in words_of(data, tmp_path, "-bbox").splitlines():
        if found := re.search(r'xMin="([\d.]+)".*xMax="([\d.]+)"', word):
            assert 50 < float(found[1]) <= float(found[2]) < 560


def test_only_the_letters_that_are_used_make_the_file_large() -> None:
    page = paper("Plain words")
    page.text("Plain words")
    assert len(page.finish([], NOW)) < 40_000


def test_a_mark_stands_on_every_page_and_hides_nothing(tmp_path: Path) -> None:
    page = paper("PRACTICE Words")
    page.text("\n".join(["Words"] * 80))
    said = words_of(page.finish([], NOW, "PRACTICE"), tmp_path)
    assert page.pages == 2
    assert said.count("Words") == 80
    marked = words_of(paper("PRACTICE").finish([], NOW, "PRACTICE"), tmp_path)
    assert sorted("".join(marked.split())) == sorted("PRACTICE"), "the reader takes a slanted word apart"


@pytest.mark.parametrize(("mode", "colors"), [("RGB", 3), ("L", 1), ("CMYK", 4)])
def test_a_photo_is_put_in_as_it_is(mode: str, colors: int, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new(mode, (640, 480)).save(out, "JPEG")
    assert measure(out.getvalue()) == (640, 480, colors)
    page = paper()
    page.photo(out.getvalue())
    data = page.finish([], NOW)
    assert out.getvalue() in data
    assert re.search(r"image\s+640\s+480", images_of(data, tmp_path))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\x89PNG\r\n", b"\xff\xd8\xff\xc0\0\4", bytes(100)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        measure(data)


def test_a_signature_is_put_in_with_every_stroke(tmp_path: Path) -> None:
    page = paper()
    page.photo(png_of([[(10, 10), (110, 60)]], 200, 100))
    assert re.search(r"image\s+600\s+300\s+gray", images_of(page.finish([], NOW), tmp_path))


@pytest.mark.parametrize("mode", ["RGBA", "P", "1"])
def test_a_png_that_a_pdf_does_not_take_as_it_is_is_refused(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (9, 9)).save(out, "PNG")
    for data in (out.getvalue(), out.getvalue()[:20]):
        with pytest.raises(NotAPicture):
            paper().photo(data)


def test_every_file_of_the_font_can_be_read() -> None:
    for group in GROUPS:
        for weight in (REGULAR, BOLD):
            face = Face(group, run(roboto(file_name(group, weight))))
            assert face.truetype()[:4] == b"\0\1\0\0"


def test_a_file_that_is_no_font_says_so() -> None:
    for data in (b"", b"wOFF", b"OTTO" + bytes(100), b"wOFF" + bytes(60)):
        with pytest.raises(NoTypeface):
            Face("nothing", data)


def test_a_desktop_has_no_fonts_and_says_so() -> None:
    with pytest.raises(NoTypeface):
        run(typefaces("a", make_reader()))


def test_a_text_is_as_wide_as_its_letters() -> None:
    regular, _ = run(typefaces("abc", roboto))
    assert isinstance(regular, Typeface)
    assert regular.width("abc") == sum(regular.width(letter) for letter in "abc")
    assert 400 < regular.width("a") < 700, "in thousandths of the size"
