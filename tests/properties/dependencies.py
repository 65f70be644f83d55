"""Jobs that wait for another: their part of the model, and their rules.

Written from docs/dependencies.md: a job waits for one parent here; clauses of several are judged
in tests/conformance.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import FINAL, TRANSITIONS, Finish, JobState, Move, NewJob, Shell, Verb
from queuectl_store.relations import Dependency, Needs, OnDependencyFailure
from tests.properties.enqueueing import HOUR, Order
from tests.properties.machine import PICK
from tests.properties.model import Refusal, Row, Run
from tests.properties.people import NO_JOB, People
from tests.properties.pruning import PruneModel

CANCEL, RUN, HOLD = (
    OnDependencyFailure.CANCEL,
    OnDependencyFailure.RUN,
    OnDependencyFailure.HOLD,
)
OPEN, MET, FAILED = 0, 1, -1
SCRIPT = Shell(script="true")

T = TypeVar("T")


class Tie(NamedTuple):
    """For whom a job waits, and what it does when that is in vain."""

    parent: int
    needs: Needs
    on_failure: OnDependencyFailure


def answer(state: str, needs: Needs) -> int:
    """Say whether a parent in *state* has done what is needed of it."""
    if state not in FINAL:
        return OPEN
    if needs is Needs.END:
        return MET
    return MET if (state == JobState.SUCCEEDED) == (needs is Needs.SUCCESS) else FAILED


class DependencyModel(PruneModel):
    """The model's part: who waits for whom, what each was last told, who was stopped for whom."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self.ties: dict[int, Tie] = {}
        self._changed: list[int] = []  # jobs whose children have not been told yet
        self._coming: Tie | None = None
        self.told: dict[int, int] = {}

    def enqueue_child(self, new: NewJob, tie: Tie) -> list[int]:
        """Store *new*, which waits as *tie* says."""
        verdict = answer(self.jobs[tie.parent]["state"], tie.needs)
        dooms = verdict == FAILED and tie.on_failure is not RUN
        self._coming = tie if verdict == OPEN or dooms else None
        [job_id] = self.enqueue([new])
        self._coming = None
        self.ties[job_id], self.told[job_id] = tie, OPEN if dooms else verdict
        self.jobs[job_id]["on_dep_failure"] = tie.on_failure.value
        if dooms:
            self._tell(job_id)
        return self._settled([job_id])

    def first_state(self, new: NewJob) -> JobState:
        state = super().first_state(new)
        return JobState.BLOCKED if self._coming and state is not JobState.HELD else state

    def made(self, job: Row, new: NewJob) -> None:
        super().made(job, new)
        job |= {"unmet": int(self._coming is not None), "cancelled_for": None}

    def target_of(self, job: Row, move: Move) -> JobState:
        if move.unmet is not None and job["unmet"]:
            return move.unmet
        return super().target_of(job, move)

    def is_needed(self, job: Row) -> bool:
        waiting = (
            child in self.jobs and self.jobs[child]["state"] not in FINAL
            for child, tie in self.ties.items()
            if tie.parent == job["id"]
        )
        return super().is_needed(job) or any(waiting)

    def _move_by_hand(self, job: Row, verb: Verb, reason: str | None) -> bool:
        moves = job["state"] != "running" and super()._move_by_hand(job, verb, reason)
        if not moves:
            return super()._move_by_hand(job, verb, reason)
        if verb in (Verb.CANCEL, Verb.RELEASE, Verb.RETRY, Verb.RERUN):
            job["cancelled_for"] = None
        if verb in (Verb.RETRY, Verb.RERUN):
            job["unmet"] = 0
        return True

    def _move(self, job: Row, verb: Verb, target: JobState, **more: object) -> None:
        was_final = job["state"] in FINAL
        super()._move(job, verb, target, **more)  # type: ignore[arg-type]
        if was_final or target in FINAL:
            self._changed.append(job["id"])

    # What an end, or a person, makes of the children happens in the same transaction.

    def enqueue(self, jobs: Sequence[NewJob]) -> list[int]:
        return self._settled(super().enqueue(jobs))

    def finish(self, worker_id: int | None, finishes: Sequence[Finish]) -> list[Finish]:
        return self._settled(super().finish(worker_id, finishes))

    def release(self, worker_id: int, runs: Collection[Run], *, reason: str) -> int:
        return self._settled(super().release(worker_id, runs, reason=reason))

    def rescue(self, decide: Callable[[Row], Finish], *, limit: int) -> list[Run]:
        return self._settled(super().rescue(decide, limit=limit))

    def by_hand(
        self, verb: Verb, ids: Sequence[int], reason: str | None = None
    ) -> tuple[list[int], list[Refusal]]:
        return self._settled(super().by_hand(verb, ids, reason))

    def _settled(self, result: T) -> T:
        """Tell the children of all that moved, and theirs."""
        while self._changed:
            parent = self._changed.pop(0)
            for child, tie in self.ties.items():
                if tie.parent == parent:
                    self._tell(child)
        return result

    def _tell(self, child: int) -> None:
        tie, job = self.ties[child], self.jobs.get(child)
        before, now = self.told[child], answer(self.jobs[tie.parent]["state"], tie.needs)
        self.told[child] = now
        if job is None or before == now:
            return
        if job["cancelled_for"] is not None:
            self._tell_stopped(job, tie, now)
        elif job["unmet"] and job["state"] in (JobState.BLOCKED, JobState.HELD):
            self._tell_waiting(job, tie, before, now)

    def _tell_waiting(self, job: Row, tie: Tie, before: int, now: int) -> None:
        job["unmet"] += (now == OPEN) - (before == OPEN)
        note = f"job {tie.parent} failed"
        if now != FAILED or tie.on_failure is RUN:
            if job["state"] == JobState.BLOCKED and not job["unmet"]:
                self._free(job)
        elif tie.on_failure is CANCEL:
            job |= {"note": note, "cancelled_for": tie.parent, "finished_at": self.now}
            self._move(job, Verb.CANCEL, JobState.CANCELLED, note=note)
        elif job["state"] == JobState.HELD:  # by a person, who alone releases it
            job["note"] = note
        else:
            job |= {"note": note, "cancelled_for": tie.parent}
            self._move(job, Verb.HOLD, JobState.HELD, note=note)

    def _tell_stopped(self, job: Row, tie: Tie, now: int) -> None:
        job["unmet"] = int(now == OPEN)
        if now == FAILED:
            job["note"] = f"job {tie.parent} failed"
            return
        job |= {"cancelled_for": None, "note": None}
        if job["state"] == JobState.HELD:
            target = self.target_of(job, TRANSITIONS[Verb.RELEASE])
            self._move(job, Verb.RELEASE, target)
            return
        job["finished_at"] = None
        self._move(job, Verb.BLOCK, JobState.BLOCKED)
        if not job["unmet"]:
            self._free(job)

    def _free(self, job: Row) -> None:
        job["note"] = None
        self._move(job, Verb.UNBLOCK, self.target_of(job, TRANSITIONS[Verb.UNBLOCK]))


