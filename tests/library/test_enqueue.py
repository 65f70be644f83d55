"""Enqueueing tasks: options, many at once, and in the caller's own transaction."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from queuectl_store import DuplicateJob, InvalidJob, JobFilter, JobState, ManualClock, connect
from queuectl_worker import InvalidArguments, InvalidTask, Queue
from queuectl_worker.options import JobOptions, Options, TaskOptions
from queuectl_worker.tasks import TaskFunction

Thumbnail = TaskFunction[[str, int], None]


@pytest.fixture
def queue(store_url: str) -> Iterator[Queue]:
    queue = Queue(store_url)
    yield queue
    queue.close()


@pytest.fixture
def thumbnail(queue: Queue) -> Thumbnail:
    @queue.task(max_retries=5, timeout=30)
    def thumbnail(path: str, width: int = 200) -> None: ...

    return thumbnail  # type: ignore[return-value]


def stored(queue: Queue) -> int:
    return len(queue.store.reader.page(JobFilter()))


def test_options_come_from_the_task_and_from_the_call(queue: Queue, thumbnail: Thumbnail) -> None:
    at = datetime(2040, 1, 1, tzinfo=UTC)
    plain = thumbnail.enqueue("a.png", 64).facts
    special = (
        thumbnail.options(queue="slow", priority="high", at=at, tags={"k": "v"}, timeout="2m")
        .enqueue("b.png", 64)
        .facts
    )

    assert (plain.queue, plain.priority, plain.max_retries, plain.timeout_ms) == (
        *("default", 0, 5),
        30_000,
    )
    assert (special.queue, special.priority, special.tags) == ("slow", 10, {"k": "v"})
    assert (special.state, special.run_at) == (JobState.SCHEDULED, 2_208_988_800_000)
    assert (special.max_retries, special.timeout_ms) == (5, 120_000)


def test_a_delay_counts_from_the_stores_clock(store_url: str) -> None:
    clock = ManualClock()
    with connect(store_url, clock=clock) as store:
        queue = Queue(store)

        @queue.task
        def work() -> None: ...

        jobs = [
            work.options(delay=delay).enqueue().facts
            for delay in (600, "10m", timedelta(minutes=10))
        ]

    assert {job.run_at for job in jobs} == {clock.wall_ms() + 600_000}


def test_many_are_stored_together_or_not_at_all(queue: Queue, thumbnail: Thumbnail) -> None:
    jobs = thumbnail.enqueue_many({"path": f"{n}.png"} for n in range(1_500))

    assert [job.id for job in jobs] == list(range(jobs[0].id, jobs[0].id + 1_500))
    with pytest.raises(InvalidArguments):
        thumbnail.enqueue_many([{"path": "a"}, {"path": 7}])
    assert len(queue.store.reader.page(JobFilter(), limit=10_000)) == 1_500


def test_a_key_makes_an_enqueue_repeatable(thumbnail: Thumbnail) -> None:
    first, second = (thumbnail.options(key="once").enqueue("a", 1) for _ in range(2))

    assert first.id == second.id


def test_options_that_make_no_sense_are_refused(thumbnail: Thumbnail) -> None:
    with pytest.raises(InvalidTask, match="names no zone"):
        thumbnail.options(at=datetime(2030, 1, 1)).enqueue("a", 1)  # noqa: DTZ001
    with pytest.raises(InvalidTask, match="'soon' is not a length of time"):
        thumbnail.options(delay="soon").enqueue("a", 1)
    with pytest.raises(InvalidTask, match="'urgent' is not a priority"):
        thumbnail.options(priority="urgent").enqueue("a", 1)
    with pytest.raises(InvalidJob, match="timeout"):
        thumbnail.options(timeout=-1).enqueue("a", 1)


def test_a_job_runs_after_others_by_themselves_or_their_ids(
    queue: Queue, thumbnail: Thumbnail
) -> None:
    first, second, third = (thumbnail.enqueue(path, 1) for path in "abc")

    child = thumbnail.options(
        after=first, after_any=[second.id], after_failed=[third], on_dep_failure="hold"
    ).enqueue("d", 1)

    assert child.state is JobState.BLOCKED
    assert sorted(queue.store.reader.get(child.id).after) == [first.id, second.id, third.id]
    assert child.facts.on_dep_failure == "hold"
    first.cancel()
    assert child.refresh().state is JobState.HELD


def test_a_unique_key_lets_one_in(queue: Queue, thumbnail: Thumbnail) -> None:
    once = thumbnail.options(unique="night", unique_for="1h")

    first, second = once.enqueue("a", 1), once.enqueue("b", 1)
    with pytest.raises(DuplicateJob):
        thumbnail.options(unique="night", on_duplicate="reject").enqueue("c", 1)
    third = thumbnail.options(unique="night", on_duplicate="replace").enqueue("d", 1)

    assert first.id == second.id
    assert first.refresh().state is JobState.CANCELLED
    assert third.state is JobState.PENDING


def test_what_a_job_takes_and_where_it_belongs(queue: Queue, thumbnail: Thumbnail) -> None:
    facts = (
        thumbnail.options(
            group="night", slots=2, resources={"gpu": 1}, concurrency_key="alice", name="mine"
        )
        .enqueue("a", 1)
        .facts
    )

    assert (facts.slots, facts.resources, facts.concurrency_key) == (2, {"gpu": 1}, "alice")
    assert (queue.store.reader.get(facts.id).group, facts.name) == ("night", "mine")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"timout": 3}, "there is no option 'timout'"),
        ({"timeout": "a while"}, "timeout 'a while' is not a length of time"),
        ({"timeout": float("nan")}, "timeout nan is not a length of time"),
        ({"timeout": [3]}, r"timeout \[3\] is not a length of time"),
        ({"max_retries": -1}, "the task 'work': max_retries must be a whole number"),
        ({"backoff_base": 0.5}, "the task 'work': backoff needs a base"),
        ({"queue": "no spaces"}, "the queue name 'no spaces' is not usable"),
        ({"on_duplicate": "ignore"}, "on_duplicate 'ignore' is none of skip, replace, reject"),
        ({"on_dep_failure": "x"}, "on_dep_failure 'x' is none of cancel, run, hold"),
        ({"unique_for": 3}, "give unique="),
        ({"slots": 0}, "slots must be from 1"),
    ],
)
def test_a_task_with_an_option_that_cannot_be_is_refused_where_it_is_made(
    queue: Queue, options: dict[str, Any], words: str
) -> None:
    """A program that starts must not find out at its first enqueue."""
    with pytest.raises(InvalidTask, match=words):

        @queue.task(**options)
        def work() -> None: ...


def test_type_checkers_know_every_option() -> None:
    known = {field.name for field in dataclasses.fields(Options)}

    assert set(get_type_hints(JobOptions)) == known
    assert set(get_type_hints(TaskOptions)) == known - {"name"}


def test_a_queue_opens_its_store_at_the_first_use(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    queue = Queue(str(path))

    @queue.task
    def work() -> None: ...

    assert not path.exists()
    work.enqueue()
    assert path.exists()
    queue.close()
