"""Which control group (cgroup v2) was handed to this program to divide, and what is left in it.

Standard library only: the guardian loads it, and `doctor`.
"""

from __future__ import annotations

import fcntl
import os
import select

from .kernelfiles import read

# In front of the names of our groups: whatever bears another name is not ours to touch.
PREFIX = "queuectl-"

_MARKS = (
    "user.delegate",
    "trusted.delegate",
)  # what the system's systemd leaves on a delegated group
_CLEAR_SECONDS = 2.0
_ANSWER_SECONDS = 5.0


def delegated_group(pid: int | str = "self") -> str | None:
    """Return the folder of the control group that *pid* may divide, None where there is none.

    That is its own group, or the one above it, if systemd delegated it; or its own if
    that is the topmost of its namespace: a container's. What else can be written, as a
    superuser can write everything, belongs to somebody else's manager.
    """
    place = _place_of(pid)
    if place is None:
        return None
    folder, is_topmost = place
    candidates = [folder]
    if "." not in os.path.basename(folder):
        candidates.append(os.path.dirname(folder))  # a part of a unit (DelegateSubgroup=)
    for group in candidates:
        if _is_usable(group) and (_is_marked(group) or _is_delegated_by_user_manager(group)):
            return group
    return folder if is_topmost and _is_usable(folder) else None


def group_in_use(worker: int) -> str | None:
    """Return the delegated group in which the commands of the worker with this pid run."""
    root = delegated_group(worker)
    mine = f"{PREFIX}{worker}-"
    if root is not None and any(name.startswith(mine) for name in names_in(root)):
        return root
    return None


def path_of(pid: int | str) -> str:
    """Return the control group of *pid* as the kernel names it; empty where it has none."""
    for line in read(f"/proc/{pid}/cgroup").splitlines():
        if line.startswith(b"0::"):
            return os.fsdecode(line[3:])
    return ""


def folder_of(pid: int | str) -> str | None:
    """Return the folder of the control group of *pid*; None where it cannot be seen."""
    place = _place_of(pid)
    return None if place is None else place[0]


def lock(folder: str) -> int | None:
    """Make *folder* the caller's until the descriptor and its copies are closed; None: it lives."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        return None
    return fd


def clear_leftovers(root: str) -> None:
    """End what runs in groups whose keeper and guardian are gone, and remove them."""
    for name in names_in(root):
        if name.startswith(PREFIX) and (fd := lock(f"{root}/{name}")) is not None:
            clear(f"{root}/{name}")
            os.close(fd)


def clear(folder: str) -> None:
    """Kill all that is in the group *folder* and below it, and remove it."""
    write(f"{folder}/cgroup.kill", b"1")
    _wait_until_empty(folder)
    remove(folder)


def remove(folder: str) -> None:
    """Remove an empty group and those below it; what is not empty stays for the next start."""
    for name in names_in(folder):
        remove(f"{folder}/{name}")
    try:
        os.rmdir(folder)
    except OSError:
        return


def write(path: str, content: bytes) -> bool:
    """Write to a file of the kernel's; False when it refuses."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, content)
        finally:
            os.close(fd)
    except OSError:
        return False
    return True


def names_in(folder: str) -> list[str]:
    """List the groups directly below the group *folder*."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _wait_until_empty(folder: str) -> None:
    """Wait, not for ever, until no process is in the group: the kernel changes the file then."""
    try:
        events = os.open(f"{folder}/cgroup.events", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    changes = select.poll()
    changes.register(events, select.POLLPRI)
    while b"populated 1" in os.pread(events, 256, 0):
        if not changes.poll(_CLEAR_SECONDS * 1_000):
            break  # uninterruptible: the kernel ends it when it lets it go
    os.close(events)


def _place_of(pid: int | str) -> tuple[str, bool] | None:
    """Return the folder of the group of *pid*, and whether it is the topmost that can be seen."""
    path = path_of(pid)
    if not path or path.startswith("/..") or path.endswith(" (deleted)"):
        return None
    for line in os.fsdecode(read("/proc/self/mountinfo")).splitlines():
        fields, _, rest = line.partition(" - ")
        if not rest.startswith("cgroup2 "):
            continue
        base, mounted = (_unescaped(word) for word in fields.split(" ")[3:5])
        if path == base or path.startswith(base.rstrip("/") + "/"):
            below = path[len(base.rstrip("/")) :].rstrip("/")
            return mounted + below, not below
    return None


def _is_marked(folder: str) -> bool:
    for mark in _MARKS:
        try:
            if os.getxattr(folder, mark) == b"1":
                return True
        except OSError:
            continue
    return False


def _is_delegated_by_user_manager(folder: str) -> bool:
    """Ask a user's systemd for its unit: only the system's marks what it delegates."""
    slice_, unit = os.path.split(folder)
    if not slice_.endswith(".slice") or not unit.endswith((".service", ".scope")):
        return False
    # Imported here: the guardian of a worker that no unit holds goes without.
    import subprocess

    ask = ["systemctl", "--user", "show", "--property=Delegate,ControlGroup", "--", unit]
    try:
        said = subprocess.run(ask, capture_output=True, timeout=_ANSWER_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    facts = dict(line.split("=", 1) for line in os.fsdecode(said).splitlines() if "=" in line)
    # The system's manager may have a unit of that name, too.
    is_it = folder.endswith(facts.get("ControlGroup") or "/nothing")
    return is_it and facts.get("Delegate") == "yes"


def _is_usable(folder: str) -> bool:
    # The real root has no such file, nor has a kernel before 5.14.
    return os.path.exists(f"{folder}/cgroup.kill") and all(
        os.access(path, os.W_OK) for path in (folder, f"{folder}/cgroup.procs")
    )


def _unescaped(word: str) -> str:
    """Read a path of mountinfo (proc(5))."""
    for code in (" ", "\t", "\n"):
        word = word.replace(f"\\{ord(code):03o}", code)
    return word.replace("\\134", "\\")
