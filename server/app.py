"""Where the server's parts meet: settings, database, photos, intake, and every door to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from anyio import CapacityLimiter
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from server import console, errors, static
from server.api import router as api
from server.blobs import BlobError, open_blobs
from server.brakes import Brakes
from server.context import TheDatabase
from server.database import Database, open_database
from server.errors import Refused
from server.formbook import FormBook
from server.guard import Guard
from server.intake import Intake
from server.leftovers import Leftovers
from server.leftovers_api import router as leftovers_api
from server.public import open311, open311_forms, pages, requests, senders
from server.public.page import error_page
from server.public.ready import Ready
from server.public.senders import Crowd
from server.public.tickets import Tickets
from server.records import counts
from server.settings import Settings
from server.setup import SetupNames
from server.stamp import Stamper
from sync.protocol import APP_VERSION, Code, WireError

_DARKROOM: Final = 2  # photos of families that are looked at at the same time


def create_app(settings: Settings) -> FastAPI:
    """The district server as an ASGI application; its data folder is made where it is not there."""
    database = open_database(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        daily = asyncio.create_task(_daily(database))
        yield
        daily.cancel()
        database.close()

    # FastAPI's own pages for reading the API would load scripts from elsewhere.
    app = FastAPI(
        title="Beatbook district",
        version=APP_VERSION,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.blobs = open_blobs(settings)
    app.state.blobs.sweep()
    app.state.leftovers = Leftovers(settings.leftovers_path, app.state.blobs)
    app.state.forms = FormBook()
    app.state.intake = Intake(database, app.state.forms)
    app.state.setup_names = SetupNames()
    app.state.brakes = Brakes()
    app.state.darkroom = CapacityLimiter(_DARKROOM)
    app.state.crowd = Crowd(app.state.brakes)
    app.state.tickets = Tickets(settings.secret_key())
    app.state.stamper = Stamper.of(settings.stamp_key_path)
    app.add_middleware(Ready, database=database)
    app.add_middleware(Guard, secure=settings.secure)  # added last, it is around everything
    # Addresses are looked for in this order: those that phones and parents ask for come first.
    app.include_router(api)
    app.include_router(pages.router)
    app.include_router(requests.router)
    app.include_router(leftovers_api)
    app.include_router(open311.router)
    app.include_router(console.router)
    app.add_api_route("/healthz", healthz, methods=["GET", "HEAD"], include_in_schema=False)
    static.mount(app, settings.webapp)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(WireError, _unreadable)
    app.add_exception_handler(BlobError, _unreadable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    return app


async def _daily(database: Database) -> None:
    """What is promised for a number of days, and happens although nobody writes."""
    while True:
        await run_in_threadpool(senders.forget_old, database)
        await asyncio.sleep(24 * 3600)


def healthz(database: TheDatabase) -> JSONResponse:
    """For whoever watches the server: is it well, which version, how much is in it; no names."""
    with database.reading() as session:
        body = {"status": "ok", "version": APP_VERSION, "database": database.kind, "counts": counts(session)}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if not _is_api(request):
        return error_page(request, errors.STATUS.get(error.code, 400))
    return errors.answer(error, request.scope)


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, WireError | BlobError)
    return errors.answer(Refused(error.code, str(error)), request.scope)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not _is_api(request):
        return error_page(request, 400)
    # Which part, but not what was in it: that may be somebody's data, or a secret.
    first = error.errors()[0]
    code = Code.BAD_JSON if first["type"] == "json_invalid" else Code.BAD_REQUEST
    part = ".".join(str(name) for name in first["loc"] if not isinstance(name, int))
    said = f"The request cannot be read: {part} is missing or wrong."
    return errors.answer(Refused(code, said), request.scope)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if open311_forms.is_here(request):
        return open311_forms.refuse(request, error.status_code, headers=error.headers)
    if not _is_api(request):
        return error_page(request, error.status_code)
    if error.status_code == 404:
        return errors.answer(errors.nothing_at(request.url.path), request.scope)
    no = Refused(Code.BAD_REQUEST, "The district does not take this kind of request here.")
    body = errors.answer(no, request.scope)
    body.status_code = error.status_code
    return body


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
