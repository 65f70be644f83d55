"""`queuectl schedule add` and `edit`: what a schedule is made and changed by."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from queuectl.asking import new_job, read_defaults
from queuectl.exits import UsageProblem
from queuectl.joboptions import is_whole_environment, spec_from_options
from queuectl.misplaced import check_place_of_options
from queuectl.scheduleoptions import (
    Cron,
    Every,
    MissedOption,
    OverlapOption,
    Window,
    Words,
    Zone,
    name_of,
    with_cadence,
    with_job,
)
from queuectl.schedules import next_text
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_words
from queuectl.zones import local_zone
from queuectl_store import NewJob, NewSchedule, Schedule
from queuectl_store.schedules.document import schedule_document


def add(
    ctx: typer.Context,
    *,
    command: Words = None,
    cron: Cron = None,
    every: Every = None,
    tz: Zone = None,
    missed: MissedOption = None,
    window: Window = None,
    overlap: OverlapOption = None,
) -> None:
    """Add a recurring job and tell when it fires next.

    \b
    Examples:
      queuectl schedule add backup --cron '30 1 * * *' -- rsync -a photos/ backup/
      queuectl schedule add poll --every 10m --overlap skip -- ./poll.sh
      queuectl schedule add report --cron '0 9 * * MON-FRI' --tz Europe/Berlin 'make report'

    Without --tz the zone is this host's. Each slot's job runs in the current folder, with the
    variables that the setting env_pass names now. With --json: the schedule.
    """
    session: Session = ctx.obj
    name = name_of(ctx)
    if cron is None and every is None:
        raise UsageProblem("say when: --cron EXPR or --every TIME")
    if not command:
        raise UsageProblem("there is no command; write it after the options and --")
    if spec_from_options(ctx).run_at is not None:
        raise UsageProblem("--at has no meaning for a schedule; --cron says when")
    if tz is None:
        tz = local_zone(os.environ)
    if tz is None and cron is not None:
        session.terminal.say("this host does not tell its time zone: taking UTC; see --tz")
    new = with_cadence(
        NewSchedule(name=name, job=_asked_job(ctx, command)),
        cron=cron,
        every=every,
        tz=tz,
        missed=missed,
        window=window,
        overlap=overlap,
    )
    tell(session, session.open_store().schedules.add(new))


def edit(
    ctx: typer.Context,
    *,
    command: Words = None,
    cron: Cron = None,
    every: Every = None,
    tz: Zone = None,
    missed: MissedOption = None,
    window: Window = None,
    overlap: OverlapOption = None,
) -> None:
    """Change a schedule, also while it fires; what is not said stays.

    \b
    Examples:
      queuectl schedule edit backup --cron '0 3 * * *'
      queuectl schedule edit backup --overlap skip --timeout 2h
      queuectl schedule edit backup -- rsync -a photos/ elsewhere/

    A new time begins with its first slot after now. Folder and environment stay those of `add`.
    With --json: the schedule.
    """
    session: Session = ctx.obj
    name, said = name_of(ctx), spec_from_options(ctx)
    if is_whole_environment(ctx):
        raise UsageProblem("--env-all cannot be edited; remove the schedule and add it again")
    if said.cwd is not None:
        said = replace(said, cwd=str(Path.cwd() / said.cwd))
    check_place_of_options(command or [])
    words = spec_from_words(command).overridden_by(said) if command else said
    if words == JobSpec() and (cron, every, tz, missed, window, overlap) == (None,) * 6:
        raise UsageProblem("say what to change; `queuectl schedule edit --help` has examples")

    def change(old: NewSchedule) -> NewSchedule:
        return with_cadence(
            replace(old, job=with_job(old.job, words)),
            cron=cron,
            every=every,
            tz=tz,
            missed=missed,
            window=window,
            overlap=overlap,
        )

    tell(session, session.read_store().schedules.edit(name, change))


def _asked_job(ctx: typer.Context, words: Sequence[str]) -> NewJob:
    session: Session = ctx.obj
    defaults = read_defaults(
        session.settings(),
        os.environ,
        cwd=Path.cwd(),
        is_whole_environment=is_whole_environment(ctx),
        queues=session.open_store().settings.queues(),
    )
    check_place_of_options(words)
    asked = spec_from_words(words).overridden_by(spec_from_options(ctx))
    if asked.on_finish is not None:
        raise UsageProblem("a schedule takes no on-finish; let its command run what is to follow")
    # Its jobs belong to no trace of the caller's: they are made long after it has ended.
    return replace(new_job(asked, defaults), trace=None)


def tell(session: Session, schedule: Schedule) -> None:
    """Print the schedule's name and tell when it fires next; with --json, the schedule."""
    if session.json:
        session.terminal.document(schedule_document(schedule))
        return
    session.terminal.line(schedule.name)
    if schedule.paused:
        session.terminal.say("paused; `queuectl schedule resume` lets it fire again")
        return
    now_ms = session.open_store().reader.now_ms()
    session.terminal.say(f"fires next at {next_text(schedule, now_ms=now_ms)}")
