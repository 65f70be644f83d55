"""Many workers, one slot: threads on PostgreSQL, processes on SQLite, people in between."""

import dataclasses
import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

import pytest

from queuectl_store import (
    JobFilter,
    ManualClock,
    Missed,
    NewJob,
    Overlap,
    ScheduleExists,
    Shell,
    Store,
    connect,
)
from tests.schedules.story import MINUTE, add, fire_all, keys_of, slots

CROWD = 8
SCHEDULES = 12
SLOTS = 30
PATIENCE_S = 120


def expected_keys(store: Store, start: int) -> Counter[str]:
    moments = [start + n * MINUTE for n in range(1, SLOTS + 1)]
    return Counter(key for each in store.schedules.all() for key in keys_of(each, moments))


def all_keys(store: Store) -> Counter[str]:
    return Counter(job.key for job in store.reader.page(JobFilter(), limit=10_000))


def in_threads(*acts: Callable[[], object]) -> list[BaseException]:
    """Run *acts* at the same moment; return what they raised."""
    gate, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 the test looks at it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    return raised


def make_due(store: Store, clock: ManualClock) -> int:
    start = clock.now_ms
    for n in range(SCHEDULES):
        add(store, name=f"s{n}", missed=Missed.ALL)
    clock.advance(ms=SLOTS * MINUTE)
    return start


def test_eight_threads_make_one_job_a_slot(postgres_url: str) -> None:
    clock = ManualClock()
    with connect(postgres_url, clock=clock) as store:
        start = make_due(store, clock)

        raised = in_threads(*[lambda: fire_all(store) for _ in range(CROWD)])
        fire_all(store)

        assert raised == []
        assert all_keys(store) == expected_keys(store, start)
        assert {len(slots(store, f"s{n}")) for n in range(SCHEDULES)} == {SLOTS}


def fire_from_a_process(url: str, now_ms: int, gate: Barrier) -> None:
    with connect(url, clock=ManualClock(now_ms=now_ms)) as store:
        gate.wait(PATIENCE_S)
        fire_all(store)


def test_eight_processes_make_one_job_a_slot(sqlite_url: str) -> None:
    clock = ManualClock()
    with connect(sqlite_url, clock=clock) as store:
        start = make_due(store, clock)
        spawn = multiprocessing.get_context("spawn")
        gate = spawn.Barrier(CROWD)

        crowd = [
            spawn.Process(target=fire_from_a_process, args=(sqlite_url, clock.now_ms, gate))
            for _ in range(CROWD)
        ]
        for process in crowd:
            process.start()
        for process in crowd:
            process.join(PATIENCE_S)

        assert [process.exitcode for process in crowd] == [0] * CROWD
        assert all_keys(store) == expected_keys(store, start)


def test_edits_pauses_and_runs_while_it_fires_double_nothing(
    store: Store, clock: ManualClock
) -> None:
    """On PostgreSQL each waits for the row of the other; on SQLite for the file."""
    schedule = add(store, missed=Missed.ALL, overlap=Overlap.ALLOW)
    first = clock.now_ms
    other = NewJob(work=Shell(script="false"))

    def edit() -> None:
        for n in range(10):
            store.schedules.edit("tick", lambda old: dataclasses.replace(old, job=other))
            if n % 3 == 0:
                store.schedules.run_now("tick")

    def fire() -> None:
        for _ in range(15):
            clock.advance(ms=MINUTE)
            fire_all(store)

    raised = in_threads(edit, fire, fire)
    fire_all(store)

    moments = [first + n * MINUTE for n in range(1, 31)]
    told = Counter(slot.outcome.value for slot in slots(store))
    assert raised == []
    assert told == {"fired": 30, "manual": 4}
    made = all_keys(store)
    assert set(keys_of(schedule, moments)) <= made.keys()
    assert set(made.values()) == {1}
    assert sum(made.values()) == 34
    assert store.schedules.get("tick").revision == 10


def test_after_a_pause_returned_nothing_fires(store: Store, clock: ManualClock) -> None:
    add(store, missed=Missed.ALL)
    clock.advance(ms=300 * MINUTE)
    counts: list[int] = []

    def pause() -> None:
        store.schedules.pause("tick")
        counts.append(sum(all_keys(store).values()))

    raised = in_threads(pause, lambda: fire_all(store), lambda: fire_all(store))

    assert raised == []
    assert sum(all_keys(store).values()) == counts[0]


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_of_eight_who_add_one_name_at_once_one_succeeds(
    kind: str, request: pytest.FixtureRequest
) -> None:
    with connect(request.getfixturevalue(f"{kind}_url")) as store:
        raised = in_threads(*[lambda: add(store) for _ in range(CROWD)])

        assert [type(error) for error in raised] == [ScheduleExists] * (CROWD - 1)
        assert len(store.schedules.all()) == 1
