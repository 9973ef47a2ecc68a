"""How a phone is bound to an officer: a one-time code for a token that only the phone knows."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.ids import sha256
from app.tags import hash_code, new_enrol_code
from server.district import DistrictError, audit, officer
from server.errors import Refused
from server.tables import Device, District, EnrolmentCode, Officer, now
from sync.protocol import Code

VALID_HOURS: Final = 72
WRONG: Final = "This code is not known here. Check each character, or ask for a new code."
USED: Final = "This code was used already; it works once. Ask your supervisor for a new one."
EXPIRED: Final = "This code has expired. Ask your supervisor for a new one."
_SEEN_EVERY: Final = timedelta(minutes=5)
UNTOLD: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a phone's last contact, once a restore has forgotten the real one
_KNOWN: Final = (
    select(
        *(Device.id, Device.officer, Device.token_hash, Device.revoked_at, Device.app, Device.last_seen),
        Officer.active,
        select(District.id).limit(1).scalar_subquery().label("district"),
    )
    .join(Officer, Officer.id == Device.officer)
    .where(Device.id == bindparam("device"))
)


@dataclass(frozen=True, slots=True)
class Known:
    """A phone that may speak: its id, its officer's and its district's, and what was noted of its last contact."""

    id: str
    officer: str
    district: str
    app: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone sends to be bound. `device` and `token` are made by the phone, so that it can repeat a request
    whose answer was lost and get the same answer."""

    code: str
    device: str
    token: str
    name: str
    platform: str
    app: str


def make_code(session: Session, officer_id: str, *, who: str = "cli", hours: float = VALID_HOURS) -> str:
    """A one-time code for this officer, shown once and kept only as a hash. Raises DistrictError."""
    holder = officer(session, officer_id)
    if holder is None or not holder.active:
        raise DistrictError("This account is closed; it cannot enrol a phone.")
    code, moment = new_enrol_code(), now()
    kept = EnrolmentCode(
        code_hash=hash_code(code),
        officer=officer_id,
        made_by=who,
        created_at=moment,
        expires_at=moment + timedelta(hours=hours),
    )
    session.add(kept)
    audit(session, who, "enrolment-code-made", officer_id)
    return code


def enrol(session: Session, enrolment: Enrolment) -> Device:
    """Binds the phone. The same enrolment again gives the same device.

    Raises Refused: wrong, used or expired code, or a device id that belongs to somebody else.
    """
    token_hash = sha256(enrolment.token.encode())
    code = session.get(EnrolmentCode, hash_code(enrolment.code), with_for_update=True)
    device = session.get(Device, enrolment.device)
    if code is None:
        raise Refused(Code.ENROL_CODE_WRONG, WRONG)
    if code.used_at is not None:
        again = device is not None and code.used_by == device.id
        if device is None or not again or not hmac.compare_digest(device.token_hash, token_hash):
            raise Refused(Code.ENROL_CODE_USED, USED)
        _refuse_revoked(device.revoked_at)
        return device
    if code.expires_at <= now():
        raise Refused(Code.ENROL_CODE_EXPIRED, EXPIRED)
    if device is not None:
        # Its own code would have been found above: a phone makes a new device id for every code.
        raise Refused(Code.BAD_REQUEST, "This phone was enrolled already. Start the enrolment again on the phone.")
    moment = now()
    code.used_at, code.used_by = moment, enrolment.device
    device = Device(
        id=enrolment.device,
        officer=code.officer,
        token_hash=token_hash,
        name=enrolment.name,
        platform=enrolment.platform,
        app=enrolment.app,
        created_at=moment,
        last_seen=moment,
    )
    session.add(device)
    audit(session, f"device:{device.id}", "device-enrolled", code.officer)
    session.flush()
    return device


def holder(session: Session, code: str) -> Officer:
    """The officer that a code could still bind a phone to; the code stays good. Raises Refused as `enrol` does."""
    kept = session.get(EnrolmentCode, hash_code(code))
    if kept is None:
        raise Refused(Code.ENROL_CODE_WRONG, WRONG)
    if kept.used_at is not None:
        raise Refused(Code.ENROL_CODE_USED, USED)
    if kept.expires_at <= now():
        raise Refused(Code.ENROL_CODE_EXPIRED, EXPIRED)
    return session.get_one(Officer, kept.officer)


def recognise(session: Session, device_id: str, token: str) -> Known:
    """The phone behind a request. Raises Refused when it is unknown or revoked, or its officer's account closed."""
    found = session.connection().execute(_KNOWN, {"device": device_id}).first()
    known = hmac.compare_digest(found.token_hash if found else "", sha256(token.encode()))
    if found is None or not known:
        raise Refused(Code.DEVICE_UNKNOWN, "The district does not know this phone. Enrol it with a new code.")
    _refuse_revoked(found.revoked_at)
    if not found.active:
        raise Refused(Code.DEVICE_REVOKED, "This account is closed. Ask your supervisor.")
    return Known(found.id, found.officer, found.district, found.app, found.last_seen)


def is_untold(device: Known) -> bool:
    """Whether the district was restored since this phone asked for everything anew."""
    return device.last_seen <= UNTOLD


def is_news(device: Known, app: str) -> bool:
    """Whether this contact is worth a line in the table: a write for each request would be too many.

    That of a phone which is to hear of a restore is noted once it has heard (server/pull.py).
    """
    if is_untold(device):
        return False
    return now() - device.last_seen > _SEEN_EVERY or (bool(app) and app != device.app)


def note_contact(session: Session, device_id: str, app: str) -> None:
    """Notes when a phone was last in contact, and with which version."""
    device = session.get(Device, device_id)
    if device is not None:
        device.last_seen, device.app = now(), app or device.app


def _refuse_revoked(revoked_at: datetime | None) -> None:
    if revoked_at is not None:
        raise Refused(Code.DEVICE_REVOKED, "This phone was taken out of service by the district. Ask your supervisor.")
