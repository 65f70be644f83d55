"""SQL of a test's own on a store's transaction, whichever kind of connection it has."""

from typing import Any

import sqlalchemy as sa

from queuectl_store.engines.transaction import Transaction


def run(connection: Transaction, text: str, values: dict[str, Any] | None = None) -> Any:
    """Run *text*, whose parameters are written `:name`; returns its rows."""
    if isinstance(connection, sa.Connection):
        return connection.execute(sa.text(text), values or {})
    return connection.exec_driver_sql(text, values or {})
