"""One record on paper: everything that its screen says, as a PDF made on the phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.paper import GREY, PHOTO, NotAPicture, Paper
from app.search import plain
from app.typeface import Read, typefaces
from views.answers import said_answers
from views.practice import BESIDE
from views.record_history import changed, when
from views.states import shown_state

if TYPE_CHECKING:
    from app.notebook import Notebook, RecordDetail
    from app.words import Words

_SAFE: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Printed:
    """The file, its name, how many pages it has, and whether some letters could not be drawn."""

    name: str
    data: bytes
    pages: int
    letters_missing: bool


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str  # title, quiet, section, label, above (a photo), text, photo, rule
    text: str = ""


async def printed(notebook: "Notebook", detail: "RecordDetail", words: "Words", read: Read, mark: str = "") -> Printed:
    """The record as a PDF in the officer's language, with a mark across it where one is given.

    Raises NoTypeface when the app's fonts cannot be had.
    """
    now, words = datetime.now().astimezone(), words.dated()
    parts = [_Part("section", mark)] if mark else []
    parts += _parts(notebook, detail, words)
    foot = _foot(notebook, detail, words, now)
    regular, bold = await typefaces("".join(part.text for part in parts) + "".join(foot) + mark + "0123456789", read)
    paper = Paper(regular, bold, detail.row.title, words.language)
    for part in parts:
        await _write(paper, part, notebook, words)
    data = paper.finish(foot, now, mark)
    return Printed(_name(detail), data, paper.pages, bool(regular.missing or bold.missing))


async def _write(paper: Paper, part: _Part, notebook: "Notebook", words: "Words") -> None:
    match part.kind:
        case "title":
            paper.text(part.text, 18, bold=True)
        case "section":
            paper.text(part.text, 13, bold=True, before=12, keep=40)
        case "label":
            paper.text(part.text, 9, ink=GREY, before=7, keep=20)
        case "above":  # a photo
            paper.text(part.text, 9, ink=GREY, before=7, keep=PHOTO)
        case "quiet":
            paper.text(part.text, 10, ink=GREY)
        case "rule":
            paper.rule()
        case "photo":
            picture = await notebook.photo(part.text)
            try:
                if picture is None:
                    raise NotAPicture(part.text)
                paper.photo(picture)
            except NotAPicture:
                paper.text(words("print.no_photo"), 10, ink=GREY)
        case _:
            paper.text(part.text)


def _parts(notebook: "Notebook", detail: "RecordDetail", words: "Words") -> Iterator[_Part]:
    row, setup = detail.row, notebook.setup
    if setup:
        yield _Part("quiet", setup.district.name)
    yield _Part("title", row.title)
    place = row.place_name or (detail.place.name if detail.place else None)
    about = [row.form_title, place, row.school_name, when(row.at, words), row.author_name]
    yield _Part("quiet", " · ".join(part for part in about if part))
    state = "refused" if row.state == "attention" and row.problem else row.state
    if notebook.preference(BESIDE):
        state = "practice"
        yield _Part("section", words("practice.badge"))
    receipt = row.state == "district" and detail.number is not None
    said = words("record.receipt", number=detail.number) if receipt else words(f"record.state.{shown_state(state)}")
    yield _Part("quiet", said)
    yield _Part("rule")
    if detail.form:
        for one in said_answers(detail.form, detail.answers, words):
            kinds = {"section": "section", "photo": "above"}
            yield _Part(kinds.get(one.kind, "label"), one.label)
            if one.kind != "section":
                yield _Part("photo" if one.kind == "photo" else "text", one.text)
    else:
        for name, value in detail.answers.items():
            yield from (_Part("label", name), _Part("text", str(value)))
    yield from _history(notebook, detail, words)


def _history(notebook: "Notebook", detail: "RecordDetail", words: "Words") -> Iterator[_Part]:
    names = notebook.setup.names if notebook.setup else {}
    yield _Part("section", words("record.history"))
    for entry in detail.history:
        author = names.get(entry.revision.author, "")
        yield _Part("label", " · ".join(part for part in (when(entry.revision.at, words), author) if part))
        if entry.revision.reason:
            yield _Part("text", words("record.reason", reason=entry.revision.reason))
        version = detail.versions.get(entry.revision.hash)
        for label, text in changed(version, detail, words) if version else ():
            yield _Part("text", f"{label}: {text}")
        if version and not version.changes and not entry.revision.parents:
            yield _Part("text", words("print.first"))


def _foot(notebook: "Notebook", detail: "RecordDetail", words: "Words", now: datetime) -> list[str]:
    officer = notebook.setup.officer.name if notebook.setup else ""
    made = words("print.made", name=officer, when=words.moment(now, now)).replace("{", "{{").replace("}", "}}")
    return [words(f"print.class.{record_class(detail)}"), made + " · " + words("print.page")]


def record_class(detail: "RecordDetail") -> str:
    """Whose eyes a record is for: the class of its last revision."""
    return detail.history[-1].revision.record_class if detail.history else "police_unit"


def _name(detail: "RecordDetail") -> str:
    """A file name without anybody's name in it: the form, the day and the end of the record's id."""
    form = _SAFE.sub("-", plain(detail.row.form)).strip("-")
    return f"{form}-{detail.row.at[:10]}-{detail.row.id[-6:]}.pdf"
