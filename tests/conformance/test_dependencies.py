"""A job runs after others: what holds, what can no longer hold, and the way back."""

import random
from contextlib import closing

import pytest

from queuectl_store import (
    Finish,
    InvalidJob,
    JobState,
    ManualClock,
    Needs,
    OnDependencyFailure,
    Outcome,
    Retry,
    Store,
)
from tests.conformance.story import (
    a_job,
    a_worker,
    claim_one,
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
    any_of,
    end,
    resolve_all,
    run_all,
    state_of,
    wrong_with_ties,
)

CANCEL, RUN, HOLD = OnDependencyFailure


@pytest.mark.parametrize(
    ("needs", "outcome", "state"),
    [
        (Needs.SUCCESS, SUCCEEDED, "pending"),
        (Needs.SUCCESS, DIED, "cancelled"),
        (Needs.SUCCESS, STOPPED, "cancelled"),
        (Needs.END, SUCCEEDED, "pending"),
        (Needs.END, DIED, "pending"),
        (Needs.END, STOPPED, "pending"),
        (Needs.FAILURE, SUCCEEDED, "cancelled"),
        (Needs.FAILURE, DIED, "pending"),
        (Needs.FAILURE, STOPPED, "pending"),
    ],
)
def test_a_child_is_freed_or_cancelled_by_how_its_parent_ends(
    store: Store, needs: Needs, outcome: Outcome, state: str
) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent, needs=needs))
    assert state_of(store, child) == "blocked"

    end(store, worker, parent, outcome)

    assert state_of(store, child) == state
    assert wrong_with_ties(store) == []


@pytest.mark.parametrize(
    ("needs", "outcome", "state"),
    [
        (Needs.SUCCESS, SUCCEEDED, "pending"),
        (Needs.SUCCESS, DIED, "cancelled"),
        (Needs.END, STOPPED, "pending"),
        (Needs.FAILURE, SUCCEEDED, "cancelled"),
        (Needs.FAILURE, DIED, "pending"),
    ],
)
def test_a_parent_that_has_ended_decides_at_once(
    store: Store, needs: Needs, outcome: Outcome, state: str
) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    end(store, worker, parent, outcome)

    child = enqueue_one(store, after=after(parent, needs=needs))

    assert state_of(store, child) == state
    assert store.resolve() == 0
    assert wrong_with_ties(store) == []


def test_a_job_waits_for_all_of_its_clauses_and_one_of_each(store: Store) -> None:
    worker = a_worker(store)
    a, b, c, d = store.enqueue([a_job() for _ in range(4)])
    both = enqueue_one(store, after=after(a, b))
    either = enqueue_one(store, after=any_of(a, b))
    mixed = enqueue_one(store, after=any_of(a, b) + after(c) + any_of(c, d))

    end(store, worker, a, SUCCEEDED)
    first = states(store, [both, either, mixed])
    end(store, worker, c, SUCCEEDED)
    second = states(store, [both, either, mixed])
    end(store, worker, b, SUCCEEDED)

    assert first == ["blocked", "pending", "blocked"]
    assert second == ["blocked", "pending", "pending"]
    assert state_of(store, both) == "pending"
    assert wrong_with_ties(store) == []


def test_one_of_several_may_fail_and_only_all_of_them_doom(store: Store) -> None:
    worker = a_worker(store)
    a, b, c = store.enqueue([a_job() for _ in range(3)])
    lucky, doomed = store.enqueue([a_job(after=any_of(a, b)), a_job(after=any_of(a, c))])

    end(store, worker, a, DIED)
    in_between = states(store, [lucky, doomed])
    end(store, worker, b, SUCCEEDED)
    end(store, worker, c, DIED)

    assert in_between == ["blocked", "blocked"]
    assert states(store, [lucky, doomed]) == ["pending", "cancelled"]


