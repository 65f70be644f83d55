"""Groups of jobs: made on first use, halted by a rule, complete when the last member has ended."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from queuectl_store.clock import Times
from queuectl_store.errors import InvalidJob
from queuectl_store.graph.group import NewGroup
from queuectl_store.graph.halting import HaltOn, parse_halt
from queuectl_store.graph.ids import id_rows
from queuectl_store.job import NewJob
from queuectl_store.ledger import Moved, moved
from queuectl_store.recording import write_moves
from queuectl_store.sql.plain import enqueue
from queuectl_store.sql.plain import groups as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb

_NAME = re.compile(r"\w[\w.:/-]{0,99}")
_COUNTS = {
    HaltOn.FAIL: sql.COUNT_DEAD,
    HaltOn.SUCCESS: sql.COUNT_SUCCEEDED,
    HaltOn.DONE: sql.COUNT_ENDED,
}
_MANY = 2_147_483_647
_AT_ONCE = 1_000


def check(group: NewGroup) -> None:
    """Refuse what cannot be stored.

    Raises:
        InvalidJob: The message names the rule.
    """
    check_name(group.name)
    if group.concurrency is not None and not 1 <= group.concurrency <= _MANY:
        raise InvalidJob(f"a group's concurrency must be 1 or more, got {group.concurrency}")
    if group.on_finish is not None:
        check_last(group.on_finish)


def check_last(last: NewJob) -> None:
    """Refuse what cannot follow a group, or another job, once that has ended.

    Raises:
        InvalidJob: The message names the rule.
    """
    if last.after or last.group or last.key or last.unique:
        raise InvalidJob(
            "a job that follows others takes no dependencies, group, key or unique key"
        )


def check_name(name: str) -> None:
    """Refuse a name that cannot be typed.

    Raises:
        InvalidJob: The message names the rule.
    """
    if not _NAME.fullmatch(name):
        raise InvalidJob(
            f"the group name {name[:100]!r} is not usable: 1 to 100 letters, digits,"
            " _ . : / or -, beginning with a letter or digit"
        )


def admit(
    connection: Connection,
    times: Times,
    rows: Sequence[Mapping[str, Any]],
    *,
    sealing: Collection[str],
) -> dict[str, Any]:
    """Make the groups that are not there yet, lock all of them, and return their rows by name.

    One without a completion job takes the one that is asked for.

    Args:
        rows: From `group_row`.
        sealing: The names of those to which no more members are to come.

    Raises:
        InvalidJob: One was halted, or was made with other rules.
    """
    sql.ADD_GROUPS.run(connection, {"new_groups": json.dumps(rows), **times})
    names = json.dumps([{"name": row["name"]} for row in rows])
    found = {row.name: row for row in sql.LOCK_GROUPS_BY_NAME.run(connection, {"names": names})}
    for row in rows:
        there = found[row["name"]]
        _refuse_other(row, there)
        if row["on_finish"] != there.on_finish and row["on_finish"] is not None:
            values = {"group": there.id, "last_job": row["on_finish"]}
            sql.SET_ON_FINISH.run(connection, values)
    open_ids = [row.id for name, row in found.items() if name in sealing and not row.sealed]
    if open_ids:
        sql.SEAL_GROUPS.run(connection, {"chosen_groups": id_rows(open_ids)})
    return found


def group_row(group: NewGroup, *, sealed: bool, on_finish: str | None) -> dict[str, Any]:
    """Return the row of a new group; *on_finish* is the completion job as a row for ENQUEUE."""
    return {
        "name": group.name,
        "concurrency": group.concurrency,
        "halt": None if group.halt is None else str(group.halt),
        # Without a completion job nothing is fired too early by a group that looks complete.
        "sealed": int(sealed or on_finish is None),
        "on_finish": on_finish,
    }


class Looked(NamedTuple):
    """What a look at groups led to: members that a halt cancelled, and completion jobs.

    Attributes:
        asks_runs: Running members were asked to stop.
    """

    cancelled: list[Any]
    made_jobs: int
    asks_runs: bool = False


def look(
    connection: Connection, times: Times, ids: Collection[int], ended: Collection[int]
) -> Looked:
    """See which of the groups *ids* are complete or to be halted, once their members have moved.

    Args:
        ended: Those of which a member has just ended.
    """
    chosen = {"chosen_groups": id_rows(ids)}
    rows = sql.LOCK_GROUPS.run(connection, chosen).all()
    still_open = set(sql.OPEN_GROUPS.run(connection, chosen).scalars())
    cancelled: list[Any] = []
    made_jobs, asks_runs = 0, False
    for row in rows:
        if row.id not in still_open and row.sealed:
            made_jobs += _end(connection, times, row)
        elif row.finished_at is not None:
            sql.REOPEN_GROUP.run(connection, {"group": row.id})
        is_hit = row.id in ended and row.id in still_open
        if is_hit and (because := _reason_to_halt(connection, row)):
            sql.HALT_GROUP.run(connection, {"group": row.id, "because": because})
            cancelled += _stop_members(connection, times, row, because=because, limit=_AT_ONCE)
            asks_runs |= parse_halt(row.halt).now
    return Looked(cancelled, made_jobs, asks_runs)


def drain_halted(connection: Connection, times: Times, *, limit: int) -> list[Any]:
    """Cancel up to *limit* members that still wait although their group was halted."""
    cancelled: list[Any] = []
    for row in sql.HALTED_GROUPS.run(connection, {"at_most": 10}).all():
        if len(cancelled) < limit:
            cancelled += _stop_members(connection, times, row, limit=limit - len(cancelled))
    return cancelled


def _end(connection: Connection, times: Times, row: Any) -> bool:
    if row.finished_at is not None:
        return False
    job_id = None
    if row.on_finish is not None and row.finish_job_id is None:
        new = json.loads(row.on_finish) | {"n": 0, "key": f"group.{row.id}", "follows": 1}
        added = enqueue.ENQUEUE.run(connection, {"new_jobs": json.dumps([new]), **times}).one()
        job_id = added.id
        move = Moved(job_id, Verb.ENQUEUE, added.state, 0, new["queue"], new.get("task"), None)
        write_moves(connection, times, [move])
    sql.END_GROUP.run(connection, {"group": row.id, "finish_job": job_id, **times})
    return job_id is not None


def _reason_to_halt(connection: Connection, row: Any) -> str | None:
    if row.halted or not row.halt:
        return None
    halt = parse_halt(row.halt)
    if halt.is_percent and not row.sealed:
        return None
    enough = _MANY if halt.is_percent else halt.count
    values = {"group": row.id, "at_most": enough}
    count = int(_COUNTS[halt.on].run(connection, values).scalar_one())
    members = 0
    if halt.is_percent:
        members = sql.MEMBERS.run(connection, {"group": row.id}).scalar_one()
    if not halt.is_reached(count, members):
        return None
    words = {HaltOn.FAIL: "failed", HaltOn.SUCCESS: "succeeded", HaltOn.DONE: "done"}
    return f"{count} of {members} {words[halt.on]}" if members else f"{count} {words[halt.on]}"


def _stop_members(
    connection: Connection,
    times: Times,
    row: Any,
    *,
    limit: int,
    because: str | None = None,
) -> list[Any]:
    note = f"group {row.name} halted: {because or row.halted}"
    values = {"group": row.id, "because": note, "at_most": limit, **times}
    rows = list(sql.CANCEL_MEMBERS.run(connection, values).all())
    write_moves(connection, times, [moved(each, Verb.CANCEL, note=note) for each in rows])
    if parse_halt(row.halt).now:
        sql.ASK_MEMBERS_TO_STOP.run(connection, {"group": row.id})
    return rows


def _refuse_other(asked: Mapping[str, Any], found: Any) -> None:
    if found.halted is not None:
        raise InvalidJob(
            f"the group {found.name!r} was halted ({found.halted}) and takes no more jobs;"
            " retry its jobs or use another name"
        )
    for what in ("concurrency", "halt", "on_finish"):
        wanted, there = asked[what], getattr(found, what)
        if what == "on_finish" and there is None and found.finish_job_id is None:
            continue  # whoever adds the last of its jobs may say what is to follow
        if wanted is not None and wanted != there:
            raise InvalidJob(
                f"the group {found.name!r} is there with another {what}"
                f" ({'none' if there is None else 'on_finish' if what == 'on_finish' else there});"
                " leave it out or use another name"
            )
