"""Brings a store's schema to this program's version; safe when many processes start at once."""

from pathlib import Path

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.errors import NotAStore, StoreTooNew

HEAD = "0002"

_VERSIONS = sa.table("queuectl_schema_version", sa.column("version_num"))


def migrate(database: Database) -> bool:
    """Apply the migrations that are missing, all in one transaction.

    Returns:
        Whether any was applied.

    Raises:
        StoreTooNew: A newer program wrote the store; nothing was changed.
        StoreError: The store cannot be read or written.
    """
    if current_version(database) == HEAD:
        return False
    return database.write(lambda connection: _upgrade(database, connection))


def current_version(database: Database) -> str | None:
    """Return the number of the newest migration in the store; None for an empty one."""
    with database.read() as connection:
        return _version(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    return str(connection.execute(sa.select(_VERSIONS.c.version_num)).scalar_one())


def _upgrade(database: Database, connection: sa.Connection) -> bool:
    database.engine.lock_for_migration(connection)
    version = _version(connection)  # another process may have been here first
    if version == HEAD:
        return False
    _check(database, connection, version)

    # Half a second of import that only the first use of a store needs.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


def _check(database: Database, connection: sa.Connection, version: str | None) -> None:
    if version is not None and version > HEAD:
        raise StoreTooNew(
            f"the store {database.engine.url} has schema {version} and this program knows {HEAD};"
            " use the newer QueueCTL that wrote it"
        )
    if version is None and sa.inspect(connection).has_table("queuectl_jobs"):
        raise NotAStore(
            f"{database.engine.url} has a table queuectl_jobs but no schema version:"
            " it was not made by this program; choose another store"
        )
