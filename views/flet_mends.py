"""Two mends of Flet, which lean on its inner parts: for answers that come too late, and for time spent on nothing."""

import logging
from typing import Any

from flet.controls.object_patch import DiffBuilder
from flet.messaging.session import Session

log = logging.getLogger("beatbook")


def forgive_late_answers() -> None:
    """Lets the app live when the phone answers for a control that has left the screen.

    Flet 1.0.5 raises in the loop that hears the phone, which then hears nothing any more: leaving the camera while
    it takes a picture would freeze the app. The answer is dropped instead; who waited for it left with the control.
    """
    if getattr(Session.handle_invoke_method_results, "strict", None):
        return
    strict = Session.handle_invoke_method_results

    def forgiving(self: Session, control_id: int, call_id: str, result: Any, error: str | None) -> None:
        try:
            strict(self, control_id, call_id, result, error)
        except RuntimeError:
            log.info("an answer came for a control that has left the screen")

    forgiving.strict = strict  # type: ignore[attr-defined]  # marks it: once is enough
    Session.handle_invoke_method_results = forgiving  # type: ignore[method-assign]  # there is no other way in


_PLAIN = frozenset({type(None), str, int, float, bool})


def pass_over_plain_values() -> None:
    """Lets Flet pass over what holds no control when it looks through the properties of new ones.

    Flet 1.0.5 opens a generator for every property of every control, and most of them are None: a fifth of the time
    that a screen takes to be drawn. What it finds is the same.
    """
    if getattr(DiffBuilder._configure_dataclass, "whole", None):
        return
    whole = DiffBuilder._configure_dataclass

    def quick(self: DiffBuilder, item: Any, *more: Any) -> Any:
        return () if type(item) in _PLAIN else whole(self, item, *more)

    quick.whole = whole  # type: ignore[attr-defined]  # marks it: once is enough
    DiffBuilder._configure_dataclass = quick  # type: ignore[assignment,method-assign]  # there is no other way in
