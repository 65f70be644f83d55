"""A job as the program that enqueued it sees it."""

import asyncio
import json
import time
from contextlib import closing
from typing import Any

from queuectl_store import FINAL, Job, JobId, JobState, Store
from queuectl_worker.errors import JobFailed, WaitTimeout

# Woken by the store at its changes; this is how late it may be where a wake-up is lost.
_LOOK_S = 0.2
_LOOK_ASYNC_S = 0.05


class QueuedJob:
    """One enqueued job. Its facts are those of the last look: `refresh` and `wait` look again."""

    def __init__(self, store: Store, job_id: JobId) -> None:
        self._store = store
        self.id = job_id
        self._seen: Job | None = None

    def __repr__(self) -> str:
        state = "" if self._seen is None else f" {self._seen.state}"
        return f"<job {self.id}{state}>"

    @property
    def facts(self) -> Job:
        """Everything that the store knew of it at the last look."""
        return self._seen if self._seen is not None else self.refresh().facts

    @property
    def state(self) -> JobState:
        """Its state at the last look."""
        return self.facts.state

    @property
    def is_final(self) -> bool:
        """Whether it had ended at the last look."""
        return self.state in FINAL

    @property
    def result(self) -> Any:
        """What the task returned, as JSON values.

        Raises:
            JobFailed: It ended dead or cancelled.
            WaitTimeout: It had not ended at the last look.
        """
        job = self.facts
        if job.state is JobState.SUCCEEDED:
            return None if job.result is None else json.loads(job.result)
        if job.state in FINAL:
            raise JobFailed(job.id, job.state, job.note)
        raise WaitTimeout(f"job {job.id} is {job.state} and has no result yet; `wait` for it")

    def refresh(self) -> "QueuedJob":
        """Look again.

        Raises:
            UnknownJob: It was removed.
        """
        self._seen = self._store.reader.get(self.id)
        return self

    def wait(self, timeout: float | None = None) -> "QueuedJob":
        """Wait until it is final.

        Args:
            timeout: Seconds; None waits for ever.

        Raises:
            WaitTimeout: It had not ended in time; it goes on.
        """
        deadline = _deadline(timeout)
        with closing(self._store.listen()) as listener:
            while not self.refresh().is_final:
                listener.wait(self._pause(deadline, _LOOK_S))
        return self

    async def wait_async(self, timeout: float | None = None) -> "QueuedJob":
        """Wait as `wait` does, without blocking the event loop."""
        deadline, version = _deadline(timeout), -1
        while True:
            now = await asyncio.to_thread(self._store.reader.version)
            if now != version:
                version = now
                await asyncio.to_thread(self.refresh)
            if self.is_final:
                return self
            await asyncio.sleep(self._pause(deadline, _LOOK_ASYNC_S))

    def cancel(self) -> "QueuedJob":
        """Cancel it in any state; a running one is asked to stop.

        Raises:
            RefusedInState: It has ended.
        """
        if refused := self._store.admin.cancel([self.id]).refused:
            raise refused[0]
        return self.refresh()

    def retry(self) -> "QueuedJob":
        """Run it again after it died, with a full allowance of retries.

        Raises:
            RefusedInState: It is neither dead nor waiting for a retry.
        """
        if refused := self._store.admin.retry([self.id]).refused:
            raise refused[0]
        return self.refresh()

    def _pause(self, deadline: float | None, longest_s: float) -> float:
        if deadline is None:
            return longest_s
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise WaitTimeout(
                f"job {self.id} is {self.state} and had not ended in time; it goes on"
            )
        return min(longest_s, left_s)


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout
