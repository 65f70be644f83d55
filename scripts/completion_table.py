#!/usr/bin/env python3
"""Write what shell completion knows of commands and options, from the program's own help.

Run it in the environment: `.venv/bin/python scripts/completion_table.py`. A test compares the file
with what this program would write.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from queuectl.catalogue import ALIASES, BUILT_IN
from queuectl.root import root_command
from queuectl_store import SETTINGS, JobState

TARGET = Path(__file__).resolve().parent.parent / "apps/cli/src/queuectl/completion_table.py"
INTRODUCTION = '''\
"""Commands, options and what they take, as `scripts/completion_table.py` finds them in the help."""
# ruff: noqa: E501

'''
# By what help calls a value, and by the command where the word alone does not say it.
KINDS = {
    **{name: name for name in ("STATE", "QUEUE", "GROUP", "LEVEL", "SETTING", "SHELL", "WHAT")},
    "ID": "ID",
    "ID...": "ID",
    "[ID]...": "ID",
    "NAME=N": "RESOURCE",
}
# It comes with every install, though from a package of its own.
NAMES = (*BUILT_IN, "dashboard")
BY_COMMAND = {"schedule": "SCHEDULE", "resource": "RESOURCE", "queue": "QUEUE", "worker": "WORKER"}


def page() -> str:
    """Return the whole module."""
    root = root_command()
    context = typer.Context(root, info_name="queuectl")
    lines = [INTRODUCTION]
    lines.append(f"STATES = {_tuple(map(str, JobState))}\n")
    lines.append(f"SETTINGS = {_tuple(SETTINGS)}\n")
    lines.append(f"ALIASES = {_dict(dict(ALIASES))}\n")
    lines.append(f"GLOBALS = {_dict(_options(root, ''))}\n")
    lines.append(
        "# By command: its options (what each takes, what it is for), its arguments, its\n"
    )
    lines.append("# commands (what each is for).\n")
    lines.append("Command = tuple[dict[str, tuple[str, str]], list[str], list[tuple[str, str]]]\n")
    lines.append("COMMANDS: dict[str, Command] = {\n")
    for path, command in _walk(root, context, ""):
        below = [
            (name, BUILT_IN[name].purpose if name in BUILT_IN else _purpose(each))
            for name, each in _below(command, context, NAMES if not path else None)
            if not each.hidden
        ]
        options = {} if not path else _options(command, path)
        lines.append(f"    {path!r}: ({options!r}, {_arguments(command, path)!r}, {below!r}),\n")
    lines.append("}\n")
    return "".join(lines)


def _walk(command: Any, context: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    if not hasattr(command, "list_commands"):
        return
    for name, below in _below(command, context, NAMES if not path else None):
        if not getattr(below, "hidden", False):
            yield from _walk(below, context, f"{path} {name}".strip())


def _below(
    command: Any, context: Any, names: Iterable[str] | None = None
) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "list_commands"):
        for name in names or command.list_commands(context):
            yield name, command.get_command(context, name)


def _purpose(command: Any) -> str:
    return str(command.get_short_help_str(limit=60))


def _options(command: Any, path: str) -> dict[str, tuple[str, str]]:
    found = {"--help": ("", "Show what it takes.")}
    for param in command.params:
        if param.param_type_name != "option" or param.hidden:
            continue
        kind = "" if param.is_flag else _kind(param, path)
        for name in param.opts:
            found[name] = (kind, _short(param.help))
    return found


def _arguments(command: Any, path: str) -> list[str]:
    return [_kind(param, path) for param in command.params if param.param_type_name == "argument"]


def _kind(param: Any, path: str) -> str:
    metavar = param.metavar or ""
    group = path.split(" ")[0]
    if metavar.strip("[].") in ("NAME", "ID", "WORKER") and group in BY_COMMAND:
        return BY_COMMAND[group]
    if metavar == "NAME" and param.name == "name":
        return "JOBNAME"
    return KINDS.get(metavar, "FILE")


def _short(text: str | None) -> str:
    return (text or "").partition(". ")[0].partition(": ")[0].rstrip(".")[:70]


def _tuple(items: Any) -> str:
    return "(" + ", ".join(f'"{item}"' for item in items) + ")"


def _dict(items: dict[str, Any]) -> str:
    return "{\n" + "".join(f"    {key!r}: {value!r},\n" for key, value in items.items()) + "}"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
