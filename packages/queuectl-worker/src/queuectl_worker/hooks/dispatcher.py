"""Looks at what happened and makes the deliveries of it; any worker does, and none leads."""

from collections.abc import Callable

from queuectl_store import Store

EACH_S = 0.5
NO_HOOKS_S = 0.9  # with the loop's jitter a new hook is seen within a second


def dispatcher(store: Store) -> Callable[[], float]:
    """Return the tick that does it."""

    def tick() -> float:
        match store.hooks.dispatch():
            case None:
                return NO_HOOKS_S
            case True:
                return 0.0
            case _:
                return EACH_S

    return tick
