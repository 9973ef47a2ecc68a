"""Who gets into the console and how far: sessions, roles, the secret in every form, and words for every "no"."""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from server import district
from server.accounts import Accounts, Visit, same
from server.console.page import page, words_of
from server.context import TheDatabase
from server.html import NO_STORE
from server.posted import read_form
from server.tables import Officer

COOKIE: Final = "beatbook-console"
CSRF: Final = "csrf"
SIGN_IN: Final = "/console/sign-in"
MOST_FIELDS: Final = 200

Right = Literal["read", "manage", "admin"]
# Everybody who can sign in reads records (an officer only those of their own schools). "read" is the rest of the
# district, "manage" changes it, "admin" opens and closes accounts.
_RIGHTS: Final[dict[str, frozenset[Right]]] = {
    "officer": frozenset(),
    "auditor": frozenset({"read"}),
    "supervisor": frozenset({"read", "manage"}),
    "admin": frozenset({"read", "manage", "admin"}),
}

_log = logging.getLogger("beatbook.trouble")


class SignInFirst(Exception):
    """Nobody is signed in (any more)."""


class Stop(Exception):
    """The console says no; `what` names the sentences `error.<what>.title` and `.text`."""

    def __init__(self, what: str, status: int) -> None:
        super().__init__(what)
        self.what = what
        self.status = status


def not_found() -> Stop:
    """There is no such thing, or none that this caller may know of: both look the same."""
    return Stop("not_found", 404)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: their account, the secret of their forms, and the schools they may see (None: all)."""

    officer: Officer
    csrf: str
    schools: tuple[str, ...] | None
    rights: frozenset[Right]

    @property
    def id(self) -> str:
        """The name under which the audit knows them."""
        return self.officer.id

    def may(self, right: Right) -> bool:
        """Whether their role has this right."""
        return right in self.rights


def accounts(request: Request) -> Accounts:
    """The accounts of the server that is running: one for all requests, because it counts wrong tries."""
    state = request.app.state
    if not hasattr(state, "accounts"):
        state.accounts = Accounts(state.database)
    kept: Accounts = state.accounts
    return kept


async def posted(request: Request) -> AsyncIterator[FormData]:
    """The fields of a form that was sent; nothing for a request that reads. Only a FileRoute takes a file."""
    if request.method != "POST":
        yield FormData()
        return
    files = getattr(request.scope.get("route"), "files", 0)
    form = await read_form(request, max_fields=MOST_FIELDS, max_files=files)
    try:
        yield form
    finally:
        await form.close()


Posted = Annotated[FormData, Depends(posted)]


def caller(
    request: Request, database: TheDatabase, form: Posted, known: Annotated[Accounts, Depends(accounts)]
) -> Caller:
    """Whoever is signed in. Raises SignInFirst, and Stop for a form without this session's secret."""
    token = request.cookies.get(COOKIE, "")
    visit: Visit | None = known.visit(token) if token else None
    if visit is None:
        raise SignInFirst
    if request.method not in ("GET", "HEAD") and not same(text(form, CSRF), visit.csrf):
        raise Stop("csrf", 403)
    rights = _RIGHTS.get(visit.officer.role, frozenset())
    schools = None
    if "read" not in rights:
        with database.reading() as session:
            schools = tuple(district.schools_of(session, visit.officer.id))
    known_caller = Caller(visit.officer, visit.csrf, schools, rights)
    request.state.caller = known_caller  # so that an error page still has its way back
    return known_caller


TheCaller = Annotated[Caller, Depends(caller)]


def _having(right: Right) -> Callable[[Caller], Caller]:
    def check(caller: TheCaller) -> Caller:
        if not caller.may(right):
            raise Stop("forbidden", 403)
        return caller

    return check


Reader = Annotated[Caller, Depends(_having("read"))]
Manager = Annotated[Caller, Depends(_having("manage"))]
Admin = Annotated[Caller, Depends(_having("admin"))]


class ConsoleRoute(APIRoute):
    """Turns every "no" into a page of the console."""

    files: ClassVar = 0  # how many its form takes

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except SignInFirst:
                return _to_sign_in(request)
            except Stop as stop:
                return error(request, stop.what, stop.status)
            except RequestValidationError:
                return error(request, "bad_request", 400)
            except HTTPException as problem:
                return error(request, "bad_request", problem.status_code)
            except ClientDisconnect:
                raise
            except Exception as problem:
                # Its type only: a message may quote what somebody wrote.
                _log.error("a console page failed: %s", type(problem).__name__)
                return error(request, "internal", 500)

        return handle


class FileRoute(ConsoleRoute):
    """A route whose form takes one file."""

    files = 1


def inside(route: type[ConsoleRoute] = ConsoleRoute) -> APIRouter:
    """A router whose every route, whatever it declares itself, is for those who are signed in."""
    return APIRouter(prefix="/console", route_class=route, dependencies=[Depends(caller)])


def error(request: Request, what: str, status: int) -> Response:
    """A page with the sentences of this "no"."""
    words = words_of(request)
    return page(
        request,
        "console/error.html",
        getattr(request.state, "caller", None),
        status=status,
        heading=words(f"error.{what}.title"),
        text=words(f"error.{what}.text"),
    )


def text(form: FormData, name: str, default: str = "") -> str:
    """A field of a form as text."""
    value = form.get(name, default)
    return value if isinstance(value, str) else default


def go(path: str, done: str = "") -> RedirectResponse:
    """On to a page after something was done; `done` names the sentence that says what."""
    return RedirectResponse(f"{path}?done={done}" if done else path, 303, NO_STORE)


def _to_sign_in(request: Request) -> Response:
    if request.method not in ("GET", "HEAD"):
        return RedirectResponse(SIGN_IN, 303, NO_STORE)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(here, safe='')}", 303, NO_STORE)