@pytest.mark.parametrize("policy", OnDependencyFailure)
@pytest.mark.parametrize("is_late", [False, True])
def test_what_becomes_of_a_doomed_job_is_its_own_choice(
    store: Store, policy: OnDependencyFailure, is_late: bool
) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    other = enqueue_one(store)
    wish = a_job(after=after(parent, other), on_dep_failure=policy)
    children = [] if is_late else store.enqueue([wish])
    end(store, worker, parent, DIED)
    children = children or store.enqueue([wish])
    first = states(store, children)

    end(store, worker, other, SUCCEEDED)

    stopped = {CANCEL: "cancelled", HOLD: "held", RUN: "blocked"}[policy]
    assert first == [stopped]
    assert states(store, children) == ["pending" if policy is RUN else stopped]
    assert job(store, children[0]).note == (None if policy is RUN else f"job {parent} failed")


def test_a_chain_is_cancelled_with_its_root_and_comes_back_with_it(store: Store) -> None:
    worker = a_worker(store)
    names = [f"n{n}" for n in range(30)]
    chain = store.enqueue(
        [
            a_job(name=name, max_retries=0, after=after(names[n - 1]) if n else ())
            for n, name in enumerate(names)
        ]
    )

    end(store, worker, chain[0], DIED)
    resolve_all(store)
    down = states(store, chain)
    notes = [each.note for each in store.reader.find(chain[1:])]
    store.admin.retry([chain[0]])
    resolve_all(store)
    back = states(store, chain)
    ran = run_all(store, worker)

    assert down == ["dead"] + ["cancelled"] * 29
    assert notes == [f"job {parent} failed" for parent in chain[:-1]]
    assert back == ["pending"] + ["blocked"] * 29
    assert ran == chain
    assert story_of(store, chain[5]) == [
        "enqueue",
        "cancel",
        "block",
        "unblock",
        "claim",
        "succeed",
    ]
    assert wrong_with_ties(store) == []


def test_a_child_of_two_failed_parents_comes_back_only_with_both(store: Store) -> None:
    worker = a_worker(store)
    a, b = store.enqueue([a_job(), a_job()])
    child = enqueue_one(store, after=after(a, b))
    end(store, worker, a, DIED)
    end(store, worker, b, DIED)

    store.admin.retry([a])
    with_one = job(store, child)
    store.admin.retry([b])

    assert (with_one.state, with_one.note) == (JobState.CANCELLED, f"job {b} failed")
    assert state_of(store, child) == "blocked"
    assert sorted(run_all(store, worker)) == [a, b, child]


def test_a_parent_that_is_retried_and_succeeds_before_anybody_looks_frees_its_child(
    store: Store,
) -> None:
    """Level-triggered: only what the parent is now counts, not how it came to be so."""
    worker, parent = a_worker(store), enqueue_one(store)
    children = store.enqueue([a_job(after=after(parent)) for _ in range(1_500)])
    end(store, worker, parent, DIED)
    resolve_all(store)
    store.admin.retry([parent])  # tells the first 1,000 alone

    end(store, worker, parent, SUCCEEDED)
    resolve_all(store)

    assert set(states(store, children)) == {"pending"}
    assert wrong_with_ties(store) == []


def test_a_retry_of_an_attempt_is_no_end(store: Store, clock: ManualClock) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent, needs=Needs.END))

    end(store, worker, parent, Retry(delay_ms=1, reason="again"))
    retrying = state_of(store, child)
    clock.advance(ms=10_001)
    store.stage()
    claim_one(store, a_worker(store))
    store.rescue(vanished)

    assert (retrying, state_of(store, child)) == ("blocked", "blocked")


def test_held_wins_over_blocked_and_release_goes_back_to_it(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    by_hand, from_start = store.enqueue([a_job(after=after(parent))] * 2)
    kept = enqueue_one(store, after=after(parent), hold=True)
    store.admin.hold([by_hand])
    held = states(store, [by_hand, kept])

    store.admin.release([by_hand])
    released = state_of(store, by_hand)
    end(store, worker, parent, SUCCEEDED)
    at_end = states(store, [by_hand, from_start, kept])
    store.admin.release([kept])

    assert held == ["held", "held"]
    assert released == "blocked"
    assert at_end == ["pending", "pending", "held"]
    assert state_of(store, kept) == "pending"


def test_a_child_that_its_parents_failure_holds_is_released_by_a_person_or_the_parents_retry(
    store: Store,
) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    wish = a_job(after=after(parent), on_dep_failure=HOLD)
    by_hand, with_parent = store.enqueue([wish, wish])
    end(store, worker, parent, DIED)

    store.admin.release([by_hand])
    released = states(store, [by_hand, with_parent])
    store.admin.retry([parent])

    assert released == ["pending", "held"]
    assert states(store, [by_hand, with_parent]) == ["pending", "blocked"]


def test_a_blocked_job_can_be_cancelled_and_stays_so(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent))
    grandchild = enqueue_one(store, after=after(child))

    store.admin.cancel([child])
    end(store, worker, parent, DIED)
    store.admin.retry([parent])

    assert states(store, [child, grandchild]) == ["cancelled", "cancelled"]
    assert job(store, grandchild).note == f"job {child} failed"


