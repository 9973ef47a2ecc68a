"""The pages behind the QR codes, for anybody with a phone: plain HTML, no script, no cookie, English and Spanish."""

import io
import logging
from collections.abc import Callable, Coroutine
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.routing import APIRoute
from PIL import Image, ImageOps
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from server import codes, district
from server.cards import CardFacts, card_facts
from server.context import TheBlobs, TheDatabase, TheSettings
from server.html import FILE_HEADERS, HEADERS, NO_STORE, Look
from server.vcards import MEDIA_TYPE
from server.words import Words, choose, languages

PHOTO_PX: Final = 240

_LOOK: Final = Look("public/style.css")
# Short, because a card follows transfers and a tag may be retired; long enough for a class that scans the same poster.
_FRESH: Final = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}
_ROBOTS: Final = "User-agent: *\nDisallow: /api/\nDisallow: /app/\nDisallow: /console/\n"
_LAST_WORDS: Final = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Beatbook</title>'
    "<h1>Something went wrong here</h1><p>Please try again in a few minutes."
    "<p>Emergency: 911. Not watched 24 hours. Crisis: call or text 988."
    "<p lang=es>Emergencia: 911. No se atiende las 24 horas. Crisis: llame o escriba al 988."
)

_log = logging.getLogger(__name__)


class _Gone(Exception):
    """There is no such page (any more); `what` names the sentences that say so."""

    def __init__(self, what: str, status: int = 404, **values: str) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
        self.values = values


class _PageRoute(APIRoute):
    """Turns every "no" into a page with words: no visitor ever sees JSON or a traceback."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except _Gone as gone:
                return _message(request, gone.status, gone.what, **gone.values)
            except (HTTPException, RequestValidationError):
                return error_page(request, 404)
            except Exception as error:
                # Its type only: a message may quote what somebody typed.
                _log.error("a public page failed: %s", type(error).__name__)
                return error_page(request, 500)

        return handle


router = APIRouter(route_class=_PageRoute, include_in_schema=False)
_READ: Final = ["GET", "HEAD"]
Lang = Annotated[str, Query(max_length=20)]


@router.api_route("/", methods=_READ)
def home(request: Request) -> HTMLResponse:
    """The start page: what the programme is and how to reach it."""
    return _page(request, "public/home.html")


@router.api_route("/robots.txt", methods=_READ)
def robots() -> PlainTextResponse:
    """Search engines may read the public pages and nothing else."""
    return PlainTextResponse(_ROBOTS, headers={**HEADERS, "Cache-Control": "public, max-age=86400"})


@router.api_route("/t/{code}", methods=_READ)
@router.api_route("/T/{code}", methods=_READ)
def tag(request: Request, database: TheDatabase, code: str) -> HTMLResponse:
    """What a tag's QR code opens in an ordinary camera: the place's name, and a way into the app for officers."""
    with database.reading() as session:
        found = district.tag_by_code(session, code)
        # The short code is for officers' phones; as an address it would be short enough to be guessed.
        if found is None or found.code != code.upper():
            raise _Gone("tag_unknown")
        place = district.place(session, found.place)
        school = place and district.school(session, place.school)
        assert place
        assert school
        if found.state != "active" or not place.active:
            raise _Gone("tag_retired", 410, place=place.name, school=school.name)
        return _page(request, "public/tag.html", session, place=place, school=school, code=found.code)


@router.api_route("/c/{slug}.vcf", methods=_READ)
def contact(database: TheDatabase, settings: TheSettings, slug: str) -> Response:
    """The card as a file that every phone's address book reads."""
    with database.reading() as session:
        card = _card(session, slug, settings.base_url)
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    headers["Content-Disposition"] = f'inline; filename="{card.slug}.vcf"'
    return Response(card.vcard, headers=headers, media_type=f"{MEDIA_TYPE}; charset=utf-8")


@router.api_route("/c/{slug}.jpg", methods=_READ)
def photo(database: TheDatabase, settings: TheSettings, blobs: TheBlobs, slug: str) -> Response:
    """The officer's photo, small and without what a camera writes into its pictures."""
    with database.reading() as session:
        card = _card(session, slug, settings.base_url)
    if card.photo is None or not blobs.has(card.photo):
        raise _Gone("error.not_found")
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    return Response(_small(blobs.path(card.photo)), headers=headers, media_type="image/jpeg")


@router.api_route("/c/{slug}/{what}.{kind}", methods=_READ)
def code_picture(database: TheDatabase, settings: TheSettings, slug: str, what: str, kind: str) -> Response:
    """A card's QR codes as pictures: `link` opens the page, `contact` holds the vCard itself."""
    if what not in ("link", "contact") or kind not in ("svg", "png"):
        raise _Gone("error.not_found")
    with database.reading() as session:
        card = _card(session, slug, settings.base_url)
    text = card.qr_url if what == "link" else card.vcard
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    if kind == "png":
        return Response(codes.png(text, "M"), headers=headers, media_type="image/png")
    return Response(codes.svg(text, "M", title=card.name), headers=headers, media_type="image/svg+xml")


@router.api_route("/c/{slug}", methods=_READ)
@router.api_route("/C/{slug}", methods=_READ)
def card_page(request: Request, database: TheDatabase, settings: TheSettings, slug: str) -> HTMLResponse:
    """An officer's contact card for parents."""
    with database.reading() as session:
        card = _card(session, slug, settings.base_url)
        words = _words(request)
        qr = codes.svg(card.qr_url, "M", title=words("card.qr_title"))
        return _page(request, "public/card.html", session, card=card, qr=qr)


def error_page(request: Request, status: int) -> HTMLResponse:
    """A page with words for an address or a request that leads nowhere; the server's handlers use it too."""
    kinds = {404: "error.not_found", 405: "error.method", 429: "error.too_many"}
    what = kinds.get(status, "error.internal" if status >= 500 else "error.not_found")
    try:
        return _message(request, status, what)
    except Exception as error:  # without its database a server still says whom to call
        _log.error("an error page failed: %s", type(error).__name__)
        return HTMLResponse(_LAST_WORDS, 500, {**FILE_HEADERS, **NO_STORE})


def _card(session: Session, slug: str, base_url: str) -> CardFacts:
    found = district.card(session, slug)
    if found is None:
        raise _Gone("card_unknown")
    facts = card_facts(session, found, base_url)
    if facts is None:
        raise _Gone("card_retired", 410)
    return facts


@lru_cache(maxsize=64)
def _small(path: Path) -> bytes:
    # Kept by path: a photo's file is named by its content and never changes.
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    square = ImageOps.fit(upright, (PHOTO_PX, PHOTO_PX))
    out = io.BytesIO()
    square.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _words(request: Request) -> Words:
    asked = request.query_params.get("lang")
    return Words.load("public", choose("public", asked, request.headers.get("accept-language")))


def _message(request: Request, status: int, what: str, **values: str) -> HTMLResponse:
    words = _words(request)
    more = words(f"{what}.officers") if f"{what}.officers" in words else ""
    text = words(f"{what}.text", **values)
    return _page(request, "public/message.html", status=status, heading=words(f"{what}.title"), text=text, more=more)


def _page(
    request: Request, template: str, session: Session | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    if session is None:
        with request.app.state.database.reading() as own:
            return _page(request, template, own, status=status, **values)
    names = [(code, Words.load("public", code)("name")) for code in languages("public")]
    return _LOOK.page(
        template,
        status,
        _FRESH if status == 200 else {**NO_STORE, "Vary": "Accept-Language"},
        words=_words(request),
        languages=names,
        district=district.the_district(session),
        **values,
    )
