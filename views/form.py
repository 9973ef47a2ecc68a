"""The one screen on which every form is filled in. It knows forms by their definition, none by its name."""

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from app.files import FileTrouble, NoRoom
from app.notebook import NotReady
from views.fields import Room, draw
from views.fields_frame import buttons, scroll_key, small_button
from views.filling import Filling
from views.handlers import go, guarded, notice
from views.paging import pages_of
from views.parts import app_bar, drawn, empty, primary_button, problem, quiet, screen, secondary_button, section
from views.place_photo import PlacePhoto
from views.record_alike import AlikeDraft
from views.services import Services, use_changes, use_services
from views.theme import EDGE, GROUP, NEAR, SMALL, STRONG
from views.was_fixed import WasFixed

log = logging.getLogger("beatbook")

# Of a form that asks more than LONG questions, a page of them becomes controls at first, and another one each time that
# the officer comes near the end of what is drawn.
LONG, PAGE = 80, 16
# Of every form, what the screen shows becomes controls first, so that it is there sooner; the rest follows at once.
FIRST = 4


@screen
def FormScreen() -> ft.View:
    """The draft of the route, as it was left. It listens to nothing, so that nothing disturbs who is typing."""
    services = use_services()
    words = services.words
    draft_id = ft.use_route_params().get("draft", "")
    filling = ft.use_memo(lambda: open_draft(services, draft_id), [draft_id])
    deaf: MutableRef[list[Callable[[], None]]] = ft.use_ref(lambda: [])

    def lock() -> None:
        """The notebook closes: what a full phone would not take waits in memory, sealed."""
        if filling is None or filling.over:
            return
        filling.flush()
        if filling.unkept and services.gate:
            services.gate.set_aside(draft_id, filling.unkept)
        filling.over = True

    def entered() -> None:
        deaf.current = [services.locking.listen(lock)]

    def left() -> None:
        for stop in deaf.current or ():
            stop()
        if filling is None or filling.over:
            return
        filling.flush()
        if filling.unkept and services.gate:
            services.gate.set_aside(draft_id, filling.unkept)
        elif filling.touched:
            notice(words("form.kept_draft"))

    ft.use_effect(entered, [], left)
    if filling is None:
        home = primary_button("home", words("form.gone.home"), lambda: go("/"), ft.Icons.HOME)
        return ft.View(
            route=ft.use_view_path(),
            appbar=app_bar(words("form.gone.title")),
            controls=[empty(ft.Icons.EDIT_OFF, words("form.gone.title"), words("form.gone.text"), home)],
        )
    language = filling.language = words.language
    return ft.View(
        route=ft.use_view_path(),
        padding=0,
        appbar=app_bar(filling.form.title(language)),
        controls=[
            ft.SafeArea(
                ft.Column(
                    [
                        Progress(filling),
                        ft.Container(Questions(filling, language), expand=True),
                        SaveBar(filling),
                    ],
                    spacing=0,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
                expand=True,
            )
        ],
    )


def open_draft(services: Services, draft_id: str) -> Filling | None:
    """The draft as it was left, or None when it was saved, discarded or has a form this phone does not know."""
    notebook = services.notebook
    draft = notebook.draft(draft_id)
    if draft is None:
        return None
    try:
        form = notebook.draft_form(draft)
    except Exception as error:
        log.error("%s while opening a draft", type(error).__name__)
        return None
    aside = services.gate.take_back(draft_id) if services.gate else {}
    answers = {name: value for name, value in {**draft.answers, **aside}.items() if value is not None}
    filling = Filling(notebook, draft_id, form, answers, services.words.language)
    filling.keep(aside)
    return filling


# -- above: how far ------------------------------------------------------------------------------------------------


@drawn
def Progress(filling: Filling) -> ft.Control:
    """A thin bar and two numbers."""
    use_changes(filling.progress)
    words = use_services().words
    use_changes(filling.layout)
    answered, asked = filling.progressed()
    said = words("form.progress", answered=answered, asked=asked)
    if pages := pages_of(filling):
        said = f"{words('form.page', page=pages.at + 1, pages=len(pages.pages))} · {said}"
    return ft.Container(
        ft.Semantics(
            content=ft.Column(
                [
                    ft.ProgressBar(
                        value=answered / asked if asked else 1,
                        bar_height=4,
                        color=ft.Colors.PRIMARY,
                        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
                    ),
                    ft.Container(quiet(said), padding=ft.Padding.symmetric(horizontal=EDGE)),
                ],
                spacing=4,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            identifier="progress",
            label=said,
            exclude_semantics=True,
        ),
        padding=ft.Padding.only(bottom=NEAR),
    )


# -- the middle: the questions -------------------------------------------------------------------------------------


@drawn
def Questions(filling: Filling, language: str) -> ft.Control:
    """Every question that is asked now. Drawn again when one appears, disappears or has a mistake."""
    use_changes(filling.layout)
    wanted, want = ft.use_state(FIRST)
    reached: MutableRef[int] = ft.use_ref(0)  # what is drawn once stays, so that nothing moves under the finger
    mistake = filling.first_problem() if filling.jumps else None
    long = len(filling.asked.shown) > LONG
    room = Room(max(wanted, reached.current or 0), mistake) if long or wanted == FIRST else Room()
    ft.use_effect(lambda: want(PAGE), [])
    pages = pages_of(filling)
    page = pages.open if pages else None
    fields = (page.field,) if page else filling.form.fields
    questions = draw(filling, fields, language, room=room)
    if page and page.group and (heading := filling.live.text(page.group.name, page.group.labels, language)):
        questions.insert(0, section(heading))
    begins, ends = pages is None or pages.first, pages is None or pages.last
    reached.current = max(reached.current or 0, room.taken)
    whole = room.left > 0

    def scrolled(event: ft.OnScrollEvent) -> None:
        if not whole and event.pixels > event.max_scroll_extent - 2 * event.viewport_dimension:
            want(room.taken + PAGE)

    column = ft.Column(
        [
            ft.Container(
                ft.Column(
                    [
                        *([About(filling)] if begins else []),
                        *questions,
                        *([Discard(filling)] if whole and ends else []),
                    ],
                    spacing=GROUP,
                    tight=True,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
                padding=ft.Padding.only(left=EDGE, right=EDGE, top=NEAR, bottom=GROUP),
            )
        ],
        scroll=ft.ScrollMode.AUTO,
        on_scroll=None if whole else scrolled,
        expand=True,
        key=f"page-{page.field.name}" if page else None,  # another page begins at its top
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

    async def jump() -> None:
        name = filling.first_problem()
        if not filling.jumps or name is None:
            return
        with contextlib.suppress(Exception):  # a phone that cannot scroll there still shows the mistake
            await column.scroll_to(scroll_key=scroll_key(name), duration=300)
            if name in filling.focus:
                await filling.focus[name]()

    ft.use_effect(jump, [filling.jumps], lambda: None)
    return column


@drawn
def About(filling: Filling) -> ft.Control:
    """Above the questions: what the record is about, whether it may be known already, and last time's answers."""
    parts = [Where(filling), WasFixed(filling), AlikeDraft(filling), LastTime(filling)]
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Where(filling: Filling) -> ft.Control:
    """The school, and the place where there is one, that this record is about, and what to look at there."""
    notebook = use_services().notebook
    draft, setup = notebook.draft(filling.draft_id), notebook.setup
    if draft is None or setup is None:
        return ft.Container()
    school, place = setup.school_by_id.get(draft.school), setup.place_by_id.get(draft.place or "")
    said = " · ".join(part.name for part in (school, place) if part)
    lines = [said, *([place.instructions] if place and place.instructions else [])]
    texts = ft.Column([ft.Text(line, size=SMALL) for line in lines], spacing=4, tight=True, expand=True)
    where = ft.Semantics(
        content=ft.Row(
            [ft.Icon(ft.Icons.PLACE, size=20, color=ft.Colors.ON_SURFACE_VARIANT), texts],
            spacing=NEAR,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        identifier="where",
        container=True,
    )
    if place is None or not place.photo:
        return where
    return ft.Column([where, PlacePhoto(place.photo, place.name)], spacing=NEAR, tight=True)


@drawn
def LastTime(filling: Filling) -> ft.Control:
    """One tap for what is the same as last time, where there is something; undone for ten seconds."""
    words = use_services().words
    something = ft.use_memo(lambda: filling.repeatable, [])
    used, use = ft.use_state(False)

    def fill() -> None:
        before = filling.as_last_time()
        use(True)

        def undo() -> None:
            filling.fill(before)
            use(False)

        if before:
            notice(words.count("form.last_time_filled", len(before)), words("form.undo"), undo)
        else:
            notice(words("form.last_time_none"))

    if used or not something:
        return ft.Container()
    return buttons([small_button("last-time", words("form.last_time"), guarded(fill), ft.Icons.HISTORY)])


@drawn
def Discard(filling: Filling) -> ft.Control:
    """Throwing the draft away: asked first, and undone for ten seconds."""
    services = use_services()
    words, notebook = services.words, services.notebook

    def discard() -> None:
        ft.context.page.pop_dialog()
        filling.end()
        notebook.discard(filling.draft_id)
        go("/")
        notice(words("form.discarded"), words("form.undo"), undo)

    def undo() -> None:
        notebook.undo_discard(filling.draft_id)
        go(f"/form/{filling.draft_id}")

    def ask() -> None:
        keep = ft.TextButton(words("form.discard.no"), on_click=guarded(lambda: ft.context.page.pop_dialog()))
        away = ft.TextButton(
            words("form.discard.yes"), on_click=guarded(discard), style=ft.ButtonStyle(color=ft.Colors.ERROR)
        )
        ft.context.page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(words("form.discard.title")),
                content=ft.Text(words("form.discard.text")),
                actions=[
                    ft.Semantics(content=keep, identifier="discard-no"),
                    ft.Semantics(content=away, identifier="discard-yes"),
                ],
            )
        )

    return buttons([small_button("discard-draft", words("form.discard"), guarded(ask), ft.Icons.DELETE_OUTLINE)])


# -- below: saving -------------------------------------------------------------------------------------------------


@drawn
def SaveBar(filling: Filling) -> ft.Control:
    """The button at the thumb, and above it what stands in its way."""
    services = use_services()
    words = services.words
    use_changes(filling.layout)
    failed, set_failed = ft.use_state("")

    def save() -> None:
        set_failed("")
        try:
            filling.save()
        except NotReady:
            if not filling.problems:
                set_failed("form.not_saved.form")
            services.device.vibrate(120)
            return
        except Exception as error:  # the draft is still there, whatever it was: say so and let them try again
            log.error("%s while saving", type(error).__name__)
            set_failed(save_trouble(error))
            return
        services.device.vibrate(40)
        services.engine.kick("saved")
        notice(words("practice.saved" if services.practising else "form.saved", clock=f"{datetime.now():%H:%M}"))
        go("/")

    lines: list[ft.Control] = []
    trouble = failed or (save_trouble(filling.trouble) if filling.trouble else "")
    if trouble:
        lines.append(problem(words(trouble)))
    elif filling.problems:
        lines.append(
            ft.Semantics(
                content=ft.Text(
                    words.count("form.mistakes", len(filling.problems)),
                    color=ft.Colors.ERROR,
                    weight=STRONG,
                ),
                identifier="mistakes",
                live_region=True,
            )
        )
    pages = pages_of(filling)
    saved = words("practice.save" if services.practising else "form.save")
    back = None
    if pages and not pages.first:
        back = secondary_button("previous-page", words("form.previous"), lambda: filling.turn(-1), ft.Icons.ARROW_BACK)
    if pages is None or pages.last:
        # Where Next was is Back now: a second tap too many goes back, and saves nothing.
        lines += [primary_button("save", saved, save, ft.Icons.CHECK), *([back] if back else [])]
    else:
        forward = primary_button("next-page", words("form.next"), lambda: filling.turn(1), ft.Icons.ARROW_FORWARD)
        lines += [*([back] if back else []), forward]
    return ft.Container(
        ft.Column(lines, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=NEAR),
        bgcolor=ft.Colors.SURFACE,
        border=ft.Border.only(top=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
    )


def save_trouble(error: Exception) -> str:
    """The key of the sentence for something that the phone could not keep."""
    if isinstance(error, NoRoom):
        return "form.not_saved.no_room"
    return "form.not_saved.storage" if isinstance(error, FileTrouble) else "form.not_saved.other"
