"""The care of a PostgreSQL store: long transactions and the sizes of its tables."""

from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

from queuectl_store.engines import postgres_health
from queuectl_store.engines.symptoms import Symptom
from queuectl_store.engines.transaction import Transaction

_NO_LIMITS = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
_SIZES = """
SELECT relname, pg_total_relation_size(relid) AS bytes, n_dead_tup AS dead
FROM pg_stat_user_tables WHERE relname LIKE 'queuectl~_%%' ESCAPE '~' ORDER BY relname
"""


class PostgresCare:
    """See care.py.

    Args:
        connect: Gives a connection whose calls nobody cuts off.
    """

    def __init__(self, connect: Callable[[], sa.Connection]) -> None:
        self._connect = connect

    def begin_read(self) -> sa.Connection:
        """Return a connection that sees one state of the store throughout."""
        return self._begin("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def begin_look(self) -> Transaction:
        """Return the same."""
        return self.begin_read()

    def begin_write(self) -> sa.Connection:
        """Return a connection without the deadlines of short calls."""
        return self._begin()

    def integrity(self, connection: Transaction) -> list[str]:  # noqa: ARG002
        """Return nothing: PostgreSQL's own checks are its administrator's (pg_amcheck)."""
        return []

    def set_last_id(self, connection: Transaction, table: str, last: int) -> None:
        """Set the sequence; one that never gave an id stays so."""
        text = (
            "SELECT setval(%(sequence)s::regclass, greatest(%(last)s::bigint, 1), %(called)s::bool)"
        )
        values = {"sequence": f"{table}_id_seq", "last": last, "called": last > 0}
        connection.exec_driver_sql(text, values)

    def sizes(self, connection: Transaction) -> Mapping[str, int]:
        """Return each table's bytes with its indexes, and its dead rows."""
        sizes: dict[str, int] = {}
        for name, size, dead in connection.exec_driver_sql(_SIZES):
            short = name.removeprefix("queuectl_")
            sizes |= {f"{short}_bytes": int(size), f"{short}_dead_rows": int(dead)}
        return sizes

    def symptoms(self, connection: Transaction) -> list[Symptom]:
        """Return what the server shows of its clock, of open transactions and of dead rows."""
        return postgres_health.symptoms(connection)

    def backup(self, target: Path) -> bool:  # noqa: ARG002
        """Return False: a server has no file to copy."""
        return False

    def _begin(self, *first: str) -> sa.Connection:
        connection = self._connect()
        try:
            connection.begin()
            for statement in (*first, *_NO_LIMITS):
                connection.exec_driver_sql(statement)
        except BaseException:
            connection.close()
            raise
        return connection
