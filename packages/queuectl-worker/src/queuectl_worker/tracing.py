"""What puts jobs and their attempts into distributed traces. Nothing of it costs where none is set.

The one there is uses OpenTelemetry (`queuectl_worker.otel`), which is an extra; nothing else
imports that.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from queuectl_store import JobId, NewJob
from queuectl_store.values import dataclass
from queuectl_worker.executors.protocol import Executor
from queuectl_worker.middleware import Middleware


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One enqueue that is under way.

    Attributes:
        jobs: What to store, with what is to travel with it.
        stored: Told the ids once they are stored.
    """

    jobs: Sequence[NewJob]
    stored: Callable[[Sequence[JobId]], None]


class Tracing(Middleware):
    """Follows an enqueue, the attempts of tasks (as a middleware, outermost), and commands."""

    @abstractmethod
    def sending(self, jobs: Sequence[NewJob]) -> AbstractContextManager[Sending]:
        """Return what is entered before *jobs* are stored and left after it."""

    @abstractmethod
    def around(self, commands: Executor) -> Executor:
        """Return what follows the runs of *commands*, which runs them."""
