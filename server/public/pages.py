"""The pages behind the QR codes, for anybody with a phone: plain HTML, no script, no cookie, English and Spanish."""

import io
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from PIL import Image, ImageOps

from server import codes
from server.context import TheBlobs, TheDatabase, TheForms, TheSettings
from server.html import FILE_HEADERS, HEADERS
from server.public.doors import the_card, the_tag
from server.public.page import READ, Gone, PageRoute, page, words_of
from server.public.questions import asks
from server.vcards import MEDIA_TYPE

PHOTO_PX: Final = 240

_ROBOTS: Final = "User-agent: *\nDisallow: /api/\nDisallow: /app/\nDisallow: /console/\n"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.api_route("/", methods=READ)
def home(request: Request) -> HTMLResponse:
    """The start page: what the programme is and how to reach it."""
    return page(request, "public/home.html")


@router.api_route("/robots.txt", methods=READ)
def robots() -> PlainTextResponse:
    """Search engines may read the public pages and nothing else."""
    return PlainTextResponse(_ROBOTS, headers={**HEADERS, "Cache-Control": "public, max-age=86400"})


@router.api_route("/t/{code}", methods=READ)
@router.api_route("/T/{code}", methods=READ)
def tag(request: Request, database: TheDatabase, forms: TheForms, code: str) -> HTMLResponse:
    """What a tag's QR code opens in an ordinary camera: the place's name, and a way into the app for officers."""
    with database.reading() as session:
        spot = the_tag(session, code)
        return page(request, "public/tag.html", session, spot=spot, asks=asks(session, forms))


@router.api_route("/c/{slug}.vcf", methods=READ)
def contact(database: TheDatabase, settings: TheSettings, slug: str) -> Response:
    """The card as a file that every phone's address book reads."""
    with database.reading() as session:
        card = the_card(session, slug, settings.base_url)
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    headers["Content-Disposition"] = f'inline; filename="{card.slug}.vcf"'
    return Response(card.vcard, headers=headers, media_type=f"{MEDIA_TYPE}; charset=utf-8")


@router.api_route("/c/{slug}.jpg", methods=READ)
def photo(database: TheDatabase, settings: TheSettings, blobs: TheBlobs, slug: str) -> Response:
    """The officer's photo, small and without what a camera writes into its pictures."""
    with database.reading() as session:
        card = the_card(session, slug, settings.base_url)
    if card.photo is None or not blobs.has(card.photo):
        raise Gone("error.not_found")
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    return Response(_small(blobs.path(card.photo)), headers=headers, media_type="image/jpeg")


@router.api_route("/c/{slug}/{what}.{kind}", methods=READ)
def code_picture(database: TheDatabase, settings: TheSettings, slug: str, what: str, kind: str) -> Response:
    """A card's QR codes as pictures: `link` opens the page, `contact` holds the vCard itself."""
    if what not in ("link", "contact") or kind not in ("svg", "png"):
        raise Gone("error.not_found")
    with database.reading() as session:
        card = the_card(session, slug, settings.base_url)
    text = card.qr_url if what == "link" else card.vcard
    headers = {**FILE_HEADERS, "Cache-Control": "public, max-age=300"}
    if kind == "png":
        return Response(codes.png(text, "M"), headers=headers, media_type="image/png")
    return Response(codes.svg(text, "M", title=card.name), headers=headers, media_type="image/svg+xml")


@router.api_route("/c/{slug}", methods=READ)
@router.api_route("/C/{slug}", methods=READ)
def card_page(
    request: Request, database: TheDatabase, settings: TheSettings, forms: TheForms, slug: str
) -> HTMLResponse:
    """An officer's contact card for parents."""
    with database.reading() as session:
        card = the_card(session, slug, settings.base_url)
        words = words_of(request)
        qr = codes.svg(card.qr_url, "M", title=words("card.qr_title"))
        asked = bool(card.schools) and asks(session, forms)
        return page(request, "public/card.html", session, card=card, qr=qr, asks=asked)


@lru_cache(maxsize=64)
def _small(path: Path) -> bytes:
    # Kept by path: a photo's file is named by its content and never changes.
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    square = ImageOps.fit(upright, (PHOTO_PX, PHOTO_PX))
    out = io.BytesIO()
    square.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
