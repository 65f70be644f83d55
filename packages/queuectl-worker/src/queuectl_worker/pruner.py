"""Deletes what is no longer kept: jobs with their history, old events, output."""

import logging
import time
from collections.abc import Callable, Iterator

from queuectl_store import InvalidSetting, Store
from queuectl_worker.logkeeping import keep_logs, prune_logs
from queuectl_worker.output import LogFolder
from queuectl_worker.tuning import Tuner

log = logging.getLogger(__name__)

EACH_S = 60.0
# A worker for one command, or until nothing is left, has no time for this.
FIRST_S = 5.0
# Of the time in which something is to be deleted, claims have the store for the greater part.
REST = 2.0
LEAST_REST_S = 0.01


def pruner(store: Store, tuner: Tuner, logs: LogFolder) -> Callable[[], float]:
    """Return the tick that makes one small step and says how long to leave the store alone."""
    steps: Iterator[object] | None = None
    has_waited = False

    def tick() -> float:
        nonlocal steps, has_waited
        if not has_waited:
            has_waited = True
            return FIRST_S
        began = time.monotonic()
        # Taken out first: after an error the next tick begins anew.
        current, steps = steps or _steps(store, tuner, logs), None
        if next(current, None) is None:
            return EACH_S
        steps = current
        return max(LEAST_REST_S, REST * (time.monotonic() - began))

    return tick


def _steps(store: Store, tuner: Tuner, logs: LogFolder) -> Iterator[object]:
    try:
        rules, keep = store.maintenance.retention(tuner.overrides), keep_logs(tuner.texts)
    except InvalidSetting as error:
        log.warning("nothing is pruned", extra={"reason": str(error)})
        return
    yield from store.maintenance.prune(rules)
    yield from prune_logs(store, logs, keep, now_ms=time.time_ns() // 1_000_000)
