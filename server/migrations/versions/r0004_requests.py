"""What families ask: the number by which they find it again, and for a while who sent it."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

from server.tables import UtcTime

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "family_requests",
        Column("record", String(36), primary_key=True),
        Column("reference", String(16), nullable=False, unique=True),
        Column("sender", String(32)),
        Column("asked_at", UtcTime, nullable=False),
    )
    op.create_index("ix_family_requests_sender", "family_requests", ["sender"])
    op.create_index("ix_family_requests_asked_at", "family_requests", ["asked_at"])