class Depending(People):
    """Rules about jobs that wait for others."""

    model: DependencyModel

    @rule(
        parent=PICK,
        needs=st.sampled_from(list(Needs)),
        on_failure=st.sampled_from(list(OnDependencyFailure)),
        how=st.sampled_from(["now", "now", "held", "later"]),
    )
    def a_job_waits_for_another(
        self, parent: int, needs: Needs, on_failure: OnDependencyFailure, how: str
    ) -> None:
        parents = list(self.model.jobs)[-8:]
        if not parents:
            return
        self.add_child(Tie(parents[parent % len(parents)], needs, on_failure), how)

    @rule(how=st.sampled_from(["now", "later"]), policy=st.sampled_from([CANCEL, HOLD]))
    def a_parent_fails_and_is_run_again(self, how: str, policy: OnDependencyFailure) -> None:
        """All the way down and back, with a grandchild, and a child that was held meanwhile."""
        self.makes_several_calls()
        parent = self.add_parent()
        child = self.add_child(Tie(parent, Needs.SUCCESS, policy), how)
        held = self.add_child(Tie(parent, Needs.END, CANCEL), how)
        self.add_child(Tie(child, Needs.SUCCESS, CANCEL), "now")
        self._move(Verb.HOLD, [held])
        self._move(Verb.RELEASE, [held])
        self._move(Verb.CANCEL, [parent])
        self._move(Verb.RERUN, [parent])

    @rule(number=PICK)
    def a_job_waits_for_none_that_is(self, number: int) -> None:
        new = NewJob(work=SCRIPT, after=((Dependency(parent=NO_JOB + number),),))

        self.refuse(lambda store: store.enqueue([new]), "InvalidJob")

    def add_parent(self) -> int:
        self.store_orders([Order(hold=True)])
        return self.model.last_id

    def add_child(self, tie: Tie, how: str) -> int:
        new = NewJob(
            work=SCRIPT,
            after=((Dependency(parent=tie.parent, needs=tie.needs),),),
            on_dep_failure=tie.on_failure,
            hold=how == "held",
            delay_ms=HOUR if how == "later" else None,
        )
        self.agree(lambda store: store.enqueue([new]), self.model.enqueue_child(new, tie))
        return self.model.last_id

    def bring_a_job_into(self, state: JobState, *, early: bool) -> None:
        if state is not JobState.BLOCKED:
            super().bring_a_job_into(state, early=early)
            return
        self.makes_several_calls()
        self.add_child(Tie(self.add_parent(), Needs.SUCCESS, CANCEL), "later" if early else "now")