def test_a_person_may_run_a_child_that_was_cancelled_for_its_parent(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent))
    grandchild = enqueue_one(store, after=after(child))
    end(store, worker, parent, DIED)

    store.admin.rerun([child])
    ready = states(store, [child, grandchild])
    store.admin.retry([parent])
    left_alone = state_of(store, child)
    ran = run_all(store, worker)

    assert ready == ["pending", "blocked"]
    assert left_alone == "pending"
    assert sorted(ran) == [parent, child, grandchild]


def test_a_child_that_was_freed_is_left_alone_whatever_its_parent_does(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent))
    end(store, worker, parent, SUCCEEDED)

    store.admin.rerun([parent])
    store.admin.hold([child])
    store.admin.release([child])

    assert state_of(store, child) == "pending"


def test_a_child_that_is_not_due_yet_is_scheduled_when_it_is_freed(
    store: Store, clock: ManualClock
) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    child = enqueue_one(store, after=after(parent), delay_ms=5_000)

    end(store, worker, parent, SUCCEEDED)
    early = state_of(store, child)
    clock.advance(ms=5_000)
    store.stage()

    assert (early, state_of(store, child)) == ("scheduled", "pending")


def test_a_blocked_job_is_not_claimed_nor_staged(store: Store, clock: ManualClock) -> None:
    parent = enqueue_one(store, hold=True)
    enqueue_one(store, after=after(parent), delay_ms=1)
    clock.advance(ms=2)

    assert store.stage() == 0
    assert store.claim(a_worker(store), limit=10) == []


