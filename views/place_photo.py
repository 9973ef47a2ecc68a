"""What a place looks like, while it is checked: for who has never been there. Where the phone has no photo, nothing."""

import flet as ft

from views.handlers import guarded, ident
from views.parts import drawn
from views.services import use_services
from views.theme import RADIUS

_HEIGHT = 160


@drawn
def PlacePhoto(sha: str, place: str) -> ft.Control:
    """The photo as soon as it has been read, if it is here."""
    services = use_services()
    data, set_data = ft.use_state(b"")

    async def read() -> None:
        set_data(await services.notebook.photo(sha) or b"")

    ft.use_effect(guarded(read), [sha])
    if not data:
        return ft.Container()
    picture = ft.Image(
        data,
        semantics_label=services.words("form.place_photo", place=place),
        border_radius=RADIUS,
        fit=ft.BoxFit.CONTAIN,
        height=_HEIGHT,
        error_content=ft.Container(),
    )
    return ident("place-photo", ft.Row([picture], wrap=True))
