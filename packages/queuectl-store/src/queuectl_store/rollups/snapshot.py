"""All that a scrape tells of jobs and queues, of one moment."""

from collections.abc import Mapping
from typing import Any

from queuectl_store.rollups import gauges, reading
from queuectl_store.rollups.gauges import Gauges
from queuectl_store.rollups.reading import Depths, Totals
from queuectl_store.sql.statement import Connection
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was counted, what there is, and what waits.

    Attributes:
        totals: Without tasks.
        depths: How many jobs each queue has in each state; states without jobs are left out.
    """

    totals: Totals
    depths: Depths
    gauges: Gauges


def read(connection: Connection, times: Mapping[str, Any]) -> Snapshot:
    """Read it; the cost is that of the queues, not of the jobs."""
    totals, depths = reading.scraped(connection)
    return Snapshot(totals=totals, depths=depths, gauges=gauges.read(connection, times))
