"""Makes jobs pending when their time has come, and tells children what their parents left due."""

from collections.abc import Callable

from queuectl_store import Store

BATCH = 1_000
LONGEST_S = 1.0
SHORTEST_S = 0.005


def stager(store: Store) -> Callable[[], float]:
    """Return the tick that does what is due and says when the next job will be."""

    def tick() -> float:
        # Any worker does it: the one that ended the parent may be gone by now.
        if store.resolve(limit=BATCH):
            return 0.0
        due_ms = store.due_in_ms()
        if due_ms is None or due_ms > 0:
            return LONGEST_S if due_ms is None else min(due_ms / 1000, LONGEST_S)
        moved = store.stage(limit=BATCH)
        # Nothing moved: another worker was first, and its commit is not far behind.
        return 0.0 if moved else SHORTEST_S

    return tick
