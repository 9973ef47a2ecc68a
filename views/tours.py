"""Tours on the phone: what is due today as lines of Home, and one tour as a list of places in the order of the day."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import flet as ft

from app.notebook import NotReady
from app.tours import ORDERS, Mark
from views.handlers import go, notice
from views.parts import drawn, empty, message, primary_button, quiet, row, scaffold, screen, secondary_button, section
from views.rows import record_row, way_to_tour
from views.services import Services, use_notebook_version, use_services
from views.states import chip
from views.theme import AMBER, BLUE, GAP, GREEN, GROUP, NEAR, NUMBER, PLAIN, RED, STRONG, TITLE, Paint

if TYPE_CHECKING:
    from app.rows import TourRow
    from app.tours import Stop
    from app.words import Words

_LOOKS: Final = {
    "missed": (ft.Icons.ERROR_OUTLINE, RED),
    "late": (ft.Icons.RUNNING_WITH_ERRORS, AMBER),
    "done": (ft.Icons.CHECK_CIRCLE, GREEN),
    "going": (ft.Icons.DIRECTIONS_WALK, BLUE),
    "due": (ft.Icons.SCHEDULE, BLUE),
    "later": (ft.Icons.SCHEDULE, PLAIN),
    "retired": (ft.Icons.FLAG, AMBER),
}
_MARKS: Final[dict[Mark, tuple[ft.IconData, Paint]]] = {
    Mark.OPEN: (ft.Icons.CIRCLE_OUTLINED, PLAIN),
    Mark.DONE: (ft.Icons.CHECK_CIRCLE, GREEN),
    Mark.DONE_LATE: (ft.Icons.CHECK_CIRCLE, AMBER),
    Mark.LATE: (ft.Icons.RUNNING_WITH_ERRORS, AMBER),
    Mark.MISSED: (ft.Icons.ERROR_OUTLINE, RED),
    Mark.LEFT_OUT: (ft.Icons.REMOVE_CIRCLE_OUTLINE, PLAIN),
}


@drawn
def ToursDue() -> ft.Control:
    """The tours of today and the missed ones before, those not ended, on Home; nothing where there are none."""
    services = use_services()
    use_notebook_version()
    words = services.words
    rows = [one for one in services.notebook.tours() if _owed(one)]
    use_time(rows)
    if not rows:
        return ft.Container()
    lines = [section(words("tours.title")), *(tour_row(one) for one in rows)]
    return ft.Container(
        ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(top=GROUP),
    )


def tour_row(one: "TourRow") -> ft.Control:
    """A tour as a line: name, when, how far, and what is late or missed in words."""
    services = use_services()
    words = services.words
    parts = [_far(one, words), _hours(one, words)]
    if len(services.notebook.schools()) > 1:
        parts.append(one.school_name)
    detail, said = " · ".join(parts), _state(one, words)
    return row(
        f"tour-{one.tour.id}-{one.day}",
        one.tour.name,
        lambda: go(way_to_tour(one)),
        icon=ft.Icons.ROUTE,
        below=ft.Column([quiet(detail), chip(said, *_LOOKS[_key(one)])], spacing=NEAR, tight=True),
        label=", ".join((one.tour.name, detail, said)),
    )


@screen
def TourScreen() -> ft.View:
    """The tour that the route names."""
    words = use_services().words
    params = ft.use_route_params()
    return scaffold(
        words("tour.title"), [OneTour(params.get("tour", ""), params.get("day", ""))], route=ft.use_view_path()
    )


@drawn
def OneTour(tour: str, day: str) -> ft.Control:
    """How far it is, the next thing to do, and the places in the order of the day: a tap on one leads to Scan."""
    services = use_services()
    use_notebook_version()
    words = services.words
    one = _found(services, tour, day)
    use_time([one] if one else [])
    if one is None:
        home = primary_button("home", words("lost.home"), lambda: go("/"), ft.Icons.HOME)
        return empty(ft.Icons.ROUTE, words("tour.gone.title"), words("tour.gone.text"), home)
    head = ft.Text(one.tour.name, size=TITLE, weight=STRONG)
    grace = words.count("tour.grace", one.tour.grace_min) if one.tour.grace_min else ""
    about = [_hours(one, words), grace, one.school_name]
    lines: list[ft.Control] = [
        ft.Semantics(content=head, header=True, heading_level=1, container=True),
        quiet(" · ".join(part for part in about if part)),
        _progress(one, words),
    ]
    if one.ended:
        lines += [section(words("tour.ended")), record_row(one.ended)]
    elif _key(one) in ("missed", "late", "retired"):
        icon, paint = _LOOKS[_key(one)]
        lines.append(message(_advice(one, words), icon, paint, "tour-state"))
    if not one.ended:
        lines.append(_verb(services, one))
    lines.append(section(words(f"tour.order.{one.tour.order if one.tour.order in ORDERS else 'any'}")))
    lines += [_stop(services, one, turn, stop) for turn, stop in enumerate(one.progress.stops, start=1)]
    if one.begun and not one.over and not one.retired and one.progress.missing:
        early = one.progress.now <= one.progress.occasion.closes
        said = words("tour.end_early" if early else "tour.end")
        end = secondary_button("end-tour", said, lambda: _end(services, one), ft.Icons.FLAG)
        lines.append(ft.Container(end, padding=ft.Padding.only(top=GAP)))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def use_time(rows: "Iterable[TourRow]") -> None:
    """Draws the calling component again when something becomes late, without a tap."""
    _, draw = ft.use_state(0)
    moments = (one.progress.occasion.next_change(one.progress.now) for one in rows if not one.ended)
    following = min((at for at in moments if at), default=None)

    async def wait() -> None:
        if following is not None:
            await asyncio.sleep(max((following - datetime.now(UTC)).total_seconds(), 0) + 1)
            draw(lambda n: n + 1)

    ft.use_effect(wait, [following], lambda: None)


def _verb(services: Services, one: "TourRow") -> ft.Control:
    """The next thing to do: one button."""
    words = services.words
    if one.retired:
        verb = ("end-tour", words("tour.end"), lambda: _end(services, one), ft.Icons.FLAG)
    elif not one.begun and one.progress.state == "missed":
        verb = ("say-why", words("tour.say_why"), lambda: _end(services, one), ft.Icons.FLAG)
    elif not one.begun and not one.over:
        verb = ("begin-tour", words("tour.begin"), lambda: _begin(services, one), ft.Icons.PLAY_ARROW)
    elif one.progress.missing and not one.over:
        verb = ("scan", words("tour.scan"), lambda: go("/scan"), ft.Icons.QR_CODE_SCANNER)
    else:
        verb = ("end-tour", words("tour.end"), lambda: _end(services, one), ft.Icons.FLAG)
    button = primary_button(*verb)
    button.key = verb[0]  # or the page would go on calling it by the name of the button that it was
    return button


def _stop(services: Services, one: "TourRow", turn: int, stop: "Stop") -> ft.Control:
    words, place = services.words, stop.place

    def scan() -> None:
        if not one.begun:
            _begin(services, one)
        go("/scan")

    def look() -> None:
        assert stop.check
        go(f"/records/{stop.check.record}")

    where = [place.building, place.floor, "" if stop.required else words("tour.optional")]
    detail = " · ".join(part for part in where if part)
    said = words(f"tour.mark.{stop.mark.value}")
    if stop.check:
        clock = f"{stop.check.at.astimezone():%H:%M}"
        said = f"{said} · {clock}"
    elif stop == one.progress.next and one.begun and not one.ended:
        said = words("tour.mark.next") if stop.mark == Mark.OPEN else f"{words('tour.mark.next')} · {said}"
    icon, paint = _MARKS[stop.mark]
    if stop.mark == Mark.OPEN and stop == one.progress.next:
        icon, paint = ft.Icons.ARROW_FORWARD, BLUE
    tap = look if stop.check else None if one.over or one.retired else scan
    below: list[ft.Control] = [quiet(detail)] if detail else []
    return row(
        f"stop-{place.id}",
        f"{turn}. {place.name}",
        tap,
        below=ft.Column([*below, chip(said, icon, paint)], spacing=NEAR, tight=True),
        label=", ".join(part for part in (f"{turn}", place.name, detail, said) if part),
    )


def _progress(one: "TourRow", words: "Words") -> ft.Control:
    done, places = len(one.progress.done), len(one.progress.stops)
    said = words("tour.far", done=done, places=places)
    bar = ft.ProgressBar(
        value=done / places if places else 1,
        bar_height=8,
        color=ft.Colors.PRIMARY,
        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
    )
    return ft.Semantics(
        content=ft.Column(
            [ft.Text(said, size=NUMBER, weight=STRONG), bar],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        identifier="progress",
        label=said,
        exclude_semantics=True,
    )


def _begin(services: Services, one: "TourRow") -> None:
    services.notebook.begin_tour(one.tour.id, one.day)


def _end(services: Services, one: "TourRow") -> None:
    """Ends the tour at once where nothing is missing or late; else its form asks why."""
    notebook = services.notebook
    draft = notebook.end_tour(one.tour.id, one.day)
    try:
        notebook.save(draft.id)
    except NotReady:
        go(f"/form/{draft.id}")
        return
    services.device.vibrate(40)
    services.engine.kick("saved")
    notice(services.words("practice.saved" if services.practising else "form.saved", clock=f"{datetime.now():%H:%M}"))
    go("/")


def _found(services: Services, tour: str, day: str) -> "TourRow | None":
    try:
        return services.notebook.tour(tour, date.fromisoformat(day))
    except ValueError:
        return None


def _owed(one: "TourRow") -> bool:
    """Whether a tour still asks for something: not one that was ended, nor one of places that could all be left out."""
    return one.unfinished or (not one.ended and one.progress.now <= one.progress.occasion.last)


def _key(one: "TourRow") -> str:
    state = one.progress.state
    if one.retired:
        return "retired"
    if one.begun and state in ("due", "later"):
        return "going"
    return "due" if state == "done" and not one.begun else state


def _state(one: "TourRow", words: "Words") -> str:
    key, missing = _key(one), len(one.progress.missing)
    if key in ("missed", "late"):
        return words.count(f"tours.{key}", missing)
    return words(f"tours.{key}")


def _advice(one: "TourRow", words: "Words") -> str:
    found = one.progress
    if one.retired:
        return words("tour.advice.retired")
    over = "over" if one.over else _key(one)
    return f"{_state(one, words)}. {words(f'tour.advice.{over}', clock=f'{found.occasion.last.astimezone():%H:%M}')}"


def _far(one: "TourRow", words: "Words") -> str:
    return words("tour.far", done=len(one.progress.done), places=len(one.progress.stops))


def _hours(one: "TourRow", words: "Words") -> str:
    hours = words("tour.hours", begins=one.tour.begins, ends=one.tour.ends)
    today = one.progress.now.date()
    return hours if one.day == today else f"{words.day(one.day, today)}, {hours}"
