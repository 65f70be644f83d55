"""Which version of the schema this program knows, and whether it may use another."""

from queuectl_store.errors import StoreTooNew
from queuectl_store.sql.plain.upkeep import SCHEMA_VERSION
from queuectl_store.sql.statement import Connection

HEAD = "0005"


def refusal(url: str, version: str | None) -> StoreTooNew | None:
    """Return why this program may not use a store of that schema version; None if it may."""
    if version is None or version <= HEAD:
        return None
    return StoreTooNew(
        f"the store {url} has schema {version} and this program knows {HEAD};"
        " use the newer QueueCTL that wrote it"
    )


def refusal_now(connection: Connection, url: str) -> StoreTooNew | None:
    """Return the same for the version that the store has now; one small read."""
    return refusal(url, SCHEMA_VERSION.run(connection).scalar())
