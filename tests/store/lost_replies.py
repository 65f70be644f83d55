"""A queue whose every fifth reply to COMMIT is lost: its callers, each a thread of its own."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from queuectl_store import (
    Finish,
    JobId,
    Outcome,
    OutcomeUnknown,
    Retry,
    Snoozed,
    Store,
    StoreUnreachable,
    Succeeded,
    UnknownWorker,
    WorkerId,
    connect,
)
from tests.conformance.story import a_job, a_worker, ended, vanished

JOBS_A_CALL = 3
LEASE_MS = 1_500
RECORDED: dict[type[Outcome], str] = {
    Succeeded: "succeeded",
    Retry: "failed",
    Snoozed: "snoozed",
}
RunKey = tuple[JobId, int]
# What a worker holds, with the end that each run will have: it must say the same when asked twice.
Held = dict[RunKey, Finish]
T = TypeVar("T")


@dataclass(slots=True)
class Told:
    """What the callers were told, and so may rely on."""

    ids: list[JobId] = field(default_factory=list)
    finished: dict[RunKey, str] = field(default_factory=dict)
    refused: set[RunKey] = field(default_factory=set)
    unanswered: int = 0


class Crowd:
    """Producers, workers and helpers on stores that *url*, a bad network, leads to."""

    def __init__(self, url: str, *, jobs: int) -> None:
        self.told = Told()
        self._url, self._jobs = url, jobs
        self._all_done = threading.Event()
        self._produced = threading.Event()
        self._lock = threading.Lock()

    def run(self, honest: Store, *, workers: int, within: float) -> None:
        """Enqueue all and run them all; *honest* is the same store by a good network."""
        callers: list[Callable[[Store], None]] = [self._produce, self._stage, self._rescue]
        callers += [self._work] * workers
        with ThreadPoolExecutor(len(callers) + 1) as pool:
            threads = [pool.submit(self._with_a_store, caller) for caller in callers]
            threads.append(pool.submit(self._watch, honest, within))
            for thread in threads:
                thread.result()

    def _with_a_store(self, caller: Callable[[Store], None]) -> None:
        try:
            with connect(self._url) as store:
                caller(store)
        except BaseException:
            self._all_done.set()
            raise

    def _watch(self, honest: Store, within: float) -> None:
        ended = threading.Event()
        threading.Timer(within, ended.set).start()
        while not self._all_done.wait(0.1):
            assert not ended.is_set(), f"not drained in {within:g} s: {honest.reader.counts()}"
            states = {state for by in honest.reader.counts().values() for state in by}
            if self._produced.is_set() and states <= {"succeeded", "dead"}:
                self._all_done.set()

    def _produce(self, store: Store) -> None:
        for n in range(0, self._jobs, JOBS_A_CALL):
            delays = (None, 1, 40)
            jobs = [
                a_job(f"job {n + i}", delay_ms=delays[(n + i) % 3], max_retries=50)
                for i in range(JOBS_A_CALL)
            ]
            self.told.ids += store.enqueue(jobs)
        self._produced.set()

    def _stage(self, store: Store) -> None:
        while not self._all_done.wait(0.01):
            self._asked(store.stage)

    def _rescue(self, store: Store) -> None:
        while not self._all_done.wait(0.2):
            self._asked(lambda: store.rescue(vanished))

    def _work(self, store: Store) -> None:
        """Be one worker after another: each vanishes with what it holds after a while."""
        rng = random.Random(threading.get_ident())
        while not self._all_done.is_set():
            worker = self._asked(lambda: a_worker(store, lease_ms=LEASE_MS))
            if worker is not None:
                self._live(store, worker, rng, turns=rng.randrange(10, 60))

    def _live(self, store: Store, worker: WorkerId, rng: random.Random, *, turns: int) -> None:
        held: Held = {}
        strangers: frozenset[RunKey] = frozenset()
        for turn in range(turns):
            if self._all_done.is_set():
                return
            chosen = [end for end in held.values() if rng.random() < 0.8]
            if rng.random() < 0.1:
                self._release(store, worker, held, chosen)
            else:
                self._exchange(store, worker, held, chosen, rng)
            if turn % 5 == 4:
                with suppress(UnknownWorker):
                    strangers = self._give_back_strangers(store, worker, held, strangers)

    def _release(self, store: Store, worker: WorkerId, held: Held, chosen: list[Finish]) -> None:
        # Whatever comes of it: they are not ours any more, or come up as strangers.
        runs = [key_of(end) for end in chosen]
        self._asked(lambda: store.release(worker, runs, reason="on purpose"))
        for run in runs:
            held.pop(run)

    def _exchange(
        self,
        store: Store,
        worker: WorkerId,
        held: Held,
        chosen: list[Finish],
        rng: random.Random,
    ) -> None:
        answer = self._asked(lambda: store.exchange(worker, chosen, limit=rng.randrange(1, 4)))
        if answer is None:
            return
        refused = {key_of(end) for end in answer.refused}
        with self._lock:
            self.told.refused |= refused
            for end in chosen:
                if key_of(end) not in refused:
                    assert key_of(end) not in self.told.finished, "finished twice"
                    self.told.finished[key_of(end)] = RECORDED[type(end.outcome)]
        for end in chosen:
            held.pop(key_of(end))
        ends = [ended(claim, _outcome(rng)) for claim in answer.claims]
        held.update({key_of(end): end for end in ends})

    def _give_back_strangers(
        self, store: Store, worker: WorkerId, held: Held, before: frozenset[RunKey]
    ) -> frozenset[RunKey]:
        """Do as the real worker does: release what the store holds for us twice in a row."""
        renewal = self._asked(lambda: store.renew(worker))
        if renewal is None:
            return before
        strangers = frozenset(renewal.held - held.keys())
        if lost := strangers & before:
            self._asked(lambda: store.release(worker, sorted(lost), reason="never heard of"))
        return strangers

    def _asked(self, call: Callable[[], T]) -> T | None:
        """Make a call once; the network may give no answer, which is for the caller to bear."""
        try:
            return call()
        except (OutcomeUnknown, StoreUnreachable):
            with self._lock:
                self.told.unanswered += 1
            return None


def key_of(end: Finish) -> RunKey:
    return end.claim.job.id, end.claim.token


def _outcome(rng: random.Random) -> Outcome:
    draw = rng.random()
    if draw < 0.7:
        return Succeeded()
    return Retry(delay_ms=0, reason="exit code 1") if draw < 0.9 else Snoozed(delay_ms=0)
