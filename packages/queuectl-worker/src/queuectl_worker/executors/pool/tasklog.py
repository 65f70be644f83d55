"""The log of a run in a task process, as that process writes and watches it."""

from typing import Protocol


class TaskLog(Protocol):
    """The output of one run.

    Attributes:
        descriptor: What to write it to.
        size: The bytes of the log once it is closed.
        problem: Why it is missing or over its cap, once it is closed; None is the rule.
    """

    descriptor: int
    size: int
    problem: str | None

    def watch(self) -> None:
        """Show what has been written, and keep it under the cap."""
        ...

    def close(self, *, is_ours_alone: bool = False) -> None:
        """Be done with it; without a byte there is no file.

        Args:
            is_ours_alone: No other process can have its descriptor.
        """
        ...


class TaskLogs(Protocol):
    """The logs of the runs of a process, one at a time."""

    def open(self, path: str) -> TaskLog:
        """Return the log of a run, which is to be found at *path*; that it cannot is no error.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        ...

    def close(self) -> None:
        """Let go of what is kept for a next run."""
        ...
