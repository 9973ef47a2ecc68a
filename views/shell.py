"""Which screen is shown for which route, and that nothing else is shown before the phone is enrolled."""

import importlib
from typing import Final

import flet as ft

from views import parts
from views.begin import FormsScreen
from views.card import CardScreen
from views.emergency import EmergencyScreen
from views.enrol import EnrolScreen
from views.findings import FindingScreen, FindingsScreen
from views.handlers import go
from views.home import HomeScreen
from views.lock import LockScreen
from views.more import MoreScreen
from views.navigation import its_turn
from views.pin import ChangePinScreen
from views.record import RecordScreen
from views.records import RecordsScreen
from views.requests import RequestsScreen
from views.services import ASIDE, use_changes, use_services
from views.start_over import ForgotScreen
from views.sync import SyncScreen
from views.tours import TourScreen
from views.watermark import use_watermark

_LATER: Final = ("views.form", "views.scan")  # large, and not on the first screen, which comes sooner without them


async def load_the_rest() -> None:
    """Imports what the next screens need, in the moments after the first one is drawn."""
    for name in _LATER:
        await its_turn()
        importlib.import_module(name)


def _form() -> ft.Control:
    from views.form import FormScreen

    return FormScreen()


def _scan() -> ft.Control:
    from views.scan import ScanScreen

    return ScanScreen()


def _tag() -> ft.Control:
    from views.scan import TagScreen

    return TagScreen()


_ENROL: Final = ft.Route("enrol", component=EnrolScreen)
_ENROL_CODE: Final = ft.Route("enrol/:code", component=EnrolScreen)
_SCAN: Final = ft.Route("scan", component=_scan)
# Beside the way: open from everywhere, locked or not.
_ASIDE: Final = [ft.Route("emergency", component=EmergencyScreen), ft.Route("forgot", component=ForgotScreen)]

INSIDE: Final = [
    *_ASIDE,
    _ENROL,
    _ENROL_CODE,
    _SCAN,
    ft.Route(
        "records",
        component=RecordsScreen,
        children=[
            ft.Route(
                "findings", component=FindingsScreen, children=[ft.Route(":record/:item", component=FindingScreen)]
            ),
            ft.Route(":record", component=RecordScreen),
        ],
    ),
    ft.Route(
        "more",
        component=MoreScreen,
        children=[
            ft.Route("sync", component=SyncScreen),
            ft.Route("card", component=CardScreen),
            ft.Route("pin", component=ChangePinScreen),
            ft.Route("emergency", component=EmergencyScreen),
        ],
    ),
    ft.Route(
        "/",
        component=HomeScreen,
        children=[
            ft.Route("forms", component=FormsScreen),
            ft.Route("requests", component=RequestsScreen),
            ft.Route("form/:draft", component=_form),
            ft.Route("t/:code", component=_tag),
            ft.Route("tour/:tour/:day", component=TourScreen),
        ],
    ),
]
OUTSIDE: Final = [
    *_ASIDE,
    _ENROL,
    _ENROL_CODE,
    ft.Route("/", component=EnrolScreen, children=[_SCAN]),  # so that there is a way back from the camera
    ft.Route(":rest*", component=EnrolScreen),
]

# One screen whatever the route is: after unlocking the officer is where they were.
LOCKED: Final = [
    *_ASIDE,
    ft.Route("/", component=LockScreen),
    ft.Route(":rest*", component=LockScreen),
]

# The same for a phone that was wiped, and the scanner for the code that hands in what is left.
WIPED: Final = [
    *_ASIDE,
    ft.Route("enrol/:code", component=LockScreen),
    ft.Route("/", component=LockScreen, children=[ft.Route("scan-code", component=_scan)]),
    ft.Route(":rest*", component=LockScreen),
]


@ft.component
def Shell() -> ft.Control:
    """The whole app: the screens behind the enrolment, or only the enrolment."""
    services = use_services()
    use_changes(services.look_changes)
    use_watermark(services)
    ft.use_effect(load_the_rest, [])
    if services.gate and services.gate.stage != "open":
        return ft.Router(WIPED if services.gate.stage == "wiped" else LOCKED, manage_views=True)
    if services.entered:
        return ft.Router(INSIDE, not_found=NotFound, manage_views=True)
    if not ft.context.page.route.startswith(("/enrol", "/scan", *ASIDE)):
        services.wanted = ft.context.page.route
    return ft.Router(OUTSIDE, manage_views=True)


@ft.component
def NotFound() -> ft.Control:
    """A link that leads nowhere."""
    words = use_services().words
    home = parts.primary_button("home", words("lost.home"), lambda: go("/"), ft.Icons.HOME)
    return ft.SafeArea(parts.empty(ft.Icons.LINK_OFF, words("lost.title"), words("lost.text"), home))
