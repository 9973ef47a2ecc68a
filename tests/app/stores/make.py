"""Writes a small notebook with whatever version of the store is here: `python -m tests.app.stores.make FOLDER`.

Everything that a journal can say is in it: records put, changed and removed, many in one commit, a table that was
dropped, one that is empty, letters of many kinds.
"""

import asyncio
import inspect
import json
import sys
from pathlib import Path
from typing import Any

from app.files import OrdinaryFolder
from app.store import Store, where

MANY = 300  # records, so that there is a page of the directory


def fill(store: Any) -> None:
    """The life of a small notebook."""
    records, drafts = store.table("records"), store.table("drafts")
    for number in range(1, 8):
        records.insert({"state": "waiting", "school": f"school-{number % 3}", "text": f"Tür {number} — puerta ñ 門"})
    records.update({"state": "district"}, where("school") == "school-1")
    records.remove(doc_ids=[2])
    with store.batch():
        drafts.insert({"answers": {"q1": None, "q2": [1, 2.5, True, "x"], "deep": {"a": {"b": []}}}})
        store.table("facts").insert({"name": "cursor", "value": 42})
        records.insert({"state": "attention"})
    store.table("old").insert({"gone": True})
    store.drop_table("old")
    store.table("empty").truncate()
    with store.batch():
        store.table("many").insert_multiple({"n": number} for number in range(MANY))
    store.table("many").update({"n": -1}, doc_ids=[1])


def content(store: Any) -> dict[str, dict[str, Any]]:
    """Every document by its table and id."""
    return {name: {str(row.doc_id): dict(row) for row in store.table(name)} for name in sorted(store.tables())}


async def _make(folder: Path) -> None:
    needs: list[Any] = [OrdinaryFolder(folder)]
    if "cipher" in inspect.signature(Store.open).parameters:
        from app.cipher import make_cipher

        needs.append(make_cipher(bytes(range(32))))
    store = await Store.open(*needs)
    fill(store)
    (folder.parent / "expected.json").write_text(json.dumps(content(store), ensure_ascii=False, indent=1) + "\n")
    store.close()
    (folder / "lock").unlink()


if __name__ == "__main__":
    asyncio.run(_make(Path(sys.argv[1])))
