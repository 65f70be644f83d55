"""The processes below a task process on Linux, orphans included: it adopts them (prctl(2))."""

import os
import select
import signal
import sys
import time
from contextlib import suppress

from queuectl_worker.guardian import kernel
from queuectl_worker.guardian.strike import strike
from queuectl_worker.guardian.table import Process, everything, look_up

GRACE_S = 2.0
"""Between SIGTERM and SIGKILL for what a task left, as for what a command left."""
_KILLS_S = 2.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.05

_Identity = tuple[int, str]


class Brood:
    """What tasks have started here and not ended.

    Children that are older than the task are spared, and all that is below them; so is Python's
    own resource tracker, which cleans up behind processes that were killed.
    """

    def __init__(self) -> None:
        kernel.become_subreaper()
        self._kept: set[_Identity] = set()
        self._dead: set[_Identity] = set()

    def keep(self) -> None:
        """Spare the children that there are now."""
        children = self._children()
        self._bury(children)
        self._kept = {child.identity for child in children}
        self._dead = {child.identity for child in children if child.is_dead}

    def may_be_any(self) -> bool:
        """Tell whether there is a child, dead or alive: one system call."""
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def count(self) -> int:
        """Return how many children run that are not spared."""
        return len(self._strangers())

    def end(self) -> bool:
        """SIGTERM, two seconds, SIGKILL; orphans of what ends become children, and end too."""
        asked: set[_Identity] = set()
        kill_at = time.monotonic() + GRACE_S
        pause_s = _FIRST_PAUSE_S
        while strangers := self._strangers():
            now = time.monotonic()
            if now > kill_at + _KILLS_S:
                return False
            roots = [each.pid for each in strangers]
            if now >= kill_at:
                strike(roots, signal.SIGKILL)
            else:  # once each: many programs take a second one as an order
                asked.update(strike(roots, signal.SIGTERM, spared=asked))
            select.select([], [], [], pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return True

    def _children(self) -> list[Process]:
        """Return those of every thread, the dead that nobody has waited for included."""
        if not self.may_be_any():
            return []
        me = os.getpid()
        if not os.path.exists(f"/proc/self/task/{me}/children"):
            return [each for each in everything() if each.ppid == me]
        pids = [int(pid) for thread in os.listdir("/proc/self/task") for pid in _listed(thread)]
        found = [look_up(pid) for pid in pids]
        return [child for child in found if child is not None and child.ppid == me]

    def _strangers(self) -> list[Process]:
        tracker = _helper("multiprocessing.resource_tracker", "_resource_tracker", "_pid")
        return [
            child
            for child in self._children()
            if not child.is_dead and child.identity not in self._kept and child.pid != tracker
        ]

    def _bury(self, children: list[Process]) -> None:
        """Reap what was dead before the last task began, and that nobody has waited for since.

        An adopted orphan has nobody who would. Of others Python may still want to know the end:
        those are left for as long as one task takes.
        """
        forkserver = _helper("multiprocessing.forkserver", "_forkserver", "_forkserver_pid")
        for child in children:
            if child.is_dead and child.identity in self._dead and child.pid != forkserver:
                with suppress(ChildProcessError):
                    os.waitpid(child.pid, os.WNOHANG)


def _listed(thread: str) -> list[bytes]:
    try:
        with open(f"/proc/self/task/{thread}/children", "rb") as file:
            return file.read().split()
    except OSError:  # the thread has ended: its children went to another one
        return []


def _helper(module: str, owner: str, attribute: str) -> int | None:
    """Return the pid of one of multiprocessing's own processes, where the program has it."""
    found: int | None = getattr(getattr(sys.modules.get(module), owner, None), attribute, None)
    return found
