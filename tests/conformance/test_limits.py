"""Each limit, alone and together, on both databases."""

import pytest

from queuectl_store import (
    Dead,
    InvalidJob,
    InvalidLimit,
    Job,
    JobFilter,
    JobId,
    JobState,
    ManualClock,
    NewGroup,
    QueueDraining,
    QueueState,
    Rate,
    Released,
    Retry,
    Store,
    Succeeded,
    UnknownResource,
    WorkerId,
    parse_halt,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, vanished


@pytest.fixture
def worker(store: Store) -> WorkerId:
    return a_worker(store, concurrency=100, lease_ms=1_000_000_000)


def claimed(store: Store, worker: WorkerId, *, limit: int = 100) -> list[Job]:
    return [claim.job for claim in store.claim(worker, limit=limit)]


def ids_claimed(store: Store, worker: WorkerId, *, limit: int = 100) -> list[JobId]:
    return [job.id for job in claimed(store, worker, limit=limit)]


def waits(store: Store, ids: list[JobId]) -> list[str | None]:
    return [job.waits_for for job in store.reader.find(ids)]


def enqueue(store: Store, n: int, **fields: object) -> list[JobId]:
    return store.enqueue([a_job(**fields) for _ in range(n)])


def test_no_more_jobs_of_a_queue_run_than_its_concurrency(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("default", concurrency=2)
    ids = enqueue(store, 5)

    first = store.claim(worker, limit=100)
    meanwhile = store.claim(worker, limit=100)
    exchange = store.exchange(worker, [ended(first[0], Succeeded())], limit=100)

    assert [claim.job.id for claim in first] == ids[:2]
    assert meanwhile == []
    assert [claim.job.id for claim in exchange.claims] == ids[2:3]


def test_a_claim_that_the_queue_s_concurrency_cut_short_says_that_it_was(
    store: Store, worker: WorkerId
) -> None:
    """Else its worker would look again only when somebody rings."""
    store.admin.set_queue("default", concurrency=1)
    enqueue(store, 2)

    seen = [store.exchange(worker, [], limit=9).is_held_back for _ in range(2)]

    assert seen == [True, True]


def test_the_limit_of_a_queue_holds_across_workers(store: Store, worker: WorkerId) -> None:
    other = a_worker(store)
    store.admin.set_queue("default", concurrency=3)
    enqueue(store, 9)

    taken = [len(claimed(store, each, limit=2)) for each in (worker, other, worker, other)]

    assert taken == [2, 1, 0, 0]


def test_one_queue_s_limit_leaves_the_others_alone(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("a", concurrency=1)
    ids = [*enqueue(store, 3, queue="a"), *enqueue(store, 3, queue="b")]

    assert ids_claimed(store, worker) == [ids[0], *ids[3:]]


@pytest.mark.parametrize("kind", ["limit of the queue", "jobs with limits of their own", "paused"])
def test_limits_of_queues_that_are_not_served_leave_those_that_are_alone(
    store: Store, worker: WorkerId, kind: str
) -> None:
    """A claim tries first without the locks of limits, and gets nothing where one has a say."""
    if kind == "limit of the queue":
        store.admin.set_queue("other", concurrency=1)
    guarded = {} if kind == "limit of the queue" else {"concurrency_key": "k"}
    enqueue(store, 2, queue="other", **guarded)
    [plain] = enqueue(store, 1)
    if kind == "paused":
        store.admin.pause("other")

    taken = store.exchange(worker, [], limit=1, queues=["default"]).claims

    assert [claim.job.id for claim in taken] == [plain]


def test_a_claim_from_several_queues_takes_no_more_than_was_asked_for(
    store: Store, worker: WorkerId
) -> None:
    best, others = enqueue(store, 2, queue="a", priority=9), enqueue(store, 5, queue="b")

    assert ids_claimed(store, worker, limit=3) == [*best, others[0]]
    assert ids_claimed(store, worker) == others[1:]


def test_a_limit_taken_away_holds_no_more(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("default", concurrency=1)
    ids = enqueue(store, 3)
    first = ids_claimed(store, worker)

    store.admin.set_queue("default", concurrency=None)

    assert first + ids_claimed(store, worker) == ids


def test_jobs_of_one_key_run_one_after_the_other(store: Store, worker: WorkerId) -> None:
    alice = enqueue(store, 3, concurrency_key="alice")
    bob = enqueue_one(store, concurrency_key="bob")

    first = store.claim(worker, limit=100)
    parked = waits(store, alice)
    exchange = store.exchange(worker, [ended(first[0], Succeeded())], limit=100)

    assert [claim.job.id for claim in first] == [alice[0], bob]
    assert parked == [None, "key:default/alice", "key:default/alice"]
    assert [claim.job.id for claim in exchange.claims] == [alice[1]]


def test_a_key_may_have_a_concurrency_of_its_queue_s_own(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("default", key_concurrency=2)
    alice = enqueue(store, 5, concurrency_key="alice")

    assert ids_claimed(store, worker) == alice[:2]


def test_keys_of_two_queues_have_nothing_in_common(store: Store, worker: WorkerId) -> None:
    """Not even when a slash in a queue's name makes them look alike."""
    ids = [
        enqueue_one(store, queue="a", concurrency_key="b/c"),
        enqueue_one(store, queue="a/b", concurrency_key="c"),
    ]

    assert ids_claimed(store, worker) == ids


def test_a_higher_priority_comes_first_among_those_that_wait_for_a_key(
    store: Store, worker: WorkerId
) -> None:
    low = enqueue(store, 3, concurrency_key="k")
    claim = claim_one(store, worker)
    ids_claimed(store, worker)
    high = enqueue_one(store, concurrency_key="k", priority=5)

    exchange = store.exchange(worker, [ended(claim, Succeeded())], limit=100)
    following = store.exchange(worker, [ended(exchange.claims[0], Succeeded())], limit=100)

    assert claim.job.id == low[0]
    assert [each.job.id for each in exchange.claims] == [high]
    assert [each.job.id for each in following.claims] == [low[1]]


@pytest.mark.parametrize(
    "outcome", [Succeeded(), Released(reason="r"), Retry(delay_ms=0, reason="r")]
)
def test_whatever_ends_a_run_lets_the_next_of_its_key_go(
    store: Store, worker: WorkerId, outcome: object
) -> None:
    enqueue(store, 2, concurrency_key="k")
    claim = claim_one(store, worker)
    before = ids_claimed(store, worker)

    store.finish(worker, [ended(claim, outcome)])  # type: ignore[arg-type]

    assert before == []
    assert len(claimed(store, worker)) == 1


def test_the_key_of_a_worker_that_died_is_free_after_the_rescue(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    ids = enqueue(store, 2, concurrency_key="k")
    gone = a_worker(store, lease_ms=1_000)
    claim_one(store, gone)
    before = ids_claimed(store, worker)

    clock.advance(ms=1_001)
    store.rescue(vanished)

    assert before == []
    assert ids_claimed(store, worker) == [ids[1]]


def test_a_job_is_told_which_units_of_a_resource_it_has(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 3)
    enqueue(store, 1, resources={"gpu": 2})
    enqueue(store, 2, resources={"gpu": 1})

    first = store.claim(worker, limit=100)
    exchange = store.exchange(worker, [ended(first[0], Succeeded())], limit=100)

    assert [claim.job.allotted for claim in first] == [{"gpu": [0, 1]}, {"gpu": [2]}]
    assert [claim.job.allotted for claim in exchange.claims] == [{"gpu": [0]}]


def test_a_small_job_does_not_overtake_a_large_one_that_waits_for_the_same(
    store: Store, worker: WorkerId
) -> None:
    """Else a job that needs both of two would wait for ever."""
    store.admin.set_resource("gpu", 2)
    one = enqueue_one(store, resources={"gpu": 1})
    both = enqueue_one(store, resources={"gpu": 2})
    small = enqueue_one(store, resources={"gpu": 1})
    claim = claim_one(store, worker)
    second = ids_claimed(store, worker)
    later = enqueue_one(store, resources={"gpu": 1})
    third = ids_claimed(store, worker)

    exchange = store.exchange(worker, [ended(claim, Succeeded())], limit=100)

    assert (claim.job.id, second, third) == (one, [], [])
    assert [each.job.id for each in exchange.claims] == [both]
    assert waits(store, [small, later]) == ["resource:gpu", "resource:gpu"]


def test_a_job_waits_for_a_resource_that_is_not_there_and_holds_nobody_back(
    store: Store, worker: WorkerId
) -> None:
    store.admin.set_resource("gpu", 1)
    unknown = enqueue_one(store, resources={"license": 1})
    too_much = enqueue_one(store, resources={"gpu": 2})
    fits = enqueue_one(store, resources={"gpu": 1})

    first = ids_claimed(store, worker)
    parked = waits(store, [unknown, too_much])
    store.admin.set_resource("license", 1)
    second = ids_claimed(store, worker)

    assert first == [fits]
    assert parked == ["missing:license", "missing:gpu"]
    assert second == [unknown]


def test_less_of_a_resource_holds_for_the_next_claims(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 3)
    enqueue(store, 4, resources={"gpu": 1})
    first = store.claim(worker, limit=100)
    store.admin.set_resource("gpu", 1)

    taken = [
        [c.job.allotted for c in store.exchange(worker, [ended(each, Succeeded())], limit=9).claims]
        for each in first
    ]

    assert taken == [[], [], [{"gpu": [0]}]]


def test_a_resource_that_was_removed_is_missed(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 1)
    waiting = enqueue(store, 2, resources={"gpu": 1})[1]
    claimed(store, worker)

    store.admin.remove_resource("gpu")
    after = ids_claimed(store, worker)

    assert after == []
    assert waits(store, [waiting]) == ["missing:gpu"]
    with pytest.raises(UnknownResource):
        store.admin.remove_resource("gpu")


def test_a_wide_job_stops_the_claim_until_there_are_slots_for_it(
    store: Store, worker: WorkerId
) -> None:
    wide = enqueue_one(store, slots=8, priority=1)
    narrow = enqueue(store, 3)

    few = store.exchange(worker, [], limit=7)
    enough = ids_claimed(store, worker, limit=9)

    assert (few.claims, few.is_held_back) == ([], True)
    assert enough == [wide, narrow[0]]


def test_a_worker_passes_over_a_job_that_is_too_wide_for_it(store: Store, worker: WorkerId) -> None:
    small = a_worker(store, concurrency=4)
    wide = enqueue_one(store, slots=8, priority=1)
    narrow = enqueue_one(store)

    assert ids_claimed(store, small) == [narrow]
    assert ids_claimed(store, worker) == [wide]


def test_a_rate_lets_one_start_an_interval(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("default", rate=Rate(count=10, per_ms=60_000))
    enqueue(store, 3)
    counts = []

    for step in (0, 5_999, 1, 5_999, 1):
        clock.advance(ms=step)
        counts.append(len(claimed(store, worker)))

    assert counts == [1, 0, 1, 0, 1]


def test_the_store_says_when_a_rate_lets_the_next_one_start(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("default", rate=Rate(count=1, per_ms=1_000))
    enqueue(store, 2)
    claimed(store, worker)
    clock.advance(ms=300)

    due = store.due_in_ms()
    clock.advance(ms=700)
    staged = store.stage()

    assert (due, staged) == (700, 1)
    assert store.due_in_ms() is None


def test_a_burst_may_come_at_once_and_is_earned_again(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("default", rate=Rate(count=1, per_ms=1_000, burst=3))
    enqueue(store, 9)
    counts = []

    for step in (0, 1_000, 2_000, 60_000):
        clock.advance(ms=step)
        counts.append(len(claimed(store, worker)))

    assert counts == [3, 1, 2, 3]


def test_a_rate_of_a_key_parks_its_jobs_and_lets_the_others_go(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    second = Rate(count=1, per_ms=1_000)
    store.admin.set_queue("default", key_concurrency=10, key_rate=second)
    alice = enqueue(store, 3, concurrency_key="alice")
    bob = enqueue(store, 1, concurrency_key="bob")

    first = ids_claimed(store, worker)
    parked, due = waits(store, alice), store.due_in_ms()
    clock.advance(ms=1_000)
    staged, following = store.stage(), ids_claimed(store, worker)

    assert first == [alice[0], *bob]
    assert (parked, due) == ([None, "rate:default/alice", "rate:default/alice"], 1_000)
    assert (staged, following) == (1, [alice[1]])
    assert store.due_in_ms() == 1_000


def test_jobs_that_waited_for_a_rate_go_when_it_is_taken_away(
    store: Store, worker: WorkerId
) -> None:
    store.admin.set_queue("default", key_concurrency=9, key_rate=Rate(count=1, per_ms=3_600_000))
    alice = enqueue(store, 3, concurrency_key="alice")
    claimed(store, worker)

    store.admin.set_queue("default", key_rate=None)
    store.stage()

    assert ids_claimed(store, worker) == alice[1:]


def test_a_clock_set_back_does_not_stop_a_rate_for_long(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("default", rate=Rate(count=1, per_ms=1_000))
    enqueue(store, 2)
    claimed(store, worker)

    clock.step_wall(ms=-3_600_000)
    at_once = claimed(store, worker)
    clock.advance(ms=1_000)

    assert at_once == []
    assert len(claimed(store, worker)) == 1


def test_a_paused_queue_starts_nothing_until_it_is_resumed(store: Store, worker: WorkerId) -> None:
    store.admin.pause("a")
    paused, other = enqueue_one(store, queue="a"), enqueue_one(store, queue="b")

    first = ids_claimed(store, worker)
    store.admin.resume("a")

    assert first == [other]
    assert ids_claimed(store, worker) == [paused]


def test_a_draining_queue_takes_no_new_jobs_and_ends_those_it_has(
    store: Store, worker: WorkerId
) -> None:
    old = store.enqueue([a_job(queue="a", key="k")])
    store.admin.drain("a")

    with pytest.raises(QueueDraining, match="queue resume a"):
        store.enqueue([a_job(queue="b", name="half"), a_job(queue="a")])

    assert store.enqueue([a_job(queue="a", key="k")]) == old
    assert ids_claimed(store, worker) == old
    store.admin.resume("a")
    assert len(store.enqueue([a_job(queue="a")])) == 1
    assert [job.name for job in store.reader.page(JobFilter())] == [None, None]


def test_limits_combine_and_none_is_exceeded(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("default", concurrency=3, key_concurrency=2)
    store.admin.set_resource("gpu", 2)
    of_key = enqueue(store, 3, concurrency_key="k")
    on_gpu = enqueue(store, 2, resources={"gpu": 2})
    plain = enqueue(store, 2)

    first = store.claim(worker, limit=100)
    parked = waits(store, [of_key[2], on_gpu[1]])
    exchange = store.exchange(worker, [ended(first[2], Succeeded())], limit=100)

    assert [claim.job.id for claim in first] == [*of_key[:2], on_gpu[0]]
    assert parked == ["key:default/k", "resource:gpu"]
    assert [claim.job.id for claim in exchange.claims] == [on_gpu[1]]
    assert plain


def test_room_that_a_job_leaves_because_it_waits_for_another_limit_is_given_on(
    store: Store, worker: WorkerId
) -> None:
    """It was let go for its key, and is then parked for the resource: the next of the key goes."""
    store.admin.set_resource("gpu", 1)
    holder = enqueue_one(store, resources={"gpu": 1})
    first = enqueue_one(store, concurrency_key="k")
    both = enqueue_one(store, concurrency_key="k", resources={"gpu": 1})
    last = enqueue_one(store, concurrency_key="k")
    claims = store.claim(worker, limit=100)

    exchange = store.exchange(worker, [ended(claims[1], Succeeded())], limit=100)

    assert [claim.job.id for claim in claims] == [holder, first]
    assert [claim.job.id for claim in exchange.claims] == [last]
    assert waits(store, [both]) == ["resource:gpu"]


def test_the_sweep_finds_room_that_a_held_job_left(store: Store, worker: WorkerId) -> None:
    ids = enqueue(store, 3, concurrency_key="k")
    claim = claim_one(store, worker)
    claimed(store, worker)
    store.finish(worker, [ended(claim, Succeeded())])
    store.admin.hold([ids[1]])
    before = ids_claimed(store, worker)

    store.limits.sweep()

    assert before == []
    assert ids_claimed(store, worker) == [ids[2]]


def test_the_sweep_lets_go_what_a_raised_limit_allows(store: Store, worker: WorkerId) -> None:
    ids = enqueue(store, 5, concurrency_key="k")
    claimed(store, worker)

    store.admin.set_queue("default", key_concurrency=3)
    store.limits.sweep()

    assert ids_claimed(store, worker) == ids[1:3]


def test_a_sweep_gets_past_jobs_of_a_paused_queue(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 1)
    holder = enqueue_one(store, resources={"gpu": 1}, queue="a")
    enqueue(store, 5, resources={"gpu": 1}, queue="a")
    behind = enqueue_one(store, resources={"gpu": 1}, queue="b")
    claim = claim_one(store, worker)
    claimed(store, worker)
    store.admin.pause("a")
    store.finish(worker, [ended(claim, Succeeded())])

    taken, boosts = [], {}
    for _ in range(5):
        swept = store.limits.sweep(boosts=boosts)
        boosts = {name: boosts.get(name, 1) * 2 for name in swept.found}
        taken += ids_claimed(store, worker)

    assert claim.job.id == holder
    assert taken == [behind]


def test_a_held_or_cancelled_job_waits_for_no_limit(store: Store, worker: WorkerId) -> None:
    ids = enqueue(store, 3, concurrency_key="k")
    claimed(store, worker)

    store.admin.hold([ids[1]])
    store.admin.cancel([ids[2]])

    assert waits(store, ids[1:]) == [None, None]


def test_many_jobs_of_one_key_are_parked_a_part_at_a_time(store: Store, worker: WorkerId) -> None:
    enqueue(store, 2_500, concurrency_key="k")
    other = enqueue_one(store)
    turns = []

    while (exchange := store.exchange(worker, [], limit=10)).again:
        turns.append(len(exchange.claims))
    turns.append(len(exchange.claims))

    assert turns == [1, 1]
    assert store.reader.get(other).state is JobState.RUNNING


def test_queues_tell_their_state_limits_and_counts(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("a", concurrency=2, rate=Rate.parse("10/m"))
    store.admin.pause("idle")
    enqueue(store, 3, queue="a", concurrency_key="k")
    claimed(store, worker)
    clock.advance(ms=1_500)

    a, idle = store.reader.queues()

    assert (a.name, a.state, a.running, a.parked, a.oldest_pending_ms) == (
        "a",
        QueueState.ACTIVE,
        1,
        0,
        1_500,
    )
    assert (a.limits.concurrency, str(a.limits.rate), a.limits.key_concurrency) == (2, "10/m", None)
    assert a.counts == {JobState.PENDING: 2, JobState.RUNNING: 1}
    assert (idle.name, idle.state, idle.counts) == ("idle", QueueState.PAUSED, {})


def test_the_oldest_of_all_priorities_parked_or_not_is_told(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("keyed")
    enqueue(store, 3, queue="keyed", concurrency_key="k", priority=9)
    enqueue(store, 1, queue="low", priority=-5)
    clock.advance(ms=700)
    enqueue(store, 2, queue="low", priority=5)
    enqueue(store, 1, queue="keyed")
    claimed(store, worker, limit=2)
    clock.advance(ms=300)

    told = {each.name: each for each in store.reader.queues()}

    assert {name: each.oldest_pending_ms for name, each in told.items()} == by_looking(store)
    assert by_looking(store) == {"keyed": 1_000, "low": 1_000}
    assert (told["keyed"].parked, told["low"].parked) == (2, 0)


def by_looking(store: Store) -> dict[str, int]:
    found: dict[str, int] = {}
    now = store.reader.now_ms()
    for job in store.reader.find(range(1, 100)):
        if job.state is JobState.PENDING:
            found[job.queue] = max(found.get(job.queue, 0), now - job.created_at)
    return found


def test_resources_tell_what_is_used_and_who_waits(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 2)
    enqueue(store, 3, resources={"gpu": 1})
    enqueue(store, 1, resources={"license": 1})
    claimed(store, worker)

    told = [
        (each.name, each.capacity, each.used, each.waiting) for each in store.reader.resources()
    ]

    assert told == [("gpu", 2, (0, 1), 1), ("license", 0, (), 1)]


def test_work_that_nobody_will_start_is_not_left_to_wait_for(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.pause("paused")
    enqueue(store, 1, queue="paused")
    enqueue(store, 1, resources={"license": 1})
    enqueue(store, 1, slots=8)
    claimed(store, a_worker(store, concurrency=4))

    assert not store.work_left(slots=4)
    assert store.work_left(slots=8)
    assert store.work_left()


def test_work_that_a_limit_will_let_go_is_left(store: Store, worker: WorkerId) -> None:
    store.admin.set_queue("default", rate=Rate(count=1, per_ms=3_600_000))
    enqueue(store, 2)
    (claim,) = store.claim(worker, limit=10)
    store.finish(worker, [ended(claim, Succeeded())])

    assert store.work_left(slots=4)


@pytest.mark.parametrize(
    "fields",
    [
        {"slots": 0},
        {"slots": 10_001},
        {"concurrency_key": ""},
        {"concurrency_key": "x" * 201},
        {"concurrency_key": "a\0b"},
        {"concurrency_key": "\ud800"},
        {"resources": {"gpu": 0}},
        {"resources": {"gpu": 10_001}},
        {"resources": {"g pu": 1}},
        {"resources": {"": 1}},
        {"resources": {f"r{n}": 1 for n in range(17)}},
    ],
)
def test_demands_that_no_limit_could_count_are_refused(
    store: Store, fields: dict[str, object]
) -> None:
    with pytest.raises(InvalidJob):
        store.enqueue([a_job(**fields)])


def test_limits_that_make_no_sense_are_refused(store: Store) -> None:
    for change in (
        lambda: store.admin.set_queue("q", concurrency=0),
        lambda: store.admin.set_queue("q", key_concurrency=-1),
        lambda: store.admin.set_queue("q", rate=Rate(count=0, per_ms=1)),
        lambda: store.admin.set_queue("q", rate=Rate(count=1, per_ms=0)),
        lambda: store.admin.set_queue("not a queue", concurrency=1),
        lambda: store.admin.pause(""),
        lambda: store.admin.set_resource("gpu", -1),
        lambda: store.admin.set_resource("no resource", 1),
    ):
        with pytest.raises(InvalidLimit):
            change()

    assert store.reader.queues() == []


def reason(store: Store, job_id: JobId) -> str | None:
    return store.reader.reasons(store.reader.find([job_id])).get(job_id)


def test_a_waiting_job_says_which_limit_it_waits_for(store: Store, worker: WorkerId) -> None:
    store.admin.set_resource("gpu", 2)
    store.admin.set_queue("mail", concurrency=1)
    store.admin.set_queue("slow", rate=Rate.parse("10/m"))
    store.admin.set_queue("api", key_rate=Rate.parse("1/2s"), key_concurrency=9)
    told = {
        "limit 1 reached (queue mail)": enqueue(store, 2, queue="mail")[1],
        "limit 1 reached (key alice)": enqueue(store, 2, concurrency_key="alice")[1],
        "resource gpu: 0 of 2 free": enqueue(store, 2, resources={"gpu": 2})[1],
        "needs 3 gpu, there is 2": enqueue_one(store, resources={"gpu": 3}),
        "no resource license": enqueue_one(store, resources={"license": 1}),
        "rate 10/m, next in 6 s": enqueue(store, 2, queue="slow")[1],
        "rate 1/2s, next in 2 s": enqueue(store, 2, queue="api", concurrency_key="k")[1],
        "no worker has 101 slots": enqueue_one(store, slots=101),
    }
    claimed(store, worker)
    store.admin.pause("paused")
    told["queue paused"] = enqueue_one(store, queue="paused", concurrency_key="alice")

    assert {reason(store, job_id): job_id for job_id in told.values()} == told


def test_a_reason_gives_way_to_a_queue_that_nobody_serves(store: Store) -> None:
    a_worker(store, queues=("other",))
    store.admin.set_queue("mail", concurrency=1)

    assert reason(store, enqueue_one(store, queue="mail")) == "no worker serves mail"


def test_while_workers_are_busy_a_sweep_lets_nobody_go_twice(
    store: Store, worker: WorkerId
) -> None:
    """One job of the key may be claimed already; the others would only be parked again."""
    ids = enqueue(store, 5, concurrency_key="k")
    claim = claim_one(store, worker)
    claimed(store, worker)
    store.finish(worker, [ended(claim, Succeeded())])

    store.limits.sweep()
    busy = waits(store, ids[1:])
    store.limits.sweep(is_hungry=True)

    assert [name is None for name in busy] == [True, False, False, False]
    assert [name is None for name in waits(store, ids[1:])] == [True, True, False, False]


def test_buckets_that_are_full_again_are_forgotten(
    store: Store, worker: WorkerId, clock: ManualClock
) -> None:
    store.admin.set_queue("default", key_concurrency=9, key_rate=Rate.parse("1/s"))
    enqueue(store, 1, concurrency_key="k")
    claimed(store, worker)
    counts = []

    for ms in (0, 999, 1):
        clock.advance(ms=ms)
        store.limits.forget_full_buckets()
        counts.append(buckets(store))

    assert counts == [1, 1, 0]


def buckets(store: Store) -> int:
    with store._database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM queuectl_buckets").scalar_one())


def test_no_more_members_of_a_group_run_than_it_allows(store: Store, worker: WorkerId) -> None:
    group = NewGroup(name="renders", concurrency=2)
    ids = store.enqueue([a_job() for _ in range(4)], group=group)
    other = enqueue_one(store)

    first = store.claim(worker, limit=100)
    told = reason(store, ids[3])
    exchange = store.exchange(worker, [ended(first[0], Succeeded())], limit=100)

    assert [claim.job.id for claim in first] == [*ids[:2], other]
    assert told == "limit 2 reached (group renders)"
    assert [claim.job.id for claim in exchange.claims] == [ids[2]]


def test_no_member_starts_after_its_group_was_halted(store: Store, worker: WorkerId) -> None:
    group = NewGroup(name="g", concurrency=2, halt=parse_halt("soon,fail=1"))
    store.enqueue([a_job() for _ in range(4)], group=group)
    first = store.claim(worker, limit=100)

    exchange = store.exchange(worker, [ended(first[0], Dead(reason="broken"))], limit=100)

    assert exchange.claims == []
    assert store.claim(worker, limit=100) == []
