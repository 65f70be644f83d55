"""Words for what the tests of dependencies and groups tell, and the rules they are judged by."""

from collections import defaultdict
from collections.abc import Iterable

from queuectl_store import (
    FINAL,
    Cancelled,
    Claim,
    Clause,
    Dead,
    Dependency,
    Finish,
    Job,
    JobFilter,
    JobId,
    JobState,
    Needs,
    Outcome,
    Store,
    Succeeded,
    WorkerId,
)
from tests import raw_sql

SUCCEEDED, DIED, STOPPED = Succeeded(), Dead(reason="broken"), Cancelled(reason="by a person")
WAITS = {JobState.BLOCKED, JobState.HELD}


def after(*parents: int | str, needs: Needs = Needs.SUCCESS) -> tuple[Clause, ...]:
    """All of *parents*."""
    return tuple((Dependency(parent=each, needs=needs),) for each in parents)


def any_of(*parents: int | str, needs: Needs = Needs.SUCCESS) -> tuple[Clause, ...]:
    """One of *parents*."""
    return (tuple(Dependency(parent=each, needs=needs) for each in parents),)


def claim_that(store: Store, worker: WorkerId, job_id: JobId) -> Claim:
    """Claim one job and give the others back."""
    claims = store.claim(worker, limit=1_000)
    [wanted] = [claim for claim in claims if claim.job.id == job_id]
    others = [(claim.job.id, claim.token) for claim in claims if claim is not wanted]
    store.release(worker, others, reason="not this one")
    return wanted


def end(store: Store, worker: WorkerId, job_id: JobId, outcome: Outcome) -> None:
    """Let one job run and end so."""
    finish = Finish(claim=claim_that(store, worker, job_id), outcome=outcome)
    assert store.finish(worker, [finish]) == []


def run_all(store: Store, worker: WorkerId, outcome: Outcome = SUCCEEDED) -> list[JobId]:
    """Let all that may run do so, and end the same; return the ids in their order."""
    ran: list[JobId] = []
    while claims := store.claim(worker, limit=500):
        store.finish(worker, [Finish(claim=claim, outcome=outcome) for claim in claims])
        ran += [claim.job.id for claim in claims]
    return ran


def resolve_all(store: Store) -> int:
    """Do all that is due, as the stagers of workers do; return how many calls it took."""
    calls = 0
    while store.resolve():
        calls += 1
        assert calls < 10_000, "it never comes to an end"
    return calls


def state_of(store: Store, job_id: JobId) -> str:
    return store.reader.get(job_id).state.value


def all_jobs(store: Store) -> list[Job]:
    return store.reader.page(JobFilter(), limit=100_000)


def wrong_with_ties(store: Store) -> list[str]:
    """Say what of the rules of dependencies does not hold once nothing is due."""
    jobs = {job.id: job for job in all_jobs(store)}
    clauses: dict[tuple[int, int], list[int]] = defaultdict(list)
    wrong = []
    for child, clause, parent, needs, met in _edges(store):
        state = jobs[JobId(parent)].state
        should = _truth(state, needs)
        if met != should:
            wrong.append(f"{child} thinks {met} of {parent}, which is {state}")
        clauses[child, clause].append(met)
    status: dict[int, list[int]] = defaultdict(list)
    for (child, _clause), met in clauses.items():
        status[child].append(max(met))
    for child, all_met in status.items():
        wrong += _wrong_with(jobs[JobId(child)], all_met)
    return wrong


def _wrong_with(child: Job, clauses: list[int]) -> Iterable[str]:
    open_ones = clauses.count(0)
    if child.state is JobState.BLOCKED and (child.unmet == 0 or child.unmet != open_ones):
        yield f"{child.id} is blocked by {child.unmet}, open are {open_ones}"
    if child.cancelled_for is not None:
        if child.state not in (JobState.CANCELLED, JobState.HELD):
            yield f"{child.id} is {child.state}, stopped for {child.cancelled_for}"
        if -1 not in clauses:
            yield f"{child.id} is stopped for nothing"


def _truth(state: JobState, needs: str) -> int:
    if state not in FINAL:
        return 0
    if needs == "end":
        return 1
    return 1 if (state is JobState.SUCCEEDED) == (needs == "success") else -1


def _edges(store: Store) -> list[tuple[int, int, int, str, int]]:
    text = "SELECT child_id, clause, parent_id, needs, met FROM queuectl_dependencies"
    with store._database.read() as connection:
        return [tuple(row) for row in raw_sql.run(connection, text)]
