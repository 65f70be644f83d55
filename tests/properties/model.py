"""The plain model: what the store promises, in dicts and loops, with no thought for speed.

A job, a worker and an attempt are dicts of the columns that they should have in the database.
Capabilities add themselves as subclasses that override the methods marked as seams.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from queuectl_store import (
    FINAL,
    TRANSITIONS,
    Cancelled,
    Dead,
    Finish,
    JobState,
    Move,
    NewJob,
    NewWorker,
    Outcome,
    Released,
    Retry,
    Snoozed,
    StopRequest,
    Succeeded,
    Verb,
    verb_of,
)

Row = dict[str, Any]
Run = tuple[int, int]

RECORDED = {
    Succeeded: "succeeded",
    Retry: "failed",
    Dead: "failed",
    Snoozed: "snoozed",
    Released: "released",
    Cancelled: "cancelled",
}
RUNS_AGAIN = (Retry, Snoozed, Released)
USES_NO_ATTEMPT = (Snoozed, Released, Cancelled)
BUILT_IN_RETRIES = 3  # where neither the job, its queue nor the store says anything
ALIVE = ("running", "stopping")


class Edge(NamedTuple):
    """One move that was made."""

    source: str
    verb: str
    target: str


class Refusal(NamedTuple):
    """Why an action by hand does not reach a job: the name of the error, and the job's state."""

    error: str
    job_id: int
    state: str | None = None


