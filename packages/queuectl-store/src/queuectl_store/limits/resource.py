"""What there is of a named resource."""

from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How much of a resource there is, and which indexes of it running jobs have.

    Attributes:
        promised: Units for which jobs that may be claimed have been let go.
    """

    capacity: int
    used: frozenset[int] = frozenset()
    promised: int = 0

    @property
    def free(self) -> int:
        """How much may be given now; 0 too while more is in use than there is."""
        return max(0, self.capacity - len(self.used) - self.promised)

    def indexes(self, amount: int) -> tuple[int, ...]:
        """Return the lowest *amount* indexes that nobody has."""
        free = (index for index in range(self.capacity) if index not in self.used)
        return tuple(index for index, _ in zip(free, range(amount), strict=False))
