"""A form being answered: give it one answer and learn what changed.

Everything that answers decide (what is asked, what is worked out, how many repetitions there are) is kept worked out,
and an answer works out again only what depends on it (app/form_plan.py).
"""

import heapq
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from app.answers import cast, empty, fits
from app.form_json import Field
from app.form_plan import Step, common
from app.form_sight import Key, Path, Sight, seen_as
from app.values import number

if TYPE_CHECKING:
    from app.forms import Form

__all__ = ["MOST_ROWS", "Key", "Live", "Path"]

MOST_ROWS: Final = 1_000  # repetitions of one repeat in one place
MOST_CELLS: Final = 50_000  # answers that there could be, over all repetitions


class Live(Sight):
    """The answers of one record with all that follows from them, kept worked out."""

    def __init__(
        self,
        form: "Form",
        answers: Mapping[str, Any],
        now: datetime | None = None,
        *,
        language: str = "en",
        frozen: bool = False,
    ) -> None:
        super().__init__(form, answers, now, language, frozen)
        self._cells = 0
        self._queue: list[tuple[int, Path]] = []
        self._queued: set[tuple[int, Path]] = set()
        self._changed: set[Key] = set()
        self._fired: dict[Key, None] = {}
        self._fresh: list[Key] = []  # repetitions whose computed defaults are still to come
        self._opening = True  # everything is worked out once, in order, so nothing needs to be woken
        for step in self.plan.opening:
            for path in self._paths(self.plan.repeats[step.name]):
                self._work_out(step, path)
        self._opening = False
        self._settle()
        self._changed.clear()

    # --- what is done to it -----------------------------------------------------------------------------------------

    def set(self, address: str, value: Any) -> frozenset[str]:
        """Takes an answer (None takes it back) and says which addresses changed, this one among them.

        Raises KeyError for an address that the form does not have.
        """
        key = self._key(address)
        if key[0] not in self.plan.fields or (key not in self._plain and key not in self.plan.shown):
            raise KeyError(address)
        self._begin()
        self._write(key, None if empty(value) else value)
        if (step := Step(key[0], "value")) in self.plan.at:
            self._wait(self.plan.at[step], key[1])  # what is calculated is not changed by hand
        self._settle()
        return self._told()

    def add(self, address: str) -> frozenset[str]:
        """One more repetition at the end of a repeat, with its defaults; the addresses that changed."""
        rows = self._list(self._key(address))
        return self.put(f"{address}/{len(rows) + 1}", None)

    def put(self, address: str, row: dict[str, Any] | None) -> frozenset[str]:
        """Puts a repetition in at this place: a new one with its defaults, or one that was removed."""
        name, path = self._key(address)
        rows = self._list((name, path[:-1]))
        self._begin()
        rows.insert(path[-1], self._new_row(name) if row is None else row)
        self._rebuild(name, path[:-1])
        if row is None:
            self._fresh.append((name, path))
        self._settle()
        return self._told()

    def remove(self, address: str) -> tuple[dict[str, Any], frozenset[str]]:
        """Takes a repetition out: it, for `put`, and what changed. Raises KeyError where there is none."""
        name, path = self._key(address)
        rows = self._list((name, path[:-1]))
        if not 0 <= path[-1] < len(rows):
            raise KeyError(address)
        self._begin()
        row: dict[str, Any] = rows.pop(path[-1])
        self._rebuild(name, path[:-1])
        self._settle()
        return row, self._told()

    def default(self, field: Field, path: Path = ()) -> None:
        """Gives a question its computed default, where it has one and no answer."""
        key = (field.name, path)
        if field.default_expression is not None and empty(self._raw(key)):
            value = cast(field.type, self.worked_out(field.default_expression, field.name, path))
            if not empty(value) and self.fits(field, value, path) is None:
                self._write(key, value)

    def draft(self) -> dict[str, Any]:
        """The answers that a draft must keep: all but those that are worked out again at any time."""

        def of(row: dict[str, Any]) -> dict[str, Any]:
            kept = {}
            for name, value in row.items():
                field = self.plan.fields.get(name)
                if field is None or field.keeps:
                    rows = field is not None and field.type == "repeat" and isinstance(value, list)
                    kept[name] = [of(one) if isinstance(one, dict) else one for one in value] if rows else value
            return kept

        return of(self.answers)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _list(self, key: Key) -> list[Any]:
        """The repetitions of a repeat, as they are kept; a list is made where there is none."""
        name, path = key
        row = self._row(self.plan.repeats[name], path)
        if not isinstance(row.get(name), list):
            row[name] = []
        rows: list[Any] = row[name]
        return rows

    def _begin(self) -> None:
        self._changed.clear()
        self.refresh()

    def _told(self) -> frozenset[str]:
        return frozenset(map(self.address, self._changed))

    def _settle(self) -> None:
        """Works out everything that waits, in order; then what was set off by it, each once."""
        done: set[Key] = set()
        while True:
            while self._queue:
                at, path = heapq.heappop(self._queue)
                self._queued.discard((at, path))
                self._work_out(self.plan.steps[at], path)
            if self._fresh:
                repeat, path = self._fresh.pop(0)
                for name in () if self.frozen else self.plan.inside.get(repeat, ()):
                    if len(self.plan.repeats[name]) == len(path):
                        self.default(self.plan.fields[name], path)
            elif self._fired:
                key = next(iter(self._fired))
                del self._fired[key]
                if key not in done:
                    done.add(key)
                    self._set_off(key)
            else:
                return

    def _set_off(self, key: Key) -> None:
        name, path = key
        field = self.plan.fields[name]
        value = cast(field.type, self.worked_out(field.calculation, name, path, self.plain(key)))
        self._write(key, None if empty(value) or not fits(field.type, value) else value)

    def _write(self, key: Key, value: Any) -> None:
        """Keeps an answer; what looks at it waits to be worked out."""
        name, path = key
        field, before = self.plan.fields[name], self.plain(key)
        row = self._row(self.plan.repeats[name], path)
        if value is None:
            row.pop(name, None)
        else:
            row[name] = value
        self._changed.add(key)
        if field.type == "repeat":
            self._rebuild(name, path)
            return
        seen = seen_as(field, value)
        if before != seen:
            self._plain[key] = seen
            self._wake(key)
            for other in () if self._opening else self.plan.triggered.get(name, ()):
                shared = common(self.plan.repeats[name], self.plan.repeats[other])
                for where in self._paths(self.plan.repeats[other], path[:shared]):
                    self._fired[(other, where)] = None

    def _wake(self, key: Key) -> None:
        """Puts everything that looks at this answer on the list."""
        if self._opening:
            return
        name, path = key
        for reader in self.plan.readers[name]:
            repeats = self.plan.repeats[self.plan.steps[reader.step].name]
            for where in self._paths(repeats, path[: reader.shared]):
                self._wait(reader.step, where)

    def _wait(self, at: int, path: Path) -> None:
        if (at, path) not in self._queued:
            self._queued.add((at, path))
            heapq.heappush(self._queue, (at, path))

    def _work_out(self, step: Step, path: Path) -> None:
        field = self.plan.fields[step.name]
        key = (step.name, path)
        if step.kind == "shown":
            self._show(field, key)
        elif step.kind == "value":
            self._calculate(field, key)
        elif step.kind == "count":
            self._count(field, key)
        else:
            self._mark(field, key)

    def _show(self, field: Field, key: Key) -> None:
        name, path = key
        if key not in self._plain:
            self._plain[key] = seen_as(field, self._raw(key))
        parent = self.plan.parents[name]
        above = not parent or (parent, path[: len(self.plan.repeats[parent])]) in self._shown
        if (above and (field.relevant is None or self.holds(field.relevant, name, path))) != (key in self._shown):
            self._shown ^= {key}
            self._changed.add(key)
            self._wake(key)

    def _calculate(self, field: Field, key: Key) -> None:
        if self.frozen:
            return
        value = cast(field.type, self.worked_out(field.calculation, *key, self.plain(key)))
        if empty(value) or not fits(field.type, value):
            value = None
        if value != self._raw(key):
            self._write(key, value)

    def _count(self, field: Field, key: Key) -> None:
        name, path = key
        rows = _rows(self._raw(key))
        count = len(rows)
        if field.count is not None:
            wanted = number(self.worked_out(field.count, name, path), self._scope)
            most = len(rows) + max(MOST_CELLS - self._cells, 0) // max(len(self.plan.inside.get(name, ())), 1)
            count = int(min(max(wanted, 0), MOST_ROWS, most)) if wanted == wanted else 0
            while len(rows) < count:
                rows = self._list(key)
                rows.append(self._new_row(name))
                self._fresh.append((name, (*path, len(rows) - 1)))
        count = min(count, MOST_ROWS)
        if self._opening:
            self._counts[key] = count
            self._cells += count * len(self.plan.inside.get(name, ()))
        elif count != self._counts.get(key, 0):
            self._rebuild(name, path, count)

    def _rebuild(self, name: str, path: Path, count: int | None = None) -> None:
        """Forgets what is known of a repeat's answers and puts all of it, and what looks at it, on the list."""
        inner = self.plan.inside.get(name, [])
        names, depth = {*inner}, len(path)
        for known in (self._shown, self._required, self._readonly):
            known -= {key for key in known if key[0] in names and key[1][:depth] == path}
        for table in (self._plain, self._counts):
            for key in [key for key in table if key[0] in names and key[1][:depth] == path]:
                del table[key]
        if count is None:
            count = min(len(_rows(self._raw((name, path)))), MOST_ROWS)
            if self.plan.fields[name].count is not None:
                self._counts[(name, path)] = 0
                self._wait(self.plan.at[Step(name, "count")], path)
                count = 0
        self._cells += (count - self._counts.get((name, path), 0)) * max(len(inner), 1)
        self._counts[(name, path)] = count
        self._changed.add((name, path))
        for at, step in enumerate(self.plan.steps):
            if step.name in names:
                for where in self._paths(self.plan.repeats[step.name], path):
                    self._wait(at, where)
        for one in (name, *inner):
            self._wake((one, path))

    def _mark(self, field: Field, key: Key) -> None:
        for expression, marks in ((field.required, self._required), (field.readonly, self._readonly)):
            if expression is not None and self.holds(expression, *key) != (key in marks):
                marks ^= {key}
                self._changed.add(key)
        if field.choice_filter is not None or any("${" in text for text in field.labels.values()):
            self._changed.add(key)

    def _new_row(self, repeat: str) -> dict[str, Any]:
        return {
            name: self.plan.fields[name].default
            for name in self.plan.inside.get(repeat, [])
            if self.plan.repeats[name][-1] == repeat and self.plan.fields[name].default is not None
        }


def _rows(value: Any) -> list[Any]:
    """The repetitions that an answer has: none where it is something else."""
    return value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else []
