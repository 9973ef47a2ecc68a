"""The log is chained, and records can be deleted, sealed and expunged."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String, column, select, table, update

from app.ids import canonical, sha256
from server.tables import UtcTime
from server.times import iso

revision: Final = "0002"
down_revision: Final = "0001"

_AT_ONCE: Final = 5_000


def upgrade() -> None:
    """Adds the columns and chains the entries that are there."""
    with op.batch_alter_table("revisions", table_kwargs={"sqlite_autoincrement": True}) as revisions:
        revisions.add_column(Column("act", String(10)))
        revisions.add_column(Column("link", String(64)))
    _chain()
    with op.batch_alter_table("revisions", table_kwargs={"sqlite_autoincrement": True}) as revisions:
        revisions.alter_column("link", existing_type=String(64), nullable=False)
    with op.batch_alter_table("records") as records:
        records.add_column(Column("standing", String(10), nullable=False, server_default="live"))


def _chain() -> None:
    connection = op.get_bind()
    log = table("revisions", column("seq"), column("hash"), column("received_at", UtcTime()), column("link"))
    before, seq = "", 0
    while True:
        query = select(log.c.seq, log.c.received_at, log.c.hash).where(log.c.seq > seq)
        found = connection.execute(query.order_by(log.c.seq).limit(_AT_ONCE)).all()
        if not found:
            return
        for seq, at, name in found:
            before = sha256(canonical([before, seq, iso(at), name]))
            connection.execute(update(log).where(log.c.seq == seq).values(link=before))
