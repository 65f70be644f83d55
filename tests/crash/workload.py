"""A seeded workload: workers, clients and people on one store, one step at a time, with faults.

Time is a clock of ours, and whoever acts next is drawn; so a seed repeats everything. Workers
vanish, stop past their lease and come back with what they had; commits fail, and their replies
are lost.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from queuectl_store import (
    Claim,
    Dead,
    Finish,
    ManualClock,
    Missed,
    NewJob,
    NewSchedule,
    NewWorker,
    Outcome,
    OutcomeUnknown,
    Released,
    Retry,
    Schedule,
    Shell,
    Snoozed,
    Store,
    StoreError,
    StoreUnreachable,
    Succeeded,
    UnknownWorker,
    database,
)
from queuectl_store.engines.transaction import Transaction
from tests.crash.call_rules import REVIVES
from tests.crash.count_rules import read_told
from tests.crash.history import Beat, Evidence, Said, read_histories
from tests.crash.journal import Answer, Journal, Run

LEASE_MS = 5_000
STEPS = 260
LIMITS = {"b": 2}
BEAT_MS = 3_000
BEAT = NewSchedule(
    name="beat",
    job=NewJob(work=Shell(script="true"), queue="a", priority=-5),
    every_ms=BEAT_MS,
    missed=Missed.ALL,
)
INJECTED = "the plug was pulled"
LATE = Retry(delay_ms=10, reason="it came back late")
RECORDED = {
    Succeeded: "succeeded",
    Retry: "failed",
    Dead: "failed",
    Snoozed: "snoozed",
    Released: "released",
}


@dataclass(slots=True)
class Hand:
    """One worker of the workload, and what it believes to hold."""

    worker_id: int
    until: int
    held: dict[Run, Claim] = field(default_factory=dict)
    stranger: set[Run] = field(default_factory=set)
    vanished: bool = False
    asleep_for: int = 0


class Workload:
    """One run of it."""

    def __init__(self, store: Store, clock: ManualClock, seed: int) -> None:
        self.store, self.clock = store, clock
        self.dice = random.Random(seed)
        self.journal = Journal()
        self.said: list[Said] = []
        self.hands: list[Hand] = []
        self.ids: list[int] = []
        self.keys = 0
        self.calm = True
        self.fired_until = 0

    def run(self) -> Evidence:
        """Do it all, let everything come to its end, and return what happened."""
        for queue, most in LIMITS.items():
            self.store.admin.set_queue(queue, concurrency=most)
        made = self.store.schedules.add(BEAT)
        self.calm = False
        for _ in range(3):
            self.join()
        for _ in range(STEPS):
            self.dice.choices(
                [self.order, self.work, self.person, self.upkeep, self.wait], [2, 6, 2, 2, 2]
            )[0]()
        self.drain()
        return Evidence(
            histories=read_histories(self.store, self.said),
            acknowledged=self.ids,
            calls=self.journal.calls,
            counts=self.store.reader.counts(),
            told=read_told(self.store),
            limits=LIMITS,
            beats=[self.beat(made)],
            may_die=True,
        )

    # Clients and people.

    def order(self) -> None:
        """Store some jobs; now and then the same ones once more."""
        jobs = [self.new_job() for _ in range(self.dice.randint(1, 4))]
        for _ in range(self.dice.choice([1, 1, 1, 2])):
            ids = self.call(
                "client",
                "enqueue",
                lambda: self.store.enqueue(jobs),
                keys=tuple(str(job.key) for job in jobs),
                told=lambda ids: {"ids": tuple(ids)},
            )
            self.ids += [each for each in ids or () if each not in self.ids]

    def new_job(self) -> NewJob:
        self.keys += 1
        return NewJob(
            work=Shell(script="true"),
            key=f"job-{self.keys}",
            queue=self.dice.choice(["a", "b"]),
            priority=self.dice.choice([0, 0, 5]),
            delay_ms=self.dice.choice([None, None, None, 700, 4_000]),
            hold=self.dice.random() < 0.15,
        )

    def person(self) -> None:
        """Do something by hand to one job."""
        if self.ids:
            verb = self.dice.choice(["cancel", "hold", "release", "retry", "rerun"])
            ids = [self.dice.choice(self.ids[-12:])]
            act = getattr(self.store.admin, verb)
            # Without a reply it may have reached them all.
            meant = {"ids": tuple(ids)} if verb in REVIVES else {}
            told = lambda moved: {"ids": moved.done}  # noqa: E731
            self.call("person", verb, lambda: act(ids), told=told, **meant)

    # Workers.

    def work(self) -> None:
        """Let one worker do one thing."""
        awake = [hand for hand in self.hands if hand.asleep_for <= 0]
        for hand in self.hands:
            hand.asleep_for -= 1
        if not awake or self.dice.random() < 0.03:
            self.join()
            return
        hand = self.dice.choice(awake)
        acts = [self.claim, self.finish, self.renew, self.give_back, self.sleep, self.vanish]
        self.dice.choices(acts, [5, 6, 4, 1, 1, 1])[0](hand)

    def join(self) -> None:
        worker = NewWorker(
            host="h", pid=1, concurrency=4, queues=None, lease_ms=LEASE_MS, version="0"
        )
        worker_id = self.call(
            "worker",
            "register",
            lambda: self.store.register(worker),
            told=lambda worker_id: {"worker_id": worker_id, "lease_length_ms": LEASE_MS},
        )
        if worker_id is not None:
            self.hands.append(Hand(worker_id, self.now + LEASE_MS))

    def claim(self, hand: Hand) -> None:
        asked = self.dice.randint(1, 4)
        claims = self.call(
            "worker",
            "claim",
            lambda: self.store.claim(hand.worker_id, limit=asked),
            hand=hand,
            asked=asked,
            told=lambda claims: {"runs": tuple(map(run_of, claims))},
        )
        for claim in claims or ():
            hand.held[run_of(claim)] = claim
            self.say(claim, "begin")

    def finish(self, hand: Hand) -> None:
        """Report some runs, in one batch; what comes after the lease is no success."""
        chosen = [claim for claim in hand.held.values() if self.dice.random() < 0.7]
        finishes = [Finish(claim=claim, outcome=self.end(hand, claim)) for claim in chosen]
        if not finishes:
            return
        refused = self.call(
            "worker",
            "finish",
            lambda: self.store.finish(hand.worker_id, finishes),
            hand=hand,
            recorded={run_of(f.claim): RECORDED[type(f.outcome)] for f in finishes},
            told=lambda refused: {"refused": frozenset(run_of(f.claim) for f in refused)},
        )
        if refused is not None:
            for finish in finishes:
                hand.held.pop(run_of(finish.claim), None)

    def end(self, hand: Hand, claim: Claim) -> Outcome:
        if self.now >= hand.until:
            return LATE
        outcome = self.dice.choice(
            [
                Succeeded(),
                Succeeded(),
                Succeeded(),
                Retry(delay_ms=self.dice.choice([0, 900]), reason="exit code 1"),
                Dead(reason="exit code 100"),
                Snoozed(delay_ms=400),
                Released(reason="stops"),
            ]
        )
        if isinstance(outcome, Succeeded) and Said(*run_of(claim), "end") not in self.said:
            self.say(claim, "end")
        return outcome

    def renew(self, hand: Hand) -> None:
        renewal = self.call(
            "worker",
            "renew",
            lambda: self.store.renew(hand.worker_id),
            hand=hand,
            told=lambda _: {"lease_length_ms": LEASE_MS},
        )
        if renewal is None:
            return
        hand.until = self.now + LEASE_MS
        unknown = {run for run in renewal.held if run not in hand.held}
        lost = unknown & hand.stranger
        hand.stranger = unknown
        if lost:
            self.release(hand, tuple(lost))

    def give_back(self, hand: Hand) -> None:
        runs = tuple(hand.held)[:2]
        if runs and self.release(hand, runs):
            for run in runs:
                hand.held.pop(run)

    def release(self, hand: Hand, runs: tuple[Run, ...]) -> bool:
        given = self.call(
            "worker",
            "release",
            lambda: self.store.release(hand.worker_id, runs, reason="stops"),
            hand=hand,
            runs=runs,
        )
        return given is not None

    def sleep(self, hand: Hand) -> None:
        """Stop past the lease, as SIGSTOP does, and come back with everything in hand."""
        hand.asleep_for = self.dice.randint(5, 40)

    def vanish(self, hand: Hand) -> None:
        """Go without a word, or with one."""
        self.hands.remove(hand)
        if self.dice.random() < 0.3:
            self.call("worker", "unregister", lambda: self.unregister(hand), hand=hand)

    def unregister(self, hand: Hand) -> bool:
        self.store.unregister(hand.worker_id)
        return True

    # What any worker does now and then.

    def upkeep(self) -> None:
        self.call("stager", "stage", self.store.stage)
        self.call("stager", "fire", self.store.fire)
        self.call(
            "rescuer",
            "rescue",
            lambda: self.store.rescue(crashed),
            told=lambda finishes: {"runs": tuple(run_of(f.claim) for f in finishes)},
        )

    def wait(self) -> None:
        self.clock.advance(ms=self.dice.choice([50, 400, 400, 1_200]))
        self.call("folder", "fold", self.store.rollups.fold)

    def drain(self) -> None:
        """End the faults, and work until nothing is left to do."""
        self.calm = True
        self.hands.clear()
        self.clock.advance(ms=LEASE_MS)
        while self.call("stager", "fire", self.store.fire):
            continue
        self.fired_until = self.clock.now_ms
        self.store.schedules.pause(BEAT.name)
        self.call("person", "release", lambda: self.store.admin.release(self.ids))
        self.join()
        for _ in range(60):
            if not self.store.work_left() and self.store.due_in_ms() is None:
                return
            self.clock.advance(ms=500)
            self.upkeep()
            for hand in self.hands:
                self.renew(hand)
                self.claim(hand)
                self.succeed(hand)

    def succeed(self, hand: Hand) -> None:
        for claim in hand.held.values():
            self.say(claim, "end")
        finishes = [Finish(claim=claim, outcome=Succeeded()) for claim in hand.held.values()]
        self.call(
            "worker",
            "finish",
            lambda: self.store.finish(hand.worker_id, finishes),
            hand=hand,
            recorded=dict.fromkeys(hand.held, "succeeded"),
            told=lambda refused: {"refused": frozenset(run_of(f.claim) for f in refused)},
        )
        hand.held.clear()

    def beat(self, made: Schedule) -> Beat:
        return Beat(
            schedule_id=made.id,
            name=made.name,
            every_ms=BEAT_MS,
            since=made.created_at,
            until=self.fired_until,
        )

    # How calls are made and logged.

    @property
    def now(self) -> int:
        return self.clock.monotonic_ms

    def say(self, claim: Claim, word: str) -> None:
        self.said.append(Said(*run_of(claim), word))

    def call(
        self,
        actor: str,
        verb: str,
        act: Callable[[], Any],
        *,
        hand: Hand | None = None,
        told: Callable[[Any], dict[str, Any]] = lambda _: {},
        **facts: Any,
    ) -> Any:
        """Make one call and log it; None stands for every answer that is an error."""
        began = self.journal.next()
        answer: Answer = "ok"
        result, text = None, ""
        try:
            result = act()
        except StoreError as error:
            text = f"{type(error).__name__}: {error}"
            pulled = INJECTED in text
            documented = isinstance(error, UnknownWorker)
            answer = "unknown" if pulled else "refused" if documented else "wrong"
        known = {"worker_id": hand.worker_id} if hand else {}
        more = told(result) if answer == "ok" else {}
        self.journal.log(
            **{"actor": actor, "verb": verb, "began": began, "lease_ms": self.now}
            | {"answer": answer, "said": text}
            | known
            | facts
            | more
        )
        return result

    def pulls_the_plug(self) -> str | None:
        """Say whether this commit fails, and when."""
        if self.calm or self.dice.random() > 0.06:
            return None
        return self.dice.choice(["before", "after"])


@contextmanager
def faulty_commits(workload: Workload) -> Iterator[pytest.MonkeyPatch]:
    """Let commits fail before they are made, and replies to them be lost."""
    commit = database._commit

    def faulty(
        connection: Transaction, done: Callable[[], None], errors: tuple[type[Exception], ...]
    ) -> None:
        when = workload.pulls_the_plug()
        if when == "before":
            connection.rollback()
            raise StoreUnreachable(INJECTED)
        commit(connection, done, errors)
        if when == "after":
            raise OutcomeUnknown(INJECTED)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_commit", faulty)
        yield patch


def run_of(claim: Claim) -> Run:
    return claim.job.id, claim.token


def crashed(claim: Claim) -> Finish:
    """Decide as the rescuer does."""
    if claim.job.crashes >= 2:
        return Finish(claim=claim, outcome=Dead(reason="crashed worker"), crashed=True)
    outcome = Retry(delay_ms=100, reason="its worker vanished")
    return Finish(claim=claim, outcome=outcome, crashed=True)
