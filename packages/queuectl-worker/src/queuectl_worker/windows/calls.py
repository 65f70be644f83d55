"""What is asked of Windows: the few calls behind one interface."""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from queuectl_store.values import dataclass


class Woken(Enum):
    """Why a wait is over."""

    ENDED = "the process ended"
    ASKED = "somebody rang"
    TIME = "the time is up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a job object counted: processor time of all that ever ran in it, peak bytes, processes.

    *peak_bytes* is the most memory that its processes had committed at one time.
    """

    cpu_ms: int
    peak_bytes: int
    active: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What to start.

    Attributes:
        program: Full path of the executable.
        line: Its whole command line, the program's name included.
        stdin, output, errors: Descriptors of files; the last two may be one.
    """

    program: str
    line: str
    folder: str
    variables: Mapping[str, str]
    stdin: int
    output: int
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process that was started, and the job object that it and its children are in.

    *process*, *job* and *bell* are handles.
    """

    pid: int
    process: int
    job: int
    bell: int


class Calls(Protocol):
    """What the guardian asks of the system. All of it may be called from any thread."""

    def start(self, start: Start) -> Child:
        """Start a process in a job object of its own; none of it ever runs outside.

        Raises:
            OSError: As Windows says.
        """
        ...

    def wait(self, child: Child, timeout_ms: int) -> Woken:
        """Wait for the process to end, or for `ring`."""
        ...

    def ring(self, child: Child) -> None:
        """End a `wait` on *child*, now or the next one."""
        ...

    def ask(self, child: Child) -> bool:
        """Send CTRL_BREAK to the process's group; False where it has no console with us."""
        ...

    def kill(self, child: Child) -> None:
        """End every process in the job object."""
        ...

    def exit_code(self, child: Child) -> int:
        """Return the exit code, 32 bits without a sign; the process has ended."""
        ...

    def usage(self, child: Child) -> Usage:
        """Return what the job object counted so far."""
        ...

    def close(self, child: Child) -> None:
        """Let go of the handles, which kills what is still in the job object."""
        ...
