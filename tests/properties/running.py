"""Rules: workers come and go, claim, finish, renew and give back; late and wrong ones too."""

from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from queuectl_store import (
    Cancelled,
    Claim,
    Dead,
    Exchange,
    Finish,
    NewWorker,
    Outcome,
    Released,
    Renewal,
    Retry,
    Snoozed,
    Store,
    Succeeded,
)
from tests.properties.enqueueing import QUEUES
from tests.properties.machine import PICK, StoreMachine
from tests.properties.model import Row, run_of
from tests.properties.twins import Refused

LEASES = (4_000, 10_000)
NOBODY = 999

OUTCOMES: list[Outcome] = [
    Succeeded(),
    Succeeded(result='{"width": 200}'),
    Retry(delay_ms=0, reason="exit code 1"),
    Retry(delay_ms=2_000, reason="exit code 75"),
    Dead(reason="attempt 4 of 4 failed: exit code 1"),
    Dead(reason="exit code 100 asks for no retry"),
    Snoozed(delay_ms=5_000),
    Released(reason="its worker stopped"),
    Cancelled(),
]


class Ending(NamedTuple):
    """Which claim ends, and how."""

    claim: int
    outcome: Outcome
    crashed: bool = False


ENDINGS = st.lists(
    st.builds(Ending, PICK, st.sampled_from(OUTCOMES), st.integers(0, 9).map(lambda n: n == 0)),
    min_size=1,
    max_size=4,
    unique_by=lambda ending: ending.claim,
)
LIMITS = st.sampled_from([0, 1, 1, 2, 3, 50])
SOME_QUEUES = st.sampled_from([None, None, None, QUEUES[:1], QUEUES[1:], ("nobody's",), ()])


