"""The task processes of a pool: what each says, the run that it has, and how that is ended."""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from queuectl_store import Claim, JobId
from queuectl_worker.context import Tell
from queuectl_worker.executors.alarms import Alarms
from queuectl_worker.executors.command import GUARDIAN_DIED
from queuectl_worker.executors.commandguardian import CommandGuardian
from queuectl_worker.executors.pool import cargo, verdicts
from queuectl_worker.executors.pool.link import LEAVE, LONG, Message
from queuectl_worker.executors.pool.lobby import Lobby
from queuectl_worker.executors.pool.member import Member, PoolRun, Stage
from queuectl_worker.executors.protocol import (
    Ending,
    RunKey,
    RunReport,
    RunStarted,
    Stopped,
    key_of,
)
from queuectl_worker.executors.reports import Reports
from queuectl_worker.guardian import Ended
from queuectl_worker.retry import TimedOut

_THEN = {"idle": Stage.READY, "takes": Stage.TAKING, "clears": Stage.CLEARING}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffParts:
    """What a staff works with.

    Attributes:
        lock: Held by whoever calls the staff; the alarms of time limits take it.
        tell: Records progress.
        kill_grace_ms: Between SIGTERM and SIGKILL at a time limit.
    """

    guardian: CommandGuardian
    lobby: Lobby
    reports: Reports[RunReport]
    alarms: Alarms
    lock: AbstractContextManager[bool]
    tell: Tell
    kill_grace_ms: Callable[[], int]


