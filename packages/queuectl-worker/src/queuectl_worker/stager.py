"""Makes jobs pending when their time has come, and makes the jobs of schedules."""

from collections.abc import Callable

from queuectl_store import Store

BATCH = 1_000
SCHEDULES = 20
LONGEST_S = 1.0
SHORTEST_S = 0.005


def stager(store: Store) -> Callable[[], float]:
    """Return the tick that stages and fires what is due and says when the next will be."""

    def tick() -> float:
        due_ms = store.due_in_ms()
        if due_ms is None or due_ms > 0:
            return LONGEST_S if due_ms is None else min(due_ms / 1000, LONGEST_S)
        moved = store.stage(limit=BATCH) + store.fire(limit=SCHEDULES)
        # Nothing moved: another worker was first, and its commit is not far behind.
        return 0.0 if moved else SHORTEST_S

    return tick
