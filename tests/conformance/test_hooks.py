"""Hooks: which events make deliveries, exactly one each, and never of deliveries themselves."""

import json
import threading
from typing import Any

import pytest

from queuectl_store import (
    HOOK_QUEUE,
    Dead,
    Dispatched,
    Hook,
    HookExists,
    HookOn,
    HookRule,
    InvalidHook,
    Job,
    JobFilter,
    JobId,
    JobState,
    ManualClock,
    NewHook,
    NewJob,
    Outcome,
    Retry,
    Shell,
    Store,
    Succeeded,
    Task,
    UnknownHook,
    WorkerId,
    connect,
    webhook_job,
)
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one

FAILED = Dead(reason="exit code 1")
URL = "https://example.org/t0ken"


def a_hook(store: Store, called: str = "pager", *on: str, **rule: Any) -> Hook:
    wanted = frozenset(map(HookOn, on or ("dead",)))
    new = NewHook(name=called, rule=HookRule(on=wanted, **rule), job=webhook_job(), url=URL)
    return store.hooks.add(new)


# No test has so much to tell that more are needed.
MOST_DISPATCHES = 300


def run(store: Store, worker: WorkerId, outcome: Outcome, **fields: object) -> JobId:
    """Enqueue a job and let it end in *outcome*."""
    job_id = enqueue_one(store, **{"priority": 100, **fields})
    store.finish(worker, [ended(claim_one(store, worker), outcome, error="exit code 1")])
    return job_id


def deliveries(store: Store) -> list[Job]:
    for _ in range(MOST_DISPATCHES):
        if store.hooks.dispatch() not in (Dispatched.SOME, Dispatched.MORE):
            break
    else:
        raise AssertionError("dispatching does not end: the hooks' places do not move on")
    return store.reader.page(JobFilter(queues=[HOOK_QUEUE]))[::-1]


def told(job: Job) -> dict[str, Any]:
    assert isinstance(job.work, Task)
    event: dict[str, Any] = job.work.kwargs["event"]
    return event


def told_of(store: Store) -> list[tuple[str, int]]:
    return [(told(job)["type"], told(job)["data"]["job"]["id"]) for job in deliveries(store)]


@pytest.fixture
def worker(store: Store) -> WorkerId:
    return a_worker(store, lease_ms=10_000_000)


def test_each_wanted_event_makes_one_delivery(store: Store, worker: WorkerId) -> None:
    a_hook(store, "pager", "dead", "succeeded")

    first = run(store, worker, FAILED)
    second = run(store, worker, Succeeded())
    run(store, worker, Retry(delay_ms=0, reason="again"))

    assert told_of(store) == [("job.dead", first), ("job.succeeded", second)]
    assert told_of(store) == [("job.dead", first), ("job.succeeded", second)]


