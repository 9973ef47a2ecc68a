"""What is wrong and not fixed yet, as items of their own: by due date, with severity, and what was done about each."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import flet as ft

from app.findings import closes, item_of, parts
from views.answers import answer_text, some_lines
from views.handlers import go
from views.parts import (
    banner,
    card,
    drawn,
    empty,
    primary_button,
    quiet,
    row,
    scaffold,
    screen,
    secondary_button,
    section,
)
from views.picker import Option, Picker
from views.rows import record_row
from views.services import Services, use_notebook_version, use_services
from views.states import chip
from views.theme import AMBER, BLUE, GAP, GREEN, NEAR, PLAIN, RED, STRONG, TITLE

if TYPE_CHECKING:
    from app.rows import FindingRow, RecordDetail
    from app.words import Words

ROUTE: Final = "/records/findings"
PAGE: Final = 50
_PAINTS: Final = {4: RED, 3: AMBER, 2: BLUE, 1: PLAIN}


@drawn
def OpenFindings() -> ft.Control:
    """How much is not fixed yet, above the list of records; nothing where all is well."""
    services = use_services()
    use_notebook_version()
    words = services.words
    rows = services.notebook.findings()
    if not rows:
        return ft.Container()
    late = sum(_late(one) for one in rows)
    text = words.count("findings.late", late) if late else words("findings.none_late")
    paint = RED if late else PLAIN
    return banner("findings", text, words.count("findings.open", len(rows)), lambda: go(ROUTE), ft.Icons.BUILD, paint)


@screen
def FindingsScreen() -> ft.View:
    """The list of findings."""
    words = use_services().words
    return scaffold(words("findings.title"), [Findings()], route=ft.use_view_path())


@drawn
def Findings() -> ft.Control:
    """Open findings by due date (or those that were fixed), of all schools or one."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    school, set_school = ft.use_state("")
    fixed, set_fixed = ft.use_state("")
    limit, set_limit = ft.use_state(PAGE)
    rows = notebook.findings(school or None, fixed=bool(fixed))
    states = [Option("", words("findings.filter.open")), Option("fixed", words("findings.filter.fixed"))]
    pickers = [Picker("filter-fixed", words("records.state"), states, fixed, set_fixed)]
    schools = notebook.setup.schools if notebook.setup else ()
    if len(schools) > 1:
        options = [Option("", words("records.all_schools"))] + [Option(s.id, s.name, s.address) for s in schools]
        pickers.append(Picker("filter-school", words("records.school"), options, school, set_school))
    lines: list[ft.Control] = [ft.Row(pickers, wrap=True, spacing=NEAR, run_spacing=NEAR)]
    lines += list(_grouped(rows[:limit], words) if not fixed else map(finding_row, rows[:limit]))
    if len(rows) > limit:
        more = secondary_button(
            "more-findings", words("records.more"), lambda: set_limit(limit + PAGE), ft.Icons.EXPAND_MORE
        )
        lines.append(more)
    if not rows:
        key = "fixed" if fixed else "open"
        icon = ft.Icons.HISTORY if fixed else ft.Icons.VERIFIED
        lines.append(empty(icon, words(f"findings.nothing.{key}.title"), words(f"findings.nothing.{key}.text")))
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _grouped(rows: "Sequence[FindingRow]", words: "Words") -> Iterator[ft.Control]:
    """The findings under the headings late, today, later and without a date."""
    heading = ""
    for one in rows:
        when = _when(one)
        if when != heading:
            heading = when
            yield section(words(f"findings.when.{when}"))
        yield finding_row(one)


def finding_row(one: "FindingRow") -> ft.Control:
    """A finding as a line: what is wrong, where, until when, how bad."""
    words = use_services().words
    where = " · ".join(part for part in (one.record.place_name, one.record.school_name, _due(one, words)) if part)
    chips = _chips(one)
    spoken = [
        one.title,
        where,
        words(f"findings.severity.{one.finding.severity}"),
        words(f"findings.when.{_when(one)}"),
    ]
    return row(
        f"finding-{one.record.id}-{one.finding.key}",
        one.title,
        lambda: go(f"{ROUTE}/{one.record.id}/{one.finding.key}"),
        below=ft.Column([quiet(where), chips], spacing=NEAR, tight=True),
        label=", ".join(spoken),
    )


