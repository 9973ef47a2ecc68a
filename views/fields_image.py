"""An answer that is a photo: taken or chosen, looked at before it is kept, shown, and removed with a way back."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import flet as ft

from app.files import NoRoom
from app.photos import Area, NotAPhoto, size_of
from views.camera import Lens, NoCamera, has_camera
from views.fields_blur import Review
from views.fields_frame import Asking, buttons, question, shown_value, small_button, waiting, widget
from views.handlers import guarded, notice
from views.parts import primary_button, problem
from views.services import use_services
from views.theme import EDGE, NEAR, RADIUS, SECTION, STRONG

if TYPE_CHECKING:
    from views.filling import Filling

NO_REVIEW: Final[tuple[bytes, tuple[int, int]] | None] = None
log = logging.getLogger("beatbook")


def _image(filling: "Filling", asking: Asking) -> ft.Control:
    services = use_services()
    words = services.words
    name = asking.address
    _, redraw = ft.use_state(0)
    busy, set_busy = ft.use_state(False)
    trouble, set_trouble = ft.use_state("")
    camera, set_camera = ft.use_state(False)
    picture, set_picture = ft.use_state(b"")
    review, set_review = ft.use_state(NO_REVIEW)
    answer = filling.value(name)
    sha256 = answer.get("sha256") if isinstance(answer, dict) else None

    async def load() -> None:
        kept = await services.notebook.photo(sha256) if sha256 else None
        left = await services.notebook.damaged_photo(sha256) if sha256 and not kept else None
        set_picture(kept or (left.data if left else b""))
        set_trouble("form.photo_damaged" if left else "")

    ft.use_effect(load, [sha256], lambda: None)

    async def look(data: bytes) -> None:
        """Shows what was taken or chosen; nothing of it is kept yet."""
        set_camera(False)
        set_busy(True)
        set_trouble("")
        try:
            fitted = await services.notebook.fit_photo(data)
            set_review((fitted, size_of(fitted)))
        except Exception as error:  # no image, or too large: the officer chooses what to do
            log.error("%s while reading a photo", type(error).__name__)
            set_trouble(photo_trouble(error))
        finally:
            set_busy(False)

    async def keep(blurred: Sequence[Area]) -> None:
        assert review is not None  # or there would be no button for it
        set_review(None)
        set_busy(True)
        try:
            kept = await services.notebook.keep_fitted(review[0], blurred)
            filling.answer(name, kept)
            set_picture(await services.notebook.photo(kept["sha256"]) or b"")  # where it was damaged it is whole now
        except Exception as error:  # no room: the officer chooses what to do
            log.error("%s while keeping a photo", type(error).__name__)
            set_trouble(photo_trouble(error))
        finally:
            set_busy(False)
            redraw(lambda n: n + 1)

    async def picked(event: ft.FilePickerResultEvent) -> None:
        if event.files and event.files[0].bytes:
            await look(event.files[0].bytes)

    def remove() -> None:
        filling.answer(name, None)
        redraw(lambda n: n + 1)
        notice(words("form.photo_removed"), words("form.undo"), lambda: filling.fill({name: answer}))

    picker = ft.use_memo(lambda: ft.FilePicker(on_result=guarded(picked)), [])
    sheet = None
    if camera:
        sheet = ft.BottomSheet(
            PhotoCamera(asking.label, look, lambda: set_camera(False)),
            fullscreen=True,
            bgcolor=ft.Colors.SURFACE,
            on_dismiss=guarded(lambda: set_camera(False)),
        )
    elif review is not None:
        sheet = ft.BottomSheet(
            Review(asking.label, *review, keep, lambda: set_review(None)),
            fullscreen=True,
            bgcolor=ft.Colors.SURFACE,
            on_dismiss=guarded(lambda: set_review(None)),
        )
    ft.use_dialog(sheet)

    parts: list[ft.Control] = []
    if sha256:
        parts.append(picture_preview(asking.label, picture))
    if busy:
        parts.append(waiting(words("form.photo_busy")))
    elif trouble:
        parts.append(problem(words(trouble)))
    if asking.readonly:
        if not sha256:
            parts.append(shown_value(words("form.nothing_yet"), icon=ft.Icons.LOCK_OUTLINE))
    elif not busy:
        row = [
            small_button(
                f"photo-{name}",
                words("form.photo_other" if sha256 else "form.photo_choose"),
                None,
                ft.Icons.PHOTO_LIBRARY,
                # Opened by the phone itself within the tap: Safari lets no later answer open it.
                action=ft.PickFiles(picker, file_type=ft.FilePickerFileType.IMAGE, with_data=True),
            )
        ]
        if has_camera(ft.context.page):
            take = words("form.photo_again" if sha256 else "form.photo_take")
            row.insert(0, small_button(f"take-{name}", take, guarded(lambda: set_camera(True)), ft.Icons.PHOTO_CAMERA))
        if sha256:
            row.append(small_button(f"remove-{name}", words("form.photo_remove"), guarded(remove), ft.Icons.DELETE))
        parts.append(buttons(row))
    return question(
        asking, ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )


def photo_trouble(error: Exception) -> str:
    """The key of the sentence for a photo that could not be kept."""
    if isinstance(error, NotAPhoto):
        return "form.photo_unreadable"
    return "form.photo_no_room" if isinstance(error, NoRoom) else "form.photo_failed"


def picture_preview(label: str, picture: bytes, fit: ft.BoxFit = ft.BoxFit.COVER) -> ft.Control:
    """A kept picture under its question, or its place while it is being read."""
    if not picture:
        return ft.Container(height=200, bgcolor=ft.Colors.SURFACE_CONTAINER, border_radius=RADIUS)
    return ft.Image(
        picture,
        height=220,
        fit=fit,
        border_radius=ft.BorderRadius.all(RADIUS),
        gapless_playback=True,
        semantics_label=label,
    )


Keep = Callable[[bytes], Awaitable[None]]


@ft.component
def PhotoCamera(title: str, keep: Keep, close: Callable[[], None]) -> ft.Control:
    """The camera with one large button."""
    words = use_services().words
    lens = ft.use_memo(Lens, [])
    state, set_state = ft.use_state("starting")

    async def start() -> None:
        try:
            await lens.open()
            set_state("ready")
        except NoCamera as error:
            set_state(error.reason)

    ft.use_effect(start, [], lambda: None)

    async def shoot() -> None:
        set_state("shooting")
        try:
            await keep(await lens.picture())
        except NoCamera as error:
            set_state(error.reason)

    trouble: list[Any] = []
    if state not in ("starting", "ready", "shooting"):
        trouble = [problem(words(f"form.camera_{state}"))]
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                [
                    ft.Text(title, size=SECTION, weight=STRONG),
                    *trouble,
                    ft.Container(
                        lens.draw(), expand=True, border_radius=RADIUS, clip_behavior=ft.ClipBehavior.ANTI_ALIAS
                    ),
                    primary_button(
                        "shoot", words("form.photo_shoot"), shoot, ft.Icons.PHOTO_CAMERA, disabled=state != "ready"
                    ),
                    small_button("close-camera", words("form.cancel"), guarded(close), ft.Icons.CLOSE),
                ],
                spacing=NEAR,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=EDGE,
        ),
        expand=True,
    )


Image = widget(_image)
