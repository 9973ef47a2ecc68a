"""My contact card on the phone's own screen: the code that a parent points their camera at, drawn without a network."""

import flet as ft

from views.handlers import ident
from views.parts import card, drawn, empty, quiet, scaffold, screen
from views.picker import Option, Picker
from views.services import use_services
from views.theme import GAP, STRONG, TITLE


@screen
def CardScreen() -> ft.View:
    """The card as a page's address, or as the contact itself."""
    words = use_services().words
    return scaffold(words("card.title"), [Card()], route=ft.use_view_path())


@drawn
def Card() -> ft.Control:
    """Name and code. The page says more and stays fresh; the contact needs no network at the other end either."""
    services = use_services()
    words = services.words
    kind, set_kind = ft.use_state("page")
    setup = services.notebook.setup
    if setup is None or setup.card is None:
        return empty(ft.Icons.QR_CODE_2, words("card.none.title"), words("card.none.text"))
    text = setup.card.url if kind == "page" or not setup.card.vcard else setup.card.vcard
    svg = ft.use_memo(lambda: qr_svg(text), [text])
    officer = setup.officer
    # Black on white in every look: cameras read nothing else.
    code = ft.Container(
        ft.Image(svg, width=300, height=300, semantics_label=words("card.code", name=officer.name)),
        bgcolor="#FFFFFF",
        padding=8,
        alignment=ft.Alignment.CENTER,
    )
    options = [
        Option("page", words("card.page"), words("card.page.text"), ft.Icons.LANGUAGE),
        Option("contact", words("card.contact"), words("card.contact.text"), ft.Icons.CONTACT_PAGE),
    ]
    lines: list[ft.Control] = [
        ft.Text(officer.name, size=TITLE, weight=STRONG),
        quiet(" · ".join(part for part in (officer.title, setup.district.name) if part)),
        ident("card-code", card(code, padding=0)),
        ft.Text(words("card.text")),
    ]
    if setup.card.vcard:
        lines.append(Picker("card-kind", words("card.kind"), options, kind, set_kind, ft.Icons.QR_CODE_2))
    if kind == "page":
        lines.append(ft.Text(setup.card.url, selectable=True))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def qr_svg(text: str) -> str:
    """A QR code as SVG, one square a dark module, four modules of quiet around."""
    import qrcode  # type: ignore[import-untyped]  # the library ships no type hints; only this screen needs it

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path fill="#000" d="{path}"/></svg>'
    )
