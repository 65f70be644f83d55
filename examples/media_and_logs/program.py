"""The `queuectl` command line, as any script would use it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Runs `queuectl` in *folder*, where `queuectl db init` made a store."""

    folder: Path

    def documents(self, *words: str) -> list[Any]:
        """Run a command with `--json`; return what it prints, a document a line.

        Raises:
            CalledProcessError: The command did not succeed; it has said why on stderr.
        """
        command = self._command(words)
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def events(self, *words: str) -> Iterator[Any]:
        """Run a command with `--json`; give each document as soon as it is printed.

        Raises:
            CalledProcessError: The command did not succeed; it has said why on stderr.
        """
        command = self._command(words)
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as going:
            assert going.stdout is not None
            for line in going.stdout:
                yield json.loads(line)
        if going.returncode:
            raise subprocess.CalledProcessError(going.returncode, command)

    @staticmethod
    def _command(words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "queuectl", "--json", *words]


def _environment() -> dict[str, str]:
    """Leave out the caller's own settings of QueueCTL: the example should do the same for all."""
    return {name: value for name, value in os.environ.items() if not name.startswith("QUEUECTL_")}
