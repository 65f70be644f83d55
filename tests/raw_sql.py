"""SQL of a test's own on a store's transaction, whichever kind of connection it has."""

import re
from typing import Any

import sqlalchemy as sa

from queuectl_store.engines.postgres_plain import PostgresConnection
from queuectl_store.engines.transaction import Transaction

_NAME = re.compile(r"(?<!:):(\w+)")


def run(connection: Transaction, text: str, values: dict[str, Any] | None = None) -> Any:
    """Run *text*, whose parameters are written `:name`; returns its rows."""
    if isinstance(connection, sa.Connection):
        return connection.execute(sa.text(text), values or {})
    if not isinstance(connection, PostgresConnection):
        return connection.exec_driver_sql(text, values or {})
    rows = connection.exec_driver_sql(_NAME.sub(r"%(\1)s", text) if values else text, values or {})
    assert rows.rowcount is not None  # it is sent when somebody asks
    return rows
