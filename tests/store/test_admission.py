"""What `decide` must never do, for any jobs and any room."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queuectl_store import Rate
from queuectl_store.limits.admission import (
    Candidate,
    Decision,
    Rank,
    Resource,
    Room,
    Stop,
    decide,
    fitting,
)
from queuectl_store.limits.rates import Bucket

NOW_US = 1_800_000_000_000_000
KEYS = ("key:q/a", "key:q/b", "group:1")
RESOURCES = ("gpu", "license")
PACES = ("rate:q/a", "rate:q/b")

rates = st.builds(
    Rate,
    count=st.integers(1, 5),
    per_ms=st.sampled_from([1, 7, 1_000]),
    burst=st.integers(1, 4),
)
buckets = st.builds(
    Bucket, rate=rates, full_at_us=st.integers(NOW_US - 5_000_000, NOW_US + 5_000_000)
)
capacities = st.builds(
    Resource, capacity=st.integers(0, 4), used=st.frozensets(st.integers(0, 5), max_size=4)
)
ranks = st.tuples(st.integers(-3, 3), st.integers(0, 300))
rooms = st.builds(
    Room,
    slots=st.integers(0, 12),
    starts=st.none() | st.integers(0, 6),
    pace=st.none() | buckets,
    free=st.fixed_dictionaries({name: st.integers(0, 3) for name in KEYS}),
    resources=st.dictionaries(st.sampled_from(RESOURCES), capacities),
    paces=st.fixed_dictionaries(dict.fromkeys(PACES, buckets)),
    waiting=st.dictionaries(
        st.sampled_from([*KEYS, *PACES, *(f"resource:{name}" for name in RESOURCES)]), ranks
    ),
)


@st.composite
def lines(draw: st.DrawFn) -> list[Candidate]:
    """Candidates in the order in which a claim reads them: best first."""
    n = draw(st.integers(0, 12))
    ids = draw(st.lists(st.integers(100, 200), min_size=n, max_size=n, unique=True))
    found = [
        Candidate(
            id=job_id,
            rank=(draw(st.integers(-3, 3)), job_id),
            slots=draw(st.integers(1, 6)),
            counted=tuple(sorted(draw(st.sets(st.sampled_from(KEYS), max_size=2)))),
            resources=draw(st.dictionaries(st.sampled_from(RESOURCES), st.integers(1, 4))),
            paced=draw(st.none() | st.sampled_from(PACES)),
        )
        for job_id in ids
    ]
    return sorted(found, key=lambda each: each.rank)


def admitted(line: Sequence[Candidate], decision: Decision) -> list[Candidate]:
    ids = [each.id for each in decision.admitted]
    return [each for each in line if each.id in ids]


@given(lines(), rooms)
def test_no_limit_is_ever_exceeded(line: list[Candidate], room: Room) -> None:
    decision = decide(line, room, now_us=NOW_US)

    taken = admitted(line, decision)
    counted = Counter(name for each in taken for name in each.counted)
    paced = Counter(each.paced for each in taken if each.paced)
    assert sum(each.slots for each in taken) <= room.slots
    assert room.starts is None or len(taken) <= room.starts
    assert room.pace is None or len(taken) <= room.pace.tokens(NOW_US)
    assert all(n <= room.free[name] for name, n in counted.items())
    assert all(n <= room.paces[name].tokens(NOW_US) for name, n in paced.items())


@given(lines(), rooms)
def test_no_unit_of_a_resource_is_given_twice(line: list[Candidate], room: Room) -> None:
    decision = decide(line, room, now_us=NOW_US)

    wanted = {each.id: dict(each.resources) for each in line}
    for name, resource in room.resources.items():
        given_out = [i for each in decision.admitted for i in each.allotted.get(name, ())]
        assert len(set(given_out)) == len(given_out)
        assert not resource.used & set(given_out)
        assert set(given_out) <= set(range(resource.capacity))
        assert not given_out or len(resource.used) + len(given_out) <= resource.capacity
    for each in decision.admitted:
        assert {name: len(ids) for name, ids in each.allotted.items()} == wanted[each.id]


@given(lines(), rooms)
def test_order_is_kept_between_jobs_that_want_the_same(line: list[Candidate], room: Room) -> None:
    """A job that starts leaves none behind that is better and wanted nothing else."""
    decision = decide(line, room, now_us=NOW_US)

    parked = dict(decision.parked)
    started = {each.id for each in decision.admitted}
    left = [each for each in line if each.id in parked]
    for better in left:
        for worse in line:
            if worse.rank > better.rank and worse.id in started:
                assert parked[better.id] not in names(worse)


@given(lines(), rooms)
def test_nobody_overtakes_who_waits_already(line: list[Candidate], room: Room) -> None:
    decision = decide(line, room, now_us=NOW_US)

    for each in admitted(line, decision):
        first: Rank
        for name, first in room.waiting.items():
            assert name not in names(each) or first > each.rank


@given(lines(), rooms)
def test_no_job_is_parked_where_there_is_room_for_it(line: list[Candidate], room: Room) -> None:
    decision = decide(line, room, now_us=NOW_US)

    by_id = {each.id: each for each in line}
    ahead = [by_id[job_id] for job_id, _ in decision.parked]
    for job_id, limit in decision.parked:
        candidate = by_id[job_id]
        waits_behind = limit in room.waiting and room.waiting[limit] < candidate.rank
        queued = any(each.rank < candidate.rank and limit in names(each) for each in ahead)
        alone = replace(room, slots=100, starts=None, pace=None, waiting={})
        left = replace(
            alone,
            free=decision.room.free,
            resources=decision.room.resources,
            paces=decision.room.paces,
        )
        fits_after_all = bool(decide([candidate], left, now_us=NOW_US).admitted)
        assert waits_behind or queued or not fits_after_all


@given(lines(), rooms)
def test_a_stop_leaves_everything_behind_it_as_it_is(line: list[Candidate], room: Room) -> None:
    decision = decide(line, room, now_us=NOW_US)

    touched = {each.id for each in decision.admitted} | {job_id for job_id, _ in decision.parked}
    seen = [each.id in touched for each in line]
    assert seen == sorted(seen, reverse=True)
    assert (decision.stop is None) == all(seen)


@given(lines(), rooms)
def test_taking_the_line_in_two_parts_comes_to_the_same(line: list[Candidate], room: Room) -> None:
    room = replace(room, waiting={})
    half = len(line) // 2
    whole = decide(line, room, now_us=NOW_US)
    first = decide(line[:half], room, now_us=NOW_US)
    # What the first part parked waits now.
    waiting: dict[str, Rank] = {}
    for job_id, name in first.parked:
        rank = next(each.rank for each in line if each.id == job_id)
        waiting[name] = min(waiting.get(name, rank), rank)

    second = decide(line[half:], replace(first.room, waiting=waiting), now_us=NOW_US)

    if first.stop is None:
        assert whole.admitted == (*first.admitted, *second.admitted)
        assert whole.parked == (*first.parked, *second.parked)


def test_slots_stop_a_wide_job_only_after_its_own_limits() -> None:
    wide = Candidate(id=1, rank=(0, 1), slots=8, counted=("key:q/a",))
    narrow = Candidate(id=2, rank=(0, 2))
    full = Room(slots=4, free={"key:q/a": 0})
    free = Room(slots=4, free={"key:q/a": 1})

    assert [each.id for each in decide([wide, narrow], full, now_us=NOW_US).admitted] == [2]
    assert decide([wide, narrow], free, now_us=NOW_US).stop is Stop.SLOTS


@given(
    st.lists(st.tuples(st.integers(), st.integers(1, 6)), max_size=8, unique_by=lambda w: w[0]),
    capacities,
)
def test_those_that_are_let_go_fit_together(
    wanted: list[tuple[int, int]], resource: Resource
) -> None:
    fits, never = fitting(wanted, resource)

    amounts = dict(wanted)
    assert sum(amounts[job_id] for job_id in fits) <= resource.free
    assert all(amounts[job_id] > resource.capacity for job_id in never)
    rest = [amount for job_id, amount in wanted if job_id not in (*fits, *never)]
    assert not rest or rest[0] > resource.free - sum(amounts[job_id] for job_id in fits)


def names(candidate: Candidate) -> set[str]:
    shared = {f"resource:{name}" for name in candidate.resources}
    missing = {f"missing:{name}" for name in candidate.resources}
    paced = {candidate.paced} if candidate.paced else set()
    return {*candidate.counted, *shared, *missing, *paced}
