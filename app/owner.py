"""Whose notebook it is: the enrolment, what the district set up for its officer, and what the officer prefers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.binding import Binder, Binding
from app.facts import MOVED, SINCE, Facts
from app.findings import closes
from app.forms import Form
from app.requests import is_request
from app.setup import School, Setup
from app.shelf import Shelf
from app.store import Store
from app.tours import is_run


class Owner:
    """The part of the notebook that knows its officer."""

    _store: Store
    _facts: Facts
    _binder: Binder
    _shelf: Shelf

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one."""
        raise NotImplementedError
        yield

    @property
    def binding(self) -> Binding | None:
        """Whose phone this is, or None before enrolment."""
        return self._binder.binding

    @property
    def unbind_reason(self) -> str | None:
        """Why the district no longer knows this phone: its code, or None."""
        return self._binder.reason

    def begin_enrolment(self, code: str) -> tuple[str, str]:
        """Device id and token for enrolling with this code; the same pair again for the same code."""
        return self._binder.begin(code)

    def bind(self, base_url: str, answer: dict[str, Any]) -> Binding:
        """Takes the district's answer to the enrolment. Raises AnotherOwner, ValueError."""
        with self.batch():
            return self._binder.bind(base_url, answer)

    def unbind(self, reason: str) -> None:
        """The district no longer knows this phone. Everything kept stays for its owner."""
        with self.batch():
            self._binder.unbind(reason)

    @property
    def setup(self) -> Setup | None:
        """What the district said of officer, schools, places, tags, people and rules."""
        return self._shelf.setup

    def place_photos(self) -> list[str]:
        """What the district's places look like, by SHA-256."""
        setup = self.setup
        return list(dict.fromkeys(place.photo for place in setup.places if place.photo)) if setup else []

    @property
    def setup_etag(self) -> str | None:
        """What to ask the district with, to learn whether the setup changed."""
        return self._text("setup_etag")

    def keep_setup(self, body: dict[str, Any], etag: str | None) -> None:
        """Takes a new setup over as a whole. Raises SetupError; the one before stays in use then.

        Of a school that is new to the officer the district is asked for everything, and its tours count from now on;
        the records of one that is no longer theirs leave the phone (app/housekeeping.py).
        """
        before = self._shelf.setup
        with self.batch():
            self._shelf.keep(body, etag)
            after = self._shelf.setup
            had, has = ({school.id for school in setup.schools} if setup else set() for setup in (before, after))
            kept = {school: at for school, at in self._facts.get(SINCE, {}).items() if school in has & had}
            self._facts.set(SINCE, dict.fromkeys(has - had, self._now()) | kept)
            if before is None:
                return
            if has - had:
                self._facts.ask_all()
            if had - has:
                self._facts.set(MOVED, True)
                self._store.disturb()

    @property
    def setup_body(self) -> dict[str, Any] | None:
        """The setup as `keep_setup` took it, for another notebook of the same officer."""
        return self._shelf.body

    def _now(self) -> str:
        raise NotImplementedError

    def form(self, form: str, version: str | None = None) -> Form | None:
        """A form in that version, else the one in use; None when the phone does not have it."""
        return self._shelf.form(form, version)

    def forms(self) -> list[Form]:
        """The forms in use that a record can be begun with."""
        aside = (closes, is_request, is_run)
        return [form for form in self._shelf.forms() if not any(is_such(form) for is_such in aside)]

    @property
    def unread_forms(self) -> int:
        """How many of the district's forms only a newer version of the app can read."""
        return self._shelf.unread_forms

    def kinds(self) -> list[Form]:
        """The forms in use, those that are begun from something else too."""
        return self._shelf.forms()

    def schools(self) -> list[School]:
        """The officer's schools, or all of the district when the officer has none of their own."""
        setup = self.setup
        if setup is None:
            return []
        own = [school for school in setup.schools if school.id in setup.officer.schools]
        return own or list(setup.schools)

    @property
    def current_school(self) -> School | None:
        """The school that new records are for."""
        schools = self.schools()
        chosen = self._text("school")
        return next((school for school in schools if school.id == chosen), schools[0] if schools else None)

    def set_school(self, school: str) -> None:
        """Chooses the school that new records are for."""
        self.prefer("school", school)

    @property
    def language(self) -> str:
        """The language that titles are given in."""
        return self._text("language") or "en"

    def set_language(self, language: str) -> None:
        """Chooses the language."""
        self.prefer("language", language)

    def preference(self, name: str, default: Any = None) -> Any:
        """A setting of this phone."""
        return self._facts.get(name, default)

    def prefer(self, name: str, value: Any) -> None:
        """Keeps a setting of this phone."""
        with self.batch():
            self._facts.set(name, value)

    def _text(self, name: str) -> str | None:
        value = self._facts.get(name)
        return value if isinstance(value, str) else None
