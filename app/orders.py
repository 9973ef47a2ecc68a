"""The district's orders to seal and unseal that this phone has heard, and those that the district has no more.

A district that was restored from a backup lost the orders that came after it. They are given again as new ones, so that
the old ones must go from the phones: nothing that the district has ever takes them back. An order to expunge stands for
ever and is not kept track of.
"""

from collections.abc import Collection
from typing import Any, Final

from app.facts import Facts
from app.revisions import Revision

_FACT: Final = "orders"  # by hash: the record, and since everything was asked for anew whether it and its record came
_KINDS: Final = ("seal", "unseal")


class Orders:
    """What was heard of orders, in one fact: there are few."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def hear(self, revisions: Collection[Revision], *, first: bool) -> None:
        """Notes what came in a page; it is the `first` where everything was asked for anew."""
        heard: dict[str, dict[str, Any]] = {}
        records = {revision.record for revision in revisions}
        for name, order in self._facts.get(_FACT, {}).items():
            about = order["record"] in records or (order["about"] and not first)
            heard[name] = {"record": order["record"], "came": order["came"] and not first, "about": about}
        for revision in revisions:
            if revision.act in _KINDS:
                heard[revision.hash] = {"record": revision.record, "came": True, "about": True}
        if heard:
            self._facts.set(_FACT, heard)

    def lost(self) -> dict[str, str]:
        """The orders that did not come although something of their record did, now that all came: hash and record.

        They are forgotten with that.
        """
        heard = self._facts.get(_FACT, {})
        lost = {name: order["record"] for name, order in heard.items() if order["about"] and not order["came"]}
        if lost:
            self._facts.set(_FACT, {name: order for name, order in heard.items() if name not in lost})
        return lost
