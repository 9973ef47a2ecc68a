"""What the district gave the phone: its setup, and every version of a form that a record or draft here may need."""

from collections.abc import Callable
from typing import Any, Final

from app.facts import Facts
from app.forms import Form, FormError
from app.setup import Place, Setup, SetupError
from app.store import Key, Store, where

INDEXES: Final = {"forms": (Key("key"),)}


class Shelf:
    """Setup and forms in the store."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self._store = store
        self._facts = facts
        self._table = store.table("forms")
        self._parsed: dict[str, Form] = {}
        self._setup: Setup | None = None

    @property
    def setup(self) -> Setup | None:
        """The setup, or None before the first one came."""
        if self._setup is None and (kept := self._facts.get("setup")):
            self._setup = Setup.parse(kept)
        return self._setup

    def keep(self, body: dict[str, Any], etag: str | None) -> None:
        """Takes a new setup over as a whole. Raises SetupError; what was there stays in use then."""
        setup = Setup.parse(body)
        forms = body.get("forms")
        if not isinstance(forms, list):
            raise SetupError("forms: is not a list")
        try:
            current = [(Form.parse(form), form) for form in forms]
        except FormError as error:
            raise SetupError(str(error)) from None
        with self._store.batch():
            for form, kept in current:
                key = _key(form.id, form.version)
                self._parsed.pop(key, None)
                self._table.upsert({"key": key, "body": kept}, where("key") == key)
            self._facts.set("setup", {name: part for name, part in body.items() if name != "forms"})
            self._facts.set("forms", [[form.id, form.version] for form, _ in current])
            self._facts.set("setup_etag", etag)
        self._setup = setup

    @property
    def body(self) -> dict[str, Any] | None:
        """The setup in use as the district gave it, its forms included."""
        kept = self._facts.get("setup")
        return None if kept is None else {**kept, "forms": [form.json for form in self.forms()]}

    def forms(self) -> list[Form]:
        """The forms in use, in the district's order."""
        found = (self.form(form, version) for form, version in self._facts.get("forms", []))
        return [form for form in found if form is not None]

    def form(self, form: str, version: str | None = None) -> Form | None:
        """A form in that version, else in the version in use; None when the phone does not have it."""
        current = dict(self._facts.get("forms", []))
        for wanted in (version, current.get(form)):
            key = _key(form, wanted or "")
            if key not in self._parsed and (row := self._table.first(where("key") == key)):
                self._parsed[key] = Form.parse(row["body"])
            if key in self._parsed:
                return self._parsed[key]
        return None

    def place(self, place: str | None) -> Place | None:
        """A place of the district."""
        setup = self.setup
        return setup.place_by_id.get(place) if setup and place else None

    def sweep(self, needed: Callable[[str, str], bool]) -> None:
        """Removes the form versions that are neither in use nor needed."""
        current = {_key(*pair) for pair in self._facts.get("forms", [])}
        for row in self._table.all():
            if row["key"] not in current and not needed(*row["key"].split("@", 1)):
                self._table.remove(doc_ids=[row.doc_id])


def _key(form: str, version: str) -> str:
    return f"{form}@{version}"
