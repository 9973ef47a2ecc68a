"""What each revision of a record changed: from what its writer had seen to what it says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.records import Fold, Folded
from app.revisions import Answers, Revision


@dataclass(frozen=True, slots=True)
class Change:
    """One answer before and after; None where there was or is none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """A revision, what it changed (nothing for the first), and the record's answers as its writer left them."""

    revision: Revision
    changes: tuple[Change, ...]
    answers: Answers
    moved: bool  # to another school or place


def versions(revisions: Iterable[Revision], fold: Fold) -> list[Version]:
    """Every revision of one record with what it changed, in the order given."""
    known = {revision.hash: revision for revision in revisions}
    return [_version(revision, known, fold) for revision in known.values()]


def _version(revision: Revision, known: dict[str, Revision], fold: Fold) -> Version:
    seen = _seen(revision, known)
    base: Folded | None = fold(seen) if seen else None
    before = base.answers if base else {}
    after = {**before, **revision.set}
    for name in revision.unset:
        after.pop(name, None)
    changes = tuple(
        Change(name, before.get(name), after.get(name))
        for name in (*revision.set, *revision.unset)
        if base is not None and before.get(name) != after.get(name)
    )
    moved = base is not None and (base.last.school, base.last.place) != (revision.school, revision.place)
    return Version(revision, changes, after, moved)


def _seen(revision: Revision, known: dict[str, Revision]) -> list[Revision]:
    found: dict[str, Revision] = {}
    todo = list(revision.parents)
    while todo:
        name = todo.pop()
        if name not in found and name in known:
            found[name] = known[name]
            todo.extend(known[name].parents)
    return list(found.values())
