"""The rows of the sheet `survey` as the fields that phones read; every mistake is told with its row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.answers import cast, fits
from app.form_json import CHOOSING, QUOTED, REMEMBER, SECTIONS, TYPED, UNSEEN
from server.publish import expressions
from server.publish.lists import OTHER, SPECIFY, ListError, Lists
from server.publish.outline import Outline
from server.publish.pictures import PictureError, Pictures
from server.publish.suspects import suspects
from server.publish.workbook import QUESTION_TYPES, ROW, YES_NO

Json = dict[str, Any]

_SAME: Final = (
    *("text", "integer", "decimal", "date", "time", "dateTime", "barcode", "geopoint", "note", "acknowledge", "range"),
    *("rank", "audio", "file", "geotrace", "geoshape", *UNSEEN, *SECTIONS),
)
TYPES: Final = {
    **{kind: kind for kind in _SAME},
    "string": "text",
    "int": "integer",
    "datetime": "dateTime",
    "trigger": "acknowledge",
    "date time": "dateTime",
    "photo": "image",
    "gps": "geopoint",
    "location": "geopoint",
    "start time": "start",
    "end time": "end",
    "select one": "select_one",
    "select all that apply": "select_multiple",
    **dict.fromkeys(("phone number", "q string"), "text"),
    **dict.fromkeys(("device id", "get device id", "imei", "uri:deviceid"), "deviceid"),
    **{"get start time": "start", "get end time": "end", "get today": "today"},
    "uri:username": "username",
}
# What other tools fill in by themselves (from a phone's SIM card or its account, say); here it stays empty.
LEFT_EMPTY: Final = frozenset(
    (
        *("phonenumber", "email", "simserial", "subscriberid", "uri:phonenumber", "uri:email", "uri:simserial"),
        *("uri:subscriberid", "get phone number", "get sim id", "sim id", "get subscriber id", "subscriber id"),
        *("start-geopoint", "background-geopoint"),
    )
)
# What other tools record beside the answers, or read beside the form.
BESIDE: Final = ("background-audio", "csv-external", "xml-external")
# Words that the phone draws by, and words of other tools that it may leave alone: they change only the looks.
APPEARANCES: Final = frozenset(
    (
        "multiline",
        "minimal",
        "field-list",
        "numbers",
        "likert",
        "horizontal",
        "columns",
        "new",
        "annotate",
        "quick",
        "signature",
        "draw",
        "remember",
        "background",
    )
)
LOOKS: Final = re.compile(
    r"w\d{1,2}|columns-\d|columns-pack|compact|quickcompact|compact-\d|horizontal-compact|vertical|no-buttons|picker"
    r"|no-calendar|autocomplete|thousands-sep|url|maps|placement-map|rating|no-ticks|new-front|new-rear|no-collapse"
)
PARAMETERS: Final = {
    "range": ("start", "end", "step"),
    "image": ("max-pixels",),  # the district's policy sets the size of photos, for all forms
    "select_one": ("randomize", "seed", "value", "label"),
    "select_multiple": ("randomize", "seed", "value", "label"),
    "rank": ("randomize", "seed"),
}
# What pyxform puts into a row by itself, and has been looked at elsewhere.
_OWN_KEYS: Final = frozenset(
    (
        *("type", "name", "label", "hint", "guidance_hint", "bind", "control", "default", "parameters", "choices"),
        *("itemset", "list_name", "children", "actions", "_dynamic_default", "trigger", "choice_filter", "media", ROW),
    )
)
_BINDS: Final = {
    **{"required": "required", "relevant": "relevant", "constraint": "constraint", "readonly": "readonly"},
    "calculate": "calculation",
}
_MESSAGES: Final = {"jr:requiredMsg": "required_message", "jr:constraintMsg": "constraint_message"}

Report = Callable[[int, str, str], None]


@dataclass(slots=True)
class Questions:
    """Reads the rows of one form. `said` gives texts by language code and reports those that are missing."""

    outline: Outline
    lists: Lists
    languages: dict[str, str]
    said: Callable[[Any], Json]
    mistake: Report
    remark: Report  # of what is a mistake in a form of our own, and left alone in one made for other tools
    foreign: bool
    columns: set[str]  # the columns of lists that expressions look at
    left_out: frozenset[str]  # rows that pyxform stumbled over
    pictures: Pictures

    def fields(self, children: list[Json]) -> list[Json]:
        """The fields of a group, with what pyxform makes of `or_other` and of a computed `repeat_count`."""
        fields: list[Json] = []
        counts: dict[str, str] = {}
        last: Json = {}
        for child in children:
            if ROW not in child and child["name"] in self.left_out:
                continue
            if self.foreign and child["type"] in BESIDE:
                self._beside(child)
            elif ROW in child:
                fields.append(self._field(child, counts))
                last = child
            elif child["type"] == "calculate":
                counts[str(child["name"])] = child.get("bind", {}).get("calculate", "")
            elif child["type"] == "text" and child["name"] == f"{last.get('name')}_other":
                fields.append(self._other(str(last["name"]), str(child["name"])))
            elif child["name"] != "meta":
                self.remark(row_of(last), "appearance", "table-list is not supported")
            else:
                fields += self._meta(child)
        return fields

    def texts(self, row: int, column: str, texts: Any, quoting: bool = True, instead: str = "") -> Json:
        """Texts by language code, none missing; they may quote other answers.

        In a form made for other tools `instead` stands for a text that is in no language.
        """
        said = self.said(texts)
        if self.foreign and not said and instead:
            said = dict.fromkeys(self.languages.values(), instead)
        for language, code in self.languages.items():
            if not said.get(code):
                self.mistake(row, f"{column}::{language}", f"the {column} in {language} is missing")
        for text in said.values():
            for name in QUOTED.findall(text):
                if not quoting:
                    self.mistake(row, column, f"a {column} with another answer in it is not supported here")
                elif name not in self.outline.parents:
                    self.mistake(row, column, f"there is no question named {name}, in: {text}")
        return said

    def expression(self, row: int, column: str, text: str, at: str = "", choices: str = "") -> Any:
        """The tree of an expression; false where it has a mistake."""
        text = str(text)
        if self.foreign and (others := expressions.LAST_SAVED.findall(text)):
            self.remark(row, column, f"{', '.join(others)}: answers of the record before are taken to be empty")
            text = expressions.LAST_SAVED.sub("''", text)
        try:
            tree = expressions.parse(text, self.outline, at, choices)
        except expressions.ExpressionError as error:
            self.mistake(row, column, f"{error}, in: {text}")
            return False
        for reason in suspects(tree):
            self.remark(row, column, f"{reason}, in: {text}")
        self._note_lists(row, column, tree)
        return tree

    def _note_lists(self, row: int, column: str, tree: Any) -> None:
        if not isinstance(tree, list):
            return
        if tree[0] in ("items", "pulldata"):
            self.lists.used.add(tree[1])
            self.columns.update(tree[2:4] if tree[0] == "pulldata" else tree[2:3])
        elif tree[0] == "col":
            self.columns.add(tree[1])
            if not any(tree[1] in columns for columns in self.lists.columns.values()):
                self.remark(row, column, f"no list has a column {tree[1]}; it is taken to be empty")
        for part in tree[1:]:
            self._note_lists(row, column, part)

    # --- one row ----------------------------------------------------------------------------------------------------

    def _field(self, node: Json, counts: dict[str, str]) -> Json:
        row, kind = row_of(node), self._type(node)
        name = str(node["name"])
        field: Json = {"type": kind, "name": name}
        if not kind:
            self.fields(node.get("children", []))
            return field
        if kind not in (*SECTIONS, *UNSEEN) or "label" in node:
            field["label"] = self.texts(row, "label", node.get("label"), instead=name)
        for column, key in (("hint", "hint"), ("guidance_hint", "guidance")):
            if node.get(column) and (not self.foreign or self.said(node[column])):
                field[key] = self.texts(row, column, node[column])
        self._media(row, node, field)
        self._bind(row, node.get("bind", {}), field)
        self._trigger(row, node, field)
        control = dict(node.get("control", {}))
        self._appearance(row, str(control.pop("appearance", "")), field)
        if (count := control.pop("jr:count", None)) is not None:
            generated = QUOTED.fullmatch(str(count).strip())
            text = counts.get(generated[1], count) if generated else count
            field["count"] = self.expression(row, "repeat_count", str(text), name)
        self._parameters(row, node, control, field)
        for column in (*sorted(set(node) - _OWN_KEYS), *control):
            self.remark(row, column, "this column is not supported")
        if kind in CHOOSING:
            self._choices(row, node, field)
        if self._remembers(node, field):
            field["appearance"] = f"{field.get('appearance', '')} {REMEMBER}".strip()
        elif node.get("default") and (value := self._default(row, node, field)) is not None:
            field["default"] = value
        if kind in SECTIONS:
            field["fields"] = self.fields(node.get("children", []))
            if not field["fields"]:
                self.mistake(row, "type", f"the {kind} {name} is empty")
        return field

    def _type(self, node: Json) -> str:
        kind, row = str(node["type"]), row_of(node)
        found = TYPES.get(kind, "")
        if found:
            return found
        if self.foreign and kind in LEFT_EMPTY:
            self.remark(row, "type", f"questions of the type {kind} are not supported; this one stays empty")
            return "hidden"
        supported = f"; supported are {', '.join(sorted(set(TYPES.values())))}"
        if kind in QUESTION_TYPES:
            self.mistake(row, "type", f"questions of the type {kind} are not supported yet{supported}")
        else:
            self.mistake(row, "type", f"{kind} is no type of question{supported}")
        return ""

    def _media(self, row: int, node: Json, field: Json) -> None:
        """The picture of a label, for each language; where a language has none, another's is shown."""
        for kind, files in (node.get("media") or {}).items():
            if kind != "image" or field["type"] in (*SECTIONS, *UNSEEN):
                self.remark(row, f"media::{kind}", "only pictures of questions are supported in labels")
                continue
            by_language = files if isinstance(files, dict) else dict.fromkeys(self.languages or ("",), files)
            try:
                keys = {language: self.pictures.read(str(file)) for language, file in by_language.items() if file}
                field["picture"] = {self.languages[one]: key for one, key in keys.items() if one in self.languages}
            except PictureError as error:
                self.remark(row, "media::image", str(error))

    def _bind(self, row: int, bind: Json, field: Json) -> None:
        for key, value in bind.items():
            if key in _MESSAGES:
                field[_MESSAGES[key]] = self.texts(row, _MESSAGES[key], value)
            elif key == "orx:max-pixels" or (key == "type" and field["type"] == "range"):
                continue  # of a range, pyxform tells in its own way whether it has decimals
            elif key not in _BINDS:
                self.remark(row, key, "this column is not supported")
            elif key in ("required", "readonly") and value in YES_NO:
                if YES_NO[value]:
                    field[key] = True
            else:
                field[_BINDS[key]] = self.expression(row, key, value, field["name"])
        for message, key in (("required_message", "required"), ("constraint_message", "constraint")):
            if message in field and key not in field:
                self.remark(row, message, f"a {message} without a {key} is never seen")
        if field["type"] in UNSEEN and "required" in field:
            self.remark(row, "required", f"a question of the type {field['type']} is never asked, so nobody can answer")

    def _trigger(self, row: int, node: Json, field: Json) -> None:
        names = list(_flat(node.get("trigger") or ()))
        for name in names:
            if name not in self.outline.parents or self.outline.kind(name) != "question":
                self.mistake(row, "trigger", f"there is no question named {name}")
        if names:
            field.setdefault("calculation", "")  # XLSForm: a trigger alone takes the answer back
            field["trigger"] = names
        elif "calculation" in field and field["type"] not in UNSEEN:
            field["readonly"] = True  # worked out again at any time: what somebody typed over it would be lost

    def _appearance(self, row: int, appearance: str, field: Json) -> None:
        words = appearance.split()
        if self.foreign and not appearance.startswith("search("):
            words = [word.lower() for word in words]
        for word in sorted({*words} - APPEARANCES):
            report = self.mistake if word.startswith("search(") else self.remark
            if not LOOKS.fullmatch(word):
                report(row, "appearance", f"the appearance {word} is not known, or not supported yet")
        if appearance:
            field["appearance"] = " ".join(words)

    def _parameters(self, row: int, node: Json, control: Json, field: Json) -> None:
        given = node.get("parameters") or {}
        if not isinstance(given, dict):
            given = dict(part.partition("=")[::2] for part in re.split(r"[\s,;]+", str(given)) if part)
        known = PARAMETERS.get(field["type"], ())
        made: Json = {}
        for name, value in given.items():
            control.pop(name, None)
            if name not in known:
                self.remark(row, "parameters", f"the parameter {name} is not supported")
            elif name in ("start", "end", "step", "seed"):
                try:
                    made[name] = cast("decimal", float(value))
                except ValueError:
                    self.mistake(row, "parameters", f"the parameter {name} must be a number here, not {value}")
            elif name == "randomize" and YES_NO.get(str(value)):
                made[name] = "yes"
        if made:
            field["parameters"] = made

    def _choices(self, row: int, node: Json, field: Json) -> None:
        name = str(node.get("itemset", ""))
        if "${" in name:
            self.mistake(row, "type", "choices that are answers of a repeat are not supported yet")
            return
        try:
            if "choices" not in node and name not in self.lists.rows:
                name = self.lists.read(name)
            if not self.lists.rows.get(name) or not any("label" in one for one in self.lists.rows[name]):
                name = self.lists.choose(name, node.get("parameters") or {}, self.languages.values())
        except ListError as error:
            self.mistake(row, "type", str(error))
            return
        self.lists.used.add(name)
        field["list"] = name
        if node.get("choice_filter"):
            field["choice_filter"] = self.expression(row, "choice_filter", node["choice_filter"], field["name"], name)

    def _remembers(self, node: Json, field: Json) -> bool:
        """Whether a question begins with its own last answer, as XLSForm writes it: our appearance `remember`."""
        asked = str(node.get("default") or "").replace(" ", "") == f"${{last-saved#{field['name']}}}"
        return asked and field["type"] in (*CHOOSING, *TYPED)

    def _default(self, row: int, node: Json, field: Json) -> Any:
        text, kind = str(node["default"]), field["type"]
        if node.get("_dynamic_default"):
            return {"expr": self.expression(row, "default", text, field["name"])}
        value = cast(kind, text)
        names = {choice["name"] for choice in self.lists.rows.get(field.get("list", ""), [])}
        chosen = value if isinstance(value, list) else [value]
        if not fits(kind, value):
            self.remark(row, "default", f"{text} is no answer to a question of the type {kind}")
            return None
        if names and not names.issuperset(chosen):
            self.remark(row, "default", f"{text} is not among the choices")
            return None
        return value

    def _other(self, asked: str, name: str) -> Json:
        """The question for what is not on the list."""
        label = {code: SPECIFY.get(code, SPECIFY["en"]) for code in self.languages.values()}
        return {"type": "text", "name": name, "label": label, "relevant": ["selected", ["ref", asked], "other"]}

    def _meta(self, meta: Json) -> list[Json]:
        """The log of changes, where the form asks for one; everything else that pyxform puts there is not ours."""
        fields: list[Json] = []
        for child in meta.get("children", []):
            if child["type"] != "audit":
                continue
            field: Json = {"type": "audit", "name": str(child["name"])}
            for key, value in child.get("bind", {}).items():
                name = key.removeprefix("odk:")
                if name != "track-changes":
                    self.remark(row_of(child), "parameters", f"the parameter {name} of an audit is not supported")
                elif YES_NO.get(str(value)):
                    field["parameters"] = {"track-changes": "true"}
            fields.append(field)
        return fields

    def _beside(self, node: Json) -> None:
        """What a form made for other tools records beside its answers, which is left alone, or reads: a table."""
        if node["type"] in ("csv-external", "xml-external"):
            try:
                self.lists.read(f"{node['name']}.{node['type'][:3]}")
            except ListError as error:
                self.remark(row_of(node), "type", str(error))
        else:
            self.remark(row_of(node), "type", f"questions of the type {node['type']} are not supported yet")


def _flat(names: Any) -> Iterator[str]:
    """pyxform's triggers, which are names in lists of its own making."""
    if isinstance(names, str):
        yield QUOTED.sub(r"\1", names).strip()
    else:
        for name in names:
            yield from _flat(name)


def row_of(node: Json) -> int:
    """Where a row stands in its file."""
    return int(node.get(ROW, 0))


def other_label(languages: dict[str, str]) -> Json:
    """What the choice is called that pyxform adds for `or_other`."""
    return {code: OTHER.get(code, OTHER["en"]) for code in languages.values()}
