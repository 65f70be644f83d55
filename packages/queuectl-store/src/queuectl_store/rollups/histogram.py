"""A distribution of milliseconds over fixed buckets, as Prometheus knows them."""

from collections.abc import Mapping, Sequence
from typing import Self

from queuectl_store.values import dataclass

# Upper bounds in milliseconds, each within its bucket: from a task that does nothing to hours.
BOUNDS_MS: tuple[int, ...] = (
    *(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000),
    *(120_000, 300_000, 900_000, 1_800_000, 3_600_000, 21_600_000),
)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many lie in each bucket, and the sum of all.

    Attributes:
        buckets: One for each of `BOUNDS_MS`, and one for what is longer; not cumulative.
        total_ms: The sum of all that was measured, in milliseconds.
    """

    buckets: tuple[int, ...] = (0,) * (len(BOUNDS_MS) + 1)
    total_ms: int = 0

    @property
    def count(self) -> int:
        """How many were measured."""
        return sum(self.buckets)

    @property
    def mean_ms(self) -> float | None:
        """Their mean; None if nothing was measured."""
        return self.total_ms / self.count if self.count else None

    def __add__(self, other: Self) -> Self:
        buckets = tuple(map(sum, zip(self.buckets, other.buckets, strict=True)))
        return type(self)(buckets, self.total_ms + other.total_ms)

    def quantile_ms(self, share: float) -> float | None:
        """Return what *share* (0 to 1) of the measured does not exceed, within its bucket evenly.

        As Prometheus's `histogram_quantile`: beyond the last bound it is that bound. None if
        nothing was measured.
        """
        rank, below = share * self.count, 0
        if not self.count:
            return None
        for place, n in enumerate(self.buckets):
            if n and below + n >= rank:
                return _within(place, (rank - below) / n)
            below += n
        return float(BOUNDS_MS[-1])

    @classmethod
    def of(cls, sparse: Mapping[int, int], total_ms: int) -> Self:
        """Return the one with *sparse*, how many by the place of their bucket."""
        places: Sequence[int] = range(len(BOUNDS_MS) + 1)
        return cls(tuple(sparse.get(place, 0) for place in places), total_ms)


NOTHING = Histogram()


def _within(place: int, share: float) -> float:
    if place == len(BOUNDS_MS):
        return float(BOUNDS_MS[-1])
    lower = BOUNDS_MS[place - 1] if place else 0
    return lower + (BOUNDS_MS[place] - lower) * share
