"""Brings a store's schema to this program's version; safe when many processes start at once."""

from pathlib import Path

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.errors import NotAStore, StoreTooNew
from queuectl_store.outcome import StopRequest
from queuectl_store.sql.tables import workers
from queuectl_store.sql.upkeep import SCHEMA_VERSION

HEAD = "0004"

_VERSION_TABLE = "queuectl_schema_version"


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


def refusal(url: str, version: str | None) -> StoreTooNew | None:
    """Return why this program may not use a store of that schema version; None if it may."""
    if version is None or version <= HEAD:
        return None
    return StoreTooNew(
        f"the store {url} has schema {version} and this program knows {HEAD};"
        " use the newer QueueCTL that wrote it"
    )


def refusal_now(connection: sa.Connection, url: str) -> StoreTooNew | None:
    """Return the same for the version that the store has now; one small read."""
    return refusal(url, connection.execute(SCHEMA_VERSION).scalar())


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION_TABLE):
        return None
    return str(connection.execute(SCHEMA_VERSION).scalar_one())


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
    if version is not None:
        _stop_older_workers(connection)
    return True


def _stop_older_workers(connection: sa.Connection) -> None:
    # They know nothing of the new schema: they claim no more from this commit on, and at their
    # next renewal they give back what they run.
    stopping = {"stop": StopRequest.NOW.value, "state": "stopping"}
    alive = workers.c.state.in_(["running", "stopping"])
    connection.execute(sa.update(workers).where(alive).values(**stopping))


def _check(database: Database, connection: sa.Connection, version: str | None) -> None:
    if (error := refusal(database.engine.url, version)) is not None:
        raise error
    if version is None and sa.inspect(connection).has_table("queuectl_jobs"):
        raise NotAStore(
            f"{database.engine.url} has a table queuectl_jobs but no schema version:"
            " it was not made by this program; choose another store"
        )
