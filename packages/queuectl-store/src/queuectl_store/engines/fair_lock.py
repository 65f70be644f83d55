"""A lock that goes to whoever has waited longest."""

import threading
from collections import deque


class FairLock:
    """As `threading.Lock`, but that a thread which takes it again and again starves nobody."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, timeout_s: float) -> bool:
        """Take it; False if it was not free within *timeout_s*."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            own = threading.Lock()
            own.acquire()
            self._waiting.append(own)
        try:
            if own.acquire(timeout=timeout_s):
                return True
        except BaseException:
            if not self._leave(own):
                self.release()
            raise
        # Handed over in the very moment in which the wait ended: then it is this thread's.
        return not self._leave(own)

    def release(self) -> None:
        """Hand it to the next one that waits, or let it be free."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def _leave(self, own: threading.Lock) -> bool:
        with self._guard:
            if own not in self._waiting:
                return False
            self._waiting.remove(own)
            return True