class Staff:
    """Those that live, by the numbers that the guardian knows them by.

    Attributes:
        is_unsure: One has died, and of what is out nobody knows yet whether it had taken it.
    """

    def __init__(self, parts: StaffParts) -> None:
        self._parts = parts
        self._condemned: dict[RunKey, int] = {}
        self.members: dict[int, Member] = {}
        self.is_unsure = False

    @property
    def help_themselves(self) -> bool:
        """Whether one is at work that takes its next claim from the counter."""
        return any(
            each.helps_itself and each.stage in (Stage.BUSY, Stage.TAKING)
            for each in self.members.values()
        )

    def begin(self, member: Member, claim: Claim, packed: bytes) -> None:
        """Let a process that is ready run *claim*."""
        assert member.link is not None
        member.link.send_packed(packed)
        member.stage = Stage.BUSY
        member.run = PoolRun(claim, time.time_ns() // 1_000_000, time.monotonic())
        self._tell_start(member, member.run)

    def hear(self, member: Member) -> None:
        """Act on what it has said."""
        if member.link is None or member.link.is_closed:
            return
        for message in member.link.receive(wait=False):
            member.is_at_length = message == LONG
            self._heed(member, message)
        if (run := member.run) is None:
            return
        if not run.is_told:
            self._tell_start(member, run)
        if (grace_ms := run.stop_ms) is not None:
            run.stop_ms = None
            self.end(member, Stopped(), grace_ms=grace_ms)

    def end(self, member: Member, ending: Ending, *, grace_ms: int) -> None:
        """End its run, and the process with it; not what it takes up meanwhile."""
        run = member.run
        if run is None or run.ending is not None:
            return
        if member.helps_itself:
            assert member.link is not None
            # In this order: see `desk.py`. If it has taken another, it has said this one's end
            # before; if it has not said that yet, it will take none.
            member.link.send(LEAVE)
            member.is_dismissed = True
            self.hear(member)
        if member.run is run:
            run.ending, member.stage = ending, Stage.LEAVING
            self._parts.guardian.stop(member.number, grace_ms=grace_ms)

    def condemn(self, keys: Iterable[RunKey], *, grace_ms: int) -> None:
        """End those of *keys* that a process has taken, once it says so."""
        out = self._parts.lobby.out
        self._condemned |= {key: grace_ms for key in keys if key in out}

    def gone(self, member: Member, report: Ended) -> None:
        """Account for one that has died."""
        self._hear_last_words(member)
        if member.run is not None:
            ending = member.run.ending or verdicts.ending_of_death(report)
            self._report(member.run, ending, **verdicts.facts_of_death(report))

    def lost(self, member: Member) -> None:
        """Account for one that has died with its guardian."""
        self._hear_last_words(member)
        if member.run is not None:
            self._report(member.run, member.run.ending or GUARDIAN_DIED)

    def find_out(self) -> None:
        """Where one has died: what is out, and nobody has, waits again."""
        lobby = self._parts.lobby
        if not self.is_unsure:
            return
        lobby.fetch()
        for member in self.members.values():
            self.hear(member)
        if any(each.stage is Stage.TAKING for each in self.members.values()):
            return  # it says what it has taken before anything else
        self.is_unsure = False
        lobby.recover()
        lobby.give_back(self._condemned)
        self._condemned.clear()

    def _hear_last_words(self, member: Member) -> None:
        self.hear(member)
        self.is_unsure = self.is_unsure or member.helps_itself
        if member.link is not None:
            member.link.close()

    def _heed(self, member: Member, message: Message) -> None:
        match message:
            case {"said": "began", "of": [job_id, token]}:
                self._took(member, (JobId(job_id), token), message)
            case {"said": "ended", "of": of} if member.run and of == member.run.name:
                self._ended(member, member.run, message)
            case {"said": "idle"} if member.stage is Stage.TAKING:
                self._turn_to(member, Stage.READY)
            case {"said": "progress", "text": str(text)} if member.run is not None:
                self._parts.tell(member.run.claim.job.id, member.run.claim.token, text)
            case {"said": "clear", "is_clear": bool(is_clear)}:
                # What it could not end the guardian can: it does with the process.
                self._turn_to(member, Stage.READY if is_clear else Stage.LEAVING)
            case {"said": "ready"}:
                member.stage = Stage.READY
            case {"said": "broken", "message": str(text)}:
                member.problem = text

    def _took(self, member: Member, key: RunKey, message: Message) -> None:
        if (claim := self._parts.lobby.begun(key)) is not None:
            member.stage = Stage.BUSY
            member.run = PoolRun(claim, message["at_ms"], message["began"])
            member.run.stop_ms = self._condemned.pop(key, None)

    def _ended(self, member: Member, run: PoolRun, message: Message) -> None:
        ending = run.ending or cargo.unpack_ending(message["ending"])
        facts = verdicts.facts_told(message)
        self._report(run, ending, run_ms=message["run_ms"], **facts)
        verdicts.log_oddities(run, message)
        member.run = None
        self._turn_to(member, _THEN.get(message["then"], Stage.LEAVING))

    def _turn_to(self, member: Member, stage: Stage) -> None:
        is_over = member.is_dismissed and stage is not Stage.TAKING
        if is_over or Stage.LEAVING in (stage, member.stage):
            stage = Stage.LEAVING
            assert member.link is not None
            member.link.close()
        member.stage = stage

    def _tell_start(self, member: Member, run: PoolRun) -> None:
        run.is_told = True
        self._parts.reports.put(RunStarted(key_of(run.claim), None, run.started_ms))
        if (limit_ms := run.claim.job.timeout_ms) is not None:
            at_ms = round(run.began * 1000) + limit_ms
            run.limit = self._parts.alarms.set(at_ms, lambda: self._late(member, run, limit_ms))

    def _late(self, member: Member, run: PoolRun, limit_ms: int) -> None:
        with self._parts.lock:
            if member.run is run:
                self.end(member, TimedOut(after_ms=limit_ms), grace_ms=self._parts.kill_grace_ms())

    def _report(self, run: PoolRun, ending: Ending, **facts: int | None) -> None:
        self._parts.alarms.drop(run.limit)
        self._parts.reports.put(verdicts.ended(run, ending, **facts))
