"""Tours: places that are gone through on some days, between two times of the clock."""

from typing import Final

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, UniqueConstraint

from server.tables import UtcTime

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "tours",
        Column("id", String(36), primary_key=True),
        Column("school", String(36), ForeignKey("schools.id"), nullable=False),
        Column("name", String(100), nullable=False),
        Column("order", String(10), nullable=False),
        Column("begins", String(5), nullable=False),
        Column("ends", String(5), nullable=False),
        Column("days", JSON, nullable=False),
        Column("grace_min", Integer, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("created_at", UtcTime, nullable=False),
        UniqueConstraint("school", "name"),
    )
    op.create_index("ix_tours_school", "tours", ["school"])
    op.create_table(
        "tour_points",
        Column("tour", String(36), ForeignKey("tours.id"), primary_key=True),
        Column("place", String(36), ForeignKey("places.id"), primary_key=True),
        Column("position", Integer, nullable=False),
        Column("required", Boolean, nullable=False),
    )
    op.create_index("ix_tour_points_place", "tour_points", ["place"])
