"""What every command of `beatbook` works with: the settings, and the district behind them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from sqlalchemy.orm import Session

from server import district, formbook
from server.database import Database, open_database
from server.district import DistrictError
from server.settings import Settings

if TYPE_CHECKING:
    from server.blobs import Blobs

FORMS: Final = Path(__file__).parent.parent / "assets" / "forms"


@dataclass
class Desk:
    """Opened by the first command that needs it."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """The district's database. Raises DistrictError where there is none; nothing is made by a typing mistake."""
        if not self.settings.database_url and not self.settings.database_path.is_file():
            raise DistrictError(f"There is no district in {self.settings.data} yet. Make one: beatbook init")
        return self._opened()

    def make_database(self) -> Database:
        """The district's database, made where it is not there."""
        return self._opened()

    @cached_property
    def blobs(self) -> "Blobs":
        """The district's photos. Raises SettingError."""
        # The decoders of pictures take half a second to import, and most commands need none.
        from server.blobs import open_blobs

        return open_blobs(self.settings)

    def _opened(self) -> Database:
        database = open_database(self.settings)
        click.get_current_context().call_on_close(database.close)
        return database


def publish_forms(session: Session, folder: Path = FORMS) -> list[str]:
    """Publishes every form of the folder; returns the names of those that changed. Raises DistrictError in words."""
    # pyxform takes a second to import, and only those who publish should wait for it.
    from server.publish.forms import FormMistake, publish_all

    try:
        forms = publish_all(folder)
    except FormMistake as mistake:
        raise DistrictError(f"The forms in {folder} have mistakes:\n{mistake}") from None
    if not forms:
        raise DistrictError(f"There are no forms in {folder}: no file there ends in .md, .xlsx or .csv.")
    return formbook.publish(session, forms.values())


def school_ids(session: Session, names: tuple[str, ...]) -> list[str]:
    """Ids of the schools with these ids or names. Raises DistrictError."""
    return [district.find_school(session, name).id for name in names]


pass_desk = click.make_pass_decorator(Desk)