def test_a_delivery_tells_the_job_without_its_arguments(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    a_hook(store)
    job_id = run(store, worker, FAILED, script="make x", name="build", tags={"team": "a"})

    (delivery,) = deliveries(store)

    event, job = told(delivery)["data"]["event"], told(delivery)["data"]["job"]
    assert delivery.tags == {"hook": "pager"}
    assert (event["verb"], event["state"], event["attempt"]) == ("die", "dead", 1)
    assert (job["id"], job["command"], job["error"]) == (job_id, "make x", "exit code 1")
    assert (job["name"], job["tags"]) == ("build", {"team": "a"})
    assert not {"args", "kwargs", "result", "env"} & set(job)


def test_what_happened_before_it_was_added_is_not_told(store: Store, worker: WorkerId) -> None:
    run(store, worker, FAILED)

    a_hook(store)

    assert deliveries(store) == []


def test_deliveries_themselves_are_never_told(store: Store, worker: WorkerId) -> None:
    a_hook(store, "all", *HookOn)
    run(store, worker, FAILED)
    count = len(deliveries(store))
    for _ in range(count):
        store.finish(worker, [ended(claim_one(store, worker), FAILED)])

    assert len(deliveries(store)) == count == 3


@pytest.mark.parametrize(
    ("rule", "fits", "does_not"),
    [
        ({"queues": frozenset({"mail"})}, {"queue": "mail"}, {"queue": "video"}),
        ({"name": "build"}, {"name": "build"}, {"name": "built"}),
        ({"group": "night"}, {"group": "night"}, {"group": "day"}),
        ({"tags": {"team": "a"}}, {"tags": {"team": "a", "x": "y"}}, {"tags": {"team": "b"}}),
    ],
)
def test_a_rule_narrows_to_the_jobs_that_fit(
    store: Store, worker: WorkerId, rule: dict[str, Any], fits: Any, does_not: Any
) -> None:
    a_hook(store, **rule)

    wanted = run(store, worker, FAILED, **fits)
    run(store, worker, FAILED, **does_not)

    assert told_of(store) == [("job.dead", wanted)]


def test_a_task_is_told_by_its_name(store: Store, worker: WorkerId) -> None:
    a_hook(store, task="mail.send")
    (wanted, _) = store.enqueue([NewJob(work=Task(name=name)) for name in ("mail.send", "other")])
    for _ in range(2):
        store.finish(worker, [ended(claim_one(store, worker), FAILED)])

    assert told_of(store) == [("job.dead", wanted)]


def test_failures_in_a_row_are_told_once_and_again_after_a_success(
    store: Store, worker: WorkerId
) -> None:
    a_hook(store, after_failures=2)
    ends = [FAILED, Succeeded(), FAILED, FAILED, FAILED, Succeeded(), FAILED, FAILED]
    jobs = []
    for end in ends:
        jobs.append(run(store, worker, end))
        deliveries(store)

    assert told_of(store) == [("job.dead", jobs[3]), ("job.dead", jobs[7])]
    assert store.hooks.get("pager").failures == 2


def test_many_dispatchers_at_once_make_one_delivery_an_event(
    store: Store, store_url: str, clock: ManualClock, worker: WorkerId
) -> None:
    a_hook(store)
    a_hook(store, "second")
    jobs = [run(store, worker, FAILED) for _ in range(20)]
    start = threading.Barrier(4)

    def dispatch() -> None:
        with connect(store_url, clock=clock) as own:
            start.wait()
            own.hooks.dispatch()

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told_of(store)) == sorted([("job.dead", job) for job in jobs] * 2)


def test_a_paused_hook_is_told_nothing_and_goes_on_from_its_resumption(
    store: Store, worker: WorkerId
) -> None:
    a_hook(store)
    store.hooks.pause("pager")
    run(store, worker, FAILED)
    assert deliveries(store) == []

    assert store.hooks.resume("pager").paused is False
    later = run(store, worker, FAILED)

    assert told_of(store) == [("job.dead", later)]


def test_a_hook_that_gave_up_says_why(store: Store) -> None:
    hook = a_hook(store)

    store.hooks.give_up(hook.id, "it answered 410")

    assert (store.hooks.get("pager").paused, store.hooks.get("pager").note) == (
        True,
        "it answered 410",
    )


def test_a_removed_hook_is_told_nothing_more(store: Store, worker: WorkerId) -> None:
    a_hook(store)
    run(store, worker, FAILED)
    first = deliveries(store)

    store.hooks.remove("pager")
    assert store.hooks.dispatch() is Dispatched.NO_HOOKS
    run(store, worker, FAILED)

    assert deliveries(store) == first
    with pytest.raises(UnknownHook, match="pager"):
        store.hooks.get("pager")


def test_events_wait_while_their_queue_drains(store: Store, worker: WorkerId) -> None:
    a_hook(store)
    store.admin.drain(HOOK_QUEUE)
    job_id = run(store, worker, FAILED)
    assert deliveries(store) == []

    store.admin.resume(HOOK_QUEUE)

    assert told_of(store) == [("job.dead", job_id)]


def test_a_command_gets_the_event_as_input_and_as_variables(store: Store, worker: WorkerId) -> None:
    work = NewJob(work=Shell(script="notify"), env={"A": "b"})
    store.hooks.add(NewHook(name="c", rule=HookRule(on=frozenset({HookOn.DEAD})), job=work))
    job_id = run(store, worker, FAILED, name="night")

    (delivery,) = deliveries(store)

    assert delivery.work == Shell(script="notify")
    assert json.loads(delivery.input or "")["data"]["job"]["id"] == job_id
    assert delivery.env["A"] == "b"
    assert delivery.env["QUEUECTL_EVENT"] == "job.dead"
    assert delivery.env["QUEUECTL_EVENT_JOB_ID"] == str(job_id)
    assert delivery.env["QUEUECTL_EVENT_TEXT"] == f"job {job_id} (night) dead: exit code 1"


