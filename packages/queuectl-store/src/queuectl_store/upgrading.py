"""Applies the migrations that a store lacks."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from queuectl_store import schema
from queuectl_store.database import Database, written
from queuectl_store.engines.transaction import Transaction
from queuectl_store.errors import NotAStore
from queuectl_store.outcome import StopRequest
from queuectl_store.sql.tables import workers
from queuectl_store.sql.upkeep import SCHEMA_VERSION

_VERSION_TABLE = "queuectl_schema_version"


def upgrade(database: Database) -> bool:
    """Apply the migrations that are missing, all in one transaction; see `migrate.migrate`."""
    return written(database.engine.alchemy, lambda connection: _upgrade(database, connection))


def _upgrade(database: Database, connection: Transaction) -> bool:
    assert isinstance(connection, sa.Connection)
    database.engine.lock_for_migration(connection)
    version = _version(connection)  # another process may have been here first
    if version == schema.HEAD:
        return False
    _check(database, connection, version)

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if version is not None:
        _stop_older_workers(connection)
    return True


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSION_TABLE):
        return None
    return str(connection.execute(SCHEMA_VERSION).scalar_one())


def _stop_older_workers(connection: sa.Connection) -> None:
    # They know nothing of the new schema: they claim no more from this commit on, and at their
    # next renewal they give back what they run.
    stopping = {"stop": StopRequest.NOW.value, "state": "stopping"}
    alive = workers.c.state.in_(["running", "stopping"])
    connection.execute(sa.update(workers).where(alive).values(**stopping))


def _check(database: Database, connection: sa.Connection, version: str | None) -> None:
    if (error := schema.refusal(database.engine.url, version)) is not None:
        raise error
    if version is None and sa.inspect(connection).has_table("queuectl_jobs"):
        raise NotAStore(
            f"{database.engine.url} has a table queuectl_jobs but no schema version:"
            " it was not made by this program; choose another store"
        )
