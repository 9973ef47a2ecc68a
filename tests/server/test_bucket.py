"""Photos in an object store: what is its own there. Everything else is tested on both kinds (test_blobs.py)."""

from pathlib import Path

import pytest

from app.ids import sha256
from server.blobs import Blobs, open_blobs
from server.settings import SettingError, Settings
from tests.server.phones import picture
from tests.store import FakeStore


def keep(blobs: Blobs, data: bytes) -> str:
    with blobs.receive() as incoming:
        incoming.write(data)
        incoming.keep(sha256(data))
    return sha256(data)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def servers(tmp_path: Path, url: str) -> tuple[Blobs, Blobs]:
    """Two servers that share nothing but the store."""
    one, two = (open_blobs(Settings(data=tmp_path / name, blobs_url=url)) for name in ("one", "two"))
    return one, two


def test_a_photo_that_one_server_took_in_another_gives_out(tmp_path: Path, bucket: str) -> None:
    one, two = servers(tmp_path, bucket)
    name = keep(one, picture())
    assert files(tmp_path) == [], "the store has it, not the server"
    assert two.has(name)
    assert two.path(name).read_bytes() == picture()
    assert two.path(name) in files(tmp_path / "two")


def test_what_was_removed_at_one_server_is_gone_at_the_other_with_its_copy(tmp_path: Path, bucket: str) -> None:
    one, two = servers(tmp_path, bucket)
    name = keep(one, picture())
    two.path(name)
    one.remove(name)
    one.remove(name)
    assert not two.has(name)
    assert files(tmp_path) == []


def test_a_photo_that_was_damaged_in_the_store_is_not_given_out(tmp_path: Path, bucket: str, store: FakeStore) -> None:
    one, _ = servers(tmp_path, bucket)
    name = keep(one, picture())
    store.write(bucket, f"{name[:2]}/{name}", b"something else")
    with pytest.raises(OSError, match="damaged"):
        one.path(name)
    assert files(tmp_path) == []


def test_a_store_that_does_not_answer_is_a_sentence_that_quotes_no_secret(tmp_path: Path, bucket: str) -> None:
    gone = bucket.replace("s3://", "s3://no-such-bucket-")
    one, _ = servers(tmp_path, gone)
    with pytest.raises(OSError, match="the store of photos has trouble") as caught:
        keep(one, picture())
    assert "test" not in str(caught.value).replace(gone, "")
    assert files(tmp_path) == []


def test_a_url_that_says_what_nobody_knows_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="colour"):
        open_blobs(Settings(data=tmp_path, blobs_url="s3://bucket?colour=red"))


def test_photos_may_lie_in_another_folder(tmp_path: Path) -> None:
    blobs = open_blobs(
        Settings.load({"BEATBOOK_DATA": "var", "BEATBOOK_BLOBS_URL": f"{tmp_path.as_uri()}/the%20photos"})
    )
    name = keep(blobs, picture())
    assert blobs.path(name).is_relative_to(tmp_path / "the photos")
