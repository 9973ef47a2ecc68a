"""What Alembic runs: the migrations, on the connection and in the transaction of whoever called."""

from alembic import context

from server.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite changes a column by making the table anew
)
context.run_migrations()
