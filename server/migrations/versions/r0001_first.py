"""The tables of version 0.1.0. Where some are there already, from before there were versions, the others are added."""

from typing import Final

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    inspect,
)

revision: Final = "0001"
down_revision: Final = None

Moment: Final = DateTime(timezone=True)
Number: Final = BigInteger().with_variant(Integer, "sqlite")
_tables: Final = MetaData()

Table(
    "audit",
    _tables,
    Column("seq", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String(60), nullable=False),
    Column("what", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    sqlite_autoincrement=True,
)
Table(
    "blobs",
    _tables,
    Column("sha256", String(64), primary_key=True),
    Column("mime", String(40), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("device", String(36), nullable=False),
    Column("received_at", Moment, nullable=False),
)
Table(
    "district",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("email", String(200), nullable=False),
    Column("non_emergency", String(40), nullable=False),
    Column("tip_line", String(200), nullable=False),
    Column("policy", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
)
Table(
    "forms",
    _tables,
    Column("id", String(200), primary_key=True),
    Column("version", String(200), primary_key=True),
    Column("json", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("published_at", Moment, nullable=False),
)
Table(
    "officers",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("badge", String(40), nullable=False, unique=True),
    Column("title", String(100), nullable=False),
    Column("email", String(200), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("photo", String(64)),
    Column("role", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", String(200)),
    Column("created_at", Moment, nullable=False),
)
Table(
    "record_photos",
    _tables,
    Column("record", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True, index=True),
    Column("school", String(36), nullable=False),
    Column("mime", String(40), nullable=False),
    Column("bytes", Integer, nullable=False),
)
Table(
    "records",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("form", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("record_class", String(20), nullable=False),
    Column("school", String(36), nullable=False),
    Column("place", String(36)),
    Column("author", String(36), nullable=False),
    Column("title", Text, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("updated_seq", BigInteger, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("heads", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("conflicts", JSON, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("flags", JSON, nullable=False),
    Index("records_by_time", "occurred_at"),
    Index("records_of_author", "author", "occurred_at"),
    Index("records_of_form", "form", "occurred_at"),
    Index("records_of_school", "school", "occurred_at"),
)
Table(
    "revisions",
    _tables,
    Column("seq", Number, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("record", String(36), nullable=False, index=True),
    Column("form", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("record_class", String(20), nullable=False),
    Column("school", String(36), nullable=False),
    Column("author", String(36), nullable=False),
    Column("device", String(36), nullable=False),
    Column("device_seq", BigInteger, nullable=False),
    Column("prev", String(64)),
    Column("at", String(40), nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("flags", JSON, nullable=False),
    Index("revisions_of_device", "device", "device_seq"),
    Index("revisions_of_school", "school", "seq"),
    sqlite_autoincrement=True,
)
Table(
    "schools",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("address", String(300), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("reunification", String(300), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)
Table(
    "cards",
    _tables,
    Column("slug", String(8), primary_key=True),
    Column("officer", String(36), ForeignKey("officers.id"), index=True),
    Column("school", String(36), ForeignKey("schools.id"), index=True),
    Column("active", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)
Table(
    "devices",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("officer", String(36), ForeignKey("officers.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("app", String(40), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("revoked_at", Moment),
)
Table(
    "enrolment_codes",
    _tables,
    Column("code_hash", String(64), primary_key=True),
    Column("officer", String(36), ForeignKey("officers.id"), nullable=False, index=True),
    Column("made_by", String(36)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", String(36)),
)
Table(
    "hand_ins",
    _tables,
    Column("vault", String(32), primary_key=True),
    Column("officer", String(36), ForeignKey("officers.id"), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("files", JSON, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("complete_at", Moment),
    Column("opened_at", Moment),
)
Table(
    "places",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("school", String(36), ForeignKey("schools.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("building", String(100), nullable=False),
    Column("floor", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("lat", Double),
    Column("lon", Double),
    Column("fence_m", Integer, nullable=False),
    Column("instructions", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("school", "building", "name"),
)
Table(
    "postings",
    _tables,
    Column("officer", String(36), ForeignKey("officers.id"), primary_key=True),
    Column("school", String(36), ForeignKey("schools.id"), primary_key=True, index=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)
Table(
    "sessions",
    _tables,
    Column("token_hash", String(64), primary_key=True),
    Column("officer", String(36), ForeignKey("officers.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Table(
    "tags",
    _tables,
    Column("code", String(16), primary_key=True),
    Column("short", String(8), nullable=False, unique=True),
    Column("place", String(36), ForeignKey("places.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("place", "version"),
)


def upgrade() -> None:
    """Makes what is not there yet."""
    connection = op.get_bind()
    _tables.create_all(connection)
    if "reunification" not in {column["name"] for column in inspect(connection).get_columns("schools")}:
        op.add_column("schools", Column("reunification", String(300), nullable=False, server_default=""))
