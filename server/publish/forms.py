"""Forms as their authors write them (XLSForm), published as the JSON that phones and the district read.

pyxform reads the file, so that any XLSForm editor's output is understood in its usual spelling; expressions become
trees (expressions.py); app/forms.py has the last word on the result. A form with any mistake is not published.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.form_json import GOALS, MOST_FIELDS, NAME, ROLES, SECTIONS, FormError
from app.forms import PAGES, Form
from app.ids import canonical
from app.revisions import RECORD_CLASSES
from server.publish.lists import ListError, Lists
from server.publish.outline import Outline
from server.publish.pictures import Pictures
from server.publish.questions import Questions, other_label, row_of
from server.publish.workbook import ROW, FormMistake, Mistake, Workbook, read, xform

__all__ = ["FormMistake", "Mistake", "publish", "publish_all"]

Json = dict[str, Any]

LAST_TIME: Final = "same_as_last_time"
STYLE: Final = "style"
SETTINGS: Final = (
    "form_title",
    "form_id",
    "version",
    "default_language",
    "instance_name",
    "order",
    LAST_TIME,
    STYLE,
    "allow_choice_duplicates",
)
OWN_SETTINGS: Final = ("record_class", "role", "goal", "icon")
TRANSLATED_TITLE: Final = "translated_title"

# What a form made for other tools is taken to be where nobody says.
FOREIGN: Final = {
    **{"record_class": "administrative", "role": "community", "goal": "collaboration", "icon": "list_alt"},
    "default_language": "English (en)",
}
_CODES: Final = {
    **{"english": "en", "español": "es", "spanish": "es", "espanol": "es", "français": "fr", "french": "fr"},
    **{"português": "pt", "portuguese": "pt", "arabic": "ar", "german": "de", "vietnamese": "vi", "default": "en"},
    **{"chinese": "zh", "hindi": "hi", "russian": "ru", "swahili": "sw", "nepali": "ne", "indonesian": "id"},
}
_PRIVATE: Final = [f"qa{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]  # ISO 639-2: for whoever needs a code
_LANGUAGE = re.compile(r".*\(([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)")
_ORDER = re.compile(r"[1-9][0-9]{0,2}")
_ICON = re.compile(r"[a-z][a-z0-9_]{1,59}")
# Warnings of pyxform that ask for nothing here, each with the reason.
_HARMLESS: Final = (
    "Use the max-pixels parameter",  # the district's policy sets the size of photos, for all forms
    "or_other and translations",  # its question and its choice are said in Beatbook's own words
    "is missing the",  # which label, hint or message lacks a language is said row by row
)


def publish(path: Path, given: Mapping[str, str] | None = None, remarks: list[Mistake] | None = None) -> Json:
    """The Form JSON of an XLSForm file (.md, .xlsx, .xls, .csv). Raises FormMistake with everything that is wrong.

    A form made for other tools lacks settings and translations: with `given` (settings for it, or none) they are
    filled in from there, from `FOREIGN` and from the texts that there are. What such a form says beyond what is asked
    and reckoned (looks, settings of other tools) is left alone, and told in `remarks`.
    """
    book, mistakes = read(path, given is not None)
    if book is None:
        raise FormMistake(mistakes)
    publishing = _Publishing(path, book, mistakes, given)
    try:
        return publishing.form()
    finally:
        if remarks is not None:
            remarks += sorted(set(publishing.remarks))


def publish_all(folder: Path) -> dict[str, Json]:
    """Every form of the folder by its id. Raises FormMistake with the mistakes of all files together."""
    forms: dict[str, Json] = {}
    mistakes: list[Mistake] = []
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".md", ".xlsx", ".xls", ".csv")):
        try:
            form = publish(path)
        except FormMistake as mistake:
            mistakes += mistake.mistakes
            continue
        if form["id"] in forms:
            mistakes.append(Mistake(path.name, 0, "form_id", f"another form has the id {form['id']} already"))
        forms[form["id"]] = form
    if mistakes:
        raise FormMistake(mistakes)
    return forms


class _Publishing:
    """One form on its way: walks pyxform's tree and gathers mistakes."""

    def __init__(
        self, path: Path, book: Workbook, mistakes: list[Mistake], given: Mapping[str, str] | None = None
    ) -> None:
        self.file, self.book, self.mistakes = path.name, book, mistakes
        self.remarks: list[Mistake] = []
        self.foreign = given is not None
        if given is not None:
            own = {name: value for name, value in book.settings.items() if value}
            stem = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
            book.settings.clear()
            book.settings.update({**FOREIGN, "form_title": path.stem, "form_id": stem, **given, **own})
            if not NAME.fullmatch(book.settings["form_id"]):
                book.settings["form_id"] = re.sub(r"\W", "_", f"_{book.settings['form_id']}", flags=re.ASCII)[:80]
            if "default_language" not in own:
                book.settings["default_language"] = _first_language(book.tree) or book.settings["default_language"]
        self.names: dict[str, str] = {}
        self.rows: dict[str, int] = {}
        self.languages: dict[str, str] = {}
        self.lists = Lists(path.parent)
        self.pictures = Pictures(path.parent)
        self.outline = Outline(dict.fromkeys(book.left_out, ""), {}, self.lists.columns, allowed=self.foreign)
        self.columns: set[str] = set()
        self.questions = Questions(
            self.outline,
            self.lists,
            self.languages,
            self._said,
            self._mistake,
            self._remark,
            self.foreign,
            self.columns,
            book.left_out,
            self.pictures,
        )

    def form(self) -> Json:
        tree, settings = self.book.tree, self._settings()
        self._find_names(tree["children"], "")
        self._find_languages(tree)
        form: Json = {
            "id": settings.get("form_id", ""),
            "version": settings.get("version", ""),
            "title": self._titles(settings),
            "languages": list(self.languages.values()),
            "class": settings.get("record_class", ""),
            "role": settings.get("role", ""),
            "goal": settings.get("goal", ""),
            "icon": settings.get("icon", ""),
        }
        if settings.get("order"):
            form["order"] = int(settings["order"])
        if settings.get(LAST_TIME) == "yes":
            form["last_time"] = True
        if PAGES in settings.get(STYLE, "").split():
            form["style"] = PAGES
        self._find_lists(tree)
        if settings.get("instance_name"):
            row = self.book.settings_row
            form["instance_name"] = self.questions.expression(row, "instance_name", settings["instance_name"])
        form["fields"] = self.questions.fields(tree["children"])
        if lists := self.lists.json(frozenset(self.columns)):
            form["lists"] = lists
        if self.pictures.kept:
            form["pictures"] = self.pictures.kept
        for row, warning in self.book.warnings:
            if not any(harmless in warning for harmless in _HARMLESS):
                self._remark(row, "", warning)
        if not form["version"]:
            # Two contents never share a version: what nobody numbered is numbered by its content.
            form["version"] = hashlib.sha256(canonical(form)).hexdigest()[:12]
        self._accepted(form)
        return form

    def _accepted(self, form: Json) -> None:
        """Lets the phone's own reader and pyxform's XForm builder look at what nobody found wrong so far."""
        if not self.mistakes:
            try:
                Form.parse(form)
            except FormError as error:
                reason, _, circle = str(error).partition(": ")
                named = re.search(r"question ([^ :]+)", reason)
                if " -> " in circle:
                    places = (f"{name} (row {self.rows.get(name, 0)})" for name in circle.split(" -> "))
                    reason = f"{reason}: {' -> '.join(places)}"
                else:
                    reason = str(error)
                self._mistake(self.rows.get(named[1], 0) if named else 0, "", reason)
        if not self.mistakes:
            try:
                xform(self.book.tree)
            except ValueError as error:
                self._mistake(0, "", f"pyxform cannot make an XForm of this form: {error}")
        if self.mistakes:
            raise FormMistake(self.mistakes)

    # --- settings ---------------------------------------------------------------------------------------------------

    def _settings(self) -> dict[str, str]:
        row = self.book.settings_row
        settings = dict(self.book.settings)
        for column in settings:
            if not self.foreign and column.partition("::")[0] not in (*SETTINGS, *OWN_SETTINGS, TRANSLATED_TITLE):
                self._mistake(row, column, "this setting is not known")
        for column in ("form_title", "form_id", "default_language", *OWN_SETTINGS):
            if not settings.get(column):
                self._mistake(row, column, f"the settings sheet must say the {column}")
        for column, known in (("record_class", RECORD_CLASSES), ("role", ROLES), ("goal", GOALS)):
            if settings.get(column) and settings[column] not in known:
                self._mistake(row, column, f"{settings[column]} is not one of {', '.join(known)}")
        if settings.get("form_id") and not NAME.fullmatch(settings["form_id"]):
            self._mistake(row, "form_id", "an id has letters, digits and underscores")
        if settings.get("order") and not _ORDER.fullmatch(settings["order"]):
            self._mistake(row, "order", "the place among the other forms is a whole number from 1 to 999")
            del settings["order"]
        if settings.get(LAST_TIME, "no") not in ("yes", "no"):
            self._mistake(row, LAST_TIME, "write yes or no, or leave it empty")
        if strange := set(settings.get(STYLE, "").split()) - {PAGES}:
            self._remark(row, STYLE, f"the style {' '.join(sorted(strange))} is not known: pages, or nothing to scroll")
        if settings.get("icon") and not _ICON.fullmatch(settings["icon"]):
            self._mistake(row, "icon", "an icon is named in small letters and underscores, like family_restroom")
        return settings

    def _titles(self, settings: dict[str, str]) -> Json:
        said = {settings.get("default_language", ""): settings.get("form_title", "")}
        for column, text in settings.items():
            start, _, language = column.partition("::")
            if start == TRANSLATED_TITLE:
                said[language.strip()] = text
        return self.questions.texts(self.book.settings_row, TRANSLATED_TITLE, said, quoting=False)

    # --- names, languages, choices ----------------------------------------------------------------------------------

    def _find_names(self, children: list[Json], parent: str) -> None:
        for child in children:
            name, kind = str(child["name"]), str(child["type"])
            if ROW not in child and (name in (*self.book.left_out, "meta") or kind == "calculate"):
                continue
            if name.lower() in self.names and self.foreign:
                name = self._renamed(child, parent)
            elif name.lower() in self.names:
                self._mistake(
                    row_of(child), "name", f"the name {name} is taken already; names differ in the whole form"
                )
            elif not NAME.fullmatch(name):
                self._mistake(row_of(child), "name", f"{name} is no name: letters, digits and underscores")
            if name.lower() not in self.names:  # else a group could come to stand in itself
                self.names[name.lower()] = name
                self.rows[name] = row_of(child)
                self.outline.parents[name] = parent
                if kind in SECTIONS:
                    self.outline.kinds[name] = "repeat" if kind == "repeat" else "group"
            self._find_names(child.get("children", []), name)

    def _renamed(self, child: Json, parent: str) -> str:
        """Another name for what is called like something in another group; paths to it are still understood."""
        old = str(child["name"])
        tries = (f"{parent}_{old}", *(f"{old}_{number}" for number in range(2, MOST_FIELDS)))
        name = next(name for name in tries if name.lower() not in self.names)
        child["name"] = self.outline.renamed[parent, old] = name
        self._remark(row_of(child), "name", f"the name {old} is taken already; here it is called {name}")
        return name

    def _find_languages(self, tree: Json) -> None:
        """The languages of the form, its default one first: those that its title or any label is written in."""
        default = self.book.settings.get("default_language", "")
        found = {default: None} if default else {}
        titled = (column.partition("::") for column, text in self.book.settings.items() if text)
        found.update({language.strip(): None for start, _, language in titled if start == TRANSLATED_TITLE})
        for child in _all(tree["children"]):
            if isinstance(child.get("label"), dict):
                found.update(dict.fromkeys(child["label"]))
        for language in found:
            match = _LANGUAGE.fullmatch(language)
            code = _CODES.get(language.strip().lower()) if self.foreign else None
            if code and code not in self.languages.values():
                self.languages[language] = code
            elif match and match[1] in self.languages.values():
                self._mistake(0, f"label::{language}", f"two languages have the code {match[1]}")
            elif match:
                self.languages[language] = match[1]
            elif self.foreign:
                self.languages[language] = next(code for code in _PRIVATE if code not in self.languages.values())
            else:
                wanted = "a language is written with its code, like label::Español (es)"
                self._mistake(0, f"label::{language}", wanted)

    def _find_lists(self, tree: Json) -> None:
        """The lists of the sheet `choices`, and the files that expressions look things up in."""
        for name, choices in tree.get("choices", {}).items():
            labels = []
            for choice in choices:
                row = row_of(choice)
                other = choice.get("name") == "other" and ROW not in choice
                label = other_label(self.languages) if other else self._label(row, choice)
                labels.append(label)
                if choice.get("media"):
                    self._remark(row, "media", "pictures and sounds of choices are not supported yet")
                if not self.foreign and set(str(choice.get("name", ""))) & set(" \t\n"):
                    self._mistake(row, "name", f"a choice of {name} has a space in its name")
            self.lists.add_choices(name, choices, labels)
        for child in _all(tree["children"]):
            for text in (child.get("default"), child.get("choice_filter"), *child.get("bind", {}).values()):
                if isinstance(text, str):
                    try:
                        self.lists.find(text)
                    except ListError as error:
                        self._mistake(row_of(child), "", str(error))

    def _label(self, row: int, choice: Json) -> Json:
        name = str(choice.get("name", ""))
        return self.questions.texts(row, "label", choice.get("label"), quoting=False, instead=name)

    # --- texts ------------------------------------------------------------------------------------------------------

    def _said(self, texts: Any) -> Json:
        """Texts by language code; a text without a language is in the form's default one."""
        default = self.book.settings.get("default_language", "")
        by_language = texts if isinstance(texts, dict) else {default: texts}
        said = {
            self.languages[language]: str(text)
            for language, text in by_language.items()
            if text and language in self.languages
        }
        if self.foreign and said:
            return {code: said.get(code) or next(iter(said.values())) for code in self.languages.values()}
        return said

    def _mistake(self, row: int, column: str, reason: str) -> None:
        self.mistakes.append(Mistake(self.file, row, column, reason))

    def _remark(self, row: int, column: str, reason: str) -> None:
        """A mistake in a form of our own; in one made for other tools, something that is left alone."""
        (self.remarks if self.foreign else self.mistakes).append(Mistake(self.file, row, column, reason))


def _first_language(tree: Json) -> str:
    """The first language that a label is written in; empty where labels have none."""
    labels = (child.get("label") for child in _all(tree["children"]))
    return next((str(language) for label in labels if isinstance(label, dict) for language in label), "")


def _all(children: list[Json]) -> list[Json]:
    return [found for child in children for found in (child, *_all(child.get("children", [])))]
