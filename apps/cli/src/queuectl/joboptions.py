"""The options of a new job, shared by the commands that make one."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperOption

from queuectl.exits import UsageProblem
from queuectl.fields import (
    parse_amounts,
    parse_choice,
    parse_priority,
)
from queuectl.moments import parse_moment, parse_span, to_ms
from queuectl.pairs import parse_pairs
from queuectl.parents import parse_parents
from queuectl.rules import parse_memory, parse_policy, parse_rule, parse_warning
from queuectl.spec import JobSpec, finish_spec
from queuectl_store.relations import Clause, Needs, OnDuplicate

_SAID = "queuectl.job_options"
_MARKED = "queuectl.marked"
_TIME = "90 (seconds), 30s, 10m, 1h30m"

# Names, what may follow on the command line, what it is for.
_OPTIONS: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("--queue", {"metavar": "QUEUE"}, "The queue. [setting: queue]"),
    (
        "--priority",
        {"metavar": "LEVEL"},
        "low, normal, high, critical or a whole number; higher runs first.",
    ),
    ("--delay", {"metavar": "TIME"}, f"Not before this long from now: {_TIME}, 2d."),
    (
        "--at",
        {"metavar": "WHEN"},
        "Not before: 2026-04-01T18:30, 18:30, 'tomorrow 09:00'; local time unless it names a zone.",
    ),
    (
        "--timeout",
        {"metavar": "TIME"},
        f"Stop an attempt that runs longer: {_TIME}; 0 for no limit. [setting: timeout]",
    ),
    (
        "--signal",
        {"metavar": "NAME@TIME"},
        "Send this signal so long before the time limit: USR1@60, TERM@5m.",
    ),
    (
        "--memory",
        {"metavar": "SIZE"},
        "Kill an attempt whose processes have more memory together: 500M, 2G; 0 for no limit.",
    ),
    (
        "--max-retries",
        {"type": int, "metavar": "N"},
        "Retries after the first attempt. [setting: max_retries]",
    ),
    (
        "--backoff-base",
        {"type": float, "metavar": "B"},
        "The delay before retry n is B ** n seconds. [setting: backoff_base]",
    ),
    (
        "--backoff-max",
        {"metavar": "TIME"},
        f"The longest delay before a retry: {_TIME}. [setting: backoff_max]",
    ),
    (
        "--unique",
        {"metavar": "KEY"},
        "Add it only if no other job of its queue with this key waits or runs.",
    ),
    (
        "--unique-for",
        {"metavar": "TIME"},
        f"Keep the key taken this long from now, though the job ends before: {_TIME}, 2d.",
    ),
    (
        "--on-duplicate",
        {"metavar": "WHAT"},
        "Where the key is taken: skip (print the other's id), replace (cancel it) or reject.",
    ),
    (
        "--after",
        {"metavar": "ID", "multiple": True},
        "Not before this job succeeded; 12,13 is both, 12|13 either; repeatable.",
    ),
    (
        "--after-any",
        {"metavar": "ID", "multiple": True},
        "Not before this job ended in any way; as --after.",
    ),
    (
        "--after-failed",
        {"metavar": "ID", "multiple": True},
        "Not before this job failed for good or was cancelled; as --after.",
    ),
    (
        "--on-dep-failure",
        {"metavar": "WHAT"},
        "Once it can no longer hold: cancel (the default), run or hold.",
    ),
    ("--group", {"metavar": "GROUP"}, "The group it belongs to, made on first use."),
    (
        "--halt",
        {"metavar": "WHEN,WHAT=N"},
        "Stop its group: soon or now (the running ones too), after fail, success or done=N or N%.",
    ),
    (
        "--on-finish",
        {"metavar": "COMMAND"},
        "A shell command or JSON spec to run once it (with a group: all of the group) has ended.",
    ),
    (
        "--slots",
        {"type": int, "metavar": "N"},
        "Slots of its worker that it takes, 1 unless said.",
    ),
    (
        "--resource",
        {"metavar": "NAME=N", "multiple": True},
        "It runs only while so much of a named resource is free for it; repeatable.",
    ),
    (
        "--concurrency-key",
        {"metavar": "KEY"},
        "Jobs of a queue with the same key run one at a time (see `queuectl queue set`).",
    ),
    ("--name", {"metavar": "NAME"}, "A name to find it by."),
    ("--tag", {"metavar": "K=V", "multiple": True}, "A tag; repeatable."),
    (
        "--env",
        {"metavar": "K=V", "multiple": True},
        "An environment variable for the job; repeatable.",
    ),
    (
        "--env-all",
        {"is_flag": True},
        "Pass your whole environment, not only what the setting env_pass names.",
    ),
    ("--cwd", {"metavar": "DIR"}, "The folder it runs in, instead of the current one."),
    ("--split-output", {"is_flag": True}, "Keep stdout and stderr apart."),
)

EDITABLE = frozenset(
    {
        *("--queue", "--priority", "--delay", "--at", "--timeout", "--memory"),
        "--max-retries",
        *("--backoff-base", "--backoff-max", "--name", "--tag", "--cwd"),
    }
)


class JobCommand(TyperCommand):
    """A command that takes the options of a new job, then the words of the job's own command."""

    # Everything after the first word belongs to the command that is enqueued.
    allow_interspersed_args = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_job_options())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Remember whether a `--` says that all that follows is no option."""
        ctx.meta[_MARKED] = "--" in args
        return super().parse_args(ctx, args)


class EditCommand(TyperCommand):
    """A command that takes those options of a new job that a stored one can be given anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_job_options(EDITABLE))


