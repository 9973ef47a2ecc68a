"""Pictures of labels: taken from beside the form, made small, carried inside of it, and nothing but pictures."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.form_json import MOST_PICTURE_BYTES, FormError
from app.forms import Form
from server.publish.forms import FormMistake, publish
from server.publish.pictures import MOST_SIDE
from tests.app.formkit import small_json

FORM = """
| survey |
| | type | name | label::English (en) | label::Español (es) | {columns} |
| | note | map | The map | El mapa | {files} |
| | text | where | Where on it | Dónde | |

| settings |
| | form_title | translated_title::Español (es) | form_id | default_language | record_class | role | goal | icon |
| | Map | Mapa | map | English (en) | public | community | collaboration | map |
"""


def written(folder: Path, columns: str = "media::image", files: str = "map.png") -> Path:
    path = folder / "map.md"
    path.write_text(FORM.format(columns=columns, files=files), encoding="utf-8")
    return path


def drawing(folder: Path, name: str = "map.png", size: tuple[int, int] = (2400, 1200)) -> None:
    picture = Image.new("RGBA", size, "white")
    picture.paste((200, 0, 0, 255), (100, 100, 900, 700))
    picture.save(folder / name, exif=b"")


def test_a_picture_beside_the_form_travels_in_it_made_small(tmp_path: Path) -> None:
    drawing(tmp_path)
    form = Form.parse(publish(written(tmp_path)))
    field = form.fields[0]
    picture = form.picture(field, "es")
    assert picture
    assert form.picture(form.fields[1], "es") is None
    with Image.open(io.BytesIO(picture)) as opened:
        assert (opened.format, opened.size) == ("PNG", (MOST_SIDE, MOST_SIDE // 2))


def test_each_language_may_have_its_own_and_another_s_serves_where_it_has_none(tmp_path: Path) -> None:
    drawing(tmp_path)
    drawing(tmp_path, "mapa.png", (300, 300))
    both = Form.parse(publish(written(tmp_path, "image::English (en) | image::Español (es)", "map.png | mapa.png")))
    assert both.picture(both.fields[0], "en") != both.picture(both.fields[0], "es")
    one = Form.parse(publish(written(tmp_path, "image::English (en)", "map.png")))
    assert one.picture(one.fields[0], "en") == one.picture(one.fields[0], "es")


def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    photo = Image.linear_gradient("L").resize((1800, 1800)).convert("RGB")
    photo.save(tmp_path / "map.jpg", exif=exif, quality=100)
    form = Form.parse(publish(written(tmp_path, files="map.jpg")))
    picture = form.picture(form.fields[0], "en")
    assert picture
    assert len(picture) <= MOST_PICTURE_BYTES
    assert b"Maker of cameras" not in picture


def test_a_picture_that_stays_too_large_is_a_mistake(tmp_path: Path) -> None:
    Image.effect_noise((1800, 1800), 120).save(tmp_path / "map.png")
    with pytest.raises(FormMistake, match="kB, even made smaller"):
        publish(written(tmp_path))


@pytest.mark.parametrize(
    ("file", "reason"),
    [("gone.png", "no picture gone.png beside"), ("../map.png", "no picture ../map.png"), ("evil.png", "is no JPEG")],
)
def test_what_is_no_picture_beside_the_form_is_a_mistake_in_its_row(tmp_path: Path, file: str, reason: str) -> None:
    inside = tmp_path / "forms"
    inside.mkdir()
    drawing(tmp_path)
    (inside / "evil.png").write_bytes(b"<svg onload='alert(1)'/>")
    with pytest.raises(FormMistake) as refused:
        publish(written(inside, files=file))
    (mistake,) = refused.value.mistakes
    assert (mistake.row, mistake.column) == (4, "media::image")
    assert reason in mistake.reason


def test_the_pictures_of_one_form_have_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(tmp_path)
    monkeypatch.setattr("server.publish.pictures.MOST_PICTURES_BYTES", 100)
    with pytest.raises(FormMistake, match="together"):
        publish(written(tmp_path))


@pytest.mark.parametrize(
    ("pictures", "picture", "reason"),
    [
        ({"a": "!"}, {"en": "a"}, "cannot be read"),
        ({"a": "PHN2Zz4="}, {"en": "a"}, "is none"),
        ({}, {"en": "a"}, "not in the form"),
        ([], {"en": "a"}, "bad pictures"),
    ],
)
def test_a_phone_takes_no_picture_that_is_none(pictures: Any, picture: Any, reason: str) -> None:
    with pytest.raises(FormError, match=reason):
        Form.parse(small_json({"name": "a", "picture": picture}, pictures=pictures))
