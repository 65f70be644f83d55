"""Tasks in processes: for work that keeps the processor busy, and for work that must be killable.

The processes run under a guardian of their own, as commands do: at a time limit or a cancel the
whole tree gets SIGTERM, then SIGKILL (on Windows CTRL_BREAK, then the end of its job object); when
the worker dies they die with it.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence

from queuectl_store import Claim
from queuectl_store.descriptors import readable
from queuectl_worker.context import Tell
from queuectl_worker.errors import PoolStartError
from queuectl_worker.executors.alarms import Alarms
from queuectl_worker.executors.command import GUARDIAN_DIED
from queuectl_worker.executors.commandguardian import CommandGuardian
from queuectl_worker.executors.commandline import encode_variables
from queuectl_worker.executors.pool import cargo, verdicts
from queuectl_worker.executors.pool.doors import Door
from queuectl_worker.executors.pool.entrance import Entrance
from queuectl_worker.executors.pool.link import Message
from queuectl_worker.executors.pool.lobby import Lobby
from queuectl_worker.executors.pool.member import (
    Member,
    PoolRun,
    Recycling,
    Stage,
    is_coming,
)
from queuectl_worker.executors.pool.places import launch_of
from queuectl_worker.executors.protocol import (
    Ending,
    RunKey,
    RunReport,
    RunStarted,
    Stopped,
    Unstartable,
    key_of,
)
from queuectl_worker.executors.reports import Reports
from queuectl_worker.guardian import Ended, Lost, NotStarted, Report
from queuectl_worker.output import LogFolder
from queuectl_worker.retry import TimedOut
from queuectl_worker.timing import monotonic_ms

START_S = 60.0


class ProcessExecutor:
    """Runs tasks in a pool of processes, one at a time in each.

    Args:
        places: Where the tasks live, as `places_of` says.
        guardian: For the processes alone, with as many slots.
        door: Where the processes come in. Both are closed with the executor.
        kill_grace_ms: Between SIGTERM and SIGKILL at a time limit.
    """

    def __init__(
        self,
        places: Message,
        guardian: CommandGuardian,
        *,
        slots: int,
        door: Door,
        logs: LogFolder,
        log_cap: int,
        tell: Tell,
        kill_grace_ms: Callable[[], int],
        recycling: Recycling,
    ) -> None:
        self._guardian, self._slots, self._logs = guardian, slots, logs
        self._tell, self._kill_grace_ms = tell, kill_grace_ms
        self._recycling = recycling
        self._program = {"places": places, "spool": str(logs.spool), "cap": log_cap}
        self._entrance = Entrance(door)
        self._numbers = itertools.count(1)
        self._members: dict[int, Member] = {}
        self._own, self._alarms = Reports[RunReport](), Alarms()
        self._waiting = Lobby(self._own.put)
        self._lock = threading.RLock()
        self._env_ref = -1
        self._is_broken, self._problem = False, ""

    def start(self) -> None:
        """Start the guardian and the processes; return when the first is ready.

        Raises:
            PoolStartError: The program could not be loaded for its tasks.
        """
        self._guardian.start()
        self._env_ref = self._guardian.define_env(encode_variables(dict(os.environ)))
        self._alarms.start()
        with self._lock:
            self._fill()
        deadline = time.monotonic() + START_S
        while not any(each.stage is Stage.READY for each in self._members.values()):
            readable(self.filenos(), 0.1)
            self.receive()
            if self._is_broken or time.monotonic() > deadline:
                self.close()
                raise PoolStartError(self._problem or f"it was not ready in {START_S:g} s")

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order, as processes are free."""
        with self._lock:
            self._waiting.add(claims)
            self._fill()

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that no process has begun."""
        with self._lock:
            self._waiting.give_back(keys)

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End the run's process and everything below it."""
        with self._lock:
            self.recall([key])
            for member in self._members.values():
                if member.run is not None and key_of(member.run.claim) == key:
                    self._end(member, Stopped(), grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run."""
        with self._lock:
            self._waiting.give_back(self._waiting.keys())
            for member in self._members.values():
                self._end(member, Stopped(), grace_ms)

    def extend(self, until_ms: int) -> None:
        """Move the moment at which the guardian kills everything by itself."""
        self._guardian.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the descriptors of the guardian, of newcomers and of every process."""
        with self._lock:
            links = [member.link for member in self._members.values() if member.link]
            open_links = [link.fileno() for link in links if not link.is_closed]
            own = (self._own.fileno(), self._guardian.fileno())
            return [*own, *self._entrance.filenos(), *open_links]

    def receive(self) -> list[RunReport]:
        """Return what happened since the last call."""
        with self._lock:
            self._greet()
            for member in list(self._members.values()):
                self._hear(member)
            for report in self._guardian.receive():
                self._heed(report)
            self._fill()
        return self._own.take()

    def close(self) -> None:
        """Kill every process and let go of everything."""
        self._alarms.close()
        self._guardian.close()
        with self._lock:
            for member in self._members.values():
                if member.link is not None:
                    member.link.close()
        self._entrance.close()
        self._own.close()

    # With the lock held.

    def _fill(self) -> None:
        ready = [each for each in self._members.values() if each.stage is Stage.READY]
        for member in ready[: len(self._waiting)]:
            self._begin(member, self._waiting.take())
        # One that could not even load the program is not replaced before there is work for it.
        wanted = min(len(self._waiting), 1) if self._is_broken else self._slots
        for _ in range(wanted - len(self._members)):
            self._launch()
        if self._waiting:
            self._waiting.promise(sum(map(is_coming, self._members.values())))

    def _launch(self) -> None:
        number = next(self._numbers)
        setting = self._entrance.invitation(number) | self._program
        launch = launch_of(number, setting, env_ref=self._env_ref, logs=self._logs)
        try:
            self._guardian.launch([launch])
        except OSError as error:  # it died, and the host cannot start another one now
            self._not_here(str(error))
        else:
            self._members[number] = Member(number, time.monotonic())

    def _begin(self, member: Member, claim: Claim) -> None:
        assert member.link is not None
        now_ms = time.time_ns() // 1_000_000
        run = member.run = PoolRun(claim, now_ms, time.monotonic())
        member.stage, member.runs = Stage.BUSY, member.runs + 1
        job = claim.job
        path = self._logs.name(job.id, claim.token, job.started_at or 0)
        member.link.send(cargo.pack_claim(claim) | {"log": path})
        self._own.put(RunStarted(key=key_of(claim), pid=None, at_ms=now_ms))
        if job.timeout_ms is not None:
            late = TimedOut(after_ms=job.timeout_ms)
            at_ms = monotonic_ms() + job.timeout_ms
            run.limit = self._alarms.set(at_ms, lambda: self._late(member, run, late))

    def _late(self, member: Member, run: PoolRun, ending: Ending) -> None:
        with self._lock:
            if member.run is run:
                self._end(member, ending, self._kill_grace_ms())

    def _end(self, member: Member, ending: Ending, grace_ms: int) -> None:
        if member.run is None or member.run.ending is not None:
            return
        member.run.ending = ending
        member.stage = Stage.LEAVING
        self._guardian.stop(member.number, grace_ms=grace_ms)

    def _greet(self) -> None:
        for number, link in self._entrance.newcomers():
            member = self._members.get(number)
            if member is None or member.link is not None:
                link.close()
            else:
                member.link = link

    def _hear(self, member: Member) -> None:
        if member.link is not None and not member.link.is_closed:
            self._heard(member, member.link.receive(wait=False))

    def _heard(self, member: Member, messages: Sequence[Message]) -> None:
        for message in messages:
            match message:
                case {"said": "ready"}:
                    member.stage, self._is_broken = Stage.READY, False
                case {"said": "broken", "message": str(text)}:
                    member.problem = text
                case {"said": "progress", "text": str(text)} if member.run is not None:
                    self._tell(member.run.claim.job.id, member.run.claim.token, text)
                case {"said": "ended", "of": of} if member.run and of == member.run.name:
                    self._ended(member, member.run, message)
                case {"said": "clear", "is_clear": True} if member.stage is Stage.CLEARING:
                    member.stage = Stage.READY
                case {"said": "clear"}:  # the guardian kills better
                    self._let_go(member)

    def _ended(self, member: Member, run: PoolRun, message: Message) -> None:
        ending = run.ending or cargo.unpack_ending(message["ending"])
        self._report(run, ending, **verdicts.facts_told(message))
        verdicts.log_oddities(run, message)
        member.run = None
        is_old = self._recycling.is_due(member, rss=message["max_rss"], now=time.monotonic())
        if member.stage is Stage.LEAVING or is_old:
            self._let_go(member)
        else:
            member.stage = Stage.CLEARING if message["left"] else Stage.READY

    def _let_go(self, member: Member) -> None:
        member.stage = Stage.LEAVING
        assert member.link is not None
        member.link.close()

    def _heed(self, report: Report) -> None:
        match report:
            case Ended(key=number):
                if (member := self._members.pop(number, None)) is not None:
                    self._gone(member, report)
            case NotStarted(key=number, message=message):
                self._members.pop(number, None)
                self._not_here(message)
            case Lost(keys=numbers):
                for number in numbers:
                    member = self._members.pop(number, None)
                    if member is not None and member.run is not None:
                        self._report(member.run, member.run.ending or GUARDIAN_DIED)

    def _gone(self, member: Member, report: Ended) -> None:
        if member.link is not None:
            self._hear(member)  # its last words
            member.link.close()
        if member.run is not None:
            ending = member.run.ending or verdicts.ending_of_death(report)
            self._report(member.run, ending, **verdicts.facts_of_death(report))
        elif member.stage is Stage.STARTING:
            self._not_here(member.problem or "a task process ended before it was ready")

    def _not_here(self, message: str) -> None:
        self._is_broken, self._problem = True, message
        if self._waiting:
            claim = self._waiting.take()
            text = f"the program cannot be loaded for its tasks: {message}"
            self._own.put(Unstartable(key=key_of(claim), message=text))

    def _report(self, run: PoolRun, ending: Ending, **facts: int | None) -> None:
        self._alarms.drop(run.limit)
        self._own.put(verdicts.ended(run, ending, **facts))
