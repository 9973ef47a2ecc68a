"""Answers as a person reads them: labels instead of names, dates and places in words, photos as pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import flet as ft

from app.answers import fits
from app.attachments import ENDINGS
from app.form_json import UNSEEN
from views.fields_frame import buttons, small_button
from views.fields_text import show
from views.handing import Handing
from views.handlers import guarded, ident, notice
from views.parts import drawn, fact, quiet, secondary_button, section
from views.said import file_said, measured
from views.services import use_services
from views.theme import NEAR, RADIUS

if TYPE_CHECKING:
    from app.forms import Answers, Field, Form, Live
    from app.words import Words


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to read: the heading of a group, an answer, or a photo, whose `text` is its SHA-256.

    Of a recording or another file `file` is the answer itself.
    """

    kind: Literal["section", "fact", "photo"]
    label: str
    text: str = ""
    file: "Mapping[str, Any] | None" = None


def said_answers(form: "Form", answers: "Answers", words: "Words") -> Iterator[Said]:
    """The answered questions of a form in its order, for reading elsewhere than on the screen."""
    live = form.live(answers, None, words.language, frozen=True)
    yield from _said(live, form.fields, live.answers, words, "")
    yield from _earlier(form, answers, words)


def answer_lines(form: "Form", answers: "Answers", words: "Words") -> Iterator[ft.Control]:
    """The answered questions of a form in its order, under the headings of their groups and repetitions."""
    return _lines(said_answers(form, answers, words))


def some_lines(
    form: "Form", fields: "Sequence[Field]", answers: "Answers", words: "Words", within: str = ""
) -> Iterator[ft.Control]:
    """Only these questions, as far as they are answered; `within` is the address of the repetition they stand in."""
    live = form.live(answers, None, words.language, frozen=True)
    row: Answers = live.answers
    if within:
        repeat, _, at = within.partition("/")
        rows = row.get(repeat) or []
        row = rows[int(at) - 1] if int(at) <= len(rows) else {}
    return _lines(_said(live, tuple(fields), row, words, within))


def answer_text(field: "Field", value: Any, words: "Words") -> str:
    """One answer in words. Never raises: what is not of the field's kind is shown as it is."""
    try:
        return _text(field, value, words)
    except (ValueError, TypeError, KeyError):
        return str(value)


def _lines(said: Iterator[Said]) -> Iterator[ft.Control]:
    for one in said:
        if one.kind == "section":
            yield section(one.label)
        elif one.kind == "photo":
            yield ft.Column([quiet(one.label), Photo(one.text, one.label)], spacing=4, tight=True)
        elif one.file:
            yield KeptFile(one.label, one.text, one.file)
        else:
            yield fact(one.label, one.text)


