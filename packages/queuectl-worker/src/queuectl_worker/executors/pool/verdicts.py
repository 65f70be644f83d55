"""How the run of a task process ended, as the worker reports it."""

import logging
import time

from queuectl_store import RunFacts
from queuectl_worker.context import run_fields
from queuectl_worker.executors.pool.link import Message
from queuectl_worker.executors.pool.member import PoolRun
from queuectl_worker.executors.protocol import Completed, Ending, RunEnded, Stopped, key_of
from queuectl_worker.guardian import Ended
from queuectl_worker.retry import Exited, Raised, Signalled, SnoozedItself, error_of

log = logging.getLogger(__name__)

_NO_FAULT = (Completed, Stopped, SnoozedItself)
_TOLD = ("cpu_ms", "max_rss", "log_bytes")


def facts_told(message: Message) -> dict[str, int | None]:
    """Return what a task process measured of its run."""
    return {name: message[name] for name in _TOLD}


def facts_of_death(report: Ended) -> dict[str, int | None]:
    """Return what the guardian measured of a task process that died in its run."""
    return {
        "exit_code": report.exit_code,
        "signal": report.signal,
        "cpu_ms": report.cpu_ms,
        "max_rss": report.max_rss,
    }


def ending_of_death(report: Ended) -> Ending:
    """Say what the death of a task process, which nobody asked for, means for its run."""
    if report.signal is not None:
        return Signalled(signal=report.signal)
    if report.exit_code:
        return Exited(code=report.exit_code)
    return Raised(kind="ProcessExit", message="the task ended its process")


def ended(
    run: PoolRun, ending: Ending, *, run_ms: int | None = None, **facts: int | None
) -> RunEnded:
    """Return the report of *run*.

    Args:
        run_ms: How long it took, as its process says; None: it ends now.
    """
    error = None if isinstance(ending, _NO_FAULT) else error_of(ending)  # type: ignore[arg-type]
    if run_ms is None:
        run_ms = max(0, round((time.monotonic() - run.began) * 1000))
    told = RunFacts(started_at=run.started_ms, error=error, run_ms=run_ms, **facts)
    return RunEnded(key=key_of(run.claim), facts=told, ending=ending, run_ms=run_ms)


def log_oddities(run: PoolRun, message: Message) -> None:
    """Tell the worker's log of what is no fault of the run."""
    fields = run_fields(run.claim.job)
    if (reason := message["log_problem"]) is not None:
        log.warning("output was not kept", extra={**fields, "reason": reason})
    if left := message["left"]:
        log.info("a task left processes, which are ended", extra={**fields, "processes": left})
