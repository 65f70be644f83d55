"""The real program, in a process of its own, with a home and a store of its own."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.bootstrap import program
from tests.cli.forking import can_fork, run_forked, run_new

_PATIENCE_S = 60
# Compiled modules halve the start; and how wide a terminal is, the terminal says.
_NOT_PASSED_ON = frozenset({"PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended: its exit code and exactly what it printed."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape")

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Runs `queuectl` in *folder*, which is its home too."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def db(self) -> Path:
        return self.folder / "queue.db"

    @property
    def environ(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("QUEUECTL_") and name not in _NOT_PASSED_ON
        }
        own = {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "QUEUECTL_DB": str(self.db),
            "TZ": "UTC",
        }
        return {**kept, **own, **self.variables}

    def command(self, *words: str | bytes) -> list[str | bytes]:
        return [program("queuectl"), *words]

    def __call__(
        self,
        *words: str | bytes,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Result:
        command, variables = self.command(*words), {**self.environ, **(env or {})}
        run = run_forked if can_fork(variables) else run_new
        ended = run(
            command,
            stdin=stdin,
            folder=cwd or self.folder,
            variables=variables,
            patience_s=_PATIENCE_S,
        )
        return Result(
            code=ended.returncode, out=ended.stdout, err=ended.stderr.decode("utf-8", "replace")
        )

    def must(self, *words: str | bytes, **more: Any) -> Result:
        """Run a command that has to succeed."""
        result = self(*words, **more)
        assert result.code == 0, f"{words}: {result}"
        return result

    def start(self, *words: str | bytes) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environ,
        )

    def job(self, job_id: int) -> Any:
        return self.must("show", str(job_id), "--json").document


def hostile_words() -> Sequence[bytes]:
    """Arguments that a shell, a JSON reader or an option parser would love to misread."""
    return [
        b"two words",
        b'it\'s "quoted"',
        b"$(touch pwned)",
        b"`id`;ls&&true|cat>x",
        b"line\nbreak\ttab\r",
        b"--json",
        b"-q",
        b"--",
        b"",
        b"{not json",
        b"*?[a]~#!\\",
        b"\xff\xfe caf\xe9",
        "naïve 🧨 \u202eevil".encode(),
        b"\x1b[31mred\x07",
        b"=K=V",
    ]
