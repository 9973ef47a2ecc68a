"""The log of a form that asks for one (type `audit`): what was changed when, as rows kept with the record.

The columns and events are those of the ODK XForms specification's audit (event, node, start, end, old-value,
new-value; times in milliseconds since 1970). Old and new values are kept only where the form asks for them with
`track-changes`: what an officer took back may be what nobody should keep.
"""

from typing import Any, Final

from app.answers import AUDIT_ROWS, fits, plain
from app.clock import Clock
from app.values import string

Row = dict[str, str]
_LONGEST: Final = 500  # characters of a value


class Trail:
    """The log of one draft; `rows` is what is kept."""

    def __init__(self, rows: Any, clock: Clock, *, values: bool) -> None:
        self.rows: list[Row] = [*rows] if fits("audit", rows) else []
        self._clock = clock
        self._values = values

    def opened(self) -> None:
        """The form was opened: for the first time, or again."""
        self._add({"event": "form resume" if self.rows else "form start", "start": self._now()})

    def changed(self, address: str, kind: str, before: Any, after: Any) -> None:
        """An answer changed. Letters typed one after the other into the same question are one change."""
        now, node = self._now(), f"/data/{address}"
        last = self.rows[-1] if self.rows else {}
        if last.get("event") == "question" and last.get("node") == node:
            row = {**last, "end": now}
            self.rows[-1] = row
        else:
            row = {"event": "question", "node": node, "start": now, "end": now}
            if self._values:
                row["old-value"] = _said(kind, before)
            self._add(row)
            row = self.rows[-1]
        if self._values:
            row["new-value"] = _said(kind, after)

    def repeated(self, address: str, event: str) -> None:
        """A repetition came ("new repeat") or went ("delete repeat")."""
        self._add({"event": event, "node": f"/data/{address}", "start": self._now()})

    def saved(self) -> None:
        """The record is being saved."""
        self._add({"event": "form save", "start": self._now()})

    def _add(self, row: Row) -> None:
        if len(self.rows) >= AUDIT_ROWS:
            del self.rows[1]  # the beginning stays, and so does what happened last
        self.rows.append(row)

    def _now(self) -> str:
        return str(round(self._clock.now().timestamp() * 1000))


def _said(kind: str, value: Any) -> str:
    return string(plain(value))[:_LONGEST] if value is not None and fits(kind, value) else ""
