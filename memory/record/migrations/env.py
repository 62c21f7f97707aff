"""How alembic reaches the record: over the connection, and inside the transaction, that `memory.migrate` hands in."""

from alembic import context
from sqlalchemy import Connection

from memory.record.tables import Row

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Row.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
