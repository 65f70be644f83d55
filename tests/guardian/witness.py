"""Finding the processes of one test by a mark in their arguments or environment, never by name."""

import os
from pathlib import Path


def marked(mark: str) -> list[int]:
    """Return the living processes that carry *mark*; zombies are none."""
    return [pid for pid in _pids() if pid != os.getpid() and _carries(pid, mark.encode())]


def zombies_of(parent: int) -> list[int]:
    """Return the unreaped children of *parent*."""
    return [pid for pid in _pids() if _stat(pid)[:2] == ["Z", str(parent)]]


def memory_kb(pid: int) -> int:
    """Return the resident memory of *pid*."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def parent_of(pid: int) -> int:
    """Return the parent of *pid*."""
    return int(_stat(pid)[1])


def children_of(pid: int) -> list[int]:
    """Return what the first thread of *pid* has forked."""
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def threads_of(uid: int) -> int:
    """Return how many threads the processes of a user have."""
    own = [pid for pid in _pids() if _uid_of(pid) == uid]
    return sum(int((_stat(pid) or ["1"] * 18)[17]) for pid in own)


def is_living(pid: int) -> bool:
    """Tell whether *pid* is a process that has not ended."""
    return _stat(pid)[:1] not in ([], ["Z"], ["X"])


def _carries(pid: int, mark: bytes) -> bool:
    return _stat(pid)[:1] != ["Z"] and (
        mark in _read(f"/proc/{pid}/cmdline") or mark in _read(f"/proc/{pid}/environ")
    )


def _pids() -> list[int]:
    """Return all, the youngest first: what lives for a moment is to be seen within it."""
    return sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True)


def _stat(pid: int) -> list[str]:
    return _read(f"/proc/{pid}/stat").decode(errors="replace").rpartition(")")[2].split()


def _uid_of(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
