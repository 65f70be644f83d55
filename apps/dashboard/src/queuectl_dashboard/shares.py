"""Counts by state as the pieces of one bar."""

from collections.abc import Mapping

from queuectl_store import JobState
from queuectl_store.values import dataclass

# Nothing that there is may be too thin to see.
_LEAST = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One piece of a bar that is 100 wide: from *at* on, *width* of it."""

    state: JobState
    count: int
    at: float
    width: float

    @property
    def words(self) -> str:
        """What it means."""
        return f"{self.count:,} {self.state}".replace(",", "\u00a0")


def shares(counts: Mapping[JobState, int], order: tuple[JobState, ...]) -> list[Share]:
    """Lay the states that have jobs side by side, in *order*."""
    there = [(state, counts.get(state, 0)) for state in order if counts.get(state, 0)]
    weights = [max(count, sum(n for _, n in there) * _LEAST / 100) for _, count in there]
    made, at = [], 0.0
    for (state, count), weight in zip(there, weights, strict=True):
        width = 100 * weight / sum(weights)
        made.append(Share(state=state, count=count, at=round(at, 3), width=round(width, 3)))
        at += width
    return made
