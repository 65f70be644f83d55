"""A worker's desk for tests: launches commands on a real guardian and keeps its reports."""

import os
import secrets
import select
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from queuectl_worker.guardian import Ended, Guardian, Launch, Report

R = TypeVar("R", bound=Report)


class Desk:
    """One guardian, every report it gave, and a mark that all of its processes carry."""

    def __init__(
        self, folder: Path, *, slots: int = 2, log_cap: int = 64 << 20, log_reserve: int = 0
    ) -> None:
        self.folder = folder
        self.mark = f"mark{secrets.token_hex(8)}"
        self.reports: list[Report] = []
        self.guardian = Guardian(
            slots=slots, spool=folder / "spool", log_cap=log_cap, log_reserve=log_reserve
        )
        self.guardian.start()
        self.path = os.environb[b"PATH"]
        self._keys = 0

    def launch(
        self,
        *argv: str | bytes,
        cwd: Path | None = None,
        env: Mapping[bytes, bytes] | None = None,
        timeout_ms: int | None = None,
        kill_grace_ms: int = 1_000,
        memory: int = 0,
        warning: tuple[int, int] | tuple[()] = (),
        is_split: bool = False,
    ) -> int:
        """Queue one command and return its key."""
        self._keys += 1
        base = {b"PATH": os.environb[b"PATH"], b"MARK": self.mark.encode()} if env is None else env
        launch = Launch(
            key=self._keys,
            argv=tuple(os.fsencode(word) for word in argv),
            cwd=os.fsencode(cwd or self.folder),
            env_ref=self.guardian.define_env(base),
            env={},
            log=os.fsencode(self.log(self._keys)),
            timeout_ms=timeout_ms,
            kill_grace_ms=kill_grace_ms,
            memory=memory,
            warning=warning,
            errors=os.fsencode(self.errors(self._keys)) if is_split else b"",
        )
        self.guardian.launch([launch])
        return self._keys

    def sh(self, script: str, **options: object) -> int:
        """Queue a shell script."""
        return self.launch("sh", "-c", script, "sh", self.mark, **options)  # type: ignore[arg-type]

    def log(self, key: int) -> Path:
        """Return where the output of *key* appears."""
        return self.folder / "logs" / f"{key}.log"

    def errors(self, key: int) -> Path:
        """Return where the stderr of *key* appears if it is apart."""
        return self.folder / "logs" / f"{key}.err.log"

    def until(self, kind: type[R], key: int | None = None, *, within: float = 30) -> R:
        """Wait for the first report of *kind* (about *key*)."""
        return self.wait_for(
            lambda: next(
                (r for r in self._of(kind) if key in (None, getattr(r, "key", None))), None
            ),
            within=within,
            what=f"{kind.__name__} of {key}",
        )

    def run(self, *argv: str | bytes, **options: object) -> Ended:
        """Run one command to its end."""
        return self.until(Ended, self.launch(*argv, **options))  # type: ignore[arg-type]

    def has_ended(self, key: int) -> bool:
        """Look for a moment whether the end of *key* was reported."""
        if select.select([self.guardian], [], [], 0.02)[0]:
            self.reports += self.guardian.receive()
        return any(report.key == key for report in self._of(Ended))

    def wait_for(self, predicate: Callable[[], R | None], *, within: float, what: str) -> R:
        """Receive reports until *predicate* gives one."""
        deadline = time.monotonic() + within
        while (found := predicate()) is None:
            left = deadline - time.monotonic()
            assert left > 0, f"not within {within} s: {what}; reports: {self.reports[-5:]}"
            select.select([self.guardian], [], [], left)
            self.reports += self.guardian.receive()
        return found

    def _of(self, kind: type[R]) -> list[R]:
        return [report for report in self.reports if isinstance(report, kind)]
