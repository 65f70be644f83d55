"""A control group that is delegated as systemd does it, for one test; a superuser can make it.

Each test of groups has one of its own below the group of the test run, and its mark on it.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuectl_worker.guardian import delegation


@contextmanager
def delegated() -> Iterator[Path]:
    """Give the folder of a group that systemd might have delegated; kill all in it afterwards."""
    above = delegation.folder_of("self")
    group = Path(f"{above}/test-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        group.mkdir()
        os.setxattr(group, "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        yield group
    finally:
        delegation.clear(str(group))


@contextmanager
def inside(group: Path) -> Iterator[None]:
    """Move this process into *group*, with all that it starts, and back."""
    before = delegation.folder_of("self")
    enter(group)
    try:
        yield
    finally:
        enter(Path(str(before)))


def enter(group: Path) -> None:
    """Move this process into *group*."""
    (group / "cgroup.procs").write_text("0")


def below(group: Path) -> list[str]:
    """Return the names of the groups directly below *group*."""
    return sorted(delegation.names_in(str(group)))


def members(group: Path) -> list[int]:
    """Return the processes in *group* itself."""
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def run_in_namespace(group: Path, script: str) -> str:
    """Run a shell script in *group*, which is the topmost that it sees, as in a container."""
    done = subprocess.run(
        ["unshare", "--cgroup", "--mount", "sh", "-ec", script],
        preexec_fn=lambda: enter(group),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
