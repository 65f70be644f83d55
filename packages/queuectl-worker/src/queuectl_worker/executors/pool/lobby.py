"""The claims that wait for a task process, in the order in which they came."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from queuectl_store import Claim
from queuectl_worker.executors.protocol import RunKey, RunRecalled, RunReport, RunStarted, key_of


class Lobby:
    """Not safe by itself: whoever has it holds a lock.

    Args:
        tell: Told what becomes of a claim that waits.
    """

    def __init__(self, tell: Callable[[RunReport], object]) -> None:
        self._tell = tell
        self._waiting: deque[Claim] = deque()
        self._promised: set[RunKey] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, claims: Iterable[Claim]) -> None:
        """Let *claims* wait behind those that are there."""
        self._waiting.extend(claims)

    def keys(self) -> list[RunKey]:
        """Return what waits."""
        return list(map(key_of, self._waiting))

    def take(self) -> Claim:
        """Return the next one, which waits no longer."""
        claim = self._waiting.popleft()
        self._promised.discard(key_of(claim))
        return claim

    def give_back(self, keys: Iterable[RunKey]) -> None:
        """Report those of *keys* that wait as recalled."""
        wanted = set(keys)
        for claim in [each for each in self._waiting if key_of(each) in wanted]:
            self._waiting.remove(claim)
            self._promised.discard(key_of(claim))
            self._tell(RunRecalled(key=key_of(claim)))

    def promise(self, count: int) -> None:
        """Report the first *count* as started: each has a process that is on its way.

        A program may take seconds to load. What has a slot is not given back for its wait, as what
        waits behind others is: it would be claimed at once again, by this worker or another one.
        """
        for claim in list(self._waiting)[:count]:
            if (key := key_of(claim)) not in self._promised:
                self._promised.add(key)
                self._tell(RunStarted(key=key, pid=None, at_ms=time.time_ns() // 1_000_000))
