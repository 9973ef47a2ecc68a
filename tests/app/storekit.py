"""A store on any disk, as its tests use it."""

from typing import Any

from app.cipher import make_cipher
from app.files import Folder
from app.store import Key, Order, Store
from tests.app.simulated_disk import run

CIPHER = make_cipher(bytes(range(32)))
INDEXES = {"records": ("state", Key("school"), Order("at")), "drafts": ("state",)}
Rows = dict[str, dict[int, dict[str, Any]]]


def open_store(disk: Folder) -> Store:
    """The store of a simulated disk."""
    return run(Store.open(disk, CIPHER, INDEXES))


def content(store: Store) -> Rows:
    """Every document by its table and id."""
    return {name: {row.doc_id: dict(row) for row in store.table(name)} for name in sorted(store.tables())}
