"""The checker of the crash tests finds what it is there for: told lies, it complains."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from queuectl_store import JobState, Store, Succeeded, Verb, connect, instant
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one, job, vanished
from tests.crash.checker import complaints
from tests.crash.count_rules import read_told
from tests.crash.history import Beat, Evidence, JobHistory, Said

BEGUN_TWICE_IN_TURN = (
    Said(1, 1, "begin"),
    Said(1, 2, "begin"),
    Said(1, 2, "end"),
)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with connect(sqlite_url) as opened:
        yield opened


@pytest.fixture
def true_history(store: Store) -> JobHistory:
    """A job whose first worker vanished and whose second one succeeded."""
    worker, job_id = a_worker(store), enqueue_one(store)
    store.finish(worker, [vanished(claim_one(store, worker))])
    store.stage()
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
    return JobHistory(
        job=job(store, job_id),
        events=store.reader.events(job_id=job_id),
        attempts=store.reader.attempts(job_id),
        said=BEGUN_TWICE_IN_TURN,
    )


def of(history: JobHistory) -> list[str]:
    return complaints(Evidence(histories=[history], acknowledged=[history.job.id]))


def test_a_true_history_raises_no_complaint(true_history: JobHistory) -> None:
    assert of(true_history) == []


def test_an_acknowledged_job_that_is_not_there_is_missed(true_history: JobHistory) -> None:
    assert complaints(Evidence(histories=[true_history], acknowledged=[1, 2])) == [
        "job 2 was acknowledged and is not there"
    ]


def test_a_job_that_is_not_final_is_found(true_history: JobHistory) -> None:
    running = replace(true_history.job, state=JobState.RUNNING)

    assert "job 1 is running, which is not final" in of(replace(true_history, job=running))


def test_a_job_that_died_of_less_than_three_crashes_is_found(true_history: JobHistory) -> None:
    dead = replace(true_history.job, state=JobState.DEAD, note="crashed worker", crashes=1)

    assert "job 1 is dead after 1 crashes, for 'crashed worker'" in of(
        replace(true_history, job=dead)
    )


def test_two_claims_with_no_end_between_them_are_found(true_history: JobHistory) -> None:
    claim = next(event for event in true_history.events if event.verb is Verb.CLAIM)
    events = [each for event in true_history.events for each in ([event] * (1 + (event is claim)))]

    assert "job 1 went from running to running by claim" in of(replace(true_history, events=events))


def test_a_second_success_is_found(true_history: JobHistory) -> None:
    *_, last = true_history.events

    found = of(replace(true_history, events=[*true_history.events, last]))

    assert "job 1 went from succeeded to succeeded by succeed" in found


def test_a_claim_without_an_attempt_is_found(true_history: JobHistory) -> None:
    found = of(replace(true_history, attempts=true_history.attempts[1:]))

    assert "job 1 has token 2, 2 claims and attempts under tokens [2]" in found


def test_an_attempt_that_the_log_gives_to_another_worker_is_found(
    true_history: JobHistory,
) -> None:
    first, second = true_history.attempts

    found = of(replace(true_history, attempts=[first, replace(second, worker_id=None)]))

    assert found == ["job 1 token 2 changed hands"]


def test_counts_of_a_true_history_raise_no_complaint(
    store: Store, true_history: JobHistory
) -> None:
    evidence = Evidence(histories=[true_history], acknowledged=[], told=read_told(store))

    assert complaints(evidence) == []
    assert evidence.told["folded"]["default"]["attempts crashed"] == 1


@pytest.mark.parametrize("word", ["enqueued", "waits", "attempts crashed", "finished succeeded"])
def test_a_count_that_is_one_too_many_is_found(
    store: Store, true_history: JobHistory, word: str
) -> None:
    told = read_told(store)
    wrong = Counter(told["folded"]["default"]) + Counter({word: 1})
    lie = {**told, "folded": {"default": wrong}}

    found = complaints(Evidence(histories=[true_history], acknowledged=[], told=lie))

    n = wrong[word]
    assert found == [f"of default it is told, folded, {word}: {n}, and it is {n - 1}"]


def test_a_queue_of_which_nothing_was_counted_is_found(true_history: JobHistory) -> None:
    evidence = Evidence(histories=[true_history], acknowledged=[], told={"folded": {}})

    assert "of default it is told, folded, started: 0, and it is 2" in complaints(evidence)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (
            [*BEGUN_TWICE_IN_TURN, Said(1, 2, "begin")],
            "job 1 began 2 times under token 2",
        ),
        (
            [*BEGUN_TWICE_IN_TURN, Said(1, 3, "begin")],
            "job 1 began under token 3, which no claim gave",
        ),
        (
            BEGUN_TWICE_IN_TURN[:-1],
            "job 1 succeeded under token 2, which ended 0 times",
        ),
        (
            [*BEGUN_TWICE_IN_TURN, Said(1, 1, "end")],
            "job 1 token 1 said end after token 2 had begun",
        ),
    ],
)
def test_what_runs_may_not_say_is_found(
    true_history: JobHistory, said: Sequence[Said], complaint: str
) -> None:
    assert of(replace(true_history, said=said)) == [complaint]


@pytest.mark.parametrize(
    ("slot_ms", "copies", "complaint"),
    [
        (1_000, 1, []),
        (1_000, 2, ["the slot 1970-01-01T00:00:01.000Z of beat has 2 jobs"]),
        (
            1_500,
            1,
            [
                "the slot 1970-01-01T00:00:01.000Z of beat has no job",
                "job 1 is of 1970-01-01T00:00:01.500Z, which is no slot of beat",
            ],
        ),
        (None, 1, ["the slot 1970-01-01T00:00:01.000Z of beat has no job"]),
        (10**13, 1, ["job 1 came 8200000000000 ms before its slot"]),
    ],
)
def test_a_slot_without_its_one_job_is_found(
    true_history: JobHistory, slot_ms: int | None, copies: int, complaint: list[str]
) -> None:
    beat = Beat(schedule_id=1, name="beat", every_ms=1_000, since=0, until=1_000)
    if slot_ms == 10**13:
        beat = replace(beat, since=slot_ms - 1_000, until=slot_ms)
    env = (
        {} if slot_ms is None else {"QUEUECTL_SCHEDULE": "beat", "QUEUECTL_SLOT": instant(slot_ms)}
    )
    of_slot = replace(
        true_history, job=replace(true_history.job, env=env, created_at=1_800_000_000_000)
    )

    found = complaints(Evidence(histories=[of_slot] * copies, acknowledged=[], beats=[beat]))

    assert [text for text in found if "slot" in text] == complaint
