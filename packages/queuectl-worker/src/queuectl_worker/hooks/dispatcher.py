"""Looks at what happened and makes the deliveries of it; any worker does, and none leads."""

from collections.abc import Callable
from typing import assert_never

from queuectl_store import Dispatched, Store

EACH_S = 0.5
# Between two transactions of a backlog claims have the store.
REST_S = 0.05
NO_HOOKS_S = 0.9  # with the loop's jitter a new hook is seen within a second


def dispatcher(store: Store) -> Callable[[], float]:
    """Return the tick that does it."""

    def tick() -> float:
        match store.hooks.dispatch():
            case Dispatched.NO_HOOKS:
                return NO_HOOKS_S
            case Dispatched.MORE:
                return REST_S
            case Dispatched.SOME | Dispatched.NOTHING:
                return EACH_S
            case other:
                assert_never(other)

    return tick
