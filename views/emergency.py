"""The emergency card: numbers and addresses, readable without unlocking."""

import flet as ft

from app import emergency
from app.emergency import Emergency, Site
from views.parts import card, drawn, fact, guarded, ident, quiet, scaffold, screen, section
from views.services import use_services
from views.theme import BODY, GAP, RADIUS, RED, STRONG


@screen
def EmergencyScreen() -> ft.View:
    """911 first, then who else can be called, then where the schools are."""
    route = ft.context.page.route
    return scaffold(use_services().words("emergency.title"), [Card()], route=route)


@drawn
def Card() -> ft.Control:
    """What is kept for emergencies on this phone."""
    services = use_services()
    words = services.words
    kept, set_kept = ft.use_state(Emergency())

    async def load() -> None:
        set_kept(await emergency.read(services.folder))

    ft.use_effect(guarded(load), [])
    lines: list[ft.Control] = [call("911", words("emergency.911"), "911", urgent=True)]
    numbers = (("dispatch", kept.dispatch), ("tip", kept.tip_line), ("programme", kept.programme))
    lines += [call(name, words(f"emergency.{name}"), number) for name, number in numbers if number]
    lines.append(call("988", words("emergency.988"), "988"))
    if kept.sites:
        lines.append(section(words("emergency.schools")))
        lines += [site(place) for place in kept.sites]
    else:
        lines.append(quiet(words("emergency.none")))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def call(identifier: str, text: str, number: str, *, urgent: bool = False) -> ft.Control:
    """A number that a tap dials."""
    digits = "".join(sign for sign in number if sign.isdecimal() or sign == "+")
    style = ft.ButtonStyle(
        padding=ft.Padding.symmetric(vertical=18, horizontal=20),
        shape=ft.RoundedRectangleBorder(radius=RADIUS),
        text_style=ft.TextStyle(size=28 if urgent else BODY, weight=STRONG),
        bgcolor=RED.ground if urgent else None,
        color=RED.ink if urgent else None,
    )
    label = text if text == number else f"{text}: {number}"
    return ident(f"call-{identifier}", ft.OutlinedButton(label, icon=ft.Icons.CALL, url=f"tel:{digits}", style=style))


def site(place: Site) -> ft.Control:
    """A school: where it is, its number, where families meet."""
    words = use_services().words
    lines: list[ft.Control] = [ft.Text(place.name, size=BODY, weight=STRONG)]
    if place.address:
        lines.append(fact(words("emergency.address"), place.address))
    if place.reunification:
        lines.append(fact(words("emergency.reunification"), place.reunification))
    if place.phone:
        lines.append(fact(words("emergency.phone"), place.phone))
    return card(ft.Column(lines, spacing=8, tight=True))
