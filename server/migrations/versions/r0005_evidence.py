"""A place has a spot question, a question set, who put its tag up and a photo; a check keeps what speaks for it."""

from typing import Final

from alembic import op
from sqlalchemy import JSON, Column, String, Text

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Adds the columns."""
    with op.batch_alter_table("places") as places:
        places.add_column(Column("spot_question", Text, nullable=False, server_default=""))
        places.add_column(Column("spot_answer", String(100), nullable=False, server_default=""))
        places.add_column(Column("question_set", String(40), nullable=False, server_default=""))
        places.add_column(Column("installed_by", String(100), nullable=False, server_default=""))
        places.add_column(Column("photo", String(64)))
    with op.batch_alter_table("records") as records:
        records.add_column(Column("evidence", JSON))
