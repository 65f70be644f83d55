"""Deletes what is no longer kept: jobs with their history, old events, output."""

import logging
import time
from collections.abc import Callable, Iterator

from queuectl_store import Freed, InvalidSetting, Store
from queuectl_worker.logkeeping import keep_logs, prune_logs
from queuectl_worker.output import LogFolder
from queuectl_worker.tuning import Tuner

log = logging.getLogger(__name__)

EACH_S = 60.0
# A worker for one command, or until nothing is left, has no time for this.
FIRST_S = 5.0
# Of the time in which something is to be deleted, claims have the store for the greater part.
REST = 2.0
# A step that freed nothing was measuring, which goes on as long as much is kept: it may take its
# time, so that it never costs more than a tenth of a core.
REST_AFTER_A_LOOK = 10.0
LEAST_REST_S = 0.01


def pruner(store: Store, tuner: Tuner, logs: LogFolder) -> Callable[[], float]:
    """Return the tick that makes one small step and says how long to leave the store alone."""
    steps: Iterator[object] | None = None
    has_waited = False
    trouble: str | None = None

    def tick() -> float:
        nonlocal steps, has_waited, trouble
        if not has_waited:
            has_waited = True
            return FIRST_S
        began = time.monotonic()
        # Taken out first: after an error the next tick begins anew.
        current, steps = steps or _steps(store, tuner, logs), None
        try:
            step = next(current, None)
        except OSError as error:  # the folder of the output: jobs may run well without it
            if trouble != (trouble := str(error)):
                log.warning("output is not pruned", extra={"reason": trouble})
            return EACH_S
        if step is None:
            return EACH_S
        steps = current
        return rest_after(step, took_s=time.monotonic() - began)

    return tick


def rest_after(step: object, *, took_s: float) -> float:
    """Say for how many seconds to leave the store alone after a step that took *took_s*."""
    rest = REST_AFTER_A_LOOK if step == Freed() else REST
    return max(LEAST_REST_S, rest * took_s)


def _steps(store: Store, tuner: Tuner, logs: LogFolder) -> Iterator[object]:
    try:
        rules, keep = store.maintenance.retention(tuner.overrides), keep_logs(tuner.texts)
    except InvalidSetting as error:
        log.warning("nothing is pruned", extra={"reason": str(error)})
        return
    yield from store.maintenance.prune(rules)
    if keep.age_ms is not None:
        yield from store.outputs.prune(older_than_ms=keep.age_ms)
    yield from prune_logs(store, logs, keep, now_ms=time.time_ns() // 1_000_000)
