"""What workers do for limits beside their claims: the sweep, and the care of old buckets."""

from collections.abc import Mapping

from queuectl_store.bell import JOBS
from queuectl_store.database import Database
from queuectl_store.limits import sweeping
from queuectl_store.limits.sweeping import Swept


class LimitsUpkeep:
    """Idempotent, for any worker to call; each method is one transaction or two."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sweep(
        self,
        after: str = "",
        *,
        boosts: Mapping[str, int] | None = None,
        is_hungry: bool = False,
    ) -> Swept:
        """Let jobs go that wait for a limit in which there is room, whatever the cause.

        Bounded: looks at the next 1,000 limits that are waited for, after *after*.

        Args:
            boosts: How many times more of some limits; see `limits.let_go`.
            is_hungry: A worker has free slots and found nothing to claim.
        """
        with self._database.read() as connection:
            swept = sweeping.look(connection, after)
        if swept.found:
            self._database.write(
                lambda c: sweeping.let_go(c, swept.found, boosts or {}, is_hungry=is_hungry),
                rings=lambda count: JOBS if count else 0,
            )
        return swept

    def forget_full_buckets(self) -> None:
        """Delete the buckets of keys that nobody has used for as long as they take to fill."""
        engine = self._database.engine
        self._database.write(lambda c: sweeping.forget_full_buckets(c, dict(engine.times())))
