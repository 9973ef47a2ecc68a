"""What every public page has in common: its look and language, and words for every "no"."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from server import district
from server.errors import STATUS, Refused
from server.html import FILE_HEADERS, NO_STORE, Look
from server.public.emergency import UNREAD
from server.words import Words, choose, languages

READ: Final = ["GET", "HEAD"]
_LOOK: Final = Look("public/style.css")
_LOOK_OF_FORMS: Final = Look("public/style.css", "public/ask.css")
# Short, because a card follows transfers and a tag may be retired; long enough for a class that scans the same poster.
_FRESH: Final = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}
_ALONE: Final = {**NO_STORE, "Vary": "Accept-Language"}
_LAST_WORDS: Final = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Beatbook</title>'
    "<h1>Something went wrong here</h1><p>Please try again in a few minutes."
    "<p>Emergency: 911. Not watched 24 hours. Crisis: call or text 988."
    "<p lang=es>Emergencia: 911. No se atiende las 24 horas. Crisis: llame o escriba al 988."
)

_log = logging.getLogger(__name__)


class Gone(Exception):
    """There is no such page (any more); `what` names the sentences that say so."""

    def __init__(self, what: str, status: int = 404, **values: str) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
        self.values = values


class PageRoute(APIRoute):
    """Turns every "no" into a page with words: no visitor ever sees JSON or a traceback."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Gone as gone:
                return _message(request, gone.status, gone.what, **gone.values)
            except HTTPException as error:
                return error_page(request, error.status_code)
            except RequestValidationError:
                return error_page(request, 404)
            except Refused as error:
                return error_page(request, STATUS.get(error.code, 400))
            except ClientDisconnect:  # a phone in a tunnel: nobody is left to be answered
                raise
            except Exception as error:
                # Its type only: a message may quote what somebody typed.
                _log.error("a public page failed: %s", type(error).__name__)
                return error_page(request, 500)

        return handle


def page(
    request: Request,
    template: str,
    session: Session | None = None,
    *,
    status: int = 200,
    alone: bool = False,
    **values: Any,
) -> HTMLResponse:
    """The template as an answer, in the visitor's language; `alone` is a form or its answer, kept by nobody."""
    if session is None:
        with request.app.state.database.reading() as own:
            return page(request, template, own, status=status, alone=alone, **values)
    names = [(code, Words.load("public", code)("name")) for code in languages("public")]
    return (_LOOK_OF_FORMS if alone else _LOOK).page(
        template,
        status,
        _ALONE if alone or status != 200 else _FRESH,
        words=words_of(request),
        languages=names,
        district=district.the_district(session),
        **values,
    )


def error_page(request: Request, status: int) -> HTMLResponse:
    """A page with words for an address or a request that leads nowhere; the server's handlers use it too."""
    kinds = {404: "error.not_found", 405: "error.method", 413: "error.too_big", 429: "error.too_many"}
    what = kinds.get(status, "error.internal" if status >= 500 else "error.not_found")
    try:
        return _message(request, status, what)
    except Exception as error:  # without its database a server still says whom to call
        _log.error("an error page failed: %s", type(error).__name__)
        return HTMLResponse(_LAST_WORDS, 500, {**FILE_HEADERS, **NO_STORE})


def words_of(request: Request) -> Words:
    """The sentences in the visitor's language: the one asked for in the address, else the browser's best."""
    asked = request.query_params.get("lang")
    return Words.load("public", choose("public", asked, request.headers.get("accept-language")))


def _message(request: Request, status: int, what: str, **values: str) -> HTMLResponse:
    words = words_of(request)
    more = words(f"{what}.officers") if f"{what}.officers" in words else ""
    text = words(f"{what}.text", **values)
    # What a family sent and nobody keeps: only where the words could be read is known whether they are urgent.
    alarm = UNREAD if status == 413 else getattr(request.state, "alarm", "")
    if alarm == UNREAD:
        more, alarm = words(UNREAD), ""
    about: dict[str, Any] = {"heading": words(f"{what}.title"), "text": text, "more": more, "urgent": alarm}
    return page(request, "public/message.html", status=status, alone=bool(alarm), **about)
