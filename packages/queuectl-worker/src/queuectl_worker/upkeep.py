"""What a store and a worker need each second: the store's own care, and fresh settings."""

from collections.abc import Callable

from queuectl_store import Store

from queuectl_worker.tuning import Tuner

EACH_S = 0.9  # with the loop's jitter still under the second that the settings promise


def upkeep(store: Store, tuner: Tuner) -> Callable[[], float]:
    """Return the tick that does it."""

    def tick() -> float:
        store.maintain()
        tuner.refresh()
        return EACH_S

    return tick
