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
from dataclasses import asdict

from queuectl_store import Claim
from queuectl_store.descriptors import readable
from queuectl_worker.context import Tell
from queuectl_worker.errors import PoolStartError
from queuectl_worker.executors.alarms import Alarms
from queuectl_worker.executors.commandguardian import CommandGuardian
from queuectl_worker.executors.commandline import encode_variables
from queuectl_worker.executors.pool import handing
from queuectl_worker.executors.pool.cargo import packed_claim
from queuectl_worker.executors.pool.chime import Chime
from queuectl_worker.executors.pool.counter import Counter
from queuectl_worker.executors.pool.doors import Door
from queuectl_worker.executors.pool.entrance import Entrance
from queuectl_worker.executors.pool.link import Message
from queuectl_worker.executors.pool.lobby import Lobby
from queuectl_worker.executors.pool.member import Member, Stage, is_coming
from queuectl_worker.executors.pool.places import launch_of
from queuectl_worker.executors.pool.recycling import Recycling
from queuectl_worker.executors.pool.staff import Staff, StaffParts
from queuectl_worker.executors.protocol import RunKey, RunReport, Stopped, Unstartable, key_of
from queuectl_worker.executors.reports import Reports
from queuectl_worker.guardian import Ended, Lost, NotStarted, Report
from queuectl_worker.output import LogFolder

START_S = 60.0


