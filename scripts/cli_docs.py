#!/usr/bin/env python3
"""Write docs/cli.md from the program's own help, so that the two cannot differ.

Run it in the environment: `.venv/bin/python scripts/cli_docs.py`. A test compares the file with
what this program would write.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from queuectl.catalogue import BUILT_IN
from queuectl.root import root_command

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
WIDTH = 96
INTRODUCTION = """\
# The command line

This page is what `queuectl --help` and `queuectl COMMAND --help` print, as `scripts/cli_docs.py`
writes it. [json.md](json.md) describes what `--json` prints, [configuration.md](configuration.md)
where settings and the store come from.

The global options `--db`, `--json`, `--quiet`, `--no-color` and `--version` are taken before the
command and after it. For `enqueue` and `run`, everything after the first word belongs to the
command that is enqueued, and `--` ends the options.

Results go to stdout, messages to stderr. On a terminal, lists are tables; in a pipe they are
tab-separated rows without headings, in full. Nothing ever asks a question without a terminal.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | usage: an unknown option, a value that does not fit, bad input |
| 3 | not found: no such job, worker, attempt, or nothing matches |
| 4 | refused: not allowed in the job's state |
| 5 | store unreachable, busy, full, not a store, or of a newer version |
| 75 | `worker start`: jobs were given back |
| 78 | the store is damaged |
| 124 | the job timed out, or `wait --timeout` passed |
| 127 | the job's program does not exist |
| 128+n | the job was killed by signal n |
| 130 | the job was cancelled, or Ctrl-C |
| 141 | the reader of the output went away |

`run` and `wait` pass the job's own code through. When an action on several jobs touches some and
is refused by others, it ends with 0 and tells the refused ones; when it touches none, with the code
of the first refusal.
"""


def page() -> str:
    """Return the whole page."""
    root = root_command()
    context = _context(root, "queuectl", None)
    sections = [_section(context)]
    for name in BUILT_IN:
        command = root.get_command(context, name)
        sections += [_section(below) for below in _contexts(command, name, context)]
    return "\n".join([INTRODUCTION, *sections])


def _contexts(command: Any, name: str, parent: typer.Context) -> Iterator[typer.Context]:
    context = _context(command, name, parent)
    yield context
    for below in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from _contexts(command.get_command(context, below), below, context)


def _context(command: Any, name: str, parent: typer.Context | None) -> typer.Context:
    return typer.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=WIDTH,
        help_option_names=["-h", "--help"],
    )


def _section(context: typer.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
