"""What a run must have been through: otherwise it shows little, however long it was."""

from collections.abc import Iterator

from queuectl_store import TRANSITIONS, JobState, Verb
from tests.properties.machine import Tally
from tests.properties.model import Edge

BEGINNINGS = (JobState.PENDING, JobState.SCHEDULED, JobState.HELD)
NOT_YET = {JobState.BLOCKED}


def missing(tally: Tally) -> list[str]:
    """Name what never happened."""
    found = [f"no {source or 'new'} job became {target} by {verb}" for source, verb, target in
             sorted(legal_edges() - set(tally.edges))]
    found += [f"no {what}" for what in WANTED if not tally.refusals[what] + tally.seen[what]]
    sizes = {min(size, 2) for size, times in tally.claimed.items() if times}
    found += [f"no claim of {size}" for size in sorted({0, 1, 2} - sizes)]
    return found


def legal_edges() -> set[Edge]:
    """Every move that the table allows, and every way to begin."""
    return {Edge("", Verb.ENQUEUE, state) for state in BEGINNINGS} | set(_moves())


def _moves() -> Iterator[Edge]:
    for verb, move in TRANSITIONS.items():
        for source in move.sources - NOT_YET:
            for target in move.targets - NOT_YET:
                yield Edge(source, verb, target)


WANTED if not tally.refusals[what] + tally.seen[what]]
    sizes = {min(size, 2) for size, times in tally.claimed.items() if times}
    found += [f"no claim of {size}" for size in sorted({0, 1, 2} - sizes)]
    return found


def legal_edges() -> set[Edge]:
    """Every move that the table allows, and every way to begin."""
    return {Edge("", Verb.ENQUEUE, state) for state in BEGINNINGS} | set(_moves())


def _moves() -> Iterator[Edge]:
    for verb, (sources, target, otherwise) in TRANSITIONS.items():
        for source in sources - NOT_YET:
            for end in (target, otherwise):
                if end is not None:
                    yield Edge(source, verb, end)


WANTED = (
    "InvalidJob",
    "UnknownWorker",
    *(f"UnknownJob of {verb}" for verb in ("cancel", "hold", "release", "retry", "rerun")),
    *(f"RefusedInState of {verb}" for verb in ("cancel", "hold", "release", "retry", "rerun")),
    "a finish whose claim was lost",
    "a turn that brings nothing",
    "nothing of one's own to give back",
    "progress of a run that is not",
    "no worker to stop",
    "nothing is due",
    "closed and opened again",
    "an enqueue that finds its job",
    "a rescue",
    *(f"a rescue {off_by} ms from the end of a lease" for off_by in (-1, 0, 1)),
)
