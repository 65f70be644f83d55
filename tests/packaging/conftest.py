"""Builds the packages once a session and installs them once, away from the workspace."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.bootstrap import EXE, PROGRAMS, ROOT, find_uv


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A virtual environment that holds the built wheels and nothing of the checkout."""

    folder: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> str:
        """Run an installed program in *cwd* and give what it printed."""
        own = {"VIRTUAL_ENV", "PYTHONPATH"}
        outside = {name: value for name, value in os.environ.items() if name not in own}
        command = [str(self.folder / PROGRAMS / f"{program}{EXE}"), *arguments]
        return checked(command, cwd=cwd, env=outside)


def checked(command: list[str], *, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run *command*, and show all that it said if it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, (
        f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done.stdout


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist of every member, and the wheel of each out of that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    checked([find_uv(), "build", "-q", "--all-packages", "--out-dir", str(folder)], cwd=ROOT)
    return folder


@pytest.fixture(scope="session")
def installation(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install every wheel, with the other packages at the versions of the lock file."""
    return installed(sorted(dist.glob("*.whl")), tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def worker_alone(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install what another project gets that asks for `queuectl-worker`, and nothing more."""
    wheels = [path for name in ("worker", "store") for path in dist.glob(f"queuectl_{name}-*.whl")]
    return installed(wheels, tmp_path_factory.mktemp("worker"))


def installed(wheels: list[Path], folder: Path) -> Installation:
    """Install *wheels* into an environment of their own in *folder*.

    The wheels are given by path: the public index knows another project by the name
    `queuectl`, which a search by name could find. The pins between them hold all the same.
    """
    uv, locked = find_uv(), folder / "locked.txt"
    export = ["export", "-q", "--locked", "--all-packages", "--all-extras", "--no-hashes"]
    checked([uv, *export, "--no-emit-workspace", "-o", str(locked)], cwd=ROOT)
    checked([uv, "venv", "-q", "--python", sys.executable, str(folder / "venv")], cwd=folder)
    into = ["--python", str(folder / "venv"), "--constraint", str(locked)]
    checked([uv, "pip", "install", "-q", *into, *map(str, wheels)], cwd=folder)
    return Installation(folder=folder / "venv")