class Model:
    """One store, as it ought to be."""

    def __init__(self, *, now: int, lease_now: int) -> None:
        self.now, self.lease_now = now, lease_now
        self.jobs: dict[int, Row] = {}
        self.workers: dict[int, Row] = {}
        self.attempts: dict[Run, Row] = {}
        self.log: dict[int, list[Row]] = defaultdict(list)
        self.gone: set[int] = set()  # jobs that were deleted
        self.last_id = 0
        self.edges: Counter[Edge] = Counter()
        self.is_loose = False  # limits hold jobs back in ways that are judged, not foretold
        self.freed = 0  # unique keys whose time an action by hand found to be over
        self._ids: dict[str, int] = {}

    def enqueue(self, jobs: Sequence[NewJob]) -> list[int]:
        return [self._enqueue(new) for new in jobs]

    def register(self, worker: NewWorker) -> int:
        worker_id = len(self.workers) + 1
        self.workers[worker_id] = {
            "id": worker_id,
            "state": "running",
            "host": worker.host,
            "pid": worker.pid,
            "concurrency": worker.concurrency,
            "lease_ms": worker.lease_ms,
            "lease_until": self.lease_now + worker.lease_ms,
            "stop": None,
            "started_at": self.now,
            "seen_at": self.now,
        }
        return worker_id

    def unregister(self, worker_id: int) -> None:
        worker = self.workers.get(worker_id)
        if worker is not None and worker["state"] != "gone":
            worker |= {"state": "stopped", "seen_at": self.now}

    def renew(
        self, worker_id: int
    ) -> tuple[frozenset[Run], frozenset[Run], StopRequest | None] | None:
        """Return what the renewal tells; None where the lease was taken."""
        worker = self.workers.get(worker_id)
        if worker is None or worker["state"] not in ALIVE:
            return None
        worker |= {"lease_until": self.lease_now + worker["lease_ms"], "seen_at": self.now}
        held = [job for job in self.running() if job["worker_id"] == worker_id]
        return (
            frozenset(run_of(job) for job in held),
            frozenset(run_of(job) for job in held if job["cancel_requested"]),
            worker["stop"] and StopRequest(worker["stop"]),
        )

    def alive(self) -> list[Row]:
        return [worker for worker in self.workers.values() if worker["state"] in ALIVE]

    def stop_workers(self, ids: Collection[int] | None, *, now: bool) -> list[int]:
        asked = [worker for worker in self.alive() if ids is None or worker["id"] in ids]
        for worker in asked:
            worker |= {"stop": "now" if now else "drain", "state": "stopping"}
        return [worker["id"] for worker in asked]

    def quiet_workers(self, ids: Collection[int] | None) -> list[int]:
        """Ask for no more claims; it does not weaken a wish to stop, and is asked once."""
        asked = [
            worker
            for worker in self.workers.values()
            if worker["state"] == "running" and (ids is None or worker["id"] in ids)
        ]
        for worker in asked:
            worker |= {"stop": "quiet", "state": "stopping"}
        return [worker["id"] for worker in asked]

    def exchange(
        self,
        worker_id: int,
        finishes: Sequence[Finish],
        *,
        limit: int,
        queues: Collection[str] | None = None,
    ) -> tuple[list[Run], list[Finish]]:
        refused = self.finish(worker_id, finishes)
        return self._claim(worker_id, limit, queues), refused

    def finish(self, worker_id: int | None, finishes: Sequence[Finish]) -> list[Finish]:
        """Record what still counts; return what was refused."""
        return [each for each in finishes if not self._finish(worker_id, each)]

    def release(self, worker_id: int, runs: Collection[Run], *, reason: str) -> int:
        given = [
            job
            for job in self.running()
            if job["worker_id"] == worker_id and run_of(job) in set(runs)
        ]
        for job in given:
            outcome = heeding_cancel(job, Released(reason=reason))
            self._end(job, worker_id, outcome, number=job["attempt"])
        return len(given)

    def stage(self, limit: int) -> int:
        due = self.due()[:limit]
        for job in due:
            self._move(job, Verb.STAGE, JobState.PENDING)
        return len(due)

    def rescue(self, decide: Callable[[Row], Finish], *, limit: int) -> list[Run]:
        for worker in self.workers.values():
            if worker["state"] in ALIVE and worker["lease_until"] <= self.lease_now:
                worker["state"] = "gone"
        abandoned = [
            job
            for job in self.running()
            if self.workers[job["worker_id"]]["state"] in ("gone", "stopped")
        ][:limit]
        runs = [run_of(job) for job in abandoned]
        for job in abandoned:
            finish = decide(job)
            assert self._finish(job["worker_id"], finish)
        return runs

    def set_progress(self, job_id: int, token: int, text: str) -> bool:
        job = self.jobs.get(job_id)
        if job is None or job["state"] != "running" or job["token"] != token:
            return False
        job["progress"] = text
        return True

    def by_hand(
        self, verb: Verb, ids: Sequence[int], reason: str | None = None
    ) -> tuple[list[int], list[Refusal]]:
        """Do *verb* to jobs; return whom it reached, and why not the others."""
        done, refused = [], []
        for job_id in ids:
            job = self.jobs.get(job_id)
            if job is None:
                refused.append(Refusal("UnknownJob", job_id))
            elif self._move_by_hand(job, verb, reason):
                done.append(job_id)
            else:
                refused.append(self.why_not(job, verb))
        return done, refused

    # What people look at.

    def due(self) -> list[Row]:
        waiting = [job for job in self.jobs.values() if job["state"] in ("scheduled", "retrying")]
        return sorted(
            (job for job in waiting if job["run_at"] <= self.now),
            key=lambda job: (job["state"], job["run_at"], job["id"]),
        )

    def knows(self, key: str | None) -> bool:
        return key in self._ids

    def due_in_ms(self) -> int | None:
        waits = [
            job["run_at"] - self.now
            for job in self.jobs.values()
            if job["state"] in ("scheduled", "retrying")
        ]
        return max(0, min(waits)) if waits else None

    def work_left(self, queues: Collection[str] | None) -> bool:
        return any(
            (job["state"] == "running" or self.goes_on_by_itself(job))
            and (queues is None or job["queue"] in queues)
            for job in self.jobs.values()
        )

    def goes_on_by_itself(self, job: Row) -> bool:
        """Tell whether it will start without a person's help."""
        return job["state"] in ("pending", "retrying")

    def running(self) -> list[Row]:
        return [job for job in self.jobs.values() if job["state"] == "running"]

    # Seams for capabilities, and the moves that they share.

    def first_state(self, new: NewJob) -> JobState:
        """Seam: say in which state *new* begins."""
        if new.hold:
            return JobState.HELD
        timed = new.run_at is not None or new.delay_ms is not None
        return JobState.SCHEDULED if timed else JobState.PENDING

    def accepts(self, queue: str) -> bool:
        """Seam: say whether new jobs may come into *queue*."""
        return True

    def clock_was_set(self) -> None:
        """Seam: the wall clock was stepped."""

    def has_limits(self) -> bool:
        """Seam: say whether any queue has limits that a claim has to ask for."""
        return False

    def claimable(self, job: Row) -> bool:
        """Seam: say whether a worker may take *job*, as things stand at this point of a claim."""
        return bool(job["state"] == "pending")

    def target_of(self, job: Row, move: Move) -> JobState:
        """Seam: say where *move* takes *job*, whose time may still be ahead."""
        is_early = (job["run_at"] or 0) > self.now
        return move.otherwise if move.otherwise is not None and is_early else move.target

    def why_not(self, job: Row, verb: Verb) -> Refusal:
        """Seam: say why *verb* by hand did not reach *job*."""
        return Refusal("RefusedInState", job["id"], job["state"])

    def ended(self, job: Row) -> None:
        """Seam: *job* has just entered a final state."""

    def made(self, job: Row, new: NewJob) -> None:
        """Seam: *job* has just been stored as *new* asks."""

    def _enqueue(self, new: NewJob) -> int:
        if new.key is not None and new.key in self._ids:
            return self._ids[new.key]
        job_id = self.last_id = self.last_id + 1
        delayed = None if new.delay_ms is None else self.now + new.delay_ms
        state = self.first_state(new)
        job = self.jobs[job_id] = {
            "id": job_id,
            "state": state.value,
            "queue": new.queue,
            "priority": new.priority,
            "attempt": 0,
            "attempt_base": 0,
            "token": 0,
            "crashes": 0,
            "cancel_requested": 0,
            "max_retries": BUILT_IN_RETRIES if new.max_retries is None else new.max_retries,
            "timeout_ms": new.timeout_ms,
            "created_at": self.now,
            "run_at": delayed if new.run_at is None else new.run_at,
            "started_at": None,
            "finished_at": None,
            "worker_id": None,
            "name": new.name,
            "note": None,
            "result": None,
            "progress": None,
        }
        if new.key is not None:
            self._ids[new.key] = job_id
        self._write(job, Verb.ENQUEUE)
        self.edges[Edge("", Verb.ENQUEUE, state)] += 1
        self.made(job, new)
        return job_id

    def _claim(self, worker_id: int, limit: int, queues: Collection[str] | None) -> list[Run]:
        worker = self.workers.get(worker_id)
        if (
            worker is None
            or worker["state"] != "running"
            or worker["lease_until"] <= self.lease_now
        ):
            return []
        taken: list[Run] = []
        for queue in self._queues_by_head():
            if queues is None or queue in queues:
                while len(taken) < limit and (job := self._best(queue)):
                    self._take(job, worker_id)
                    taken.append(run_of(job))
        return taken

    def _queues_by_head(self) -> list[str]:
        best = {job["queue"]: job for job in reversed(in_order(self._claimable()))}
        return [job["queue"] for job in in_order(best.values())]

    def _best(self, queue: str) -> Row | None:
        return next(iter(in_order(j for j in self._claimable() if j["queue"] == queue)), None)

    def _claimable(self) -> list[Row]:
        return [job for job in self.jobs.values() if self.claimable(job)]

    def _take(self, job: Row, worker_id: int) -> None:
        job["attempt"] += 1
        job["token"] += 1
        job |= {"worker_id": worker_id, "started_at": self.now, "progress": None}
        self._move(job, Verb.CLAIM, JobState.RUNNING, worker_id=worker_id)

    def _finish(self, worker_id: int | None, finish: Finish) -> bool:
        job, outcome = self.jobs.get(finish.claim.job.id), finish.outcome
        if job is None:
            return False
        if job["state"] == "running" and job["token"] == finish.claim.token:
            number = finish.claim.job.attempt
            outcome = heeding_cancel(job, outcome)
            self._end(job, worker_id, outcome, number=number, crashed=finish.crashed)
            return True
        # The same finish again, after a reply that was lost, is no loss.
        known = self.attempts.get((job["id"], finish.claim.token))
        same = {"crashed" if finish.crashed else RECORDED[type(outcome)]}
        if isinstance(outcome, RUNS_AGAIN):
            same.add("cancelled")
        return known is not None and known["worker_id"] == worker_id and known["state"] in same

    def _end(
        self,
        job: Row,
        worker_id: int | None,
        outcome: Outcome,
        *,
        number: int,
        crashed: bool = False,
    ) -> None:
        verb = verb_of(outcome)
        target = TRANSITIONS[verb].target
        used = not isinstance(outcome, USES_NO_ATTEMPT)
        self.attempts[run_of(job)] = {
            "job_id": job["id"],
            "token": job["token"],
            "number": number,
            "state": "crashed" if crashed else RECORDED[type(outcome)],
            "worker_id": worker_id,
            "finished_at": self.now,
        }
        note = getattr(outcome, "reason", None)
        job["attempt"] -= not used
        job["crashes"] += crashed
        job |= {"cancel_requested": 0, "note": note, "result": getattr(outcome, "result", None)}
        job["finished_at"] = self.now if target in FINAL else None
        if isinstance(outcome, Retry | Snoozed):
            job["run_at"] = self.now + outcome.delay_ms
        if target is JobState.PENDING:
            job["started_at"] = None
        self._move(job, verb, target, worker_id=worker_id, note=note)

    def _move_by_hand(self, job: Row, verb: Verb, reason: str | None) -> bool:
        move = TRANSITIONS[verb]
        if verb is Verb.CANCEL and job["state"] == "running":
            job["cancel_requested"] = 1
            return True
        if job["state"] not in move.sources:
            return False
        target = self.target_of(job, move)
        if verb in (Verb.RETRY, Verb.RERUN):
            job |= {"attempt_base": job["attempt"], "crashes": 0, "worker_id": None}
            job |= dict.fromkeys(("run_at", "started_at", "finished_at"))
        if verb in (Verb.CANCEL, Verb.GIVE_UP):
            job["finished_at"] = self.now
        job["note"] = reason
        self._move(job, verb, target, note=reason)
        return True

    def _move(
        self,
        job: Row,
        verb: Verb,
        target: JobState,
        *,
        worker_id: int | None = None,
        note: str | None = None,
    ) -> None:
        move = TRANSITIONS[verb]
        assert job["state"] in move.sources, f"the model itself would {verb} a {job['state']} job"
        assert target in move.targets
        self.edges[Edge(job["state"], verb, target)] += 1
        job["state"] = target.value
        self._write(job, verb, worker_id=worker_id, note=note)
        if target in FINAL:
            self.ended(job)

    def _write(
        self, job: Row, verb: Verb, *, worker_id: int | None = None, note: str | None = None
    ) -> None:
        self.log[job["id"]].append(
            {
                "at": self.now,
                "job_id": job["id"],
                "verb": verb.value,
                "state": job["state"],
                "attempt": job["attempt"],
                "worker_id": worker_id,
                "note": note,
            }
        )


def run_of(job: Row) -> Run:
    """Return the job's id with the token of its latest claim."""
    return job["id"], job["token"]


def heeding_cancel(job: Row, outcome: Outcome) -> Outcome:
    """Return what ends a run: one that was cancelled does not run again."""
    return Cancelled() if job["cancel_requested"] and isinstance(outcome, RUNS_AGAIN) else outcome


def in_order(jobs: Iterable[Row]) -> list[Row]:
    """Sort *jobs* as they are claimed: highest priority first, then first in."""
    return sorted(jobs, key=lambda job: (-job["priority"], job["id"]))
