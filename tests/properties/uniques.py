"""Jobs that must not be there twice: their part of the model, and their rules."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import (
    FINAL,
    TRANSITIONS,
    WAITING,
    Dead,
    Finish,
    JobState,
    NewJob,
    OnDuplicate,
    Shell,
    Unique,
    UniqueScope,
    Verb,
)
from tests.properties.enqueueing import HOUR, QUEUES
from tests.properties.model import Refusal, Row
from tests.properties.people import People
from tests.properties.pruning import PruneModel

AGAIN = (Verb.RETRY, Verb.RERUN)
UNTIL = st.sampled_from([{}, {}, {"lasts_ms": 2_000}, {"lasts_ms": HOUR}, {"while_waiting": True}])
UNIQUES = st.builds(
    lambda key, scope, until, on_duplicate: Unique(
        key=key, scope=scope, on_duplicate=on_duplicate, **until
    ),
    st.sampled_from(["a", "b", "ä"]),
    st.sampled_from(list(UniqueScope)),
    UNTIL,
    st.sampled_from([*OnDuplicate, OnDuplicate.SKIP]),
)


class UniqueModel(PruneModel):
    """The model's part: which slot each job has, and as long as it is live nobody else."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self._twins: set[int] = set()

    def enqueue_unique(self, new: NewJob) -> tuple[list[int] | None, int]:
        """Return the id of the job that is there then, None where it is refused.

        And how many rows the index kept out: each costs an id.
        """
        assert new.unique is not None
        slot = new.unique.slot(new.queue)
        holder = self.holder_of(slot)
        if holder is None:
            self.free_expired({slot})
            return self.enqueue([new]), 0
        self.last_id += 1
        match new.unique.on_duplicate:
            case OnDuplicate.SKIP:
                return [holder["id"]], 1
            case OnDuplicate.REPLACE if holder["state"] in WAITING:
                self._replace(holder)
                return self.enqueue([new]), 1
            case _:
                return None, 1

    def free_expired(self, slots: set[str]) -> int:
        """Let go of the slots whose time is over; return how many."""
        over = [
            job
            for job in self.jobs.values()
            if job["unique_live"] and job["unique_slot"] in slots and not self._lasts(job)
        ]
        for job in over:
            job["unique_live"] = 0
        return len(over)

    def holder_of(self, slot: str | None) -> Row | None:
        """Return the live job that has *slot*, unless its time is over."""
        live = (
            job
            for job in self.jobs.values()
            if job["unique_live"] and job["unique_slot"] == slot and self._lasts(job)
        )
        return next(live, None)

    def made(self, job: Row, new: NewJob) -> None:
        super().made(job, new)
        unique = new.unique
        lasts = None if unique is None else unique.lasts_ms
        job |= {
            "unique_key": unique and unique.key,
            "unique_slot": unique and unique.slot(new.queue),
            "unique_live": int(unique is not None),
            "unique_until": None if lasts is None else self.now + lasts,
            "unique_waiting": int(unique is not None and unique.while_waiting),
        }

    def ended(self, job: Row) -> None:
        super().ended(job)
        if job["unique_until"] is None or job["unique_until"] <= self.now:
            job["unique_live"] = 0

    def is_needed(self, job: Row) -> bool:
        return super().is_needed(job) or bool(job["unique_live"] and self._lasts(job))

    def by_hand(
        self, verb: Verb, ids: Sequence[int], reason: str | None = None
    ) -> tuple[list[int], list[Refusal]]:
        """Let the oldest of those that share a slot have it, where they are to run again."""
        self._twins = set()
        self.freed = 0
        if verb in AGAIN:
            chosen = [self.jobs[each] for each in sorted(ids) if each in self.jobs]
            self.freed = self.free_expired({job["unique_slot"] for job in chosen} - {None})
            first: dict[str, int] = {}
            for job in chosen:
                if job["unique_slot"] and job["state"] in TRANSITIONS[verb].sources:
                    oldest = first.setdefault(job["unique_slot"], job["id"])
                    self._twins |= {job["id"]} - {oldest}
        return super().by_hand(verb, ids, reason)

    def why_not(self, job: Row, verb: Verb) -> Refusal:
        is_held = self._rival(job) is not None and job["state"] in TRANSITIONS[verb].sources
        if verb in AGAIN and is_held:
            return Refusal("KeyTaken", job["id"])
        return super().why_not(job, verb)

    def _move_by_hand(self, job: Row, verb: Verb, reason: str | None) -> bool:
        if verb in AGAIN and (job["id"] in self._twins or self._rival(job) is not None):
            return False
        moves = super()._move_by_hand(job, verb, reason)
        if moves and verb in AGAIN and job["unique_slot"] is not None:
            job["unique_live"] = 1
        return moves

    def _take(self, job: Row, worker_id: int) -> None:
        super()._take(job, worker_id)
        if job["unique_waiting"]:
            job["unique_live"] = 0

    def _rival(self, job: Row) -> Row | None:
        if job["unique_slot"] is None:
            return None
        live = (
            other
            for other in self.jobs.values()
            if other["unique_live"]
            and other["unique_slot"] == job["unique_slot"]
            and other is not job
        )
        return next(live, None)

    def _lasts(self, job: Row) -> bool:
        """Say whether a live job still has its slot: until its end at least."""
        if job["state"] not in FINAL:
            return True
        return job["unique_until"] is not None and job["unique_until"] > self.now

    def _replace(self, job: Row) -> None:
        note = f"replaced by job {self.last_id + 1}"
        job |= {"note": note, "finished_at": self.now, "cancelled_for": None}
        self._move(job, Verb.CANCEL, JobState.CANCELLED, note=note)
        job["unique_live"] = 0


