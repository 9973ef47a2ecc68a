"""The commands about people and their phones."""

import sys
from datetime import datetime
from typing import Any, BinaryIO

import click

from app.ids import sha256
from app.tags import enrol_url, show
from server import codes, district, enrolment, leave
from server.cli_district import Number, again
from server.desk import Desk, pass_desk, school_ids
from server.district import ROLES, DistrictError
from server.times import iso
from sync.protocol import MAX_BLOB_BYTES


@click.group()
def officer() -> None:
    """Officers and other accounts: add, list, password, photo, schools, remove."""


@officer.command("add")
@click.argument("name")
@click.option("--badge", required=True, help="Badge or staff number; signs in to the console too.")
@click.option("--school", "at", multiple=True, help="A school's name or id; may be given several times.")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True)
@click.option("--title", default="School Resource Officer", show_default=True)
@click.option("--email", default="")
@click.option("--phone", default="")
@click.option("--language", "languages", multiple=True, help="A language spoken; may be given several times.")
@click.option("--password", is_flag=True, help="Ask for a console password (or read it from standard input).")
@again
@pass_desk
def officer_add(
    desk: Desk, /, name: str, badge: str, at: tuple[str, ...], languages: tuple[str, ...], password: bool, **more: Any
) -> None:
    """Add an account."""
    secret = _ask_password() if password else None
    with desk.database.writing() as session:
        schools = school_ids(session, at)
        made = district.add_officer(session, name, badge, schools, password=secret, languages=list(languages), **more)
    click.echo(f"Added {made.name}, badge {made.badge}, {made.id}")


@officer.command("list")
@pass_desk
def officer_list(desk: Desk) -> None:
    """List the accounts."""
    with desk.database.reading() as session:
        for one in district.officers(session):
            click.echo(f"{one.id}  {one.badge}  {one.name}, {one.role}")


@officer.command("password")
@click.argument("who")
@pass_desk
def officer_password(desk: Desk, who: str) -> None:
    """Set a console password; it is asked for, or read from standard input."""
    with desk.database.reading() as session:
        found = district.find_officer(session, who)
    secret = _ask_password()
    with desk.database.writing() as session:
        district.set_password(session, found.id, secret)
    click.echo(f"{found.name} can sign in with badge {found.badge}.")


@officer.command("photo")
@click.argument("who")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--remove", is_flag=True, help="Take the photo off the card.")
@pass_desk
def officer_photo(desk: Desk, who: str, file: BinaryIO | None, remove: bool) -> None:
    """Show a photo (JPEG, PNG or WebP) on an officer's contact card; it is made small and loses what a camera notes."""
    from server.blobs import BlobError

    if (file is None) != remove:
        raise DistrictError("Name either a FILE or --remove.")
    with desk.database.reading() as session:
        found = district.find_officer(session, who)
    name = None
    if file is not None:
        data = file.read(MAX_BLOB_BYTES + 1)
        name = sha256(data)
        try:
            with desk.blobs.receive() as incoming:
                incoming.write(data)
                incoming.keep(name)
        except BlobError as error:
            raise DistrictError(str(error)) from None
    with desk.database.writing() as session:
        district.set_photo(session, found.id, name)
    click.echo(f"{found.name}'s card shows {'the photo' if name else 'no photo'}.")


@officer.command("schools")
@click.argument("who")
@click.option("--school", "at", multiple=True, help="A school's name or id; exactly these from now on.")
@pass_desk
def officer_schools(desk: Desk, who: str, at: tuple[str, ...]) -> None:
    """Post an officer to exactly these schools."""
    with desk.database.writing() as session:
        found = district.find_officer(session, who)
        district.set_schools(session, found.id, school_ids(session, at))
    click.echo(f"{found.name} is posted to {len(at)} school(s).")


@officer.command("leave")
@click.argument("who")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the leave.")
@click.option("--substitute", help="Who stands in: the post's card shows them, the officer's own names them.")
@click.option("--back", is_flag=True, help="Back at work.")
@pass_desk
def officer_leave(desk: Desk, /, who: str, until: datetime | None, substitute: str | None, back: bool) -> None:
    """Send an officer on leave, or take them back."""
    if (until is None) != back:
        raise DistrictError("Name either --until DAY or --back.")
    with desk.database.writing() as session:
        found = district.find_officer(session, who)
        other = district.find_officer(session, substitute) if substitute else None
        leave.set_leave(session, found, until.date() if until else None, other)
    if until is None:
        click.echo(f"{found.name} is back.")
    else:
        click.echo(f"{found.name} is on leave until {until:%Y-%m-%d}; {other.name if other else 'nobody'} stands in.")


@officer.command("remove")
@click.argument("who")
@pass_desk
def officer_remove(desk: Desk, who: str) -> None:
    """Close an account: phones, codes and cards stop working; records stay."""
    with desk.database.writing() as session:
        found = district.find_officer(session, who)
        district.deactivate_officer(session, found.id)
    click.echo(f"{found.name}'s account is closed.")


@click.command()
@click.argument("who", metavar="OFFICER")
@click.option("--hours", type=Number(min=0.01, max=24 * 30), default=enrolment.VALID_HOURS, show_default=True)
@click.option("--code-only", is_flag=True, help="Print nothing but the code, for scripts.")
@pass_desk
def enrol(desk: Desk, who: str, hours: float, code_only: bool) -> None:
    """Make a one-time code that binds a phone to OFFICER (badge, name, e-mail address or id)."""
    with desk.database.writing() as session:
        found = district.find_officer(session, who)
        code = enrolment.make_code(session, found.id, hours=hours)
    if code_only:
        click.echo(code)
        return
    url = enrol_url(desk.settings.base_url, code)
    click.echo(f"One-time code for {found.name}, valid for {hours:g} hours: {show(code)}")
    click.echo(url)
    click.echo(codes.terminal(url))


@click.group()
def device() -> None:
    """Phones: list, revoke."""


@device.command("list")
@pass_desk
def device_list(desk: Desk) -> None:
    """List the phones with their officers and last contact."""
    with desk.database.reading() as session:
        for one in district.devices(session):
            holder = district.officer(session, one.officer)
            seen = f"seen {iso(one.last_seen)}" if one.last_seen > enrolment.UNTOLD else "not seen since the restore"
            state = "revoked" if one.revoked_at else seen
            click.echo(f"{one.id}  {holder.name if holder else ''}  {one.name or 'phone'}  {one.app}  {state}")


@device.command("revoke")
@click.argument("device_id")
@pass_desk
def device_revoke(desk: Desk, device_id: str) -> None:
    """Take a phone out of service: it is refused, and deletes everything on it at its next contact."""
    with desk.database.writing() as session:
        district.revoke_device(session, device_id)
    click.echo("Revoked.")


def _ask_password() -> str:
    # For scripts: a password on the command line would be seen in the list of processes.
    if not _at_a_terminal():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
