"""What a store and a worker need each second: the store's own care, counts, fresh settings."""

import time
from collections.abc import Callable

from queuectl_store import Store
from queuectl_worker.tuning import Tuner

# Tallies are of minutes: a reader adds up what is not folded yet.
FOLD_EACH_S = 5.0
EACH_S = 0.9  # with the loop's jitter still under the second that the settings promise


def upkeep(store: Store, tuner: Tuner) -> Callable[[], float]:
    """Return the tick that does it."""
    next_fold = 0.0

    def tick() -> float:
        nonlocal next_fold
        store.maintain()
        tuner.refresh()
        if time.monotonic() >= next_fold:
            # Again at once while there is more.
            folded = store.rollups.upkeep()
            next_fold = time.monotonic() + (0 if folded else FOLD_EACH_S)
        return EACH_S

    return tick
