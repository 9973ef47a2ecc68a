"""Published forms back as files: the rows of an XLSForm, and through pyxform the ODK XForm."""

# mypy: disable-error-code="import-untyped"
# openpyxl comes without types.

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from openpyxl import Workbook as Spreadsheet

from app.form_json import SECTIONS, Field
from app.forms import PAGES, Form
from app.logic import Expression
from app.values import string
from server.publish.forms import LAST_TIME
from server.publish.workbook import xform_of

Rows = list[dict[str, str]]
_BINARY: Final = frozenset(("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"))
_NAMES: Final = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "de": "Deutsch",
    "vi": "Tiếng Việt",
}
_LOGIC: Final = ("relevant", "constraint", "required", "readonly", "calculation", "choice_filter")


def sheets(form: Form) -> dict[str, Rows]:
    """The sheets `survey`, `choices` and `settings` of a form, row by row; published again, they give the same form."""
    return {
        "survey": list(_survey(form, form.fields)),
        "choices": [row for name in form.lists for row in _choices(form, name)],
        "settings": [_settings(form)],
    }


def xlsx(form: Form) -> bytes:
    """The form as a spreadsheet."""
    book = Spreadsheet()
    book.remove(book.worksheets[0])
    for name, rows in sheets(form).items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column, "") for column in columns])
            for cell in sheet[sheet.max_row]:
                if cell.value:
                    cell.data_type = "s"  # a text, never a spreadsheet's formula
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xform(form: Form) -> str:
    """The form as an ODK XForm. Raises ValueError where pyxform cannot make one."""
    return xform_of(sheets(form))


def written(tree: Expression, form: Form, tested: str = "") -> str:
    """An expression as an author would write it; inside the test of a path, `tested` is what it tests."""
    if isinstance(tree, bool):
        return f"{str(tree).lower()}()"
    if isinstance(tree, int | float):
        return string(float(tree))
    if isinstance(tree, str):
        return _quoted(tree)
    name, *arguments = tree
    made = _WRITTEN.get(name)
    if made is not None:
        return made(arguments, form, tested)
    parts = [written(argument, form, tested) for argument in arguments]
    if name in _BINARY:
        wrapped = [
            f"({part})" if isinstance(one, list) and one[0] in (*_BINARY, "some", "neg") else part
            for one, part in zip(arguments, parts, strict=True)
        ]
        return f" {name} ".join(wrapped)
    return f"{name}({', '.join(parts)})"


def _quoted(text: str) -> str:
    if "'" not in text or '"' not in text:
        mark = '"' if "'" in text else "'"
        return f"{mark}{text}{mark}"
    parts = (_quoted(part) for part in re.split("(')", text) if part)
    return f"concat({', '.join(parts)})"


def _path(form: Form, name: str) -> list[str]:
    """The names from the form down to a field."""
    found = [name]
    while parent := form.plan.parents[found[0]]:
        found.insert(0, parent)
    return found


def _tests(tests: list[Expression], form: Form, tested: str) -> str:
    return "".join(f"[{written(test, form, tested)}]" for test in tests)


def _all(arguments: list[Any], form: Form, _tested: str) -> str:
    name, *filters = arguments
    if not filters:
        return f"${{{name}}}"
    tests = {part[0]: part[1:] for part in filters}
    steps = (f"{step}{_tests(tests.get(step, []), form, step)}" for step in _path(form, name))
    return f"/data/{'/'.join(steps)}"


def _at(arguments: list[Any], form: Form, tested: str) -> str:
    path = _path(form, arguments[0])
    return f"./{'/'.join(path[path.index(tested) + 1 :])}" if tested in path[:-1] else f"${{{arguments[0]}}}"


def _items(arguments: list[Any], form: Form, _tested: str) -> str:
    name, column, *tests = arguments
    return f"instance('{_list(name)}')/root/item{_tests(tests, form, '')}{f'/{column}' if column else ''}"


def _indexed(arguments: list[Any], form: Form, tested: str) -> str:
    parts = "".join(f", ${{{repeat}}}, {written(index, form, tested)}" for repeat, index in arguments[1:])
    return f"indexed-repeat(${{{arguments[0]}}}{parts})"


def _negative(arguments: list[Any], form: Form, tested: str) -> str:
    inner = written(arguments[0], form, tested)
    return f"-({inner})" if isinstance(arguments[0], list) else f"-{inner}"


def _position(arguments: list[Any], form: Form, _tested: str) -> str:
    return f"position(/data/{'/'.join(_path(form, arguments[0]))})" if arguments else "position()"