def is_marked(ctx: typer.Context) -> bool:
    """Tell whether a `--` was given."""
    return bool(ctx.meta.get(_MARKED))


def is_whole_environment(ctx: typer.Context) -> bool:
    """Tell whether `--env-all` was given."""
    return bool(ctx.meta.get(_SAID, {}).get("env_all"))


def spec_from_options(ctx: typer.Context) -> JobSpec:
    """Return what the options of *ctx*'s command say.

    Raises:
        UsageProblem: A value does not fit, or `--delay` and `--at` are both there.
    """
    said: Mapping[str, Any] = ctx.meta.get(_SAID, {})
    if "delay" in said and "at" in said:
        raise UsageProblem("--delay and --at exclude each other; give one of them")
    return JobSpec(
        queue=said.get("queue"),
        priority=_read(said, "priority", parse_priority),
        name=said.get("name"),
        tags=parse_pairs(said.get("tag", ()), option="--tag"),
        env=parse_pairs(said.get("env", ()), option="--env"),
        cwd=said.get("cwd"),
        delay_ms=_span(said, "delay"),
        run_at=_read(
            said, "at", lambda text: to_ms(parse_moment(text, now=datetime.now(UTC).astimezone()))
        ),
        **_run(said),
        max_retries=said.get("max_retries"),
        slots=said.get("slots"),
        resources=parse_amounts(said.get("resource", ()), option="--resource"),
        concurrency_key=said.get("concurrency_key"),
        backoff_base=said.get("backoff_base"),
        backoff_max_s=_seconds(said, "backoff_max"),
        **_relations(said),
    )


def _run(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "timeout_ms": _span(said, "timeout"),
        "memory": _read(said, "memory", parse_memory),
        "warn": _read(said, "signal", parse_warning),
        "split_output": said.get("split_output"),
    }


def _relations(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "after": _parents(said, "after", Needs.SUCCESS),
        "after_any": _parents(said, "after_any", Needs.END),
        "after_failed": _parents(said, "after_failed", Needs.FAILURE),
        "on_dep_failure": _read(said, "on_dep_failure", parse_policy),
        "group": said.get("group"),
        "halt": _read(said, "halt", parse_rule),
        "on_finish": _read(said, "on_finish", finish_spec),
        "unique": said.get("unique"),
        "unique_for_ms": _span(said, "unique_for"),
        "on_duplicate": _read(said, "on_duplicate", partial(parse_choice, OnDuplicate)),
    }


def _job_options(names: Collection[str] | None = None) -> list[TyperOption]:
    return [
        TyperOption(param_decls=[name], callback=_remember, expose_value=False, help=text, **more)
        for name, more, text in _OPTIONS
        if names is None or name in names
    ]


def _remember(ctx: typer.Context, param: Any, value: Any) -> None:
    if value is not None and value is not False and value != ():
        ctx.meta.setdefault(_SAID, {})[param.name] = value


def _read(said: Mapping[str, Any], name: str, read: Callable[[str], Any]) -> Any:
    return read(said[name]) if name in said else None


def _parents(said: Mapping[str, Any], name: str, needs: Needs) -> tuple[Clause, ...]:
    what = f"--{name.replace('_', '-')}"
    return parse_parents(said.get(name, ()), needs=needs, what=what)


def _span(said: Mapping[str, Any], name: str) -> int | None:
    what = f"--{name.replace('_', '-')}"
    return parse_span(said[name], what=what) if name in said else None


def _seconds(said: Mapping[str, Any], name: str) -> float | None:
    span_ms = _span(said, name)
    return None if span_ms is None else span_ms / 1000
