"""The commands that take a record away by order: of a court, of the law, of the district's own rules."""

import click
from sqlalchemy.orm import Session

from server import district, orders
from server.desk import Desk, pass_desk

_by = click.option("--by", help="The administrator who carries it out: badge, name or id.")
_reason = click.option("--reason", required=True, help="Whose order it is and its number; phones show it.")
_record = click.argument("record")


@click.group()
def record() -> None:
    """Take in a record that came in a file; seal, unseal or expunge one by order."""


@record.command()
@_record
@_reason
@_by
@pass_desk
def seal(desk: Desk, record: str, reason: str, by: str | None) -> None:
    """Take a record from every phone and list; administrators still see it."""
    _carry_out(desk, record, "seal", reason, by)
    click.echo("Sealed. Phones erase it at their next contact.")


@record.command()
@_record
@_reason
@_by
@pass_desk
def unseal(desk: Desk, record: str, reason: str, by: str | None) -> None:
    """Give a sealed record back."""
    _carry_out(desk, record, "unseal", reason, by)
    click.echo("Unsealed. Phones get it at their next contact.")


@record.command()
@_record
@_reason
@_by
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_desk
def expunge(desk: Desk, record: str, reason: str, by: str | None, yes: bool) -> None:
    """Erase a record's content here and on every phone, for good; a proof without content stays."""
    if not yes:
        click.confirm("Nothing brings the content back, except older backups. Expunge it?", abort=True)
    _carry_out(desk, record, "expunge", reason, by)
    click.echo("Expunged. Phones erase it at their next contact; older backups still have it.")


def _carry_out(desk: Desk, record: str, act: str, reason: str, by: str | None) -> None:
    with desk.database.writing() as session:
        found = orders.find(session, record)
        photos = orders.order(session, found, act, reason, by=_officer(session, by))
    blobs = desk.blobs
    for photo in photos:
        blobs.remove(photo)
    if act == "expunge":
        desk.database.purge()


def _officer(session: Session, by: str | None) -> str | None:
    return district.find_officer(session, by).id if by else None
