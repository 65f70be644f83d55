"""Words for what the conformance tests tell."""

from collections.abc import Sequence

from queuectl_store import (
    Claim,
    Finish,
    Job,
    JobId,
    NewJob,
    NewWorker,
    Outcome,
    Retry,
    RunFacts,
    Shell,
    Store,
    WorkerId,
)


def a_job(script: str = "true", **fields: object) -> NewJob:
    return NewJob(work=Shell(script=script), **fields)  # type: ignore[arg-type]


def enqueue_one(store: Store, **fields: object) -> JobId:
    return store.enqueue([a_job(**fields)])[0]


def a_worker(
    store: Store,
    *,
    lease_ms: int = 10_000,
    queues: tuple[str, ...] | None = None,
    concurrency: int = 4,
) -> WorkerId:
    return store.register(
        NewWorker(
            host="host-a",
            pid=4711,
            concurrency=concurrency,
            queues=queues,
            lease_ms=lease_ms,
            version="0",
        )
    )


def claim_one(store: Store, worker: WorkerId) -> Claim:
    (claim,) = store.claim(worker, limit=1)
    return claim


def ended(claim: Claim, outcome: Outcome, **facts: object) -> Finish:
    return Finish(claim=claim, outcome=outcome, facts=RunFacts(**facts))  # type: ignore[arg-type]


def vanished(claim: Claim) -> Finish:
    return Finish(claim=claim, outcome=Retry(delay_ms=0, reason="crashed worker"), crashed=True)


def job(store: Store, job_id: JobId) -> Job:
    return store.reader.get(job_id)


def states(store: Store, ids: Sequence[JobId]) -> list[str]:
    return [each.state.value for each in store.reader.find(ids)]


def story_of(store: Store, job_id: JobId) -> list[str]:
    """The verbs that the event log holds of one job, in order."""
    return [event.verb.value for event in store.reader.events(job_id=job_id)]
