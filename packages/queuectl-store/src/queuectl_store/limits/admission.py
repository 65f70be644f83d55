"""Which of a queue's waiting jobs may start now, and what the others wait for. Pure.

The best job comes first. One that a limit of its own holds back is parked: it is named after
that limit, and the jobs behind it may go. One that the whole queue, or the worker's slots, hold
back stops everything behind it, so that nothing overtakes it for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from queuectl_store.limits.rates import Bucket
from queuectl_store.limits.resource import Resource
from queuectl_store.limits.waits import missing_name, resource_name
from queuectl_store.values import dataclass

# (negated priority, id): the lesser one is the better job.
Rank = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A job that might start.

    Attributes:
        counted: Names of the limits of which it takes one each while it runs.
        resources: How much it takes of each resource.
        paced: The name of its own rate, if it has one.
    """

    id: int
    rank: Rank
    slots: int = 1
    counted: tuple[str, ...] = ()
    resources: Mapping[str, int] = field(default_factory=dict)
    paced: str | None = None

    @property
    def limits(self) -> tuple[str, ...]:
        """Name every limit of its own."""
        paced = () if self.paced is None else (self.paced,)
        return (*self.counted, *map(resource_name, self.resources), *paced)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What may be taken now.

    Attributes:
        slots: Of the worker.
        starts: Of the queue, by its concurrency; None is any number.
        pace: The queue's rate.
        free: By the name of a limit that counts; each that a candidate names is here.
        paces: The buckets of the candidates' own rates, by name.
        waiting: The best job that waits for a limit already, by the limit's name.
    """

    slots: int
    starts: int | None = None
    pace: Bucket | None = None
    free: Mapping[str, int] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    paces: Mapping[str, Bucket] = field(default_factory=dict)
    waiting: Mapping[str, Rank] = field(default_factory=dict)


class Stop(StrEnum):
    """What holds back everything that is left."""

    SLOTS = "slots"
    QUEUE = "queue"
    RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A job that starts, with the indexes that it gets of each resource."""

    id: int
    slots: int
    allotted: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of the candidates, and the room that is left.

    Attributes:
        parked: (id, name of the limit).
        stop: Why it ended before the last candidate; None if it did not.
    """

    admitted: tuple[Admitted, ...]
    parked: tuple[tuple[int, str], ...]
    stop: Stop | None
    room: Room


def decide(candidates: Iterable[Candidate], room: Room, *, now_us: int) -> Decision:
    """Let *candidates*, best first, into *room*."""
    desk = _Desk(room, now_us)
    admitted: list[Admitted] = []
    parked: list[tuple[int, str]] = []
    stop: Stop | None = None
    for candidate in candidates:
        if limit := desk.holds_back(candidate):
            parked.append((candidate.id, limit))
        elif stop := desk.stops(candidate):
            break
        else:
            admitted.append(desk.admit(candidate))
    return Decision(
        admitted=tuple(admitted), parked=tuple(parked), stop=stop, room=desk.room_left()
    )


def fitting(wanted: Sequence[tuple[int, int]], resource: Resource) -> tuple[list[int], list[int]]:
    """Pick, of jobs that wait for a resource, those for which there is room now.

    Args:
        wanted: (id, amount), best first. Nothing overtakes one that has to wait.

    Returns:
        The ids that fit, and those that ask for more than there will ever be.
    """
    free, fits, never = resource.free, [], []
    for job_id, amount in wanted:
        if amount > resource.capacity:
            never.append(job_id)
        elif amount <= free:
            free -= amount
            fits.append(job_id)
        else:
            break
    return fits, never


class _Desk:
    """Counts down while it lets candidates in."""

    def __init__(self, room: Room, now_us: int) -> None:
        self._now_us, self._room = now_us, room
        self._slots, self._starts, self._pace = room.slots, room.starts, room.pace
        self._free, self._resources = dict(room.free), dict(room.resources)
        self._paces = dict(room.paces)
        # Limits for which a better candidate has to wait: the ones behind it must not take it all.
        self._queued: set[str] = set()

    def holds_back(self, candidate: Candidate) -> str | None:
        """Name the first limit of the candidate's own that keeps it from starting."""
        for limit in candidate.counted:
            if self._free[limit] < 1 or self._waits_behind(limit, candidate):
                return limit
        for name, amount in candidate.resources.items():
            if lack := self._lacks(candidate, name, amount):
                return lack
        if (pace := candidate.paced) is not None and (
            self._paces[pace].tokens(self._now_us) < 1 or self._waits_behind(pace, candidate)
        ):
            return pace
        return None

    def stops(self, candidate: Candidate) -> Stop | None:
        """Say what keeps the candidate, and everything behind it, from starting."""
        if self._starts is not None and self._starts < 1:
            return Stop.QUEUE
        if self._pace is not None and self._pace.tokens(self._now_us) < 1:
            return Stop.RATE
        return Stop.SLOTS if candidate.slots > self._slots else None

    def admit(self, candidate: Candidate) -> Admitted:
        """Take what the candidate needs."""
        self._slots -= candidate.slots
        if self._starts is not None:
            self._starts -= 1
        if self._pace is not None:
            self._pace = self._pace.after(1, self._now_us)
        for limit in candidate.counted:
            self._free[limit] -= 1
        if (pace := candidate.paced) is not None:
            self._paces[pace] = self._paces[pace].after(1, self._now_us)
        allotted = {name: self._allot(name, n) for name, n in candidate.resources.items()}
        return Admitted(id=candidate.id, slots=candidate.slots, allotted=allotted)

    def room_left(self) -> Room:
        """Return what is left; who waits has to be asked anew."""
        return Room(
            slots=self._slots,
            starts=self._starts,
            pace=self._pace,
            free=self._free,
            resources=self._resources,
            paces=self._paces,
        )

    def _lacks(self, candidate: Candidate, name: str, amount: int) -> str | None:
        resource = self._resources.get(name)
        if resource is None or amount > resource.capacity:
            return missing_name(name)
        limit = resource_name(name)
        if limit in self._queued or self._waits_behind(limit, candidate):
            return limit
        if amount > resource.free:
            self._queued.add(limit)
            return limit
        return None

    def _waits_behind(self, limit: str, candidate: Candidate) -> bool:
        first = self._room.waiting.get(limit)
        return first is not None and first < candidate.rank

    def _allot(self, name: str, amount: int) -> tuple[int, ...]:
        resource = self._resources[name]
        indexes = resource.indexes(amount)
        self._resources[name] = Resource(
            capacity=resource.capacity, used=resource.used | set(indexes)
        )
        return indexes
