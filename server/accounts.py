"""Who may use the console: passwords, sessions, and a brake on guessing."""

import hmac
import math
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.ids import sha256
from server.database import Database
from server.district import audit, officer_by_sign_in
from server.passwords import is_password
from server.tables import ConsoleSession, Officer, now

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)

_WRONG_TRIES: Final = RateLimitItemPerMinute(5, 15)
# Moving an expiry costs a write; once a minute is often enough.
_STEP: Final = timedelta(minutes=1)


class SignInRefused(Exception):
    """Name and password do not belong together, or the account is closed: nobody is told which."""


class TooManyTries(SignInRefused):
    """Too many wrong tries for this account or from this address; it opens again by itself, after that many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody signed in: who, and the secret that every form of this session carries."""

    officer: Officer
    csrf: str


class Accounts:
    """Signs people in and out and knows who a session token belongs to.

    Wrong tries are counted in this process: with several server processes an attacker gets that many times five.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def sign_in(self, name: str, password: str, address: str) -> str:
        """The token of a new session for the account with this badge or e-mail address.

        Raises TooManyTries or SignInRefused; both are noted in the audit without what was typed.
        """
        brakes = [("account", sha256(name.strip().lower().encode())), ("address", address)]
        # Counted before the password is looked at: many tries at the same moment are many tries.
        for brake in brakes:
            if not self._limiter.hit(_WRONG_TRIES, *brake):
                opens = self._limiter.get_window_stats(_WRONG_TRIES, *brake).reset_time
                raise TooManyTries(max(1, math.ceil(opens - time.time())))
        with self._database.reading() as session:
            officer = officer_by_sign_in(session, name)
        good = is_password(password, officer.password_hash if officer else None)
        if officer is None or not good:
            with self._database.writing() as session:
                audit(session, "console", "sign-in-refused", officer.id if officer else "unknown")
            raise SignInRefused
        for brake in brakes:
            self._limiter.clear(_WRONG_TRIES, *brake)
        token, moment = secrets.token_urlsafe(32), now()
        with self._database.writing() as session:
            session.execute(delete(ConsoleSession).where(ConsoleSession.expires_at < moment))
            session.add(
                ConsoleSession(
                    token_hash=sha256(token.encode()),
                    officer=officer.id,
                    csrf=secrets.token_urlsafe(32),
                    created_at=moment,
                    expires_at=moment + IDLE,
                )
            )
            audit(session, officer.id, "signed-in", officer.id)
        return token

    def visit(self, token: str) -> Visit | None:
        """Who this session token belongs to; None when it is unknown, idle for too long, too old or closed."""
        moment, key = now(), sha256(token.encode())
        with self._database.reading() as session:
            kept = session.get(ConsoleSession, key)
            officer = session.get(Officer, kept.officer) if kept else None
        if kept is None or officer is None or not officer.active:
            return None
        if moment >= min(kept.expires_at, kept.created_at + ABSOLUTE):
            return None
        if kept.expires_at < moment + IDLE - _STEP:
            self._prolong(key)
        return Visit(officer, kept.csrf)

    def sign_out(self, token: str) -> None:
        """Ends a session; an unknown token is no mistake."""
        with self._database.writing() as session:
            kept = session.get(ConsoleSession, sha256(token.encode()))
            if kept is not None:
                audit(session, kept.officer, "signed-out", kept.officer)
                session.delete(kept)

    def _prolong(self, key: str) -> None:
        with self._database.writing() as session:
            kept = session.get(ConsoleSession, key)
            if kept is not None:
                kept.expires_at = now() + IDLE


def end_sessions(session: Session, officer_id: str) -> None:
    """Signs somebody out everywhere: after another role or a closed account."""
    session.execute(delete(ConsoleSession).where(ConsoleSession.officer == officer_id))


def same(one: str, other: str) -> bool:
    """Compares secrets in a time that tells nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())
