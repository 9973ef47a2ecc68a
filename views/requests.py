"""What families ask by the pages of cards and tags: new ones first, and what can be done about each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import flet as ft

from app.requests import NEW, becomes
from views.handlers import go
from views.parts import banner, drawn, empty, icon_of, primary_button, scaffold, screen, secondary_button, section
from views.rows import record_row
from views.services import use_notebook_version, use_services
from views.theme import BLUE, GAP, NEAR, PLAIN

if TYPE_CHECKING:
    from app.rows import RecordDetail

ROUTE: Final = "/requests"


@drawn
def Inbox() -> ft.Control:
    """How much families ask, on Home; nothing where they ask nothing."""
    services = use_services()
    use_notebook_version()
    words = services.words
    rows = services.notebook.requests()
    if not rows:
        return ft.Container()
    new = sum(one.status == NEW for one in rows)
    title = words.count("requests.new", new) if new else words.count("requests.open", len(rows))
    detail = words.count("requests.open", len(rows)) if new else words("requests.none_new")
    line = banner("requests", detail, title, lambda: go(ROUTE), ft.Icons.MAIL_OUTLINE, BLUE if new else PLAIN)
    return ft.Container(line, padding=ft.Padding.only(top=NEAR))


@screen
def RequestsScreen() -> ft.View:
    """The list of requests."""
    words = use_services().words
    return scaffold(words("requests.title"), [Requests()], route=ft.use_view_path())


@drawn
def Requests() -> ft.Control:
    """Requests that nobody closed, under the headings new and in hand."""
    services = use_services()
    use_notebook_version()
    words = services.words
    rows = services.notebook.requests()
    lines: list[ft.Control] = []
    for heading, some in (
        ("requests.when.new", [one for one in rows if one.status == NEW]),
        ("requests.when.in_hand", [one for one in rows if one.status != NEW]),
    ):
        if some:
            lines += [section(words(heading)), *(record_row(one.record) for one in some)]
    if not rows:
        lines.append(empty(ft.Icons.INBOX, words("requests.nothing.title"), words("requests.nothing.text")))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def request_verbs(detail: "RecordDetail") -> Iterator[ft.Control]:
    """What can be done about a request: write the record that it becomes, or say how far it is."""
    services = use_services()
    words, notebook = services.words, services.notebook
    record = detail.row.id

    def write(form: str) -> None:
        go(f"/form/{notebook.answer_request(record, form).id}")

    def say(answers: dict[str, str], reason: str) -> None:
        go(f"/form/{notebook.change(record, answers, words(reason)).id}")

    for number, form in enumerate(becomes(detail.answers, notebook.forms())):
        button = secondary_button if number else primary_button
        title = words("requests.write", form=form.title(words.language))
        yield button(f"write-{form.id}", title, lambda form=form.id: write(form), icon_of(form.icon))
    for name, icon, answers in (
        ("answered", ft.Icons.DONE, {"request_status": "answered"}),
        ("forwarded", ft.Icons.FORWARD_TO_INBOX, {"request_status": "forwarded"}),
        ("closed", ft.Icons.DONE_ALL, {"request_status": "closed"}),
        ("abuse", ft.Icons.BLOCK, {"request_status": "closed", "abuse": "yes"}),
    ):
        yield secondary_button(
            f"request-{name}",
            words(f"requests.{name}"),
            lambda answers=answers, name=name: say(answers, f"requests.{name}"),
            icon,
        )
