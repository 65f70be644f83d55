"""What a task leaves running in its process: the seam between the process and its system."""

from typing import Protocol


class Leftovers(Protocol):
    """The processes that tasks have started in this one, task by task."""

    def keep(self) -> None:
        """Spare what this process has below it now: it is older than the task that begins."""
        ...

    def may_be_any(self) -> bool:
        """Tell whether anything may be below this process, spared or not."""
        ...

    def count(self) -> int:
        """Return how many of its children are not spared, and run."""
        ...

    def end(self) -> bool:
        """Tell what is not spared, and all below it, to stop; kill it two seconds later.

        Returns:
            Whether nothing of it is left.
        """
        ...


class NoLeftovers:
    """For systems that do not tell a process what it has below it."""

    def keep(self) -> None:
        """Nothing has to be spared."""

    def may_be_any(self) -> bool:
        """Tell that something may be."""
        return True

    def count(self) -> int:
        """Tell of none."""
        return 0

    def end(self) -> bool:
        """Leave everything to the guardian, which ends it with this process."""
        return True
