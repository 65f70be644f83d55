"""Signalling processes: a whole tree, and no process by mistake."""

from __future__ import annotations

import os
import select
import signal
import sys

from .strike import strike
from .table import ADOPTS_ORPHANS, OwnChildren, Process, living_below, look_up

_KILL_PAUSE_MS = 1


def send(process: Process, signum: int) -> bool:
    """Signal exactly *process*; False when it belongs to somebody else, who may refuse.

    A pidfd pins the process first, then its start time proves that it is the one that was seen:
    between seeing and signalling its pid may have passed to a stranger.
    """
    pin = _pin(process.pid)
    try:
        if not _is_still(process):
            return True
        if sys.platform == "linux" and pin is not None:
            signal.pidfd_send_signal(pin, signum)
        else:
            os.kill(process.pid, signum)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    finally:
        if pin is not None:
            os.close(pin)
    return True


def kill_children(pids: list[int]) -> bool:
    """Send SIGKILL to children of this process; False when all of them refused.

    They are unreaped, so their pids are nobody else's, and one call each is faster than most
    forking. What they had below them becomes this process's to kill.
    """
    accepted = False
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
        accepted = True
    return accepted


def sweep() -> None:
    """Kill all that is below this process until the kernel says that it has no child left.

    For a subreaper that answer (ECHILD) is the proof. Processes of another user that refuse the
    signal are left.
    """
    children = OwnChildren()
    if not ADOPTS_ORPHANS:
        for process in living_below(os.getpid()):  # while the tree still hangs together
            send(process, signal.SIGKILL)
    while True:
        _strike_until_still(children)
        accepted = kill_children(children.pids())
        if not _reap_all():
            return
        if not accepted:
            answers = [send(process, signal.SIGKILL) for process in living_below(os.getpid())]
            if answers and not any(answers):
                return
        select.select([], [], [], _KILL_PAUSE_MS / 1000)


def _strike_until_still(children: OwnChildren) -> None:
    """Kill until those that live are the same as before: they only wait for their end.

    Before anything is reaped: the dead count against the limit of their user, so that a bomb which
    fills it cannot fork others in their place.
    """
    struck: list[tuple[int, str]] = []
    while (found := strike(children.pids(), signal.SIGKILL)) and found != struck:
        struck = found


def _reap_all() -> bool:
    """Reap whatever has ended; False when this process has no child left at all."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _pin(pid: int) -> int | None:
    """Open a pidfd; None without one: an old kernel, another system, no descriptor free."""
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def _is_still(process: Process) -> bool:
    now = look_up(process.pid)
    return now is not None and now.start == process.start
