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
    CLEARING = auto()  # it ends what its last task left running
    LEAVING = auto()


@dataclass(slots=True, eq=False)
class PoolRun:
    """A claim in a task process. *ending* is set once we end it."""

    claim: Claim
    started_ms: int
    began: float
    ending: Ending | None = None
    limit: Alarm | None = None

    @property
    def name(self) -> list[int]:
        """What the process calls it: the ids of job and claim."""
        return [self.claim.job.id, self.claim.token]


@dataclass(slots=True, eq=False)
class Member:
    """One task process. *number* names it to the guardian."""

    number: int
    since: float
    link: Link | None = None
    stage: Stage = Stage.STARTING
    run: PoolRun | None = None
    runs: int = 0
    problem: str | None = None


def is_coming(member: Member) -> bool:
    """Tell whether it is about to be ready, or to make room for another one."""
    return member.stage in (Stage.STARTING, Stage.CLEARING) or (
        member.stage is Stage.LEAVING and member.run is None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycling:
    """When a task process is replaced by a new one, after the run that it has.

    Attributes:
        runs: After so many.
        rss: Once it has grown to so many bytes.
        age_s: Once it is so old.
    """

    runs: int | None = None
    rss: int | None = None
    age_s: float | None = None

    def is_due(self, member: Member, *, rss: int, now: float) -> bool:
        """Tell whether *member* has done its time."""
        return (
            (self.runs is not None and member.runs >= self.runs)
            or (self.rss is not None and rss >= self.rss)
            or (self.age_s is not None and now - member.since >= self.age_s)
        )
