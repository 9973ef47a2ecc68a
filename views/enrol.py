"""The first screen of a new phone: a one-time code binds it to officer, district and schools."""

from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app import tags
from app.binding import AnotherOwner
from app.files import FileTrouble
from sync.errors import RoadError
from views.emergency import way_to_card
from views.handlers import go, guarded, ident
from views.parts import (
    card,
    drawn,
    empty,
    fact,
    message,
    primary_button,
    problem,
    scaffold,
    screen,
    secondary_button,
    section,
)
from views.services import Services, go_aside, use_services
from views.status import shut_out, why
from views.theme import AMBER, GREEN, GROUP, LABEL, RADIUS

# What the district or the road may say, each with its own sentence; anything else is "the district has trouble".
KNOWN = (
    "enrol_code_wrong",
    "enrol_code_used",
    "enrol_code_expired",
    "too_many_requests",
    "unreachable",
    "app_too_old",
    "district_too_old",
)


@screen
def EnrolScreen() -> ft.View:
    """Asks for the code, binds the phone, and shows whose it is now."""
    services = use_services()
    code = ft.use_route_params().get("code", "")
    done, set_done = ft.use_state(False)
    words = services.words
    if done:
        return scaffold(
            words("enrol.done.title"), [Welcome(), way_to_card(words)], route="/enrol", spacing=GROUP, stage="done"
        )
    if services.entered and not shut_out(services.engine.status):
        home = primary_button("home", words("lost.home"), lambda: go("/"), ft.Icons.HOME)
        text = words("enrol.already.text", name=_owner(services))
        return scaffold(
            words("enrol.title"), [empty(ft.Icons.VERIFIED_USER, words("enrol.already.title"), text, home)], route="/"
        )
    ask = AskCode(code, lambda: set_done(True), key=f"ask-{code}")
    return scaffold(words("enrol.title"), [ask, way_to_card(words)], route="/enrol", spacing=GROUP, stage="ask")


@drawn
def AskCode(code: str, on_done: Callable[[], None]) -> ft.Control:
    """The code's field and what came of it. Listens to nothing: it holds a text field."""
    services = use_services()
    words = services.words
    shown = tags.show(tags.tidy(code))
    typed: MutableRef[list[str]] = ft.use_ref(lambda: [shown])
    busy, set_busy = ft.use_state(False)
    trouble, set_trouble = ft.use_state("")

    def take(text: str) -> None:
        typed.current = [text]

    keep = ft.use_callback(take, [])

    async def enrol() -> None:
        (text,) = typed.current or [""]
        if busy:
            return
        wrong = misread(text)
        set_trouble(wrong)
        if wrong:
            return
        set_busy(True)
        try:
            await services.engine.enrol(tags.read_scan(text, "").code, services.base_url)
            on_done()
        except RoadError as error:
            set_trouble(str(error.code) if error.code in KNOWN else "district_trouble")
        except AnotherOwner:
            set_trouble("another_owner")
        except FileTrouble:
            set_trouble("phone_storage")
        finally:
            set_busy(False)

    column: list[ft.Control] = []
    if reason := services.notebook.unbind_reason:
        # Not a new phone: who wrote on it wants to know what became of that.
        column.append(message(why(reason, words), ft.Icons.NO_ACCOUNTS, AMBER, "shut-out"))
    column += [
        ft.Text(words("enrol.text")),
        CodeField(shown, keep, words("enrol.label"), key="code"),
    ]
    if trouble:
        column.append(problem(words(f"enrol.error.{trouble}")))
    if trouble == "another_owner" and services.gate:
        anew = words("lock.forgot.title")
        column.append(secondary_button("forgot", anew, lambda: go_aside("/forgot"), ft.Icons.RESTART_ALT))
    if busy:
        column.append(
            ident("busy", ft.Row([ft.ProgressRing(width=24, height=24), ft.Text(words("enrol.busy"), expand=True)]))
        )
    column += [
        primary_button("enrol", words("enrol.button"), enrol, ft.Icons.PHONELINK_SETUP, disabled=busy),
        secondary_button("scan-code", words("enrol.scan"), lambda: go("/scan"), ft.Icons.QR_CODE_SCANNER),
        section(words("enrol.help.title")),
        ft.Text(words("enrol.help.text"), color=ft.Colors.ON_SURFACE_VARIANT),
    ]
    return ft.Column(column, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def _CodeField(initial: str, keep: Callable[[str], None], label: str) -> ft.Control:
    text, set_text = ft.use_state(initial)

    def change(event: ft.Event[ft.TextField]) -> None:
        set_text(event.control.value)
        keep(event.control.value)

    return ident(
        "enrol-code",
        ft.TextField(
            value=text,
            label=label,
            hint_text="ABCD-EFGH-JKL",
            on_change=guarded(change),
            capitalization=ft.TextCapitalization.CHARACTERS,
            autocorrect=False,
            enable_suggestions=False,
            text_size=20,  # so that a whole code is seen where the phone's text is twice as large
            label_style=ft.TextStyle(size=LABEL),
            border=ft.OutlineInputBorder(border_radius=RADIUS),
        ),
    )


# Not drawn again while its arguments stay the same: see the typing trap in docs/decisions.
CodeField = ft.memo(_CodeField)  # type: ignore[no-untyped-call]  # Flet's, without types


@drawn
def Welcome() -> ft.Control:
    """Whose phone this is now, and whether it promises to keep the notebook."""
    services = use_services()
    words = services.words
    kept, set_kept = ft.use_state("asking")

    async def ask() -> None:
        set_kept("yes" if await services.device.persist() else "no")

    ft.use_effect(guarded(ask), [])

    def begin() -> None:
        wanted = services.wanted
        services.enter()
        go(wanted)

    setup = services.notebook.setup
    column: list[ft.Control] = []
    if setup is None:
        column.append(message(words("enrol.done.no_setup"), ft.Icons.CLOUD_DOWNLOAD, AMBER))
    else:
        officer = setup.officer
        mine = [s.name for s in setup.schools if s.id in officer.schools] or [s.name for s in setup.schools]
        facts = [
            fact(words("enrol.done.officer"), " · ".join(part for part in (officer.name, officer.badge) if part)),
            fact(words("enrol.done.district"), setup.district.name),
            fact(words("enrol.done.schools"), ", ".join(mine)),
        ]
        column.append(card(ft.Column(facts, spacing=12)))
    look = {"yes": (ft.Icons.CHECK_CIRCLE, GREEN), "no": (ft.Icons.WARNING_AMBER, AMBER)}
    if kept in look:
        icon, paint = look[kept]
        column.append(message(words(f"storage.persist.{kept}"), icon, paint, "persisted"))
    column.append(primary_button("begin", words("enrol.done.button"), begin, ft.Icons.ARROW_FORWARD))
    return ft.Column(column, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def misread(text: str) -> str:
    """What is wrong with a typed or scanned enrolment code, before the district is asked; empty when nothing is."""
    if not text.strip():
        return "empty"
    kind = tags.read_scan(text, "").kind
    if kind == "enrol":
        return ""
    return "other_kind" if kind in ("tag", "short", "card", "vcard") else "misread"


def _owner(services: Services) -> str:
    setup = services.notebook.setup
    return setup.officer.name if setup else ""
