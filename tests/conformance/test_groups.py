"""Groups: counts, completion exactly once, halting, and what people do to a whole group."""

import pytest

from queuectl_store import (
    FINAL,
    Finish,
    Group,
    HaltOn,
    InvalidJob,
    Job,
    JobFilter,
    JobId,
    JobState,
    ManualClock,
    NewGroup,
    Store,
    UnknownGroup,
    parse_halt,
)
from tests.conformance.story import (
    a_job,
    a_worker,
    claim_one,
    ended,
    enqueue_one,
    job,
    states,
    story_of,
    vanished,
)
from tests.conformance.ties import (
    DIED,
    STOPPED,
    SUCCEEDED,
    after,
    all_jobs,
    end,
    resolve_all,
    run_all,
    state_of,
)

LAST = a_job("echo done", name="last")


def in_group(store: Store, count: int, *, seal: bool = True, **rules: object) -> list[JobId]:
    group = NewGroup(name="g", **rules)  # type: ignore[arg-type]
    return store.enqueue([a_job(max_retries=0) for _ in range(count)], group=group, seal=seal)


def the_group(store: Store) -> Group:
    return store.reader.group("g")


def completions(store: Store) -> list[str]:
    return [each.state.value for each in store.reader.page(JobFilter(name="last"))]


def test_a_group_is_made_on_first_use_and_counts_its_jobs(store: Store) -> None:
    worker = a_worker(store)
    one, _two, _three = store.enqueue([a_job(group="g"), a_job(group="g"), a_job(group="other")])
    enqueue_one(store)
    end(store, worker, one, SUCCEEDED)

    group = the_group(store)

    assert group.counts == {JobState.SUCCEEDED: 1, JobState.PENDING: 1}
    assert (group.total, group.sealed, group.finished_at) == (2, True, None)
    assert [each.name for each in store.reader.groups()] == ["other", "g"]
    assert [each.name for each in store.reader.groups(before=group.id + 1)] == ["g"]
    assert job(store, one).group == "g"
    assert len(store.reader.page(JobFilter(group="g"))) == 2
    assert store.reader.page(JobFilter(group="nobody")) == []
    with pytest.raises(UnknownGroup, match="no group 'nobody'"):
        store.reader.group("nobody")


def test_a_group_is_complete_when_its_last_job_has_ended_and_open_again_with_a_retry(
    store: Store, clock: ManualClock
) -> None:
    worker, ids = a_worker(store), in_group(store, 3)
    clock.advance(ms=5)
    end(store, worker, ids[0], SUCCEEDED)
    end(store, worker, ids[1], DIED)
    early = the_group(store).finished_at
    store.admin.cancel([ids[2]])
    complete = the_group(store).finished_at

    store.admin.retry([ids[1]])
    open_again = the_group(store).finished_at
    run_all(store, worker)

    assert early is None
    assert complete == clock.wall_ms()
    assert open_again is None
    assert the_group(store).finished_at is not None


@pytest.mark.parametrize("last", ["succeeds", "dies", "is_stopped", "is_cancelled", "is_rescued"])
def test_the_completion_job_comes_once_however_the_last_member_ends(
    store: Store, clock: ManualClock, last: str
) -> None:
    worker, ids = a_worker(store), in_group(store, 3, on_finish=LAST)
    end(store, worker, ids[0], SUCCEEDED)
    end(store, worker, ids[1], DIED)
    early = completions(store)

    match last:
        case "succeeds":
            end(store, worker, ids[2], SUCCEEDED)
        case "dies":
            end(store, worker, ids[2], DIED)
        case "is_stopped":
            end(store, worker, ids[2], STOPPED)
        case "is_cancelled":
            store.admin.cancel([ids[2]])
        case _:
            claim = claim_one(store, worker)
            clock.advance(ms=10_001)
            store.rescue(lambda _claim: ended(claim, DIED))

    assert early == []
    assert completions(store) == ["pending"]
    made = the_group(store).finish_job_id
    assert made is not None
    assert job(store, made).key == f"group.{the_group(store).id}"
    assert story_of(store, made) == ["enqueue"]


def test_the_completion_job_comes_into_a_queue_that_is_being_drained(store: Store) -> None:
    worker = a_worker(store)
    in_group(store, 1, on_finish=LAST)
    store.admin.drain("default")

    run_all(store, worker)

    assert completions(store) == ["succeeded"]


