"""Answers about where: a code that is scanned or typed, and the phone's own position."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from app.grade import TAG_FIELD
from app.tags import show
from views.fields_frame import Asking, buttons, question, shown_value, small_button, waiting, widget
from views.handlers import guarded
from views.parts import message, problem
from views.services import use_services
from views.tagged import find, saying, tag_answers
from views.theme import AMBER, EDGE, NEAR, SECTION, STRONG
from views.viewfinder import TypeCode, Viewfinder

if TYPE_CHECKING:
    from flet.components.hooks.use_ref import MutableRef

    from app.forms import Field
    from app.words import Words
    from views.filling import Filling
    from views.services import Services

log = logging.getLogger("beatbook")

# The appearance of a position that is asked for as soon as the form is opened, and again when a tag is read into it.
BACKGROUND: Final = "background"
PATIENCE: Final = 12.0  # seconds to wait for a position; indoors there may never be one


# -- codes ---------------------------------------------------------------------------------------------------------


def _barcode(filling: "Filling", asking: Asking) -> ft.Control:
    services = use_services()
    words = services.words
    name = asking.address
    way, set_way = ft.use_state("")  # "", "scan" or "type"
    said, set_said = ft.use_state("")
    value = filling.value(name)

    async def scanned(text: str) -> bool:
        return accept(text, typed=False)

    async def typed(text: str) -> bool:
        return accept(text, typed=True)

    def accept(text: str, *, typed: bool) -> bool:
        wrong = take_code(services, filling, name, text, typed=typed)
        services.device.vibrate(120 if wrong else 40)
        set_said(wrong)
        if not wrong:
            set_way("")
        return not wrong

    on_scan = ft.use_callback(scanned, [])
    on_type = ft.use_callback(typed, [])
    sheet = None
    if way == "scan":
        sheet = ft.BottomSheet(
            ScanSheet(asking.label, said, on_scan, on_type, name == TAG_FIELD),
            scrollable=True,
            show_drag_handle=True,
            bgcolor=ft.Colors.SURFACE,
            on_dismiss=guarded(lambda: set_way("")),
        )
    ft.use_dialog(sheet)

    parts: list[ft.Control] = []
    if value:
        parts.append(shown_value(_code(name, value), icon=ft.Icons.QR_CODE_2))
    elif asking.readonly:
        parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    if said and way != "scan":
        parts.append(message(words(f"scan.{said}.text", place=""), ft.Icons.QR_CODE_2, AMBER, "scan-said"))
    if not asking.readonly:
        scan = "form.scan" if name == TAG_FIELD else "form.scan_code"
        row = [
            small_button(f"scan-{name}", words(scan), guarded(lambda: set_way("scan")), ft.Icons.QR_CODE_SCANNER),
            small_button(
                f"type-{name}",
                words("form.type_code"),
                guarded(lambda: set_way("" if way == "type" else "type")),
                ft.Icons.KEYBOARD,
            ),
        ]
        parts.append(buttons(row))
        if way == "type":
            parts.append(TypeCode(on_type, name == TAG_FIELD))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


def take_code(services: "Services", filling: "Filling", name: str, text: str, *, typed: bool) -> str:
    """Puts a code into the draft; a place's tag brings its place along. Gives what is wrong with it, or nothing.

    A position of before says nothing of where the tag was read: those that are asked for by themselves are asked anew.
    """
    if name != TAG_FIELD:
        filling.fill({name: text.strip()}, by=name)
        return ""
    found = find(services, text, typed=typed)
    if found.state is not None:  # a tag: even an unknown one says that somebody stood before it
        services.notebook.set_place(filling.draft_id, found.place.id if found.place else None, found.code)
        said = {key: value for key, value in tag_answers(services, found).items() if key in filling.fields}
        filling.fresh = True
        anew = dict.fromkeys(one for one, field in filling.fields.items() if _by_itself(field))
        filling.fill(said | anew, by=name)
    if not found.message_code:
        return ""
    return saying(found) if f"scan.{saying(found)}.text" in services.words else "other"


def _by_itself(field: "Field") -> bool:
    return field.type == "geopoint" and BACKGROUND in field.appearances


def _code(name: str, value: Any) -> str:
    return show(str(value)) if name == TAG_FIELD else str(value)


@ft.component
def ScanSheet(title: str, said: str, on_scan: Any, on_type: Any, ours: bool) -> ft.Control:
    """The camera over the form: the draft stays underneath as it is."""
    words = use_services().words
    parts: list[ft.Control] = [
        ft.Text(title, size=SECTION, weight=STRONG),
        Viewfinder(on_scan, height=280),
    ]
    if said:
        parts.append(message(words(f"scan.{said}.text", place=""), ft.Icons.QR_CODE_2, AMBER, "scan-said"))
    parts.append(TypeCode(on_type, ours))
    return ft.Container(
        ft.Column(
            parts,
            spacing=NEAR,
            tight=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=EDGE, right=EDGE, bottom=EDGE),
    )


# -- position ------------------------------------------------------------------------------------------------------


def _geopoint(filling: "Filling", asking: Asking) -> ft.Control:
    services = use_services()
    words = services.words
    name = asking.address
    state, set_state = ft.use_state("")  # "", "asking", "found", "cleared" or why there is none
    locator = ft.use_memo(make_locator, [])
    gone: MutableRef[bool] = ft.use_ref(lambda: False)
    point = filling.value(name)

    async def locate() -> None:
        set_state("asking")
        try:
            filling.answer(name, await position(locator))
            set_state("")
        except NoPosition as error:
            set_state(error.reason)

    async def find() -> None:
        """Asks by itself, where the form says so: it holds up nobody, and a phone without a position says nothing."""
        wanted = _by_itself(asking.field) and filling.fresh and point is None
        if not wanted or not services.may_locate:
            return
        try:
            found = await position(locator)
        except NoPosition as error:
            services.may_locate = error.reason != "denied"  # some phones would ask at every scan
            return
        if not gone.current:
            filling.found(name, found)
            set_state("found")

    def leave() -> None:
        gone.current = True

    def clear() -> None:
        filling.answer(name, None)
        set_state("cleared")

    ft.use_effect(find, [], leave)

    parts: list[ft.Control] = []
    if isinstance(point, dict):
        parts.append(shown_value(position_said(point, words), icon=ft.Icons.PLACE))
    elif asking.readonly:
        parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    if state == "asking":
        parts.append(waiting(words("form.locating")))
    elif state not in ("", "cleared", "found"):
        parts.append(problem(words(f"form.no_position_{state}")))
    if not asking.readonly and state != "asking":
        here = words("form.here_again" if point else "form.here")
        row = [small_button(f"here-{name}", here, guarded(locate), ft.Icons.MY_LOCATION)]
        if point:
            row.append(small_button(f"clear-{name}", words("form.clear"), guarded(clear), ft.Icons.CLOSE))
        parts.append(buttons(row))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


class NoPosition(Exception):
    """The phone gives no position; `reason` is "denied", "slow" or "none"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def position(locator: Any) -> dict[str, float]:
    """Where the phone is, as an answer. Raises NoPosition, after PATIENCE seconds at the latest."""
    from flet_geolocator import GeolocatorConfiguration, GeolocatorPositionAccuracy

    wish = GeolocatorConfiguration(
        accuracy=GeolocatorPositionAccuracy.HIGH, time_limit=ft.Duration(seconds=int(PATIENCE))
    )
    try:
        async with asyncio.timeout(PATIENCE + 1):
            found = await locator.get_current_position(wish)
    except TimeoutError:
        raise NoPosition("slow") from None
    except Exception as error:
        text = str(error).lower()
        log.info("position: %s", type(error).__name__)
        if "denied" in text or "permission" in text:
            raise NoPosition("denied") from error
        raise NoPosition("slow" if "time" in text else "none") from error
    if found is None or found.latitude is None or found.longitude is None:
        raise NoPosition("none")
    # Six places are a hand's breadth; more would claim what no phone knows.
    point = {"lat": round(float(found.latitude), 6), "lon": round(float(found.longitude), 6)}
    return point | ({"acc": round(float(found.accuracy), 1)} if found.accuracy else {})


def make_locator() -> Any:
    """The phone's own positions; to be made once for a question."""
    from flet_geolocator import Geolocator  # only for forms that ask for a position

    return Geolocator()


def position_said(point: dict[str, Any], words: "Words") -> str:
    """A position in words; what is none is shown as it stands."""
    try:
        said = words("form.position", lat=f"{point['lat']:.5f}", lon=f"{point['lon']:.5f}")
        return f"{said} · {words('form.accuracy', metres=round(point['acc']))}" if point.get("acc") else said
    except (KeyError, TypeError, ValueError):
        return str(point)


Barcode = widget(_barcode)
Geopoint = widget(_geopoint)
