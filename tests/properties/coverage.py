"""What a run must have been through: otherwise it shows little, however long it was."""

from collections.abc import Iterator

from queuectl_store import TRANSITIONS, JobState, Verb
from tests.properties.machine import Tally
from tests.properties.model import Edge
from tests.properties.people import BY_HAND

BEGINNINGS = (JobState.PENDING, JobState.SCHEDULED, JobState.HELD, JobState.BLOCKED)
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
    "a wish for quiet that comes after one to stop",
    "a quiet worker that ends what it has",
    "nothing is due",
    "closed and opened again",
    "InvalidLimit",
    "QueueDraining",
    "a queue that is at its limit",
    "a prune that deletes",
    "a prune that deletes nothing",
    "an enqueue that finds its job",
    "DuplicateJob",
    "a unique job that is there",
    "a unique job that takes another one's place",
    "KeyTaken of retry",
    "KeyTaken of rerun",
    "a rescue",
    *(f"{error} of edit" for error in ("UnknownJob", "RefusedInState", "KeyTaken")),
    *(f"{error} of a deletion" for error in ("UnknownJob", "RefusedInState", "StillNeeded")),
    "a job that is deleted by hand",
    "ScheduleExists",
    "ScheduleOverlaps",
    "UnknownSchedule",
    "no slot is due",
    "a halted group that takes no more",
    "a member of a halted group that is caught later",
    "a group that was halted",
    "a group that is complete",
    "a job that is parked for a limit",
    "a sweep after which nothing waits beside room",
    *(f"a slot that was {outcome}" for outcome in ("fired", "missed", "skipped", "manual")),
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
        for source in move.sources:
            for target in JobState:
                if move.allows(source, target):
                    yield Edge(source, verb, target)
