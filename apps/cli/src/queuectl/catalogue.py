"""Every command's name, place and one-line purpose. Imports none of them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

PLUGIN_GROUP = "queuectl.commands"


class Entry(NamedTuple):
    """Where a command lives (`module:attribute`) and what it is for."""

    target: str
    purpose: str


def _here(place: str, purpose: str) -> Entry:
    return Entry(f"queuectl.commands.{place}", purpose)


SECTIONS: Mapping[str, Mapping[str, Entry]] = MappingProxyType(
    {
        "Add work": {
            "enqueue": _here("enqueue:app", "Add jobs to the queue."),
            "run": _here("run:app", "Add a job, stream its output and exit with its code."),
        },
        "Look": {
            "status": _here("status:status", "Show the queue on one screen."),
            "list": _here("list:app", "List jobs, newest first."),
            "metrics": _here("metrics:app", "How many jobs ended, how long they waited and ran."),
            "top": _here("top:top", "Watch the queue live, on the whole screen."),
            "show": _here("show:show", "Show all facts about a job and its attempts."),
            "why": _here("why:why", "Say why a job is not running."),
            "logs": _here("logs:app", "Print a job's output, or follow it."),
            "events": _here("events:events", "Print what happened to jobs, or follow it."),
            "wait": _here("wait:app", "Wait for jobs and exit with their code."),
        },
        "Act on jobs": {
            "cancel": _here("act:cancel_app", "Stop jobs, in any state."),
            "retry": _here("act:retry_app", "Try dead jobs again, or retrying ones now."),
            "rerun": _here("act:rerun_app", "Run finished jobs once more."),
            "hold": _here("act:hold_app", "Keep waiting jobs from starting."),
            "release": _here("act:release_app", "Let held jobs start."),
            "edit": _here("edit:app", "Change jobs that wait or are dead."),
            "dlq": _here("dlq:app", "The dead letter queue: list, show, retry, purge."),
            "rm": _here("rm:app", "Delete ended jobs, for good."),
            "prune": _here("prune:prune", "Delete old jobs, events and logs, as settings say."),
            "progress": _here("progress:progress", "Report progress from inside a job."),
        },
        "Run again and again": {
            "schedule": _here("schedule:app", "Recurring jobs: add, list, pause, run, edit."),
        },
        "Be told": {
            "hook": _here("hook:app", "Webhooks, commands and notifications on what happens."),
        },
        "Run workers": {
            "worker": _here("worker:app", "Start, list and stop workers."),
            "queue": _here("queue:app", "Queues: limits, pause, resume, drain."),
            "resource": _here("resource:app", "Named resources that jobs share."),
        },
        "Set up": {
            "config": _here("config:app", "Settings and where each value came from."),
            "db": _here("db:app", "The store: make, check, back up, copy, measure it."),
            "doctor": _here("doctor:doctor", "Look at what commonly goes wrong, with remedies."),
            "service": _here("service:app", "Let the system start a worker and keep it."),
            "completion": _here("completion:app", "Complete commands, ids and names in a shell."),
            "demo": _here("demo:demo", "Watch a sample workload run."),
        },
    }
)

BUILT_IN: Mapping[str, Entry] = MappingProxyType(
    {name: entry for section in SECTIONS.values() for name, entry in section.items()}
)

# What hands type that know other programs of this kind.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "add": "enqueue",
        "ls": "list",
        "ps": "status",
        "log": "logs",
        "describe": "show",
        "kill": "cancel",
        "delete": "rm",
    }
)


class Plugin(NamedTuple):
    """A command of another installed package; *load* imports it."""

    package: str
    purpose: str
    load: Callable[[], Any]


def plugins() -> dict[str, Plugin]:
    """Return the commands that other installed packages provide, by name."""
    return {point.name: _plugin(point) for point in _points() if not _is_ours(point.name)}


def hidden_plugins() -> dict[str, str]:
    """Return the packages whose commands nobody reaches, by the name that is built in."""
    return {point.name: _plugin(point).package for point in _points() if _is_ours(point.name)}


def _points() -> list[Any]:
    # Imported here: reading the installed packages costs more than most commands' start.
    from importlib.metadata import entry_points

    return sorted(entry_points(group=PLUGIN_GROUP))


def _is_ours(name: str) -> bool:
    return name in BUILT_IN or name in ALIASES


def _plugin(point: Any) -> Plugin:
    about = point.dist.metadata if point.dist else {}
    package = f"{about.get('Name', point.module)} {about.get('Version', '')}".strip()
    return Plugin(package, str(about.get("Summary") or ""), point.load)
