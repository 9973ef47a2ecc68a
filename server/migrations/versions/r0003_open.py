"""What is owed on a record is kept with it; what was there before counts as open until it is folded again."""

from typing import Final

from alembic import op
from sqlalchemy import JSON, Boolean, Column, String, true

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("records") as records:
        records.add_column(Column("promises", JSON, nullable=False, server_default="{}"))
        records.add_column(Column("follows", String(36)))
        records.add_column(Column("open", Boolean, nullable=False, server_default=true()))
        records.create_index("ix_records_follows", ["follows"])
