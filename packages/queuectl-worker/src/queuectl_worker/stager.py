"""Does what is due: stages jobs, makes those of schedules, frees those that need not wait."""

from collections.abc import Callable

from queuectl_store import Store
from queuectl_worker.loop import JITTER
from queuectl_worker.sweeper import Sweeper

BATCH = 1_000
SCHEDULES = 20
LONGEST_S = 1.0
SHORTEST_S = 0.005


def stager(store: Store, *, is_hungry: Callable[[], bool]) -> Callable[[], float]:
    """Return the tick that does what is due and says when the next will be."""
    sweeper = Sweeper(store, is_hungry=is_hungry)

    def tick() -> float:
        outlook = store.outlook()
        # Any worker does it: the one that ended the parent may be gone by now.
        if outlook.has_consequences and store.resolve(limit=BATCH):
            return 0.0
        sweeper.sweep_if_due(has_waiting=outlook.has_waiting)
        if outlook.due_in_ms is None or outlook.due_in_ms > 0:
            return pause_s(outlook.due_in_ms)
        moved = store.stage(limit=BATCH) + store.fire(limit=SCHEDULES)
        # Nothing moved: another worker was first, and its commit is not far behind.
        return 0.0 if moved else SHORTEST_S

    return tick


def pause_s(due_ms: int | None) -> float:
    """Return how long to pause; rather too short by the loop's jitter than a start too late."""
    if due_ms is None:
        return LONGEST_S
    return min(max(due_ms / 1000 / (1 + JITTER), SHORTEST_S), LONGEST_S)
