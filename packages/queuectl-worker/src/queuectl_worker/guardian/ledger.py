"""Whose process is it? Keeps every process below the guardian assigned to a run."""

from __future__ import annotations

import os
from collections.abc import Callable

from . import table
from .table import ADOPTS_ORPHANS, OwnChildren, Process

UNDECIDED = 0
NOBODY = -1


class Ledger:
    """The run of each process that a run has made, however far it strayed.

    Runs are numbered from 1 by the guardian itself; *leaders* maps the pid of each live first
    process to its run. A tree below a leader is its run's. What lost its parents was adopted by
    the guardian and is known by, in this order: an earlier look at the tree, its control group,
    the tag in its environment, its session. What has none of these (left session, parents and
    environment between two looks) belongs to one of the runs that were live when it appeared: it
    is theirs once only one of them is left, and nobody's once all have ended.
    """

    def __init__(self, tag: bytes, run_by_group: Callable[[int], int]) -> None:
        self._me = os.getpid()
        self._grouped = run_by_group
        self._tag = tag
        self._children = OwnChildren()
        self._known: dict[tuple[int, str], int] = {}
        self._orphans: dict[int, int] = {}
        self._spent: dict[int, float] = {}
        self._sessions: dict[int, int] = {}
        self._suspects: dict[tuple[int, str], set[int]] = {}

    def has_news(self, leaders: dict[int, int], ended: dict[int, int]) -> bool:
        """Say whether a scan could find a process that outlived its run.

        Cheap enough for every exit: it reads one file. An adopted orphan keeps its pid until we
        reap it, so pids are enough here.
        """
        self._sessions |= ended
        if not self._children.are_known:
            return True
        orphans = [pid for pid in self.children() if pid not in leaders]
        live = set(leaders.values())
        return any(self._orphans.get(pid) not in live for pid in orphans)

    def children(self) -> list[int]:
        """Return the guardian's direct children: first processes and adopted orphans."""
        return self._children.pids()

    def orphans_of(self, run: int, leaders: dict[int, int]) -> tuple[list[int], bool]:
        """Return the adopted orphans that are known, or tell themselves, to be of *run*.

        Also whether that is all: none of the others is undecided.
        """
        if not self._children.are_known:
            return [], False
        sessions = self._sessions | leaders
        orphans = [pid for pid in self.children() if pid not in leaders]
        owners = {pid: self.run_of_orphan(pid, sessions) for pid in orphans}
        return [pid for pid in orphans if owners[pid] == run], UNDECIDED not in owners.values()

    def run_of_orphan(self, pid: int, sessions: dict[int, int]) -> int:
        """Return the run of an adopted orphan that ended and is not reaped yet.

        Args:
            pid: The orphan's.
            sessions: The run by the pid of its first process: each begins a session.

        Returns:
            UNDECIDED if neither the last scan nor the orphan itself tells whose it was.
        """
        if pid in self._orphans:
            return self._orphans[pid]
        orphan = table.look_up(pid)
        if orphan is None:
            return UNDECIDED
        return sessions.get(orphan.session) or self._recognise(orphan)

    def spent_by(self, run: int) -> float:
        """Return the processor seconds of what the last scan found of *run*, dead or not."""
        return self._spent.get(run, 0.0)

    def scan(self, leaders: dict[int, int]) -> dict[int, list[Process]]:
        """Look at the whole tree; return the living processes of each run, parents first."""
        self._sessions |= leaders
        live = set(leaders.values())
        runs: dict[int, int] = {}
        census: dict[int, list[Process]] = {}
        everything = self._everything()
        for process in everything:
            run = leaders.get(process.pid) or runs.get(process.ppid) or self._recognise(process)
            runs[process.pid] = run
            if not process.is_dead:
                census.setdefault(run or self._suspect(process, live), []).append(process)
        self._remember(everything, runs, leaders)
        return census

    def _everything(self) -> list[Process]:
        found = table.descendants(self._me)
        if not ADOPTS_ORPHANS:
            seen = {process.pid for process in found}
            found += [
                process
                for process in table.everything()
                if process.pid not in seen
                and (process.identity in self._known or process.session in self._sessions)
            ]
        return found

    def _recognise(self, process: Process) -> int:
        return (
            self._known.get(process.identity)
            or self._grouped(process.pid)
            or self._tagged(process.pid)
            or self._sessions.get(process.session)
            or UNDECIDED
        )

    def _tagged(self, pid: int) -> int:
        tag = table.tag_of(pid, self._tag)
        run = tag.rpartition(b":")[2] if tag else b""
        return int(run) if run.isdigit() else UNDECIDED

    def _suspect(self, process: Process, live: set[int]) -> int:
        """Guess, and forget the guess: between fork and exec a process has no environment yet."""
        suspects = self._suspects.setdefault(process.identity, live) & live
        if not suspects:
            return NOBODY
        return suspects.pop() if len(suspects) == 1 else UNDECIDED

    def _remember(
        self, everything: list[Process], runs: dict[int, int], leaders: dict[int, int]
    ) -> None:
        """Replace what is known by what this look found, so that it never outgrows the tree."""
        self._known, self._sessions, self._orphans, self._spent = {}, {}, {}, {}
        for process in everything:
            run = runs[process.pid]
            self._spent[run] = self._spent.get(run, 0.0) + process.cpu_s
            if run != UNDECIDED:
                self._known[process.identity] = self._sessions[process.session] = run
            if process.ppid == self._me and process.pid not in leaders:
                self._orphans[process.pid] = run
        present = {process.identity for process in everything}
        self._suspects = {who: runs for who, runs in self._suspects.items() if who in present}
