"""The signs of life of a worker's main loop, for the heartbeat that speaks for it."""

from enum import Enum

from queuectl_worker.timing import monotonic_ms

# Each call of the store has deadlines of its own, which together stay well below this.
ANSWER_MS = 60_000


class Fault(Enum):
    """Why nobody may speak for the loop."""

    HANGS = "the worker's main loop hangs; its lease is not renewed"
    UNANSWERED = (
        "the store leaves the worker's main loop without any answer; its lease is not renewed"
    )


class Pulse:
    """Written by the loop's thread alone, read by any.

    A context manager around each call of the store: a loop that waits for an answer does not
    hang, for as long as the store's calls may take.

    Attributes:
        beat_ms: When the loop last turned, asked or was answered (`monotonic_ms`).
    """

    def __init__(self) -> None:
        self.beat_ms = monotonic_ms()
        self._asks = False

    def __enter__(self) -> None:
        self.beat_ms = monotonic_ms()
        self._asks = True

    def __exit__(self, *_: object) -> None:
        self.beat_ms = monotonic_ms()
        self._asks = False

    def fault(self, *, limit_ms: int) -> Fault | None:
        """Tell what is wrong with a loop that shows no sign of life for *limit_ms*, if it is."""
        # In this order: the end of a long wait must not look like a loop that was silent.
        asks, silent_ms = self._asks, monotonic_ms() - self.beat_ms
        if asks:
            return Fault.UNANSWERED if silent_ms > max(limit_ms, ANSWER_MS) else None
        return Fault.HANGS if silent_ms > limit_ms else None
