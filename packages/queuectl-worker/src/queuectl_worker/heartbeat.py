"""Keeps the lease alive from a thread of its own, and hears what people asked for.

It speaks only for a hot loop that turns, or that waits for the store: a worker that is deaf must
lose its jobs to one that is not.
"""

import logging
import time

from queuectl_store import StopRequest, StoreError, UnknownWorker, WorkerId
from queuectl_worker.drain import Drain, Stop
from queuectl_worker.executors import Executor
from queuectl_worker.fatal import FATAL
from queuectl_worker.hotloop import HotLoop
from queuectl_worker.membership import Membership
from queuectl_worker.outage import Outage
from queuectl_worker.pulse import Fault, Pulse
from queuectl_worker.timing import monotonic_ms

log = logging.getLogger(__name__)

AGAIN_S = 0.1
_WHO = "lease"


class Heartbeat:
    """The tick of the heartbeat's loop."""

    def __init__(
        self,
        membership: Membership,
        hot_loop: HotLoop,
        drain: Drain,
        executor: Executor,
        outage: Outage,
        pulse: Pulse,
    ) -> None:
        self._membership, self._hot_loop = membership, hot_loop
        self._drain, self._executor, self._outage = drain, executor, outage
        self._pulse = pulse
        self._fault: Fault | None = None

    def tick(self) -> float:
        """Renew once; return the seconds until the next time."""
        lease_ms = self._membership.lease_ms
        worker_id = self._membership.worker_id
        if worker_id is None:
            return AGAIN_S
        if self._is_deaf(lease_ms):
            return AGAIN_S
        began = time.monotonic()
        try:
            self._renew(worker_id)
        except UnknownWorker:
            self._lose()
            return AGAIN_S
        except FATAL:
            raise
        except StoreError as error:
            # The fence is a third of a lease away: there is no time for a long pause.
            self._outage.failed(_WHO, error, began=began)
            return min(1.0, lease_ms / 15_000)
        self._outage.answered(_WHO)
        # At a third of the lease one renewal may fail and the next still comes in time.
        return lease_ms / 3000

    def _is_deaf(self, lease_ms: int) -> bool:
        """Tell whether the hot loop gave no sign of life for a lease; log it once."""
        before, self._fault = self._fault, self._pulse.fault(limit_ms=lease_ms)
        if self._fault is not None and self._fault is not before:
            log.error(self._fault.value)
        return self._fault is not None

    def _renew(self, worker_id: WorkerId) -> None:
        could_claim = self._membership.may_claim(monotonic_ms())
        renewal = self._membership.renew(worker_id)
        if not could_claim:
            self._hot_loop.rang()
        if renewal.cancelled:
            self._hot_loop.cancel(renewal.cancelled)
        self._hot_loop.compare(renewal.held)
        match StopRequest.NOW if renewal.refusal else renewal.stop:
            case StopRequest.QUIET:
                self._drain.quiet()
            case StopRequest.DRAIN:
                self._drain.request(Stop.DRAIN)
            case StopRequest.NOW:
                self._drain.request(Stop.NOW)
            case None:
                self._tell_of_drain(worker_id)
                return
        self._hot_loop.wake()
        if renewal.stop is StopRequest.QUIET and renewal.refusal is None:
            self._tell_of_drain(worker_id)

    def _tell_of_drain(self, worker_id: WorkerId) -> None:
        # A signal is this host's alone; people who look from elsewhere see a worker that drains.
        if self._drain.is_asked and self._hot_loop.held:
            self._membership.tell_stopping(worker_id)

    def _lose(self) -> None:
        log.error("the lease was taken; every run is stopped and its result dropped")
        self._membership.lose()
        # From here and not from the hot loop, which may be waiting for the store.
        self._executor.stop_all(grace_ms=0)
        self._hot_loop.lost_lease()
