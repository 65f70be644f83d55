"""Takes jobs back from workers that vanished, by the same rules as any other failure."""

import logging
import random
from collections.abc import Callable

from queuectl_store import Claim, Finish, RunFacts, Store
from queuectl_worker.context import run_fields
from queuectl_worker.loop import NotNow
from queuectl_worker.outage import Outage
from queuectl_worker.retry import Crashed, decide, error_of
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.tuning import Tuning

log = logging.getLogger(__name__)

BATCH = 100
VANISHED = Crashed()
# A store that was away has heard of nobody meanwhile: first all who live may speak, and record what
# they kept. Longer than any call to a store is tried, and the pause before the next one.
SETTLING_S = 15.0


def rescuer(store: Store, tuning: Callable[[], Tuning], outage: Outage) -> Callable[[], float]:
    """Return the tick that rescues, three times a lease; not during an *outage* or soon after."""
    began_ms = 0

    def verdict(claim: Claim) -> Finish:
        if monotonic_ms() - began_ms > tuning().lease_ms // 3:
            # It waited for the store so long that others may have waited to renew: an outage that
            # nobody has told of yet, since a call to SQLite is patient for longer than a lease.
            raise NotNow(SETTLING_S)
        jitter = random.random()  # noqa: S311  # spreads retries, guards nothing
        policy = tuning().policy_of(claim.job.queue)
        outcome = decide(claim.job, VANISHED, policy=policy, jitter=jitter)
        facts = RunFacts(started_at=claim.job.started_at, error=error_of(VANISHED))
        return Finish(claim=claim, outcome=outcome, facts=facts, crashed=True)

    def tick() -> float:
        nonlocal began_ms
        if outage.quiet_for_s < SETTLING_S:
            raise NotNow(1.0)
        began_ms = monotonic_ms()
        rescued = store.rescue(verdict, limit=BATCH)
        for finish in rescued:
            fields = run_fields(finish.claim.job)
            # Whoever logs this is another worker than the one that vanished.
            fields["vanished_worker"] = fields.pop("worker_id")
            log.warning("rescued a job", extra=fields)
        return 0.0 if len(rescued) == BATCH else tuning().lease_ms / 3000

    return tick
