"""Brings a store's schema to this program's version; safe when many processes start at once."""

from queuectl_store import schema
from queuectl_store.database import Database


def migrate(database: Database) -> bool:
    """Apply the migrations that are missing, all in one transaction.

    Returns:
        Whether any was applied.

    Raises:
        StoreTooNew: A newer program wrote the store; nothing was changed.
        StoreError: The store cannot be read or written.
    """
    if current_version(database) == schema.HEAD:
        return False
    # Imported here: only the first use of a store needs it, and it takes half a second.
    from queuectl_store.upgrading import upgrade

    return upgrade(database)


def current_version(database: Database) -> str | None:
    """Return the number of the newest migration in the store; None for an empty one."""
    return database.engine.schema_version()