class Running(StoreMachine):
    """Rules about workers and what they hold."""

    @initialize()
    def two_workers_begin(self) -> None:
        for lease_ms in LEASES:
            self.register_one(lease_ms)

    @rule()
    def a_turn_of_work(self) -> None:
        """Each running job ends, in another way each time, and what waits is claimed."""
        worker = self.pick(len(self.claims), self.able_workers())
        if worker is None:
            self.register_one(LEASES[0])
            return
        mine = [c for c in self.claims if self.holds(c) and c.job.worker_id == worker]
        endings = [
            Ending(n, OUTCOMES[(3 * claim.token + claim.job.id) % len(OUTCOMES)])
            for n, claim in enumerate(mine)
        ]
        self.take_turn(worker, self._finishes(mine, endings), 3)

    @rule(number=PICK, limit=LIMITS, endings=ENDINGS)
    def work(self, number: int, limit: int, endings: list[Ending]) -> None:
        """Let a worker that may claim do so, and end some of what it got."""
        worker = self.pick(number, self.able_workers())
        if worker is None:
            self.register_one(LEASES[number % 2])
            return
        self.makes_several_calls()
        before = len(self.claims)
        self.take_turn(worker, [], limit)
        self.take_turn(worker, self._finishes(self.claims[before:], endings), 0)

    @rule(number=PICK)
    def every_worker_renews(self, number: int) -> None:
        """All but one, whose lease runs on alone."""
        for worker in list(self.model.workers)[-4:]:
            if worker != self.a_worker(number) and self.lease_left(worker) > -1:
                self._renew(worker)

    @rule(lease_ms=st.sampled_from(LEASES))
    def a_worker_joins(self, lease_ms: int) -> None:
        self.register_one(lease_ms)

    @rule(number=PICK)
    def a_worker_leaves(self, number: int) -> None:
        worker = self.a_worker(number)
        self.model.unregister(worker)

        self.agree(lambda store: store.unregister(worker), None)

    @rule(number=PICK, limit=LIMITS, queues=SOME_QUEUES)
    def claim(self, number: int, limit: int, queues: tuple[str, ...] | None) -> None:
        self.take_turn(self.a_worker(number), [], limit, queues)

    @rule(number=PICK, endings=ENDINGS, limit=LIMITS)
    def finish_and_claim(self, number: int, endings: list[Ending], limit: int) -> None:
        worker = self.a_worker(number)
        mine = [claim for claim in self.claims if claim.job.worker_id == worker]
        self.take_turn(worker, self._finishes(mine[-6:], endings), limit)

    @rule(endings=ENDINGS)
    def finish_what_ended_long_ago(self, endings: list[Ending]) -> None:
        """Claims are kept when they end, and come back with whatever outcome."""
        stale = [claim for claim in self.claims if not self.holds(claim)]
        if not stale:
            return
        worker = stale[endings[0].claim % len(stale)].job.worker_id
        mine = [claim for claim in stale if claim.job.worker_id == worker]
        assert worker is not None
        self.take_turn(worker, self._finishes(mine, endings), 0)

    @rule(number=PICK, claim=PICK, other=PICK)
    def finish_for_somebody_else(self, number: int, claim: int, other: int) -> None:
        """A result under a token that was never given, or one of another job."""
        mine, others = self.pick(claim, self.claims), self.pick(other, self.claims)
        if mine is None or others is None:
            return
        job = self.model.jobs.get(others.job.id)
        token = max(mine.token, job["token"] if job else 0) + 1
        forged = Finish(claim=Claim(job=others.job, token=token), outcome=Succeeded())

        self.take_turn(self.a_worker(number), [forged], 0)

    @rule(number=PICK)
    def renew(self, number: int) -> None:
        self._renew(self.a_worker(number))

    def _renew(self, worker: int) -> None:
        if worker in self.before_the_boot:
            return  # its process is gone with the host
        told = self.model.renew(worker)
        if told is None:
            self.refuse(lambda store: store.renew(worker), "UnknownWorker")
            return
        held, cancelled, stop = told
        self.agree(
            lambda store: store.renew(worker), Renewal(held=held, cancelled=cancelled, stop=stop)
        )

    @rule(number=PICK, claims=st.lists(PICK, max_size=3))
    def give_back(self, number: int, claims: list[int]) -> None:
        worker = self.a_worker(number)
        runs = [(c.job.id, c.token) for n in claims if (c := self.pick(n, self.claims))]
        expected = self.model.release(worker, runs, reason="never started")

        self.agree(lambda store: store.release(worker, runs, reason="never started"), expected)

        if not expected:
            self.changed_nothing("nothing of one's own to give back")

    @rule(claim=PICK, text=st.sampled_from(["42 encoding", "", "\0"]))
    def report_progress(self, claim: int, text: str) -> None:
        chosen = self.pick(claim, self.claims)
        job_id, token = (chosen.job.id, chosen.token) if chosen else (NOBODY, 1)
        shown = text.replace("\0", "\\x00")
        expected = self.model.set_progress(job_id, token, shown)

        self.agree(lambda store: store.set_progress(job_id, token, text), expected)

        if not expected:
            self.changed_nothing("progress of a run that is not")

    @rule(
        numbers=st.none() | st.lists(PICK, max_size=2),
        how=st.sampled_from(["drain", "now", "quiet"]),
    )
    def ask_workers_to_stop(self, numbers: list[int] | None, how: str) -> None:
        """Or to be quiet: a worker that is asked so claims no more, and ends what it has."""
        ids = None if numbers is None else [self.a_worker(number) for number in numbers]
        if how == "quiet":
            self._ask_for_quiet(ids)
            return
        expected = self.model.stop_workers(ids, now=how == "now")

        self.agree(lambda store: store.admin.stop_workers(ids, now=how == "now"), expected)

        if not expected:
            self.changed_nothing("no worker to stop")

    def _ask_for_quiet(self, ids: list[int] | None) -> None:
        if ids:
            # So that there is something to end.
            self.makes_several_calls()
            self.take_turn(ids[0], [], 1)
        stopping = {worker["id"] for worker in self.model.alive() if worker["stop"]}
        expected = self.model.quiet_workers(ids)

        self.agree(lambda store: store.admin.quiet_workers(ids), expected)

        for worker in expected:
            self._let_end(worker)
        if not expected:
            self.changed_nothing("no worker to stop")
        if stopping.intersection(ids or stopping):
            self.tally.seen["a wish for quiet that comes after one to stop"] += 1

    def _let_end(self, worker: int) -> None:
        """Let a quiet worker end one of its runs, and ask in vain for another job."""
        mine = [claim for claim in self.claims if claim.job.worker_id == worker]
        if held := [claim for claim in mine if self.holds(claim)]:
            self.makes_several_calls()
            self.take_turn(worker, [Finish(claim=held[-1], outcome=Succeeded())], 1)

    @rule(limit=st.sampled_from([1, 2, 100]))
    def rescue(self, limit: int) -> None:
        self.rescue_now(limit)

    @rule(number=PICK, off_by=st.sampled_from([-1, 0, 1]))
    def rescue_at_the_end_of_a_lease(self, number: int, off_by: int) -> None:
        """Exactly then, or a millisecond beside it."""
        left = self.lease_left(self.a_worker(number))
        if left + off_by >= 0:
            self.pass_time(left + off_by)
            self.tally.seen[f"a rescue {off_by} ms from the end of a lease"] += 1
        self.rescue_now(100)

    # What rules need, theirs and others'.

    def a_worker(self, number: int) -> int:
        """Choose a worker: mostly one that may claim, else one of the latest, or none at all."""
        if number >= 12 and (able := self.able_workers()):
            return able[number % len(able)]
        return (
            NOBODY if number == 11 else self.pick(number, list(self.model.workers)[-5:]) or NOBODY
        )

    def able_workers(self) -> list[int]:
        """Return those that may claim now."""
        return [
            worker["id"]
            for worker in self.model.workers.values()
            if worker["state"] == "running" and worker["lease_until"] > self.model.lease_now
        ]

    def lease_left(self, worker_id: int) -> int:
        worker = self.model.workers.get(worker_id)
        if worker is None or worker["state"] not in ("running", "stopping"):
            return -1
        return int(worker["lease_until"]) - self.model.lease_now

    def holds(self, claim: Claim) -> bool:
        job = self.model.jobs.get(claim.job.id)
        return job is not None and job["state"] == "running" and job["token"] == claim.token

    def pass_time(self, ms: int) -> None:
        self.twins.advance(ms)
        self.model.now += ms
        self.model.lease_now += ms

    def rescue_now(self, limit: int) -> None:
        decided = {
            (job["id"], job["token"]): crash_of(job["crashes"]) for job in self.model.running()
        }
        runs = self.model.rescue(
            lambda job: finish_of(self.claim_of(job), decided[run_of(job)]), limit=limit
        )
        answer = self.twins.call(
            lambda store: store.rescue(
                lambda claim: finish_of(claim, decided[claim.job.id, claim.token]), limit=limit
            )
        )
        assert not isinstance(answer, Refused), answer
        assert [(each.claim.job.id, each.claim.token) for each in answer] == runs
        self.tally.seen["a rescue"] += bool(runs)

    def claim_of(self, job: Row) -> Claim:
        [claim] = [c for c in self.claims if (c.job.id, c.token) == run_of(job)]
        return claim

    def register_one(self, lease_ms: int = LEASES[1]) -> int:
        worker = NewWorker(
            host="host-a",
            pid=4711,
            concurrency=4,
            queues=None,
            lease_ms=lease_ms,
            version="0",
        )
        return int(self.agree(lambda store: store.register(worker), self.model.register(worker)))

    def _finishes(self, claims: list[Claim], endings: list[Ending]) -> list[Finish]:
        chosen: dict[tuple[int, int], Finish] = {}
        for number, outcome, crashed in endings:
            claim = self.pick(number, claims)
            if claim is not None:
                finish = Finish(claim=claim, outcome=outcome, crashed=crashed)
                chosen.setdefault((claim.job.id, claim.token), finish)
        return list(chosen.values())

    def take_turn(
        self,
        worker: int,
        finishes: list[Finish],
        limit: int,
        queues: tuple[str, ...] | None = None,
    ) -> None:
        if finishes and limit and self.model.has_limits():
            # PostgreSQL may find only in a second call that what has just ended can be claimed
            # within a limit: `Exchange.again` says so.
            self.makes_several_calls()
            self.take_turn(worker, finishes, 0)
            finishes = []
        is_quiet = self.model.workers.get(worker, {}).get("stop") == "quiet"
        runs, refused = self.model.exchange(worker, finishes, limit=limit, queues=queues)

        def act(store: Store) -> Any:
            return store.exchange(worker, finishes, limit=limit, queues=queues)

        answer = self.twins.call(act)
        assert isinstance(answer, Exchange), answer
        assert [(claim.job.id, claim.token) for claim in answer.claims] == runs
        assert sorted(map(named, answer.refused)) == sorted(map(named, refused))
        self.claims += answer.claims
        self.tally.claimed[len(runs)] += limit > 0
        if is_quiet and len(refused) < len(finishes):
            self.tally.seen["a quiet worker that ends what it has"] += 1
        if refused:
            self.tally.refusals["a finish whose claim was lost"] += 1
        if not runs and len(refused) == len(finishes):
            self.changed_nothing("a turn that brings nothing")


def named(finish: Finish) -> tuple[int, int]:
    return finish.claim.job.id, finish.claim.token


def crash_of(crashes: int) -> Outcome:
    """Decide as the rescuer does: the third worker that vanishes is one too many."""
    if crashes >= 2:
        return Dead(reason="crashed worker")
    return Retry(delay_ms=1_000, reason="its worker vanished")


def finish_of(claim: Claim, outcome: Outcome) -> Finish:
    return Finish(claim=claim, outcome=outcome, crashed=True)
