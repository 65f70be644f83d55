"""One task process as its worker knows it, and the run that it has."""

from dataclasses import dataclass
from enum import Enum, auto

from queuectl_store import Claim
from queuectl_worker.executors.alarms import Alarm
from queuectl_worker.executors.pool.link import Link
from queuectl_worker.executors.protocol import Ending


class Stage(Enum):
    """How far a task process has come."""

    STARTING = auto()
    READY = auto()
    BUSY = auto()
    TAKING = auto()  # its run has ended; it may have taken another, and says so next
    CLEARING = auto()  # it ends what its last task left running
    LEAVING = auto()


@dataclass(slots=True, eq=False)
class PoolRun:
    """A claim in a task process. *ending* is set once we end it.

    Attributes:
        began: Seconds of `time.monotonic`, which is one clock for all processes of a host.
        is_told: Whether its start was reported; the end of a short one says both.
        stop_ms: Somebody wanted its end before we knew that it had begun; the grace that it has.
    """

    claim: Claim
    started_ms: int
    began: float
    ending: Ending | None = None
    limit: Alarm | None = None
    is_told: bool = False
    stop_ms: int | None = None

    @property
    def name(self) -> list[int]:
        """What the process calls it: the ids of job and claim."""
        return [self.claim.job.id, self.claim.token]


@dataclass(slots=True, eq=False)
class Member:
    """One task process. *number* names it to the guardian.

    Attributes:
        helps_itself: Whether it takes claims from the counter, and rings the chime.
        is_dismissed: It was told to take none any more.
        is_at_length: It is in the middle of a long message.
    """

    number: int
    link: Link | None = None
    stage: Stage = Stage.STARTING
    run: PoolRun | None = None
    problem: str | None = None
    helps_itself: bool = False
    is_dismissed: bool = False
    is_at_length: bool = False


def is_coming(member: Member) -> bool:
    """Tell whether it is about to be ready, or to make room for another one."""
    return member.stage in (Stage.STARTING, Stage.CLEARING) or (
        member.stage is Stage.LEAVING and member.run is None
    )
