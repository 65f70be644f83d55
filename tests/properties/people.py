"""Rules: what people do by hand, where that works and where it does not."""

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import (
    TRANSITIONS,
    Dead,
    Finish,
    JobState,
    Outcome,
    Retry,
    Store,
    Succeeded,
    Verb,
)
from queuectl_store.admin import Moved
from tests.properties.enqueueing import HOUR, Enqueueing, Order
from tests.properties.machine import PICK
from tests.properties.model import Refusal
from tests.properties.running import Running

BY_HAND = (Verb.CANCEL, Verb.HOLD, Verb.RELEASE, Verb.RETRY, Verb.RERUN, Verb.GIVE_UP)
# Every state that each may start from. Running jobs are asked to stop, which moves nothing yet.
WAYS = [(verb, source) for verb in BY_HAND for source in sorted(TRANSITIONS[verb].sources)]
WAYS.append((Verb.CANCEL, JobState.RUNNING))
ENDS: dict[JobState, Outcome | None] = {
    JobState.RUNNING: None,
    JobState.SUCCEEDED: Succeeded(),
    JobState.DEAD: Dead(reason="no"),
    JobState.RETRYING: Retry(delay_ms=HOUR, reason="no"),
}
NO_JOB = 2**40
WITH_A_REASON = {
    Verb.CANCEL: "not needed",
    Verb.HOLD: "the disk is full",
    Verb.GIVE_UP: "no use",
}


class People(Enqueueing, Running):
    """Rules about what people do."""

    @rule(verb=st.sampled_from(BY_HAND), numbers=st.lists(PICK, min_size=1, max_size=4))
    def by_hand(self, verb: Verb, numbers: list[int]) -> None:
        ids = list(dict.fromkeys(self.a_job(number) for number in numbers))
        self._move(verb, ids)

    @rule(way=st.sampled_from(WAYS), early=st.booleans())
    def by_hand_from_every_state(self, way: tuple[Verb, str], early: bool) -> None:
        """Bring a new job to where the verb starts; none of the moves is left to chance."""
        self.from_a_new_job(way, early=early)

    def from_a_new_job(self, way: tuple[Verb, str], *, early: bool) -> None:
        verb, source = way
        self.bring_a_job_into(JobState(source), early=early)
        ids = self.jobs_in({source})
        if ids:
            self._move(verb, ids[-1:])

    @rule(way=st.sampled_from([each for each in WAYS if each[1] in ENDS]))
    def by_hand_once_it_has_run(self, way: tuple[Verb, str]) -> None:
        self.from_a_new_job(way, early=False)

    @rule(way=st.sampled_from([each for each in WAYS if each[1] not in ENDS]), early=st.booleans())
    def by_hand_before_it_runs(self, way: tuple[Verb, str], early: bool) -> None:
        self.from_a_new_job(way, early=early)

    @rule(way=PICK, number=PICK)
    def by_hand_where_it_works(self, way: int, number: int) -> None:
        there = {job["state"] for job in self.model.jobs.values()}
        chosen = self.pick(way, [each for each in WAYS if each[1] in there])
        if chosen is not None:
            verb, source = chosen
            self._move(verb, [self.pick(number, self.jobs_in({source})) or NO_JOB])

    @rule(verb=st.sampled_from(BY_HAND), number=PICK)
    def by_hand_where_it_cannot_work(self, verb: Verb, number: int) -> None:
        """A job in another state, or one that never was."""
        elsewhere = self.jobs_in(set(JobState) - {source for v, source in WAYS if v is verb})
        is_there = number % 4 and elsewhere
        self._move(verb, [(self.pick(number, elsewhere) or NO_JOB) if is_there else NO_JOB])

    def jobs_in(self, states: Collection[str]) -> list[int]:
        return [job["id"] for job in self.model.jobs.values() if job["state"] in states]

    def a_job(self, number: int) -> int:
        """Choose a job, now and then one that never was."""
        return self.pick(number, [*self.model.jobs, self.model.last_id + 1]) or 0

    def bring_a_job_into(self, state: JobState, *, early: bool) -> None:
        """Store a job that is claimed before all others, and take it to *state*."""
        self.makes_several_calls()
        waits = state is JobState.SCHEDULED or early
        order = Order(priority=20, hold=state is JobState.HELD, delay_ms=HOUR if waits else None)
        self.store_orders([order])
        if state is JobState.CANCELLED:
            self._move(Verb.CANCEL, [self.model.last_id])
        elif state in ENDS:
            worker = self.pick(0, self.able_workers()) or self.register_one()
            self.take_turn(worker, [], 1)
            held = [each for each in self.claims if self.holds(each)][-1:]
            ends = [
                Finish(claim=claim, outcome=outcome) for claim in held if (outcome := ENDS[state])
            ]
            self.take_turn(worker, ends, 0)

    def _move(self, verb: Verb, ids: list[int]) -> None:
        reason = WITH_A_REASON.get(verb)
        done, refused = self.model.by_hand(verb, ids, reason)

        def act(store: Store) -> tuple[list[int], list[Refusal]]:
            act = getattr(store.admin, verb.value)
            moved = act(ids) if reason is None else act(ids, reason=reason)
            return plain(moved)

        self.agree(act, (done, refused))
        for each in refused:
            self.tally.refusals[f"{each.error} of {verb}"] += 1
        if not done and not self.model.freed:
            self.changed_nothing("an action that reaches nobody")


def plain(moved: Moved) -> tuple[list[int], list[Refusal]]:
    """Return whom an action reached, and why not the others, as the model says it."""
    refused = [
        Refusal(type(each).__name__, each.job_id, getattr(each, "state", None))  # type: ignore[attr-defined]
        for each in moved.refused
    ]
    return list(moved.done), refused
