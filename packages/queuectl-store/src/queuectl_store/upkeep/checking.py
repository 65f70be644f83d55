"""`db check`: whether the database is sound, and whether what it holds makes sense.

Reads one state of the store and changes nothing. Each finding says what to do about it.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from queuectl_store.database import Database
from queuectl_store.limits import sweeping
from queuectl_store.rollups import recounting
from queuectl_store.sql.plain import checks as sql
from queuectl_store.sql.plain import stories
from queuectl_store.sql.statement import Connection
from queuectl_store.states import TRANSITIONS, JobState, Verb
from queuectl_store.values import dataclass

_SHOWN = 20
_ROWS = 1_000
_UNUSED = (Verb.GIVE_BACK, Verb.SNOOZE, Verb.STOP)
_ENDS = (Verb.SUCCEED, Verb.BACK_OFF, Verb.DIE, *_UNUSED)
_RERUN = "`queuectl cancel` and `rerun` it"
_RESTORE = "restore a backup; `queuectl db copy` keeps what can still be read"
_REPORT = "please report it: the program should never write this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong.

    Attributes:
        kind: A stable name.
        text: What is wrong, with the first ids.
        remedy: What to do.
        ids: The first of the ids of jobs (or of what the text names).
        is_damage: The database itself is damaged, not only what we keep in it.
    """

    kind: str
    text: str
    remedy: str
    ids: tuple[int, ...] = ()
    is_damage: bool = False


# By kind: what is wrong with {ids}, and what to do.
_SAID: Mapping[str, tuple[str, str]] = {
    "unknown_state": ("jobs {ids} are in a state that there is not", _REPORT),
    "ended_without_end": ("jobs {ids} have ended at no time", _REPORT),
    "end_without_ended": ("jobs {ids} have an end and go on", _REPORT),
    "running_for_nobody": (
        "jobs {ids} run for a worker that is not known",
        "a worker rescues them",
    ),
    "no_environment": ("jobs {ids} have lost the environment they were enqueued with", _RERUN),
    "no_group": ("jobs {ids} belong to a group that is gone", _REPORT),
    "attempts_of_nobody": ("attempts of the jobs {ids} are left, the jobs are gone", _REPORT),
    "edges_of_nobody": ("dependencies of the jobs {ids} are left, the jobs are gone", _REPORT),
    "edges_to_nobody": (
        "jobs {ids} wait for a job that is gone",
        "`queuectl cancel` them, or enqueue them again",
    ),
    "unmet_not_its_edges": ("jobs {ids} count their unmet dependencies wrongly", _RERUN),
    "blocked_by_nothing": ("jobs {ids} are blocked and wait for nothing", _RERUN),
    "parked_with_room": (
        "jobs {ids} wait for a limit that has room",
        "a running worker lets them go within seconds; if not, `queuectl hold` and `release` them",
    ),
    "unique_without_slot": ("jobs {ids} hold a unique key that has no name", _REPORT),
    "group_not_finished": ("groups {ids} have no member left to run and are not finished", _REPORT),
    "schedule_without_next": (
        "schedules {ids} have no next time",
        "`queuectl schedule pause` and `resume` them",
    ),
    "schedule_without_last": ("schedules {ids} name a latest job that is gone", _REPORT),
    "events_of_another_server": (
        "events {ids} were restored from another server, and the feed does not show them yet",
        "a running worker, or `queuectl prune`, puts them at its beginning",
    ),
    "log_not_the_job": ("jobs {ids} are not what their event log says", _REPORT),
    "move_not_allowed": ("jobs {ids} made a move that is not in the table of moves", _REPORT),
    "claims_not_the_token": ("jobs {ids} have a token that is not the number of claims", _REPORT),
    "attempts_not_the_log": ("jobs {ids} have not one attempt for each run that ended", _REPORT),
}


def check(database: Database) -> list[Finding]:
    """Return what is wrong; nothing, if all is well."""
    care = database.engine.care
    try:
        with closing(care.begin_look()) as connection:
            damage = care.integrity(connection)
            if damage:
                text = "the database fails its own check: " + "; ".join(damage[:_SHOWN])
                return [Finding(kind="damage", text=text, remedy=_RESTORE, is_damage=True)]
            return [
                *_wrong_rows(connection),
                *_parked_with_room(connection),
                *_wrong_stories(connection),
                *_ids_to_come(connection),
                *_miscounted(connection),
            ]
    except database.engine.errors as error:
        raise database.engine.translate(error, committing=False) from error


