"""The program's own entry in this process: for tests in which the process is not the point."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from queuectl import app
from tests.cli.program import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Runs command lines in *folder*, its home too; nothing of this machine is in reach."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def db(self) -> Path:
        return self.folder / "queue.db"

    def __call__(self, *words: str, stdin: bytes = b"", **variables: str) -> Result:
        own = {
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "QUEUECTL_DB": str(self.db),
            "TZ": "UTC",
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith("QUEUECTL_")}
        environ = {**kept, **own, **self.variables, **variables}
        with (
            mock.patch.dict(os.environ, environ, clear=True),
            _in_folder(self.folder),
            _streams(stdin) as (out, err),
        ):
            code = app.run(list(words))
            sys.stdout.flush()
        return Result(code=code, out=out.getvalue(), err=err.getvalue().decode("utf-8", "replace"))

    def must(self, *words: str, **more: Any) -> Result:
        """Run a command line that has to succeed."""
        result = self(*words, **more)
        assert result.code == 0, f"{words}: {result}"
        return result

    def job(self, job_id: int) -> Any:
        return self.must("show", str(job_id), "--json").document


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    out, err = io.BytesIO(), io.BytesIO()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8", "surrogateescape")
    sys.stdout = io.TextIOWrapper(out, "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(err, "utf-8", write_through=True)
    try:
        yield out, err
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.detach()  # type: ignore[union-attr]
        sys.stdin, sys.stdout, sys.stderr = before
