"""The program on a real pseudo-terminal: what a person would see."""

import os
import select
import subprocess
import time
from collections.abc import Mapping
from typing import Self

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


class Going:
    """A command that goes on, on a terminal: what it shows is read, and keys are pressed."""

    def __init__(self, queuectl: Program, *words: str, columns: int = 80, lines: int = 24) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self._ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            queuectl.command(*words),
            stdin=its,
            stdout=its,
            stderr=its,
            cwd=queuectl.folder,
            env={"TERM": "xterm-256color", **queuectl.environ},
            start_new_session=True,
        )
        os.close(its)
        self.shown = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def until_shown(self, text: bytes) -> None:
        """Read until *text* was shown."""
        deadline = time.monotonic() + _PATIENCE_S
        while text not in self.shown:
            assert time.monotonic() < deadline, f"no {text!r} in {self.shown!r}"
            self._read()

    def press(self, keys: bytes) -> None:
        """Type *keys*."""
        os.write(self._ours, keys)

    def ended(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._read():
            assert time.monotonic() < deadline, f"it goes on; it showed {self.shown!r}"
        return self.process.wait(_PATIENCE_S)

    def _read(self) -> bool:
        """Read what is there; False at the end."""
        if not select.select([self._ours], [], [], 0.1)[0]:
            return True
        try:
            piece = os.read(self._ours, 65_536)
        except OSError:  # Linux: the other side is closed
            return False
        self.shown += piece
        return bool(piece)
