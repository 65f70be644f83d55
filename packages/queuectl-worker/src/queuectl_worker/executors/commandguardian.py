"""What owns the processes of commands and of tasks, as their executors see it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from queuectl_worker.guardian import Launch, Report


class CommandGuardian(Protocol):
    """What owns the processes: `guardian.Guardian`, and on Windows `WindowsGuardian`.

    `receive` and `launch` belong to one thread; the rest may be called from any.
    """

    def start(self) -> None:
        """Get ready."""
        ...

    def define_env(self, env: Mapping[bytes, bytes]) -> int:
        """Register an environment for launches to name."""
        ...

    def launch(self, launches: Sequence[Launch]) -> None:
        """Queue *launches*; each starts as soon as a slot is free, in this order.

        Raises:
            OSError: This host cannot run any now.
        """
        ...

    def recall(self, keys: Sequence[int]) -> None:
        """Take back what has not started."""
        ...

    def stop(self, key: int, *, grace_ms: int) -> None:
        """End a run: ask its tree, and kill it after *grace_ms*."""
        ...

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run, and recall the queue."""
        ...

    def extend(self, until_ms: int) -> None:
        """Let commands run until *until_ms* (monotonic), no longer."""
        ...

    def fileno(self) -> int:
        """Return a descriptor that is readable when `receive` has work."""
        ...

    def receive(self) -> list[Report]:
        """Return the reports that have arrived, without waiting."""
        ...

    def close(self) -> None:
        """Kill everything that runs, and let go of it."""
        ...
