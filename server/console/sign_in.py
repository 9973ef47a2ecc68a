"""Signing in and out."""

import hmac
import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from server.accounts import Accounts, SignInRefused, TooManyTries, same
from server.brakes import address
from server.console.door import (
    COOKIE,
    CSRF,
    SIGN_IN,
    ConsoleRoute,
    Posted,
    accounts,
    go,
    inside,
    not_found,
    text,
)
from server.console.page import page, words_of
from server.context import TheSettings
from server.html import NO_STORE
from server.settings import Settings

HOME: Final = "/console/records"
# Binds the sign-in form to the browser that asked for it, before there is a session to do so.
_BEFORE: Final = "beatbook-sign-in"

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
signed_in = inside()
TheAccounts = Annotated[Accounts, Depends(accounts)]


@router.get("/sign-in")
def form(request: Request, settings: TheSettings, known: TheAccounts) -> Response:
    """The sign-in form."""
    if known.visit(request.cookies.get(COOKIE, "")):
        return RedirectResponse(HOME, 303, NO_STORE)
    return _form(request, settings)


@router.post("/sign-in")
def sign_in(request: Request, settings: TheSettings, known: TheAccounts, form: Posted) -> Response:
    """Opens a session, or says no without saying whether there is such an account."""
    before = request.cookies.get(_BEFORE, "")
    if not before or not same(text(form, CSRF), _sealed(settings, before)):
        return _form(request, settings, "sign_in.again", 403)
    name = text(form, "name")
    try:
        token = known.sign_in(name, text(form, "password"), address(request))
    except TooManyTries as stopped:
        answer = _form(request, settings, "sign_in.too_many", 429, name)
        answer.headers["Retry-After"] = str(stopped.seconds)
        return answer
    except SignInRefused:
        return _form(request, settings, "sign_in.wrong", 401, name)
    answer = RedirectResponse(_inside(request.query_params.get("next", "")), 303, NO_STORE)
    _set_cookie(answer, settings, COOKIE, token)
    answer.delete_cookie(_BEFORE, path="/console")
    return answer


@signed_in.get("")
@signed_in.get("/")
def start() -> Response:
    """The console begins with its records."""
    return RedirectResponse(HOME, 303, NO_STORE)


@signed_in.post("/sign-out")
def sign_out(request: Request, known: TheAccounts) -> Response:
    """Ends the session."""
    known.sign_out(request.cookies.get(COOKIE, ""))
    answer = go(SIGN_IN, "signed_out")
    answer.delete_cookie(COOKIE, path="/console")
    return answer


# Last of all: an address of the console that leads nowhere says so in the console's words.
nowhere = inside()


@nowhere.get("/{path:path}")
def no_such_page() -> Response:
    """There is no such page."""
    raise not_found()


def _form(request: Request, settings: Settings, problem: str = "", status: int = 200, name: str = "") -> Response:
    before = request.cookies.get(_BEFORE) or secrets.token_urlsafe(32)
    words = words_of(request)
    answer = page(
        request,
        "console/sign_in.html",
        status=status,
        problem=words(problem) if problem else "",
        name=name,
        token=_sealed(settings, before),
    )
    _set_cookie(answer, settings, _BEFORE, before)
    return answer


def _sealed(settings: Settings, before: str) -> str:
    return hmac.new(settings.secret_key(), before.encode(), "sha256").hexdigest()


def _set_cookie(answer: Response, settings: Settings, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/console", httponly=True, samesite="lax", secure=settings.secure)


def _inside(path: str) -> str:
    """Where somebody wanted to go, if that is in the console: a link must not lead away from it after signing in."""
    return path if path.startswith("/console/") and "\\" not in path and "//" not in path else HOME
