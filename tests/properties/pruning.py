"""Retention: its part of the model, and its rules."""

from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import FINAL, Freed, JobState, Kept, Rules
from tests.properties.enqueueing import HOUR, QUEUES
from tests.properties.machine import StoreMachine
from tests.properties.model import Model, Row

SECOND = 1_000


class Keep(NamedTuple):
    """What is kept, of which jobs."""

    age_ms: int | None
    jobs: int | None
    states: tuple[JobState, ...]
    queues: frozenset[str] | None

    @property
    def rules(self) -> Rules:
        kept = Kept(ages=dict.fromkeys(FINAL, self.age_ms), jobs=self.jobs)
        return Rules(default=kept, states=self.states, only_queues=self.queues)


class PruneModel(Model):
    """The model's part: which jobs went, and what went with them."""

    def is_needed(self, job: Row) -> bool:
        """Seam: say whether *job*, which has ended, has to stay for the sake of another."""
        return False

    def prune(self, keep: Keep) -> Freed:
        """Delete what is not kept; return how much."""
        freed = Freed()
        for queue in sorted({job["queue"] for job in self.jobs.values()}):
            if keep.queues is None or queue in keep.queues:
                for state in keep.states:
                    freed += self._prune(queue, state, keep)
        return freed

    def _prune(self, queue: str, state: str, keep: Keep) -> Freed:
        ended = sorted(
            (job for job in self.jobs.values() if (job["queue"], job["state"]) == (queue, state)),
            key=lambda job: (job["finished_at"], job["id"]),
            reverse=True,
        )
        too_many = ended[keep.jobs :] if keep.jobs is not None else []
        oldest = None if keep.age_ms is None else self.now - keep.age_ms
        freed = Freed()
        for job in ended:
            is_old = oldest is not None and job["finished_at"] <= oldest
            if (is_old or job in too_many) and not self.is_needed(job):
                freed += self._delete(job["id"])
        return freed

    def _delete(self, job_id: int) -> Freed:
        attempts = [run for run in self.attempts if run[0] == job_id]
        for run in attempts:
            del self.attempts[run]
        del self.jobs[job_id]
        self._ids = {key: id_ for key, id_ in self._ids.items() if id_ != job_id}
        self.gone.add(job_id)
        return Freed(jobs=1, attempts=len(attempts), events=len(self.log.pop(job_id)))


class Pruning(StoreMachine):
    """Rules about retention."""

    model: PruneModel

    @rule(
        keep=st.builds(
            Keep,
            st.sampled_from([None, 0, SECOND, HOUR]),
            st.sampled_from([None, 0, 1, 3]),
            st.sampled_from([tuple(sorted(FINAL)), (JobState.SUCCEEDED,)]),
            st.sampled_from([None, None, frozenset(QUEUES[:1])]),
        )
    )
    def prune(self, keep: Keep) -> None:
        wanted = self.model.prune(keep)

        freed = self.twins.call(
            lambda store: sum(store.maintenance.prune(keep.rules), start=Freed())
        )

        told = (freed.jobs, freed.attempts, freed.events)
        assert told == (wanted.jobs, wanted.attempts, wanted.events)
        self.tally.seen["a prune that deletes"] += bool(freed.jobs)
        if not freed.jobs and not freed.environments:
            self.changed_nothing("a prune that deletes nothing")
