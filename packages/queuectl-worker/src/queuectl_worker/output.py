"""Where the files of runs' output lie.

The bytes get there without us: the guardian gives the file to the child.
"""

import os
import sys
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from queuectl_store import Attempt, Claim, Job, Look, Stream
from queuectl_store.values import dataclass

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class LogFolder:
    """The logs of one store: a folder a day, a file a run. Silent runs have no file."""

    root: Path

    def path(self, job_id: int, token: int, started_ms: int) -> Path:
        """Return where the run that was claimed at *started_ms* (UTC) keeps its output."""
        return Path(self.name(job_id, token, started_ms))

    def name(self, job_id: int, token: int, started_ms: int) -> str:
        """Return the same as text: the hot loop names a thousand files a second."""
        return f"{self.root}/{_day(started_ms // DAY_MS)}/{job_id}-{token}.log"

    def errors_name(self, job_id: int, token: int, started_ms: int) -> str:
        """Return where a run keeps its stderr, if that is apart."""
        return self.name(job_id, token, started_ms).removesuffix(".log") + ".err.log"

    def for_run(
        self, job: Job, attempt: Attempt | None = None, stream: Stream = Stream.OUT
    ) -> Path | None:
        """Return the log of *attempt*, or of the job's latest run; None before the first run.

        The file need not exist: the run may have printed nothing (yet), or on another host.
        """
        run = attempt or job
        if run.started_at is None or run.token == 0:
            return None
        named = self.name if stream is Stream.OUT else self.errors_name
        path = Path(named(job.id, run.token, run.started_at))
        # A run is filed under the day of its claim; its start may be seconds into the next.
        before = Path(named(job.id, run.token, run.started_at - DAY_MS))
        return before if before.exists() and not path.exists() else path

    def add(self, claim: Claim, text: str) -> None:
        """Append *text* to the run's log: for runs that have no process of their own.

        Raises:
            OSError: It cannot be written.
        """
        path = self.path(claim.job.id, claim.token, claim.job.started_at or 0)
        for folder in (self.root, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(path, flags, 0o600), "ab") as log:
            log.write(text.encode("utf-8", "backslashreplace"))

    @property
    def spool(self) -> Path:
        """The folder of the files that running jobs write before it is known that they print."""
        return self.root / "spool"


def log_root(store: Look, log_dir: str | None = None) -> Path:
    """Return the folder of *store*'s logs: *log_dir* (the setting) if it names one.

    Otherwise `logs/<file name>/` beside a SQLite store, and the user's data folder for a server.
    """
    if log_dir:
        return Path(log_dir).expanduser().absolute()
    if store.path is not None:
        path = store.path.absolute()
        return path.parent / "logs" / path.name
    # Imported here: only the output of a server's store has a folder of that name.
    import hashlib

    digest = hashlib.sha256(store.url.encode()).hexdigest()[:12]
    return _user_folder() / "logs" / f"server-{digest}"


@lru_cache(maxsize=4)
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "queuectl"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/queuectl"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "queuectl"
