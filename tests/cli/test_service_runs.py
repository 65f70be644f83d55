"""The service under a user's real systemd: it runs jobs, comes back, stops, and is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import usermanager
from tests.cli.program import Program
from tests.cli.usermanager import UserManager
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")

UNIT = "queuectl-worker.service"


@pytest.fixture
def manager(queuectl: Program) -> Iterator[UserManager]:
    queuectl.must("db", "init")
    with usermanager.running(queuectl) as manager:
        yield manager


def program(queuectl: Program, *words: str) -> list[str]:
    return [str(word) for word in queuectl.command(*words)]


def workers(queuectl: Program) -> list[str]:
    """Return the states of all workers that there ever were, the first one first."""
    listed = queuectl.must("worker", "list", "--all", "--json").documents
    return [each["state"] for each in sorted(listed, key=lambda each: each["id"])]


def install(manager: UserManager, queuectl: Program) -> None:
    manager.must(*program(queuectl, "service", "install", "--yes", "--concurrency", "2"))


def test_a_service_runs_jobs_in_control_groups_of_their_own(
    manager: UserManager, queuectl: Program
) -> None:
    """A user's manager leaves no mark on what it delegates: it has to be asked."""
    queuectl.must("enqueue", "cat /proc/self/cgroup; pwd")

    install(manager, queuectl)
    queuectl.must("wait", "1", "--timeout", "60s")

    group, folder = queuectl.must("logs", "1").text.splitlines()[-2:]
    assert f"/{UNIT}/queuectl-" in group
    assert folder == str(queuectl.folder)
    told = manager.must(*program(queuectl, "doctor"))
    assert f"control groups below /sys/fs/cgroup/app.slice/{UNIT}" in told


def test_a_worker_that_is_killed_comes_back_and_uninstall_takes_all_away(
    manager: UserManager, queuectl: Program
) -> None:
    """The grace lets a running job end; nothing of it is left, and nothing in systemd."""
    install(manager, queuectl)
    queuectl.must("config", "set", "grace", "0s")
    queuectl.must("enqueue", "sleep 3600")
    eventually(
        lambda: queuectl.job(1)["state"] == "running", within=60, what="the job to be running"
    )

    manager.must("systemctl", "--user", "kill", "--signal=KILL", UNIT)
    eventually(lambda: workers(queuectl)[1:] == ["running"], within=60, what="its successor to run")
    manager.must(*program(queuectl, "service", "uninstall"))

    assert manager("systemctl", "--user", "is-active", UNIT).stdout.strip() == "inactive"
    assert "not-found" in manager.must("systemctl", "--user", "show", "-P", "LoadState", UNIT)
    assert not list(Path(queuectl.folder).glob(f"**/{UNIT}"))
    assert workers(queuectl)[1:] == ["stopped"]
    assert "sleep 3600" not in manager.must("ps", "-e", "-o", "args")
