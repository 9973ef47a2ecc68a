"""One changed answer of a draft beside a record's save; saves while the journal is rewritten, and how large it gets."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from app import drafts
from app.drafts import Drafts
from app.files import OrdinaryFolder
from app.store import Store, where
from tests.app.notebooks import SETUP, enrolled
from tests.bench.documents import FORM, answers
from tests.bench.figures import ROUNDS, Figure, tell
from tests.bench.notebooks import INDEXES, Records, make_ours, open_ours

COUNT = 100_000
_SAVES = 100
_PAUSE = 0.002  # seconds between two saves while the journal is rewritten
_EDITED = 2_000
_CHANGED = ("yes", "no")  # what an answer is changed to, in turns


def measure() -> Iterator[Figure]:
    """Bytes and time of a draft's answer; a save's longest wait in a rewriting; the journal's size over what lives."""
    records = Records()
    with tempfile.TemporaryDirectory(prefix="beatbook-bench-") as folder:
        with closing(open_ours(Path(folder) / "draft", {**INDEXES, **drafts.INDEXES})) as store:
            yield from _draft(store, records)
        yield from _draft_in_the_app(Path(folder) / "app")
        tell(f"store: rewriting {COUNT} records while saves go on")
        with closing(make_ours(Path(folder) / "ours", records, COUNT)) as store:
            waits = [asyncio.run(_longest_wait(store, records)) for _ in range(ROUNDS)]
        tell("  longest waits: " + ", ".join(f"{wait * 1e3:.1f} ms" for wait in waits))
        yield Figure("compaction-pause", statistics.median(waits) * 1e3, "ms", "<=", 16)
        with closing(make_ours(Path(folder) / "edited", records, _EDITED)) as store:
            yield Figure(
                "compaction-size", asyncio.run(_largest(store, records, Path(folder) / "edited")), "of-live", "<=", 2
            )


def _draft(store: Store, records: Records) -> Iterator[Figure]:
    """A draft of thirty answers, of which one is changed again and again."""
    tell("store: one changed answer of thirty beside one whole record")
    table, notes = store.table("records"), Drafts(store)
    draft = notes.start("form", "1", "school", "2026-11-24T10:15:00", answers(1)).id

    def answer(number: int) -> None:
        notes.answer(draft, f"q{number % 30:02}", f"{number}", "2026-11-24T10:15:30")

    def record(number: int) -> None:
        table.upsert({**records[number], "record": "0193d5c8"}, where("record") == "0193d5c8")

    answer(0)
    size = store.size
    for number in range(_SAVES):
        answer(number)
    answered, size = store.size - size, store.size
    for number in range(_SAVES):
        record(number)
    yield Figure("draft-bytes", answered / (store.size - size), "of-record", "<=", 1)

    yield Figure("draft-time", _ratio(answer, record, _SAVES, count()), "of-record", "<=", 1)


def _draft_in_the_app(folder: Path) -> Iterator[Figure]:
    """The same in the whole app: an answer as it is typed, and the record's save from its draft."""
    notebook = enrolled(OrdinaryFolder(folder), setup={**SETUP, "forms": [FORM]})
    with closing(notebook):
        draft = notebook.start(FORM["id"], answers(0)).id
        drafts = (notebook.start(FORM["id"], answers(number)).id for number in count(1))

        def answer(number: int) -> None:
            notebook.answer(draft, f"q{number % 30:02}", _CHANGED[number // 30 % 2])

        # `drafts` is a generator: each is begun just before its save, outside of what is timed.
        yield Figure("draft-time-in-app", _ratio(answer, notebook.save, 60, drafts), "of-save", "<=", 1)


def _ratio(ours: Callable[[int], object], theirs: Callable[[Any], object], turns: int, given: Iterable[Any]) -> float:
    """The median of one over the other, timed in turns, so that a busy machine hurts both alike."""
    ratios: list[float] = []
    for _ in range(ROUNDS):
        times = [
            (_timed(partial(ours, number)), _timed(partial(theirs, thing)))
            for number, thing in zip(range(turns), given, strict=False)
        ]
        mine, other = (statistics.median(kind) for kind in zip(*times, strict=True))
        tell(f"  ours {mine * 1e6:.0f} us, baseline {other * 1e6:.0f} us")
        ratios.append(mine / other)
    return statistics.median(ratios)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


async def _longest_wait(store: Store, records: Records) -> float:
    """Seconds from when a save was wanted to when it was confirmed, the longest of those while it is rewritten."""
    table = store.table("records")
    rewriting = asyncio.create_task(store._journal_storage.journal.rewrite())
    longest, saves = 0.0, 0
    while not rewriting.done():
        wanted = time.perf_counter() + _PAUSE
        await asyncio.sleep(_PAUSE)
        table.update(records[saves], doc_ids=[1 + saves % COUNT])
        longest = max(longest, time.perf_counter() - wanted)
        saves += 1
    await rewriting
    tell(f"  {saves} saves, the longest took {longest * 1e3:.1f} ms")
    return longest


async def _largest(store: Store, records: Records, folder: Path) -> float:
    """The journal's and its directory's bytes over those about what is there now, at the worst of many edits."""
    table, worst = store.table("records"), 0.0
    for number in range(_EDITED * 6):
        table.update(records[number], doc_ids=[1 + (number * 7) % _EDITED])
        if store._journal_storage.untidy.is_set():
            await store.tidy()
        if number % 50 == 0:
            worst = max(worst, _size(folder) / store._journal_storage.journal.now.live)
    return worst


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
