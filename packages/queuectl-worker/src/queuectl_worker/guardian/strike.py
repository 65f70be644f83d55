"""Signals for a tree that forks as fast as it can, beside a hundred others that want the processor.

A guardian gets no more of a processor than each process of a bomb. So what it does before the
first signal counts: a walk that signals each process as it finds it leaves ever fewer to wait for.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Container

from .table import ADOPTS_ORPHANS

Identity = tuple[int, str]


def strike(pids: list[int], signum: int, *, spared: Container[Identity] = ()) -> list[Identity]:
    """Signal *pids*, children of this process, and all below them; return those that lived.

    Each is signalled before the next one is looked at, the *spared* are not. What was forked
    meanwhile may be missed: strike again, and have a scan say that nothing is left.
    """
    if not ADOPTS_ORPHANS:
        return []
    me = os.getpid()
    ahead = [(pid, me) for pid in pids]
    struck: list[Identity] = []
    for pid, parent in ahead:
        try:
            # It pins the process, as a pidfd does; what is read through it is the process's own.
            pin = os.open(b"/proc/%d" % pid, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            facts = _facts_of(pin, parents=(parent, me))
            if facts is None:
                continue
            start, threads = facts
            ahead += [(child, pid) for child in _children_of(pin, pid, threads=threads)]
            if (pid, start) not in spared:
                _send(pin, signum)
                struck.append((pid, start))
        except OSError:
            continue
        finally:
            os.close(pin)
    return struck


def kill_group_of(pid: int) -> None:
    """Send SIGKILL to the process group that *pid*, an unreaped child, began: in one stroke."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:  # it has begun none yet, or is another user's
        return


def _facts_of(pin: int, *, parents: tuple[int, int]) -> tuple[str, int] | None:
    """Return when a process began, and its threads; None for the dead and for a stranger.

    A stranger has got the pid since it was listed: neither of the *parents* is its own.
    """
    fields = _read(pin, b"stat").rpartition(b")")[2].split()
    threads = int(fields[17])
    if int(fields[1]) not in parents or (fields[0] in (b"Z", b"X") and threads <= 1):
        return None
    return fields[19].decode(), threads


def _children_of(pin: int, pid: int, *, threads: int) -> list[int]:
    tasks = [b"task/%d" % pid]
    if threads > 1:
        folder = os.open(b"task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=pin)
        try:
            tasks = [b"task/%s" % name.encode() for name in os.listdir(folder)]
        finally:
            os.close(folder)
    found = b"".join(_read(pin, b"%s/children" % task) for task in tasks)
    return [int(child) for child in found.split()]


def _send(pin: int, signum: int) -> None:
    signal.pidfd_send_signal(pin, signum)  # type: ignore[attr-defined, unused-ignore]
    if signum == signal.SIGTERM:
        # A stopped process would take the signal only when somebody continues it.
        signal.pidfd_send_signal(pin, signal.SIGCONT)  # type: ignore[attr-defined, unused-ignore]


def _read(folder: int, name: bytes) -> bytes:
    fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(fd, 1 << 16)
    finally:
        os.close(fd)
