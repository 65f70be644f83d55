"""Many processes on one store, each with a part to play, for some seconds.

A program of its own, since it forks: `python -m tests.store.crowd URL SECONDS PART...` prints what
each process did as a line of JSON.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from queuectl_store import JobId, Retry, Store, StoreError, Succeeded, WorkerId, connect
from tests.conformance.story import a_job, a_worker, ended
from tests.store.strike import in_forks

LEASE_MS = 600_000
MOST_ENQUEUED = 5
MOST_CLAIMED = 50
MEDDLED = 300
QUEUES = ("mail", "video")
T = TypeVar("T")


@dataclass(slots=True)
class Report:
    """What one process did: calls that returned, and the longest time between two of them."""

    part: str
    calls: int = 0
    longest_gap_s: float = 0.0
    enqueued: list[JobId] = field(default_factory=list)
    claimed: list[tuple[JobId, int]] = field(default_factory=list)
    refused: int = 0
    over_the_limit: int = 0
    errors: list[str] = field(default_factory=list)


class Actor:
    """One process: its store, its worker and what it has done."""

    def __init__(self, store: Store, part: str, seed: int) -> None:
        self.store, self.report, self.rng = store, Report(part=part), random.Random(seed)
        self.worker: WorkerId = a_worker(store, lease_ms=LEASE_MS)
        self._before = 0.0

    def enqueue(self) -> None:
        jobs = [
            a_job(queue=self.rng.choice(QUEUES), priority=self.rng.randrange(4))
            for _ in range(self.rng.randrange(1, MOST_ENQUEUED))
        ]
        self.report.enqueued += self.answered(self.store.enqueue(jobs))

    def claim_and_finish(self) -> None:
        limit = self.rng.randrange(1, MOST_CLAIMED + 1)
        claims = self.answered(self.store.claim(self.worker, limit=limit))
        self.report.over_the_limit += len(claims) > limit
        self.report.claimed += [(claim.job.id, claim.token) for claim in claims]
        ends = [ended(claim, Succeeded()) for claim in claims]
        self.report.refused += len(self.answered(self.store.finish(self.worker, ends)))

    def claim_and_fail(self) -> None:
        """Keep a few jobs going round, so that everybody meets over the same rows."""
        claims = self.answered(self.store.claim(self.worker, limit=MOST_CLAIMED))
        self.rng.shuffle(claims)
        ends = [ended(claim, Retry(delay_ms=0, reason="again")) for claim in claims]
        self.answered(self.store.finish(self.worker, ends))
        self.answered(self.store.stage())

    def do_both(self) -> None:
        self.enqueue()
        self.claim_and_finish()

    def meddle(self) -> None:
        """Hold and release jobs in no order, as people with filters do."""
        ids = [JobId(self.rng.randrange(1, MEDDLED)) for _ in range(40)]
        self.answered(self.store.admin.hold(ids))
        self.rng.shuffle(ids)
        self.answered(self.store.admin.release(ids))

    def cancel(self) -> None:
        """Ask running jobs to stop, and cancel some that wait."""
        ids = [JobId(self.rng.randrange(1, MEDDLED)) for _ in range(40)]
        self.answered(self.store.admin.cancel(ids))

    def play(self, *, until: float) -> None:
        """Play the part until then, and measure the time from each answer to the next."""
        part = PARTS[self.report.part]
        self._before = time.monotonic()
        while time.monotonic() < until:
            try:
                part(self)
            except StoreError as error:
                self.report.errors.append(f"{type(error).__name__}: {error}")
        self._note_gap(max(until, self._before))

    def answered(self, answer: T) -> T:
        """Note that a call returned, and hand on what."""
        self.report.calls += 1
        self._note_gap(time.monotonic())
        return answer

    def _note_gap(self, now: float) -> None:
        self.report.longest_gap_s = max(self.report.longest_gap_s, now - self._before)
        self._before = now


PARTS: dict[str, Callable[[Actor], None]] = {
    "enqueue": Actor.enqueue,
    "claim": Actor.claim_and_finish,
    "both": Actor.do_both,
    "meddle": Actor.meddle,
    "cancel": Actor.cancel,
    "fail": Actor.claim_and_fail,
}


def perform(url: str, seconds: float, parts: list[str]) -> Iterator[dict[str, Any]]:
    """Let a process play each of *parts*, all at once."""

    def process(n: int, meet: Callable[[], None]) -> str:
        with connect(url) as store:
            actor = Actor(store, parts[n], seed=n)
            meet()
            actor.play(until=time.monotonic() + seconds)
            return json.dumps(asdict(actor.report))

    for text in in_forks(process, len(parts)):
        yield json.loads(text)


def main() -> None:
    url, seconds, parts = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    for report in perform(url, seconds, parts):
        print(json.dumps(report), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
