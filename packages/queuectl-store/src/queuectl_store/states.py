"""The nine states of a job and the only moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class JobState(StrEnum):
    """Where a job is in its life (PRODUCT, section 1)."""

    SCHEDULED = "scheduled"
    BLOCKED = "blocked"
    HELD = "held"
    PENDING = "pending"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What moves a job; the event log names each move by its verb."""

    ENQUEUE = "enqueue"
    STAGE = "stage"
    CLAIM = "claim"
    SUCCEED = "succeed"
    BACK_OFF = "back_off"
    SNOOZE = "snooze"
    DIE = "die"
    GIVE_BACK = "give_back"
    STOP = "stop"
    CANCEL = "cancel"
    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    RERUN = "rerun"
    UNBLOCK = "unblock"
    BLOCK = "block"
    GIVE_UP = "give_up"
    EDIT = "edit"


class Move(NamedTuple):
    """Where a verb may start and where it ends.

    Attributes:
        otherwise: Where it ends while `run_at` is still ahead.
        unmet: Where it ends while a dependency does not hold yet; comes before *otherwise*.
        stays: Those of *sources* that it leaves as they are.
    """

    sources: frozenset[JobState]
    target: JobState
    otherwise: JobState | None = None
    unmet: JobState | None = None
    stays: frozenset[JobState] = frozenset()

    @property
    def targets(self) -> frozenset[JobState]:
        """Every state in which a move from another one may end."""
        ends = (self.target, self.otherwise, self.unmet)
        return frozenset(state for state in ends if state is not None)

    def allows(self, source: JobState, target: JobState) -> bool:
        """Tell whether it leads from *source* to *target*."""
        if source in self.stays:
            return source == target
        return source in self.sources and target in self.targets


FINAL = frozenset({JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED})
WAITING = frozenset(
    {JobState.SCHEDULED, JobState.BLOCKED, JobState.HELD, JobState.PENDING, JobState.RETRYING}
)

_RUNNING = frozenset({JobState.RUNNING})

TRANSITIONS: Mapping[Verb, Move] = MappingProxyType(
    {
        Verb.STAGE: Move(frozenset({JobState.SCHEDULED, JobState.RETRYING}), JobState.PENDING),
        Verb.CLAIM: Move(frozenset({JobState.PENDING}), JobState.RUNNING),
        Verb.SUCCEED: Move(_RUNNING, JobState.SUCCEEDED),
        Verb.BACK_OFF: Move(_RUNNING, JobState.RETRYING),
        Verb.SNOOZE: Move(_RUNNING, JobState.RETRYING),
        Verb.DIE: Move(_RUNNING, JobState.DEAD),
        Verb.GIVE_BACK: Move(_RUNNING, JobState.PENDING),
        Verb.STOP: Move(_RUNNING, JobState.CANCELLED),
        # A running job is not cancelled here: its worker is asked to, and its finish says STOP.
        Verb.CANCEL: Move(WAITING, JobState.CANCELLED),
        Verb.HOLD: Move(WAITING - {JobState.HELD}, JobState.HELD),
        Verb.RELEASE: Move(
            frozenset({JobState.HELD}), JobState.PENDING, JobState.SCHEDULED, JobState.BLOCKED
        ),
        Verb.RETRY: Move(frozenset({JobState.DEAD, JobState.RETRYING}), JobState.PENDING),
        Verb.RERUN: Move(FINAL, JobState.PENDING),
        Verb.UNBLOCK: Move(frozenset({JobState.BLOCKED}), JobState.PENDING, JobState.SCHEDULED),
        # The parent for which it was cancelled is to run again.
        Verb.BLOCK: Move(frozenset({JobState.CANCELLED}), JobState.BLOCKED),
        Verb.GIVE_UP: Move(frozenset({JobState.RETRYING}), JobState.DEAD),
        # A new time moves a job that waits for nothing else; other changes leave it where it is.
        Verb.EDIT: Move(
            WAITING | {JobState.DEAD},
            JobState.PENDING,
            JobState.SCHEDULED,
            stays=frozenset({JobState.BLOCKED, JobState.HELD, JobState.RETRYING, JobState.DEAD}),
        ),
    }
)
