"""The times in which the store does not answer: told once when it begins and once when it ends."""

import logging
import math
import threading
import time

log = logging.getLogger(__name__)


class Outage:
    """What all of one worker's threads know of the store's silence.

    An outage begins with the first call that fails, and ends with the answer after which nobody
    whose calls failed waits for one any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_on = False
        self._waiting: set[str] = set()
        self._since = 0.0
        self._failed_at = self._ended_at = -math.inf

    @property
    def quiet_for_s(self) -> float:
        """The time since the last call that failed; infinite where none did."""
        return time.monotonic() - self._failed_at

    def failed(self, who: str, reason: object, *, began: float) -> None:
        """Note that a call of *who* failed; the first one of an outage is logged.

        Args:
            began: When the call did, by `time.monotonic()`. One that an outage caught, and that
                gave up after its end, is of that outage: calls wait for one another.
        """
        with self._lock:
            self._failed_at = time.monotonic()
            if began <= self._ended_at:
                return
            if not self._is_on:
                self._is_on, self._since = True, time.monotonic()
                log.warning(
                    "the store did not answer; trying until it does", extra={"reason": reason}
                )
            self._waiting.add(who)

    def stands_back(self, who: str) -> None:
        """Note that *who* makes no calls for now: the end of the outage does not wait for it."""
        if self._is_on:
            with self._lock:
                self._waiting.discard(who)

    def answered(self, who: str) -> None:
        """Note that a call of *who* succeeded; the end of an outage is logged."""
        if not self._is_on:  # the rule, at each of a thousand calls a second
            return
        with self._lock:
            self._waiting.discard(who)
            if self._is_on and not self._waiting:
                self._is_on, self._ended_at = False, time.monotonic()
                silent_s = round(self._ended_at - self._since, 1)
                log.warning("the store answers again", extra={"after_s": silent_s})
