"""`beatbook backup` and `beatbook restore`."""

from pathlib import Path

import click

from server.desk import Desk, pass_desk

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@pass_desk
def backup(desk: Desk, file: Path) -> None:
    """Write the whole district to FILE, while it is served: records, photos, accounts, forms; no keys."""
    from server.backup import back_up

    kept = back_up(desk.database, desk.blobs, desk.settings, file)
    click.echo(f"Wrote {file}: {kept.rows.get('records', 0)} records, {kept.photos} photos.")
    if kept.missing:
        click.echo(f"{kept.missing} photos that records name were not where they should be, and are not in it.")
    _tell_damaged(kept.damaged)
    keys = f"{desk.settings.escrow_key_path.name} and {desk.settings.stamp_key_path.name}"
    click.echo(f"Whoever has it can read every record: keep it safe. It has no keys: keep {keys} apart.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="The records that are here now may go.")
@pass_desk
def restore(desk: Desk, file: Path, replace: bool) -> None:
    """Make the district what it was when the backup FILE was written, on any kind of database and store."""
    from server.restore import restore as restore_from

    kept = restore_from(desk.make_database(), desk.blobs, desk.settings, file, replace=replace)
    click.echo(f"Restored {file}: {kept.rows.get('records', 0)} records, {kept.photos} photos.")
    if kept.missing:
        click.echo(f"{kept.missing} photos are not in it; phones that have them are asked for them.")
    _tell_damaged(kept.damaged)
    click.echo("Phones send again what is missing. Revoke again who was revoked after the backup: beatbook device list")


def _tell_damaged(photos: list[str]) -> None:
    for name in photos:
        click.echo(f"Damaged, and left out: the photo {name}. An older backup may have it whole.")
