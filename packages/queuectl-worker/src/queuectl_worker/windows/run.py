"""One run of one command, from its start to the last process of its tree: the story of a thread."""

import ntpath
import os
import threading
import time
from collections.abc import Callable, Mapping

from queuectl_worker.guardian import Ended, Launch, NotStarted, Report, SpawnProblem, Started
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.windows.calls import Calls, Child, Start, Woken
from queuectl_worker.windows.files import RunFiles
from queuectl_worker.windows.lines import CannotRun, complete, find, line
from queuectl_worker.windows.log import Disk

# How often the output is held to its cap, and the fence is looked at.
_WATCH_MS = 100

# Error codes of Windows, and whose fault they are.
_NOT_EXECUTABLE = {5: "access is denied", 193: "it is not a program", 740: "it asks for elevation"}
_NO_FOLDER = frozenset({267, 3})
_TOO_LONG = 206


class Run:
    """A command that runs, or is about to.

    Args:
        tell: Takes the report of its start.
        is_over: Takes this and its last report, once nothing of it runs any more.

    Attributes:
        fence_ms: The moment (monotonic) past which it may not run.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        variables: Mapping[str, str],
        log_cap: int,
        calls: Calls,
        disk: Disk,
        tell: Callable[[Report], object],
        is_over: Callable[["Run", Report], object],
    ) -> None:
        self.launch = launch
        self.fence_ms: int | None = None
        self.thread = threading.Thread(
            target=self._live, name=f"queuectl-run-{launch.key}", daemon=True
        )
        self._variables, self._log_cap = variables, log_cap
        self._calls, self._disk, self._tell, self._is_over = calls, disk, tell, is_over
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._kill_at_ms: int | None = None
        self._limit_ms: int | None = None
        self._warn_ms: int | None = None
        self._is_stopped = self._is_timed_out = self._is_over_memory = False

    def stop(self, *, grace_ms: int) -> None:
        """Ask it to end, and end it after *grace_ms*; an impatient second stop counts."""
        with self._lock:
            self._is_stopped = True
            self._end_by(monotonic_ms() + grace_ms)

    def _live(self) -> None:
        try:
            last = self._run()
        except CannotRun as error:
            last = NotStarted(self.launch.key, error.problem, error.message)
        except OSError as error:
            last = NotStarted(self.launch.key, SpawnProblem.RESOURCES, str(error))
        self._is_over(self, last)

    def _run(self) -> Report:
        program, text, variables = self._find()
        files = RunFiles(self.launch, cap=self._log_cap, disk=self._disk)
        start = Start(
            program=program,
            line=text,
            folder=os.fsdecode(self.launch.cwd),
            variables=variables,
            stdin=files.stdin,
            output=files.output,
            errors=files.errors,
        )
        try:
            child = self._start_child(start)
        except BaseException:
            files.close()
            raise
        try:
            return self._watch(child, files)
        finally:
            with self._lock:
                self._child = None
            self._calls.close(child)

    def _find(self) -> tuple[str, str, dict[str, str]]:
        """Return the program to start, its command line and its variables."""
        argv = [os.fsdecode(word) for word in self.launch.argv]
        folder = os.fsdecode(self.launch.cwd)
        if not os.path.isdir(folder):
            raise CannotRun(SpawnProblem.NO_FOLDER, f"no folder {folder!r}")
        variables = complete(self._variables, os.environ)
        program = find(argv[0], folder, variables)
        return program, line(program, argv), variables

    def _start_child(self, start: Start) -> Child:
        try:
            child = self._calls.start(start)
        except OSError as error:
            raise _told(error, start) from error
        with self._lock:
            self._child = child
        return child

    def _watch(self, child: Child, files: RunFiles) -> Report:
        began, started_ms = monotonic_ms(), time.time_ns() // 1_000_000
        self._tell(Started(self.launch.key, child.pid, started_ms))
        if self.launch.timeout_ms is not None:
            self._limit_ms = began + self.launch.timeout_ms
            if self.launch.warning:
                self._warn_ms = max(began, self._limit_ms - self.launch.warning[1])
        while self._calls.wait(child, self._wait_ms()) is not Woken.ENDED:
            files.watch()
            self._press(child)
        return self._account(child, files, started_ms, monotonic_ms() - began)

    def _account(self, child: Child, files: RunFiles, started_ms: int, run_ms: int) -> Ended:
        usage = self._calls.usage(child)
        if usage.active:
            self._calls.kill(child)  # what it left behind
        size = files.close()
        return Ended(
            key=self.launch.key,
            pid=child.pid,
            exit_code=self._calls.exit_code(child),
            signal=None,
            timed_out=self._is_timed_out,
            stopped=self._is_stopped,
            over_memory=self._is_over_memory,
            started_ms=started_ms,
            run_ms=run_ms,
            max_rss=usage.peak_bytes,
            cpu_ms=usage.cpu_ms,
            log_bytes=size,
            log_lost=0,
            log_problem=files.problem,
        )

    def _wait_ms(self) -> int:
        limit_ms = None if self._is_timed_out else self._limit_ms
        moments = (limit_ms, self._warn_ms, self._kill_at_ms, self.fence_ms)
        left = min((each for each in moments if each is not None), default=None)
        return _WATCH_MS if left is None else max(0, min(_WATCH_MS, left - monotonic_ms()))

    def _press(self, child: Child) -> None:
        now = monotonic_ms()
        with self._lock:
            if _has_come(self._warn_ms, now):
                self._warn_ms = None
                self._calls.ask(child)
            if _has_come(self._limit_ms, now) and not (self._is_timed_out or self._is_stopped):
                self._is_timed_out = True
                self._end_by(now + self.launch.kill_grace_ms)
            if _has_come(self.fence_ms, now):
                self._is_stopped, self._kill_at_ms = True, now
            if self.launch.memory and self._calls.usage(child).peak_bytes > self.launch.memory:
                self._is_over_memory, self._kill_at_ms = True, now
            if _has_come(self._kill_at_ms, now):
                self._calls.kill(child)

    def _end_by(self, at_ms: int) -> None:
        # Asked once; with no console to ask through there is nothing to wait for.
        asks = self._kill_at_ms is None and self._child is not None
        if asks and self._child is not None and not self._calls.ask(self._child):
            at_ms = monotonic_ms()
        self._kill_at_ms = at_ms if self._kill_at_ms is None else min(self._kill_at_ms, at_ms)
        if self._child is not None:
            self._calls.ring(self._child)


def _has_come(moment_ms: int | None, now: int) -> bool:
    return moment_ms is not None and now >= moment_ms


def _told(error: OSError, start: Start) -> Exception:
    """Say whose fault it is that Windows did not start a program."""
    code = getattr(error, "winerror", None)
    name = ntpath.basename(start.program)
    if code in _NO_FOLDER:
        return CannotRun(SpawnProblem.NO_FOLDER, f"no folder {start.folder!r}")
    if code in _NOT_EXECUTABLE:
        return CannotRun(SpawnProblem.NOT_EXECUTABLE, f"cannot run {name}: {_NOT_EXECUTABLE[code]}")
    if code == _TOO_LONG:
        message = f"the command line has {len(start.line):,} characters, Windows takes 32,766"
        return CannotRun(SpawnProblem.NOT_EXECUTABLE, message)
    if code == 2:
        return CannotRun(SpawnProblem.NOT_FOUND, f"no program {start.program!r}")
    return error
