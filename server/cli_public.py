"""`beatbook open311`: whether everybody may read the complaints that officers mark public, and report problems."""

import click

from server.desk import Desk, pass_desk
from server.district import OPEN311, audit, the_district


@click.command("open311")
@click.argument("switch", type=click.Choice(["on", "off"]))
@pass_desk
def open311(desk: Desk, /, switch: str) -> None:
    """Switch the public interface Open311 GeoReport v2 on or off (it is off at first)."""
    with desk.database.writing() as session:
        home = the_district(session)
        home.policy = {**home.policy, OPEN311: switch == "on"}
        audit(session, "cli", f"open311-{switch}", home.id)
    where = f"{desk.settings.base_url}/open311/v2/discovery.json"
    click.echo(f"Open311 is on: {where}" if switch == "on" else "Open311 is off.")
