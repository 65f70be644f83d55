"""Finding and signalling processes: the tree below one process, and no process by mistake."""

from __future__ import annotations

import os
import select
import signal

_KILL_PAUSE_MS = 1


class Process:
    """One row of the process table. (pid, start) names a process for ever; a pid alone does not."""

    __slots__ = ("is_dead", "pid", "ppid", "sid", "start", "threads")

    def __init__(self, pid: int, stat: bytes) -> None:
        # The name, field 2, may hold spaces and parentheses: count from its last one (proc(5)).
        fields = stat[stat.rindex(b")") + 2 :].split()
        self.pid = pid
        self.ppid = int(fields[1])
        self.sid = int(fields[3])
        self.threads = int(fields[17])
        # Z with more than one thread: the main thread ended by itself, the others run on.
        self.is_dead = fields[0] in (b"Z", b"X") and self.threads <= 1
        self.start = int(fields[19])

    @property
    def identity(self) -> tuple[int, int]:
        """What no other process ever shares."""
        return (self.pid, self.start)


def look_up(pid: int) -> Process | None:
    """Return the process that has *pid* now, dead ones that nobody reaped included."""
    stat = _read(b"/proc/%d/stat" % pid)
    return Process(pid, stat) if stat else None


def tag_of(pid: int, tag: bytes) -> bytes | None:
    """Return what follows *tag* in the environment that *pid* was started with."""
    for variable in _read(b"/proc/%d/environ" % pid).split(b"\0"):
        if variable.startswith(tag):
            return variable[len(tag) :]
    return None


def children(pid: int, *, threads: int = 1) -> list[int]:
    """Return the pids of the direct children of *pid*, adopted orphans and zombies included.

    The kernel lists them by the thread that made them, and may miss one while others exit
    (proc(5)): whoever must be sure looks again.
    """
    tasks = [str(pid)] if threads == 1 else _tasks(pid)
    lists = [_read(b"/proc/%d/task/%s/children" % (pid, task.encode())) for task in tasks]
    return [int(child) for listed in lists for child in listed.split()]


def descendants(root: int) -> list[Process]:
    """Return everything below *root*, parents before their children."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return _descendants_by_parent(root)
    found: list[Process] = []
    ahead = children(root)
    for pid in ahead:
        process = look_up(pid)
        if process is not None:
            found.append(process)
            ahead += children(pid, threads=process.threads)
    return found


def send(process: Process, signum: int) -> bool:
    """Signal exactly *process*; False when it belongs to somebody else, who may refuse.

    A pidfd pins the process first, then its start time proves that it is the one that was seen:
    between seeing and signalling its pid may have passed to a stranger.
    """
    try:
        pin = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return True
    except (OSError, AttributeError):
        return _send_unpinned(process, signum)
    try:
        if _is_still(process):
            signal.pidfd_send_signal(pin, signum)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    finally:
        os.close(pin)
    return True


def kill_below(root: int) -> int:
    """Send SIGKILL to every process below *root*; count those that could be signalled."""
    return sum([send(process, signal.SIGKILL) for process in living_below(root)])


def living_below(root: int) -> list[Process]:
    """Return the descendants of *root* that still run."""
    return [process for process in descendants(root) if not process.is_dead]


def sweep() -> None:
    """Kill all that is below this process until the kernel says that it has no child left.

    For a subreaper that answer (ECHILD) is the proof. Processes of another user that refuse the
    signal are left.
    """
    me = os.getpid()
    while True:
        killed = kill_below(me)
        if not _reap_all():
            return
        if not killed and living_below(me):
            return
        select.select([], [], [], _KILL_PAUSE_MS / 1000)


def _reap_all() -> bool:
    """Reap whatever has ended; False when this process has no child left at all."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _send_unpinned(process: Process, signum: int) -> bool:
    """Signal on a kernel without pidfds, or when no descriptor is free for one."""
    try:
        if _is_still(process):
            os.kill(process.pid, signum)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return True


def _is_still(process: Process) -> bool:
    now = look_up(process.pid)
    return now is not None and now.start == process.start


def _descendants_by_parent(root: int) -> list[Process]:
    """Find the tree on a kernel without CONFIG_PROC_CHILDREN: read every process's parent."""
    by_parent: dict[int, list[Process]] = {}
    for name in os.listdir("/proc"):
        process = look_up(int(name)) if name.isdigit() else None
        if process is not None:
            by_parent.setdefault(process.ppid, []).append(process)
    found = by_parent.get(root, [])[:]
    for process in found:
        found += by_parent.get(process.pid, [])
    return found


def _tasks(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def _read(path: bytes) -> bytes:
    """Read a file of /proc; empty when its process is gone or not ours to look at."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        pieces = []
        while piece := os.read(fd, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)
    except OSError:
        return b""
    finally:
        os.close(fd)
