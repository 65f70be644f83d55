"""What a job may say of other jobs: after which it runs, and which it must not run beside."""

from enum import StrEnum

from queuectl_store.values import dataclass

_LONGEST_SLOT = 200  # bytes; an index takes no more than a few thousand


class Needs(StrEnum):
    """How a parent must end for its dependency to hold."""

    SUCCESS = "success"
    END = "end"
    FAILURE = "failure"


class OnDependencyFailure(StrEnum):
    """What becomes of a job one of whose dependencies can no longer hold."""

    CANCEL = "cancel"
    RUN = "run"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One parent, by id or by the name of another job of the same enqueue.

    A cancelled parent has failed; one that was given back or is retried has not ended.
    """

    parent: int | str
    needs: Needs = Needs.SUCCESS


# Any of these has to hold; a job waits for all of its clauses.
Clause = tuple[Dependency, ...]


class OnDuplicate(StrEnum):
    """What an enqueue does where a job with the same unique key is there."""

    SKIP = "skip"
    REPLACE = "replace"
    REJECT = "reject"


class UniqueScope(StrEnum):
    """Among which jobs a key is unique."""

    QUEUE = "queue"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A job that must not be there twice.

    Attributes:
        lasts_ms: The key stays taken at least so long from the enqueue, even if the job ends
            before. None: until it is final.
        while_waiting: The key is free again as soon as the job starts.
    """

    key: str
    scope: UniqueScope = UniqueScope.QUEUE
    lasts_ms: int | None = None
    while_waiting: bool = False
    on_duplicate: OnDuplicate = OnDuplicate.SKIP

    def slot(self, queue: str) -> str:
        """Return what no two live jobs may share: the key within its scope."""
        # A space ends the queue's name, which has none: no key of one queue looks like another's.
        where = f"queue:{queue} " if self.scope is UniqueScope.QUEUE else "store: "
        if len(where + self.key) <= _LONGEST_SLOT and self.key.isascii():
            return where + self.key
        # Imported here: few keys are so long.
        import hashlib

        return f"{where}#{hashlib.sha256(self.key.encode()).hexdigest()}"
