"""Real worker processes, and the processes of their jobs, known by a mark of each worker's own."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from queuectl_store import NewJob, Shell
from scripts.bootstrap import ROOT
from tests.cli.program import Program
from tests.crash.scale import LEASE_S, PATIENCE_S
from tests.guardian.witness import marked
from tests.waiting import eventually

GUARDIAN = b"guardian/main.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerProcess:
    """One `queuectl worker start`. Its jobs inherit *mark*, as do its guardian and its keeper."""

    process: subprocess.Popen[bytes]
    mark: str
    out: Path
    err: Path

    @property
    def news(self) -> list[dict[str, Any]]:
        """What it told so far, leaving out a line that it is just writing."""
        lines = self.out.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def joins(self) -> list[int]:
        """The worker ids that it has had: a new one each time it lost its lease."""
        return [news["worker"] for news in self.news if news["event"] == "joined"]

    def followers(self) -> list[int]:
        """Every living process that exists because of the worker, but not the worker."""
        return [pid for pid in marked(self.mark) if pid != self.process.pid]

    def guards(self) -> list[int]:
        return [pid for pid in self.followers() if GUARDIAN in _arguments(pid)]

    def job_processes(self) -> list[int]:
        return [pid for pid in self.followers() if GUARDIAN not in _arguments(pid)]

    def until_joined(self, *, times: int = 1) -> None:
        eventually(
            lambda: len(self.joins()) >= times, within=PATIENCE_S, what=f"{self.mark} to join"
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


class Farm:
    """Starts workers on one store, and leaves none of them behind. A context manager."""

    def __init__(self, *, folder: Path, store_url: str) -> None:
        self.folder = folder
        self.witness = folder / "witness"
        self.name = f"crash{secrets.token_hex(6)}"
        self.workers: list[WorkerProcess] = []
        self.more_environ: dict[str, str] = {}  # of workers that are started from now on
        self._program = Program(folder=folder, variables={"QUEUECTL_DB": store_url})
        self.witness.touch()
        os.mkfifo(folder / "fifo")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.send_signal(signal.SIGCONT)
                worker.kill()
        self._signal_all(signal.SIGCONT)
        try:
            eventually(lambda: not marked(self.name), within=20, what="every process to be gone")
        finally:
            self._signal_all(signal.SIGKILL)

    def start(self, *options: str, program: Sequence[str] = ()) -> WorkerProcess:
        """Start a worker, of another *program* if one is given; it has not joined yet."""
        words = ("worker", "start", "--json", *options)
        command = [*program, *words] if program else self._program.command(*words)
        more = {"PYTHONPATH": str(ROOT)} if program else {}
        mark = f"{self.name}-{len(self.workers) + 1}-"
        out, err = (self.folder / f"{mark}.{kind}" for kind in ("out", "err"))
        with open(out, "wb") as to_out, open(err, "wb") as to_err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
                cwd=self.folder,
                env={**self._program.environ, **self._settings(mark), **self.more_environ, **more},
            )
        worker = WorkerProcess(process=process, mark=mark, out=out, err=err)
        self.workers.append(worker)
        return worker

    def enqueue(self, *words: str, to: Path) -> subprocess.Popen[bytes]:
        """Start a `queuectl enqueue` that prints into the file *to*."""
        with open(to, "wb") as out:
            return subprocess.Popen(
                self._program.command("enqueue", *words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=self._program.environ,
            )

    def job(
        self, script: str, *, max_retries: int = 1_000, timeout_ms: int | None = None
    ) -> NewJob:
        """Make a job of *script*, which can `say` a word to the witness."""
        return NewJob(
            work=Shell(script=SAY + script),
            cwd=str(self.folder),
            max_retries=max_retries,
            timeout_ms=timeout_ms,
        )

    def troubles(self) -> list[str]:
        """What workers wrote that only a defect writes.

        A fence that holds refuses a result. One that does not may still trip over a constraint
        of the database, which the worker then takes for a store that is away.
        """
        lines = (line for each in self.workers for line in each.err.read_text().splitlines())
        return [line for line in lines if "Traceback" in line or "did not answer" in line]

    def _signal_all(self, signum: int) -> None:
        for pid in marked(self.name):
            with suppress(ProcessLookupError):
                os.kill(pid, signum)

    def _settings(self, mark: str) -> dict[str, str]:
        return {
            "QUEUECTL_LEASE": f"{LEASE_S:g}s",
            "QUEUECTL_BACKOFF_MAX": "0.1s",
            "QUEUECTL_KILL_GRACE": "2s",
            "QUEUECTL_ENV_PASS": "PATH CRASH_*",
            "CRASH_MARK": mark,
            "CRASH_WITNESS": str(self.witness),
        }


# Shells write what one `echo` says at once, and `>>` appends: lines of the witness are whole and
# stand in the order in which they were said, whoever said them.
SAY = """say() {
read uptime _ </proc/uptime
echo "RUN $QUEUECTL_JOB_ID $QUEUECTL_TOKEN $1 $$ $uptime" >>"$CRASH_WITNESS"
}
"""


def _arguments(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
