"""The commands about schools, places, and what is printed."""

import math
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import sha256
from app.tags import card_url, show
from server import district, places, sheets
from server.cards import card_facts
from server.changes import KINDS, question_set, set_place_photo
from server.desk import Desk, pass_desk
from server.district import DistrictError
from server.pdf import PAPERS, Paper
from server.place_table import read_places, table_text, write_places
from server.tables import Place, School, Tag

PLACE_PX: Final = 800  # the longer side of a place's photo: every phone of its school carries it
_NO_PICTURE: Final = {
    "empty": "The file is empty.",
    "large": "The photo is too large: 10 MB at most.",
    "heic": "This is a HEIC photo. Save it as JPEG.",
    "kind": "This is no photo that can be shown. Save it as JPEG.",
}


class Number(click.FloatRange):
    """A number in a range; click itself takes "nan" for one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Raises click.BadParameter for what is no number in the range."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


again = click.option(
    "--id", "lost_id", help="The id that it had before a restore lost it: records and phones name it by that."
)


@click.group()
def school() -> None:
    """Schools: add, list."""


@school.command("add")
@click.argument("name")
@click.option("--address", default="")
@click.option("--phone", default="")
@click.option("--reunification", default="", help="Where families and children meet again after an evacuation.")
@again
@pass_desk
def school_add(desk: Desk, /, name: str, **more: Any) -> None:
    """Add a school."""
    with desk.database.writing() as session:
        made = district.add_school(session, name, **more)
    click.echo(f"Added {made.name}, {made.id}")


@school.command("list")
@pass_desk
def school_list(desk: Desk) -> None:
    """List the schools."""
    with desk.database.reading() as session:
        for one in district.schools(session):
            click.echo(f"{one.id}  {one.name}")


@click.group()
def place() -> None:
    """Places that are checked: add, list, photo, export, import, new-tag."""


@place.command("add")
@click.argument("name")
@click.option("--school", "at", required=True, help="The school's name or id.")
@click.option("--building", default="")
@click.option("--floor", default="")
@click.option("--kind", type=click.Choice(KINDS, case_sensitive=False), default="door", show_default=True)
@click.option("--lat", type=Number(-90, 90))
@click.option("--lon", type=Number(-180, 180))
@click.option("--fence", "fence_m", type=click.IntRange(5, 5000), default=50, show_default=True, help="Meters.")
@click.option("--instructions", default="", help="What to look at there.")
@click.option(
    "--question-set", "named", default="", help="Which questions a check asks there; those of its kind without one."
)
@click.option("--spot-question", default="", help="Something that only who stands there can read off.")
@click.option("--spot-answer", default="", help="Its answer; kept hashed.")
@click.option("--installed-by", default="", help="Who put the tag up.")
@pass_desk
def place_add(desk: Desk, /, name: str, at: str, named: str, **more: Any) -> None:
    """Add a place, with its first tag."""
    with desk.database.writing() as session:
        found = district.find_school(session, at)
        made = places.add_place(session, found.id, name, **more, question_set=question_set(named))
        tag = places.active_tag(session, made.id)
        assert tag is not None
        click.echo(f"Added {made.name} at {found.name}, {made.id}, tag {show(tag.short)}")


@place.command("list")
@click.option("--school", "at", help="Only this school's.")
@pass_desk
def place_list(desk: Desk, at: str | None) -> None:
    """List the places with their tags' short codes."""
    with desk.database.reading() as session:
        only = district.find_school(session, at).id if at else None
        names = {one.id: one.name for one in district.schools(session)}
        for one in places.places(session, school=only):
            tag = places.active_tag(session, one.id)
            words = [names.get(one.school, ""), one.building, one.name, show(tag.short) if tag else "no tag"]
            click.echo(f"{one.id}  " + " · ".join(word for word in words if word))


@place.command("new-tag")
@click.argument("place_id")
@pass_desk
def place_new_tag(desk: Desk, place_id: str) -> None:
    """Retire a place's tag and make a fresh one, after it was lost or copied."""
    with desk.database.writing() as session:
        _need_place(session, place_id)
        made: Tag = places.new_tag(session, place_id)
    click.echo(f"Tag {show(made.short)}, version {made.version}. Print it: beatbook tags")


