"""What a record is: a pure function of its set of revisions, the same on the phone and at the district.

The order in which revisions arrive never matters, and neither does receiving one twice. A field takes the value of
the latest revision that saw the others; where two officers changed the same field without seeing each other, both
values stay, side by side, until somebody chooses. Deleting follows the same rule: it does not win over what its writer
had not seen. An order of the district to expunge wins over everything, whenever it comes.
"""

from collections.abc import Iterable

from app.records import Folded, Value
from app.revisions import DISTRICTS_ACTS, OFFICERS_ACTS, Answers, Revision


def fold(revisions: Iterable[Revision]) -> Folded:
    """Folds the revisions of one record. Raises ValueError when there are none or they are of several records."""
    known = {revision.hash: revision for revision in revisions}
    if len({revision.record for revision in known.values()}) != 1:
        raise ValueError("fold takes the revisions of one record")
    if len(known) == 1:
        (only,) = known.values()
        if only.act is None:  # as almost every record is: what follows would give the same
            return Folded(only, only, (only.hash,), _given(only))
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
    deletions, contested = _deletions(order, seen)
    written = [revision for revision in order if revision.act is None] or order
    return Folded(written[0], written[-1], heads, answers, conflicts, deletions, contested, _order(order, seen))


def _given(revision: Revision) -> Answers:
    return {name: value for name, value in sorted(revision.set.items()) if value is not None}


def _deletions(order: list[Revision], seen: dict[str, set[str]]) -> tuple[tuple[Revision, ...], bool]:
    """The deletions that were not taken back, and whether somebody wrote without having seen one of them."""
    acts = [revision for revision in order if revision.act in OFFICERS_ACTS]
    live = [act for act in acts if not any(act.hash in seen[other.hash] for other in acts)]
    deletions = tuple(act for act in live if act.act == "delete")
    others = [revision for revision in order if revision.act in (None, "restore")]
    apart = (
        deletion.hash not in seen[other.hash] and other.hash not in seen[deletion.hash]
        for deletion in deletions
        for other in others
    )
    return deletions, any(apart)


def _order(order: list[Revision], seen: dict[str, set[str]]) -> Revision | None:
    """The district's order that stands: to expunge for good; else the last one, unless that is to unseal.

    An unsealed record is sealed on a phone until its content has come back: it would be an empty one to write in.
    """
    orders = [revision for revision in order if revision.act in DISTRICTS_ACTS]
    for revision in orders:
        if revision.act == "expunge":
            return revision
    seals = [revision for revision in orders if revision.act == "seal"]
    if orders and len(orders) == len(order):
        return (seals or orders)[-1]
    return next((one for one in seals if not any(one.hash in seen[other.hash] for other in orders)), None)


def _ancestors(revision: Revision, known: dict[str, Revision]) -> set[str]:
    found: set[str] = set()
    todo = list(revision.parents)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(known[name].parents if name in known else ())
    return found
