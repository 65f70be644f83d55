"""Jobs of one task, of which what they share is checked once: as if each were checked by itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queuectl_store import (
    Backoff,
    Event,
    InvalidJob,
    Job,
    JobFilter,
    JobState,
    ManualClock,
    NewJob,
    QueueDraining,
    Task,
    connect,
    spec,
)
from queuectl_store.enqueue.mould import Mould
from queuectl_worker import InvalidTask, Queue
from queuectl_worker.tasks import TaskFunction

Work = TaskFunction[..., None]
PLAIN = NewJob(work=Task(name='résumé "of"'))
SPECIAL = replace(
    PLAIN,
    tags={"{": '","kwargs":{', "é": "\\"},
    backoff=Backoff(base=3.0),
    exit_dead=frozenset({3, 1}),
    cwd="/",
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS.filter(lambda it: it not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def queue(store_url: str) -> Iterator[Queue]:
    queue = Queue(store_url)
    yield queue
    queue.close()


@pytest.fixture
def work(queue: Queue) -> Work:
    @queue.task
    def work(value: Any = None) -> None: ...

    return work


def facts(job: Job) -> Job:
    """Leave out what no two jobs have in common."""
    return replace(job, id=0, key="")


def story(queue: Queue, job_id: int) -> list[Event]:
    events = queue.store.reader.events(job_id=job_id)
    return [replace(event, id=0, job_id=0) for event in events]


@pytest.mark.parametrize("new", [PLAIN, replace(PLAIN, tags={"a": "b"}), SPECIAL])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(args=st.lists(VALUES, max_size=3), kwargs=st.dictionaries(st.text(), VALUES, max_size=3))
def test_a_spec_from_a_mould_is_that_of_the_whole_job(
    new: NewJob, args: list[Any], kwargs: dict[str, Any]
) -> None:
    whole = replace(new, work=Task(name='résumé "of"', args=tuple(args), kwargs=kwargs))

    [made] = Mould(new).wanted([(args, kwargs)])

    assert made.spec == spec.encode(whole)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"queue": "slow", "priority": 7, "name": "a name", "tags": {"a": "b"}, "max_retries": 0},
        {"delay_ms": 5_000, "timeout_ms": 0, "backoff": Backoff(base=3.0)},
        {"run_at": 9_000_000_000_000, "environment": {"A": "1"}},
        {"hold": True, "slots": 2, "concurrency_key": "k", "resources": {"gpu": 1}},
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_jobs_of_a_mould_are_stored_as_each_by_itself(
    store_url: str, fields: dict[str, Any], count: int
) -> None:
    new = NewJob(work=Task(name="work"), **fields)
    args, kwargs = (1, "é"), {"value": [None, {"deep": 0.5}]}
    with connect(store_url, clock=ManualClock()) as store:
        queue = Queue(store)
        [whole] = store.enqueue([replace(new, work=Task(name="work", args=args, kwargs=kwargs))])
        ids = store.enqueue_calls(Mould(new), [(args, kwargs)] * count)

        made = [facts(store.reader.get(job_id)) for job_id in ids]
        assert made == [facts(store.reader.get(whole))] * count
        assert [story(queue, job_id) for job_id in ids] == [story(queue, whole)] * count
        assert sum(store.reader.counts()[new.queue].values()) == count + 1


def test_no_calls_store_nothing_and_ask_nothing_of_the_options(work: Work, queue: Queue) -> None:
    assert work.options(priority="nonsense").enqueue_many([]) == []
    assert queue.store.reader.page(JobFilter()) == []


@pytest.mark.parametrize("value", [[[]] * 2, "x" * 1_100_000])
def test_a_call_that_cannot_be_stored_is_refused_with_its_place(
    work: Work, queue: Queue, value: object
) -> None:
    deep: Any = value
    for _ in range(70 if isinstance(value, list) else 0):
        deep = [deep]

    with pytest.raises(InvalidJob) as refusal:
        work.enqueue_many([{"value": 1}, {"value": deep}])

    with pytest.raises(InvalidJob) as alone:
        queue.send([NewJob(work=Task(name="work", kwargs={"value": deep}))])
    assert (refusal.value.index, alone.value.index) == (1, 0)
    assert str(refusal.value) == str(alone.value)
    assert queue.store.reader.page(JobFilter()) == []


def test_options_that_cannot_be_stored_are_refused_at_each_enqueue(work: Work) -> None:
    odd, odder = work.options(tags={"": "b"}), work.options(priority="urgent")

    for _ in range(2):
        with pytest.raises(InvalidJob, match="names nothing"):
            odd.enqueue()
        with pytest.raises(InvalidTask, match="'urgent' is not a priority"):
            odder.enqueue()


def test_what_the_program_changes_of_its_options_holds_from_then_on(queue: Queue) -> None:
    tags, resources = {"version": "1"}, {"gpu": 1}

    @queue.task(tags=tags, resources=resources)
    def work() -> None: ...

    first = work.enqueue()
    tags["version"] = "2"
    second = work.enqueue()
    resources["gpu"] = 2
    third, fourth = work.enqueue_many([{}, {}])

    assert [(job.facts.tags, job.facts.resources) for job in (first, second, third, fourth)] == [
        ({"version": version}, {"gpu": gpu})
        for version, gpu in (("1", 1), ("2", 1), ("2", 2), ("2", 2))
    ]


def test_jobs_that_are_bound_to_others_are_bound_each_time(work: Work) -> None:
    parent = work.enqueue()
    child = work.options(after=parent)
    bound = [child.enqueue(), *child.enqueue_many([{}, {}])]
    grouped = work.options(group="g")
    unique = work.options(unique="one")

    assert {job.facts.state for job in bound} == {JobState.BLOCKED}
    assert grouped.enqueue().facts.group == grouped.enqueue_many([{}])[0].facts.group == "g"
    assert unique.enqueue().id == unique.enqueue().id


def test_a_setting_that_changes_holds_for_the_next_job(work: Work, queue: Queue) -> None:
    before = work.enqueue()
    queue.store.settings.set("max_retries", "17")
    after, many = work.enqueue(), work.enqueue_many([{}, {}])[1]

    assert before.facts.max_retries != 17
    assert (after.facts.max_retries, many.facts.max_retries) == (17, 17)


def test_a_draining_queue_takes_no_task(work: Work, queue: Queue) -> None:
    work.enqueue()
    queue.store.admin.drain("default")

    for enqueue in (work.enqueue, lambda: work.enqueue_many([{}, {}])):
        with pytest.raises(QueueDraining):
            enqueue()

    assert len(queue.store.reader.page(JobFilter())) == 1


def test_jobs_of_one_key_are_one_job(work: Work) -> None:
    keyed = work.options(key="once")
    first = keyed.enqueue()

    assert keyed.enqueue().id == first.id
    assert [job.id for job in keyed.enqueue_many([{}, {}])] == [first.id] * 2


def test_a_queue_that_is_given_another_store_uses_it(
    work: Work, queue: Queue, tmp_path: Any
) -> None:
    work.enqueue()
    with connect(str(tmp_path / "other.db")) as other:
        before = queue.use(other)
        job = work.enqueue()
        queue.use(before)

        assert other.reader.get(job.id).work == Task(name="work")
