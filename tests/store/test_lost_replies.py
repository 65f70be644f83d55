"""Every fifth reply to COMMIT is lost on PostgreSQL: nothing doubled, nothing lost, no rerun."""

from collections import Counter

from queuectl_store import JobFilter, Store, Verb, connect
from tests.store.cutting_proxy import proxy_before
from tests.store.lost_replies import Crowd, Told

JOBS = 300
WORKERS = 6
DRAINED_S = 120.0


def test_with_every_fifth_reply_lost_each_job_is_stored_once_and_succeeds_once(
    postgres_url: str,
) -> None:
    with proxy_before(postgres_url) as (proxy, through), connect(postgres_url) as honest:
        crowd = Crowd(through, jobs=JOBS)
        proxy.every = 5

        crowd.run(honest, workers=WORKERS, within=DRAINED_S)

        assert proxy.swallowed > JOBS // 10
        assert doubled_or_lost(honest, crowd.told) == []
        assert wrong_histories(honest, crowd.told) == []
        verbs = verbs_seen(honest)
    assert {Verb.SUCCEED, Verb.BACK_OFF, Verb.SNOOZE, Verb.GIVE_BACK, Verb.STAGE} <= verbs


def doubled_or_lost(store: Store, told: Told) -> list[str]:
    jobs = store.reader.page(JobFilter(), limit=10_000)
    wrong = [
        f"{n} jobs are {text!r}" for text, n in Counter(j.command for j in jobs).items() if n > 1
    ]
    if sorted(told.ids) != sorted(job.id for job in jobs):
        wrong.append(f"{len(told.ids)} ids were told, {len(jobs)} jobs are stored")
    return wrong + [f"job {job.id} is {job.state}" for job in jobs if job.state != "succeeded"]


def wrong_histories(store: Store, told: Told) -> list[str]:
    wrong = []
    for job in store.reader.page(JobFilter(), limit=10_000):
        verbs = [event.verb for event in store.reader.events(job_id=job.id)]
        attempts = {each.token: each.state for each in store.reader.attempts(job.id)}
        tokens = [*range(1, verbs.count(Verb.CLAIM) + 1)]
        if verbs.count(Verb.SUCCEED) != 1 or verbs[-1] is not Verb.SUCCEED:
            wrong.append(f"job {job.id} ran again after it had succeeded: {verbs}")
        if sorted(attempts) != tokens or job.token != len(tokens):
            wrong.append(f"job {job.id} has attempts {attempts}, its log {verbs}")
        for (job_id, token), state in told.finished.items():
            if job_id == job.id and attempts.get(token) != state:
                wrong.append(f"run {token} of job {job_id} was told {state}: {attempts}")
        for job_id, token in told.refused:
            if job_id == job.id and attempts.get(token) not in ("crashed", "released"):
                wrong.append(f"run {token} of job {job_id} was refused: {attempts}")
    return wrong


def verbs_seen(store: Store) -> set[Verb]:
    return {event.verb for event in store.reader.events(limit=100_000)}
