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


@pytest.mark.not_on("darwin")
@pytest.mark.parametrize("words", ["list", "enqueue true", "db check"])
def test_a_store_on_a_disk_that_is_read_only_says_so(queuectl: Program, words: str) -> None:
    queuectl.must("enqueue", "true")
    # In a mount namespace of its own: nobody else sees the folder as it is there.
    asked = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-ec", asked, "sh"]
    if subprocess.run([*command, "true"], cwd=queuectl.folder, check=False).returncode:
        pytest.skip("only the superuser may mount here")

    told = subprocess.run(
        [*command, *map(str, queuectl.command(*words.split()))],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=False,
        text=True,
    )

    assert told.returncode == 5
    assert "can only be read" in told.stderr
    assert "mount the disk for writing" in told.stderr


@pytest.mark.not_on("darwin")
@pytest.mark.parametrize("words", ["list", "enqueue true", "config list"])
def test_output_that_has_no_room_says_so(queuectl: Program, words: str) -> None:
    queuectl.must("enqueue", "true")

    with open("/dev/full", "wb") as full:
        told = subprocess.run(
            queuectl.command(*words.split()),
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=queuectl.folder,
            env=queuectl.environ,
            check=False,
            text=True,
        )

    assert told.returncode == 1
    assert told.stderr == (
        "queuectl: the output cannot be written: no space left on the device that it goes to\n"
    )


@pytest.mark.parametrize("act", ["enqueue true", "enqueue --json true", "cancel 1"])
def test_what_a_full_disk_prevents_says_so(queuectl: Program, act: str) -> None:
    queuectl.must("enqueue", "true")

    told = without_room(queuectl, *act.split())

    assert told.returncode == 5
    assert "no space left for the store" in told.stderr
