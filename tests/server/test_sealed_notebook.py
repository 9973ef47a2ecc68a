"""Reading a phone's sealed notebook at the district: whatever was damaged, every revision that can be read is read."""

import functools
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import journal
from app.cipher import make_cipher
from app.frames import FORMAT, HEADER_SIZE, NewerFormat, Op, WrongKey
from app.notebook import Notebook
from app.scan import scan
from server.sealed_notebook import SealedNotebook, _Journal, read_notebook
from tests.app.notebooks import CIPHER, begun, enrolled, saved
from tests.app.simulated_disk import PowerCut, SimulatedDisk, run

Files = dict[str, bytes]
Damage = Callable[[bytes], bytes]


def journals(disk: SimulatedDisk) -> Files:
    return {name: data for name, data in disk.stable.items() if name.startswith("journal-")}


def busy() -> tuple[SimulatedDisk, Notebook]:
    """A notebook in which records were saved, sent, refused, corrected, left as drafts and thrown away."""
    disk = SimulatedDisk()
    notebook = enrolled(disk)
    rows = [saved(notebook, topic=f"record {number}") for number in range(12)]
    for number, revision in enumerate(notebook.outbox()[:5], start=1):
        notebook.receipt(revision.hash, number, "2026-11-24T12:00:00Z")
    for revision in notebook.outbox()[:2]:
        notebook.refuse(revision.hash, "answers_refused", "No.", None)
    draft = notebook.correct(rows[5].id)
    notebook.answer(draft.id, "topic", "corrected")
    notebook.save(draft.id)
    begun(notebook, topic="never saved")
    notebook.discard(begun(notebook, topic="thrown away").id)
    return disk, notebook


@functools.cache
def kinds() -> tuple[Files, ...]:
    """Journals as they lie on phones: as written, rewritten with a tail, and broken off while being rewritten."""
    disk, notebook = busy()
    plain = journals(disk)
    run(notebook._store._journal_storage.journal.rewrite())
    saved(notebook, topic="after the rewriting")
    rewritten = journals(disk)
    halves = []
    for after, seed in ((8, 3), (12, 0)):  # the copy has no header yet; it has one, and the old one is there too
        disk, notebook = busy()
        disk.fail(after, PowerCut())
        with pytest.raises(PowerCut):
            run(notebook._store._journal_storage.journal.rewrite())
        disk.power_cut(random.Random(seed))  # noqa: S311  # chance that can be had again
        halves.append(journals(disk))
        assert all(len(data) > HEADER_SIZE for data in halves[-1].values())
        assert len(halves[-1]) == 2
    return plain, rewritten, *halves


def read(files: Files) -> SealedNotebook:
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in files}
        for name, path in paths.items():
            path.write_bytes(files[name])
        return read_notebook(paths, CIPHER)


