"""Values into the one JSON parameter that a batch statement reads."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from queuectl_store import bounds, spec
from queuectl_store.fallbacks import Fallbacks
from queuectl_store.fingerprint import fingerprint
from queuectl_store.job import Claim, NewJob, NewWorker, Task
from queuectl_store.outcome import (
    VERBS,
    Cancelled,
    Dead,
    Finish,
    Outcome,
    Released,
    Retry,
    RunFacts,
    Snoozed,
    Succeeded,
)
from queuectl_store.states import TRANSITIONS, JobState, Verb

_RECORDED: dict[type[Outcome], str] = {
    Succeeded: "succeeded",
    Retry: "failed",
    Dead: "failed",
    Snoozed: "snoozed",
    Released: "released",
    Cancelled: "cancelled",
}
# A run that ended for no fault of the job uses no attempt (reliability P7).
_UNUSED = (Snoozed, Released, Cancelled)
# The verb, the state that the job comes to, and how the attempt's row says it.
_MOVES: dict[type[Outcome], tuple[str, str, str]] = {
    # Plain texts: a driver looks at what else it is given for longer.
    kind: (str(verb), str(TRANSITIONS[verb].target), _RECORDED[kind])
    for kind, verb in VERBS.items()
}
_UNSEEN = RunFacts()[1:-1]
_encode = json.JSONEncoder(separators=(",", ":")).encode


Entry = tuple[str, NewJob, str, int | None]
# In the order of the columns of ENDED.
Ending = tuple[Any, ...]
NOTHING: Mapping[str, dict[str, Any]] = MappingProxyType({})


class Moved(NamedTuple):
    """One change of state, to be written to the event log and counted.

    Attributes:
        queue: That it is in now.
        source: The state that it left; None of a new job.
        left_queue: The queue that it left, if it is another one.
    """

    job_id: int
    verb: Verb
    state: str
    attempt: int
    queue: str
    task: str | None
    source: str | None
    note: str | None = None
    left_queue: str | None = None


def moved(row: Any, verb: Verb, *, note: str | None = None) -> Moved:
    """Return what *verb* did of a row that the statement of the move gave back."""
    return Moved(row.id, verb, row.state, row.attempt, row.queue, row.task, row.was, note)


def new_jobs(
    jobs: Sequence[Entry], fallbacks: Fallbacks, more: Mapping[str, dict[str, Any]] = NOTHING
) -> str:
    """Return rows for ENQUEUE from (key, job, spec text, environment id); *more* wins, by key."""
    return _encode(
        [
            _known({"n": n, **new_job(entry, fallbacks), **more.get(entry[0], {})}.items())
            for n, entry in enumerate(jobs)
        ]
    )


def alike(jobs: Iterable[tuple[str, NewJob, str]]) -> str:
    """Return rows for ENQUEUE_ALIKE from (key, job, spec text)."""
    return _encode([{"n": n, "key": key, "spec": text} for n, (key, _, text) in enumerate(jobs)])


def new_job(entry: Entry, fallbacks: Fallbacks) -> dict[str, Any]:
    """Return a row for ENQUEUE from (key, job, spec text, environment id)."""
    key, new, text, environment_id = entry
    return {
        "key": key,
        # Text of no class of its own: SQLite asks others how they are written.
        "state": first_state(new).value,
        "queue": new.queue,
        "priority": new.priority,
        **_allowance(new, fallbacks),
        "run_at": new.run_at,
        "delay_ms": new.delay_ms,
        "environment_id": environment_id,
        "name": new.name,
        "task": new.work.name if isinstance(new.work, Task) else None,
        "spec": text,
        "slots": new.slots,
        "guarded": int(is_guarded(new)),
        "concurrency_key": new.concurrency_key,
        "resources": json.dumps(dict(new.resources)) if new.resources else None,
        **_unique(new),
    }


def is_guarded(new: NewJob) -> bool:
    """Tell whether a limit beside its queue's may hold it back, so that the plain claim may not."""
    return new.slots != 1 or bool(new.concurrency_key or new.resources)


def _allowance(new: NewJob, fallbacks: Fallbacks) -> dict[str, int | None]:
    retries, timeout_ms = new.max_retries, new.timeout_ms
    if retries is None or timeout_ms is None:
        fallback = fallbacks.of(new.queue)
        retries = fallback.max_retries if retries is None else retries
        timeout_ms = fallback.timeout_ms if timeout_ms is None else timeout_ms
    return {"max_retries": retries, "timeout_ms": timeout_ms or None}


