"""Looking for words and days in the records: the field, and what is found, while it is being found."""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from app.search import Wanted
from views.fields_frame import use_kept_text
from views.handlers import ident
from views.parts import drawn, empty, icon_button, problem, quiet, secondary_button
from views.rows import record_row
from views.services import Changes, use_changes, use_notebook_version, use_services
from views.theme import BODY, GAP, NEAR, RADIUS

if TYPE_CHECKING:
    from app.notebook import Notebook
    from app.rows import Found, RecordRow

log = logging.getLogger("beatbook")

PAGE: Final = 50
PAUSE: Final = 0.25  # seconds without a letter before the search begins
SLICE: Final = 0.012  # seconds of searching before the screen has its turn
TOLD: Final = 0.2  # seconds between two tellings of how far the search is
_numbers: Final = count(1)


class Looking:
    """What the officer looks for now; `changes` tells when it is something else."""

    def __init__(self) -> None:
        self.wanted = Wanted()
        self.limit = PAGE
        self.fresh = 0  # counts how often the field was emptied from outside
        self.tries = 0
        self.changes = Changes()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out of the list."""
        return self.wanted != Wanted()

    @property
    def searching(self) -> bool:
        """Whether records must be looked at one by one."""
        return bool(self.wanted.words.strip() or self.wanted.since or self.wanted.until)

    def want(self, **changes: Any) -> None:
        """Narrows the list in another way; it begins at its top again."""
        self.wanted = replace(self.wanted, **changes)
        self.limit = PAGE
        self.changes.changed()

    def more(self) -> None:
        """Makes the list a page longer."""
        self.limit += PAGE
        self.changes.changed()

    def again(self) -> None:
        """Searches anew."""
        self.tries += 1
        self.changes.changed()

    def clear(self) -> None:
        """Shows everything again."""
        self.fresh += 1
        self._stop()
        self.want(words="", form=None, school=None, state=None, since=None, until=None)

    def typed(self, words: str) -> None:
        """Looks for these words once nothing has been typed for a moment."""
        self._stop()
        self._timer = asyncio.get_running_loop().call_later(PAUSE, self._look, words)

    def _look(self, words: str) -> None:
        self._timer = None
        if words != self.wanted.words:
            self.want(words=words)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Search:
    """One search that is under way, as far as the screen needs it; it stops where enough is found and can go on."""

    def __init__(self, notebook: "Notebook", wanted: Wanted) -> None:
        self._notebook, self._wanted = notebook, wanted
        self._found: Iterator[Found] | None = None
        self.number = next(_numbers)
        self.rows: list[RecordRow] = []
        self.looked = self.total = 0
        self.done = False
        self.failed = False
        self.changes = Changes()

    async def run(self, enough: int) -> None:
        """Searches until there are more than `enough`, or no more; the screen has its turn every few milliseconds."""
        told = time.monotonic()
        try:
            while not self.done and len(self.rows) <= enough:
                self._slice(enough)
                if time.monotonic() - told > TOLD:
                    told = time.monotonic()
                    self.changes.changed()
                await asyncio.sleep(0)
        except Exception as error:  # a phone whose storage fails says so, and the rest of the screen stays
            log.error("%s while searching", type(error).__name__)
            self.failed = True
        self.changes.changed()

    def _slice(self, enough: int) -> None:
        end = time.monotonic() + SLICE
        if self._found is None:
            self._found = self._notebook.search(self._wanted)
        while True:
            part = next(self._found, None)
            if part is None:
                self.done = True
                return
            self.rows += part.rows
            self.looked, self.total = part.looked, part.total
            if time.monotonic() >= end or len(self.rows) > enough:
                return


def _search_field(looking: Looking, label: str) -> ft.Control:
    words = use_services().words
    last, text = use_kept_text(looking.wanted.words)

    def typed(event: ft.Event[ft.TextField]) -> None:
        looking.typed(event.control.value)

    last.current = ft.TextField(
        value=text,
        label=label,
        hint_text=words("records.search_hint"),
        prefix_icon=ft.Icons.SEARCH,
        text_size=BODY,
        border=ft.OutlineInputBorder(border_radius=RADIUS),
        keyboard_type=ft.KeyboardType.TEXT,
        autocorrect=False,
        on_change=typed,
    )
    return ft.Semantics(content=last.current, identifier="search")


_Field = ft.memo(drawn(_search_field))  # type: ignore[no-untyped-call]  # Flet's, without types


@drawn
def SearchField(looking: Looking) -> ft.Control:
    """The words to look for, and a way to be rid of them. The field itself hears of nothing while somebody types."""
    words = use_services().words
    use_changes(looking.changes)
    field = _Field(looking, words("records.search"), key=f"search-{looking.fresh}-{words.language}")
    parts: list[ft.Control] = [ft.Container(field, expand=True)]
    if looking.wanted.words:

        def away() -> None:
            looking.fresh += 1
            looking.want(words="")

        parts.append(icon_button("search-clear", ft.Icons.CLOSE, words("records.search_clear"), away))
    return ft.Row(parts, spacing=NEAR)


@drawn
def Hits(looking: Looking) -> ft.Control:
    """What was found so far, how far the search is, and what to do where it found nothing."""
    services = use_services()
    version = use_notebook_version()
    use_changes(looking.changes)
    wanted, limit = looking.wanted, looking.limit
    search = ft.use_memo(lambda: Search(services.notebook, wanted), [wanted, version, looking.tries])
    before: Any = ft.use_ref(lambda: [])

    async def run() -> None:
        await search.run(limit)

    ft.use_effect(run, [search, limit], lambda: None)
    # A search has a component of its own: what listens to a search listens to that one only.
    return Results(search, looking, limit, before, key=f"results-{search.number}")


@drawn
def Results(search: Search, looking: Looking, limit: int, before: Any) -> ft.Control:
    """The lines of a search. Until a new one has something to say, those of the one before it stay."""
    words = use_services().words
    use_changes(search.changes)
    over = search.done or search.failed or len(search.rows) > limit
    if search.rows or over:
        before.current = search.rows
    rows: list[RecordRow] = before.current[:limit]
    lines: list[ft.Control] = []
    if search.failed:
        again = secondary_button("try-again", words("records.again"), looking.again, ft.Icons.REFRESH)
        lines += [problem(words("records.failed")), again]
    elif not over:
        lines.append(_progress(search))
    elif rows:
        said = words("records.found_more", n=limit) if len(search.rows) > limit else None
        lines.append(_told(said or words.count("records.found", len(search.rows))))
    lines += [record_row(row) for row in rows]
    if len(search.rows) > limit:
        lines.append(secondary_button("more-records", words("records.more"), looking.more, ft.Icons.EXPAND_MORE))
    if over and not rows and not search.failed:
        lines.append(nothing_like_this(looking))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def nothing_like_this(looking: Looking) -> ft.Control:
    """That nothing fits what was asked for, and the way back to everything."""
    words = use_services().words
    all_again = secondary_button("clear-filters", words("records.clear"), looking.clear, ft.Icons.FILTER_LIST_OFF)
    text = words("records.none.words" if looking.wanted.words else "records.none.text")
    return empty(ft.Icons.SEARCH_OFF, words("records.none.title"), text, all_again)


def _progress(search: Search) -> ft.Control:
    words = use_services().words
    said = words("records.looking", looked=f"{search.looked:,}", total=f"{search.total:,}")
    bar = ft.ProgressBar(value=search.looked / search.total if search.total else None, bar_height=4)
    return ident("searching", ft.Column([bar, quiet(said)], spacing=4, tight=True), label=said)


def _told(text: str) -> ft.Control:
    """A line that a screen reader says when it comes."""
    return ft.Semantics(content=quiet(text), identifier="found", live_region=True, container=True)
