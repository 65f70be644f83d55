"""Claims from queues whose jobs limits may hold back, in a transaction that holds the locks."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store import records
from queuectl_store.job import Claim, WorkerId
from queuectl_store.limits import transaction as limits
from queuectl_store.limits.admission import Candidate, Decision, Room, Stop, decide
from queuectl_store.limits.pacing import Buckets
from queuectl_store.limits.rates import Bucket
from queuectl_store.limits.usage import Usage, counted_names
from queuectl_store.limits.waits import rate_name
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.statement import Connection

# Parked in one transaction, so that a claim stays short however many wait.
MOST_PARKED = 2_000
_MORE = 200


class Admission:
    """One claim's way through the limits.

    Attributes:
        is_held_back: Something waits that another end of a run may let go.
        is_unfinished: There is more to look at; it was left so that the transaction stays short.
        is_short_of_slots: The best job needs more slots than are free: nothing may overtake it.
        let_go: How many jobs need not wait for a limit any more.
    """

    def __init__(
        self, connection: Connection, times: Mapping[str, Any], worker_id: WorkerId
    ) -> None:
        self._connection, self._worker_id = connection, worker_id
        worker = sql.CLAIMANT.run(connection, {"worker": worker_id, **times}).first()
        self._widest = 0 if worker is None else worker.concurrency
        now_ms = 0 if worker is None else worker.now_ms
        # What was decided for a moment is recorded as of that moment: rates hold to the ms.
        self._times = {**times, "now": now_ms}
        self._now_us = now_ms * 1_000
        self._usage = Usage(connection)
        self._buckets = Buckets(connection, self._now_us)
        self._may_park = MOST_PARKED
        self._waited_for: set[str] = set()
        self.is_held_back = self.is_unfinished = self.is_short_of_slots = False
        self.let_go = 0

    def take(self, queue: str, slots: int) -> list[Claim]:
        """Claim from *queue* what may start within *slots*."""
        if not self._widest:
            return []
        taken: list[Claim] = []
        room = self._room(queue, slots)
        size = _most_starts(room, self._now_us)
        while size:
            candidates = self._candidates(queue, size)
            if not candidates:
                break
            room = self._room_for(queue, candidates, room)
            decision = decide(candidates, room, now_us=self._now_us)
            taken += self._apply(decision)
            is_all = not self._let_go(candidates, decision, room) and len(candidates) < size
            room = decision.room
            size = 0 if is_all else self._next_size(decision)
        self._keep_pace(queue, room)
        return taken

    def close(self) -> bool:
        """Write the buckets, after the last queue; tell whether one has a new time to be due."""
        return self._buckets.save()

    def _room(self, queue: str, slots: int) -> Room:
        rate = self._usage.limits(queue).rate
        name = rate_name(queue)
        return Room(
            slots=slots,
            starts=self._usage.starts(queue),
            pace=None if rate is None else self._buckets.get([name], rate)[name],
        )

    def _candidates(self, queue: str, size: int) -> list[Candidate]:
        values = {"from_queue": queue, "widest": self._widest, "at_most": size}
        rows = sql.CANDIDATES.run(self._connection, values).all()
        has_key_rate = self._usage.limits(queue).key_rate is not None
        return [_candidate(queue, row, is_paced=has_key_rate) for row in rows]

    def _room_for(self, queue: str, candidates: Sequence[Candidate], room: Room) -> Room:
        counted = {name for each in candidates for name in each.counted}
        shared = {name for each in candidates for name in each.resources}
        names = {name for each in candidates for name in each.limits}
        return Room(
            slots=room.slots,
            starts=room.starts,
            pace=room.pace,
            free=self._usage.free(counted),
            resources=self._usage.resources() if shared else {},
            paces=self._paces(queue, candidates),
            waiting=limits.waiting(self._connection, names),
        )

    def _paces(self, queue: str, candidates: Sequence[Candidate]) -> dict[str, Bucket]:
        rate, names = self._usage.limits(queue).key_rate, _paced(candidates)
        return {} if rate is None or not names else self._buckets.get(names, rate)

    def _apply(self, decision: Decision) -> list[Claim]:
        claims: list[Claim] = []
        if decision.admitted:
            admitted = json.dumps(
                [
                    {"id": each.id, "allotted": _allotted(each.allotted)}
                    for each in decision.admitted
                ]
            )
            values = {"admitted": admitted, "worker": self._worker_id, **self._times}
            claims = records.claims(sql.ADMIT.run(self._connection, values))
            for claim in claims:
                self._usage.count(claim.job, claim.job.allotted)
        if decision.parked:
            parked = json.dumps([{"id": id_, "name": name} for id_, name in decision.parked])
            sql.PARK.run(self._connection, {"parked": parked})
            self._may_park -= len(decision.parked)
            self.is_held_back = True
        self.is_held_back |= decision.stop is Stop.QUEUE
        self.is_short_of_slots |= decision.stop is Stop.SLOTS
        return claims

    def _let_go(self, candidates: Sequence[Candidate], decision: Decision, room: Room) -> int:
        """Let others go for whom there is room because a candidate is parked for something else.

        It had been let go for that room, or was parked behind one that should have been.
        """
        paces, parked = decision.room.paces, dict(decision.parked)
        self._waited_for |= {*parked.values(), *room.waiting}
        for name, bucket in paces.items():
            due = bucket.ready_at_ms(self._now_us) if name in self._waited_for else None
            self._buckets.put(name, bucket, due_at=due)
        left = Counter(name for each in candidates if each.id in parked for name in each.limits)
        names = left.keys() & room.waiting.keys()
        tokens = {n: min(left[n], paces[n].tokens(self._now_us)) for n in names if n in paces}
        count = limits.unpark(self._connection, limits.best(self._connection, tokens))
        others = names - tokens.keys()
        count += limits.let_go(self._connection, self._usage, others, at_most=left)
        self.let_go += count
        return count

    def _next_size(self, decision: Decision) -> int:
        room = decision.room
        if decision.stop is not None or not _most_starts(room, self._now_us):
            return 0
        if self._may_park <= 0:
            self.is_unfinished = True
            return 0
        return min(max(_MORE, len(decision.parked) * 2), self._may_park)

    def _keep_pace(self, queue: str, room: Room) -> None:
        if room.pace is not None:
            is_empty = room.pace.tokens(self._now_us) < 1
            due = room.pace.ready_at_ms(self._now_us) if is_empty else None
            self._buckets.put(rate_name(queue), room.pace, due_at=due)
        if room.starts == 0:
            self.is_held_back = True


def _most_starts(room: Room, now_us: int) -> int:
    most = room.slots if room.starts is None else min(room.slots, room.starts)
    return most if room.pace is None else min(most, room.pace.tokens(now_us))


def _candidate(queue: str, row: Any, *, is_paced: bool) -> Candidate:
    return Candidate(
        id=row.id,
        rank=(-row.priority, row.id),
        slots=row.slots,
        counted=counted_names(queue, row.concurrency_key, row.group_id) if row.guarded else (),
        resources=json.loads(row.resources) if row.resources else {},
        paced=rate_name(queue, row.concurrency_key) if is_paced and row.concurrency_key else None,
    )


def _paced(candidates: Sequence[Candidate]) -> set[str]:
    return {each.paced for each in candidates if each.paced is not None}


def _allotted(allotted: Mapping[str, Sequence[int]]) -> str | None:
    return json.dumps({name: list(ids) for name, ids in allotted.items()}) if allotted else None
