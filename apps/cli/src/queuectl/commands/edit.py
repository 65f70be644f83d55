"""`queuectl edit`: change jobs that wait or are dead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from queuectl.acting import Action, Verbs, act_on, joined
from queuectl.exits import UsageProblem
from queuectl.joboptions import EditCommand, spec_from_options
from queuectl.misplaced import check_place_of_options
from queuectl.selection import existing_ids, parse_ids
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_words
from queuectl_store import TRANSITIONS, Backoff, JobId, Verb

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Edit, Moved

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_FIXED = (
    *("env", "hold", "key", "exit_retry", "exit_dead", "unique", "unique_for_ms"),
    *("unique_scope", "unique_while_waiting", "on_duplicate", "on_finish"),
    *("warn", "split_output"),
)


@app.command(cls=EditCommand)
def edit(
    ctx: typer.Context,
    *,
    job: Annotated[str, typer.Argument(metavar="ID", help="A job's id, or several as in 5-9,14.")],
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- COMMAND [ARG]...]",
            help="Another command in place of the old one, or a JSON spec; as for enqueue.",
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Retry it, dead as it is, in the same step.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only print which jobs would change.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Change jobs that wait or are dead; what is not named stays.

    \b
    Examples:
      queuectl edit 12 --priority high
      queuectl edit 5-9,14 --queue slow --timeout 1h
      queuectl edit 12 --delay 10m
      queuectl edit 12 --retry -- ./report.sh --month 11
      queuectl edit 12 '{"task": "mail.send", "args": ["eve"]}'

    --timeout 0 and --memory 0 take the limit away, --delay 0 lets it start at once, --tag
    replaces all tags. `queuectl events` keeps what was before. Exit code 3 or 4 when nothing was
    touched. With --json: done, refused.
    """
    session: Session = ctx.obj
    asked = spec_from_options(ctx)
    if command:
        check_place_of_options(command)
        asked = spec_from_words(command).overridden_by(asked)
    ids = existing_ids(session.read_store(), parse_ids([job]), words=[job])
    change = _edit(session, asked)
    if not retry and change == type(change)():
        raise UsageProblem("say what to change; `queuectl edit --help` has examples")
    action = Action(
        verb="edit",
        done="edited and retried" if retry else "edited",
        states=TRANSITIONS[Verb.EDIT].sources,
        move=lambda verbs, ids: _move(verbs, ids, change, retry=retry),
    )
    act_on(session, action, ids, is_dry=dry_run, asks=not yes)


def _move(verbs: Verbs, ids: Sequence[JobId], change: "Edit", *, retry: bool) -> "Moved":
    if not retry:
        return verbs.admin.edit(ids, change)
    return joined([verbs.admin.edit_and_retry(job_id, change) for job_id in ids])


def _edit(session: Session, asked: JobSpec) -> "Edit":
    if fixed := [name for name in _FIXED if getattr(asked, name) not in (None, {})]:
        raise UsageProblem(f"{fixed[0].removesuffix('_ms')} is fixed when a job is enqueued")
    from queuectl_store import Edit

    run_at = asked.run_at
    if asked.delay_ms is not None:
        run_at = session.open_store().reader.now_ms() + asked.delay_ms if asked.delay_ms else 0
    return Edit(
        work=asked.work,
        queue=asked.queue,
        priority=asked.priority,
        name=asked.name,
        tags=asked.tags or None,
        cwd=asked.cwd,
        run_at=run_at,
        max_retries=asked.max_retries,
        timeout_ms=asked.timeout_ms,
        memory=asked.memory,
        backoff=_backoff(session, asked),
    )


def _backoff(session: Session, asked: JobSpec) -> Backoff | None:
    base, max_s = asked.backoff_base, asked.backoff_max_s
    if base is None and max_s is None:
        return None
    settings = session.settings()
    return Backoff(
        base=settings.typed("backoff_base") if base is None else base,
        max_s=settings.typed("backoff_max") / 1000 if max_s is None else max_s,
        jitter=settings.typed("backoff_jitter"),
    )