@pytest.mark.parametrize(
    ("jobs", "index", "words"),
    [
        ([a_job(), a_job(after=after(4711))], 1, "it waits for job 4711, and there is no such"),
        ([a_job(after=after("b")), a_job(name="a")], 0, "no job of this enqueue has that name"),
        ([a_job(name="a"), a_job(name="a"), a_job(after=after("a"))], 2, "2 jobs have that name"),
        ([a_job(name="a", after=after("a"))], 0, "wait for one another: a -> a"),
        (
            [a_job(), a_job(name="b", after=after("c")), a_job(name="c", after=after("b"))],
            None,
            "wait for one another",
        ),
        ([a_job(after=((),))], 0, "can never hold"),
        ([a_job(after=after(0))], 0, "0 is not a job id"),
        ([a_job(after=after(2**63))], 0, "is not a job id"),
        ([a_job(after=after(""))], 0, "empty name"),
        ([a_job(after=after(*range(1, 10_002)))], 0, "waits for 10,001 others"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_and_nothing_is_stored(
    store: Store, jobs: list[object], index: int | None, words: str
) -> None:
    with pytest.raises(InvalidJob, match=words) as refused:
        store.enqueue(jobs)  # type: ignore[arg-type]

    assert all_jobs(store) == []
    assert index is None or refused.value.index == index


def test_a_dag_is_stored_in_any_order_and_runs_in_its_own(store: Store) -> None:
    last, first, left, right = store.enqueue(
        [
            a_job(name="last", after=after("left", "right")),
            a_job(name="first"),
            a_job(name="left", after=after("first")),
            a_job(name="right", after=any_of("first")),
        ]
    )

    assert states(store, [last, first, left, right]) == ["blocked", "pending", "blocked", "blocked"]
    assert run_all(store, a_worker(store)) == [first, left, right, last]
    assert job(store, last).after == (left, right)


def test_a_dag_with_a_key_is_stored_once(store: Store) -> None:
    def dag(text: str = "true") -> list[object]:
        return [a_job(text, name="a"), a_job(name="b", after=after("a"))]

    first = store.enqueue(dag(), key="build 7")  # type: ignore[arg-type]
    run_all(store, a_worker(store))

    again = store.enqueue(dag("false"), key="build 7")  # type: ignore[arg-type]

    assert again == first
    assert len(all_jobs(store)) == 2
    with pytest.raises(InvalidJob, match="was used for 2 jobs"):
        store.enqueue([a_job()] * 3, key="build 7")
    with pytest.raises(InvalidJob, match="exclude one another"):
        store.enqueue([a_job(key="k")], key="other")
    assert len(all_jobs(store)) == 2


def test_a_job_may_wait_for_one_of_the_call_that_was_stored_before(store: Store) -> None:
    worker = a_worker(store)
    [parent] = store.enqueue([a_job(name="a", key="a")])
    end(store, worker, parent, DIED)

    _, child = store.enqueue([a_job(name="a", key="a"), a_job(after=after("a"))])

    assert state_of(store, child) == "cancelled"
    assert job(store, child).after == (parent,)


def test_a_blocked_job_says_for_whom_it_waits(store: Store) -> None:
    worker = a_worker(store)
    parents = store.enqueue([a_job() for _ in range(6)])
    child = enqueue_one(store, after=after(*parents))
    end(store, worker, parents[0], SUCCEEDED)

    reason = store.reader.reasons([job(store, child)])[child]

    assert reason == "after 2, 3, 4 and 2 more"
    assert store.reader.blockers([child]) == {child: tuple(parents[1:])}


def test_whoever_listens_hears_of_a_child_that_was_freed(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    enqueue_one(store, after=after(parent))
    claim = claim_one(store, worker)
    with closing(store.listen()) as listener:
        while listener.wait(0.5):
            pass  # what was rung before

        store.finish(worker, [Finish(claim=claim, outcome=SUCCEEDED)])

        assert listener.wait(10)


def test_the_end_of_a_parent_of_many_is_a_short_transaction(store: Store) -> None:
    worker, parent = a_worker(store), enqueue_one(store)
    children = store.enqueue([a_job(after=after(parent)) for _ in range(10_000)])
    claim = claim_one(store, worker)
    before = store.reader.events(after=10_001, limit=100_000)

    store.finish(worker, [Finish(claim=claim, outcome=SUCCEEDED)])

    at_once = len(store.reader.events(after=10_001, limit=100_000)) - len(before)
    assert at_once == 1_001
    assert store.work_left()
    assert resolve_all(store) >= 9
    assert store.reader.counts()["default"] == {JobState.SUCCEEDED: 1, JobState.PENDING: 10_000}
    assert len(children) == 10_000


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_a_net_of_jobs_the_rules_hold_in_the_end(
    store: Store, seed: int
) -> None:
    chance, worker = random.Random(seed), a_worker(store)
    ids = store.enqueue([a_net_job(chance, n) for n in range(40)])
    for _ in range(60):
        some = chance.sample(ids, 3)
        match chance.randrange(7):
            case 0:
                store.admin.cancel(some)
            case 1:
                store.admin.hold(some[:1])
            case 2:
                store.admin.release(ids)
            case 3:
                store.admin.retry(some)
            case 4:
                store.admin.rerun(some)
            case _:
                claims = store.claim(worker, limit=4)
                store.finish(
                    worker,
                    [
                        Finish(claim=claim, outcome=chance.choice([SUCCEEDED, SUCCEEDED, DIED]))
                        for claim in claims
                    ],
                )
        resolve_all(store)
        assert wrong_with_ties(store) == []

    store.admin.release(ids)
    run_all(store, worker)
    resolve_all(store)
    assert {each.state.value for each in all_jobs(store)} <= {"succeeded", "dead", "cancelled"}


def a_net_job(chance: random.Random, n: int) -> object:
    clauses = []
    for _ in range(chance.choice([0, 1, 1, 2, 3]) if n else 0):
        needs = chance.choice(list(Needs))
        parents = {f"n{chance.randrange(n)}" for _ in range(chance.choice([1, 1, 2]))}
        clauses.append(any_of(*sorted(parents), needs=needs)[0])
    policy = chance.choice(list(OnDependencyFailure))
    return a_job(name=f"n{n}", after=tuple(clauses), on_dep_failure=policy, max_retries=0)
