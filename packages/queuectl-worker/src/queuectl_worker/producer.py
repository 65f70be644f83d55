"""How many jobs to claim now. Pure.

A worker whose jobs take a second claims one for each free slot. One whose jobs take a
millisecond would then wait for a commit after each of them, so it claims ahead: about as much
as runs within 100 ms, since another worker cannot take what waits here, nor a more urgent job
overtake it. Half of that is left when the next claim is made, so that a slow disk stops no slot.
"""

from collections.abc import Iterable

from queuectl_store.values import dataclass

AHEAD_MS = 100
TOO_LONG_MS = 100
MOST_AHEAD = 300
# Deliveries of hooks that run at once, beside the slots: a receiver that hangs takes none.
DELIVERIES = 8
# While every slot is taken, deliveries are looked for no more often than this.
DELIVERIES_EACH_MS = 500
# The first runs say little; and a first claim of hundreds would keep the slots waiting for itself.
AHEAD_A_RUN = 16
# What a process costs at least; the mean of runs of 0 and 1 ms says less.
SHORTEST_MS = 0.5

# One run in five changes the mean by a fifth of the difference: ten runs settle it.
WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long runs take, by a moving average of those that ended; None before the first one."""

    mean_run_ms: float | None = None
    ended: int = 0

    def after(self, runs_ms: Iterable[int]) -> "Pace":
        """Return the pace with these runs counted in."""
        mean, ended = self.mean_run_ms, self.ended
        for run_ms in runs_ms:
            ended += 1
            mean = float(run_ms) if mean is None else mean + WEIGHT * (run_ms - mean)
        return Pace(mean, ended)

    def at_least(self, run_ms: int) -> "Pace":
        """Return a pace no faster than *run_ms*: something that has not ended takes that long."""
        return Pace(max(self.mean_run_ms or 0.0, float(run_ms)), self.ended)


def ahead(*, slots: int, pace: Pace) -> int:
    """Return how many runs to hold beyond the slots."""
    if pace.mean_run_ms is None or pace.mean_run_ms > TOO_LONG_MS:
        return 0
    within_the_time = int(slots * AHEAD_MS / max(pace.mean_run_ms, SHORTEST_MS))
    return min(MOST_AHEAD, AHEAD_A_RUN * pace.ended, within_the_time)


def claim_limit(*, slots: int, held: int, pace: Pace) -> int:
    """Return how many jobs to claim while *held* are here, running or waiting; 0 for none."""
    window = slots + ahead(slots=slots, pace=pace)
    room = window - held
    # A transaction costs as much as ten jobs: while all slots are busy, wait until half is free.
    if held >= slots and room * 2 < window:
        return 0
    return max(0, room)