def test_a_try_is_delivered_though_the_hook_is_paused(store: Store) -> None:
    a_hook(store)
    store.hooks.pause("pager")

    job_id = store.hooks.test("pager")

    assert told(store.reader.get(job_id))["type"] == "hook.test"
    assert store.reader.get(job_id).state is JobState.PENDING


def test_a_name_is_given_once(store: Store) -> None:
    a_hook(store)

    with pytest.raises(HookExists, match="pager"):
        a_hook(store)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"rule": HookRule(on=frozenset())}, "told of"),
        ({"rule": HookRule(on=frozenset({HookOn.DEAD}), after_failures=0)}, "from 1"),
        ({"rule": HookRule(on=frozenset({HookOn.HELD}), after_failures=2)}, "dead alone"),
        ({"url": "file:///etc/passwd"}, "https"),
        ({"url": "gopher://example.org/"}, "https"),
        ({"url": "https:///path"}, "https"),
        ({"url": "https://user:s3cr3t@example.org/"}, "user or password"),
        ({"url": "https://example.org/a b"}, "blanks"),
        ({"url": "https://example.org:99999/"}, "cannot be read"),
        ({"url": "https://[::1/"}, "cannot be read"),
    ],
)
def test_what_could_never_deliver_is_refused(
    store: Store, fields: dict[str, Any], says: str
) -> None:
    usual: dict[str, Any] = {
        "name": "pager",
        "rule": HookRule(on=frozenset({HookOn.DEAD})),
        "job": webhook_job(),
    }
    with pytest.raises(InvalidHook, match=says) as refused:
        store.hooks.add(NewHook(**{**usual, **fields}))

    assert "s3cr3t" not in str(refused.value)
    assert store.hooks.all() == []


def test_neither_the_address_nor_the_secret_is_in_what_is_printed(store: Store) -> None:
    rule = HookRule(on=frozenset({HookOn.DEAD}))
    new = NewHook(name="pager", rule=rule, job=webhook_job(), url=URL, secret=b"s3cr3t")

    hook = store.hooks.add(new)

    assert hook.target == "https://example.org/…"
    assert hook.secret == b"s3cr3t"
    assert "t0ken" not in repr(hook)
    assert "s3cr3t" not in repr(hook) + repr(new)


def test_a_hook_of_a_newer_version_is_left_to_that_and_stops_no_other(
    store: Store, worker: WorkerId
) -> None:
    a_hook(store, "newer")
    a_hook(store, "known")
    store._database.write(
        lambda c: c.exec_driver_sql(
            """UPDATE queuectl_hooks SET rule = '{"on": ["eclipse"]}' WHERE name = 'newer'"""
        )
    )

    job_id = run(store, worker, FAILED)

    assert told_of(store) == [("job.dead", job_id)]
    with pytest.raises(InvalidHook, match="newer version"):
        store.hooks.get("newer")


def test_many_events_are_told_some_at_a_time_and_each_once(
    store: Store, worker: WorkerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuectl_store.hooks.dispatching.MOST_TOLD", 2)
    a_hook(store)
    jobs = [run(store, worker, FAILED) for _ in range(5)]

    assert store.hooks.dispatch() is Dispatched.MORE
    assert len(store.reader.page(JobFilter(queues=[HOOK_QUEUE]))) == 2
    assert told_of(store) == [("job.dead", job) for job in jobs]


def test_a_long_backlog_is_passed_over_in_parts(
    store: Store, worker: WorkerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuectl_store.hooks.dispatching.STRETCH", 7)
    a_hook(store)
    jobs = [run(store, worker, FAILED) for _ in range(9)]

    assert store.hooks.dispatch() is Dispatched.MORE
    assert told_of(store) == [("job.dead", job) for job in jobs]
    assert store.hooks.dispatch() is Dispatched.NOTHING
