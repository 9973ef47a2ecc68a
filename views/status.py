"""The sync engine's status in words: the same ones on Home and on the sync screen."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import flet as ft

from views.theme import AMBER, BLUE, GREEN, PLAIN, Paint

if TYPE_CHECKING:
    from app.words import Words
    from sync.engine import Status

_LOOKS: Final = {
    "offline": (ft.Icons.CLOUD_OFF, PLAIN),
    "waiting": (ft.Icons.SCHEDULE, BLUE),
    "syncing": (ft.Icons.SYNC, BLUE),
    "all_at_district": (ft.Icons.CLOUD_DONE, GREEN),
    "trouble": (ft.Icons.WARNING_AMBER, AMBER),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown: a title, a detail under it (may be empty), icon and colours."""

    title: str
    detail: str
    icon: ft.IconData
    paint: Paint


def status_look(status: "Status", words: "Words", now: datetime | None = None) -> Look:
    """Says where the officer's records are, and never more than the phone knows."""
    if status.code == "practice":
        return Look(words("practice.badge"), words("practice.badge.text"), ft.Icons.SCHOOL, AMBER)
    icon, paint = _LOOKS[status.state]
    return Look(_title(status, words), _detail(status, words, now or datetime.now().astimezone()), icon, paint)


def shut_out(status: "Status") -> bool:
    """Whether only a new enrolment helps."""
    return status.code in ("device_revoked", "device_unknown", "not_enrolled")


def why(code: str, words: "Words", said: str = "") -> str:
    """What a code of the road means and what to do, in a sentence; `said` of one that only a newer app knows."""
    key = f"sync.why.{code}"
    return words(key) if key in words else said or words("sync.why.internal")


def last_success(status: "Status", words: "Words", now: datetime) -> str:
    """When a round last got through."""
    if status.last_success is None:
        return words("sync.never")
    at = datetime.fromisoformat(status.last_success).astimezone(now.tzinfo)
    return words("sync.last", when=words.moment(at, now))


def _title(status: "Status", words: "Words") -> str:
    match status.state:
        case "syncing":
            if status.total:
                said = words("sync.sending", done=status.done, total=status.total)
                photo = words("sync.photo", done=min(status.photos_done + 1, status.photos), total=status.photos)
                return f"{said} \u00b7 {photo}" if status.photos else said
            if status.photos:
                return words("sync.sending_photos", done=status.photos_done, total=status.photos)
            return words("sync.asking")
        case "offline" | "waiting":
            if status.waiting:
                return words.count(f"sync.{status.state}", status.waiting)
            return words(f"sync.{status.state}.none")
        case "trouble":
            if status.waiting:
                return words.count("sync.waiting", status.waiting)
            if status.attention:
                return words.count("sync.attention", status.attention)
            return words("sync.trouble")
    return words("sync.all_at_district")


def _detail(status: "Status", words: "Words", now: datetime) -> str:
    last = last_success(status, words, now)
    if status.state == "trouble" and status.code and status.code != "needs_attention":
        return f"{why(status.code, words, status.said)} {last}"
    if status.attention and status.state != "trouble":
        return f"{words.count('sync.attention', status.attention)} · {last}"
    return last