class ProcessExecutor:
    """Runs tasks in a pool of processes, one at a time in each.

    A process that has ended its task takes the next one by itself, from a counter where those lie
    that wait; any of them that nobody has taken can be taken back.

    Args:
        places: Where the tasks live, as `places_of` says.
        guardian: For the processes alone, with as many slots.
        door: Where the processes come in. Both are closed with the executor.
        helps_itself: Whether the door lets descriptors through, which the counter needs.
        kill_grace_ms: Between SIGTERM and SIGKILL at a time limit.
    """

    def __init__(
        self,
        places: Message,
        guardian: CommandGuardian,
        *,
        slots: int,
        door: Door,
        helps_itself: bool,
        logs: LogFolder,
        log_cap: int,
        tell: Tell,
        kill_grace_ms: Callable[[], int],
        recycling: Recycling,
    ) -> None:
        self._guardian, self._slots, self._logs = guardian, slots, logs
        self._program = {"places": places, "spool": str(logs.spool), "cap": log_cap}
        self._program |= {"recycling": asdict(recycling), "helps_itself": helps_itself}
        self._entrance = Entrance(door)
        self._numbers = itertools.count(1)
        self._own, self._alarms = Reports[RunReport](), Alarms()
        self._counter = Counter() if helps_itself else None
        self._chime = Chime() if helps_itself else None
        self._waiting = Lobby(self._own.put, self._packed, self._counter)
        self._lock = threading.RLock()
        self._staff = Staff(
            StaffParts(
                guardian=guardian,
                lobby=self._waiting,
                reports=self._own,
                alarms=self._alarms,
                lock=self._lock,
                tell=tell,
                kill_grace_ms=kill_grace_ms,
            )
        )
        self._env_ref = -1
        self._problem = ""
        self._is_broken = False

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
        while not self._in(Stage.READY):
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
            self._fill()

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End the run's process and everything below it."""
        self._stop({key}, grace_ms=grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run."""
        with self._lock:
            running = [each.run.claim for each in self._members if each.run is not None]
            self._stop({*self._waiting.keys(), *map(key_of, running)}, grace_ms=grace_ms)

    def extend(self, until_ms: int) -> None:
        """Move the moment at which the guardian kills everything by itself."""
        self._guardian.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the descriptors of guardian, newcomers, the chime, and who does not ring it."""
        with self._lock:
            links = [each.link for each in self._members if each.link and not rings(each)]
            open_links = [link.fileno() for link in links if not link.is_closed]
            own = [self._own.fileno(), self._guardian.fileno()]
            chime = [] if self._chime is None else [self._chime.fileno()]
            return [*own, *chime, *self._entrance.filenos(), *open_links]

    def receive(self) -> list[RunReport]:
        """Return what happened since the last call."""
        with self._lock:
            if self._chime is not None:
                self._chime.hush()
            self._greet()
            for member in self._members:
                self._staff.hear(member)
            for report in self._guardian.receive():
                self._heed(report)
            self._staff.find_out()
            self._fill()
        return self._own.take()

    def close(self) -> None:
        """Kill every process and let go of everything."""
        self._alarms.close()
        self._guardian.close()
        with self._lock:
            for member in self._members:
                if member.link is not None:
                    member.link.close()
        for each in (self._entrance, self._own, self._chime, self._counter):
            if each is not None:
                each.close()

    @property
    def _members(self) -> list[Member]:
        return list(self._staff.members.values())

    def _in(self, stage: Stage) -> list[Member]:
        return [each for each in self._members if each.stage is stage]

    def _packed(self, claim: Claim) -> bytes:
        job = claim.job
        return packed_claim(claim, log=self._logs.name(job.id, claim.token, job.started_at or 0))

    # With the lock held.

    def _stop(self, keys: set[RunKey], *, grace_ms: int) -> None:
        with self._lock:
            self._waiting.give_back(keys)
            self._staff.condemn(keys, grace_ms=grace_ms)
            for member in self._members:
                if member.run is not None and key_of(member.run.claim) in keys:
                    self._staff.end(member, Stopped(), grace_ms=grace_ms)
            self._fill()

    def _fill(self) -> None:
        for member in self._in(Stage.READY):
            self._is_broken = False
            if (found := self._waiting.take()) is not None:
                self._staff.begin(member, *found)
        if self._staff.help_themselves and not self._staff.is_unsure:
            self._waiting.lay_out()
        # One that could not even load the program is not replaced before there is work for it.
        wanted = min(len(self._waiting), 1) if self._is_broken else self._slots
        for _ in range(wanted - len(self._staff.members)):
            self._launch()
        if self._waiting:
            self._waiting.promise(sum(map(is_coming, self._members)))

    def _launch(self) -> None:
        number = next(self._numbers)
        setting = self._entrance.invitation(number) | self._program
        launch = launch_of(number, setting, env_ref=self._env_ref, logs=self._logs)
        try:
            self._guardian.launch([launch])
        except OSError as error:  # it died, and the host cannot start another one now
            self._not_here(str(error))
        else:
            self._staff.members[number] = Member(number)

    def _greet(self) -> None:
        for number, link in self._entrance.newcomers():
            member = self._staff.members.get(number)
            if member is None or member.link is not None:
                link.close()
                continue
            member.link = link
            if self._counter is not None and self._chime is not None:
                handing.hand((self._counter.outlet, self._chime.rope), by=link.end)
                member.helps_itself = True

    def _heed(self, report: Report) -> None:
        match report:
            case Ended(key=number):
                if (member := self._staff.members.pop(number, None)) is not None:
                    self._staff.gone(member, report)
                    if member.stage is Stage.STARTING:
                        text = member.problem or "a task process ended before it was ready"
                        self._not_here(text)
            case NotStarted(key=number, message=message):
                self._staff.members.pop(number, None)
                self._not_here(message)
            case Lost(keys=numbers):
                for number in numbers:
                    if (member := self._staff.members.pop(number, None)) is not None:
                        self._staff.lost(member)

    def _not_here(self, message: str) -> None:
        self._is_broken, self._problem = True, message
        if (found := self._waiting.take()) is not None:
            text = f"the program cannot be loaded for its tasks: {message}"
            self._own.put(Unstartable(key=key_of(found[0]), message=text))


def rings(member: Member) -> bool:
    """Tell whether it rings the chime when it is to be heard."""
    is_starting = member.stage is Stage.STARTING
    return member.helps_itself and not (is_starting or member.is_at_length)