def _pulldata(arguments: list[Any], form: Form, tested: str) -> str:
    # Tables travel inside of the form, where pulldata() of other tools does not look.
    name, column, key, wanted = arguments
    return f"instance('{_list(name)}')/root/item[{key} = {written(wanted, form, tested)}]/{column}"


def _label(arguments: list[Any], form: Form, tested: str) -> str:
    return f"jr:choice-name({written(arguments[0], form, tested)}, '${{{arguments[1]}}}')"


_WRITTEN: Final[dict[str, Callable[[list[Any], Form, str], str]]] = {
    "ref": lambda arguments, _form, _tested: f"${{{arguments[0]}}}",
    "self": lambda _arguments, _form, _tested: ".",
    "at": _at,
    "all": _all,
    "items": _items,
    "col": lambda arguments, _form, _tested: str(arguments[0]),
    "some": written,
    "neg": _negative,
    "position": _position,
    "pulldata": _pulldata,
    "indexed-repeat": _indexed,
    "choice-name": _label,
}


def _survey(form: Form, fields: tuple[Field, ...]) -> Iterator[dict[str, str]]:
    for field in fields:
        source = _source(form, field.name)
        kind = field.type
        if kind in SECTIONS:
            kind = f"begin_{field.type}"
        elif field.choices:
            kind = f"{field.type} {_list(source.get('list', field.name))}"
        row = {"type": kind, "name": field.name, **_texts(form, "label", field.labels)}
        row |= {**_texts(form, "hint", field.hints), **_texts(form, "guidance_hint", field.guidances)}
        row |= _texts(form, "required_message", field.required_messages)
        row |= _texts(form, "constraint_message", field.constraint_messages)
        for key in _LOGIC:
            value = getattr(field, key)
            if value is not None:
                row[key] = "yes" if value is True and key in ("required", "readonly") else written(value, form)
        if field.count is not None:
            row["repeat_count"] = written(field.count, form)
        if field.trigger:
            row["trigger"] = ", ".join(f"${{{name}}}" for name in field.trigger)
        if field.default_expression is not None:
            row["default"] = written(field.default_expression, form)
        elif field.default is not None:
            row["default"] = " ".join(field.default) if isinstance(field.default, list) else _plain(field.default)
        if field.appearance:
            row["appearance"] = field.appearance
        if field.parameters:
            row["parameters"] = " ".join(
                f"{key}={'true' if value == 'yes' else _plain(value)}" for key, value in field.parameters.items()
            )
        yield row
        if field.type in SECTIONS:
            yield from _survey(form, field.fields)
            yield {"type": f"end_{field.type}"}


def _source(form: Form, name: str) -> dict[str, Any]:
    """The JSON that a field was read from."""
    fields: Any = form.json["fields"]
    for step in _path(form, name):
        found: dict[str, Any] = next(one for one in fields if one["name"] == step)
        fields = found.get("fields", [])
    return found


def _choices(form: Form, name: str) -> Iterator[dict[str, str]]:
    for at, choice in enumerate(form.lists[name], 1):
        labels = choice.labels or dict.fromkeys(form.languages, choice.more.get("label", choice.name or str(at)))
        own = choice.name or choice.more.get("name", f"row_{at}")
        more = {column: text for column, text in choice.more.items() if column not in ("name", "label")}
        yield {"list_name": _list(name), "name": own, **_texts(form, "label", labels), **more}


def _settings(form: Form) -> dict[str, str]:
    first = form.languages[0]
    row = {"form_title": form.titles[first], "form_id": form.id, "version": form.version}
    row["default_language"] = _language(first)
    row |= {f"translated_title::{_language(code)}": form.titles[code] for code in form.languages[1:]}
    row |= {"record_class": form.record_class, "role": form.role, "goal": form.goal, "icon": form.icon}
    if form.paged:
        row["style"] = PAGES
    if form.json.get("order"):
        row["order"] = str(form.json["order"])
    if form.json.get("last_time"):
        row[LAST_TIME] = "yes"
    if any(len({one.name for one in rows}) < len(rows) for rows in form.lists.values()):
        row["allow_choice_duplicates"] = "yes"
    if form.instance_name is not None:
        row["instance_name"] = written(form.instance_name, form)
    return row


def _texts(form: Form, column: str, texts: Any) -> dict[str, str]:
    return {f"{column}::{_language(code)}": texts[code] for code in form.languages if texts.get(code)}


def _language(code: str) -> str:
    return f"{_NAMES.get(code, code)} ({code})"


def _list(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _plain(value: Any) -> str:
    return string(float(value)) if isinstance(value, int | float) else str(value)
