"""The commands about the escrow: what outlives a forgotten PIN (docs/lost-pin.md)."""

import click

from server import district, escrow_key
from server.desk import Desk, pass_desk
from server.district import DistrictError, audit
from server.escrow import Escrow, Opened
from server.formbook import FormBook
from server.intake import Intake
from server.leftovers import Leftovers, waiting
from server.tables import HandIn
from server.times import iso


@click.group()
def escrow() -> None:
    """Records of forgotten PINs: on, off, status, open, move."""


@escrow.command("on")
@pass_desk
def escrow_on(desk: Desk) -> None:
    """Let phones keep their key sealed to this district, so that a forgotten PIN costs no unsent record."""
    path = desk.settings.escrow_key_path
    with desk.database.writing() as session:
        public = escrow_key.switch_on(session, path)
    click.echo(f"The escrow is on, with the key {escrow_key.fingerprint(public)} in {path}.")
    click.echo("Whoever has that file can read what wiped phones hand in. Keep a copy where it can neither be lost nor")
    click.echo("read: without it nothing is ever opened. Phones follow when they next reach the district.")


@escrow.command("off")
@pass_desk
def escrow_off(desk: Desk) -> None:
    """Let phones take their sealed keys back: from then on a forgotten PIN loses what was not sent."""
    with desk.database.writing() as session:
        escrow_key.switch_off(session)
    click.echo("The escrow is off. Phones follow when they next reach the district; until then they can still hand in.")
    click.echo(f"The key stays in {desk.settings.escrow_key_path}, for what waits.")


@escrow.command("status")
@pass_desk
def escrow_status(desk: Desk) -> None:
    """Say whether the escrow is on, and what waits to be opened."""
    path = desk.settings.escrow_key_path
    leftovers = _leftovers(desk)
    with desk.database.reading() as session:
        public = escrow_key.in_use(session)
        if public is None:
            click.echo("The escrow is off.")
        else:
            here = path.exists() and escrow_key.read_public(path) == public
            where = f"its private key is in {path}" if here else f"its private key is not in {path}"
            click.echo(f"The escrow is on, with the key {escrow_key.fingerprint(public)}; {where}.")
        found = waiting(session)
        for hand_in in found:
            missing = leftovers.missing(session, hand_in)
            state = (
                f"{len(missing)} of {len(hand_in.files)} files are still to come" if missing else "all of it is here"
            )
            click.echo(f"{hand_in.vault}  {_name(desk, hand_in)}  {iso(hand_in.begun_at)}  {state}")
        if not found:
            click.echo("Nothing waits to be opened.")


@escrow.command("open")
@click.option("--officer", "who", help="Only this officer's (badge, name or id).")
@click.option("--incomplete", is_flag=True, help="Also what has not come as a whole; its sealed files stay.")
@pass_desk
def escrow_open(desk: Desk, who: str | None, incomplete: bool) -> None:
    """Open what wiped phones handed in: take in what was not sent, and write drafts into a report."""
    settings, database = desk.settings, desk.database
    with database.reading() as session:
        officer = district.find_officer(session, who, closed=True).id if who else None
        found = waiting(session, officer)
    ready = [hand_in for hand_in in found if hand_in.complete_at or incomplete]
    if len(ready) < len(found):
        click.echo(f"Still coming in: {len(found) - len(ready)} (open what there is of them with --incomplete).")
    if not ready:
        click.echo("Nothing waits to be opened.")
        return
    escrow_key.read_public(settings.escrow_key_path)  # says in words when that is no key
    opener = Escrow(
        database,
        Intake(database, FormBook()),
        desk.blobs,
        _leftovers(desk),
        settings.recovered_path,
        escrow_key.read_private(settings.escrow_key_path),
    )
    troubles = []
    for hand_in in ready:
        name = f"{_name(desk, hand_in)}, vault {hand_in.vault}"
        try:
            opened = opener.open(hand_in)
        except DistrictError as error:
            troubles.append(f"{name}: {error}")
            continue
        click.echo(name)
        for line in _told(opened):
            click.echo(f"  {line}")
    if troubles:
        raise DistrictError("not opened.\n" + "\n".join(troubles))


@escrow.command("move")
@click.argument("vault")
@click.argument("who", metavar="OFFICER")
@pass_desk
def escrow_move(desk: Desk, vault: str, who: str) -> None:
    """Give a hand-in to the officer whose notebook it is, after a code was mixed up."""
    leftovers = _leftovers(desk)
    with desk.database.writing() as session:
        officer = district.find_officer(session, who, closed=True)
        found = [one for one in waiting(session) if one.vault == vault]
        if len(found) != 1:
            raise DistrictError(f"There is no hand-in {vault!r} that waits. See: beatbook escrow status")
        leftovers.move(session, found[0], officer.id)
        audit(session, "cli", "leftovers-moved", f"{vault} {found[0].officer} {officer.id}")
    click.echo(f"It is {officer.name}'s now. Next: beatbook escrow open")


def _told(opened: Opened) -> list[str]:
    """What came of a hand-in, in sentences."""
    told = [
        f"Taken in: {_count(opened.taken, 'change')} of records, {_count(opened.photos, 'photo')}."
        + (f" Here already: {_count(opened.known, 'change')}." if opened.known else "")
    ]
    if opened.refused:
        told.append(f"Refused: {_count(opened.refused, 'change')}; the report says why.")
    if opened.drafts:
        told.append(f"Drafts that were never saved: {opened.drafts}.")
    if opened.report:
        told.append(f"Report for the officer: {opened.report}. Delete it once it was handed over.")
    lost = +opened.lost
    if lost:
        parts = ", ".join(f"{number} in {table}" for table, number in sorted(lost.items()))
        told.append(f"Not readable: {_count(lost.total(), 'part')} ({parts}).")
    else:
        told.append("All of the notebook could be read.")
    told.append(
        "The sealed files stay, as not all could be dealt with." if opened.kept else "The sealed files are gone."
    )
    return told


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _name(desk: Desk, hand_in: HandIn) -> str:
    with desk.database.reading() as session:
        officer = district.officer(session, hand_in.officer)
    return f"{officer.name} ({officer.badge})" if officer else hand_in.officer


def _leftovers(desk: Desk) -> Leftovers:
    return Leftovers(desk.settings.leftovers_path, desk.blobs)
