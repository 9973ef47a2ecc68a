"""What a record is: a pure function of its set of revisions, the same on the phone and at the district.

The order in which revisions arrive never matters, and neither does receiving one twice. A field takes the value of
the latest revision that saw the others; where two officers changed the same field without seeing each other, both
values stay, side by side, until somebody chooses.
"""

from collections.abc import Iterable

from app.records import Folded, Value
from app.revisions import Revision


def fold(revisions: Iterable[Revision]) -> Folded:
    """Folds the revisions of one record. Raises ValueError when there are none or they are of several records."""
    known = {revision.hash: revision for revision in revisions}
    if len({revision.record for revision in known.values()}) != 1:
        raise ValueError("fold takes the revisions of one record")
    seen = {name: _ancestors(revision, known) for name, revision in known.items()}
    # Whoever saw more comes later; clocks decide only between those who did not see each other.
    order = sorted(known.values(), key=lambda r: (len(seen[r.hash]), r.at, r.hash))

    live: dict[str, list[Value]] = {}
    for name in sorted({name for revision in order for name in (*revision.set, *revision.unset)}):
        writers = [r for r in order if name in r.set or name in r.unset]
        live[name] = [
            Value(r.set.get(name), r.hash) for r in writers if not any(r.hash in seen[other.hash] for other in writers)
        ]
    answers = {name: values[-1].value for name, values in live.items() if values[-1].value is not None}
    conflicts = {
        name: tuple(values) for name, values in live.items() if any(v.value != values[-1].value for v in values)
    }
    heads = tuple(sorted(h for h in known if not any(h in others for others in seen.values())))
    return Folded(order[0], order[-1], heads, answers, conflicts)


def _ancestors(revision: Revision, known: dict[str, Revision]) -> set[str]:
    found: set[str] = set()
    todo = list(revision.parents)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(known[name].parents if name in known else ())
    return found