@screen
def FindingScreen() -> ft.View:
    """The finding that the route names."""
    words = use_services().words
    params = ft.use_route_params()
    body = Finding(params.get("record", ""), item_of(params.get("item", "")))
    return scaffold(words("findings.one"), [body], route=ft.use_view_path())


@drawn
def Finding(record: str, item: str) -> ft.Control:
    """What was found, what was done about it, and what can be done now."""
    services = use_services()
    use_notebook_version()
    words, notebook = services.words, services.notebook
    one = next((one for one in notebook.findings_of(record) if one.finding.item == item), None)
    detail = notebook.record(record)
    if one is None or detail is None:
        back = primary_button("findings", words("findings.lost.back"), lambda: go(ROUTE), ft.Icons.BUILD)
        return empty(ft.Icons.SEARCH_OFF, words("findings.lost.title"), words("findings.lost.text"), back)
    asked = detail.form.field(item) if detail.form else None
    answer = answer_text(asked, detail.answers[item], words) if asked and item in detail.answers else None
    about = [answer, one.record.place_name, one.record.school_name, _due(one, words)]
    lines: list[ft.Control] = [
        ft.Semantics(
            content=ft.Text(one.title, size=TITLE, weight=STRONG), header=True, heading_level=1, container=True
        ),
        quiet(" · ".join(part for part in about if part)),
        _chips(one),
        *_verbs(services, one),
    ]
    said = list(_said(detail, item, words))
    if said:
        lines.append(card(ft.Column(said, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)))
    if one.after:
        lines += [section(words("findings.done")), *(record_row(done) for done in reversed(one.after))]
    lines += [section(words("findings.from")), record_row(one.record)]
    return ft.Column(lines, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _verbs(services: "Services", one: "FindingRow") -> Iterator[ft.Control]:
    words, notebook = services.words, services.notebook

    def deal() -> None:
        go(f"/form/{notebook.deal_with(one.record.id, one.finding.key, one.title).id}")

    if not any(closes(form) for form in notebook.kinds()):
        return  # a district without that form closes findings by correcting the record
    if one.open:
        yield primary_button("deal-with", words("findings.deal"), deal, ft.Icons.BUILD)
    else:
        yield secondary_button("deal-with", words("findings.deal_again"), deal, ft.Icons.BUILD)


def _said(detail: "RecordDetail", item: str, words: "Words") -> Iterator[ft.Control]:
    if detail.form is None:
        return iter(())
    within = item if "/" in item else ""
    return some_lines(detail.form, parts(detail.form, item), detail.answers, words, within)


def _chips(one: "FindingRow") -> ft.Control:
    words = use_services().words
    severity = one.finding.severity
    if not one.open:
        return chip(words("findings.fixed"), ft.Icons.CHECK_CIRCLE, GREEN)
    chips = [chip(words(f"findings.severity.{severity}"), ft.Icons.FLAG, _PAINTS[severity])]
    if _late(one):
        chips.append(chip(words("findings.when.late"), ft.Icons.ERROR_OUTLINE, RED))
    return ft.Row(chips, wrap=True, spacing=NEAR, run_spacing=4)


def _due(one: "FindingRow", words: "Words") -> str:
    if one.due is None or not one.open:
        return ""
    return words("findings.due", day=words.day(date.fromisoformat(one.due), _today()))


def _when(one: "FindingRow") -> str:
    if one.due is None:
        return "undated"
    today = _today().isoformat()
    return "late" if one.due < today else "today" if one.due == today else "later"


def _late(one: "FindingRow") -> bool:
    return one.open and _when(one) == "late"


def _today() -> date:
    return datetime.now().astimezone().date()
