"""Rules: people cancel, hold, release, retry and rerun, in states where that works and in others."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import Store, Verb
from queuectl_store.admin import Moved
from tests.properties.machine import PICK, StoreMachine
from tests.properties.model import Refusal

BY_HAND = (Verb.CANCEL, Verb.HOLD, Verb.RELEASE, Verb.RETRY, Verb.RERUN)
WITH_A_REASON = {Verb.CANCEL: "not needed", Verb.HOLD: "the disk is full"}


class People(StoreMachine):
    """Rules about what people do."""

    @rule(verb=st.sampled_from(BY_HAND), numbers=st.lists(PICK, min_size=1, max_size=4))
    def by_hand(self, verb: Verb, numbers: list[int]) -> None:
        ids = list(dict.fromkeys(self.a_job(number) for number in numbers))
        self._move(verb, ids)

    @rule(verb=st.sampled_from(BY_HAND), number=PICK)
    def by_hand_where_it_works(self, verb: Verb, number: int) -> None:
        sources = _sources(verb)
        there = [job["id"] for job in self.model.jobs.values() if job["state"] in sources]
        job_id = self.pick(number, there)
        if job_id is not None:
            self._move(verb, [job_id])

    def a_job(self, number: int) -> int:
        """Choose a job, now and then one that never was."""
        return self.pick(number, [*self.model.jobs, len(self.model.jobs) + 1]) or 0

    def _move(self, verb: Verb, ids: list[int]) -> None:
        reason = WITH_A_REASON.get(verb)
        done, refused = self.model.by_hand(verb, ids, reason)

        def act(store: Store) -> tuple[list[int], list[Refusal]]:
            act = getattr(store.admin, verb.value)
            moved = act(ids) if reason is None else act(ids, reason=reason)
            return _plain(moved)

        self.agree(act, (done, refused))
        for each in refused:
            self.tally.refusals[f"{each.error} of {verb}"] += 1
        if not done:
            self.changed_nothing("an action that reaches nobody")


def _sources(verb: Verb) -> set[str]:
    from queuectl_store import TRANSITIONS

    return {*TRANSITIONS[verb].sources, *(("running",) if verb is Verb.CANCEL else ())}


def _plain(moved: Moved) -> tuple[list[int], list[Refusal]]:
    refused = [
        Refusal(type(each).__name__, each.job_id, getattr(each, "state", None))  # type: ignore[attr-defined]
        for each in moved.refused
    ]
    return list(moved.done), refused
