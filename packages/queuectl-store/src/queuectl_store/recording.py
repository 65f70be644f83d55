"""What a change of state leaves behind, in its transaction: its event, and that it is counted."""

from collections.abc import Sequence
from typing import Any

from queuectl_store import ledger
from queuectl_store.ledger import Moved
from queuectl_store.rollups import tally
from queuectl_store.sql.plain import hot
from queuectl_store.sql.statement import Connection


def write_moves(connection: Connection, times: dict[str, Any], moved: Sequence[Moved]) -> None:
    """Record *moved*, each by an event; claims and ends of attempts are recorded by turn.py."""
    if moved:
        hot.WRITE_EVENTS.run(connection, {"moves": ledger.moves(moved), **times})
        tally.moved(moved).write(connection, times)
