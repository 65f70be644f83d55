"""The program on a real pseudo-terminal: what a person would see."""

import os
import select
import subprocess
import time
from collections.abc import Mapping

from tests.cli.program import Program

_PATIENCE_S = 60


def on_terminal(
    queuectl: Program,
    *words: str,
    columns: int = 80,
    typed: bytes = b"",
    env: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command on a terminal *columns* wide; return its exit code and all that it showed."""
    import fcntl
    import pty
    import struct
    import termios

    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    variables = {"TERM": "xterm-256color", **queuectl.environ, **(env or {})}
    with subprocess.Popen(
        queuectl.command(*words),
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=queuectl.folder,
        env=variables,
        start_new_session=True,
    ) as going:
        os.close(its)
        if typed:
            os.write(ours, typed)
        shown = _read_all(ours)
        os.close(ours)
    return going.returncode, shown.decode("utf-8", "replace").replace("\r\n", "\n")


def _read_all(terminal: int) -> bytes:
    shown, deadline = b"", time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # Linux: the other side is closed
            return shown
        if not piece:
            return shown
        shown += piece
    raise AssertionError(f"the program did not end in {_PATIENCE_S} s; it showed {shown!r}")
