"""Scanning: the camera looks for a code, or the code is typed; what it is decides where it leads."""

import logging
from typing import Final

import flet as ft

from views.emergency import way_to_card
from views.handlers import go
from views.navigation import ROOT, navigation
from views.parts import app_bar, drawn, message, primary_button, screen, secondary_button, section
from views.services import Services, use_services
from views.tagged import Reading, begin, read
from views.theme import AMBER, BODY, EDGE, GAP, GROUP, NEAR, STRONG
from views.viewfinder import TypeCode, Viewfinder

log = logging.getLogger("beatbook")


@screen
def ScanScreen() -> ft.View:
    """The camera above, the typed code below. The camera stops as soon as another screen is shown."""
    services = use_services()
    words = services.words
    parts = [Scan()] if services.entered else [Scan(), way_to_card(words)]
    column = ft.Column(parts, spacing=GROUP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.View(
        route=ROOT if services.entered else ft.use_view_path(),
        padding=0,
        appbar=app_bar(words("scan.title")),
        navigation_bar=navigation("scan"),
        controls=[
            ft.SafeArea(
                expand=True,
                content=ft.Column(
                    [ft.Container(column, padding=ft.Padding.only(left=EDGE, right=EDGE, top=NEAR, bottom=EDGE))],
                    scroll=ft.ScrollMode.AUTO,
                    expand=True,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
            )
        ],
    )


NOTHING: Final = Reading()


@drawn
def Scan() -> ft.Control:
    """Camera, typed code, and what was read."""
    services = use_services()
    words = services.words
    reading, set_reading = ft.use_state(NOTHING)

    async def scanned(text: str) -> bool:
        return take(await follow(services, text))

    async def typed(text: str) -> bool:
        return take(await follow(services, text, typed=True))

    def take(reading: Reading) -> bool:
        if reading.route is None:  # else this screen is on its way out, and the next one need not wait for it
            set_reading(reading)
        return reading.route is not None

    on_scan = ft.use_callback(scanned, [])
    on_type = ft.use_callback(typed, [])
    parts: list[ft.Control] = [Viewfinder(on_scan)]
    if reading.said:
        parts.append(Said(reading))
    parts += [section(words("scan.type.title")), TypeCode(on_type)]
    return ft.Column(parts, spacing=GAP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Said(reading: Reading) -> ft.Control:
    """What the code is and what to do, for a code that opens nothing by itself."""
    services = use_services()
    words = services.words
    found = reading.found
    place = "" if found is None else found.place.name if found.place else found.retired_place
    key = f"scan.{reading.said}"
    if f"{key}.title" not in words:
        key = "scan.other"
    title = ft.Text(words(f"{key}.title", place=place), size=BODY, weight=STRONG)
    parts: list[ft.Control] = [
        title,
        message(words(f"{key}.text", place=place), ft.Icons.QR_CODE_2, AMBER, "scan-said"),
    ]
    if found and found.place:

        def check() -> None:
            go(f"/form/{begin(services, found)}")

        parts.append(secondary_button("check-anyway", words("scan.check_anyway", place=place), check, ft.Icons.CHECK))
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


async def follow(services: Services, text: str, *, typed: bool = False) -> Reading:
    """Goes where a code leads, with a tick to be felt; a code that leads nowhere gets two and is told."""
    try:
        reading = read(services, text, typed=typed)
    except Exception as error:  # no form or school yet, no room: said, not shown as a crash
        log.error("%s while following a code", type(error).__name__)
        reading = Reading(said="failed")
    services.device.vibrate(40 if reading.route else 120)
    if reading.route:
        go(reading.route)
    return reading


@screen
def TagScreen() -> ft.View:
    """The link inside a tag, opened by the phone's own camera: becomes the check of its place."""
    services = use_services()
    words = services.words
    code = ft.use_route_params().get("code", "")
    reading, set_reading = ft.use_state(NOTHING)

    async def open_it() -> None:
        set_reading(await follow(services, code))

    ft.use_effect(open_it, [code], lambda: None)
    if not reading.said:
        parts: list[ft.Control] = [
            ft.Row([ft.ProgressRing(width=24, height=24), ft.Text(words("scan.opening"))], spacing=GAP)
        ]
    else:
        parts = [
            Said(reading),
            primary_button("scan-again", words("scan.title"), lambda: go("/scan"), ft.Icons.QR_CODE_SCANNER),
        ]
    return ft.View(
        route=f"/t/{code}",
        padding=EDGE,
        appbar=app_bar(words("scan.title")),
        controls=[
            ft.SafeArea(ft.Column(parts, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), expand=True)
        ],
    )
