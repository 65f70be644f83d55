"""What a run must have been through: otherwise it shows little, however long it was."""

from collections.abc import Iterator

from queuectl_store import TRANSITIONS, JobState, Verb
from tests.properties.machine import Tally
from tests.properties.model import Edge
from tests.properties.people import BY_HAND

BEGINNINGS = (JobState.PENDING, JobState.SCHEDULED, JobState.HELD, JobState.BLOCKED)
# An edit of a waiting job's fields; tests/conformance has it.
NOT_MODELLED = {Verb.EDIT}
WANTED = (
    "InvalidJob",
    "UnknownWorker",
    *(f"UnknownJob of {verb}" for verb in BY_HAND),
    *(f"RefusedInState of {verb}" for verb in BY_HAND),
    "a finish whose claim was lost",
    "a turn that brings nothing",
    "nothing of one's own to give back",
    "progress of a run that is not",
    "no worker to stop",
    "nothing is due",
    "closed and opened again",
    "InvalidLimit",
    "QueueDraining",
    "a queue that is at its limit",
    "a prune that deletes",
    "a prune that deletes nothing",
    "an enqueue that finds its job",
    "a rescue",
    *(f"a rescue {off_by} ms from the end of a lease" for off_by in (-1, 0, 1)),
)


def missing(tally: Tally) -> list[str]:
    """Name what never happened."""
    never = sorted(legal_edges() - set(tally.edges))
    found = [f"no {edge.source or 'new'} job became {edge.target} by {edge.verb}" for edge in never]
    found += [f"no {what}" for what in WANTED if not tally.refusals[what] + tally.seen[what]]
    sizes = {min(size, 2) for size, times in tally.claimed.items() if times}
    return found + [f"no claim of {size}" for size in sorted({0, 1, 2} - sizes)]


def scarce(tally: Tally, *, most: int) -> dict[str, int]:
    """Return what happened at most *most* times, for whoever tunes the rules."""
    edges = {" ".join(edge): tally.edges[edge] for edge in legal_edges()}
    others = {what: tally.refusals[what] + tally.seen[what] for what in WANTED}
    return {what: times for what, times in (edges | others).items() if times <= most}


def legal_edges() -> set[Edge]:
    """Every move that the table allows, and every way to begin."""
    return {Edge("", Verb.ENQUEUE, state) for state in BEGINNINGS} | set(_moves())


def _moves() -> Iterator[Edge]:
    for verb, move in TRANSITIONS.items():
        if verb in NOT_MODELLED:
            continue
        for source in move.sources:
            for target in move.targets:
                yield Edge(source, verb, target)
