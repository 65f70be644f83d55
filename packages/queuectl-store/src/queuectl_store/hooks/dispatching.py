"""From events to jobs that deliver them, inside a transaction that the store has begun.

A hook's row is locked, the jobs are made, and its place in the feed moves on: all or nothing, so
each event makes one job a hook, whoever looks and however often.
"""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple

from queuectl_store import records, template
from queuectl_store.enqueue import calls
from queuectl_store.errors import InvalidHook, InvalidJob
from queuectl_store.events import Event
from queuectl_store.feed import Place
from queuectl_store.hooks.happening import happening, headline
from queuectl_store.hooks.hook import Hook, HookRule
from queuectl_store.hooks.rows import read_hook
from queuectl_store.job import HOOK_QUEUE, Job, NewJob, Task
from queuectl_store.sql.plain import hooks as sql
from queuectl_store.sql.plain import read
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb

log = logging.getLogger(__name__)

# Events that one transaction passes over, deliveries that it makes for a hook (together some 60 ms
# of SQLite's write lock), and jobs that it reads at a time.
STRETCH = 10_000
MOST_TOLD = 100
_JOBS_AT_ONCE = 200
_DIED = (Verb.DIE, Verb.GIVE_UP)

Enqueue = Callable[[Connection, Sequence[NewJob]], object]


class Stretch(NamedTuple):
    """A part of the feed: after *start*, up to *end*; *more* comes after it."""

    start: Place
    end: Place
    more: bool


def next_stretch(connection: Connection, start: Place) -> Stretch | None:
    """Return the next part of the feed after *start*; None where nothing has come."""
    values = {"after_tx": start.tx, "after_id": start.id}
    if (newest := newest_after(connection, start)) is None:
        return None
    last = sql.PLACE_AT.run(connection, {**values, "skipped": STRETCH - 1}).first()
    return Stretch(start, newest if last is None else Place(*last), more=last is not None)


def newest_after(connection: Connection, start: Place) -> Place | None:
    """Return the newest place of the feed after *start*; None where nothing has come."""
    values = {"after_tx": start.tx, "after_id": start.id}
    row = sql.NEWEST_PLACE.run(connection, values).first()
    return None if row is None else Place(*row)


class Dispatched(Enum):
    """What one dispatch came to."""

    NO_HOOKS = "no hook is to be told of anything"
    NOTHING = "nothing happened, or nothing can be told now"
    SOME = "the places moved on"
    MORE = "the places moved on, and there is more"


def dispatch(connection: Connection, enqueue: Enqueue) -> Dispatched:
    """Deal with what happened since each hook's place."""
    done = Dispatched.NOTHING
    for row in sql.LOCK_ACTIVE.run(connection).all():
        stretch = next_stretch(connection, Place(row.tx, row.event_id))
        if stretch is None:
            continue
        try:
            hook = read_hook(row)
        except InvalidHook as error:  # its place stays, for a worker that can read it
            log.warning("a hook is left to others", extra={"hook": row.name, "reason": str(error)})
            continue
        more = _pass_over(connection, enqueue, hook, stretch)
        if done is not Dispatched.MORE:
            done = Dispatched.MORE if more else Dispatched.SOME
    return done


def job_for(hook: Hook, told: dict[str, Any], *, key: str) -> NewJob:
    """Return the job that delivers *told*.

    Raises:
        InvalidJob: A newer version stored the hook.
    """
    new = template.from_json(hook.template)
    new = replace(
        new,
        queue=HOOK_QUEUE,
        key=key,
        name=headline(told)[:200],
        tags={**new.tags, "hook": hook.name},
    )
    if isinstance(new.work, Task):
        return replace(new, work=replace(new.work, kwargs={"hook": hook.id, "event": told}))
    return replace(new, input=json.dumps(told), env={**new.env, **_variables(told)})


