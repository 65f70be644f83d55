"""What a change of state leaves behind, in its transaction: its event, and that it is counted."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from queuectl_store import ledger
from queuectl_store.ledger import Moved
from queuectl_store.rollups import tally
from queuectl_store.sql import hot


def write_moves(connection: sa.Connection, times: dict[str, Any], moved: Sequence[Moved]) -> None:
    """Record *moved*, each by an event; claims and ends of attempts are recorded by turn.py."""
    if moved:
        connection.execute(hot.WRITE_EVENTS, {"moves": ledger.moves(moved), **times})
        tally.moved(moved).write(connection, times)
