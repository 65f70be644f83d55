"""The control groups (cgroup v2) of one guardian: one below its own for each run that lives.

A process can leave its session and its parents, but not its group, and the kernel ends a whole
group at one write. A run is born in its group, since the guardian steps in, starts it and steps
out: a process that is moved afterwards may have forked already.

    DELEGATED/queuectl-PID-NONCE/     locked by keeper and guardian for as long as one of them lives
        guardian/                     both of them
        1/, 2/, ...                   the runs', used again once they are empty
"""

from __future__ import annotations

import os
from collections.abc import Container

from . import delegation
from .kernelfiles import read

_HOME = "guardian"
_TRIES = 3
_ENABLE = b"+memory"


class Group:
    """The group of one run at a time."""

    __slots__ = ("_cpu_us", "_folder", "_has_memory", "_is_limited", "_kills", "name")

    def __init__(self, parent: str, name: str) -> None:
        self.name = name
        self._folder = f"{parent}/{name}"
        os.mkdir(self._folder, 0o755)
        self._has_memory = os.path.exists(f"{self._folder}/memory.max")
        self._is_limited = False
        self._cpu_us = self._kills = 0

    @property
    def is_empty(self) -> bool:
        """Whether no process is in it or below it; a dead one that nobody reaped is none."""
        return b"populated 0" in read(f"{self._folder}/cgroup.events")

    @property
    def cpu_s(self) -> float:
        """Processor time of all that was in it since somebody stepped in."""
        return (self._value("cpu.stat", b"usage_usec") - self._cpu_us) / 1_000_000

    @property
    def was_over_memory(self) -> bool:
        """Whether the kernel has ended what was in it for its memory."""
        return self._is_limited and self._value("memory.events", b"oom_kill") > self._kills

    def step_in(self) -> None:
        """Move this process into it, and begin to measure.

        Raises:
            OSError: The kernel refuses.
        """
        if self._is_limited:
            self._is_limited = not self._write("memory.max", b"max")
        self._cpu_us = self._value("cpu.stat", b"usage_usec")
        procs = os.open(f"{self._folder}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(procs, b"0")
        finally:
            os.close(procs)

    def limit_memory(self, most: int) -> None:
        """Have the kernel end all of it when it has more than *most* bytes, where it can.

        This process must not be in it then, or it may be ended too.
        """
        if self._has_memory:
            self._kills = self._value("memory.events", b"oom_kill")
            # What is over the limit is to end, all of it, and not to crawl through the swap.
            self._write("memory.swap.max", b"0")
            self._write("memory.oom.group", b"1")
            self._is_limited = self._write("memory.max", b"%d" % most)

    def kill(self) -> None:
        """End every process in it and below it, whoever runs it."""
        self._write("cgroup.kill", b"1")

    def _write(self, file: str, content: bytes) -> bool:
        return delegation.write(f"{self._folder}/{file}", content)

    def _value(self, file: str, name: bytes) -> int:
        for line in read(f"{self._folder}/{file}").splitlines():
            key, _, value = line.partition(b" ")
            if key == name:
                return int(value)
        return 0


class Groups:
    """The groups of the runs of one guardian; where none was delegated, no run has one.

    Made in the keeper, which steps into them, and the guardian with it.

    Args:
        nonce: What tells this guardian's groups from those of all others.
    """

    def __init__(self, nonce: str) -> None:
        self._free: list[Group] = []
        self._of_run: dict[int, Group] = {}
        self._made = 0
        self._path = ""
        self._lock: int | None = None
        self._home = -1
        self._came_from = delegation.folder_of("self")
        self._root = delegation.delegated_group()
        self._folder = f"{self._root}/{delegation.PREFIX}{os.getppid()}-{nonce}"
        self.clear_leftovers()
        if self._root is not None and not self._settle(self._root):
            self._root = None

    @property
    def are_there(self) -> bool:
        """Whether runs have groups."""
        return self._root is not None

    def clear_leftovers(self) -> None:
        """End and remove what guardians that were killed, with their keepers, have left."""
        if self._root is not None:
            delegation.clear_leftovers(self._root)

    def enter(self, number: int) -> None:
        """Step into a group for run *number*: what is spawned now is born there.

        Where the kernel refuses, the run has none.
        """
        if self._root is None:
            return
        try:
            group = self._take()
            group.step_in()
        except OSError:
            return
        self._of_run[number] = group

    def leave(self, number: int, *, memory: int) -> None:
        """Step out again; run *number* may have *memory* bytes from now on (0: no limit)."""
        group = self._of_run.get(number)
        if group is not None:
            os.write(self._home, b"0")
            if memory:
                group.limit_memory(memory)

    def of_run(self, number: int) -> Group | None:
        """Return the group of a run that lives, or of which something does."""
        return self._of_run.get(number)

    def run_of(self, pid: int) -> int:
        """Return the run in whose group *pid* is; 0 where it is in none."""
        if not self._of_run:
            return 0
        path = delegation.path_of(pid)
        if not path.startswith(self._path):
            return 0
        name = path[len(self._path) :].partition("/")[0]
        return next((run for run, group in self._of_run.items() if group.name == name), 0)

    def reclaim(self, live: Container[int]) -> None:
        """Take the groups of runs that are not *live* and of which nothing is left."""
        for number in [each for each in self._of_run if each not in live]:
            if self._of_run[number].is_empty:
                self._free.append(self._of_run.pop(number))

    def kill_runs(self) -> None:
        """End all that is in any run's group."""
        for name in delegation.names_in(self._folder) if self.are_there else ():
            if name != _HOME:
                delegation.write(f"{self._folder}/{name}/cgroup.kill", b"1")

    def close(self) -> None:
        """Go back to where this process came from, and remove what nobody is in."""
        if self._root is not None and self._came_from is not None:
            delegation.write(f"{self._came_from}/cgroup.procs", b"0")
            delegation.remove(self._folder)

    def _settle(self, root: str) -> bool:
        """Make the guardian's own group and step into it; False where the kernel refuses."""
        for _ in range(_TRIES):  # another guardian may take a group without a lock as left over
            try:
                os.mkdir(self._folder, 0o755)
                self._lock = delegation.lock(self._folder)
                os.mkdir(f"{self._folder}/{_HOME}", 0o755)
            except OSError:
                delegation.remove(self._folder)
                continue
            # Only where no process is in the delegated group itself; else memory is looked at.
            if delegation.write(f"{root}/cgroup.subtree_control", _ENABLE):
                delegation.write(f"{self._folder}/cgroup.subtree_control", _ENABLE)
            return self._move_in()
        return False

    def _move_in(self) -> bool:
        try:
            procs = f"{self._folder}/{_HOME}/cgroup.procs"
            self._home = os.open(procs, os.O_WRONLY | os.O_CLOEXEC)
            os.write(self._home, b"0")
        except OSError:
            delegation.remove(self._folder)
            return False
        self._path = delegation.path_of("self").removesuffix(_HOME)
        return True

    def _take(self) -> Group:
        if self._free:
            return self._free.pop()
        self._made += 1
        return Group(self._folder, str(self._made))