def _pass_over(connection: Connection, enqueue: Enqueue, hook: Hook, stretch: Stretch) -> bool:
    """Tell *hook* of the stretch, or of its beginning; return whether there is more after that."""
    failures, new, end, more = hook.failures, [], stretch.end, stretch.more
    for place, event, job in _matches(connection, hook.rule, stretch):
        failures, is_told = _count(hook.rule, failures, event.verb)
        if is_told:
            new += _delivery(hook, happening(hook, event, job), key=f"hook.{hook.id}.{event.id}")
        if len(new) >= MOST_TOLD:
            end, more = place, True
            break
    if new:
        enqueue(connection, new)
    values = {"of": hook.id, "to_tx": end.tx, "to_id": end.id}
    sql.MOVE_ON.run(connection, {**values, "counted": failures})
    return more


def _delivery(hook: Hook, told: dict[str, Any], *, key: str) -> list[NewJob]:
    try:
        new = job_for(hook, told, key=key)
        calls.checked([new])
    except InvalidJob as error:  # what cannot be told must not hold up what can
        log.warning("an event was not told", extra={"hook": hook.name, "reason": str(error)})
        return []
    return [new]


def _count(rule: HookRule, failures: int, verb: Verb) -> tuple[int, bool]:
    """Return the failures in a row after an event, and whether it is one to tell."""
    if rule.after_failures is None:
        return failures, True
    if verb in _DIED:
        return failures + 1, failures + 1 == rule.after_failures
    return 0, False


def _matches(
    connection: Connection, rule: HookRule, stretch: Stretch
) -> Iterator[tuple[Place, Event, Job]]:
    values = {
        "after_tx": stretch.start.tx,
        "after_id": stretch.start.id,
        "to_tx": stretch.end.tx,
        "to_id": stretch.end.id,
        "wanted_verbs": json.dumps([{"verb": verb} for verb in sorted(rule.verbs)]),
        "hook_queue": HOOK_QUEUE,
    }
    rows = sql.CANDIDATES.run(connection, values).all()
    near = [row for row in rows if not rule.queues or row.queue in rule.queues]
    for at in range(0, len(near), _JOBS_AT_ONCE):
        part = near[at : at + _JOBS_AT_ONCE]
        jobs = _jobs(connection, {row.job_id for row in part})
        for row in part:
            if (job := jobs.get(row.job_id)) is not None and _fits(rule, job):
                yield Place(row.tx, row.id), records.event(row), job


def _fits(rule: HookRule, job: Job) -> bool:
    task = job.work.name if isinstance(job.work, Task) else None
    return (
        rule.name in (None, job.name)
        and rule.task in (None, task)
        and rule.group in (None, job.group)
        and all(job.tags.get(key) == value for key, value in rule.tags.items())
    )


def _jobs(connection: Connection, ids: set[int]) -> dict[int, Job]:
    wanted = json.dumps([{"n": n, "id": each} for n, each in enumerate(sorted(ids))])
    rows = read.JOBS_BY_ID.run(connection, {"wanted": wanted}).all()
    return {row.id: records.job_with_last(row) for row in rows}


def _variables(told: dict[str, Any]) -> dict[str, str]:
    job, event = told["data"]["job"], told["data"]["event"] or {}
    values = {
        "HOOK": told["hook"],
        "EVENT": told["type"],
        "EVENT_AT": told["timestamp"],
        "EVENT_JOB_ID": job["id"],
        "EVENT_STATE": event.get("state"),
        "EVENT_ATTEMPT": event.get("attempt"),
        "EVENT_NAME": job["name"],
        "EVENT_QUEUE": job["queue"],
        "EVENT_COMMAND": job["command"] or job["task"],
        "EVENT_EXIT_CODE": job["exit_code"],
        "EVENT_ERROR": job["error"],
        "EVENT_TEXT": headline(told),
    }
    # No program can be given a NUL.
    return {
        f"QUEUECTL_{name}": str(value).replace("\0", "")
        for name, value in values.items()
        if value is not None
    }
