"""The commands about tours."""

from typing import Any

import click

from app.tours import DAYS, ORDERS
from server import district, places, tours
from server.changes import set_active
from server.desk import Desk, pass_desk
from server.district import DistrictError


@click.group()
def tour() -> None:
    """Tours through places: add, list, change, point, retire."""


@tour.command("add")
@click.argument("name")
@click.option("--school", "at", required=True, help="The school's name or id.")
@click.option("--begins", required=True, help="A time of the clock, such as 07:30.")
@click.option("--ends", required=True, help="The same; an earlier time is one of the next day.")
@click.option("--order", type=click.Choice(ORDERS), default=ORDERS[0], show_default=True)
@click.option("--day", "days", type=click.Choice(DAYS), multiple=True, help="May be given several times. [mon to fri]")
@click.option("--grace", "grace_min", type=click.IntRange(0, tours.MOST_GRACE), default=15, show_default=True)
@pass_desk
def tour_add(desk: Desk, /, name: str, at: str, days: tuple[str, ...], **more: Any) -> None:
    """Add a tour. Its places come next: beatbook tour point."""
    with desk.database.writing() as session:
        found = district.find_school(session, at)
        made = tours.add_tour(session, found.id, name, days=list(days or DAYS[:5]), **more)
        click.echo(f"Added {made.name} at {found.name}, {made.id}")


@tour.command("list")
@click.option("--school", "at", help="Only this school's.")
@pass_desk
def tour_list(desk: Desk, at: str | None) -> None:
    """List the tours with their places."""
    with desk.database.reading() as session:
        only = district.find_school(session, at).id if at else None
        names = {one.id: one.name for one in district.schools(session)}
        for one in tours.tours(session, school=only):
            when = f"{one.begins}-{one.ends} {' '.join(one.days)}"
            words = [names.get(one.school, ""), one.name, when, f"grace {one.grace_min} min", f"order {one.order}"]
            click.echo(f"{one.id}  " + " · ".join(word for word in words if word))
            for number, (point, place) in enumerate(tours.points(session, one.id), start=1):
                said = ["" if point.required else "optional", "" if place.active else "retired"]
                click.echo(f"  {number}. {place.id}  " + " · ".join(filter(None, [place.building, place.name, *said])))


@tour.command("change")
@click.argument("tour_name", metavar="TOUR")
@click.option("--name")
@click.option("--begins", help="A time of the clock, such as 07:30.")
@click.option("--ends", help="The same; an earlier time is one of the next day.")
@click.option("--order", type=click.Choice(ORDERS))
@click.option("--day", "days", type=click.Choice(DAYS), multiple=True, help="Exactly these from now on.")
@click.option("--grace", "grace_min", type=click.IntRange(0, tours.MOST_GRACE))
@pass_desk
def tour_change(desk: Desk, /, tour_name: str, **columns: Any) -> None:
    """Change a tour (its id or name); what is not named stays."""
    with desk.database.writing() as session:
        found = tours.find_tour(session, tour_name)
        tours.change_tour(
            session, found, who="cli", **{name: value for name, value in columns.items() if value not in (None, ())}
        )
        click.echo(f"Changed {found.name}.")


@tour.command("point")
@click.argument("tour_name", metavar="TOUR")
@click.argument("place_id", metavar="PLACE")
@click.option("--optional", is_flag=True, help="It may be left out.")
@click.option("--at", type=click.IntRange(1), help="Its turn, counted from 1; without it, the last.")
@click.option("--remove", is_flag=True, help="Take the place out of the tour.")
@pass_desk
def tour_point(desk: Desk, tour_name: str, place_id: str, optional: bool, at: int | None, remove: bool) -> None:
    """Take a place into a tour, change what is said of it there, or take it out."""
    with desk.database.writing() as session:
        found = tours.find_tour(session, tour_name)
        place = places.place(session, place_id)
        if place is None:
            raise DistrictError(f"There is no place {place_id!r}. See: beatbook place list")
        if remove:
            tours.drop_point(session, found, place.id)
        else:
            tours.put_point(session, found, place, required=not optional, at=at)
        click.echo(f"{found.name} has {len(tours.points(session, found.id))} places.")


@tour.command("retire")
@click.argument("tour_name", metavar="TOUR")
@click.option("--restore", is_flag=True, help="Take a retired tour back into use.")
@pass_desk
def tour_retire(desk: Desk, tour_name: str, restore: bool) -> None:
    """Take a tour off the phones; what was written of it stays."""
    with desk.database.writing() as session:
        found = tours.find_tour(session, tour_name)
        set_active(session, found, restore, who="cli")
        click.echo(f"{found.name} is {'in use' if restore else 'retired'}.")
