"""Monotonic milliseconds, and pauses that grow while something keeps failing."""

import time


def monotonic_ms() -> int:
    """Return milliseconds of the clock that leases and deadlines are measured with."""
    return time.monotonic_ns() // 1_000_000


class Pause:
    """A pause that doubles with each failure and is forgotten at the first success."""

    def __init__(self, *, first_ms: int, longest_ms: int) -> None:
        self._first_ms, self._longest_ms = first_ms, longest_ms
        self._next_ms, self._until_ms = first_ms, 0

    def begin(self, now_ms: int) -> int:
        """Pause from *now_ms*; return for how long. One that is still on is left as it is."""
        if not self.left_ms(now_ms):
            self._until_ms = now_ms + self._next_ms
            self._next_ms = min(self._next_ms * 2, self._longest_ms)
        return self.left_ms(now_ms)

    def left_ms(self, now_ms: int) -> int:
        """Return what is left of the pause, 0 when there is none."""
        return max(0, self._until_ms - now_ms)

    def clear(self) -> None:
        """End the pause: it worked."""
        self._next_ms, self._until_ms = self._first_ms, 0
