"""Limits of jobs' own: keys, resources, rates, groups. Their part of the model, and their rules.

Which of several waiting jobs is let go, and when, the store may choose; so what it claimed is
not foretold here but judged: nothing may start beyond a limit, nothing better may be passed over
that was not parked for a limit, and once all has been swept nothing may wait beside room.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from queuectl_store import Claim, Exchange, NewJob, Rate, Shell, Store
from tests.properties.dump import Dump
from tests.properties.enqueueing import QUEUES
from tests.properties.membership import GroupModel
from tests.properties.model import Row, in_order, run_of
from tests.properties.queues import LIMITED, QueueModel
from tests.properties.running import LEASES, Running
from tests.properties.twins import Refused

KEYS = ("alice", "bob")
RESOURCES = ("gpu", "licence")
RATES = (Rate(count=1, per_ms=2_000), Rate(count=10, per_ms=60_000, burst=3))
MOST_SWEEPS = 12


class AllowanceModel(GroupModel, QueueModel):
    """The model's part: what each job takes, and how much there is."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self.resources: dict[str, int] = {}
        self.rates: dict[str, Rate] = {}
        self.key_rates: dict[str, Rate] = {}
        self.starts: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        self.demands: dict[int, dict[str, int]] = {}

    def has_limits(self) -> bool:
        return super().has_limits() or self.is_loose

    def made(self, job: Row, new: NewJob) -> None:
        super().made(job, new)
        job["concurrency_key"] = new.concurrency_key
        self.demands[job["id"]] = dict(new.resources)

    def claimable(self, job: Row) -> bool:
        return self._has_key(job) and self._has_resources(job) and super().claimable(job)

    def may_wait(self, job: Row) -> bool:
        """Say whether a rate may hold *job* back though nothing else does."""
        key = job["concurrency_key"]
        return job["queue"] in self.rates or (key is not None and job["queue"] in self.key_rates)

    def adopt(self, worker_id: int, claims: Sequence[Claim]) -> None:
        """Take what the store has claimed, as far as the limits allow each."""
        worker = self.workers.get(worker_id)
        for claim in claims:
            assert worker is not None
            assert worker["state"] == "running"
            assert worker["lease_until"] > self.lease_now
            job = self.jobs[claim.job.id]
            assert self.claimable(job), f"{job} may not start now"
            self._take(job, worker_id)
            assert run_of(job) == (claim.job.id, claim.token)

    def clock_was_set(self) -> None:
        self.starts.clear()

    def _has_key(self, job: Row) -> bool:
        key = job["concurrency_key"]
        if key is None:
            return True
        most = self.queues.get(job["queue"], {}).get("key_concurrency") or 1
        running = sum(
            other["concurrency_key"] == key and other["queue"] == job["queue"]
            for other in self.running()
        )
        return running < most

    def _has_resources(self, job: Row) -> bool:
        used: dict[str, int] = defaultdict(int)
        for other in self.running():
            for name, amount in self.demands[other["id"]].items():
                used[name] += amount
        return all(
            used[name] + amount <= self.resources.get(name, 0)
            for name, amount in self.demands[job["id"]].items()
        )

    def _take(self, job: Row, worker_id: int) -> None:
        super()._take(job, worker_id)
        queue, key = job["queue"], job["concurrency_key"]
        if (rate := self.rates.get(queue)) is not None:
            self._start((queue, None), rate)
        if key is not None and (rate := self.key_rates.get(queue)) is not None:
            self._start((queue, key), rate)

    def _start(self, what: tuple[str, str | None], rate: Rate) -> None:
        starts = self.starts[what]
        starts.append(self.now)
        each = rate.per_ms / rate.count
        for n, at in enumerate(starts):
            most = rate.burst + (self.now - at) // each
            assert len(starts) - n <= most, f"{what} starts too fast for {rate}: {starts}"


