"""One claim's life between the claim and its finish: started, run, decided."""

import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from queuectl_store import (
    Cancelled,
    Claim,
    Finish,
    Job,
    Outcome,
    Released,
    RunFacts,
    Snoozed,
    Succeeded,
    Task,
)
from queuectl_worker.completer import Completer
from queuectl_worker.executors import (
    Completed,
    Ending,
    Executor,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Stopped,
    Unserved,
    Unstartable,
)
from queuectl_worker.news import JobStarted, OnNews, WorkerPaused
from queuectl_worker.producer import Pace
from queuectl_worker.retry import Crashed, Failure, decide
from queuectl_worker.runs import Run, Runs
from queuectl_worker.timing import Pause
from queuectl_worker.tuning import Tuning

log = logging.getLogger(__name__)

# A run that waits this long behind others is given back: another worker may have a slot for it.
STALE_MS = 500
UNSERVED_PAUSE_MS = 30_000
_SUCCEEDED = Succeeded()


class Runner:
    """Follows the held runs and hands their ends to the completer. For the hot loop's thread alone.

    Attributes:
        is_stopping: What we stop from now on is given back because the worker ends.
        gave_back: Started runs that were given back because the worker ends.
    """

    def __init__(
        self,
        executor: Executor,
        completer: Completer,
        *,
        tuning: Callable[[], Tuning],
        on_news: OnNews,
    ) -> None:
        self._executor, self._completer = executor, completer
        self._tuning, self._tell = tuning, on_news
        self._runs = Runs()
        self._host_pause = Pause(first_ms=500, longest_ms=30_000)
        self.pace = Pace()
        self.is_stopping = False
        self.gave_back = 0

    @property
    def held(self) -> int:
        """Runs that wait or run."""
        return len(self._runs)

    @property
    def held_slots(self) -> int:
        """Slots that those take, but for deliveries of hooks."""
        return self._runs.slots

    @property
    def held_beside(self) -> int:
        """Deliveries of hooks that are held."""
        return self._runs.beside

    def holds(self, key: RunKey) -> bool:
        """Tell whether that run is held."""
        return self._runs.get(key) is not None

    def host_pause_ms(self, now_ms: int) -> int:
        """Return for how long nothing should be claimed because this host cannot start runs."""
        return self._host_pause.left_ms(now_ms)

    def hold(self, claims: Sequence[Claim], *, now_ms: int) -> None:
        """Take charge of *claims* and let them run."""
        self._runs.hold(claims, now_ms=now_ms)
        self._executor.submit(claims)

    def take(self, reports: Iterable[RunReport], *, now_ms: int) -> None:
        """Act on reports of the executor; one on a run that is not held any more is ignored."""
        runs_ms: list[int] = []
        for report in reports:
            match report:
                case RunEnded():
                    beside = self._runs.beside
                    self._ended(report, now_ms)
                    # How long receivers take says nothing of the jobs.
                    if not isinstance(report.ending, Crashed) and beside == self._runs.beside:
                        runs_ms.append(report.run_ms)
                case RunStarted(key=key, pid=pid, at_ms=at_ms):
                    self._started(key, pid, at_ms)
                case RunRecalled(key=key):
                    if (run := self._runs.let_go(key)) is not None:
                        self._finish(run, Stopped(), RunFacts(), now_ms)
                case Unstartable(key=key, message=message):
                    self._not_here(message, now_ms)
                    self._give_back(key, message, now_ms)
                case _:
                    assert_never(report)
        if runs_ms:
            self.pace = self.pace.after(runs_ms)

    def cancel(self, keys: Iterable[RunKey]) -> None:
        """Stop the runs that a person cancelled; asking twice changes nothing."""
        for key in keys:
            run = self._runs.get(key)
            if run is not None and not run.is_cancelled:
                run.is_cancelled = True
                self._executor.stop(key, grace_ms=self._tuning().kill_grace_ms)

    def recall(self) -> None:
        """Give back what has no slot yet."""
        if keys := self._runs.unstarted():
            self._executor.recall(keys)

    def recall_stale(self, now_ms: int) -> None:
        """Give back what has waited too long for a slot, and claim ahead no more."""
        stale_in_ms = self.stale_in_ms(now_ms)
        if stale_in_ms is None or stale_in_ms > 0:
            return
        self.pace = self.pace.at_least(STALE_MS)
        self._executor.recall(self._runs.stale(since_ms=now_ms - STALE_MS, now_ms=now_ms))

    def stale_in_ms(self, now_ms: int) -> int | None:
        """Return the time until `recall_stale` has something to do; None when nothing waits."""
        since_ms = self._runs.oldest_unstarted_ms()
        return None if since_ms is None else max(0, since_ms + STALE_MS - now_ms)

    def disown(self) -> None:
        """Kill every run at once and forget it: the lease is lost, so none is ours any more."""
        self._executor.stop_all(grace_ms=0)
        self._runs.clear()

    def _started(self, key: RunKey, pid: int | None, at_ms: int) -> None:
        run = self._runs.get(key)
        if run is not None and not run.has_started:
            self._runs.started(key)
            self._tell_of(run, pid, at_ms)

    def _tell_of(self, run: Run, pid: int | None, at_ms: int) -> None:
        run.has_started = True
        self._host_pause.clear()
        self._tell(JobStarted(run.claim, pid, at_ms))

    def _ended(self, report: RunEnded, now_ms: int) -> None:
        if (run := self._runs.let_go(report.key)) is None:
            return
        if not run.has_started and report.facts.started_at is not None:
            self._tell_of(run, report.pid, report.facts.started_at)
        if isinstance(report.ending, Crashed):
            # With nothing claimed ahead, a job that kills its guardian is among those that surely
            # ran, and is counted: it cannot hide behind the others.
            self.pace = self.pace.at_least(STALE_MS)
        self._finish(run, report.ending, report.facts, now_ms)

    def _not_here(self, message: str, now_ms: int) -> None:
        if not self._host_pause.left_ms(now_ms):
            pause_ms = self._host_pause.begin(now_ms)
            log.warning("cannot start jobs here", extra={"reason": message, "pause_ms": pause_ms})
            self._tell(WorkerPaused(reason=message, pause_ms=pause_ms))

    def _finish(self, run: Run, ending: Ending, facts: RunFacts, now_ms: int) -> None:
        outcome = self._outcome(run, ending)
        finish = Finish(run.claim, outcome, facts, isinstance(ending, Crashed))
        self._completer.add(finish, now_ms=now_ms)

    def _give_back(self, key: RunKey, reason: str, now_ms: int) -> None:
        if (run := self._runs.let_go(key)) is not None:
            finish = Finish(claim=run.claim, outcome=Released(reason=reason))
            self._completer.add(finish, now_ms=now_ms)

    def _outcome(self, run: Run, ending: Ending) -> Outcome:
        match ending:
            case Completed(result=None):
                return _SUCCEEDED
            case Completed(result=result):
                return Succeeded(result=result)
            case Stopped():
                return Cancelled() if run.is_cancelled else self._release(run)
            case Unserved():
                return Snoozed(delay_ms=UNSERVED_PAUSE_MS, reason=_unserved(run.claim.job))
            case _ if isinstance(ending, Failure):
                # A person's wish came after the claim was read: the rule book must hear of it.
                job = replace(run.claim.job, cancel_requested=run.is_cancelled)
                jitter = random.random()  # noqa: S311  # spreads retries, guards nothing
                policy = self._tuning().policy_of(job.queue)
                return decide(job, ending, policy=policy, jitter=jitter)

    def _release(self, run: Run) -> Released:
        if self.is_stopping:
            self.gave_back += run.has_started
            return Released(reason="its worker stopped")
        if run.has_started:
            return Released(reason="its worker could not confirm its lease in time")
        return Released(reason="it waited too long behind other jobs of its worker")


def _unserved(job: Job) -> str:
    name = job.work.name if isinstance(job.work, Task) else "of this kind"
    return f"no task {name} on the worker that took it"
