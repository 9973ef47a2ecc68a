"""Ordinary files: exclusive, durable, whole or not at all."""

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import files
from app.files import FileTrouble, Locked, NoRoom, OrdinaryFolder, make_folder

HOLD = """
import asyncio, sys
from pathlib import Path
from app.files import OrdinaryFolder
file = asyncio.run(OrdinaryFolder(Path(sys.argv[1])).open("lock"))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> OrdinaryFolder:
    return OrdinaryFolder(tmp_path / "notebook")


def test_a_file_reads_back_what_was_written_where_it_was_written(folder: OrdinaryFolder) -> None:
    file = asyncio.run(folder.open("journal"))
    file.write(0, b"0123456789")
    file.write(4, b"four")
    file.flush()
    assert (file.size(), file.read(2, 5), file.read(8, 99), file.read(50, 1)) == (10, b"23fou", b"89", b"")
    file.truncate(3)
    file.close()
    file.close()
    again = asyncio.run(folder.open("journal"))
    assert again.read(0, 99) == b"012"
    again.close()


def test_a_second_process_is_refused_until_the_first_is_gone_even_if_it_was_killed(folder: OrdinaryFolder) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Locked, match="already open"):
            asyncio.run(folder.open("lock"))
    finally:
        holder.kill()
        holder.communicate()
    asyncio.run(folder.open("lock")).close()


def test_a_whole_file_takes_the_place_of_the_one_before(folder: OrdinaryFolder) -> None:
    asyncio.run(folder.write("photo-1", b"a longer first one"))
    asyncio.run(folder.write("photo-1", b"second"))
    assert asyncio.run(folder.read("photo-1")) == b"second"
    assert asyncio.run(folder.names()) == ["photo-1"]


def test_a_failed_whole_file_leaves_the_one_before(folder: OrdinaryFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(folder.write("photo-1", b"first"))

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom, match="no room"):
        asyncio.run(folder.write("photo-1", b"second"))
    assert asyncio.run(folder.read("photo-1")) == b"first"
    assert asyncio.run(folder.names()) == ["photo-1"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, NoRoom), (errno.EDQUOT, NoRoom), (errno.EFBIG, NoRoom), (errno.EIO, FileTrouble)],
)
def test_what_the_system_says_becomes_words(
    folder: OrdinaryFolder, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[FileTrouble]
) -> None:
    file = asyncio.run(folder.open("journal"))

    def fails(_fd: int, _data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fails)
    with pytest.raises(FileTrouble) as trouble:
        file.write(0, b"words")
    assert type(trouble.value) is kind
    assert str(trouble.value).endswith(".")
    file.close()


def test_a_disk_that_takes_only_a_part_is_asked_to_take_the_rest(
    folder: OrdinaryFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = asyncio.run(folder.open("journal"))
    original = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: original(fd, data[:3]))
    file.write(0, b"0123456789")
    assert file.read(0, 99) == b"0123456789"
    file.close()


def test_a_really_full_disk_says_no_room(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    file = asyncio.run(OrdinaryFolder(tmp_path).open("full"))
    with pytest.raises(NoRoom):
        file.write(0, b"words")
    file.close()


def test_removing_what_is_not_there_and_reading_it_are_no_errors(folder: OrdinaryFolder) -> None:
    assert asyncio.run(folder.names()) == []
    asyncio.run(folder.remove("photo-1"))
    assert asyncio.run(folder.read("photo-1")) is None


def test_only_the_owner_may_look_into_the_folder(folder: OrdinaryFolder) -> None:
    asyncio.run(folder.open("journal")).close()
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert (folder.path / "journal").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"FLET_APP_STORAGE_DATA": "/flet"}, Path("/flet/notebook")),
        ({}, Path("var/phone/notebook")),
    ],
)
def test_the_folder_is_where_the_platform_wants_it(
    environment: dict[str, str], expected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLET_APP_STORAGE_DATA", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    folder = make_folder()
    assert isinstance(folder, files.OrdinaryFolder)
    assert folder.path == expected