def _earlier(form: "Form", answers: "Answers", words: "Words") -> Iterator[Said]:
    """Answers to questions that another version of the form asked: kept with the record, and shown as they are."""
    others = {name: value for name, value in answers.items() if name not in form.plan.fields and value is not None}
    if others:
        yield Said("section", words("record.earlier"))
    for name, value in others.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield Said("fact", name, words.count("record.rows", len(value)))
        elif isinstance(value, dict) and "sha256" in value:
            yield Said("photo", name, str(value["sha256"]))
        else:
            yield Said("fact", name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _said(live: "Live", fields: "tuple[Field, ...]", answers: "Answers", words: "Words", within: str) -> Iterator[Said]:
    for field in fields:
        address = f"{within}/{field.name}" if within else field.name
        label = live.text(address, field.labels, words.language)
        value = answers.get(field.name)
        if field.type == "group":
            inside = list(_said(live, field.fields, answers, words, within))
            if inside and label:
                yield Said("section", label)
            yield from inside
        elif field.type == "repeat":
            for at in range(1, live.rows(address) + 1):
                inside = list(_said(live, field.fields, value[at - 1], words, f"{address}/{at}")) if value else []
                if inside:
                    yield Said("section", words("form.row", label=label, number=at))
                yield from inside
        elif value is None or (field.type in UNSEEN and not label):
            continue  # what the form works out for itself and gives no label is not for reading
        elif field.type == "image" and isinstance(value, dict):
            yield Said("photo", label, str(value.get("sha256")))
        elif field.type in ("audio", "file") and fits("file", value):
            yield Said("fact", label, answer_text(field, value, words), value)
        else:
            yield Said("fact", label, answer_text(field, value, words))


def _text(field: "Field", value: Any, words: "Words") -> str:
    now = datetime.now().astimezone()
    match field.type:
        case "select_one":
            return _choice(field, value, words)
        case "select_multiple" | "rank":
            return ", ".join(_choice(field, name, words) for name in value)
        case "date":
            return words.day(date.fromisoformat(value), now.date())
        case "dateTime":
            return words.moment(datetime.fromisoformat(value).astimezone(now.tzinfo), now)
        case "geopoint":
            return words("answer.place", lat=f"{value['lat']:.5f}", lon=f"{value['lon']:.5f}", acc=round(value["acc"]))
        case "audio" | "file":
            return file_said(value, words)
        case "geotrace" | "geoshape":
            return measured(field.type, value, words)
        case "acknowledge":
            return words("answer.ok")
        case "decimal" | "range":
            return show(value, words.language)
    return str(value)


def _choice(field: "Field", name: str, words: "Words") -> str:
    return next((choice.label(words.language) for choice in field.choices if choice.name == name), name)


@drawn
def KeptFile(label: str, text: str, file: "Mapping[str, Any]") -> ft.Control:
    """A recording or another file, and the way to hear or read it: with another app, or from the phone's own files."""
    services = use_services()
    words = services.words
    handing = ft.use_memo(Handing, [])
    away, set_away = ft.use_state(False)

    async def hand_on() -> None:
        data = await services.notebook.photo(str(file["sha256"]))
        set_away(data is None)
        name = str(file.get("name") or f"{words('form.file_any')}{ENDINGS.get(file['mime'], '')}")
        if data is not None and await handing.share(data, file["mime"], name):
            notice(words("answer.file_kept"))

    parts: list[ft.Control] = [fact(label, text)]
    if away:
        parts.append(quiet(words("answer.file_elsewhere")))
    else:
        name = f"open-{file['sha256'][:8]}"
        parts.append(buttons([small_button(name, words("answer.file_open"), guarded(hand_on), ft.Icons.IOS_SHARE)]))
        parts.append(quiet(words("answer.file_leaves")))
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@drawn
def Photo(sha: str, label: str) -> ft.Control:
    """A photo, as soon as it has been read from the phone; one that is only at the district is fetched on request.

    Of one that is damaged what is left is shown, and it is fetched likewise.
    """
    services = use_services()
    words = services.words
    data, set_data = ft.use_state(b"")
    state, set_state = ft.use_state("loading")

    async def read() -> None:
        kept = await services.notebook.photo(sha)
        left = None if kept else await services.notebook.damaged_photo(sha)
        set_data(kept or (left.data if left else b""))
        set_state("here" if kept else "damaged" if left else "elsewhere")

    async def fetch() -> None:
        set_state("fetching")
        if await services.engine.fetch_photo(sha):
            await read()
        else:
            set_state("failed")

    ft.use_effect(guarded(read), [sha])
    parts: list[ft.Control] = []
    if data:
        # Pictures from elsewhere may be anything; one that cannot be drawn says so.
        broken = ft.Text(words("answer.photo_broken"))
        picture = ft.Image(
            data,
            semantics_label=label,
            border_radius=RADIUS,
            fit=ft.BoxFit.CONTAIN,
            height=240,
            error_content=broken,
        )
        parts.append(ident(f"photo-{sha[:8]}", picture))
        if state == "here":
            return parts[0]
    said = ft.Text(words(f"answer.photo_{state}"), expand=True)
    parts.append(ft.Row([ft.Icon(ft.Icons.IMAGE_OUTLINED), said], spacing=NEAR))
    if state in ("elsewhere", "damaged", "failed"):
        parts.append(secondary_button("fetch-photo", words("answer.photo_fetch"), fetch, ft.Icons.DOWNLOAD))
    return ft.Column(parts, spacing=NEAR, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
