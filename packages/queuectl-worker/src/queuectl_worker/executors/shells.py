"""Why a shell could not run what it was given: it says so by its exit code alone.

A shell ends with 127 where there is no such program and with 126 where it may not be run, as POSIX
has it. A program may end so too, so it is believed where the program is seen to be missing.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping

from queuectl_store import Job, Shell
from queuectl_worker.guardian.spawn import DEFAULT_PATH, NO_INTERPRETER, SpawnError, look_for

CANNOT_RUN = frozenset({126, 127})

# The first word, if no shell would change it; and what lets the code be that of something else.
_FIRST = re.compile(r"\s*([\w@%+:,./-]+)(?=\s|$)", re.ASCII)
_ELSEWHERE = re.compile(r"[;|\n]|(?<![&>])&(?![&>])")
_OF_THE_SHELL = (
    ". : [ alias bg break case cd command continue declare echo eval exec exit export false fc fg"
    " for function getopts hash if jobs kill let local printf pwd read readonly return select set"
    " shift source test time times trap true type typeset ulimit umask unalias unset until wait"
    " while"
)
_OWN = frozenset(_OF_THE_SHELL.split())


def missing(job: Job, *, stored: Callable[[int], Mapping[str, str]], cwd: bytes) -> str | None:
    """Say what program *job*'s shell, which ended with one of `CANNOT_RUN`, cannot run.

    Args:
        stored: Gives the environment of that id.

    Raises:
        StoreError: It cannot be read now.
    """
    # Windows' shell ends with 1 for everything.
    if not isinstance(job.work, Shell) or sys.platform == "win32":
        return None
    own = os.environ if job.environment_id is None else stored(job.environment_id)
    path = job.env.get("PATH", own.get("PATH"))
    return why_not(
        job.work.script, path=DEFAULT_PATH if path is None else os.fsencode(path), cwd=cwd
    )


def why_not(script: str, *, path: bytes, cwd: bytes) -> str | None:
    """Say which program of *script* cannot be run.

    Only the first one is looked at. None: it is there, or a shell does it by itself.

    Args:
        path, cwd: Of the job.
    """
    first = _FIRST.match(script)
    if first is None or first[1] in _OWN or _ELSEWHERE.search(script):
        return None
    name = os.fsencode(first[1])
    try:
        program = look_for(name, path, cwd)
    except SpawnError as error:
        return error.message
    if not _has_interpreter(os.path.join(cwd, program)):
        return f"{first[1]!r} {NO_INTERPRETER}"
    return None


def _has_interpreter(program: bytes) -> bool:
    try:
        with open(program, "rb") as file:
            line = file.readline(256)
    except OSError:
        return True
    words = line[2:].split() if line.startswith(b"#!") else []
    return not words or os.path.exists(words[0])
