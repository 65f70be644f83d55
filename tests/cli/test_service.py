"""A worker as a service: what is written, and what is shown of it."""

import os
import shlex
import shutil
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from queuectl.exits import UsageProblem
from queuectl.service import Service, check_name, stop_seconds, task_text, unit_folder, unit_text
from tests.cli.inprocess import Inside

SERVICE = Service(
    name="w",
    command=["/opt/my python/bin/python", "-m", "queuectl", "worker", "start", "--queue", "a%$b"],
    store="postgresql://me:s%ecret@host/db",
    folder=Path("/srv/jobs"),
    stop_s=55,
)


def test_a_unit_starts_the_worker_and_lets_it_finish() -> None:
    text = unit_text(SERVICE)

    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert shlex.split(lines["ExecStart"]) == [*SERVICE.command[:-1], "a%%$$b"]
    assert lines["Environment"] == '"QUEUECTL_DB=postgresql://me:s%%ecret@host/db"'
    assert lines["KillMode"] == "mixed"
    assert lines["TimeoutStopSec"] == "55"
    assert lines["RestartPreventExitStatus"] == "78"
    assert lines["Delegate"] == "yes"


@pytest.mark.not_on("win32", "darwin")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "queuectl-w.service"
    service = Service(
        name="w", command=["/bin/true", "a b%"], store="sqlite:///x", folder=tmp_path, stop_s=1
    )
    unit.write_text(unit_text(service))
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("install systemd to have its units checked")

    said = subprocess.run(
        [program, "verify", "--user", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        check=False,
    ).stderr.decode()

    complaints = [line for line in said.splitlines() if unit.name in line]
    # From systemd 254 on; it ignores what it does not know.
    assert not [line for line in complaints if "DelegateSubgroup" not in line]
    assert "initialize" not in said


def test_a_task_holds_the_words_as_windows_reads_them() -> None:
    root = ET.fromstring(task_text(SERVICE).partition("?>")[2])

    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    command, arguments = (
        root.findtext(f".//t:{name}", namespaces=space) for name in ("Command", "Arguments")
    )
    assert command == SERVICE.command[0]
    assert arguments == (
        "-m queuectl --db postgresql://me:s%ecret@host/db worker start --queue a%$b"
    )


def test_the_time_to_stop_covers_both_graces() -> None:
    assert stop_seconds(grace_ms=30_000, kill_grace_ms=10_000) == 55


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 41])
def test_a_name_that_is_no_file_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem):
        check_name(name)


@pytest.mark.not_on("win32", "darwin")
def test_a_dry_run_shows_the_unit_and_writes_nothing(inside: Inside) -> None:
    shown = inside.must("service", "install", "--dry-run", "--queue", "mail")

    assert '"--queue" "mail"' in shown.text
    assert f"QUEUECTL_DB=sqlite:///{inside.db}" in shown.text
    assert not (inside.folder / "config" / "systemd").exists()


@pytest.mark.not_on("win32", "darwin")
def test_what_install_writes_is_private_and_uninstall_takes_it_away(inside: Inside) -> None:
    programs = inside.folder / "bin"
    programs.mkdir()
    told = inside.folder / "told"
    for name in ("systemctl", "loginctl"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {told}\n')
        (programs / name).chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"

    made = inside.must("service", "install", "--yes", "--json", PATH=path).document
    unit = Path(made["file"])
    mode = stat.S_IMODE(unit.stat().st_mode)
    inside.must("service", "uninstall", PATH=path)

    assert unit.parent == unit_folder({"XDG_CONFIG_HOME": str(inside.folder / "config")})
    assert (made["name"], made["started"], mode) == ("queuectl-worker", True, 0o600)
    assert not unit.exists()
    assert told.read_text().splitlines() == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now queuectl-worker.service",
        "loginctl enable-linger",
        "systemctl --user disable --now queuectl-worker.service",
        "systemctl --user daemon-reload",
    ]
    assert inside("service", "uninstall", PATH=path).code == 3


@pytest.mark.not_on("win32", "darwin")
def test_a_host_without_systemd_is_told(inside: Inside) -> None:
    told = inside("service", "install", "--yes", PATH="/nowhere")

    assert told.code == 1
    assert "there is no systemctl here" in told.err
