"""How many may go now, and when the next one: a rate with a burst, in whole microseconds. Pure.

One number a bucket, after ATM's generic cell rate algorithm (ITU-T I.371): when it will be full.
"""

import re
from dataclasses import dataclass

from queuectl_store.settings import parse_duration_ms

_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d[\w.]*|[a-z]+)")
MOST_IN_A_MS = 1_000  # a step of the bucket is a microsecond at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """*count* in *period_ms*, up to *burst* of them at once.

    With a burst of 1 there are never more than *count* in any half-open period. A larger one
    adds up to *burst* - 1 to the period in which the bucket was full.
    """

    count: int
    period_ms: int
    burst: int = 1

    @property
    def step_us(self) -> int:
        """Microseconds from one to the next; rounded up: rounding lets nothing extra out."""
        return -(-self.period_ms * 1_000 // self.count)

    def room(self, full_at_us: int, now_us: int) -> int:
        """Return how many may go at *now_us*, from 0 to *burst*."""
        return self.burst - -(-self._owed_us(full_at_us, now_us) // self.step_us)

    def taken(self, full_at_us: int, now_us: int, count: int) -> int:
        """Return when the bucket will be full again after *count* have gone at *now_us*."""
        return now_us + self._owed_us(full_at_us, now_us) + count * self.step_us

    def wait_us(self, full_at_us: int, now_us: int) -> int:
        """Return how long until one more may go; 0 where it may now."""
        spare_us = (self.burst - 1) * self.step_us
        return max(0, self._owed_us(full_at_us, now_us) - spare_us)

    def _owed_us(self, full_at_us: int, now_us: int) -> int:
        # No bucket owes more than all it holds: one that seems to was filled before the clock was
        # stepped back, or under a slower rate, and must not wait for longer than its own.
        return min(max(0, full_at_us - now_us), self.burst * self.step_us)


def parse_rate(text: str, *, burst: int = 1) -> Rate:
    """Read `10/m`, `5/s` or `100/15m`.

    Raises:
        ValueError: Anything else, or more than one in a microsecond.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a rate like 10/m, 5/s or 100/15m")
    count, period = int(match[1]), match[2]
    period_ms = parse_duration_ms(period if period[0].isdigit() else f"1{period}")
    if not 0 < count <= period_ms * MOST_IN_A_MS:
        raise ValueError("a rate is at least 1 in a period, and at most 1,000,000 a second")
    return Rate(count=count, period_ms=period_ms, burst=burst)
