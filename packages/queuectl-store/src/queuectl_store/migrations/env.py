"""Runs the numbered migrations on migrate.py's connection, inside its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="queuectl_schema_version",
    transactional_ddl=True,
)
context.run_migrations()
