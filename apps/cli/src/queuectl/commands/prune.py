"""`queuectl prune`: what a worker's pruner deletes, now and on one's own choice."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from queuectl.counting import counted
from queuectl.exits import UsageProblem
from queuectl.jobs import logs_of
from queuectl.moments import parse_span
from queuectl.selection import parse_states
from queuectl.session import Session
from queuectl_store import FINAL, JobState

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Freed, Rules
    from queuectl_worker import LogsFreed


def prune(
    ctx: typer.Context,
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="Only jobs in this state: succeeded, dead, cancelled."),
    ] = None,
    queue: Annotated[
        list[str] | None, typer.Option(metavar="QUEUE", help="Only jobs of this queue; repeatable.")
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Jobs that ended so long ago, whatever settings say."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only count what would be deleted.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete ended jobs with their history and output, old events, and what nobody uses.

    \b
    Examples:
      queuectl prune --dry-run
      queuectl prune
      queuectl prune --state succeeded --queue mail --older-than 1d

    Workers do it each minute by the settings keep_succeeded, keep_cancelled, keep_dead, keep_jobs,
    keep_jobs_bytes, keep_events, keep_logs, keep_logs_count and keep_logs_bytes. What another job,
    group or schedule still needs stays. With --json: dry_run, jobs, attempts, events, environments,
    workers, groups, logs, log_bytes.
    """
    from queuectl_store import Freed

    session: Session = ctx.obj
    rules = _rules(session, state or [], queue or [], older_than)
    store = session.open_store()
    if dry_run:
        _tell(session, store.maintenance.prunable(rules), _prune_logs(session, dry=True), dry=True)
        return
    if (
        not yes
        and session.terminal.can_ask
        and (found := store.maintenance.prunable(rules)) != Freed()
    ):
        session.confirm(
            f"delete {counted(found.jobs, 'job')} and {counted(found.events, 'event')}?"
        )
    freed = sum(store.maintenance.prune(rules), Freed())
    _tell(session, freed, _prune_logs(session, dry=False), dry=False)


def _rules(
    session: Session, states: list[str], queues: list[str], older_than: str | None
) -> "Rules":
    chosen = parse_states(states)
    if odd := [each for each in chosen if each not in FINAL]:
        raise UsageProblem(f"{odd[0]} jobs have not ended; prune takes {', '.join(sorted(FINAL))}")
    session.read_store()
    rules = session.open_store().maintenance.retention(session.worker_settings())
    if chosen:
        rules = replace(rules, states=chosen)
    if queues:
        rules = replace(rules, only_queues=frozenset(queues))
    if older_than is not None:
        from queuectl_store import Kept

        age = parse_span(older_than, what="--older-than")
        keep = Kept(ages={JobState(each): age for each in FINAL})
        rules = replace(rules, default=keep, queues={})
    return rules


def _prune_logs(session: Session, *, dry: bool) -> "LogsFreed":
    from queuectl_worker import LogsFreed, keep_logs, prune_logs

    store, keep = session.open_store(), keep_logs(_texts(session))
    steps = prune_logs(store, logs_of(session), keep, now_ms=store.reader.now_ms(), dry=dry)
    return sum(steps, LogsFreed())


def _texts(session: Session) -> dict[str, str]:
    return {value.name: value.text for value in session.settings().all()}


def _tell(session: Session, freed: "Freed", logs: "LogsFreed", *, dry: bool) -> None:
    counts = {
        "jobs": freed.jobs,
        "attempts": freed.attempts,
        "events": freed.events,
        "environments": freed.environments,
        "workers": freed.workers,
        "groups": freed.groups,
        "logs": logs.files,
        # The output of jobs that are still there is counted by their attempts.
        "log_bytes": logs.size + freed.log_bytes,
    }
    if session.json:
        session.terminal.document({"dry_run": dry, **counts})
        return
    said = [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count]
    verb = "would delete" if dry else "deleted"
    session.terminal.line(f"{verb} {', '.join(said)}" if said else f"{verb} nothing")
