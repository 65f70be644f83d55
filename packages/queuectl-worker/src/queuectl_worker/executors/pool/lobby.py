"""The claims that wait for a task process, in the order in which they came."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain, islice

from queuectl_store import Claim
from queuectl_worker.executors.pool.counter import Counter
from queuectl_worker.executors.protocol import RunKey, RunRecalled, RunReport, RunStarted, key_of


class Lobby:
    """Not safe by itself: whoever has it holds a lock.

    The first of those that wait may be *out*: laid out on the counter, or taken from it by a
    process that has not said so yet.

    Args:
        tell: Told what becomes of a claim that waits.
        pack: Makes of a claim the message that a process runs.
        counter: None where processes do not help themselves.
    """

    def __init__(
        self,
        tell: Callable[[RunReport], object],
        pack: Callable[[Claim], bytes],
        counter: Counter | None = None,
    ) -> None:
        self._tell, self._pack, self._counter = tell, pack, counter
        self._waiting: deque[Claim] = deque()
        self._out: dict[RunKey, Claim] = {}
        self._promised: set[RunKey] = set()
        self._next: tuple[Claim, bytes] | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._out)

    @property
    def out(self) -> list[RunKey]:
        """What is out."""
        return list(self._out)

    def add(self, claims: Iterable[Claim]) -> None:
        """Let *claims* wait behind those that are there."""
        self._waiting.extend(claims)

    def keys(self) -> list[RunKey]:
        """Return what waits."""
        return [*self._out, *map(key_of, self._waiting)]

    def take(self) -> tuple[Claim, bytes] | None:
        """Return the next one and its message; it waits no longer. None when there is none."""
        if self._counter is not None and (found := self._counter.take()) is not None:
            key, body = found
            claim = self._out.pop(key)
        elif self._waiting:
            claim, body = self._packed(self._waiting.popleft())
        else:
            return None
        self._promised.discard(key_of(claim))
        return claim, body

    def lay_out(self) -> None:
        """Let processes help themselves to as much as has room on the counter."""
        while self._counter is not None and self._waiting:
            claim, body = self._packed(self._waiting[0])
            if not self._counter.put(key_of(claim), body):
                return
            self._out[key_of(claim)] = self._waiting.popleft()

    def fetch(self) -> None:
        """Take back what lies on the counter. What is out then was taken by a process."""
        found = []
        while self._counter is not None and (laid_out := self._counter.take()) is not None:
            found.append(self._out.pop(laid_out[0]))
        self._waiting.extendleft(reversed(found))

    def begun(self, key: RunKey) -> Claim | None:
        """Return the claim that a process says it took; it waits no longer."""
        self._promised.discard(key)
        return self._out.pop(key, None)

    def recover(self) -> None:
        """Let what is out wait here again: no process has it."""
        self._waiting.extendleft(reversed(self._out.values()))
        self._out.clear()

    def give_back(self, keys: Iterable[RunKey]) -> None:
        """Report those of *keys* that wait as recalled; not what a process has taken."""
        wanted = set(keys)
        if not wanted.isdisjoint(self._out):
            self.fetch()
        for claim in [each for each in self._waiting if key_of(each) in wanted]:
            self._waiting.remove(claim)
            self._promised.discard(key_of(claim))
            self._tell(RunRecalled(key=key_of(claim)))

    def promise(self, count: int) -> None:
        """Report the first *count* as started: each has a process that is on its way.

        A program may take seconds to load. What has a slot is not given back for its wait, as what
        waits behind others is: it would be claimed at once again, by this worker or another one.
        """
        for claim in list(islice(chain(self._out.values(), self._waiting), count)):
            if (key := key_of(claim)) not in self._promised:
                self._promised.add(key)
                self._tell(RunStarted(key=key, pid=None, at_ms=time.time_ns() // 1_000_000))

    def _packed(self, claim: Claim) -> tuple[Claim, bytes]:
        # Kept, since a counter that is full is offered the same one again.
        if self._next is None or self._next[0] is not claim:
            self._next = claim, self._pack(claim)
        return self._next