@place.command("photo")
@click.argument("place_id")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--remove", is_flag=True, help="Take the photo away.")
@pass_desk
def place_photo(desk: Desk, place_id: str, file: BinaryIO | None, remove: bool) -> None:
    """Show a photo of a place (JPEG, PNG or WebP) in the console and on phones.

    It is made small and loses what a camera notes.
    """
    from server.public.pictures import MOST_BYTES, PictureError, take

    if (file is None) != remove:
        raise DistrictError("Name either a FILE or --remove.")
    with desk.database.reading() as session:
        _need_place(session, place_id)
    name = None
    if file is not None:
        try:
            data = take(file.read(MOST_BYTES + 1), PLACE_PX).data
        except PictureError as error:
            raise DistrictError(_NO_PICTURE[error.reason]) from None
        name = sha256(data)
        with desk.blobs.receive() as incoming:
            incoming.write(data)
            incoming.keep(name)
    with desk.database.writing() as session:
        found = _need_place(session, place_id)
        set_place_photo(session, found, name, who="cli")
        click.echo(f"{found.name} shows {'the photo' if name else 'no photo'}.")


@place.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--school", "at", help="Only this school's.")
@pass_desk
def place_export(desk: Desk, file: Path, at: str | None) -> None:
    """Write the places as a table (.csv), to be changed in a spreadsheet program and imported again."""
    with desk.database.reading() as session, file.open("w", encoding="utf-8-sig", newline="") as table:
        school = district.find_school(session, at).id if at else None
        click.echo(f"Wrote {file}: {write_places(session, table, school)} places.")


@place.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_desk
def place_import(desk: Desk, file: Path) -> None:
    """Add the places of a table (.csv), and write anew those that are there; all of it, or nothing."""
    text = table_text(file.read_bytes())
    with desk.database.writing() as session:
        taken = read_places(session, text)
    click.echo(f"{taken.added} added, {taken.changed} changed, {taken.same} as they were. Print tags: beatbook tags")


@click.command()
@click.option("--school", "at", help="Only this school's places.")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), default=Path("tags.pdf"), show_default=True)
@click.option("--as", "kind", type=click.Choice(sheets.TAG_KINDS), default="labels", show_default=True)
@click.option("--paper", type=click.Choice(PAPERS), default="letter", show_default=True)
@pass_desk
def tags(desk: Desk, at: str | None, pdf: Path, kind: sheets.TagKind, paper: Paper) -> None:
    """Write the places' tags to print, in walking order: sheets of labels, or a door plate for each."""
    with desk.database.reading() as session:
        only = district.find_school(session, at).id if at else None
        _write(pdf, sheets.tag_sheets(session, desk.settings.base_url, kind, paper, school=only), desk)


@click.command()
@click.option("--add", "who", metavar="OFFICER", help="Make a card for this officer.")
@click.option("--add-post", "at", metavar="SCHOOL", help="Make a card for this school's post.")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write all cards to print here.")
@click.option("--as", "kind", type=click.Choice(sheets.CARD_KINDS), default="posters", show_default=True)
@click.option("--paper", type=click.Choice(PAPERS), default="letter", show_default=True)
@pass_desk
def cards(desk: Desk, who: str | None, at: str | None, pdf: Path | None, kind: sheets.CardKind, paper: Paper) -> None:
    """List the contact cards for parents, make one, or write them to print: posters or badges."""
    base_url = desk.settings.base_url
    with desk.database.writing() as session:
        if who:
            district.add_card(session, officer=district.find_officer(session, who).id)
        if at:
            district.add_card(session, school=district.find_school(session, at).id)
        found = [(card, card_facts(session, card, base_url)) for card in district.cards(session)]
        schools = {one.id: one.name for one in session.scalars(select(School))}
    for card, facts in found:
        whose = f"post at {schools[card.school]}" if card.school else "officer's own"
        click.echo(f"{card_url(base_url, card.slug)}  {facts.name if facts else 'nobody'} · {whose}")
    if pdf:
        _write(pdf, sheets.card_sheets([facts for _, facts in found if facts], kind, paper), desk)


def _write(file: Path, made: sheets.Sheets, desk: Desk) -> None:
    file.write_bytes(made.pdf)
    click.echo(f"Wrote {file}: {made.count} on {made.pages} page(s). Print at 100 %, not “fit to page”.")
    if made.missing:
        click.echo(f"No letters for these: {' '.join(made.missing)}. There is a ? in their place.")
    if sheets.only_here(desk.settings.base_url):
        click.echo("The codes name this computer only and open nothing on a phone: set BEATBOOK_BASE_URL, print again.")


def _need_place(session: Session, place_id: str) -> Place:
    found = places.place(session, place_id)
    if found is None:
        raise DistrictError(f"There is no place {place_id!r}. See: beatbook place list")
    return found
