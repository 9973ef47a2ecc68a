"""A place's spot question in other languages."""

from typing import Final

from alembic import op
from sqlalchemy import JSON, Column

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("places", Column("spot_words", JSON, nullable=False, server_default="{}"))
