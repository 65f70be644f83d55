"""Gathers ends of runs, so that many are recorded in one commit; lets go of none before it is.

Whoever cannot record now keeps them and tries again, past the lease too: whether a late result
still counts is the store's to say, by its fence.
"""

from collections.abc import Iterable, Sequence

from queuectl_store import Finish
from queuectl_worker.timing import Pause

FULL = 200
# Waited only while runs are short, when those claimed ahead keep the slots busy for longer.
LATEST_MS = 60
BACK_PRESSURE = 1_000


class Completer:
    """The ends that wait to be recorded, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Finish] = []
        self._since_ms = 0
        self._pause = Pause(first_ms=50, longest_ms=5_000)
        self.refused = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_overfull(self) -> bool:
        """Whether so many wait that nothing more should be claimed."""
        return len(self._waiting) >= BACK_PRESSURE

    def add(self, finish: Finish, *, now_ms: int) -> None:
        """Let *finish* wait for the next commit."""
        if not self._waiting:
            self._since_ms = now_ms
        self._waiting.append(finish)

    def due_in_ms(self, now_ms: int, *, more_soon: bool) -> int | None:
        """Return the time until the next commit should be made; None while nothing waits.

        Args:
            more_soon: Runs are so short that waiting a few ms brings company.
        """
        if not self._waiting:
            return None
        latest_ms = self._since_ms + LATEST_MS if more_soon and len(self) < FULL else now_ms
        return max(self._pause.left_ms(now_ms), latest_ms - now_ms, 0)

    def waited_ms(self, now_ms: int) -> int:
        """Return how long the oldest has waited."""
        return now_ms - self._since_ms if self._waiting else 0

    def pause_left_ms(self, now_ms: int) -> int:
        """Return for how long the store is left alone after it did not answer."""
        return self._pause.left_ms(now_ms)

    def waiting(self) -> tuple[Finish, ...]:
        """Return what the next commit should record."""
        return tuple(self._waiting)

    def recorded(self, sent: Sequence[Finish], *, refused: Iterable[Finish]) -> None:
        """Let go of the *sent* ones, which are the oldest: the store answered."""
        del self._waiting[: len(sent)]
        self.refused += sum(1 for _ in refused)
        self._pause.clear()

    def unanswered(self, now_ms: int) -> int:
        """Keep everything and return the pause before the next try: the store did not answer."""
        return self._pause.begin(now_ms)

    def drop(self) -> int:
        """Drop everything, because the lease is lost; return how much it was."""
        dropped = len(self._waiting)
        self._waiting.clear()
        self.refused += dropped
        return dropped
