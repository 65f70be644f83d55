"""How one attempt ended, and what that makes of its job."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from queuectl_store.bounds import MAX_RESULT
from queuectl_store.errors import ResultTooLarge, StoreTooNew
from queuectl_store.job import Claim, JobId
from queuectl_store.states import Verb
from queuectl_store.values import dataclass


# Made for every run, as `Finish`: a tuple is made in a third of a frozen dataclass's time.
class RunFacts(NamedTuple):
    """What was seen of a run: UTC milliseconds, *max_rss* in bytes, *cpu_ms* of the whole tree.

    *log_lost* is how many bytes of its output could not be kept: no room, or no right to write.
    *run_ms* is how long it took by a clock that nobody steps: a finish may be recorded long after.
    """

    started_at: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    error: str | None = None
    max_rss: int | None = None
    cpu_ms: int | None = None
    log_bytes: int | None = None
    log_lost: int | None = None
    run_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """The work is done; *result* is JSON text, for tasks.

    Raises:
        ResultTooLarge: The text is longer than `MAX_RESULT`.
    """

    result: str | None = None

    def __post_init__(self) -> None:
        if self.result is not None and len(self.result) > MAX_RESULT:
            raise ResultTooLarge(len(self.result), MAX_RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """The attempt failed; another follows *delay_ms* after the finish, by the store's clock."""

    delay_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """The job goes to the dead letter queue."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """The work asked to be run again after *delay_ms*; no attempt is used."""

    delay_ms: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The work was given back unfinished; no attempt is used."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A person stopped it."""

    reason: str = "cancelled"


Outcome = Succeeded | Retry | Dead | Snoozed | Released | Cancelled


class Finish(NamedTuple):
    """One attempt's end, to be recorded under the claim's token.

    Attributes:
        crashed: The worker vanished: counts as a crash besides the attempt.
    """

    claim: Claim
    outcome: Outcome
    facts: RunFacts = RunFacts()
    crashed: bool = False


# The move in the transition table that each outcome makes.
VERBS: Mapping[type[Outcome], Verb] = MappingProxyType(
    {
        Succeeded: Verb.SUCCEED,
        Retry: Verb.BACK_OFF,
        Dead: Verb.DIE,
        Snoozed: Verb.SNOOZE,
        Released: Verb.GIVE_BACK,
        Cancelled: Verb.STOP,
    }
)


def verb_of(outcome: Outcome) -> Verb:
    """Name the move in the transition table that *outcome* makes."""
    return VERBS[type(outcome)]


class StopRequest(StrEnum):
    """What a person asked a worker to do: QUIET, claim no more; the others, end too."""

    QUIET = "quiet"
    DRAIN = "drain"
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one turn of the hot loop brought: new claims, and finishes whose claim was lost.

    Attributes:
        again: There is more to look at now; it was left so that the transaction stays short.
        is_held_back: A limit, or too few free slots, kept jobs back: look when a run has ended.
    """

    claims: list[Claim]
    refused: list[Finish]
    again: bool = False
    is_held_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A renewed lease, with what the store thinks of its holder.

    Attributes:
        held: (job id, token) of every job that the store counts as run by this worker. One
            that the worker does not know, twice in a row, was claimed by a call whose answer
            was lost: it should be given back with `Store.release`.
        cancelled: Those of *held* that a person asked to stop.
        stop: What a person asked of the worker itself.
        refusal: Why this program may not use the store any longer: a newer one changed its
            schema. The lease was renewed once more, to give back what runs.
    """

    held: frozenset[tuple[JobId, int]]
    cancelled: frozenset[tuple[JobId, int]]
    stop: StopRequest | None
    refusal: StoreTooNew | None = None
