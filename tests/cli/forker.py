"""A process that has imported the program once, and forks for each command that tests run.

Starting Python and importing is most of what a short command takes. What follows is the program
itself, in a process of its own with the arguments, folder, variables and pipes of a new one.
`python -m tests.cli.forker FD` serves the requests on a socket until its other end is closed.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

MOST_BYTES = 1 << 20
PIPES = 4
"""Its standard input, output and error, and where the process's id and exit code are told."""

PRELOADED = (
    "alembic.command",
    "psycopg",
    "queuectl.root",
    "queuectl_store.opening",
    "queuectl_worker.supervisor",
    "queuectl_worker.worker",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
)


def main() -> None:
    """Serve; a forked child comes out of here as the program."""
    line = socket.socket(fileno=int(sys.argv[1]))
    preload()
    program = serve(line)
    if program is not None:
        sys.exit(program())


def preload() -> None:
    """Import what commands import, and keep it out of the children's collections."""
    from queuectl.catalogue import BUILT_IN

    for module in (*PRELOADED, *(each.target.partition(":")[0] for each in BUILT_IN.values())):
        importlib.import_module(module)
    gc.freeze()


def serve(line: socket.socket) -> Any:
    """Fork for each request; return the program in the child, and None when there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the processes between need no reaping
    while True:
        text, pipes, _, _ = socket.recv_fds(line, MOST_BYTES, PIPES)
        if not text:
            return None
        if os.fork() == 0:
            line.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            *standard, told = pipes
            watch(told)
            os.close(told)
            return become(json.loads(text), standard)
        for pipe in pipes:
            os.close(pipe)


def watch(told: int) -> None:
    """Fork: return in the child; the parent tells its id and how it ended, and ends too."""
    child = os.fork()
    if child == 0:
        return
    for standard in range(3):
        os.close(standard)
    with suppress(BrokenPipeError):  # who asked may be gone
        os.write(told, f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def become(request: dict[str, Any], standard: list[int]) -> Any:
    """Take on what a new process would have been given."""
    for place, pipe in enumerate(standard):
        os.dup2(pipe, place)
        os.close(pipe)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["variables"])
    time.tzset()
    sys.argv = request["words"]
    from queuectl.app import main as program

    return program


if __name__ == "__main__":
    main()
