"""What a run reads and writes: its input if it has any, and a log for its output, or for each."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from queuectl_worker.guardian import Launch
from queuectl_worker.windows.log import Disk, RunLog


class RunFiles:
    """The files of one run, open.

    Attributes:
        stdin, output, errors: Descriptors; the last two are one unless stderr is apart.
    """

    def __init__(self, launch: Launch, *, cap: int, disk: Disk) -> None:
        with ExitStack() as stack:
            self.stdin = stack.enter_context(_input(launch.input)).fileno()
            paths = (launch.log, launch.errors) if launch.errors else (launch.log,)
            self._logs: list[RunLog] = []
            for path in paths:
                log = RunLog(Path(os.fsdecode(path)), cap=cap, disk=disk)
                stack.callback(log.close)
                self._logs.append(log)
            self.output, self.errors = self._logs[0].descriptor, self._logs[-1].descriptor
            self._open = stack.pop_all()

    @property
    def problem(self) -> str | None:
        """Why a log is over its cap; None is the rule."""
        return next((log.problem for log in self._logs if log.problem), None)

    def watch(self) -> None:
        """Keep the logs under their cap."""
        for log in self._logs:
            log.watch()

    def close(self) -> int:
        """Let go of the files; return the bytes of the logs."""
        self._open.close()
        return sum(log.size for log in self._logs)


def _input(content: bytes) -> IO[bytes]:
    if not content:
        return open(os.devnull, "rb")
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  whoever asked closes it
    file.write(content)
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file
