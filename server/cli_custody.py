"""The commands of the chain of custody: the whole log in one file, and checking such a file without the server."""

from pathlib import Path

import click

from server.desk import Desk, pass_desk
from server.district import DistrictError
from server.stamp import Stamper, fingerprint

_MOST: int = 50


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--photos", is_flag=True, help="With every photo.")
@pass_desk
def custody(desk: Desk, file: Path | None, photos: bool) -> None:
    """Write everything the district took in, in order, chained and signed, to a ZIP file for `beatbook verify`.

    Without FILE: show the public key that the district signs with, to be kept where the district's computer cannot
    change it.
    """
    from server.custody import write

    with desk.database.reading() as session:
        stamper = Stamper.of(desk.settings.stamp_key_path)
        if file is None:
            click.echo(f"{stamper.public}  ({fingerprint(stamper.public)})")
            return
        count = write(session, stamper, file, desk.blobs if photos else None)
    click.echo(f"Wrote {count} entries to {file}, signed with {fingerprint(stamper.public)}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="The district's public key, from somewhere else than the file (beatbook custody shows it).")
@click.option("--receipts", type=click.Path(path_type=Path, exists=True), help="A phone's file of receipts.")
@click.pass_context
def verify(context: click.Context, file: Path, key: str | None, receipts: Path | None) -> None:
    """Check a file of `beatbook custody` again: every hash, number, chain and signature. Needs no server.

    The exit status is 1 when anything does not hold.
    """
    from server.custody import NotAnExport
    from server.custody import verify as check

    try:
        report = check(file, key=key, receipts=receipts)
    except NotAnExport as error:
        raise DistrictError(str(error)) from None
    click.echo(f"{report.district}: {report.entries} entries, {report.photos} photos, {report.erased} expunged.")
    click.echo(f"Signed with {fingerprint(report.key)}{'' if key else ' (compare it with the key you know)'}.")
    for kind, lines in (("note", report.notes), ("PROBLEM", report.problems)):
        for line in lines[:_MOST]:
            click.echo(f"{kind}: {line}")
        if len(lines) > _MOST:
            click.echo(f"{kind}: and {len(lines) - _MOST} more")
    if report.problems:
        context.exit(1)
    click.echo("Everything holds.")
