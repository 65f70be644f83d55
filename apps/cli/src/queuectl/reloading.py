"""A worker that starts again whenever the program's code changes: for development.

The worker is a child, so that it loads everything anew; its end is that of any worker, and gives
back what it could not finish. Changes are found by looking at the times of the files twice a
second: a thousand files cost a few milliseconds, and no library is needed.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from queuectl import early

EACH_S = 0.5
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")

Stamp = tuple[int, int]
Tell = Callable[[str], None]


class Reloader:
    """Keeps one worker running on the newest code.

    Args:
        command: Starts the worker.
        folder: Whose Python files are watched, at any depth.
        tell: Told of each new start, for people.
    """

    def __init__(self, command: Sequence[str], *, folder: Path, tell: Tell) -> None:
        self._command, self._folder, self._tell = command, folder, tell
        self._child: subprocess.Popen[bytes] | None = None
        self._is_asked = threading.Event()

    def run(self) -> int:
        """Run until stopped by a signal; return the last worker's exit code."""
        with _signals_to(self._stop):
            early.leave_it_to_the_worker()
            seen = stamps(self._folder)
            while True:
                self._start()
                code, seen = self._follow(seen)
                if self._is_asked.is_set():
                    return code

    def _start(self) -> None:
        self._child = subprocess.Popen(
            list(self._command),
            stdin=subprocess.DEVNULL,
            # Signals come by us alone: Ctrl-C at a terminal reaches a whole group, and the second
            # one of a worker ends its jobs.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=_creation_flags(),
        )
        if self._is_asked.is_set():  # while it was being started
            self._signal()

    def _follow(self, seen: dict[str, Stamp]) -> tuple[int, dict[str, Stamp]]:
        """Wait for the end that a change or a signal brings; return the code, and what was seen."""
        assert self._child is not None
        has_ended = False
        while True:
            if not self._is_asked.is_set():
                now = stamps(self._folder)
                if now != seen:
                    self._tell(f"{_changed(seen, now)} changed; the worker starts again")
                    self._signal()
                    return self._child.wait(), now
            try:
                code = self._child.wait(EACH_S)
            except subprocess.TimeoutExpired:
                continue
            if self._is_asked.is_set():
                return code, seen
            if not has_ended:
                has_ended = True
                self._tell(f"the worker ended with code {code}; it starts again after a change")
            self._is_asked.wait(EACH_S)

    def _stop(self) -> None:
        self._is_asked.set()
        self._signal()

    def _signal(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(_end())


def stamps(folder: Path) -> dict[str, Stamp]:
    """Return when each Python file below *folder* was changed, and how long it is.

    Hidden folders, environments and installed packages are left out.
    """
    found: dict[str, Stamp] = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _is_source(place, name)]
        for name in files:
            if name.endswith(".py"):
                path = os.path.join(place, name)
                try:
                    status = os.stat(path)
                except OSError:  # an editor replaces it at this moment
                    continue
                found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _is_source(place: str, name: str) -> bool:
    if name.startswith(".") or name in _SKIPPED:
        return False
    return not os.path.exists(os.path.join(place, name, "pyvenv.cfg"))


def _changed(before: dict[str, Stamp], now: dict[str, Stamp]) -> str:
    paths = sorted(path for path in before.keys() | now if before.get(path) != now.get(path))
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return os.path.relpath(paths[0]) + more


def _creation_flags() -> int:
    if sys.platform != "win32":
        return 0
    return subprocess.CREATE_NEW_PROCESS_GROUP


def _end() -> int:
    if sys.platform != "win32":
        return signal.SIGTERM
    return signal.CTRL_BREAK_EVENT


@contextmanager
def _signals_to(stop: Callable[[], None]) -> Iterator[None]:
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
