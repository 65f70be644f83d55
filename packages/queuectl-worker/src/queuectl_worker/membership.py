"""A worker's standing with the store: its id, its lease, and the fence that follows from it."""

from collections.abc import Callable

from queuectl_store import NewWorker, Renewal, Store, StoreTooNew, WorkerId
from queuectl_worker.timing import monotonic_ms


class Membership:
    """One worker's lease.

    `renew`, `tell_stopping` and `lose` belong to the heartbeat, the rest to the hot loop.

    Attributes:
        refusal: Why this program may not use the store any longer, once that is so.

    Args:
        fence: Told until when (monotonic ms) runs may go on without another confirmation.
    """

    def __init__(self, store: Store, new: NewWorker, *, fence: Callable[[int], None]) -> None:
        self._store, self._new, self._fence = store, new, fence
        self.worker_id: WorkerId | None = None
        self.refusal: StoreTooNew | None = None
        self._fence_ms = 0

    def may_claim(self, now_ms: int) -> bool:
        """Whether what is claimed now might run: the last confirmation of the lease still holds."""
        return self.worker_id is not None and now_ms < self._fence_ms

    @property
    def lease_ms(self) -> int:
        """How long the worker may be silent."""
        return self._new.lease_ms

    def join(self) -> WorkerId:
        """Register with the store under a new id."""
        asked_ms = monotonic_ms()
        worker_id = self._store.register(self._new)
        self._confirm(asked_ms)
        self.worker_id = worker_id
        return worker_id

    def renew(self, worker_id: WorkerId) -> Renewal:
        """Renew the lease of *worker_id*.

        Raises:
            UnknownWorker: A rescuer took the lease; nothing of what this worker holds is its own.
        """
        asked_ms = monotonic_ms()
        renewal = self._store.renew(worker_id)
        self._confirm(asked_ms)
        self.refusal = renewal.refusal
        return renewal

    def tell_stopping(self, worker_id: WorkerId) -> None:
        """Tell the store that this worker drains, though nobody asked for it through the store."""
        self._store.admin.stop_workers([worker_id])

    def lose(self) -> None:
        """Forget the id: the lease is gone."""
        self.worker_id = None

    def leave(self) -> None:
        """Tell the store that this worker ends."""
        worker_id, self.worker_id = self.worker_id, None
        if worker_id is not None:
            self._store.unregister(worker_id)

    def _confirm(self, asked_ms: int) -> None:
        # Counted from before the question: the store's answer may have been long under way. The
        # margin of a third leaves time to kill before anybody else may start the same job (P5).
        fence_ms = asked_ms + self.lease_ms - self.lease_ms // 3
        self._fence(fence_ms)
        self._fence_ms = fence_ms  # after it was told: what is claimed then is not recalled