def _wrong_rows(connection: Connection) -> Iterator[Finding]:
    for kind, statement in sql.WRONG.items():
        ids = statement.run(connection).scalars().all()
        if ids:
            yield _finding(kind, ids)


def _parked_with_room(connection: Connection) -> Iterator[Finding]:
    names: set[str] = set()
    swept = sweeping.look(connection, "")
    names |= swept.found
    while swept.after:
        swept = sweeping.look(connection, swept.after)
        names |= swept.found
    ids = [sql.FIRST_WAITING.run(connection, {"of": name}).scalar_one() for name in names]
    if ids:
        yield _finding("parked_with_room", sorted(ids))


def _wrong_stories(connection: Connection) -> Iterator[Finding]:
    found: dict[str, list[int]] = {}
    for job, events, attempts in _stories(connection):
        for kind in _contradictions(job, events, attempts):
            found.setdefault(kind, []).append(job.id)
    yield from (_finding(kind, ids) for kind, ids in found.items())


def _contradictions(job: Any, events: Sequence[Any], attempts: int) -> Iterator[str]:
    """Replay a job's event log; where its beginning was pruned, as far as that can tell."""
    if not events:
        return
    is_whole = events[0].verb == Verb.ENQUEUE
    state, used = events[0].state, events[0].attempt
    for event in events[1:]:
        move = TRANSITIONS.get(Verb(event.verb))  # one that moves nothing has none
        if move and not move.allows(state, event.state):
            yield "move_not_allowed"
        used += 1 if event.verb == Verb.CLAIM else -1 if event.verb in _UNUSED else 0
        state = JobState(event.state)
    if (state, used) != (job.state, job.attempt):
        yield "log_not_the_job"
    verbs = [event.verb for event in events]
    if is_whole and verbs.count(Verb.CLAIM) != job.token:
        yield "claims_not_the_token"
    if is_whole and sum(verb in _ENDS for verb in verbs) != attempts:
        yield "attempts_not_the_log"


def _stories(connection: Connection) -> Iterator[tuple[Any, list[Any], int]]:
    """Yield each job with its events and the number of its attempts, all in the order of ids."""
    after = 0
    while jobs := stories.JOBS.run(connection, {"after": after, "at_most": _ROWS}).all():
        these = {"first": jobs[0].id, "last": jobs[-1].id}
        found = stories.EVENTS.run(connection, these)
        events = {
            job_id: list(rows) for job_id, rows in itertools.groupby(found, lambda row: row.job_id)
        }
        runs = {row.job_id: row.n for row in stories.ATTEMPTS.run(connection, these)}
        for job in jobs:
            yield job, events.get(job.id, []), runs.get(job.id, 0)
        after = these["last"]


def _ids_to_come(connection: Connection) -> Iterator[Finding]:
    for table, statement in sql.LARGEST_ID.items():
        largest = statement.run(connection).scalar_one()
        last = sql.LAST_ID[table].run(connection).scalar_one()
        if last < largest:
            yield Finding(
                kind="ids_used_again",
                text=f"{table} would give ids from {last + 1} again, though it has {largest}",
                remedy=_RESTORE,
                ids=(largest,),
            )


def _miscounted(connection: Connection) -> Iterator[Finding]:
    wrong = recounting.differences(connection)
    if wrong and not recounting.is_uncounted(connection):
        said = [f"{queue} {state} by {more:+}" for (queue, state), more in sorted(wrong.items())]
        yield Finding(
            kind="counts_not_the_jobs",
            text=f"there are other jobs than were counted: {', '.join(said[:_SHOWN])}",
            remedy=f"`queuectl db check --recount` puts it right; {_REPORT}",
        )


def _finding(kind: str, ids: Sequence[int]) -> Finding:
    text, remedy = _SAID[kind]
    shown = ", ".join(map(str, ids[:_SHOWN])) + (", …" if len(ids) > _SHOWN else "")
    return Finding(kind=kind, text=text.format(ids=shown), remedy=remedy, ids=tuple(ids[:_SHOWN]))
