"""Watches that nothing of what phones are set up with changes without a note: by it they learn that there is news."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from server.tables import AuditEntry, Table

# What a setup is made of (test_setup.py holds it against the statements that make one).
TABLES = {
    *("district", "schools", "places", "tags", "tours", "tour_points"),
    *("officers", "postings", "cards", "forms"),
}
# What no phone is told of.
_UNTOLD = {"officers": {"password_hash"}}


def by_hand(session: Session) -> None:
    """Says that a test changes something past the district's commands."""
    session.info["noted"] = True


@contextmanager
def watched() -> Iterator[list[str]]:
    """The changes that ended without a note: a table for each."""
    unnoted: list[str] = []

    def flushed(session: Session, _: Any) -> None:
        rows: list[Table] = [*session.new, *session.deleted]
        found = {row.__tablename__ for row in rows}
        for row in session.dirty:
            changed = {one.key for one in inspect(row).attrs if one.history.has_changes()}
            if changed - _UNTOLD.get(row.__tablename__, set()):
                found.add(row.__tablename__)
        session.info.setdefault("changed", set()).update(found & TABLES)
        session.info["noted"] = session.info.get("noted") or any(isinstance(row, AuditEntry) for row in rows)

    def asked(state: ORMExecuteState) -> None:
        if state.is_update or state.is_delete:
            name = state.bind_mapper.class_.__tablename__ if state.bind_mapper else ""
            state.session.info.setdefault("changed", set()).update({name} & TABLES)

    def committed(session: Session) -> None:
        if not session.info.pop("noted", False):
            unnoted.extend(sorted(session.info.get("changed", ())))
        session.info.pop("changed", None)

    listeners: dict[str, Callable[..., None]] = {
        "after_flush": flushed,
        "do_orm_execute": asked,
        "after_commit": committed,
    }
    for name, listener in listeners.items():
        event.listen(Session, name, listener)
    try:
        yield unnoted
    finally:
        for name, listener in listeners.items():
            event.remove(Session, name, listener)
