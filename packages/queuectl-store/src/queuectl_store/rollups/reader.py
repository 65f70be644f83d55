"""How often things happened, and how many jobs there are: exact, whatever the store holds.

Counted in the transaction that does what is counted, so that it is right for all workers and
survives them all (docs/decisions/0027).
"""

from queuectl_store.rollups import gauges, reading, snapshot
from queuectl_store.rollups.counts import Counts
from queuectl_store.rollups.gauges import Gauges
from queuectl_store.rollups.reading import Stretch, Totals
from queuectl_store.rollups.snapshot import Snapshot
from queuectl_store.source import Source
from queuectl_store.sql.spans import HOUR, MINUTE
from queuectl_store.states import JobState


class RollupsReader:
    """The counts of one store; safe to use from several threads."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def totals(self) -> Totals:
        """Return all that was counted since counting began."""
        with self._source.read() as connection:
            return reading.totals(connection)

    def depths(self) -> dict[str, dict[JobState, int]]:
        """Return how many jobs each queue has in each state; states without jobs are left out."""
        with self._source.read() as connection:
            return reading.depths(connection)

    def gauges(self) -> Gauges:
        """Return what a scrape tells of this moment beside the depths."""
        with self._source.read() as connection:
            return gauges.read(connection, self._source.engine.times())

    def snapshot(self) -> Snapshot:
        """Return the totals but for tasks, the depths and the gauges, all of one moment."""
        with self._source.read() as connection:
            return snapshot.read(connection, self._source.engine.times())

    def minutes(self, scope: str, name: str | None = None, *, since_ms: int) -> list[Stretch]:
        """Return what was counted minute by minute, oldest first; kept for 48 hours.

        Args:
            scope: `store`, `queue` or `task`.
            name: Which of them, commands being the task with the blank name; None is all. Of
                more than 200 names the later ones are counted together as `other`.
            since_ms: The first minute is the one that begins then or after it.
        """
        with self._source.read() as connection:
            return reading.window(connection, span=MINUTE, scope=scope, name=name, since=since_ms)

    def hours(self, scope: str, name: str | None = None, *, since_ms: int) -> list[Stretch]:
        """Return the same hour by hour; kept for 90 days."""
        with self._source.read() as connection:
            return reading.window(connection, span=HOUR, scope=scope, name=name, since=since_ms)

    def since(self, scope: str, *, since_ms: int) -> dict[str, Counts]:
        """Return by name what was counted from the minute of *since_ms* on, 48 hours at most."""
        with self._source.read() as connection:
            return reading.since(connection, scope=scope, at=since_ms)
