"""The emergency card: numbers and addresses, readable without unlocking."""

import re

import flet as ft

from app import emergency
from app.emergency import Emergency, Site
from app.words import Words
from views.handlers import guarded, ident
from views.parts import card, drawn, fact, quiet, scaffold, screen, secondary_button, section
from views.services import go_aside, go_back, use_services
from views.theme import BODY, GAP, NEAR, NUMBER, RADIUS, RED, STRONG


@screen
def EmergencyScreen() -> ft.View:
    """911 first, then who else can be called, then where the schools are. Under More it has a way back of its own."""
    route = ft.context.page.route
    aside = None if route.startswith("/more") else go_back
    return scaffold(use_services().words("emergency.title"), [Numbers()], route=route, back=aside)


def way_to_card(words: Words) -> ft.Control:
    """The card's button, for the end of every screen that stands before the notebook."""
    return ft.Column(
        [
            ft.Divider(),
            secondary_button("emergency", words("emergency.title"), lambda: go_aside("/emergency"), ft.Icons.EMERGENCY),
            quiet(words("emergency.hint")),
        ],
        spacing=GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@drawn
def Numbers() -> ft.Control:
    """What is kept for emergencies on this phone."""
    services = use_services()
    words = services.words
    kept, set_kept = ft.use_state(Emergency())

    async def load() -> None:
        set_kept(await emergency.read(services.folder))

    ft.use_effect(guarded(load), [])
    lines: list[ft.Control] = [_button("911", words("emergency.911"), "911", urgent=True)]
    others = (("dispatch", kept.dispatch), ("tip", kept.tip_line), ("programme", kept.programme))
    lines += [line(name, words(f"emergency.{name}"), value) for name, value in others if value]
    lines.append(_button("988", words("emergency.988"), "988"))
    lines.append(section(words("emergency.schools")))
    lines += [site(place) for place in kept.sites] or [quiet(words("emergency.none"))]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def line(identifier: str, text: str, value: str) -> ft.Control:
    """A number that a tap dials, a page that it opens, or words as the district wrote them."""
    if re.fullmatch(r"\+?[\d\s().-]{3,}", value):
        return _button(identifier, text, value)
    if value.startswith("https://"):
        return _button(identifier, text, value.removeprefix("https://"), url=value)
    return ident(f"call-{identifier}", card(fact(text, value)))


def site(place: Site) -> ft.Control:
    """A school: where it is, where families meet, its number."""
    words = use_services().words
    lines: list[ft.Control] = [ft.Text(place.name, size=BODY, weight=STRONG)]
    if place.address:
        lines.append(fact(words("emergency.address"), place.address))
    if place.reunification:
        lines.append(fact(words("emergency.reunification"), place.reunification))
    if place.phone:
        lines.append(line("school", words("emergency.phone"), place.phone))
    column = ft.Column(lines, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ident("site", card(column))


def _button(identifier: str, text: str, value: str, url: str = "", *, urgent: bool = False) -> ft.Control:
    style = ft.ButtonStyle(
        padding=ft.Padding.symmetric(vertical=18, horizontal=20),
        shape=ft.RoundedRectangleBorder(radius=RADIUS),
        text_style=ft.TextStyle(size=NUMBER if urgent else BODY, weight=STRONG),
        bgcolor=RED.ground if urgent else None,
        color=RED.ink if urgent else None,
        icon_color=RED.ink if urgent else None,
        icon_size=NUMBER if urgent else None,
    )
    number = value if url else value.replace(" ", "\u00a0")  # a number that breaks in two is read wrong
    label = text if text == value else f"{text}: {number}"
    icon = ft.Icons.OPEN_IN_NEW if url else ft.Icons.CALL
    address = ft.Url(
        url or f"tel:{re.sub(r'[^+0-9]', '', value)}", target=ft.UrlTarget.BLANK if url else ft.UrlTarget.SELF
    )
    return ident(f"call-{identifier}", ft.OutlinedButton(label, icon=icon, url=address, style=style))
