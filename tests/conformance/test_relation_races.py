"""Parents, children and groups under writers that really meet, as PostgreSQL lets them."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from queuectl_store import (
    Claim,
    Event,
    Finish,
    JobId,
    NewGroup,
    Outcome,
    Store,
    Verb,
    WorkerId,
    connect,
    parse_halt,
)
from tests.conformance.story import a_job, a_worker
from tests.conformance.ties import (
    DIED,
    SUCCEEDED,
    after,
    all_jobs,
    resolve_all,
    wrong_with_ties,
)

ROUNDS = 200
PATIENCE_S = 60


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    with connect(postgres_url) as opened:
        yield opened


def test_a_child_that_is_enqueued_while_its_parent_ends_is_told(store: Store) -> None:
    worker = a_worker(store, lease_ms=600_000)
    store.enqueue([a_job(name="parent") for _ in range(ROUNDS)])
    claims = sorted(store.claim(worker, limit=ROUNDS), key=lambda claim: claim.job.id)
    runners = a_worker(store, lease_ms=600_000)
    over = threading.Event()

    def end(n: int) -> None:
        store.finish(worker, [Finish(claim=claims[n], outcome=DIED if n % 3 == 0 else SUCCEEDED)])

    def add(n: int) -> None:
        store.enqueue([a_job(after=after(claims[n].job.id))])

    def run() -> None:
        while not over.is_set():
            run_some(store, runners)

    with ThreadPoolExecutor(1) as aside:
        running = aside.submit(run)
        meet([end, add, add])
        over.set()
        running.result(PATIENCE_S)
    resolve_all(store)
    while run_some(store, runners):
        pass

    children = [each for each in all_jobs(store) if each.name is None]
    ends = Counter(each.state.value for each in children)
    doomed = 2 * len(range(0, ROUNDS, 3))
    assert ends == {"cancelled": doomed, "succeeded": 2 * ROUNDS - doomed}
    assert wrong_with_ties(store) == []
    assert started_early(store, {each.id: each.after for each in children}) == []


def test_parents_that_end_at_one_moment_free_their_child_once(store: Store) -> None:
    worker = a_worker(store, lease_ms=600_000)
    lefts = store.enqueue([a_job(name="left") for _ in range(ROUNDS)])
    rights = store.enqueue([a_job(name="right") for _ in range(ROUNDS)])
    pairs = list(zip(lefts, rights, strict=True))
    children = store.enqueue([a_job(after=after(*pair)) for pair in pairs])
    claims = {claim.job.id: claim for claim in store.claim(worker, limit=2 * ROUNDS)}

    meet([ending(store, worker, [claims[each] for each in side]) for side in (lefts, rights)])

    unblocked = [event.job_id for event in events(store) if event.verb is Verb.UNBLOCK]
    assert sorted(unblocked) == children
    assert wrong_with_ties(store) == []


@pytest.mark.parametrize("rule", [None, "soon,done=3"])
def test_the_completion_job_comes_once_when_the_last_members_end_together(
    store: Store, rule: str | None
) -> None:
    worker = a_worker(store, lease_ms=600_000)
    sides: list[list[JobId]] = [[], [], []]
    for n in range(ROUNDS):
        last = a_job(name=f"last {n}")
        halt = None if rule is None else parse_halt(rule)
        group = NewGroup(name=f"g{n}", on_finish=last, halt=halt)
        members = store.enqueue([a_job(), a_job(), a_job()], group=group)
        for side, member in zip(sides, members, strict=True):
            side.append(member)
    claims = {claim.job.id: claim for claim in store.claim(worker, limit=2 * ROUNDS)}
    waiting = [each for side in sides for each in side if each not in claims]

    def end(n: int) -> None:
        for side in sides:
            if side[n] in waiting:
                store.admin.cancel([side[n]])

    acts = [
        ending(store, worker, [claims.get(each) for each in side], outcome)
        for side, outcome in zip(sides, (SUCCEEDED, DIED, SUCCEEDED), strict=True)
    ]
    meet([*acts, end])
    resolve_all(store)

    made = Counter(each.name for each in all_jobs(store) if each.name is not None)
    assert made == {f"last {n}": 1 for n in range(ROUNDS)}
    assert all(group.finished_at for group in store.reader.groups(limit=ROUNDS))


def test_failures_that_meet_halt_their_group_and_nothing_is_left_waiting(store: Store) -> None:
    rounds = ROUNDS // 4
    worker = a_worker(store, lease_ms=600_000)
    sides: list[list[Claim | None]] = [[], []]
    for n in range(rounds):
        group = NewGroup(name=f"g{n}", halt=parse_halt("now,fail=2"))
        store.enqueue([a_job(max_retries=0) for _ in range(6)], group=group)
        first, second = store.claim(worker, limit=2)
        sides[0].append(first)
        sides[1].append(second)
        others = [each.id for each in all_jobs(store) if each.state == "pending"]
        store.admin.hold(others)

    meet([ending(store, worker, side, DIED) for side in sides], rounds=rounds)
    resolve_all(store)

    groups = store.reader.groups(limit=rounds)
    assert {group.halted for group in groups} == {"2 failed"}
    assert all(dict(group.counts) == {"dead": 2, "cancelled": 4} for group in groups)


def meet(acts: Sequence[Callable[[int], object]], *, rounds: int = ROUNDS) -> None:
    """Let all *acts* begin each round at the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(acts), timeout=PATIENCE_S)

    def take_part(act: Callable[[int], object]) -> None:
        try:
            for n in range(rounds):
                barrier.wait()
                act(n)
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(len(acts)) as crowd:
        for each in [crowd.submit(take_part, act) for act in acts]:
            each.result()


def ending(
    store: Store,
    worker: WorkerId,
    claims: Sequence[Claim | None],
    outcome: Outcome = SUCCEEDED,
) -> Callable[[int], object]:
    def end(n: int) -> None:
        claim = claims[n]
        if claim is not None:
            assert store.finish(worker, [Finish(claim=claim, outcome=outcome)]) == []

    return end


def run_some(store: Store, worker: WorkerId) -> int:
    claims = store.claim(worker, limit=20)
    store.finish(worker, [Finish(claim=claim, outcome=SUCCEEDED) for claim in claims])
    return len(claims)


def started_early(store: Store, parents: dict[JobId, tuple[JobId, ...]]) -> list[JobId]:
    """Children whose claim the log has before the end of a parent."""
    ended = {e.job_id: e.id for e in events(store) if e.verb is Verb.SUCCEED}
    claimed = {e.job_id: e.id for e in events(store) if e.verb is Verb.CLAIM}
    return [
        child
        for child, ids in parents.items()
        if child in claimed and any(ended[parent] > claimed[child] for parent in ids)
    ]


def events(store: Store) -> list[Event]:
    return store.reader.events(limit=1_000_000)