def frames(name: str, data: bytes) -> list[tuple[Op, int, int]]:
    """Every frame of an undamaged journal: what it says, where it starts, how long it is."""
    found: list[tuple[Op, int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with _Journal(path) as file:
            scan(file, CIPHER, int(name[-6:]), HEADER_SIZE, 0, lambda *frame: found.append(frame))
    return found


def flip(at: int) -> Damage:
    return lambda data: data[: (n := at % len(data))] + bytes([data[n] ^ 1 << at % 8]) + data[n + 1 :] if data else data


def overwrite(at: int, length: int, byte: int) -> Damage:
    def damage(data: bytes) -> bytes:
        start = at % (len(data) + 1)
        return (data[:start] + bytes([byte]) * length + data[start + length :])[: len(data)]

    return damage


def cut(at: int) -> Damage:
    return lambda data: data[: at % (len(data) + 1)]


where = st.integers(0, 1 << 20)
damages = st.lists(
    st.one_of(
        st.builds(flip, where),
        st.builds(overwrite, where, st.integers(1, 1500), st.sampled_from([0, 0xF5, 0xFF])),
        st.builds(cut, where),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(st.integers(0, 3), damages)
def test_a_revision_with_one_undamaged_frame_is_always_read(kind: int, damage: list[Damage]) -> None:
    files = kinds()[kind]
    damaged = {name: functools.reduce(lambda data, one: one(data), damage, data) for name, data in files.items()}
    live = read(files).revisions.keys()
    intact = {
        document
        for name, data in files.items()
        for (table, _, document), at, length in frames(name, data)
        if table == "revisions" and document and damaged[name][at : at + length] == data[at : at + length]
    }
    try:
        found = read(damaged).revisions
    except NewerFormat:  # nothing is lost then: it is left alone
        return
    for revision in live:
        if any(f'"hash":"{revision}"'.encode() in document for document in intact):
            assert revision in found


@pytest.mark.parametrize("kind", range(4))
def test_an_undamaged_journal_is_read_as_the_phone_reads_it(kind: int) -> None:
    notebook = read(kinds()[kind])
    assert +notebook.lost == {}
    states = sorted(row["state"] for row in notebook.revisions.values())
    waiting = ["waiting"] * (7 if kind == 1 else 6)
    assert states == ["district"] * 5 + ["refused"] * 1 + ["replaced"] * 1 + waiting
    assert [row["shown"] for row in notebook.drafts] == ["yes", "discarded"]
    assert notebook.fact("chain", "device")


def test_what_an_unfinished_copy_has_is_read_where_the_journal_looks_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_PIECE", 2_000)
    disk, notebook = busy()
    steps = notebook._store._journal_storage.journal.rewrite()
    for _ in range(7):
        steps.send(None)
    (begun_before,) = notebook.drafts()
    notebook.save(begun_before.id)
    begun(notebook, topic="begun while it was copied")
    files = journals(disk)
    first, copy = sorted(files)
    assert not any(files[copy][:HEADER_SIZE])
    copied = frames(copy, files[copy])
    assert len([row for (table, row, _), *_ in copied if _revision(table, row)]) == 13
    assert any(begun_before.id.encode() in (body or b"") for (table, *_, body), *_ in copied if table == "drafts")

    def broken_off(commit: int) -> SealedNotebook:
        """With the journal broken off in the commit that saved so many records."""
        ends = [at + length for (table, row, _), at, length in frames(first, files[first]) if _revision(table, row)]
        return read({**files, first: files[first][: ends[commit] - 9]})

    assert len(broken_off(3).revisions) == 13, "all that was copied"
    assert {row["id"] for row in broken_off(3).drafts} > {begun_before.id}
    cut_off = read({**files, first: files[first].rstrip(b"\0")[:-9]})
    assert begun_before.id not in {row["id"] for row in cut_off.drafts}, "what was saved since is no draft any more"


def test_an_unfinished_copy_never_counts_more_than_the_damaged_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_PIECE", 2_000)
    disk, notebook = busy()
    steps = notebook._store._journal_storage.journal.rewrite()
    for _ in range(7):
        steps.send(None)
    (draft,) = notebook.drafts()
    notebook.answer(draft.id, "topic", "changed while it was copied")
    files = journals(disk)
    first, copy = sorted(files)
    assert any(b"never saved" in (body or b"") for (_, _, body), *_ in frames(copy, files[copy]))
    [at, *_] = (at for (table, row, _), at, _ in frames(first, files[first]) if _revision(table, row))
    found = read({**files, first: flip(at + 60)(files[first])})
    assert [row["value"] for row in found.answers if row["draft"] == draft.id] == ["changed while it was copied"]
    assert len(found.revisions) == 13


def _revision(table: str, row: int) -> bool:
    return table == "revisions" and row > 0


@settings(deadline=None)
@given(damages)
def test_whatever_the_district_reads_the_phone_wrote(damage: list[Damage]) -> None:
    files = kinds()[0]
    true = read(files)
    try:
        found = read(
            {name: functools.reduce(lambda data, one: one(data), damage, data) for name, data in files.items()}
        )
    except NewerFormat:
        return
    for revision, row in found.revisions.items():
        assert row["body"] == true.revisions[revision]["body"]


def test_what_is_lost_is_counted_by_its_table() -> None:
    [(name, data)] = kinds()[0].items()
    [first] = [(at, length) for (table, row, _), at, length in frames(name, data) if (table, row) == ("revisions", 1)][
        :1
    ]
    at = first[0] + first[1] - 3
    notebook = read({name: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]})
    assert +notebook.lost == {"revisions": 1}
    assert len(notebook.revisions) == len(read(kinds()[0]).revisions)  # its receipt came with all of it


def test_a_journal_of_another_key_or_of_a_newer_version_is_named() -> None:
    disk, _ = busy()
    [(name, data)] = journals(disk).items()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with pytest.raises(WrongKey):
            read_notebook({name: path}, make_cipher(bytes(32)))
        path.write_bytes(newer(data))
        with pytest.raises(NewerFormat):
            read_notebook({name: path}, CIPHER)


def newer(data: bytes) -> bytes:
    """The same with the number of a later format, whose sum is right."""
    import zlib

    fields = data[:8] + (FORMAT + 1).to_bytes(4, "little") + data[12:20]
    return fields + zlib.crc32(fields).to_bytes(4, "little") + data[24:]


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    assert read({"journal-000001": data}).revisions == {}


def test_no_journal_at_all_is_an_empty_notebook() -> None:
    assert read({}) == SealedNotebook()
