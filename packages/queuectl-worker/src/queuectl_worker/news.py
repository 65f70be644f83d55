"""What a worker tells the program around it, for live lines and logs.

A result is told only after the commit that recorded it returned.
"""

from collections.abc import Callable
from typing import NamedTuple

from queuectl_store import Claim, Finish, WorkerId
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerJoined:
    """The worker is registered and claims jobs; told again when it had to register anew."""

    worker_id: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStopping:
    """The worker claims no more; *now*: it also ends what runs."""

    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerQuiet:
    """The worker claims no more, as a person asked, and goes on with what it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPaused:
    """This host cannot start runs; nothing is claimed for *pause_ms*."""

    reason: str
    pause_ms: int


class JobStarted(NamedTuple):
    """A run began. *at_ms* is UTC."""

    claim: Claim
    pid: int | None
    at_ms: int


class JobEnded(NamedTuple):
    """The end of a run is recorded."""

    finish: Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRefused:
    """The end of a run was not recorded: the claim had been lost before."""

    finish: Finish


News = (
    WorkerJoined
    | WorkerQuiet
    | WorkerStopping
    | WorkerPaused
    | JobStarted
    | JobEnded
    | ResultRefused
)

# Called in the hot loop: it must return at once and never raise.
OnNews = Callable[[News], None]


def ignore(_news: News) -> None:
    """Listen to nothing."""
