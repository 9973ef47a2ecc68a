"""When a tour was last planned anew."""

from typing import Final

from alembic import op
from sqlalchemy import Column

from server.tables import UtcTime

revision: Final = "0008"
down_revision: Final = "0007"


def upgrade() -> None:
    """Adds the column; a tour that is there was planned when it was made."""
    op.add_column("tours", Column("planned_at", UtcTime))
