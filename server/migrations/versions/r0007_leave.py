"""Officers go on leave and somebody stands in for them."""

from typing import Final

from alembic import op
from sqlalchemy import Column, Date, String

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("officers") as officers:
        officers.add_column(Column("away_until", Date))
        officers.add_column(Column("substitute", String(36)))
