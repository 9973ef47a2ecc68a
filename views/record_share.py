"""Giving one record to somebody: a PDF made on the phone, with a warning first where not everybody may see it."""

import logging
from typing import TYPE_CHECKING, Final

import flet as ft

from app.typeface import NoTypeface, make_reader
from views.handing import Handing
from views.handlers import ident, notice
from views.parts import drawn, message, primary_button, problem, quiet, secondary_button
from views.picker import sheet
from views.record_print import Printed, printed, record_class
from views.services import use_services
from views.theme import AMBER, NEAR

if TYPE_CHECKING:
    from app.rows import RecordDetail
    from app.words import Words

log = logging.getLogger("beatbook")

PDF: Final = "application/pdf"
_OPEN: Final = ("public",)  # the classes that anybody may see


@drawn
def Share(detail: "RecordDetail") -> ft.Control:
    """The button, and the sheet in which the PDF is made and handed out."""
    services = use_services()
    words = services.words
    opened, set_opened = ft.use_state(False)
    none_yet: Printed | None = None
    paper, set_paper = ft.use_state(none_yet)
    failed, set_failed = ft.use_state("")
    handing = ft.use_memo(Handing, [])

    async def make() -> None:
        set_opened(True)
        set_paper(None)
        set_failed("")
        mark = words("practice.mark") if services.practising else ""
        try:
            set_paper(await printed(services.notebook, detail, words, make_reader(), mark))
        except NoTypeface:
            set_failed("print.no_typeface")
        except Exception as error:
            log.error("%s while making a PDF", type(error).__name__)
            set_failed("print.failed")

    async def hand_on() -> None:
        assert paper is not None
        if await handing.share(paper.data, PDF, paper.name):
            set_opened(False)
            notice(words("print.kept"))

    async def keep() -> None:
        assert paper is not None
        await handing.save(paper.data, paper.name)
        set_opened(False)
        notice(words("print.kept"))

    lines: list[ft.Control] = []
    if record_class(detail) not in _OPEN:
        text = words(f"print.warn.{record_class(detail)}")
        lines.append(message(text, ft.Icons.LOCK_OUTLINE, AMBER, "restricted"))
    if failed:
        lines += [
            problem(words(failed)),
            secondary_button("print-again", words("records.again"), make, ft.Icons.REFRESH),
        ]
    elif paper is None:
        lines.append(_busy(words))
    else:
        lines += [
            quiet(_about(paper, words)),
            primary_button("share-pdf", words("print.share"), hand_on, ft.Icons.SHARE),
            secondary_button("save-pdf", words("print.save"), keep, ft.Icons.DOWNLOAD),
            quiet(words("print.how")),
        ]
    sheet(words("print.title"), lines, opened, set_opened)
    return secondary_button("share", words("print.open"), make, ft.Icons.IOS_SHARE)


def _about(paper: Printed, words: "Words") -> str:
    said = words.count("print.ready", paper.pages, size=max(1, round(len(paper.data) / 1000)))
    return f"{said} {words('print.letters_missing')}" if paper.letters_missing else said


def _busy(words: "Words") -> ft.Control:
    row = ft.Row([ft.ProgressRing(width=24, height=24), ft.Text(words("print.busy"), expand=True)], spacing=NEAR)
    return ident("printing", row, label=words("print.busy"))
