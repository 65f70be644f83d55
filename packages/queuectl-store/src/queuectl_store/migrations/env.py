"""Runs the numbered migrations on the connection that migrate.py hands over, inside its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="queuectl_schema_version",
    transactional_ddl=True,
)
context.run_migrations()
