"""What the officer set on this phone."""

from pathlib import Path

import pytest

from app.files import OrdinaryFolder
from app.settings import FILE, Settings, keep_settings, read_settings

pytestmark = pytest.mark.anyio


async def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    await keep_settings(OrdinaryFolder(tmp_path), Settings("es", "sunlight"))
    assert await read_settings(OrdinaryFolder(tmp_path)) == Settings("es", "sunlight")


@pytest.mark.parametrize("content", [None, b"", b"\0\0\0", b"[]", b'"es"', b'{"language": 5, "look": null}', b"{"])
async def test_settings_that_cannot_be_read_are_the_usual_ones(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert await read_settings(OrdinaryFolder(tmp_path)) == Settings()
