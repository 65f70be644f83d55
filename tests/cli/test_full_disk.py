"""A store on a full disk can still be looked at, and what cannot be done says why."""

import subprocess
import sys

import pytest

from tests.cli.program import Program

pytestmark = pytest.mark.not_on("win32")

# No file grows beyond this: the index that SQLite's connections share needs eight times as much.
LIMIT = 4096
RUN = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
os.execv(sys.argv[1], sys.argv[1:])
"""


def without_room(queuectl: Program, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN.format(limit=LIMIT), *map(str, queuectl.command(*words))],
        capture_output=True,
        cwd=queuectl.folder,
        # A module cut off at the limit would be taken for a whole one by the next who imports it.
        env={**queuectl.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        text=True,
    )


@pytest.mark.parametrize("look", ["list", "status --json", "show 1", "why 1", "events"])
def test_a_store_on_a_full_disk_is_looked_at(queuectl: Program, look: str) -> None:
    queuectl.must("enqueue", "--name", "there", "true")

    looked = without_room(queuectl, *look.split())

    assert (looked.returncode, looked.stderr) == (0, "")
    assert queuectl.must("list", "--json").documents[0]["name"] == "there"


@pytest.mark.parametrize("act", ["enqueue true", "enqueue --json true", "cancel 1"])
def test_what_a_full_disk_prevents_says_so(queuectl: Program, act: str) -> None:
    queuectl.must("enqueue", "true")

    told = without_room(queuectl, *act.split())

    assert told.returncode == 5
    assert "no space left for the store" in told.stderr