class Allowances(Running):
    """Rules about limits of jobs' own; only in some examples, the others foretell each claim."""

    model: AllowanceModel
    has_limits = may_pace = False

    @initialize(which=st.sampled_from(["none", "none", "counted", "counted", "paced"]))
    def some_examples_have_limits(self, which: str) -> None:
        self.has_limits = self.model.is_loose = which != "none"
        self.may_pace = which == "paced"

    @rule(
        queue=st.sampled_from(QUEUES),
        key=st.sampled_from([None, *KEYS]),
        wants=st.dictionaries(st.sampled_from(RESOURCES), st.integers(1, 2), max_size=2),
        priority=st.sampled_from([0, 0, 10]),
        count=st.integers(1, 3),
    )
    def enqueue_jobs_with_demands(
        self, queue: str, key: str | None, wants: dict[str, int], priority: int, count: int
    ) -> None:
        if not self.has_limits or not self.model.accepts(queue):
            return
        new = NewJob(
            work=Shell(script="true"),
            queue=queue,
            priority=priority,
            concurrency_key=key,
            resources=wants,
        )
        jobs = [new] * count
        self.agree(lambda store: store.enqueue(jobs), self.model.enqueue(jobs))

    @rule(queue=st.sampled_from(LIMITED), most=st.sampled_from([1, 2, None]))
    def limit_the_keys_of_a_queue(self, queue: str, most: int | None) -> None:
        if self.has_limits:
            self.model.change_queue(queue, key_concurrency=most)
            self.let(lambda store: store.admin.set_queue(queue, key_concurrency=most))

    @rule(name=st.sampled_from(RESOURCES), capacity=st.sampled_from([0, 1, 2, 2, 3, 3]))
    def set_a_resource(self, name: str, capacity: int) -> None:
        if self.has_limits:
            self.model.resources[name] = capacity
            self.agree(lambda store: store.admin.set_resource(name, capacity), None)

    @rule(name=st.sampled_from(RESOURCES), certainly=st.sampled_from([False, False, True]))
    def remove_a_resource(self, name: str, certainly: bool) -> None:
        if not certainly:
            return
        if self.model.resources.pop(name, None) is None:
            self.refuse(lambda store: store.admin.remove_resource(name), "UnknownResource")
        else:
            self.agree(lambda store: store.admin.remove_resource(name), None)

    @rule(
        queue=st.sampled_from(LIMITED),
        rate=st.sampled_from([*RATES, None]),
        of_keys=st.booleans(),
    )
    def pace_a_queue(self, queue: str, rate: Rate | None, of_keys: bool) -> None:
        if not self.may_pace:
            return
        rates = self.model.key_rates if of_keys else self.model.rates
        for what in [each for each in self.model.starts if each[0] == queue]:
            del self.model.starts[what]
        rates.pop(queue, None)
        if rate is not None:
            rates[queue] = rate
        self.model.change_queue(queue)
        name = "key_rate" if of_keys else "rate"
        self.let(lambda store: store.admin.set_queue(queue, **{name: rate}))

    @rule()
    def sweep(self) -> None:
        self.let(lambda store: store.limits.sweep())

    @rule()
    def nothing_waits_beside_room(self) -> None:
        """Sweep and claim as a hungry worker does, until nothing comes any more."""
        if not self.has_limits:
            return
        self.makes_several_calls()
        worker = self.register_one(LEASES[1])
        boosts: dict[str, int] = {}
        for _ in range(MOST_SWEEPS):
            known = len(self.claims)
            swept = self.let(
                lambda store, n=boosts: store.limits.sweep(boosts=n, is_hungry=True)  # type: ignore[misc]
            )
            self.take_turn(worker, [], 50)
            if len(self.claims) == known and not swept.found:
                break
            boosts = {name: boosts.get(name, 1) * 2 for name in swept.found}
        left = [
            job
            for job in self.model.jobs.values()
            if self.model.claimable(job) and not self.model.may_wait(job)
        ]
        assert not left, f"waits beside room: {left}"
        self.tally.seen["a sweep after which nothing waits beside room"] += 1

    def take_turn(
        self,
        worker: int,
        finishes: list[Any],
        limit: int,
        queues: tuple[str, ...] | None = None,
    ) -> None:
        if not self.has_limits or not limit:
            super().take_turn(worker, finishes, limit, queues)
            return
        if finishes:
            self.makes_several_calls()
            super().take_turn(worker, finishes, 0, queues)
        answer = self.let(lambda store: store.exchange(worker, [], limit=limit, queues=queues))
        assert isinstance(answer, Exchange), answer
        assert len(answer.claims) <= limit
        assert queues is None or {claim.job.queue for claim in answer.claims} <= set(queues)
        self.model.adopt(worker, answer.claims)
        self.claims += answer.claims
        self.tally.claimed[len(answer.claims)] += 1
        if not answer.again and worker in self.able_workers():
            self._nothing_was_passed_over(answer.claims, limit, queues)

    def _nothing_was_passed_over(
        self, claims: Sequence[Claim], limit: int, queues: Collection[str] | None
    ) -> None:
        dump = self.twins.normal(self.twins.raw())
        parked = {job["id"] for job in dump["queuectl_jobs"] if job["waits_for"] is not None}
        self.tally.seen["a job that is parked for a limit"] += bool(parked)
        last = {claim.job.queue: self.model.jobs[claim.job.id] for claim in claims}
        for job in self.model.jobs.values():
            if job["id"] in parked or not self.model.claimable(job) or self.model.may_wait(job):
                continue
            if queues is not None and job["queue"] not in queues:
                continue
            assert len(claims) == limit, f"{job} was passed over"
            if (worst := last.get(job["queue"])) is not None:
                assert in_order([worst, job])[0] is worst, f"{job} was passed over for {worst}"

    def let(self, act: Callable[[Store], Any]) -> Any:
        """Let both stores act; they must agree, and not refuse."""
        answer = self.twins.call(act)
        assert not isinstance(answer, Refused), answer
        return answer

    def agree_on_rows(self, dump: Dump) -> None:
        super().agree_on_rows(dump)
        check_allotted(dump)


def check_allotted(dump: Dump) -> None:
    """No two running jobs have one unit of a resource, and each has as many as it asked for."""
    given: set[tuple[str, int]] = set()
    for job in dump["queuectl_jobs"]:
        if job["state"] != "running":
            assert job["allotted"] is None, job
            continue
        wants: dict[str, int] = json.loads(job["resources"] or "{}")
        has: dict[str, list[int]] = json.loads(job["allotted"] or "{}")
        assert {name: len(units) for name, units in has.items()} == wants, job
        units = {(name, unit) for name, indexes in has.items() for unit in indexes}
        assert not given & units, f"{job} has what another one has"
        given |= units
