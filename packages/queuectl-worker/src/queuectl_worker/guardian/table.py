"""The process table: who is below whom, from /proc, or from ps where there is none."""

from __future__ import annotations

import os
import sys

from .kernelfiles import read

# Linux gives every orphan of the tree to the guardian (PR_SET_CHILD_SUBREAPER). Elsewhere an
# orphan goes to the system's first process, and only its session still tells whose it was.
ADOPTS_ORPHANS = sys.platform == "linux"

_LIST_BYTES = 1 << 12
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PS = ("/bin/ps", "-A", "-o", "pid=,ppid=,pgid=,rss=,state=,lstart=")


class Process:
    """One row of the process table. (pid, start) names a process for ever; a pid alone does not.

    `session` is the process group where the system does not tell the session. `resident` is the
    memory that it has in bytes, what it shares with others included. `cpu_s` is the processor time
    of it and of those of its children that it has waited for; 0 where the system does not tell.
    """

    __slots__ = ("cpu_s", "is_dead", "pid", "ppid", "resident", "session", "start", "threads")

    def __init__(
        self,
        *,
        pid: int,
        ppid: int,
        session: int,
        start: str,
        is_dead: bool,
        threads: int = 1,
        resident: int = 0,
        cpu_s: float = 0.0,
    ) -> None:
        self.pid = pid
        self.ppid = ppid
        self.session = session
        self.start = start
        self.is_dead = is_dead
        self.threads = threads
        self.resident = resident
        self.cpu_s = cpu_s

    @property
    def identity(self) -> tuple[int, str]:
        """What no other process ever shares."""
        return (self.pid, self.start)


class OwnChildren:
    """The direct children of this process, read from a file that stays open: asked at each exit."""

    def __init__(self) -> None:
        try:
            me = os.getpid()
            self._fd = os.open(f"/proc/self/task/{me}/children", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._fd = -1

    @property
    def are_known(self) -> bool:
        """Whether this system can tell them so cheaply."""
        return self._fd >= 0

    def pids(self) -> list[int]:
        """Return their pids, adopted orphans and zombies included."""
        if self._fd < 0:
            me = os.getpid()
            return [process.pid for process in descendants(me) if process.ppid == me]
        listed = b""
        # The kernel gives a page at a time, whatever is asked for.
        while piece := os.pread(self._fd, _LIST_BYTES, len(listed)):
            listed += piece
        return [int(child) for child in listed.split()]


def look_up(pid: int) -> Process | None:
    """Return the process that has *pid* now, dead ones that nobody reaped included."""
    if not ADOPTS_ORPHANS:
        return next((process for process in rows_of_ps() if process.pid == pid), None)
    stat = read(b"/proc/%d/stat" % pid)
    return _parse(pid, stat.decode("ascii", "replace")) if stat else None


def tag_of(pid: int, tag: bytes) -> bytes | None:
    """Return what follows *tag* in the environment that *pid* was started with."""
    for variable in read(b"/proc/%d/environ" % pid).split(b"\0"):
        if variable.startswith(tag):
            return variable[len(tag) :]
    return None


def share_of(process: Process) -> int:
    """Return its memory in bytes with what it shares divided among those that share it.

    The kernel walks its whole memory for that: it is for the case where the sum of all that is
    resident says too much.
    """
    for line in read(b"/proc/%d/smaps_rollup" % process.pid).splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) << 10
    return process.resident


def catches(process: Process, signum: int) -> bool:
    """Tell whether it has a handler for *signum*; true where the system does not say."""
    for line in read(b"/proc/%d/status" % process.pid).splitlines():
        if line.startswith(b"SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signum - 1) & 1)
    return not ADOPTS_ORPHANS


def descendants(root: int) -> list[Process]:
    """Return everything below *root*, parents before their children.

    The kernel lists the children of a thread, and may miss one while others exit (proc(5)):
    whoever must be sure looks again.
    """
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return below(root, everything())
    found: list[Process] = []
    ahead = _children(root, threads=1)
    for pid in ahead:
        process = look_up(pid)
        if process is not None:
            found.append(process)
            ahead += _children(pid, threads=process.threads)
    return found


def living_below(root: int) -> list[Process]:
    """Return the descendants of *root* that still run."""
    return [process for process in descendants(root) if not process.is_dead]


def everything() -> list[Process]:
    """Return every process of the system."""
    if not ADOPTS_ORPHANS:
        return rows_of_ps()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [process for process in map(look_up, pids) if process is not None]


def below(root: int, rows: list[Process]) -> list[Process]:
    """Pick what is below *root* by the parents alone, parents before their children."""
    by_parent: dict[int, list[Process]] = {}
    for process in rows:
        by_parent.setdefault(process.ppid, []).append(process)
    found = by_parent.get(root, [])[:]
    for process in found:
        found += by_parent.get(process.pid, [])
    return found


def rows_of_ps() -> list[Process]:
    """Read the table where the system has no /proc."""
    import subprocess  # only there: it would double the guardian's start everywhere

    rows = []
    listing = subprocess.run(_PS, capture_output=True, check=False, text=True).stdout
    for line in listing.splitlines():
        pid, ppid, group, resident_kb, state, start = line.split(None, 5)
        rows.append(
            Process(
                pid=int(pid),
                ppid=int(ppid),
                session=int(group),
                start=start.strip(),
                is_dead=state.startswith("Z"),
                resident=int(resident_kb) << 10,
            )
        )
    return rows


def _parse(pid: int, stat: str) -> Process:
    """Read one line of /proc/PID/stat (proc(5))."""
    # The name, field 2, may hold spaces and parentheses: count from its last one.
    fields = stat[stat.rindex(")") + 2 :].split()
    threads = int(fields[17])
    return Process(
        pid=pid,
        ppid=int(fields[1]),
        session=int(fields[3]),
        start=fields[19],
        # Z with more than one thread: the main thread ended by itself, the others run on.
        is_dead=fields[0] in ("Z", "X") and threads <= 1,
        threads=threads,
        resident=int(fields[21]) * _PAGE,
        cpu_s=sum(map(int, fields[11:15])) / _TICKS_A_SECOND,
    )


def _children(pid: int, *, threads: int) -> list[int]:
    tasks = [str(pid)] if threads == 1 else _tasks(pid)
    lists = [read(b"/proc/%d/task/%s/children" % (pid, task.encode())) for task in tasks]
    return [int(child) for listed in lists for child in listed.split()]


def _tasks(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
