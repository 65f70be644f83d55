"""What the guardian tells the worker: a closed union of facts about runs.

Named tuples, since that is how they come over the socket, several thousand a second.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from . import protocol


class SpawnProblem(StrEnum):
    """Why a run did not start. RESOURCES is the host's fault, the others the job's."""

    NOT_FOUND = protocol.NOT_FOUND
    NOT_EXECUTABLE = protocol.NOT_EXECUTABLE
    NO_FOLDER = protocol.NO_FOLDER
    RESOURCES = protocol.RESOURCES


class Started(NamedTuple):
    """The command's first process exists. `at_ms` is wall-clock time.

    It is not told of a run that ends within a few ms: its `Ended` says it all.
    """

    key: int
    pid: int
    at_ms: int


class Ended(NamedTuple):
    """The command's first process ended; what it left behind is being killed.

    Attributes:
        exit_code: None when a signal ended it.
        signal: None when it exited by itself.
        timed_out: The limit was reached first, whatever the exit code says.
        stopped: A stop or the fence came first.
        over_memory: Its tree was killed for the memory that it had.
        started_ms: Wall clock; may step. `run_ms` is monotonic.
        max_rss: Bytes: the most of any one process, or of the whole tree where a look at it found
            more. Never less than the guardian's own size: the kernel counts from the fork.
        log_bytes: Bytes written to the log, of stdout and stderr together; 0 means no log file.
        log_lost: Bytes of output that the disk had no room for, or all where there could be no log.
        log_problem: Why the log is missing or over its cap, for people; None is the rule.
    """

    key: int
    pid: int
    exit_code: int | None
    signal: int | None
    timed_out: bool
    stopped: bool
    over_memory: bool
    started_ms: int
    run_ms: int
    max_rss: int
    cpu_ms: int
    log_bytes: int
    log_lost: int
    log_problem: str | None


class NotStarted(NamedTuple):
    """The command could not be started. `message` is for people."""

    key: int
    problem: SpawnProblem
    message: str


class Recalled(NamedTuple):
    """The run was still queued and will not start."""

    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The guardian died. Every process of these runs was gone before this was said."""

    keys: tuple[int, ...]


Report = Started | Ended | NotStarted | Recalled | Lost


def read_report(kind: str, fields: tuple[Any, ...]) -> Started | Ended | NotStarted | Recalled:
    """Turn one message of the guardian into its report."""
    match kind:
        case protocol.STARTED:
            return Started(*fields)
        case protocol.ENDED:
            return Ended(*fields)
        case protocol.NOT_STARTED:
            key, problem, message = fields
            return NotStarted(key, SpawnProblem(problem), message)
        case protocol.RECALLED:
            return Recalled(*fields)
    raise ValueError(f"the guardian sent a report of an unknown kind: {kind!r}")