class Uniques(People):
    """Rules about jobs that must not be there twice."""

    model: UniqueModel

    @rule(unique=UNIQUES, how=st.sampled_from(["now", "now", "held", "later"]))
    def enqueue_a_unique_job(self, unique: Unique, how: str) -> None:
        self.add_unique(unique, how)

    @rule(unique=UNIQUES, others=st.sampled_from([*OnDuplicate]))
    def enqueue_it_again_at_once(self, unique: Unique, others: OnDuplicate) -> None:
        self.makes_several_calls()
        self.add_unique(unique, "later")
        again = Unique(key=unique.key, scope=unique.scope, on_duplicate=others)
        self.add_unique(again, "now")

    @rule(verb=st.sampled_from(AGAIN), scope=st.sampled_from(list(UniqueScope)))
    def a_job_whose_key_is_taken_is_to_run_again(self, verb: Verb, scope: UniqueScope) -> None:
        """It ends, another one takes its key, and only when that is gone it has it again."""
        self.makes_several_calls()
        unique = Unique(key="c", scope=scope, on_duplicate=OnDuplicate.REJECT)
        worker = self.pick(0, self.able_workers()) or self.register_one()
        first = self.add_unique(unique, "now", priority=20)
        if first is None:
            return
        self.take_turn(worker, [], 1)
        held = [claim for claim in self.claims if claim.job.id == first and self.holds(claim)]
        ends = [Finish(claim=claim, outcome=Dead(reason="no")) for claim in held]
        self.take_turn(worker, ends, 0)
        second = self.add_unique(unique, "held")
        self._move(verb, [first])
        if second is not None:
            self._move(Verb.CANCEL, [second])
            self._move(verb, [first])

    def add_unique(
        self, unique: Unique, how: str, *, priority: int = 0, queue: str = QUEUES[0]
    ) -> int | None:
        """Return the id of the job that is there then; None where it is refused."""
        new = NewJob(
            work=Shell(script="true"),
            queue=queue,
            priority=priority,
            unique=unique,
            hold=how == "held",
            delay_ms=HOUR if how == "later" else None,
        )
        known = set(self.model.jobs)
        expected, kept_out = self.model.enqueue_unique(new)
        if expected is None:
            self.refuse(lambda store: store.enqueue([new]), "DuplicateJob")
            self.twins.skip_an_id()
            return None
        self.agree(lambda store: store.enqueue([new]), expected)
        if expected[0] in known:
            self.changed_nothing("a unique job that is there")
        self.tally.seen["a unique job that takes another one's place"] += (
            kept_out and expected[0] not in known
        )
        return expected[0]
