"""What the officer set on this phone."""

from pathlib import Path

import pytest

from app.files import OrdinaryFolder
from app.settings import FILE, Settings, keep_settings, read_settings

pytestmark = pytest.mark.anyio


async def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    settings = Settings("es", "sunlight", lock_minutes=15, letters=True)
    await keep_settings(OrdinaryFolder(tmp_path), settings)
    assert await read_settings(OrdinaryFolder(tmp_path)) == settings


@pytest.mark.parametrize("minutes", ["0", "-1", "31", "999999", "1e9", "null", "true", '"5"', "[5]", "2.5"])
async def test_nobody_can_keep_the_notebook_open_for_longer_than_half_an_hour(tmp_path: Path, minutes: str) -> None:
    (tmp_path / FILE).write_text(f'{{"lock_minutes": {minutes}, "letters": 1}}')
    assert await read_settings(OrdinaryFolder(tmp_path)) == Settings()


@pytest.mark.parametrize("content", [None, b"", b"\0\0\0", b"[]", b'"es"', b'{"language": 5, "look": null}', b"{"])
async def test_settings_that_cannot_be_read_are_the_usual_ones(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert await read_settings(OrdinaryFolder(tmp_path)) == Settings()
