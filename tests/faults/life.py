"""The life of a notebook as plain data: verbs that can be done to a store and to a dict, printed, and left out."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

from app import sealed_files
from app.cipher import Cipher, make_cipher
from app.files import FileTrouble, Folder
from app.store import Document, Key, Order, Store
from tests.app.simulated_disk import run

KEY = bytes(range(32))
CIPHER = make_cipher(KEY)
INDEXES = {"records": ("state", Key("school"), Order("at")), "drafts": ("state",), "photos": (Key("sha"),)}
TABLES = ("records", "drafts", "facts")
STATES = ("waiting", "district", "attention")
SIZES = (0, 20, 300, 1200)

# ("put", table, row, n, size) · ("remove", table, row) · ("many", verbs) · ("drop", table) · ("photo", row, size)
# · ("tidy", verbs) · ("reopen",)
Verb = tuple[Any, ...]
Model = dict[tuple[str, int], dict[str, Any]]


def verbs(chance: random.Random, count: int) -> list[Verb]:
    """A life of so many verbs."""
    kinds = ["put"] * 10 + ["remove"] * 3 + ["many"] * 3 + ["drop", "photo", "tidy", "tidy", "reopen"]
    return [_verb(chance, chance.choice(kinds)) for _ in range(count)]


def _verb(chance: random.Random, kind: str) -> Verb:
    table, row = chance.choice(TABLES), chance.randint(1, 8)
    match kind:
        case "put":
            return ("put", table, row, chance.randrange(1000), chance.choice(SIZES))
        case "remove":
            return ("remove", table, row)
        case "many":
            kinds = [chance.choice(["put", "put", "remove", "drop"]) for _ in range(chance.randint(1, 5))]
            return ("many", [_verb(chance, inner) for inner in kinds])
        case "photo":
            return ("photo", row, chance.choice([10, 3000, 70_000]))
        case "tidy":
            between = [chance.choice(["put", "put", "remove", "many", "drop"]) for _ in range(chance.randint(0, 6))]
            return ("tidy", [_verb(chance, inner) for inner in between])
        case "drop":
            return ("drop", table)
    return ("reopen",)


def document(n: int, size: int) -> dict[str, Any]:
    """A document like an officer's."""
    return {
        "state": STATES[n % 3],
        "school": f"school-{n % 5}",
        "at": f"2026-11-{1 + n % 28:02}T10:15:30.123-06:00",
        "n": n,
        "text": "né" * (size // 3),
    }


def picture(row: int, size: int) -> bytes:
    """What stands for a photo."""
    return random.Random(row).randbytes(size)  # noqa: S311  # a die, not a key


def after(model: Model, verb: Verb) -> Model:
    """What a verb makes of the dict."""
    model = dict(model)
    match verb:
        case ("put", table, row, n, size):
            model[table, row] = document(n, size)
        case ("remove", table, row):
            model.pop((table, row), None)
        case ("drop", table):
            model = {key: found for key, found in model.items() if key[0] != table}
        case ("photo", row, size):
            data = picture(row, size)
            model["photos", row] = {"sha": hashlib.sha256(data).hexdigest(), "bytes": size}
        case ("many", inner):
            for one in inner:
                model = after(model, one)
    return model


class Life:
    """A store on some disk, and the dict that says what is confirmed; `coming` is what a verb under way would make."""

    def __init__(self, folder: Folder, model: Model | None = None, cipher: Cipher = CIPHER) -> None:
        self.folder = folder
        self.cipher = cipher
        self.confirm: Callable[[], object] | None = None  # told of every commit
        self.model: Model = model or {}
        self.coming: Model | None = None
        self.store: Store | None = None

    @property
    def possible(self) -> list[Model]:
        """What the disk may hold at this moment."""
        return [self.model] if self.coming is None else [self.model, self.coming]

    async def open(self) -> None:
        """Opens the store."""
        self.store = await Store.open(self.folder, self.cipher, INDEXES)

    async def do(self, verb: Verb) -> None:
        """Does a verb to both; the dict has it once the store has confirmed it."""
        assert self.store is not None
        match verb:
            case ("reopen",):
                self.store.close()
                self.store = None
                await self.open()
            case ("tidy", between):
                await self._tidy(list(between))
            case ("photo", row, size):
                data = picture(row, size)
                found = after(self.model, verb)["photos", row]
                await sealed_files.write(self.folder, self.cipher, photo_name(found), data)
                self._keep(verb)
            case _:
                self._keep(verb)

    def _keep(self, verb: Verb) -> None:
        assert self.store is not None
        made = after(self.model, verb)
        self.coming = made
        with self.store.batch():
            self._apply(verb, made)
        self.model, self.coming = made, None
        if self.confirm:
            self.confirm()

    def _apply(self, verb: Verb, made: Model) -> None:
        assert self.store is not None
        match verb:
            case ("put", table, row, n, size):
                self._put(table, row, document(n, size))
            case ("photo", row, _):
                self._put("photos", row, made["photos", row])
            case ("remove", table, row):
                if self.store.table(table).contains(doc_id=row):
                    self.store.table(table).remove(doc_ids=[row])
            case ("drop", table):
                self.store.drop_table(table)
            case ("many", inner):
                for one in inner:
                    self._apply(one, made)

    def _put(self, table: str, row: int, found: dict[str, Any]) -> None:
        assert self.store is not None
        self.store.table(table).upsert(Document(found, row))

    async def _tidy(self, between: list[Verb]) -> None:
        """Rewrites the journal whether it is time or not, with verbs between the steps."""
        assert self.store is not None
        steps = self.store._journal_storage.journal.rewrite()
        trouble: FileTrouble | None = None
        while True:
            try:
                steps.send(None)
            except StopIteration:
                break
            if between and trouble is None:
                try:
                    await self.do(between.pop(0))
                except FileTrouble as error:
                    trouble, self.coming = error, None
        if trouble:
            raise trouble
        for verb in between:
            await self.do(verb)

    def check(self) -> None:
        """Makes sure that the open store holds what is confirmed."""
        assert self.store is not None
        assert content(self.store) == self.model, "the open store is not what was confirmed"


def photo_name(found: dict[str, Any]) -> str:
    """The file of a photo's row."""
    return f"photo-{found['sha']}"


def content(store: Store) -> Model:
    """Every document of a store."""
    return {(table, row.doc_id): dict(row) for table in store.tables() for row in store.table(table)}


async def check_photos(folder: Folder, model: Model, cipher: Cipher = CIPHER) -> None:
    """Makes sure that every photo that a row names is there as it was."""
    for (table, row), found in model.items():
        if table == "photos":
            sealed = await folder.read(photo_name(found))
            assert sealed is not None, f"photo {row} is gone"
            data = await sealed_files.open_sealed(cipher, photo_name(found), sealed)
            assert data == picture(row, found["bytes"]), f"photo {row} is another"


def reopened(folder: Folder, possible: list[Model]) -> Model:
    """Opens what a power cut left: one of what is possible, whole, and twice the same. Gives which."""
    store = run(Store.open(folder, CIPHER, INDEXES))
    found = content(store)
    assert store.report.whole, f"damage is reported: {store.report}"
    assert not store.lost, f"documents were lost: {store.lost}"
    store.close()
    assert found in possible, f"found {brief(found)} where {' or '.join(map(brief, possible))} was possible"
    run(check_photos(folder, found))
    store = run(Store.open(folder, CIPHER, INDEXES))
    again = content(store)
    assert store.report.whole, "the second opening reports damage"
    assert store.report.cut == 0, "the second opening cuts again"
    store.close()
    assert again == found, "the second opening finds something else"
    return found


def brief(model: Model) -> str:
    """A model on one line."""
    return "{" + ", ".join(f"{table}/{row}: {found.get('n')}" for (table, row), found in sorted(model.items())) + "}"
