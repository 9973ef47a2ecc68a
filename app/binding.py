"""Whose phone this is: the device's secret, and the officer and district that it was bound to."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from app.facts import Facts
from app.ids import uuid7


class AnotherOwner(Exception):
    """The phone still holds records of another officer or district; they must not get mixed."""


@dataclass(frozen=True)
class Binding:
    """What the phone says to the district with every request, and to whom it belongs."""

    device: str
    token: str
    base_url: str
    officer: str
    district: str

    def __repr__(self) -> str:
        return f"Binding(device={self.device!r}, officer={self.officer!r}, district={self.district!r})"


class Binder:
    """Binds the phone, step by step, each step kept before the next."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @property
    def binding(self) -> Binding | None:
        """Whose phone this is, or None before enrolment."""
        kept = self._facts.get("binding")
        return Binding(**kept) if kept else None

    def begin(self, code: str) -> tuple[str, str]:
        """Device id and token for enrolling with this code, kept before the first request.

        The same code gets the same pair again: the district answers a repeated request as it answered the first, so
        that an answer lost on the way costs nothing.
        """
        kept = self._facts.get("enrolment")
        if not kept or kept["code"] != code:
            kept = {"code": code, "device": uuid7(), "token": secrets.token_urlsafe(32)}
            self._facts.set("enrolment", kept)
        return kept["device"], kept["token"]

    def bind(self, base_url: str, answer: dict[str, Any]) -> Binding:
        """Takes the district's answer to the enrolment. Raises AnotherOwner, ValueError for an answer that is none."""
        kept = self._facts.get("enrolment")
        if not kept or answer.get("device") != kept["device"]:
            raise ValueError("this is no answer to an enrolment of this phone")
        officer, district = _id(answer.get("officer")), _id(answer.get("district"))
        owner = self._facts.get("owner")
        if owner and owner != [district, officer]:
            raise AnotherOwner
        binding = Binding(kept["device"], kept["token"], base_url, officer, district)
        self._facts.set("owner", [district, officer])
        self._facts.set("binding", asdict(binding))
        self._facts.forget("enrolment")
        self._facts.forget("unbound")
        if not self._facts.get("cursor"):
            self._facts.ask_all(own=False)
        return binding

    def unbind(self, reason: str) -> None:
        """The district no longer knows this phone: no more requests. What is kept stays, for its owner only."""
        self._facts.set("unbound", reason)
        self._facts.forget("binding")

    @property
    def reason(self) -> str | None:
        """Why the phone was unbound, as the district's code."""
        reason = self._facts.get("unbound")
        return None if reason is None else str(reason)


def _id(value: Any) -> str:
    found = value.get("id") if isinstance(value, dict) else value
    if not isinstance(found, str) or not found:
        raise ValueError("the district's answer does not say whose phone this is")
    return found
