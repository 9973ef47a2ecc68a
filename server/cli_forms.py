"""`beatbook forms`: publish the built-in forms, check a form's file, take one in, give one back."""

from pathlib import Path
from typing import Any

import click

from app.forms import Form
from server import formbook
from server.desk import FORMS, Desk, pass_desk, publish_forms
from server.district import DistrictError
from server.late_forms import take_up

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def _given(command: Any) -> Any:
    """What a form made elsewhere does not say; what it does say counts more."""
    for option, name, told in (
        ("--class", "record_class", "Who may see its records, where the form does not say (administrative)."),
        ("--role", "role", "The role it belongs to (community)."),
        ("--goal", "goal", "The programme's goal (collaboration)."),
        ("--icon", "icon", "Its icon (list_alt)."),
        ("--language", "default_language", "The language of labels without one, such as 'English (en)'."),
    ):
        command = click.option(option, name, help=told)(command)
    foreign = click.option("--foreign", is_flag=True, help="A form made for other tools: fill in what is missing.")
    return foreign(command)


@click.group("forms", invoke_without_command=True)
@click.option("--folder", type=click.Path(path_type=Path), default=FORMS, help="Another folder of XLSForms.")
@click.pass_context
def forms(context: click.Context, folder: Path) -> None:
    """Publish the built-in forms again, after an upgrade or a change; or check, import and export one."""
    if context.invoked_subcommand is not None:
        return
    if not folder.is_dir():
        raise DistrictError(f"There is no folder {folder}.")
    desk: Desk = context.obj
    with desk.database.writing() as session:
        changed = publish_forms(session, folder)
        late = take_up(session)
    _tell(changed, late)


@forms.command("check")
@_FILES
@_given
def check(files: tuple[Path, ...], foreign: bool, **given: str | None) -> None:
    """Say row by row what is wrong with XLSForm files (.xlsx, .xls, .md, .csv) and what is not supported."""
    wrong = []
    for file in files:
        form, words = _read(file, foreign, given)
        if form is None:
            wrong.append(words)
        else:
            parsed = Form.parse(form)
            questions = sum(1 for _ in parsed.flat())
            click.echo(f"{file.name}: good. {parsed.title(parsed.languages[0])}, {questions} rows.")
    if wrong:
        raise DistrictError("\n".join(["not publishable:", *wrong]))


@forms.command("import")
@_FILES
@_given
@pass_desk
def import_(desk: Desk, /, files: tuple[Path, ...], foreign: bool, **given: str | None) -> None:
    """Publish XLSForm files to the district; phones get them at their next round."""
    read = [_read(file, foreign, given) for file in files]
    if wrong := [words for form, words in read if form is None]:
        raise DistrictError("\n".join(["nothing was published:", *wrong]))
    with desk.database.writing() as session:
        changed = formbook.publish(session, [form for form, _ in read if form is not None])
        late = take_up(session)
    _tell(changed, late)


@forms.command("withdraw")
@click.argument("form_id")
@pass_desk
def withdraw(desk: Desk, form_id: str) -> None:
    """Take a form out of use. What was begun with it is still finished and taken in; import brings it back."""
    with desk.database.writing() as session:
        name = formbook.withdraw(session, form_id)
    click.echo(f"Withdrawn: {name}. Phones offer it no more after their next round.")


@forms.command("export")
@click.argument("form_id")
@click.option("--version", help="Another version than the one in use.")
@click.option("--to", "path", type=click.Path(path_type=Path), help="FORM.xlsx or FORM.xml (an ODK XForm).")
@pass_desk
def export(desk: Desk, form_id: str, version: str | None, path: Path | None) -> None:
    """Write a published form as a spreadsheet (.xlsx), or as an ODK XForm (.xml) for other tools."""
    from server.publish.export import xform, xlsx

    with desk.database.reading() as session:
        body = formbook.published(session, form_id, version)
    if body is None:
        raise DistrictError(f"There is no form {form_id}{f' in version {version}' if version else ''} here.")
    form = Form.parse(body)
    path = path or Path(f"{form_id}.xlsx")
    if path.suffix not in (".xlsx", ".xml"):
        raise DistrictError(f"A form is written as .xlsx or .xml, not as {path.suffix or path.name}.")
    try:
        path.write_bytes(xlsx(form) if path.suffix == ".xlsx" else xform(form).encode())
    except ValueError as error:
        raise DistrictError(f"The form cannot be written: {error}") from None
    click.echo(f"Wrote {path}.")


def _tell(changed: list[str], late: int) -> None:
    click.echo(f"Published: {', '.join(changed)}." if changed else "Nothing has changed.")
    if late:
        click.echo(f"Taken up, because they came before their form: {late} records.")


def _read(file: Path, foreign: bool, given: dict[str, str | None]) -> tuple[dict[str, Any] | None, str]:
    """The form of a file, or None and its mistakes in words."""
    from server.publish.forms import FormMistake, Mistake, publish

    said = {name: value for name, value in given.items() if value}
    remarks: list[Mistake] = []
    try:
        form = publish(file, said if said or foreign else None, remarks)
    except FormMistake as mistake:
        return None, str(mistake)
    for remark in remarks:
        click.echo(f"left alone: {remark}")
    return form, ""
