"""A guard against answers that come too late. It leans on Flet's inner parts, in this one place."""

import logging
from typing import Any

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
