"""The commands about records: what is there, all of it for a spreadsheet, and one that an officer brought in a file."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

import click
from sqlalchemy.orm import Session

from server import cli_orders, district
from server import records as store
from server.cells import cell
from server.desk import Desk, pass_desk
from server.district import DistrictError
from server.formbook import FormBook, active_forms, knows
from server.intake import Intake
from server.records import Filter
from server.times import day_start
from sync.protocol import Code

COLUMNS: Final = (
    *("id", "form", "form_version", "class", "school", "place", "officer", "title", "occurred_at", "updated_at"),
    *("complete", "photos", "flags", "conflicts"),
)


class _Options:
    """The filters that both commands know."""

    def __call__(self, command: Any) -> Any:
        """Adds them to a command."""
        for option in (
            click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Up to and including this day."),
            click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on."),
            click.option("--officer", help="Badge, name or id."),
            click.option("--school", help="Name or id."),
            click.option("--form", help="The form's id, such as parent_contact."),
        ):
            command = option(command)
        return command


_filters = _Options()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Everything, as a JSON array.")
@_filters
@pass_desk
def records(desk: Desk, /, as_json: bool, **filters: Any) -> None:
    """List the district's records, newest first."""
    with desk.database.reading() as session:
        which = _which(session, **filters)
        if as_json:
            _write_array(store.export(session, which), sys.stdout)
            return
        for record in store.export(session, which):
            parts = [record["occurred_at"][:16], record["form"], record["school"]["name"], record["officer"]["name"]]
            missing = "" if record["complete"] else "  (photos missing)"
            click.echo("  ".join([*parts, record["title"]]) + missing)


@click.command()
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file instead of standard output.")
@_filters
@pass_desk
def export(desk: Desk, /, kind: str, output: Path | None, **filters: Any) -> None:
    """Write records with all answers as CSV (safe to open in a spreadsheet) or JSON lines."""
    with desk.database.reading() as session:
        which = _which(session, **filters)  # before the file: a name mistyped must not empty the export of yesterday
        with _opened(output, kind) as file:
            _write(session, which, kind, file)


@cli_orders.record.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_desk
def take(desk: Desk, file: Path) -> None:
    """Take in a record that an officer saved to a file, as if their phone had sent it."""
    from server.brought import take as take_file  # with the decoders of pictures, as Desk.blobs

    brought = take_file(desk.database, Intake(desk.database, FormBook()), desk.blobs, file.read_bytes())
    refused = [(revision, verdict) for revision, verdict in brought.judged if not verdict.safe]
    for _, verdict in refused:
        click.echo(f"Refused{f', {verdict.field}' if verdict.field else ''}: {verdict.message}", err=True)
    if any(verdict.code == Code.WRONG_SCHOOL for _, verdict in refused):
        officers, schools = ({getattr(one, part) for one, _ in refused} for part in ("author", "school"))
        click.echo(f"Its officer: {', '.join(sorted(officers))}. Its school: {', '.join(sorted(schools))}.", err=True)
        click.echo("What a restore lost is added again under its id: --id of officer add and school add.", err=True)
    for name in brought.missing:
        click.echo(f"The photo {name[:12]}… is not in the file.")
    if refused:
        raise DistrictError(f"{len(refused)} of {len(brought.judged)} revisions could not be taken in.")
    click.echo(f"The record is here ({len(brought.judged)} revisions, {brought.photos} new photos).")


def _write(session: Session, which: Filter, kind: str, file: TextIO) -> None:
    if kind == "jsonl":
        for record in store.export(session, which):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        write_csv(lambda: store.export(session, which), file)


def write_csv(rows: Any, file: TextIO) -> None:
    """Writes the records that `rows()` gives (it is asked twice), one column for each answer that any of them has."""
    answers = sorted({name for record in rows() for name in record["answers"]})
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, *(cell(name) for name in answers)])
    for record in rows():
        row = {**record, **{part: (record[part] or {}).get("name", "") for part in ("school", "place", "officer")}}
        row["photos"] = " ".join(photo["sha256"] for photo in record["photos"])
        row["flags"] = " ".join(record["flags"])
        row["conflicts"] = record["conflicts"] or ""
        writer.writerow([cell(row[name]) for name in COLUMNS] + [cell(record["answers"].get(name)) for name in answers])


def _which(
    session: Session,
    form: str | None,
    school: str | None,
    officer: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Filter:
    if form and not knows(session, form):
        known = ", ".join(one["id"] for one in active_forms(session)) or "none yet"
        raise DistrictError(f"There is no form {form!r}. Forms: {known}.")
    return Filter(
        form=form,
        school=district.find_school(session, school).id if school else None,
        officer=district.find_officer(session, officer, closed=True).id if officer else None,
        since=day_start(since.date()) if since else None,
        until=day_start(until.date() + timedelta(days=1)) if until else None,
    )


def _write_array(rows: Iterator[dict[str, Any]], file: TextIO) -> None:
    """A JSON array, one record a line, written as the records come."""
    file.write("[")
    for number, record in enumerate(rows):
        file.write(("," if number else "") + "\n" + json.dumps(record, ensure_ascii=False))
    file.write("\n]\n")


@contextmanager
def _opened(output: Path | None, kind: str) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    # With a byte order mark, or Excel takes "José" for "JosÃ©".
    with output.open("w", encoding="utf-8-sig" if kind == "csv" else "utf-8", newline="") as file:
        yield file
