"""Rates as token buckets, by the generic cell rate algorithm in whole microseconds. Pure.

A bucket is one number: when it will be full again. Each start moves it on by one interval; a
start is allowed while it is less than a burst of intervals ahead of now.
"""

import re
from typing import Self

from queuectl_store.settings import parse_duration_ms
from queuectl_store.values import dataclass

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TEXT = re.compile(r"(\d{1,7})/(\w{1,20})")
MOST_STARTS = 1_000_000
LONGEST_MS = 366 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most *count* starts in any *per_ms* milliseconds, and *burst* - 1 more at once."""

    count: int
    per_ms: int
    burst: int = 1

    @classmethod
    def parse(cls, text: str, *, burst: int = 1) -> Self:
        """Read `10/m`, `5/s` or `100/1h30m`.

        Raises:
            ValueError: Anything else, or out of range.
        """
        match = _TEXT.fullmatch(text.replace(" ", ""))
        if match is None:
            raise ValueError("write a rate like 10/m, 5/s or 100/1h")
        per_ms = _UNITS[match[2]] if match[2] in _UNITS else parse_duration_ms(match[2])
        rate = cls(count=int(match[1]), per_ms=per_ms, burst=burst)
        rate.check()
        return rate

    def check(self) -> None:
        """Refuse what no bucket can keep.

        Raises:
            ValueError: The message says what is out of range.
        """
        if not 1 <= self.count <= MOST_STARTS or not 1 <= self.burst <= MOST_STARTS:
            raise ValueError(f"a rate and its burst must be from 1 to {MOST_STARTS}")
        if not 1 <= self.per_ms <= LONGEST_MS:
            raise ValueError("the period of a rate must be from 1 ms to 366 days")

    @property
    def interval_us(self) -> int:
        """Microseconds between two starts; rounded up, so that a period never holds one more."""
        return -(-self.per_ms * 1_000 // self.count)

    def __str__(self) -> str:
        """Write it as a person types it."""
        for unit, ms in _UNITS.items():
            if self.per_ms == ms:
                return f"{self.count}/{unit}"
        for unit, ms in reversed(_UNITS.items()):
            if self.per_ms % ms == 0:
                return f"{self.count}/{self.per_ms // ms}{unit}"
        return f"{self.count}/{self.per_ms}ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What a rate still allows. *full_at_us*: when, in microseconds UTC, it is full again."""

    rate: Rate
    full_at_us: int = 0

    def tokens(self, now_us: int) -> int:
        """Return how many starts are allowed now."""
        interval = self.rate.interval_us
        return (self.rate.burst * interval - self._debt(now_us)) // interval

    def after(self, starts: int, now_us: int) -> "Bucket":
        """Return the bucket with *starts* taken from it now."""
        full_at_us = now_us + self._debt(now_us) + starts * self.rate.interval_us
        return Bucket(rate=self.rate, full_at_us=full_at_us)

    def ready_at_ms(self, now_us: int) -> int:
        """Return the first millisecond, from now on, at which a start is allowed."""
        slack = (self.rate.burst - 1) * self.rate.interval_us
        ready_us = max(now_us, now_us + self._debt(now_us) - slack)
        return -(-ready_us // 1_000)

    def settled(self, now_us: int) -> "Bucket":
        """Return the bucket as it is to be kept.

        More than a whole bucket is owed only when the clock was set back or the rate changed:
        then nobody should wait for the time to come round again.
        """
        return Bucket(rate=self.rate, full_at_us=now_us + self._debt(now_us))

    def _debt(self, now_us: int) -> int:
        most = self.rate.burst * self.rate.interval_us
        return min(max(0, self.full_at_us - now_us), most)
