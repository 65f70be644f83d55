"""Deliveries of hooks in an executor of their own, beside whatever else a worker runs.

Nothing of it is there before the first delivery: it may need threads, or a guardian.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from queuectl_store import Claim
from queuectl_worker.executors.protocol import Executor, RunKey, RunReport, key_of


class AsideExecutor:
    """Gives some claims to an executor of their own, the rest to *main*.

    Args:
        is_ours: Says which.
        make: Makes that executor, once it is needed.
    """

    def __init__(
        self, main: Executor, *, is_ours: Callable[[Claim], bool], make: Callable[[], Executor]
    ) -> None:
        self._main, self._is_ours, self._make = main, is_ours, make
        self._aside: Executor | None = None
        self._until_ms: int | None = None

    def start(self) -> None:
        """Start the main executor."""
        self._main.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run each claim where it belongs."""
        ours = [claim for claim in claims if self._is_ours(claim)]
        if not ours:
            self._main.submit(claims)
            return
        keys = {key_of(claim) for claim in ours}
        if rest := [claim for claim in claims if key_of(claim) not in keys]:
            self._main.submit(rest)
        self._beside().submit(ours)

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started; each executor ignores what it does not know."""
        for executor in self._all():
            executor.recall(keys)

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End one run."""
        for executor in self._all():
            executor.stop(key, grace_ms=grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run."""
        for executor in self._all():
            executor.stop_all(grace_ms=grace_ms)

    def extend(self, until_ms: int) -> None:
        """Let runs go on until *until_ms*."""
        self._until_ms = until_ms
        for executor in self._all():
            executor.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the descriptors of both."""
        return [fileno for executor in self._all() for fileno in executor.filenos()]

    def receive(self) -> list[RunReport]:
        """Return the reports of both."""
        if self._aside is None:
            return self._main.receive()
        return [*self._main.receive(), *self._aside.receive()]

    def close(self) -> None:
        """Close both."""
        for executor in self._all():
            executor.close()

    def _all(self) -> Sequence[Executor]:
        return (self._main,) if self._aside is None else (self._main, self._aside)

    def _beside(self) -> Executor:
        if self._aside is None:
            aside = self._make()
            with suppress(OSError):  # this host cannot now; what it is given says so, and is kept
                aside.start()
            self._aside = aside
            if self._until_ms is not None:
                aside.extend(self._until_ms)
        return self._aside
