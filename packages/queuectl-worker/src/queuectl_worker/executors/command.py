"""Commands: claims become the guardian's launches, and its reports become ends of attempts."""

import itertools
import logging
import os
import signal as signals
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from queuectl_store import Claim, Job, RunFacts, StoreError, Task, Warn
from queuectl_worker.context import run_fields
from queuectl_worker.environment import pick_environment, run_variables, without_private
from queuectl_worker.executors import shells
from queuectl_worker.executors.commandguardian import CommandGuardian
from queuectl_worker.executors.commandline import command_line, encode, encode_variables
from queuectl_worker.executors.protocol import (
    Completed,
    Ending,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Stopped,
    Unserved,
    Unstartable,
    key_of,
)
from queuectl_worker.guardian import (
    Ended,
    Launch,
    Lost,
    NotStarted,
    Recalled,
    SpawnProblem,
    Started,
)
from queuectl_worker.output import LogFolder
from queuectl_worker.retry import (
    CannotStart,
    Crashed,
    Exited,
    OverMemory,
    Signalled,
    TimedOut,
    error_of,
)
from queuectl_worker.tuning import Tuning

log = logging.getLogger(__name__)

GUARDIAN_DIED = Crashed(reason="the process guardian died")

_COMPLETED = Completed()
_NO_ERROR = (Completed, Stopped, Unserved)


