"""What a worker does, as log records: a start and an end of each run, and of the worker itself."""

import logging
import time
from typing import Any

from queuectl_store import (
    TRANSITIONS,
    Claim,
    Dead,
    Finish,
    Outcome,
    Released,
    Retry,
    Snoozed,
    verb_of,
)
from queuectl_worker.context import run_fields
from queuectl_worker.journal.fields import JobFields
from queuectl_worker.news import JobEnded, JobStarted, News, WorkerJoined, WorkerStopping

log = logging.getLogger("queuectl.worker")


def tell(news: News) -> None:
    """Log a piece of news under the logger `queuectl.worker`: a listener of a worker.

    A run that failed is a warning while it is retried, an error once its job is dead. Commands
    are not logged, since people write passwords into them; a job's name and its task are.
    """
    match news:
        case WorkerJoined(worker_id=worker_id):
            log.info("worker joined", extra={"worker_id": worker_id})
        case WorkerStopping(now=now):
            log.info("worker stopping", extra={"now": now})
        case JobStarted(claim=claim, pid=pid, at_ms=at_ms):
            _log_start({**_of(claim), "pid": pid}, at_ms)
        case JobEnded(finish=finish):
            log.log(_level(finish.outcome), "job ended", extra=_end(finish))
        # WorkerPaused and ResultRefused: their warnings are logged where they come about.


class Journal:
    """Tells the news as `tell` does, and names the worker on the records of *fields*.

    For a process with one worker.
    """

    def __init__(self, fields: JobFields) -> None:
        self._fields = fields

    def __call__(self, news: News) -> None:
        """Hear a piece of news."""
        if isinstance(news, WorkerJoined):
            self._fields.worker_id = news.worker_id
        tell(news)


def _log_start(fields: dict[str, Any], at_ms: int) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    message = "job started"
    record = log.makeRecord(log.name, logging.INFO, __file__, 0, message, (), None, extra=fields)
    # A listener hears of it later, and the task may have logged before: its time is the start's.
    record.created, record.msecs = at_ms / 1000, float(at_ms % 1000)
    log.handle(record)


def _of(claim: Claim) -> dict[str, Any]:
    return {**run_fields(claim.job), "job_name": claim.job.name}


def _level(outcome: Outcome) -> int:
    match outcome:
        case Dead():
            return logging.ERROR
        case Retry():
            return logging.WARNING
        case _:
            return logging.INFO


def _end(finish: Finish) -> dict[str, Any]:
    ran = finish.facts
    return {
        **_of(finish.claim),
        "state": TRANSITIONS[verb_of(finish.outcome)].target.value,
        "exit_code": ran.exit_code,
        "signal": ran.signal,
        "error": ran.error,
        "reason": _reason(finish.outcome, ran.error),
        "again_in": _again_in(finish.outcome),
        "duration": _duration(finish),
        "max_rss": ran.max_rss,
        "cpu_seconds": None if ran.cpu_ms is None else ran.cpu_ms / 1000,
    }


def _reason(outcome: Outcome, error: str | None) -> str | None:
    match outcome:
        case Released(reason=reason) | Dead(reason=reason):
            return None if reason == error else reason
        case Snoozed(reason=reason):
            return reason
        case _:
            return None


def _again_in(outcome: Outcome) -> float | None:
    match outcome:
        case Retry(delay_ms=delay_ms) | Snoozed(delay_ms=delay_ms):
            return delay_ms / 1000
        case _:
            return None


def _duration(finish: Finish) -> float | None:
    if (started_ms := finish.facts.started_at) is None:
        return None
    return max(0, time.time_ns() // 1_000_000 - started_ms) / 1000