def test_members_that_are_retried_bring_no_second_completion_job(store: Store) -> None:
    worker, ids = a_worker(store), in_group(store, 2, on_finish=LAST)
    run_all(store, worker, DIED)

    store.admin.retry(ids)
    run_all(store, worker)
    in_group(store, 1, on_finish=LAST)
    run_all(store, worker)

    assert len(completions(store)) == 1
    assert the_group(store).counts == {JobState.SUCCEEDED: 3}


def test_a_group_that_is_not_sealed_is_not_complete(store: Store) -> None:
    worker = a_worker(store)
    in_group(store, 1, seal=False, on_finish=LAST)
    run_all(store, worker)
    unsealed = completions(store)

    store.enqueue([a_job(group="g")])
    run_all(store, worker)
    named_only = completions(store)
    store.enqueue([], group=NewGroup(name="g"), seal=True)

    assert (unsealed, named_only, completions(store)) == ([], [], ["pending"])


def test_a_group_of_no_jobs_is_complete_at_once(store: Store) -> None:
    in_group(store, 0, on_finish=LAST)

    assert completions(store) == ["pending"]


def test_members_that_fail_for_their_parents_count_as_ended(store: Store) -> None:
    worker = a_worker(store)
    root = enqueue_one(store)
    store.enqueue(
        [a_job(after=after(root)) for _ in range(1_200)],
        group=NewGroup(name="g", on_finish=LAST),
    )

    end(store, worker, root, DIED)
    at_once = completions(store)
    resolve_all(store)

    assert at_once == []
    assert completions(store) == ["pending"]
    assert the_group(store).counts == {JobState.CANCELLED: 1_200}


@pytest.mark.parametrize(
    ("text", "outcomes", "halted"),
    [
        ("soon,fail=2", "D", None),
        ("soon,fail=2", "DSD", "2 failed"),
        ("soon,success=1", "DS", "1 succeeded"),
        ("soon,done=3", "DSX", "3 done"),
        ("soon,fail=20%", "SD", None),
        ("soon,fail=20%", "DD", "2 of 10 failed"),
        ("soon,done=30%", "SSD", "3 of 10 done"),
    ],
)
def test_a_group_halts_when_enough_of_its_jobs_have_ended_so(
    store: Store, text: str, outcomes: str, halted: str | None
) -> None:
    worker = a_worker(store)
    ids = in_group(store, 10, halt=parse_halt(text), on_finish=LAST)

    for each, letter in zip(ids, outcomes, strict=False):
        end(store, worker, each, {"D": DIED, "S": SUCCEEDED, "X": STOPPED}[letter])

    group = the_group(store)
    left = ids[len(outcomes) :]
    assert group.halted == halted
    assert set(states(store, left)) == ({"cancelled"} if halted else {"pending"})
    assert completions(store) == (["pending"] if halted else [])
    if halted:
        assert job(store, left[0]).note == f"group g halted: {halted}"
        assert all(story_of(store, each)[-1] == "cancel" for each in left)


@pytest.mark.parametrize("when", ["soon", "now"])
def test_halting_now_stops_what_runs_and_soon_lets_it_end(store: Store, when: str) -> None:
    worker = a_worker(store)
    ids = in_group(store, 4, halt=parse_halt(f"{when},fail=1"), on_finish=LAST)
    first, second, third = store.claim(worker, limit=3)

    store.finish(worker, [ended(first, DIED)])
    asked = [each.cancel_requested for each in store.reader.find(ids[1:3])]
    early = completions(store)
    store.finish(worker, [ended(second, SUCCEEDED), ended(third, SUCCEEDED)])

    assert asked == [when == "now"] * 2
    assert state_of(store, ids[3]) == "cancelled"
    assert early == []
    assert completions(store) == ["pending"]


def test_a_large_group_is_halted_in_parts(store: Store) -> None:
    worker = a_worker(store)
    ids = in_group(store, 2_500, halt=parse_halt("soon,fail=1"), on_finish=LAST)
    end(store, worker, ids[0], DIED)
    at_once = the_group(store).counts[JobState.CANCELLED]

    claims = store.claim(worker, limit=10)
    resolve_all(store)

    assert at_once == 1_000
    assert claims == []
    assert the_group(store).counts == {JobState.DEAD: 1, JobState.CANCELLED: 2_499}
    assert completions(store) == ["pending"]
    assert store.resolve() == 0


