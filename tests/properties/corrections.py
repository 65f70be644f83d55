"""Rules: jobs are edited, removed and purged, where that may be and where it may not."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import FINAL, TRANSITIONS, Edit, JobState, OnDuplicate, Store, Unique, Verb
from queuectl_store.document import instant
from tests.properties.enqueueing import HOUR, QUEUES
from tests.properties.machine import PICK
from tests.properties.model import Edge, Refusal, Row
from tests.properties.people import NO_JOB, plain
from tests.properties.uniques import UniqueModel, Uniques

DEAD = frozenset({JobState.DEAD})
# In the order in which an event tells of them.
TOLD = ("queue", "priority", "name", "run_at")
CHANGES = st.sampled_from(
    [
        {"priority": 10},
        {"priority": 0},
        {"priority": -10},
        {"name": "renamed"},
        {"name": ""},
        {"queue": QUEUES[0]},
        {"queue": QUEUES[1]},
        {"run_in": HOUR},
        {"run_in": 1},
        {"run_in": None},
        {"priority": 10, "name": "urgent", "run_in": None},
    ]
)


class CorrectionModel(UniqueModel):
    """The model's part: what an edit changes, and what may be deleted."""

    def edit(self, job_id: int, change: Edit) -> Refusal | None:
        """Return why it is refused, if it is."""
        job = self.jobs.get(job_id)
        move = TRANSITIONS[Verb.EDIT]
        if job is None:
            return Refusal("UnknownJob", job_id)
        is_late = change.run_at is not None and job["state"] == JobState.DEAD
        if job["state"] not in move.sources or is_late:
            return Refusal("RefusedInState", job_id, job["state"])
        slot = self._slot_in(job, change.queue or job["queue"])
        if job["unique_live"] and self._is_taken(slot, job):
            return Refusal("KeyTaken", job_id)
        before = dict(job)
        job["unique_slot"] = slot
        self._change(job, change)
        target = job["state"] if job["state"] in move.stays else self.target_of(job, move)
        changes = {name: _told(name, before) for name in TOLD if before[name] != job[name]}
        if changes or target != job["state"]:
            self.edges[Edge(job["state"], Verb.EDIT, JobState(target))] += 1
            job["state"] = JobState(target).value
            self._write(job, Verb.EDIT, note=json.dumps(changes))
        return None

    def remove(
        self, ids: Sequence[int], *, only: Collection[JobState]
    ) -> tuple[list[int], list[Refusal]]:
        """Delete those of *ids* that are in *only* and that nothing needs."""
        chosen = [self.jobs[each] for each in ids if each in self.jobs]
        ended = [job for job in chosen if job["state"] in only]
        needed = sorted(job["id"] for job in ended if self.is_needed(job))
        done = [job["id"] for job in ended if job["id"] not in needed]
        others = [
            Refusal("RefusedInState", each, self.jobs[each]["state"])
            if each in self.jobs
            else Refusal("UnknownJob", each)
            for each in ids
            if each not in done and each not in needed
        ]
        for each in done:
            self._delete(each)
        return done, [*(Refusal("StillNeeded", each) for each in needed), *others]

    def _slot_in(self, job: Row, queue: str) -> str | None:
        slot: str | None = job["unique_slot"]
        if slot is None or not slot.startswith("queue:"):
            return slot
        return Unique(key=job["unique_key"]).slot(queue)

    def _is_taken(self, slot: str | None, job: Row) -> bool:
        return slot is not None and any(
            other["unique_live"] and other["unique_slot"] == slot and other is not job
            for other in self.jobs.values()
        )

    def _change(self, job: Row, change: Edit) -> None:
        if change.queue is not None:
            job["queue"] = change.queue
        if change.priority is not None:
            job["priority"] = change.priority
        if change.name is not None:
            job["name"] = change.name or None
        if change.run_at is not None:
            job["run_at"] = change.run_at


class Correcting(Uniques):
    """Rules about edits and deletions."""

    model: CorrectionModel

    @rule(number=PICK, change=CHANGES)
    def edit(self, number: int, change: dict[str, Any]) -> None:
        self.edit_one(self.a_job(number), change)

    @rule(
        state=st.sampled_from(sorted({*TRANSITIONS[Verb.EDIT].sources, JobState.RUNNING})),
        early=st.booleans(),
        change=CHANGES,
    )
    def edit_in_every_state(self, state: JobState, early: bool, change: dict[str, Any]) -> None:
        self.makes_several_calls()
        self.bring_a_job_into(state, early=early)
        if there := self.jobs_in({state}):
            self.edit_one(there[-1], change)

    @rule(early=st.booleans(), is_put_off=st.booleans())
    def edit_the_time(self, early: bool, is_put_off: bool) -> None:
        self.makes_several_calls()
        state = JobState.SCHEDULED if early else JobState.PENDING
        self.bring_a_job_into(state, early=early)
        self.edit_one(self.model.last_id, {"run_in": HOUR if is_put_off else None})

    @rule()
    def edit_into_a_queue_where_its_key_is_taken(self) -> None:
        if not self.model.accepts(QUEUES[1]):
            return
        self.makes_several_calls()
        unique = Unique(key="d", on_duplicate=OnDuplicate.SKIP)
        self.add_unique(unique, "held")
        job_id = self.add_unique(unique, "held", queue=QUEUES[1])
        if job_id is not None:
            self.edit_one(job_id, {"queue": QUEUES[0]})

    @rule(numbers=st.lists(PICK, min_size=1, max_size=4), is_purge=st.booleans())
    def delete(self, numbers: list[int], is_purge: bool) -> None:
        self.delete_those([self.a_job(number) for number in numbers], is_purge=is_purge)

    @rule(number=PICK, is_purge=st.booleans())
    def delete_what_has_ended(self, number: int, is_purge: bool) -> None:
        ended = self.jobs_in(DEAD if is_purge else FINAL)
        self.delete_those([self.pick(number, ended) or NO_JOB], is_purge=is_purge)

    def edit_one(self, job_id: int, change: dict[str, Any]) -> None:
        fields = dict(change)
        if "run_in" in fields:
            run_in = fields.pop("run_in")
            fields["run_at"] = 0 if run_in is None else self.model.now + run_in
        edit = Edit(**fields)
        refused = self.model.edit(job_id, edit)
        expected = ([], [refused]) if refused else ([job_id], [])

        self.agree(lambda store: plain(store.admin.edit([job_id], edit)), expected)

        if refused:
            self.tally.refusals[f"{refused.error} of edit"] += 1
            self.changed_nothing("an edit that reaches nobody")

    def delete_those(self, ids: list[int], *, is_purge: bool) -> None:
        ids = list(dict.fromkeys(ids))
        done, refused = self.model.remove(ids, only=DEAD if is_purge else FINAL)

        def act(store: Store) -> tuple[list[int], list[Refusal]]:
            verb = store.dead.purge if is_purge else store.admin.remove
            return plain(verb(ids))

        self.agree(act, (done, refused))
        self.tally.seen["a job that is deleted by hand"] += bool(done)
        for each in refused:
            self.tally.refusals[f"{each.error} of a deletion"] += 1
        if not done:
            self.changed_nothing("a deletion that reaches nobody")


def _told(name: str, job: Row) -> Any:
    return instant(job[name]) if name == "run_at" else job[name]
