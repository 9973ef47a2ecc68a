"""Home: where I am, what is still on this phone, and a tap or two to each kind of record. Made for one thumb."""

from collections.abc import Sequence

import flet as ft

from views.begin import Capture
from views.handlers import Handler, go, guarded, ident
from views.navigation import ROOT, navigation, use_turn
from views.parts import banner, drawn, empty, icon_button, message, quiet, screen, secondary_button, section
from views.picker import Option, option_line, sheet
from views.requests import Inbox
from views.rows import record_row
from views.services import use_changes, use_engine_status, use_notebook_version, use_services
from views.status import status_look
from views.theme import AMBER, EDGE, GAP, GROUP, NEAR, RADIUS, STRONG, TITLE
from views.tours import ToursDue
from views.update import update_line


@screen
def HomeScreen() -> ft.View:
    """The screen itself listens to nothing; each part draws itself again when its own matter changes."""
    if not use_turn():
        return ft.View(route=ROOT)
    return ft.View(
        route=ROOT,
        padding=0,
        navigation_bar=navigation("home"),
        controls=[
            ft.SafeArea(
                expand=True,
                content=ft.ListView(
                    [Here(), SyncBadge(), UpdateReady(), Damage(), Inbox(), Capture(), ToursDue(), Drafts(), Today()],
                    expand=True,
                    spacing=0,
                    padding=ft.Padding.only(left=EDGE, right=EDGE, top=NEAR, bottom=GROUP),
                ),
            )
        ],
    )


@drawn
def Here() -> ft.Control:
    """Where I am. A tap changes the school, where there are several; the sun is for reading in its light."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    choosing, choose = ft.use_state(False)
    schools, current = notebook.schools(), notebook.current_school

    def picks(school: str) -> Handler:
        def pick() -> None:
            notebook.set_school(school)
            choose(False)

        return pick

    lines = [
        option_line("school", Option(one.id, one.name, one.address, ft.Icons.SCHOOL), one == current, picks)
        for one in schools
    ]
    sheet(words("home.choose_school"), lines, choosing, choose)
    sunny = services.settings.look == "sunlight"

    async def sun() -> None:
        await services.set_look(ft.context.page, "auto" if sunny else "sunlight")

    demo = notebook.setup is not None and notebook.setup.district.demo
    name = current.name if current else words("home.no_school")
    many = len(schools) > 1
    label = words("home.change_school" if many else "home.at_school", name=name)
    return ft.Row(
        [
            ft.Container(
                ident("school", _place(name, demo, (lambda: choose(True)) if many else None), label=label, button=many),
                expand=True,
            ),
            icon_button(
                "sunlight",
                ft.Icons.BRIGHTNESS_AUTO if sunny else ft.Icons.WB_SUNNY_OUTLINED,
                words("home.sunlight_off" if sunny else "home.sunlight_on"),
                sun,
            ),
        ],
        spacing=NEAR,
    )


def _place(name: str, demo: bool, on_click: Handler | None) -> ft.Control:
    words = use_services().words
    title: list[ft.Control] = [ft.Text(name, size=TITLE, weight=STRONG, expand=True)]
    if on_click:
        title.append(ft.Icon(ft.Icons.EXPAND_MORE, color=ft.Colors.ON_SURFACE_VARIANT))
    return ft.Container(
        ft.Column(
            [quiet(words("home.here_demo" if demo else "home.here")), ft.Row(title, spacing=4)], spacing=0, tight=True
        ),
        padding=ft.Padding.symmetric(vertical=NEAR),
        border_radius=RADIUS,
        ink=on_click is not None,
        on_click=guarded(on_click) if on_click else None,
    )


@drawn
def SyncBadge() -> ft.Control:
    """The truth about what is where; a tap shows more."""
    words = use_services().words
    status = use_engine_status()
    look = status_look(status, words)
    return banner("sync-badge", look.detail, look.title, lambda: go("/more/sync"), look.icon, look.paint)


@drawn
def UpdateReady() -> ft.Control:
    """A new version waits until the officer has a moment; nothing on the phone is lost by it."""
    services = use_services()
    use_changes(services.device_changes)
    if not services.device.update_ready:
        return ft.Container()
    line = update_line(services)
    return ft.Container(line, padding=ft.Padding.only(top=NEAR))


@drawn
def Damage() -> ft.Control:
    """That a save was cut off, or that something confirmed cannot be read: said until the officer has seen it."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    hidden, hide = ft.use_state(False)
    losses = notebook.losses
    if losses is not None:
        text = words.count("home.losses", losses["count"])
        seen = secondary_button("losses-seen", words("home.losses_seen"), notebook.losses_seen, ft.Icons.CHECK)
        parts = [message(text, ft.Icons.HEALING, AMBER, "damage"), seen]
    elif notebook.report.cut and not hidden:
        seen = secondary_button("cut-seen", words("home.losses_seen"), lambda: hide(True), ft.Icons.CHECK)
        parts = [message(words("start.cut.text"), ft.Icons.INFO_OUTLINE, AMBER, "cut"), seen]
    else:
        return ft.Container()
    column = ft.Column(parts, spacing=NEAR, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(column, padding=ft.Padding.only(top=NEAR))


@drawn
def Drafts() -> ft.Control:
    """What was begun and not saved yet."""
    services = use_services()
    use_notebook_version()
    notebook = services.notebook
    elsewhere = {tour.draft for tour in notebook.tours()}  # a tour under way has a line of its own
    rows = [one for one in notebook.today() if one.state == "draft" and one.id not in elsewhere]
    if not rows:
        return ft.Container()
    return _group(services.words("home.drafts"), [record_row(record) for record in rows])


@drawn
def Today() -> ft.Control:
    """What was written today, and what needs attention whenever it was written."""
    services = use_services()
    use_notebook_version()
    words = services.words
    rows = [record for record in services.notebook.today() if record.state != "draft"]
    if not services.notebook.forms():
        return ft.Container()
    if rows:
        return _group(words("home.today"), [record_row(record) for record in rows])
    nothing = empty(ft.Icons.TODAY, words("home.nothing.title"), words("home.nothing.text"))
    return _group(words("home.today"), [nothing])


def _group(title: str, lines: Sequence[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Column([section(title), *lines], spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(top=GROUP),
    )