def test_children_of_members_that_a_halt_cancels_are_told(store: Store) -> None:
    worker = a_worker(store)
    ids = in_group(store, 2, halt=parse_halt("soon,fail=1"))
    outside = enqueue_one(store, after=after(ids[1]))

    end(store, worker, ids[0], DIED)

    assert state_of(store, outside) == "cancelled"
    assert job(store, outside).note == f"job {ids[1]} failed"


def test_a_halted_group_takes_no_jobs_until_a_person_retries_one_of_its_own(
    store: Store,
) -> None:
    worker, ids = a_worker(store), in_group(store, 3, halt=parse_halt("soon,fail=1"))
    end(store, worker, ids[0], DIED)
    with pytest.raises(InvalidJob, match=r"was halted \(1 failed\) and takes no more jobs"):
        store.enqueue([a_job(), a_job(group="g")])
    jobs = len(all_jobs(store))

    store.admin.retry([ids[0]])
    store.admin.rerun(ids[1:])
    new = enqueue_one(store, group="g")

    assert jobs == 3
    assert the_group(store).halted is None
    assert sorted(run_all(store, worker)) == [*ids, new]


def test_a_group_keeps_its_rules(store: Store) -> None:
    in_group(store, 1, halt=parse_halt("soon,fail=1"))
    in_group(store, 1, halt=parse_halt("soon,fail=1"))
    in_group(store, 1)

    with pytest.raises(InvalidJob, match="is there with another halt"):
        in_group(store, 1, halt=parse_halt("soon,fail=2"))
    with pytest.raises(InvalidJob, match="is there with another on_finish"):
        in_group(store, 1, on_finish=LAST)

    assert the_group(store).total == 3


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (NewGroup(name=""), "the group name '' is not usable"),
        (NewGroup(name="x\0"), "is not usable"),
        (NewGroup(name="g" * 101), "is not usable"),
        (NewGroup(name="g", concurrency=0), "must be 1 or more"),
        (NewGroup(name="g", on_finish=a_job(group="h")), "takes no dependencies, group"),
        (NewGroup(name="g", on_finish=a_job("")), "needs something to run"),
    ],
)
def test_a_group_that_cannot_be_is_refused_and_nothing_is_stored(
    store: Store, group: NewGroup, words: str
) -> None:
    with pytest.raises(InvalidJob, match=words):
        store.enqueue([a_job()], group=group)

    assert all_jobs(store) == []
    assert store.reader.groups() == []


def test_a_whole_group_is_cancelled_and_retried_by_its_name(store: Store) -> None:
    worker, ids = a_worker(store), in_group(store, 3, on_finish=LAST)
    other = enqueue_one(store)
    end(store, worker, ids[0], DIED)

    cancelled = store.admin.cancel([each.id for each in of_group(store) if each.state not in FINAL])
    complete = completions(store)
    dead = [each.id for each in of_group(store) if each.state is JobState.DEAD]
    retried = store.admin.retry(dead)

    assert sorted(cancelled.done) == ids[1:]
    assert complete == ["pending"]
    assert retried.done == (ids[0],)
    assert states(store, [*ids, other]) == ["pending", "cancelled", "cancelled", "pending"]


def test_a_call_that_is_repeated_after_the_group_was_halted_adds_nothing(store: Store) -> None:
    def call() -> list[JobId]:
        rules = NewGroup(name="g", halt=parse_halt("soon,fail=1"), on_finish=LAST)
        return store.enqueue([a_job(), a_job()], key="k", group=rules)

    first, worker = call(), a_worker(store)
    store.finish(worker, [Finish(claim=claim_one(store, worker), outcome=DIED)])

    assert call() == first
    assert len(all_jobs(store)) == 3


@pytest.mark.parametrize("text", ["", "soon", "later,fail=1", "soon,fail=0", "now,fail=101%", "x"])
def test_a_halt_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidJob, match="does not say when to halt"):
        parse_halt(text)


def test_a_halt_is_written_as_it_is_read() -> None:
    texts = ["soon,fail=3", "now,success=1", "soon,done=50%"]

    assert [str(parse_halt(text)) for text in texts] == texts
    assert parse_halt("now,fail=2").on is HaltOn.FAIL


def test_a_vanished_worker_ends_no_group(store: Store, clock: ManualClock) -> None:
    worker = a_worker(store)
    in_group(store, 1, on_finish=LAST)
    claim_one(store, worker)
    clock.advance(ms=10_001)

    store.rescue(vanished)

    assert completions(store) == []


def of_group(store: Store) -> list[Job]:
    return store.reader.page(JobFilter(group="g"))
