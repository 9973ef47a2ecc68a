"""How a page of the console is made: its look, its words, and what stands on every one of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from server import district
from server.html import NO_STORE, Look
from server.words import Words, choose

if TYPE_CHECKING:
    from server.console.door import Caller

_LOOK: Final = Look("console/style.css")


def words_of(request: Request) -> Words:
    """The console's words in the reader's language."""
    asked = request.query_params.get("lang")
    return Words.load("console", choose("console", asked, request.headers.get("accept-language")))


def page(
    request: Request,
    template: str,
    caller: "Caller | None" = None,
    session: Session | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page of the console; without `caller` one for somebody who is not signed in."""
    if session is None:
        with request.app.state.database.reading() as own:
            return page(request, template, caller, own, status=status, headers=headers, **values)
    words = words_of(request)
    done = f"done.{request.query_params.get('done', '')}"
    return _LOOK.page(
        template,
        status,
        {**NO_STORE, **(headers or {})},
        words=words,
        caller=caller,
        csrf=caller.csrf if caller else "",
        district=district.the_district(session),
        here=request.url.path,
        # Only sentences of ours: an address must not be able to put words into the console's mouth.
        done=words(done) if done in words else "",
        **values,
    )


def told(request: Request, error: district.DistrictError) -> str:
    """Why something cannot be done, in the reader's language where it has the sentence, else in English."""
    words, key = words_of(request), f"refused.{error.key}"
    field = f"field.{error.values.get('field')}"
    if key not in words or ("field" in error.values and field not in words):
        return str(error)
    return words(key, **{**error.values, "field": words(field) if field in words else ""})


def confirm(request: Request, caller: "Caller", what: str, back: str, **values: str) -> HTMLResponse:
    """Asks once more before something that cannot be undone: the form posts to the page's own address.

    `what` names the sentences `confirm.<what>.title`, `.text` and `.do`.
    """
    words = words_of(request)
    return page(
        request,
        "console/confirm.html",
        caller,
        heading=words(f"confirm.{what}.title", **values),
        text=words(f"confirm.{what}.text", **values),
        do=words(f"confirm.{what}.do"),
        back=back,
    )
