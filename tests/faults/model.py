"""The store's TinyDB API against stock TinyDB and against a plain dict: random steps, on both kinds of files."""

import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from app import generation, journal
from app.files import Folder, OrdinaryFolder
from app.store import Document, Key, Order, Store, where
from tests.app.simulated_disk import SimulatedDisk
from tests.bench.figures import Figure, tell
from tests.faults.life import CIPHER
from tests.faults.plain import PlainDatabase
from tests.faults.runs import Outcome, figures, shortest, spread

NAME = "model"
STEPS = 1_000_000
_AT_ONCE = 2_000
_LOOK = 40  # after so many steps everything is compared
_MANY = 25  # rows of a table beyond which it is emptied now and then

# A verb's name and its arguments; "again" opens all three anew, "tidy" rewrites the journal.
Step = tuple[Any, ...]

INDEXES = {"records": ("state", Key("school"), Order("at")), "drafts": ("state",)}


def _even(n: Any) -> bool:
    return n % 2 == 0  # type: ignore[no-any-return]


_TABLES = ("records", "drafts", "facts")
_QUERIES: list[Any] = [
    where("state") == "waiting",
    where("state") != "waiting",
    where("school") == "north",
    where("school") == None,  # noqa: E711  # TinyDB's way to ask
    (where("state") == "district") & (where("school") == "north"),
    (where("n") > 2) & (where("state") == "attention"),
    (where("state") == "district") | (where("school") == "south"),
    ~(where("state") == "district"),
    where("state").one_of(["waiting", "district"]),
    where("at") <= "2026-11-12",
    (where("at") > "2026-11-12") & (where("state") == "waiting"),
    where("deep").any(["x"]),
    where("n").test(_even),
    where("nothing").exists(),
]


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The steps whose answer was not the same."""
    tell("model: the store, TinyDB and a dict, asked the same")
    enough = round(STEPS * share)
    yield from figures(NAME, "steps-unequal", spread(work, range(-(-enough // _AT_ONCE)), enough), STEPS)


def work(seed: int) -> Outcome:
    """Some steps; every fourth time on a real disk."""
    chance = random.Random(seed)  # noqa: S311  # a die, not a key
    steps = [_step(chance) for _ in range(_AT_ONCE)]
    real = seed % 4 == 0
    outcome = Outcome(len(steps))
    if wrong := compare(steps, real):
        short = shortest(steps[: wrong[0] + 1], lambda case: compare(case, real) is not None)
        outcome.wrong.append(f"seed {seed}: {(compare(short, real) or wrong)[1]} after {short}")
    return outcome


def compare(steps: list[Step], real: bool) -> tuple[int, str] | None:
    """Takes the steps with all three: the number of the first whose answers differ, and how; None when none does."""
    with (
        ExitStack() as stack,
        mock.patch.multiple(generation, EVERY=7, _AHEAD=600, _CLOSE=100),
        mock.patch.multiple(journal, _PIECE=500),
        asyncio.Runner() as runner,
    ):
        disk: Folder = SimulatedDisk()
        if real:
            disk = OrdinaryFolder(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="beatbook-model-"))))
        memory = MemoryStorage()  # type: ignore[no-untyped-call]  # TinyDB's own
        ours = runner.run(Store.open(disk, CIPHER, INDEXES))
        theirs, plain = TinyDB(storage=lambda: memory), PlainDatabase()
        for number, (verb, *arguments) in enumerate(steps):
            if verb == "again":
                ours.close()
                ours = runner.run(Store.open(disk, CIPHER, INDEXES))
                theirs, plain = TinyDB(storage=lambda: memory), plain.again()
                if not ours.report.whole:
                    return number, f"reopened with {ours.report}"
            elif verb == "tidy":
                runner.run(ours._journal_storage.journal.rewrite())
            else:
                answers = [_answer(verb, database, *arguments) for database in (ours, theirs, plain)]
                if answers[0] != answers[1] or answers[0] != answers[2]:
                    return (
                        number,
                        f"{verb}{tuple(arguments)}: ours {answers[0]}, TinyDB {answers[1]}, dict {answers[2]}",
                    )
            if number % _LOOK == 0 or number == len(steps) - 1:
                seen = [_everything(database) for database in (ours, theirs, plain)]
                if seen[0] != seen[1] or seen[0] != seen[2]:
                    return number, f"everything: ours {seen[0]}, TinyDB {seen[1]}, dict {seen[2]}"
        ours.close()
    return None


def _answer(verb: str, database: Any, *arguments: Any) -> object:
    try:
        return _plain(_VERBS[verb](database, *arguments))
    except (KeyError, ValueError, RuntimeError) as error:
        return type(error).__name__


def _plain(found: Any) -> object:
    if isinstance(found, Document):
        return found.doc_id, dict(found)
    return [_plain(one) for one in found] if isinstance(found, list) else found


def _everything(database: Any) -> object:
    return {
        name: [(row.doc_id, dict(row)) for row in database.table(name)]
        for name in sorted(_TABLES)
        if len(database.table(name))
    }


_VERBS: dict[str, Callable[..., Any]] = {
    "insert": lambda db, table, row: db.table(table).insert(dict(row)),
    "insert_multiple": lambda db, table, rows: db.table(table).insert_multiple([dict(row) for row in rows]),
    "insert_under": lambda db, table, key, row: db.table(table).insert(Document(dict(row), key)),
    "update": lambda db, table, query, fields: db.table(table).update(fields, _QUERIES[query]),
    "update_ids": lambda db, table, keys, fields: db.table(table).update(fields, doc_ids=keys),
    "update_all": lambda db, table, fields: db.table(table).update(fields),
    "upsert": lambda db, table, query, row: db.table(table).upsert(dict(row), _QUERIES[query]),
    "upsert_under": lambda db, table, key, row: db.table(table).upsert(Document(dict(row), key)),
    "remove": lambda db, table, query: db.table(table).remove(_QUERIES[query]),
    "remove_ids": lambda db, table, keys: db.table(table).remove(doc_ids=keys),
    "truncate": lambda db, table: db.table(table).truncate(),
    "drop_table": lambda db, table: db.drop_table(table),
    "drop_tables": lambda db: db.drop_tables(),
    "tables": lambda db: sorted(db.tables()),
    "get": lambda db, table, key: db.table(table).get(doc_id=key),
    "get_many": lambda db, table, keys: db.table(table).get(doc_ids=keys),
    "get_by": lambda db, table, query: db.table(table).get(_QUERIES[query]),
    "search": lambda db, table, query: db.table(table).search(_QUERIES[query]),
    "count": lambda db, table, query: db.table(table).count(_QUERIES[query]),
    "contains": lambda db, table, query: db.table(table).contains(_QUERIES[query]),
    "contains_id": lambda db, table, key: db.table(table).contains(doc_id=key),
    "all": lambda db, table: db.table(table).all(),
    "len": lambda db, table: len(db.table(table)),
}
_OFTEN = ["insert"] * 8 + ["search", "count", "get", "remove", "remove_ids", "update", "update_ids"] * 3
_SELDOM = [verb for verb in _VERBS if verb != "drop_tables"] + ["again", "tidy"]


def _step(chance: random.Random) -> Step:
    verb = chance.choice(_OFTEN if chance.random() < 0.6 else _SELDOM)
    table, query = chance.choice(_TABLES), chance.randrange(len(_QUERIES))
    key = chance.randint(1, _MANY)
    keys = chance.sample(range(1, _MANY), chance.randint(0, 3))
    match verb:
        case "again" | "tidy" | "tables":
            return (verb,)
        case "insert":
            return (verb, table, _document(chance))
        case "insert_multiple":
            return (verb, table, [_document(chance) for _ in range(chance.randint(0, 3))])
        case "insert_under" | "upsert_under":
            return (verb, table, key, _document(chance))
        case "update" | "upsert":
            return (verb, table, query, _document(chance))
        case "update_ids":
            return (verb, table, keys, _document(chance))
        case "update_all":
            return (verb, table, {"seen": chance.randrange(3)})
        case "remove" | "search" | "count" | "contains" | "get_by":
            return (verb, table, query)
        case "remove_ids" | "get_many":
            return (verb, table, keys)
        case "get" | "contains_id":
            return (verb, table, key)
    return (verb, table)


def _document(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"state": chance.choice(["waiting", "district", "attention"]), "n": chance.randrange(6)}
    if chance.random() < 0.6:
        made["school"] = chance.choice(["north", "south", None])
    if chance.random() < 0.6:
        made["at"] = f"2026-11-{chance.randint(1, 28):02}T10:15:30.{chance.randrange(1000):03}Z"
    if chance.random() < 0.2:
        made["deep"] = chance.choice([[], ["x"], ["x", {"y": "ñ"}]])
    return made
