"""How the tables came to be what they are, version by version; every database is brought to the newest one.

A change of server/tables.py is one more file in `versions/`, named in HEAD, with a dump of what it makes in
tests/server/schemas. A migration must leave every row, and runs in one transaction: all of it or nothing.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

HEAD: Final = "0009"
# Only where something is to be done: Alembic takes a tenth of a second to import, and every command opens a database.
_FOLDER: Final = Path(__file__).parent


class DatabaseTrouble(Exception):
    """The database cannot be used; the message is a sentence that says why and what to do."""


def version(connection: Connection) -> str | None:
    """The version that a database is at; None for an empty one, or one from before there were versions."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def migrate(connection: Connection, to: str = HEAD) -> None:
    """Brings a database to a version, within the connection's transaction. Raises DatabaseTrouble."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if (there := version(connection)) is not None and there not in known:
        raise DatabaseTrouble(
            f"The database was made by a newer version of Beatbook (it is at {there}, this version knows {HEAD}). "
            "Install that version again; nothing was changed."
        )
    command.upgrade(config, to)