class CommandExecutor:
    """Runs commands under a guardian.

    Args:
        slots: How many run at a time; the guardian was made with the same number.
        stored: Gives the environment of that id, as it was when the job was enqueued.
        store_path: The SQLite file; None for a server.
    """

    def __init__(
        self,
        guardian: CommandGuardian,
        *,
        slots: int,
        logs: LogFolder,
        stored: Callable[[int], Mapping[str, str]],
        store_path: Path | None,
        tuning: Callable[[], Tuning],
    ) -> None:
        self._guardian, self._slots, self._logs, self._tuning = guardian, slots, logs, tuning
        self._stored = stored
        # What `queuectl progress` needs inside a job. A server's address is never given: it may
        # hold a password.
        self._shared = {} if store_path is None else {"QUEUECTL_DB": str(store_path.absolute())}
        self._cwd = os.getcwd()
        self._numbers = itertools.count(1)
        self._claims: dict[int, Claim] = {}
        self._number_of: dict[RunKey, int] = {}
        self._started: set[int] = set()
        self._env_refs: dict[int | tuple[str, ...], int] = {}
        self._own: list[RunReport] = []

    def start(self) -> None:
        """Start the guardian."""
        self._guardian.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Hand *claims* to the guardian, which starts them in order."""
        launches = [launch for claim in claims if (launch := self._launch(claim)) is not None]
        if not launches:
            return
        try:
            self._guardian.launch(launches)
        except OSError as error:  # it died, and the host cannot start another one now
            self._own += [
                Unstartable(key=self._forget(launch.key), message=str(error)) for launch in launches
            ]

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Take back those of *keys* that have not started."""
        numbers = [self._number_of[key] for key in keys if key in self._number_of]
        self._guardian.recall(numbers)

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """TERM the run's process tree, and KILL what is left after *grace_ms*."""
        if (number := self._number_of.get(key)) is not None:
            self._guardian.stop(number, grace_ms=grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """Stop every run."""
        self._guardian.stop_all(grace_ms=grace_ms)

    def extend(self, until_ms: int) -> None:
        """Move the moment at which the guardian kills everything by itself."""
        self._guardian.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the guardian's descriptor."""
        return [self._guardian.fileno()]

    def receive(self) -> list[RunReport]:
        """Return what happened since the last call."""
        reports, self._own = self._own, []
        for report in self._guardian.receive():
            if isinstance(report, Lost):
                reports += self._lost(report.keys)
            else:
                reports.append(self._translate(report))
        return reports

    def close(self) -> None:
        """End the guardian and everything under it."""
        self._guardian.close()

    def _launch(self, claim: Claim) -> Launch | None:
        """Make the launch for *claim*; where none can be made, report that instead."""
        if isinstance(claim.job.work, Task):
            self._own.append(_unrun(key_of(claim), Unserved()))
            return None
        try:
            launch = self._describe(claim, next(self._numbers))
        except StoreError as error:  # its environment cannot be read now
            self._own.append(Unstartable(key=key_of(claim), message=str(error)))
            return None
        except UnicodeEncodeError:
            message = "the command holds half a character (a lone surrogate); no program takes that"
            self._own.append(_unrun(key_of(claim), CannotStart(message=message)))
            return None
        self._claims[launch.key], self._number_of[key_of(claim)] = claim, launch.key
        return launch

    def _describe(self, claim: Claim, number: int) -> Launch:
        job, run_ms = claim.job, claim.job.started_at or 0
        apart = self._logs.errors_name(job.id, claim.token, run_ms) if job.split_output else ""
        return Launch(
            key=number,
            argv=command_line(job.work),
            cwd=encode(job.cwd or self._cwd),
            env_ref=self._env_ref(job.environment_id),
            env=encode_variables(run_variables(claim)),
            log=encode(self._logs.name(job.id, claim.token, run_ms)),
            timeout_ms=job.timeout_ms,
            kill_grace_ms=self._tuning().kill_grace_ms,
            slots=job.slots,
            memory=job.memory or 0,
            warning=_warning(job.warn),
            errors=encode(apart),
            input=b"" if job.input is None else encode(job.input),
        )

    def _env_ref(self, environment_id: int | None) -> int:
        patterns = self._tuning().env_pass
        which = patterns if environment_id is None else environment_id
        if (known := self._env_refs.get(which)) is not None:
            return known
        variables = pick_environment(os.environ, patterns)
        if environment_id is not None:
            variables = without_private(self._stored(environment_id))
        ref = self._env_refs[which] = self._guardian.define_env(
            encode_variables({**variables, **self._shared})
        )
        return ref

    def _translate(self, report: Started | Ended | NotStarted | Recalled) -> RunReport:
        match report:
            case Ended():
                return self._ended(report)
            case Started(key=number, pid=pid, at_ms=at_ms):
                self._started.add(number)
                return RunStarted(key=key_of(self._claims[number]), pid=pid, at_ms=at_ms)
            case NotStarted():
                return self._not_started(report)
            case Recalled(key=number):
                return RunRecalled(key=self._forget(number))
            case _:
                assert_never(report)

    def _ended(self, report: Ended) -> RunEnded:
        job = self._claims[report.key].job
        if report.log_problem is not None:
            told = run_fields(job) | {"reason": report.log_problem}
            log.warning("output was not kept", extra=told)
        ending = _ending(report, job)
        if isinstance(ending, Exited) and ending.code in shells.CANNOT_RUN:
            ending = self._told_by_shell(ending, job)
        facts = RunFacts(
            started_at=report.started_ms,
            exit_code=report.exit_code,
            signal=report.signal,
            error=_error(ending),
            max_rss=report.max_rss,
            cpu_ms=report.cpu_ms,
            log_bytes=report.log_bytes,
            log_lost=report.log_lost or None,
            run_ms=report.run_ms,
        )
        pid = None if report.key in self._started else report.pid
        return RunEnded(self._forget(report.key), facts, ending, report.run_ms, pid)

    def _told_by_shell(self, ending: Exited, job: Job) -> Ending:
        policy = self._tuning().policy_of(job.queue)
        if ending.code in (policy.exit_retry if job.exit_retry is None else job.exit_retry):
            return ending
        try:
            message = shells.missing(job, stored=self._stored, cwd=encode(job.cwd or self._cwd))
        except StoreError:  # its environment cannot be read now
            return ending
        return ending if message is None else CannotStart(message=message)

    def _not_started(self, report: NotStarted) -> RunReport:
        key = self._forget(report.key)
        match report.problem:
            case SpawnProblem.RESOURCES:
                return Unstartable(key=key, message=report.message)
            case SpawnProblem.NOT_FOUND | SpawnProblem.NOT_EXECUTABLE | SpawnProblem.NO_FOLDER:
                return _unrun(key, CannotStart(message=report.message))
            case _:
                assert_never(report.problem)

    def _lost(self, numbers: Sequence[int]) -> list[RunReport]:
        # Starts are told a few ms late: as many of the next in line as had a slot may have run too,
        # and one of them may have killed the guardian. The others count as not started, though of
        # very short ones some may have come and gone untold.
        unstarted = [number for number in sorted(numbers) if number not in self._started]
        free_slots = self._slots - self._slots_of(set(numbers) - set(unstarted))
        waiting = set(unstarted)
        for number in unstarted:
            if free_slots <= 0:
                break
            free_slots -= self._slots_of([number])
            waiting.discard(number)
        return [self._lose(number, had_started=number not in waiting) for number in numbers]

    def _slots_of(self, numbers: Iterable[int]) -> int:
        return sum(self._claims[number].job.slots for number in numbers)

    def _lose(self, number: int, *, had_started: bool) -> RunReport:
        key = self._forget(number)
        if not had_started:
            return RunRecalled(key=key)
        return _unrun(key, GUARDIAN_DIED)

    def _forget(self, number: int) -> RunKey:
        key = key_of(self._claims.pop(number))
        del self._number_of[key]
        self._started.discard(number)
        return key


def _warning(warn: Warn | None) -> tuple[int, int] | tuple[()]:
    number = getattr(signals, f"SIG{warn.signal}", None) if warn else None
    return (int(number), warn.before_ms) if warn and number else ()


def _ending(report: Ended, job: Job) -> Ending:
    if report.over_memory:
        return OverMemory(limit=job.memory or 0)
    if report.timed_out:
        return TimedOut(after_ms=job.timeout_ms or report.run_ms)
    if report.stopped:
        return Stopped()
    if report.signal is not None:
        return Signalled(signal=report.signal)
    return Exited(code=report.exit_code) if report.exit_code else _COMPLETED


def _unrun(key: RunKey, ending: Ending) -> RunEnded:
    return RunEnded(key=key, facts=RunFacts(error=_error(ending)), ending=ending, run_ms=0)


def _error(ending: Ending) -> str | None:
    return None if isinstance(ending, _NO_ERROR) else error_of(ending)
