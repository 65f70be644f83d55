"""`queuectl db check`, `backup`, `copy` and `stats`: the care of a whole store."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from queuectl.exits import Exit, UsageProblem
from queuectl.interrupts import end_in_order
from queuectl.locate import without_password
from queuectl.moments import short_span
from queuectl.render import Cell, print_facts
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_store import SETTINGS, instant
from queuectl_worker.output import LogFolder, log_root

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Finding, Look


def check(
    ctx: typer.Context,
    *,
    recount: Annotated[
        bool, typer.Option("--recount", help="Count the jobs anew first; jobs may go on.")
    ] = False,
) -> None:
    """Check that the store is sound: the database itself, and what it says about jobs.

    \b
    Examples:
      queuectl db check
      queuectl db check --json | jq .findings

    It reads one state of the store, changes nothing without --recount and may run beside
    workers. Exit code 0 when all is well, 1 when something is wrong, 78 when the database is
    damaged. With --json: store, findings (list of kind, text, remedy, ids).
    """
    session: Session = ctx.obj
    store = session.read_store()
    if recount:
        store.rollups.recount()
    findings = store.maintenance.check()
    if session.json:
        shown = [_document(finding) for finding in findings]
        session.terminal.document({"store": store.url, "findings": shown})
    else:
        for finding in findings:
            session.terminal.line(safe_text(f"{finding.text}; {finding.remedy}"))
        if not findings:
            session.terminal.say("all is well")
    if findings:
        is_damaged = any(finding.is_damage for finding in findings)
        raise typer.Exit(Exit.DAMAGED if is_damaged else Exit.FAILED)


def backup(
    ctx: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup; a new file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
) -> None:
    """Write a backup of the store into FILE, while workers run.

    \b
    Examples:
      queuectl db backup nightly.db
      queuectl --db postgresql://me@localhost/jobs db backup --force nightly.db

    FILE is a SQLite store, of a server too: every row in one state of the store. It is checked
    and on the disk before it gets its name. Jobs that run meanwhile run again when it is
    restored. Output files are not in it. To restore: put
    FILE in the store's place, or `queuectl db copy FILE DST`. With --json: store, file, bytes.
    """
    session: Session = ctx.obj
    end_in_order()
    store = session.read_store()
    size = store.maintenance.backup(file, replace=force)
    if session.json:
        document = {"store": store.url, "file": str(file.absolute()), "bytes": size}
        session.terminal.document(document)
        return
    session.terminal.say(safe_text(f"wrote {file} ({size:,} bytes)"))


def copy(
    ctx: typer.Context,
    *,
    source: Annotated[str, typer.Argument(metavar="SRC", help="A store: a path or a URL.")],
    target: Annotated[str, typer.Argument(metavar="DST", help="An empty store, or none yet.")],
) -> None:
    """Copy a whole store into an empty one, from SQLite to PostgreSQL, back, or to its like.

    \b
    Examples:
      queuectl db copy .queuectl/queue.db postgresql://me@localhost/jobs
      queuectl db copy postgresql://me@localhost/jobs queue.db

    Ids, tokens, history, schedules, groups, limits, settings and output on this host are kept,
    and new ids go on after the old ones. All or nothing: a copy that breaks off leaves DST
    empty. Stop the workers first; it is refused while any lives. What is enqueued into SRC
    meanwhile is not in the copy. With --json: source, target, rows, logs.
    """
    session: Session = ctx.obj
    if source == target:
        raise UsageProblem("SRC and DST are the same store")
    from queuectl_store import connect
    from queuectl_worker import copy_logs, store_logs

    with connect(source, create=False) as old, connect(target) as new:
        rows = old.maintenance.copy_to(new.maintenance, on_progress=_progress(session))
        logs = copy_logs(_logs_of(old), _logs_of(new))
        if old.path is not None and new.path is None:
            store_logs(new, _logs_of(new), cap=_stored_cap(new))
    shown = {"source": without_password(source), "target": without_password(target)}
    if session.json:
        session.terminal.document({**shown, "rows": rows, "logs": logs})
        return
    total = sum(rows.values())
    session.terminal.say(
        safe_text(
            f"copied {total:,} rows ({rows['queuectl_jobs']:,} jobs) and {logs:,} outputs into"
            f" {shown['target']}"
        )
    )


def stats(ctx: typer.Context) -> None:
    """Show what the store holds and how large it is.

    \b
    Examples:
      queuectl db stats
      queuectl db stats --json | jq .rows.jobs

    It counts every table, which takes a while in a large store. With --json: store, rows (by
    table), sizes (bytes, pages, dead rows), oldest_pending_at, events_a_day (by day).
    """
    session: Session = ctx.obj
    store = session.read_store()
    found = store.maintenance.stats()
    days = {str(instant(day))[:10]: count for day, count in found.events_a_day.items()}
    if session.json:
        session.terminal.document(
            {
                "store": store.url,
                "rows": dict(found.rows),
                "sizes": dict(found.sizes),
                "oldest_pending_at": instant(found.oldest_pending_at),
                "events_a_day": days,
            }
        )
        return
    oldest = found.oldest_pending_at
    facts = {
        **{name: f"{count:,}" for name, count in found.rows.items() if count},
        **{name.replace("_", " "): f"{size:,}" for name, size in found.sizes.items()},
        **{f"events of {day}": f"{count:,}" for day, count in days.items()},
        "oldest pending": None if oldest is None else f"{short_span(found.at - oldest)} old",
    }
    cells: dict[str, Cell | str | None] = dict(facts)
    print_facts(session.terminal, cells)


def _document(finding: "Finding") -> dict[str, object]:
    return {
        "kind": finding.kind,
        "text": finding.text,
        "remedy": finding.remedy,
        "ids": list(finding.ids),
    }


def _progress(session: Session) -> Callable[[str, int], None]:
    def tell(table: str, rows: int) -> None:
        if session.terminal.talks_to_person:
            session.terminal.say(f"{table.removeprefix('queuectl_')}: {rows:,}")

    return tell


def _stored_cap(store: "Look") -> int:
    setting = SETTINGS["stored_log_cap"]
    return int(setting.parse(store.settings.all().get(setting.name, setting.default)))


def _logs_of(store: "Look") -> LogFolder:
    return LogFolder(log_root(store, store.settings.all().get("log_dir")))
