"""Enqueues of several threads in one transaction, where only one transaction may write at a time.

Whoever gets the turn stores what waits by then, its own included. A thread that is alone waits for
nobody; among many the flush of a commit, which is most of what a single enqueue takes, is shared.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from queuectl_store.errors import QueueDraining, StoreError
from queuectl_store.interrupts import UNBROKEN
from queuectl_store.job import JobId

if TYPE_CHECKING:
    from queuectl_store.enqueue.enqueuing import Wanted

# Jobs in a transaction, beside those of the call that has the turn.
_MOST = 500


@dataclass(slots=True, eq=False)
class _Part:
    """One thread's jobs, and what became of them."""

    wanted: "Sequence[Wanted]"
    ids: list[JobId] | None = None
    error: StoreError | None = None

    @property
    def is_over(self) -> bool:
        return self.ids is not None or self.error is not None


class Together:
    """Stores the jobs of threads that come at the same time.

    Args:
        store: Stores jobs in one transaction of its own, all or none, and returns their ids in
            order. Called again with the same jobs it adds nothing.
    """

    def __init__(self, store: "Callable[[Sequence[Wanted]], list[JobId]]") -> None:
        self._store = store
        self._waiting: list[_Part] = []
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def enqueue(self, wanted: "Sequence[Wanted]") -> list[JobId]:
        """Store *wanted*, all or none, and return their ids in order; they are committed then.

        Raises:
            StoreError: What `store` raises for them. What another thread's jobs are refused for
                is raised there alone.
        """
        with UNBROKEN:
            return self._enqueue(wanted)

    def _enqueue(self, wanted: "Sequence[Wanted]") -> list[JobId]:
        # Nobody else is here: nothing to share, and nobody who waits longer.
        if not self._waiting and self._turn.acquire(blocking=False):
            try:
                return self._store(wanted)
            finally:
                self._turn.release()
        own = _Part(wanted)
        with self._lock:
            self._waiting.append(own)
        with self._turn:
            if not own.is_over:
                self._commit(self._take(own))
        if own.error is not None:
            raise own.error
        assert own.ids is not None
        return own.ids

    def _take(self, own: _Part) -> list[_Part]:
        with self._lock:
            self._waiting.remove(own)
            parts, size = [own], 0
            while self._waiting and size + len(self._waiting[0].wanted) <= _MOST:
                parts.append(self._waiting.pop(0))
                size += len(parts[-1].wanted)
        return parts

    def _commit(self, parts: Sequence[_Part]) -> None:
        try:
            ids = self._store([each for part in parts for each in part.wanted])
        except QueueDraining as error:
            self._commit_apart(parts, error)
        except StoreError as error:
            for part in parts:
                part.error = error
        except BaseException:
            # An interrupt of this thread is not the others'.
            with self._lock:
                self._waiting[:0] = parts[1:]
            raise
        else:
            for part in parts:
                part.ids, ids = ids[: len(part.wanted)], ids[len(part.wanted) :]

    def _commit_apart(self, parts: Sequence[_Part], refusal: StoreError) -> None:
        """Find out whose jobs were refused: each part in a transaction of its own."""
        if len(parts) == 1:
            parts[0].error = refusal
            return
        for part in parts:
            self._commit([part])
