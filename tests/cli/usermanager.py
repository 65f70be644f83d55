"""A user's systemd, a real one, for one test: in namespaces of its own, below a control group.

A superuser can start it, also where the system was not booted with systemd. It sees this host's
files, an empty `/run`, and its own control group as the topmost.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.guardian import controlgroup
from tests.waiting import eventually

_MANAGER = "/lib/systemd/systemd"
_RUNTIME = "/run/user/0"
# The shell stays as the first process of the namespace: systemd would take that for a boot.
_START = f"""
mount -t tmpfs none /run
mkdir -p /run/systemd/system {_RUNTIME}
mount -t tmpfs none /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
{_MANAGER} --user &
wait
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserManager:
    """Runs commands beside the manager.

    Attributes:
        inside: What to put before a command.
        environ: What the commands get.
    """

    inside: list[str]
    environ: dict[str, str]
    folder: Path

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run *words* and return how they ended."""
        return subprocess.run(
            [*self.inside, *map(str, words)],
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=self.environ,
            text=True,
            timeout=120,
        )

    def must(self, *words: str | Path) -> str:
        """Run what has to succeed; return what it printed."""
        ended = self(*words)
        assert ended.returncode == 0, (words, ended)
        return ended.stdout


@contextmanager
def running(queuectl: Program) -> Iterator[UserManager]:
    """Give a manager whose user has *queuectl*'s home and store."""
    if not os.access(_MANAGER, os.X_OK) or shutil.which("nsenter") is None:
        pytest.skip("install systemd to have its manager run units")
    environ = {**queuectl.environ, "XDG_RUNTIME_DIR": _RUNTIME}
    with controlgroup.delegated() as group:
        os.removexattr(group, "user.delegate")  # only the system's manager leaves marks
        started = subprocess.Popen(
            [
                *("unshare", "--mount", "--cgroup", "--pid", "--fork", "--kill-child"),
                *("--mount-proc", "sh", "-ec", _START),
            ],
            preexec_fn=lambda: controlgroup.enter(group),
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _ready(started.pid, environ, queuectl.folder)
        finally:
            started.kill()
            started.wait()


def _ready(unshare: int, environ: dict[str, str], folder: Path) -> UserManager:
    children = Path(f"/proc/{unshare}/task/{unshare}/children")
    first = eventually(
        lambda: children.read_text().split(), within=60, what="the first process of the namespace"
    )
    enter = ["nsenter", "--target", first[0], "--mount", "--pid", "--cgroup", "--wd=."]
    manager = UserManager(inside=enter, environ=environ, folder=folder)

    def is_running() -> bool:
        return "running" in manager("systemctl", "--user", "is-system-running").stdout

    eventually(is_running, within=60, what="the manager to be ready")
    return manager
