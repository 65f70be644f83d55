"""Runs the program by the process of forker.py, which has it imported already."""

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from io import FileIO
from pathlib import Path

from scripts.bootstrap import ROOT

AT_START = ("LANG", "LC_", "LD_", "PYTHON")
"""Python and the system read these before any of our code runs."""
_BLOCK = 1 << 16


def can_fork(variables: Mapping[str, str]) -> bool:
    """Say whether a forked process would be as a new one with *variables*."""
    return hasattr(os, "fork") and at_start(variables) == at_start(os.environ)


def at_start(variables: Mapping[str, str]) -> dict[str, str]:
    """Give those of *variables* that matter before our code runs."""
    ours = {"PYTHONDONTWRITEBYTECODE"}
    return {
        name: value
        for name, value in variables.items()
        if name.startswith(AT_START) and name not in ours
    }


def run_new(
    command: Sequence[str | bytes],
    *,
    stdin: bytes,
    folder: Path,
    variables: Mapping[str, str],
    patience_s: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run *command* in a new process, with its output captured."""
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=dict(variables),
        timeout=patience_s,
        check=False,
    )


def run_forked(
    command: Sequence[str | bytes],
    *,
    stdin: bytes,
    folder: Path,
    variables: Mapping[str, str],
    patience_s: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run *command* as `subprocess.run` would, with its output captured.

    Raises:
        TimeoutExpired: It did not end within *patience_s*, and was killed.
    """
    request = {
        "words": [os.fsdecode(word) for word in command],
        "folder": str(folder),
        "variables": dict(variables),
    }
    with ExitStack() as open_ends:
        ours, theirs = [], []
        for is_input in (True, False, False, False):
            reading, writing = os.pipe()
            mine, its = (writing, reading) if is_input else (reading, writing)
            ours.append(open_ends.enter_context(open(mine, "wb" if is_input else "rb", 0)))
            theirs.append(its)
        the_forker().ask(json.dumps(request).encode(), theirs)
        for end in theirs:
            os.close(end)
        told = ours[3].readline()
        try:
            out, err = exchange(ours[0], ours[1:3], stdin, time.monotonic() + patience_s)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.kill(int(told), signal.SIGKILL)
            raise subprocess.TimeoutExpired([*command], patience_s) from None
        code = int(ours[3].readline())
    return subprocess.CompletedProcess([*command], code, out, err)


def exchange(
    stdin: FileIO, outputs: Sequence[FileIO], given: bytes, deadline: float
) -> tuple[bytes, bytes]:
    """Write *given*, and read both *outputs* to their ends.

    Raises:
        TimeoutError: *deadline*, of the monotonic clock, came first.
    """
    read: dict[FileIO, list[bytes]] = {each: [] for each in outputs}
    with selectors.DefaultSelector() as ready:
        ready.register(stdin, selectors.EVENT_WRITE)
        for each in outputs:
            ready.register(each, selectors.EVENT_READ)
        while ready.get_map():
            chosen = ready.select(deadline - time.monotonic())
            if time.monotonic() >= deadline:
                raise TimeoutError
            for key, _ in chosen:
                end = key.fileobj
                if end is stdin:
                    given = written(stdin, given)
                    is_over = not given
                else:
                    piece = end.read(_BLOCK)  # type: ignore[union-attr]
                    read[end].append(piece)  # type: ignore[index]
                    is_over = not piece
                if is_over:
                    ready.unregister(end)
                    end.close()  # type: ignore[union-attr]
    out, err = (b"".join(pieces) for pieces in read.values())
    return out, err


def written(stdin: FileIO, given: bytes) -> bytes:
    """Write a piece of *given* and return the rest; nothing is left for who does not read."""
    try:
        return given[stdin.write(given[: select.PIPE_BUF]) :]
    except BrokenPipeError:
        return b""


class Forker:
    """The process, and the line to it."""

    def __init__(self) -> None:
        self._line, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {**os.environ}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        with its:
            command = [sys.executable, "-m", "tests.cli.forker", str(its.fileno())]
            # Pipes, as the children get: Python's streams keep what they found at its start.
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=kept,
                pass_fds=[its.fileno()],
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
            )

    def ask(self, request: bytes, pipes: Sequence[int]) -> None:
        """Have *request* run with *pipes*, as forker.py says.

        Raises:
            AssertionError: The process ended; with what it said.
        """
        try:
            socket.send_fds(self._line, [request], pipes)
        except OSError:
            raise AssertionError(self.close()) from None

    def close(self) -> bytes:
        """Let it end, and return what it said of its own."""
        self._line.close()
        return self._process.communicate()[1]


@cache
def the_forker() -> Forker:
    """Give the one of this test run, started at its first use."""
    forker = Forker()
    atexit.register(forker.close)
    return forker