def _unique(new: NewJob) -> dict[str, Any]:
    if (unique := new.unique) is None:
        return {}
    return {
        "unique_key": unique.key,
        "unique_slot": unique.slot(new.queue),
        "unique_live": 1,
        "unique_ms": unique.lasts_ms,
        "unique_waiting": int(unique.while_waiting),
    }


def first_state(new: NewJob) -> JobState:
    """Say in which state *new* begins."""
    if new.hold:
        return JobState.HELD
    if new.run_at is not None or new.delay_ms is not None:
        return JobState.SCHEDULED
    return JobState.PENDING


def new_worker(worker: NewWorker) -> dict[str, Any]:
    """Return the parameters of REGISTER."""
    return {
        "key": secrets.token_urlsafe(12),
        "host": spec.clean(worker.host),
        "pid": worker.pid,
        "version": worker.version,
        "concurrency": worker.concurrency,
        "queues": None if worker.queues is None else json.dumps(worker.queues),
        "lease_ms": bounds.delay(worker.lease_ms),
    }


def moves(moved: Iterable[Moved]) -> str:
    """Return rows for WRITE_EVENTS."""
    return _encode([_event(each) for each in moved])


def moved_alike(ids: Iterable[int]) -> str:
    """Return rows for WRITE_SAME_EVENTS."""
    return _encode([{"job_id": job_id} for job_id in ids])


def taken(claims: Iterable[Claim]) -> str:
    """Return rows for WRITE_CLAIMS."""
    return _encode([{"job_id": job.id, "attempt": job.attempt} for job, _, _ in claims])


def endings(finishes: Iterable[Finish]) -> list[Ending]:
    """Return the rows of ENDED, which FINISH, WRITE_ATTEMPTS and WRITE_ENDINGS read."""
    return [_ending(finish) for finish in finishes]


def recorded_as(finish: Finish) -> str:
    """Name how the attempt ended, as its row says it."""
    return recorded(type(finish.outcome), crashed=finish.crashed)


def recorded(outcome: type[Outcome], *, crashed: bool) -> str:
    """Name how an attempt of such an *outcome* ended, as its row says it."""
    return "crashed" if crashed else _RECORDED[outcome]


def _event(moved: Moved) -> dict[str, Any]:
    row = {
        "job_id": moved.job_id,
        "verb": moved.verb,
        "state": moved.state,
        "attempt": moved.attempt,
    }
    return row if moved.note is None else {**row, "note": moved.note}


def _known(columns: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    # A column that is not there reads as null. SQLite looks for each column of a row from its
    # beginning, which makes blanks and nulls a third of what recording an attempt costs.
    return {name: value for name, value in columns if value is not None}


def _ending(finish: Finish) -> Ending:
    (job, token, _), outcome, facts, crashed = finish
    verb, state, word = _MOVES[type(outcome)]
    if crashed:
        word = "crashed"
    # Of most tasks nothing else was seen.
    if facts[1:-1] == _UNSEEN:
        seen = (bounds.instant(facts.started_at), *_UNSEEN, bounds.instant(facts.run_ms))
    else:
        seen = _fitting(facts)
    if isinstance(outcome, Succeeded):
        result = None if outcome.result is None else spec.clean(outcome.result)
        unused = delay_ms = note = alike = None
    else:
        result, unused = None, 1 if isinstance(outcome, _UNUSED) else None
        delay_ms, note, alike = _reason(outcome, facts)
    change = (unused, 1 if crashed else None, delay_ms, note, result, alike)
    return (job.id, token, verb, state, *change, job.attempt, word, *seen)


def _fitting(facts: RunFacts) -> tuple[Any, ...]:
    return (
        bounds.instant(facts.started_at),
        bounds.whole(facts.exit_code),
        bounds.small(facts.signal),
        bounds.words(facts.error),
        bounds.whole(facts.max_rss),
        bounds.whole(facts.cpu_ms),
        bounds.whole(facts.log_bytes),
        bounds.whole(facts.log_lost),
        bounds.instant(facts.run_ms),
    )


def _reason(outcome: Outcome, facts: RunFacts) -> tuple[int | None, str | None, str | None]:
    """Return the delay until it runs again, why, and what its error has in common with others."""
    note = bounds.words(_note(outcome))
    if isinstance(outcome, Retry | Snoozed):
        return bounds.delay(outcome.delay_ms), note, None
    if isinstance(outcome, Dead):
        return None, note, fingerprint(facts.error or note or "")
    return None, note, None


def _note(outcome: Outcome) -> str | None:
    match outcome:
        case Dead(reason=reason) | Released(reason=reason) | Cancelled(reason=reason):
            return reason
        case Retry(reason=text) | Snoozed(reason=text):
            return text
        case Succeeded():
            return None
