"""Single facts that the phone remembers, by name: whose it is, the cursor, the chain's end, a preference."""

from typing import Any, Final

from app.store import Document, Store, where

TABLE: Final = "facts"
SINCE: Final = "schools_since"  # by school, when it came to this phone
MOVED: Final = "moved"  # that the officer has fewer schools: the others' records are to leave


class Facts:
    """Named JSON values in one table of the store."""

    def __init__(self, store: Store) -> None:
        self._table = store.table(TABLE)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of that name, or `default`."""
        row = self._table.one("name", name)
        return default if row is None else row["value"]

    def set(self, name: str, value: Any) -> None:
        """Remembers a value: kept on the disk when this returns (or with the batch that is open)."""
        row = self._table.one("name", name)
        if row is None:
            self._table.insert({"name": name, "value": value})
        elif row["value"] != value:
            # The value as a whole: TinyDB's upsert would leave what only the old one had.
            self._table.upsert(Document({"name": name, "value": value}, row.doc_id))

    def ask_all(self, *, own: bool = True) -> None:
        """The district is to be asked for everything anew; with `own`, for what this phone wrote itself too."""
        self.set("cursor", 0)
        self.set("anew", "all" if own else "others")

    def forget(self, name: str) -> None:
        """Forgets a value; that there is none is no error."""
        self._table.remove(where("name") == name)
