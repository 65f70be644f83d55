"""Stand-ins for the few calls of Windows: processes that end when a test says so."""

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from queuectl_worker.windows.calls import Child, Start, Usage, Woken

TERMINATED = 1


@dataclass(eq=False)
class Process:
    """A process of the stand-in, and all that is in its job object."""

    start: Start
    changed: threading.Condition = field(default_factory=threading.Condition)
    code: int | None = None
    rang: int = 0
    asked: int = 0
    killed: int = 0
    left_behind: int = 0
    peak_bytes: int = 4096
    is_closed: bool = False
    heeds: bool = True
    """It ends when it is asked to."""

    def end(self, code: int) -> None:
        with self.changed:
            self.code = code if self.code is None else self.code
            self.changed.notify_all()


class System:
    """Windows, as far as the guardian asks for it.

    Attributes:
        refusals: Errors that the next starts meet.
        has_console: Whether processes can be asked to end.
    """

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.refusals: deque[OSError] = deque()
        self.has_console = True
        self.began: Callable[[Process], None] = lambda _process: None
        self._numbers = itertools.count(1)
        self._by_pid: dict[int, Process] = {}

    def start(self, start: Start) -> Child:
        if self.refusals:
            raise self.refusals.popleft()
        process, pid = Process(start), next(self._numbers)
        self._by_pid[pid] = process
        self.began(process)
        self.processes.append(process)
        return Child(pid=pid, process=pid, job=pid, bell=pid)

    def wait(self, child: Child, timeout_ms: int) -> Woken:
        process = self._by_pid[child.pid]
        with process.changed:
            process.changed.wait_for(
                lambda: process.code is not None or process.rang, timeout_ms / 1000
            )
            if process.code is not None:
                return Woken.ENDED
            rang, process.rang = process.rang, 0
            return Woken.ASKED if rang else Woken.TIME

    def ring(self, child: Child) -> None:
        process = self._by_pid[child.pid]
        with process.changed:
            process.rang += 1
            process.changed.notify_all()

    def ask(self, child: Child) -> bool:
        process = self._by_pid[child.pid]
        process.asked += 1
        if self.has_console and process.heeds:
            process.end(0xC000013A)
        return self.has_console

    def kill(self, child: Child) -> None:
        process = self._by_pid[child.pid]
        process.killed += 1
        process.left_behind = 0
        process.end(TERMINATED)

    def exit_code(self, child: Child) -> int:
        code = self._by_pid[child.pid].code
        assert code is not None
        return code

    def usage(self, child: Child) -> Usage:
        process = self._by_pid[child.pid]
        return Usage(cpu_ms=20, peak_bytes=process.peak_bytes, active=process.left_behind)

    def close(self, child: Child) -> None:
        self._by_pid[child.pid].is_closed = True


class Disk:
    """A disk with sparse files, or one without."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.sparse: list[int] = []
        self.dropped: list[tuple[int, int]] = []

    def make_sparse(self, descriptor: int) -> None:
        if self.refuses:
            raise OSError(95, "not supported")
        self.sparse.append(descriptor)

    def drop(self, descriptor: int, start: int, end: int) -> None:
        assert descriptor in self.sparse
        self.dropped.append((start, end))


def refusal(winerror: int) -> OSError:
    """Give the error that Windows raises with that code."""
    error = OSError(22, "as Windows says it")
    error.winerror = winerror  # type: ignore[attr-defined,unused-ignore]
    return error
