"""Forms as their authors write them (XLSForm), published as the JSON that phones and the district read.

pyxform reads the file, so that any XLSForm editor's output is understood in its usual spelling; expressions become
trees (expressions.py); app/forms.py has the last word on the result. A form with any mistake is not published.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from app.answers import cast, fits
from app.form_json import GOALS, NAME, ROLES, FormError
from app.forms import Form
from app.ids import canonical
from app.revisions import RECORD_CLASSES
from server.publish import expressions
from server.publish.outline import Outline
from server.publish.workbook import QUESTION_TYPES, ROW, YES_NO, FormMistake, Mistake, Workbook, read, xform

__all__ = ["FormMistake", "Mistake", "publish", "publish_all"]

Json = dict[str, Any]

TYPES: Final = {
    **{kind: kind for kind in ("text", "integer", "decimal", "date", "time", "dateTime", "barcode", "geopoint")},
    **{kind: kind for kind in ("note", "acknowledge", "group")},
    "string": "text",
    "int": "integer",
    "datetime": "dateTime",
    "trigger": "acknowledge",
    "photo": "image",
    "select one": "select_one",
    "select all that apply": "select_multiple",
}
APPEARANCES: Final = frozenset(
    ("multiline", "minimal", "field-list", "numbers", "likert", "horizontal", "columns", "new", "annotate", "quick")
)
SETTINGS: Final = ("form_title", "form_id", "version", "default_language", "instance_name", "order")
OWN_SETTINGS: Final = ("record_class", "role", "goal", "icon")
TRANSLATED_TITLE: Final = "translated_title"

_LANGUAGE = re.compile(r".*\(([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)")
_ORDER = re.compile(r"[1-9][0-9]{0,2}")
_ICON = re.compile(r"[a-z][a-z0-9_]{1,59}")
# What pyxform puts into a row by itself, and has been looked at elsewhere.
_OWN_KEYS: Final = frozenset(
    (
        *("type", "name", "label", "hint", "bind", "control", "default", "parameters", "choices", "itemset"),
        *("list_name", "children", "actions", "_dynamic_default", ROW),
    )
)
_BINDS: Final = {"required": "required", "relevant": "relevant", "constraint": "constraint", "readonly": "readonly"}
_MESSAGES: Final = {"jr:requiredMsg": "required_message", "jr:constraintMsg": "constraint_message"}
# Warnings of pyxform that ask for nothing here, each with the reason.
_HARMLESS: Final = (
    "Use the max-pixels parameter",  # the district's policy sets the size of photos, for all forms
    "is missing the",  # which label, hint or message lacks a language is said row by row
)


def publish(path: Path) -> Json:
    """The Form JSON of an XLSForm file (.md, .xlsx, .csv). Raises FormMistake with everything that is wrong."""
    book, mistakes = read(path)
    if book is None:
        raise FormMistake(mistakes)
    return _Publishing(path.name, book, mistakes).form()


def publish_all(folder: Path) -> dict[str, Json]:
    """Every form of the folder by its id. Raises FormMistake with the mistakes of all files together."""
    forms: dict[str, Json] = {}
    mistakes: list[Mistake] = []
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".md", ".xlsx", ".csv")):
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

    def __init__(self, file: str, book: Workbook, mistakes: list[Mistake]) -> None:
        self.file, self.book, self.mistakes = file, book, mistakes
        self.names: dict[str, str] = {}
        self.rows: dict[str, int] = {}
        self.languages: dict[str, str] = {}

    def form(self) -> Json:
        tree, settings = self.book.tree, self._settings()
        children = [child for child in tree["children"] if ROW in child]
        self._find_names(children)
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
        if settings.get("instance_name"):
            row = self.book.settings_row
            form["instance_name"] = self._expression(row, "instance_name", settings["instance_name"])
        self._check_choices(tree.get("choices", {}))
        form["fields"] = [self._field(child) for child in children]
        for row, warning in self.book.warnings:
            if not any(harmless in warning for harmless in _HARMLESS):
                self._mistake(row, "", warning)
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
                named = re.search(r"question ([^ :]+)", str(error))
                self._mistake(self.rows.get(named[1], 0) if named else 0, "", str(error))
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
            if column.partition("::")[0] not in (*SETTINGS, *OWN_SETTINGS, TRANSLATED_TITLE):
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
        if settings.get("icon") and not _ICON.fullmatch(settings["icon"]):
            self._mistake(row, "icon", "an icon is named in small letters and underscores, like family_restroom")
        return settings

    def _titles(self, settings: dict[str, str]) -> Json:
        said = {settings.get("default_language", ""): settings.get("form_title", "")}
        for column, text in settings.items():
            start, _, language = column.partition("::")
            if start == TRANSLATED_TITLE:
                said[language.strip()] = text
        return self._texts(self.book.settings_row, TRANSLATED_TITLE, said, needed=True)

    # --- names, languages, choices ----------------------------------------------------------------------------------

    def _find_names(self, children: list[Json]) -> None:
        for child in children:
            name = str(child["name"])
            if name.lower() in self.names:
                self._mistake(_row(child), "name", f"the name {name} is taken already; names differ in the whole form")
            elif not NAME.fullmatch(name):
                self._mistake(_row(child), "name", f"{name} is no name: letters, digits and underscores")
            self.names[name.lower()] = name
            self.rows[name] = _row(child)
            self._find_names([one for one in child.get("children", []) if ROW in one])

    def _find_languages(self, tree: Json) -> None:
        """The languages of the form, its default one first: those that any label is written in."""
        default = self.book.settings.get("default_language", "")
        found = {default: None} if default else {}
        for child in _all(tree["children"]):
            if isinstance(child.get("label"), dict):
                found.update(dict.fromkeys(child["label"]))
        for language in found:
            match = _LANGUAGE.fullmatch(language)
            if match and match[1] in self.languages.values():
                self._mistake(0, f"label::{language}", f"two languages have the code {match[1]}")
            elif match:
                self.languages[language] = match[1]
            else:
                wanted = "a language is written with its code, like label::Español (es)"
                self._mistake(0, f"label::{language}", wanted)

    def _check_choices(self, lists: dict[str, list[Json]]) -> None:
        for name, choices in lists.items():
            for choice in choices:
                row = _row(choice)
                self._texts(row, "label", choice.get("label"), needed=True)
                for column in sorted(set(choice) - {"name", "label", ROW, "__row"}):
                    self._mistake(row, column, "this column is not known in the sheet choices")
                if set(str(choice.get("name", ""))) & set(" \t\n"):
                    self._mistake(row, "name", f"a choice of {name} has a space in its name")

    # --- fields -----------------------------------------------------------------------------------------------------

    def _field(self, node: Json) -> Json:
        row, kind = _row(node), self._type(node)
        field: Json = {"type": kind, "name": str(node["name"])}
        if not kind:
            for child in node.get("children", []):
                self._field(child)
            return field
        needed = kind != "group" or "label" in node
        for column, texts, must in (("label", node.get("label"), needed), ("hint", node.get("hint"), False)):
            if texts or must:
                field[column] = self._texts(row, column, texts, needed=True)
        self._bind(row, node.get("bind", {}), field)
        control = dict(node.get("control", {}))
        if appearance := control.pop("appearance", ""):
            field["appearance"] = appearance
            for word in sorted(set(appearance.split()) - APPEARANCES):
                self._mistake(row, "appearance", f"the appearance {word} is not known")
        for column in (*sorted(set(node) - _OWN_KEYS), *control):
            self._mistake(row, column, "this column is not supported")
        if node.get("parameters"):
            self._mistake(row, "parameters", "parameters are not supported yet")
        if kind in ("select_one", "select_multiple"):
            field["choices"] = [
                {"name": str(choice["name"]), "label": self._said(choice.get("label"))}
                for choice in node.get("choices", [])
            ]
        if node.get("default"):
            field["default"] = self._default(node, field)
        if kind == "group":
            children = node.get("children", [])
            if any(ROW not in child and child["name"] not in self.book.left_out for child in children):
                self._mistake(row, "type", "or_other and table-list are not supported")
            field["fields"] = [self._field(child) for child in children if ROW in child]
            if not field["fields"]:
                self._mistake(row, "type", f"the group {field['name']} is empty")
        return field

    def _type(self, node: Json) -> str:
        kind = str(node["type"])
        if kind in TYPES:
            return TYPES[kind]
        supported = f"; supported are {', '.join(sorted(set(TYPES.values())))}"
        known = kind in QUESTION_TYPES
        reason = f"questions of the type {kind} are not supported yet" if known else f"{kind} is no type of question"
        self._mistake(_row(node), "type", reason + supported)
        return ""

    def _bind(self, row: int, bind: Json, field: Json) -> None:
        for key, value in bind.items():
            if key in _MESSAGES:
                field[_MESSAGES[key]] = self._texts(row, _MESSAGES[key], value, needed=True)
            elif key not in _BINDS:
                self._mistake(row, key, "this column is not supported")
            elif key in ("required", "readonly") and value in YES_NO:
                if YES_NO[value]:
                    field[key] = True
            else:
                field[key] = self._expression(row, key, value)
        for message, key in (("required_message", "required"), ("constraint_message", "constraint")):
            if message in field and key not in field:
                self._mistake(row, message, f"a {message} without a {key} is never seen")

    def _default(self, node: Json, field: Json) -> Any:
        row, text, kind = _row(node), str(node["default"]), field["type"]
        if node.get("_dynamic_default"):
            return {"expr": self._expression(row, "default", text)}
        value = cast(kind, text)
        names = {choice["name"] for choice in field.get("choices", [])}
        chosen = value if isinstance(value, list) else [value]
        if not fits(kind, value):
            self._mistake(row, "default", f"{text} is no answer to a question of the type {kind}")
        elif names and not names.issuperset(chosen):
            self._mistake(row, "default", f"{text} is not among the choices")
        return value

    def _expression(self, row: int, column: str, text: str) -> Any:
        outline = Outline.flat(*self.names.values(), *self.book.left_out)
        try:
            return expressions.parse(str(text), outline)
        except expressions.ExpressionError as error:
            self._mistake(row, column, f"{error}, in: {text}")
            return False

    # --- texts ------------------------------------------------------------------------------------------------------

    def _texts(self, row: int, column: str, texts: Any, needed: bool) -> Json:
        said = self._said(texts)
        if needed:
            for language, code in self.languages.items():
                if not said.get(code):
                    self._mistake(row, f"{column}::{language}", f"the {column} in {language} is missing")
        if any("${" in text for text in said.values()):
            self._mistake(row, column, f"a {column} with another answer in it is not supported yet")
        return said

    def _said(self, texts: Any) -> Json:
        """Texts by language code; a text without a language is in the form's default one."""
        default = self.book.settings.get("default_language", "")
        by_language = texts if isinstance(texts, dict) else {default: texts}
        return {
            self.languages[language]: str(text)
            for language, text in by_language.items()
            if text and language in self.languages
        }

    def _mistake(self, row: int, column: str, reason: str) -> None:
        self.mistakes.append(Mistake(self.file, row, column, reason))


def _row(node: Json) -> int:
    return int(node.get(ROW, 0))


def _all(children: list[Json]) -> list[Json]:
    return [found for child in children for found in (child, *_all(child.get("children", [])))]
