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
        self._parsed: dict[str, Form | None] = {}
        self._setup: Setup | None = None

    @property
    def setup(self) -> Setup | None:
        """The setup, or None before the first one came."""
        if self._setup is None and (kept := self._facts.get("setup")):
            self._setup = Setup.parse(kept)
        return self._setup

    def keep(self, body: dict[str, Any], etag: str | None) -> None:
        """Takes a new setup over as a whole. Raises SetupError; what was there stays in use then.

        A form that only a newer version of the app can read is kept for it; the version before stays in use meanwhile.
        """
        setup = Setup.parse(body)
        bodies = body.get("forms")
        if not isinstance(bodies, list):
            raise SetupError("forms: is not a list")
        current = {_named(form): form for form in bodies}
        read = [_read(form) for form in current.values()]
        if current and not any(read):
            raise SetupError("forms: none of them can be read")
        before = {form.id: form.version for form in self.forms()}
        with self._store.batch():
            for (form, version), kept in current.items():
                key = _key(form, version)
                self._parsed.pop(key, None)
                self._table.upsert({"key": key, "body": kept}, where("key") == key)
            self._facts.set("setup", {name: part for name, part in body.items() if name != "forms"})
            self._facts.set("forms", [list(pair) for pair in current])
            self._facts.set("forms_before", [[form, before[form]] for form, _ in self._unread() if form in before])
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
        if version and (kept := self._form(form, version)):
            return kept
        current, before = (dict(self._facts.get(name, [])) for name in ("forms", "forms_before"))
        found = (self._form(form, wanted or "") for wanted in (current.get(form), before.get(form)))
        return next((one for one in found if one is not None), None)

    @property
    def unread_forms(self) -> int:
        """How many of the district's forms only a newer version of the app can read."""
        return len(self._unread())

    def _unread(self) -> list[tuple[str, str]]:
        return [(form, version) for form, version in self._facts.get("forms", []) if self._form(form, version) is None]

    def _form(self, form: str, version: str) -> Form | None:
        key = _key(form, version)
        if key not in self._parsed and (row := self._table.one("key", key)):
            self._parsed[key] = _read(row["body"])
        return self._parsed.get(key)

    def place(self, place: str | None) -> Place | None:
        """A place of the district."""
        setup = self.setup
        return setup.place_by_id.get(place) if setup and place else None

    def sweep(self, needed: Callable[[str, str], bool]) -> None:
        """Removes the form versions that are neither in use nor needed."""
        current = {_key(*pair) for name in ("forms", "forms_before") for pair in self._facts.get(name, [])}
        for row in self._table.all():
            if row["key"] not in current and not needed(*row["key"].split("@", 1)):
                self._table.remove(doc_ids=[row.doc_id])


def _key(form: str, version: str) -> str:
    return f"{form}@{version}"


def _named(form: Any) -> tuple[str, str]:
    """Id and version of a form, whatever else is in it."""
    name = (form.get("id"), form.get("version")) if isinstance(form, dict) else (None, None)
    if not all(isinstance(part, str) and part for part in name):
        raise SetupError("forms: one has no id or version")
    return str(name[0]), str(name[1])


def _read(form: dict[str, Any]) -> Form | None:
    try:
        return Form.parse(form)
    except FormError:
        return None
