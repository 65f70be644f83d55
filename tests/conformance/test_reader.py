import pytest

from queuectl_store import (
    Argv,
    Cancelled,
    Dead,
    JobFilter,
    JobId,
    JobState,
    ManualClock,
    NewJob,
    Retry,
    Store,
    Succeeded,
    Task,
    UnknownJob,
    Verb,
    connect,
    job_document,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, job

FIELDS = [
    "id",
    "state",
    "reason",
    "queue",
    "priority",
    "command",
    "argv",
    "shell",
    "task",
    "args",
    "kwargs",
    "cwd",
    "name",
    "tags",
    "group",
    "unique_key",
    "after",
    "attempt",
    "max_retries",
    "timeout",
    "run_at",
    "created_at",
    "started_at",
    "finished_at",
    "duration",
    "worker",
    "exit_code",
    "signal",
    "error",
    "result",
    "progress",
    "log",
]


def found(store: Store, **chosen: object) -> list[int]:
    return [each.id for each in store.reader.page(JobFilter(**chosen))]  # type: ignore[arg-type]


def test_pages_go_from_the_newest_back(store: Store) -> None:
    store.enqueue([a_job() for _ in range(5)])

    first = store.reader.page(JobFilter(), limit=2)
    second = store.reader.page(JobFilter(), limit=2, before=first[-1].id)

    assert [each.id for each in first + second] == [5, 4, 3, 2]


def test_filters_narrow(store: Store, clock: ManualClock) -> None:
    store.enqueue(
        [
            a_job("convert a.png", queue="img", tags={"k": "v"}, name="thumb"),
            a_job("convert b.png", queue="img", tags={"k": "w"}, hold=True),
            a_job("echo 50% _done ☃", queue="text"),
            NewJob(work=Task(name="mail.send", args=("Convert",))),
        ]
    )
    clock.advance(ms=1_000)
    enqueue_one(store)

    assert found(store, queues=("img",)) == [2, 1]
    assert found(store, states=(JobState.HELD, JobState.DEAD)) == [2]
    assert found(store, tags={"k": "v"}) == [1]
    assert found(store, tags={"nope": "v"}) == []
    assert found(store, name="thumb") == [1]
    assert found(store, task="mail.send") == [4]
    assert found(store, search="CONVERT") == [4, 2, 1]
    assert found(store, search="50% _") == [3]
    assert found(store, search="☃") == [3]
    assert found(store, since_ms=clock.wall_ms()) == [5]
    assert found(store, queues=("img",), search="b.png") == [2]


@pytest.mark.parametrize(
    "text", ["sleep 10", "eep 1", "SLEEP 10", "sleep 10 'x ☃'", "10 x", "x ☃", "sleep  10"]
)
def test_the_words_of_a_list_are_found_as_lists_show_them(store: Store, text: str) -> None:
    store.enqueue([NewJob(work=Argv(argv=("sleep", "10", "x ☃"))), a_job("sleep 9")])

    assert found(store, search=text) == [1]
    assert found(store, search="10 sleep") == []


def test_jobs_are_found_by_when_they_ran(store: Store, clock: ManualClock) -> None:
    """Also those whose latest run is not in their own row: given back, or to be tried again."""
    never, *_ = store.enqueue([a_job(queue="unserved"), *(a_job() for _ in range(5))])
    worker = a_worker(store)
    early, succeeds, retries, cancelled, runs = (claim_one(store, worker) for _ in range(5))
    store.finish(worker, [ended(early, Succeeded())])
    clock.advance(ms=1_000)
    since = clock.wall_ms()
    store.finish(
        worker,
        [ended(succeeds, Succeeded()), ended(retries, Retry(delay_ms=60_000, reason="no"))],
    )
    store.admin.cancel([cancelled.job.id, never])
    store.finish(worker, [ended(cancelled, Cancelled(reason="enough"))])

    ran = found(store, ran_since_ms=since)
    later = found(store, ran_since_ms=since + 1)
    dead = found(store, ran_since_ms=since, states=(JobState.RETRYING,))

    jobs = [each.job.id for each in (runs, cancelled, retries, succeeds)]
    assert (ran, later, dead) == (jobs, [runs.job.id], [retries.job.id])


def test_an_unknown_job_is_said_to_be_unknown(store: Store) -> None:
    with pytest.raises(UnknownJob, match="no job 7"):
        store.reader.get(JobId(7))

    assert store.reader.find([JobId(7)]) == []


def test_counts_are_by_queue_and_state(store: Store) -> None:
    store.enqueue([a_job(queue="a"), a_job(queue="a"), a_job(queue="b", hold=True)])

    assert store.reader.counts() == {
        "a": {JobState.PENDING: 2},
        "b": {JobState.HELD: 1},
    }


def test_events_are_read_on_from_a_cursor(store: Store) -> None:
    store.enqueue([a_job(), a_job()])
    first = store.reader.events(limit=1)
    store.admin.cancel([JobId(1)], reason="why not")

    rest = store.reader.events(after=first[-1].id)

    assert [(each.job_id, each.verb) for each in rest] == [(2, Verb.ENQUEUE), (1, Verb.CANCEL)]
    assert rest[-1].note == "why not"


def test_moves_are_counted_since_an_instant(store: Store, clock: ManualClock) -> None:
    store.enqueue([a_job() for _ in range(3)])
    clock.advance(ms=1_000)
    since = clock.wall_ms()
    enqueue_one(store)
    store.admin.cancel([JobId(1), JobId(2)])

    assert store.reader.event_counts(since_ms=since) == {Verb.ENQUEUE: 1, Verb.CANCEL: 2}
    assert store.reader.event_counts(since_ms=0)[Verb.ENQUEUE] == 4


def reason(store: Store, job_id: int) -> str | None:
    return store.reader.reasons([job(store, JobId(job_id))]).get(JobId(job_id))


def test_a_job_that_waits_says_why(store: Store, clock: ManualClock) -> None:
    store.enqueue([a_job(queue="gpu"), a_job(), a_job(max_retries=2)])
    alone = reason(store, 1)
    worker = a_worker(store, queues=("default",))
    (claim, other) = store.claim(worker, limit=2, queues=("default",))
    store.finish(
        worker,
        [
            ended(other, Retry(delay_ms=40_000, reason="exit code 1")),
            ended(claim, Dead(reason="gave up")),
        ],
    )
    waiting = enqueue_one(store)
    scheduled = enqueue_one(store, delay_ms=59_000)
    store.admin.hold([scheduled], reason="later")

    assert alone == "no worker serves gpu"
    assert reason(store, 1) == "no worker serves gpu"
    assert reason(store, 2) == "gave up"
    assert reason(store, 3) == "retry 1 of 2 in 40 s"
    assert reason(store, waiting) == "waits for a free slot"
    assert reason(store, scheduled) == "later"
    store.admin.release([scheduled])
    assert str(reason(store, scheduled)).startswith("until ")


def test_a_worker_whose_lease_ran_out_unseen_is_gone(store: Store, clock: ManualClock) -> None:
    a_worker(store, lease_ms=1_000)
    a_worker(store, lease_ms=5_000, queues=("a", "b"))
    clock.advance(ms=1_000)

    alive = store.reader.workers()
    everyone = store.reader.workers(all=True)

    assert [(each.id, each.queues, each.running) for each in alive] == [(2, ("a", "b"), 0)]
    assert [each.state for each in everyone] == ["gone", "running"]


def test_the_version_changes_when_another_connection_commits(store_url: str) -> None:
    with connect(store_url) as watcher, connect(store_url) as writer:
        before = watcher.reader.version()
        same = watcher.reader.version()
        enqueue_one(writer)

        assert same == before
        assert watcher.reader.version() != before


def test_the_json_job_has_exactly_the_fields_of_the_contract(store: Store) -> None:
    job_id = enqueue_one(store, timeout_ms=1_500, tags={"a": "b"})
    worker = a_worker(store)
    store.finish(
        worker, [ended(claim_one(store, worker), Dead(reason="r"), exit_code=9, error="e")]
    )

    document = job_document(job(store, job_id), reason="r", log="/x")

    assert list(document) == FIELDS
    assert document["timeout"] == 1.5
    assert document["created_at"] == "2027-01-15T08:00:00.000Z"
    assert (document["exit_code"], document["error"], document["log"]) == (9, "e", "/x")
    assert (document["command"], document["argv"], document["shell"]) == ("true", None, True)
