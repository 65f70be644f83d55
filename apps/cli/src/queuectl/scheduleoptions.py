"""The options of a schedule, shared by the commands that make or change one."""

import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from queuectl.exits import UsageProblem
from queuectl.joboptions import JobCommand
from queuectl.moments import parse_span
from queuectl.spec import JobSpec
from queuectl_store import Backoff, Missed, NewJob, NewSchedule, Overlap

_NAME = "queuectl.schedule_name"

Cron = Annotated[
    str | None,
    typer.Option(
        "--cron",
        metavar="EXPR",
        help="'MINUTE HOUR DAY MONTH WEEKDAY', six fields with seconds first, or @hourly, @daily,"
        " @weekly, @monthly, @yearly.",
    ),
]
Every = Annotated[
    str | None,
    typer.Option(
        "--every",
        metavar="TIME",
        help="An interval instead, counted from when it was added: 30s, 10m, 1h30m, 2d.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="The zone of --cron: Europe/Berlin, UTC."),
]
MissedOption = Annotated[
    str | None,
    typer.Option(
        "--missed",
        metavar="POLICY",
        help="Slots at which no worker ran: last (fires once), skip, or all (within --window)."
        " [default: last]",
    ),
]
Window = Annotated[
    str | None,
    typer.Option(
        "--window", metavar="TIME", help="How old a slot may be under --missed all. [default: 1d]"
    ),
]
OverlapOption = Annotated[
    str | None,
    typer.Option(
        "--overlap",
        metavar="POLICY",
        help="While the former job has not ended: allow, skip or queue. [default: allow]",
    ),
]
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME [--] COMMAND [ARG]...", help="As for `queuectl enqueue`."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The schedule's name.")]


class ScheduleCommand(JobCommand):
    """A command on one schedule: its name first or after the options, then a job's words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the name out, wherever it stands before the command."""
        options, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        words = [*(options.get("command") or ()), *rest]
        if words:
            place = len(args) - len(words)
            ctx.meta[_NAME] = words[0]
            args = [*args[:place], *args[place + 1 :]]
        return super().parse_args(ctx, args)


def name_of(ctx: typer.Context) -> str:
    """Return the name that was given to a `ScheduleCommand`.

    Raises:
        UsageProblem: There is none.
    """
    name = ctx.meta.get(_NAME)
    if not name:
        raise UsageProblem(f"name the schedule; `{ctx.command_path} --help` has examples")
    return str(name)


def with_cadence(
    schedule: NewSchedule,
    *,
    cron: str | None,
    every: str | None,
    tz: str | None,
    missed: str | None,
    window: str | None,
    overlap: str | None,
) -> NewSchedule:
    """Return *schedule* with what was said in place of what it has.

    Raises:
        UsageProblem: A value does not fit, or both a cron expression and an interval are given.
    """
    if cron is not None and every is not None:
        raise UsageProblem("--cron and --every exclude each other; give one of them")
    said: dict[str, Any] = {}
    if cron is not None:
        said |= {"cron": cron, "every_ms": None}
    if every is not None:
        said |= {"cron": None, "every_ms": parse_span(every, what="--every")}
    if tz is not None:
        said["tz"] = tz
    if missed is not None:
        said["missed"] = _choice(Missed, missed, option="--missed")
    if window is not None:
        said["window_ms"] = parse_span(window, what="--window")
    if overlap is not None:
        said["overlap"] = _choice(Overlap, overlap, option="--overlap")
    return dataclasses.replace(schedule, **said)


def with_job(job: NewJob, spec: JobSpec) -> NewJob:
    """Return *job* with what *spec* says in its place; mappings are joined.

    Raises:
        UsageProblem: It says what cannot be changed.
    """
    said = {
        field.name: value
        for field in dataclasses.fields(spec)
        if (value := getattr(spec, field.name)) not in (None, {}, ())
    }
    if odd := sorted(said.keys() - _PLAIN - {*_JOINED, *_BACKOFF}):
        option = odd[0].removesuffix("_ms").removeprefix("run_").replace("_", "-")
        raise UsageProblem(f"--{option} cannot be edited; remove the schedule and add it again")
    changes: dict[str, Any] = {name: value for name, value in said.items() if name in _PLAIN}
    changes |= {name: {**getattr(job, name), **getattr(spec, name)} for name in _JOINED}
    if said.keys() & set(_BACKOFF):
        old = job.backoff or Backoff()
        changes["backoff"] = Backoff(
            base=said.get("backoff_base", old.base),
            max_s=said.get("backoff_max_s", old.max_s),
            jitter=old.jitter,
        )
    return dataclasses.replace(job, **changes)


_JOINED, _BACKOFF = ("tags", "env", "resources"), ("backoff_base", "backoff_max_s")
# What is called the same in what is asked for and in the job, and means the same.
_PLAIN = {field.name for field in dataclasses.fields(JobSpec)} & {
    field.name for field in dataclasses.fields(NewJob)
} - {*_JOINED, "run_at", "key", "after", "unique"}


def _choice(kind: Any, text: str, *, option: str) -> Any:
    choices: Sequence[str] = [each.value for each in kind]
    if text not in choices:
        raise UsageProblem(f"{option} is one of {', '.join(choices)}, got {text!r}")
    return kind(text)
